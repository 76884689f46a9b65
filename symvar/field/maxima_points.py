"""The largest of many correlated Gaussians, at quasi-random points.

Every window is compared at the same points with the exchangeable one of the same mean variance
and covariance, whose moments are known.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from symvar.field.maxima_orthants import Largest, Top, leads
from symvar.field.maxima_rule import block_means, deviation_rule
from symvar.field.normal import Array, density, distribution

_COUNT = 2039  # a prime; lattice rules with Korobov's vector
_GENERATOR = 1487
_FEW = 127  # for smooth integrands
_FEW_GENERATOR = 29
_LARGE = 64  # units; from there on their shares are counted at the points
_CHUNK = 1 << 20


def sampled_largest(blocks: Array) -> Largest:
    """As `largest`, for windows of any size; the bends are left out.

    Args:
        blocks: (W, T, T).

    >>> found = sampled_largest(np.eye(6)[None])
    >>> found.shares.round(9).tolist()
    [[0.166666667, 0.166666667, 0.166666667, 0.166666667, 0.166666667, 0.166666667]]
    """
    size = blocks.shape[1]
    even, offset, spread = _exchangeable(blocks)
    _, weights = deviation_rule(size)
    ratio = offset / spread
    below, height = distribution(ratio), density(ratio)
    known = np.stack(
        [
            offset @ weights,
            spread[:, 0] ** 2 + offset**2 @ weights,
            (spread * height + offset * below) @ weights,
            ((offset**2 + spread**2) * below + offset * spread * height) @ weights,
        ]
    )
    step = max(1, _CHUNK // (_COUNT * size))
    found = np.concatenate(
        [
            _heights(blocks[i : i + step]) / _heights(even[i : i + step])
            for i in range(0, len(blocks), step)
        ],
        axis=1,
    )
    mean, second, cut, cut_second = known * found
    shares, positive = first_chances(blocks, size) if size <= _LARGE else _counted(blocks)
    whole = shares.sum(axis=1, keepdims=True)
    free, rectified = Top(mean, second, None), Top(cut, cut_second, None)
    return Largest(shares / whole, positive / whole, free, rectified)


def first_chances(blocks: Array, units: int) -> tuple[Array, Array]:
    """The probability that each of the first units is the largest; and positive too.

    Args:
        blocks: (W, T, T).
        units: how many of the T.
    """
    size = blocks.shape[1]
    step = max(1, _CHUNK // (_FEW * size * units))
    parts = [_first_chances(blocks[i : i + step], units) for i in range(0, len(blocks), step)]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _first_chances(blocks: Array, units: int) -> tuple[Array, Array]:
    size = blocks.shape[1]
    even, offset, spread = _exchangeable(blocks)
    shares, positive = _chances(leads(blocks, only=units))
    usual, usual_positive = _chances(leads(even, only=1))
    above = distribution(offset / spread) @ deviation_rule(size)[1]
    return shares / (size * usual), positive / (size * usual_positive) * above[:, None]


def _counted(blocks: Array) -> tuple[Array, Array]:
    """The share of the points at which each unit is the largest, and positive."""
    shares, positive = np.zeros((2, *blocks.shape[:2]))
    for window, block in enumerate(blocks):
        heights = _points(block)
        top = heights.argmax(axis=1)
        above = heights.max(axis=1) > 0
        shares[window] = np.bincount(top, minlength=len(block)) / len(top)
        positive[window] = np.bincount(top[above], minlength=len(block)) / len(top)
    return shares, positive


def _points(blocks: Array) -> Array:
    """(..., points, T): units of these covariances."""
    values, vectors = np.linalg.eigh(blocks)
    root = vectors * np.sqrt(np.maximum(values, 0.0))[..., None, :] @ np.swapaxes(vectors, -1, -2)
    return _normals(blocks.shape[-1]) @ root


def _exchangeable(blocks: Array) -> tuple[Array, Array, Array]:
    """The exchangeable blocks of the same means; their m at the rule's nodes, and their s."""
    size = blocks.shape[1]
    variance, covariance = block_means(blocks)
    apart = np.maximum(variance - covariance, 0.0)
    even = covariance[:, None, None] + apart[:, None, None] * np.eye(size)
    offset = np.sqrt(apart)[:, None] * deviation_rule(size)[0]
    spread = np.sqrt(np.maximum(variance - apart * (1 - 1 / size), 1e-280))[:, None]
    return even, offset, spread


def _heights(blocks: Array) -> Array:
    """(4, W): the first two moments of the largest, and of the larger of it and 0."""
    top = _points(blocks).max(axis=2)
    cut = np.maximum(top, 0.0)
    return np.stack([top.mean(1), (top**2).mean(1), cut.mean(1), (cut**2).mean(1)])


def _chances(covariance: Array) -> tuple[Array, Array]:
    """That all but the last of n Gaussians are positive, and that all are.

    One after the other given those before (Genz 1992), each at its quantile.

    Args:
        covariance: (W, units, n, n).
    """
    size = covariance.shape[-1]
    factor = _factored(covariance)
    uniform = _lattice(size, _FEW, _FEW_GENERATOR)
    drawn = np.zeros((*covariance.shape[:2], len(uniform), size))
    weight, before = np.ones(drawn.shape[:3]), np.ones(drawn.shape[:3])
    for k in range(size):
        needed = np.einsum("wuni,wui->wun", drawn[..., :k], factor[..., k, :k])
        chance = _below(needed / factor[..., k, k, None])
        before = weight
        weight = weight * chance
        drawn[..., k] = -_quantile(chance * uniform[:, k])
    return before.mean(axis=2), weight.mean(axis=2)


def _factored(covariance: Array) -> Array:
    """Cholesky factors of covariances of any rank, the lost dimensions at a small ridge.

    Real images share few dimensions: what rounding leaves below zero is cut off first.
    """
    size = covariance.shape[-1]
    scale = np.maximum(np.einsum("...ii->...", covariance) / size, 1e-280)[..., None, None]
    ridge = 1e-10 * np.eye(size)
    try:
        return np.linalg.cholesky(covariance / scale + ridge) * np.sqrt(scale)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(covariance / scale)
        whole = (vectors * np.maximum(values, 0.0)[..., None, :]) @ np.swapaxes(vectors, -1, -2)
        return np.linalg.cholesky(whole + 100 * ridge) * np.sqrt(scale)


def _below(x: Array) -> Array:
    """The normal distribution by interpolation, to 1e-6."""
    table, values = _table()
    place = np.clip((x - table[0]) / (table[1] - table[0]), 0.0, len(table) - 1.001)
    whole = place.astype(np.intp)
    low = values[whole]
    return low + (place - whole) * (values[whole + 1] - low)


def _quantile(p: Array) -> Array:
    """The normal quantile by interpolation, to 1e-5: it only places points."""
    table, values = _table()
    return np.interp(p, values, table)


@lru_cache(maxsize=1)
def _table() -> tuple[Array, Array]:
    table = np.linspace(-12.0, 8.0, 4001)
    return table, distribution(table)


@lru_cache(maxsize=32)
def _lattice(size: int, count: int, generator: int) -> Array:
    """(count - 1, size), inside the unit cube and symmetric about its middle."""
    vector = [pow(generator, power, count) for power in range(size)]
    return np.outer(np.arange(1, count), vector) % count / count


@lru_cache(maxsize=32)
def _normals(size: int) -> Array:
    """Standard normals with exact covariance."""
    points = _quantile(_lattice(size, _COUNT, _GENERATOR))
    factor = np.linalg.cholesky(points.T @ points / len(points))
    return np.linalg.solve(factor, points.T).T
