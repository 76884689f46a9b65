"""The largest of many correlated Gaussians, at quasi-random points.

Every window is compared at the same points with the exchangeable one of the same mean variance
and covariance, whose moments are known.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from symvar.field.maxima_orthants import Largest, Top, leads
from symvar.field.maxima_rule import deviation_rule
from symvar.field.normal import Array, density, distribution

_COUNT = 2039  # a prime; lattice rules with Korobov's vector
_GENERATOR = 1487
_FEW = 127  # for smooth integrands
_FEW_GENERATOR = 29
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
    variance = np.einsum("wii->w", blocks) / size
    covariance = (blocks.sum(axis=(1, 2)) - size * variance) / (size * (size - 1))
    apart = variance - covariance
    even = covariance[:, None, None] + apart[:, None, None] * np.eye(size)
    nodes, weights = deviation_rule(size)
    offset = np.sqrt(np.maximum(apart, 0.0))[:, None] * nodes
    spread = np.sqrt(np.maximum(variance - apart * (1 - 1 / size), 1e-280))[:, None]
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
    shares, positive = _chances(leads(blocks))
    usual, usual_positive = _chances(leads(even, only=1))
    shares, positive = shares / (size * usual), positive / (size * usual_positive)
    whole = shares.sum(axis=1, keepdims=True)
    positive = positive * (below @ weights)[:, None]
    return Largest(
        shares / whole, positive / whole, Top(mean, second, None), Top(cut, cut_second, None)
    )


def _heights(blocks: Array) -> Array:
    """(4, W): the first two moments of the largest, and of the larger of it and 0."""
    values, vectors = np.linalg.eigh(blocks)
    root = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :] @ np.swapaxes(vectors, 1, 2)
    top = (_normals(blocks.shape[1]) @ root).max(axis=2)
    cut = np.maximum(top, 0.0)
    return np.stack([top.mean(1), (top**2).mean(1), cut.mean(1), (cut**2).mean(1)])


def _chances(covariance: Array) -> tuple[Array, Array]:
    """That all but the last of n Gaussians are positive, and that all are.

    One after the other given those before (Genz 1992), each at its quantile.

    Args:
        covariance: (W, units, n, n).
    """
    size = covariance.shape[-1]
    scale = np.einsum("wuii->wu", covariance)[..., None, None] / size
    factor = np.linalg.cholesky(covariance + 1e-10 * scale * np.eye(size))
    uniform = _lattice(size, _FEW, _FEW_GENERATOR)
    drawn = np.zeros((*covariance.shape[:2], len(uniform), size))
    weight, before = np.ones(drawn.shape[:3]), np.ones(drawn.shape[:3])
    for k in range(size):
        needed = np.einsum("wuni,wui->wun", drawn[..., :k], factor[..., k, :k])
        chance = distribution(needed / factor[..., k, k, None])
        before = weight
        weight = weight * chance
        drawn[..., k] = -_quantile(chance * uniform[:, k])
    return before.mean(axis=2), weight.mean(axis=2)


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
