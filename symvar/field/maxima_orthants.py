r"""Which of a few correlated Gaussians is the largest, and the largest's first two moments.

Probabilities of orthants: elementary up to three dimensions; one line integral of elementary
functions in four (Plackett 1954, eq. 6: along a path of correlations the derivative by $r_{ij}$
is the density of two at 0 times the orthant of the others given that).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np

from symvar.field.normal import Array

EXACT = 4
"""The largest dimension whose orthants are done here, and so the largest window."""

_NODES = 16  # of the line integral
_NOTHING = 1e-14  # of the largest variance: none
_TELLING = 1e-10


@dataclass(frozen=True, eq=False)
class Top:
    r"""The height of the largest of some units, $M = \max_i u_i$.

    Args:
        mean: (W,): $\mathrm{E}[M]$.
        second: (W,): $\mathrm{E}[M^2]$.
        bends: (W, T, T): $\mathrm{E}[\partial_i \partial_j M]$, where known.
    """

    mean: Array
    second: Array
    bends: Array | None


@dataclass(frozen=True, eq=False)
class Largest:
    """The largest of W blocks of T units.

    Args:
        shares: (W, T): the probability that a unit is the largest.
        positive: (W, T): that it is, and positive.
        free: the height of the largest.
        cut: the height of the largest of the units and 0.
    """

    shares: Array
    positive: Array
    free: Top
    cut: Top


def largest(blocks: Array) -> Largest:
    r"""Exact for at most four units; $g_i$ says that unit i is the largest.

    Stein's lemma turns $\mathrm{E}[\sum_i u_i g_i]$ into $\sum_{i<j} \mathrm{Var}(u_i - u_j)$
    times the density of a tie of i and j at the top, and $\mathrm{E}[M^2]$ into
    $\sum_i \mathrm{Var}(u_i)\Pr[g_i]$ and the same sum with the height of the tie. Zero is one
    more unit, without variance.

    Args:
        blocks: (W, T, T), T at most `EXACT`.

    >>> found = largest(np.eye(2)[None])
    >>> found.free.mean.round(8).tolist(), found.positive.round(9).tolist()
    ([0.56418958], [[0.375, 0.375]])
    """
    size = blocks.shape[1]
    apart = _TELLING * blocks.max(axis=(1, 2))  # tells equal units from one another
    given = blocks + apart[:, None, None] * np.eye(size)
    ahead = _mapped(_ahead(size), given)
    shares, positive = orthant(ahead[..., 1:, 1:]), orthant(ahead)
    zero = np.pad(given, ((0, 0), (0, 1), (0, 1)))
    return Largest(shares, positive, _top(given, shares), _top(zero, positive))


def leads(blocks: Array, only: int | None = None) -> Array:
    """(W, units, T, T): for each unit, of its leads over the others and, last, of itself."""
    maps = np.roll(_ahead(blocks.shape[1]), -1, axis=1)[:only]
    return _mapped(maps, blocks)


def _top(blocks: Array, chances: Array) -> Top:
    size = blocks.shape[1]
    joint = _mapped(_pairs(size), blocks)
    density, height = _ties(joint)
    gaps = joint[..., 0, 0]
    bends = np.zeros(blocks.shape)
    for place, (i, j) in enumerate(combinations(range(size), 2)):
        tie = density[:, place]
        bends[:, i, j] = bends[:, j, i] = -tie
        bends[:, i, i] += tie
        bends[:, j, j] += tie
    units = chances.shape[1]
    variances = np.einsum("wii->wi", blocks)[:, :units]
    return Top(
        mean=(gaps * density).sum(axis=1),
        second=(variances * chances).sum(axis=1) + (gaps * height).sum(axis=1),
        bends=bends[:, :units, :units],
    )


def orthant(covariance: Array) -> Array:
    """The probability that all of n centred Gaussians are positive, n at most `EXACT`.

    Args:
        covariance: (..., n, n); a variable without variance is taken for independent.

    >>> float(orthant(np.eye(3) / 2 + 0.5).round(12))
    0.25
    """
    size = covariance.shape[-1]
    if size <= 1:
        return np.full(covariance.shape[:-2], 0.5**size)
    r = _correlations(covariance)
    if size <= 3:
        angles = sum(np.arcsin(r[..., i, j]) for i, j in combinations(range(size), 2))
        return 0.5**size + angles / (math.pi * 2 ** (size - 1))
    return np.asarray(1 / 16 + sum(_along(r, i, j) for i, j in combinations(range(4), 2)))


def _along(r: Array, i: int, j: int) -> Array:
    """One pair's part of the line integral from independence, over the arcsine of its own r."""
    k, m = (each for each in range(4) if each not in (i, j))
    nodes, weights = _legendre()
    whole = r[..., i, j, None]
    angle = np.arcsin(whole) * nodes
    rho = np.sin(angle)
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.where(np.abs(whole) > 1e-8, rho / whole, nodes)
    rest = 1 - rho * rho
    ki, kj, mi, mj = (t * r[..., a, b, None] for a, b in ((k, i), (k, j), (m, i), (m, j)))
    left = rest - ki * ki - kj * kj + 2 * rho * ki * kj
    right = rest - mi * mi - mj * mj + 2 * rho * mi * mj
    both = t * r[..., k, m, None] * rest - ki * mi - kj * mj + rho * (ki * mj + kj * mi)
    scale = np.sqrt(np.maximum(left * right, 1e-30))
    others = 0.25 + np.arcsin(np.clip(both / scale, -1.0, 1.0)) / (2 * math.pi)
    return np.arcsin(whole[..., 0]) / (2 * math.pi) * (others @ weights)


def _ties(joint: Array) -> tuple[Array, Array]:
    """The density of each pair's tie at the top, and with its height.

    Args:
        joint: (W, pairs, T, T), of the difference, the height, and its lead over the others.
    """
    gap = _nonzero(joint[..., 0, 0])
    given = joint[..., 1:, 1:] - joint[..., 1:, :1] * joint[..., :1, 1:] / gap[..., None, None]
    density = 1 / np.sqrt(2 * math.pi * gap)
    leads = given[..., 1:, 1:]
    height = np.zeros_like(gap)
    for k in range(leads.shape[-1]):
        own, column = _nonzero(leads[..., k, k]), leads[..., k]
        left = leads - column[..., :, None] * column[..., None, :] / own[..., None, None]
        others = [each for each in range(leads.shape[-1]) if each != k]
        chance = orthant(left[..., others, :][..., others])
        height += given[..., 0, 1 + k] / np.sqrt(2 * math.pi * own) * chance
    return density * orthant(leads), density * height


def _nonzero(variance: Array) -> Array:
    return np.maximum(variance, 1e-280)


def _mapped(maps: Array, blocks: Array) -> Array:
    return np.einsum("pai,wij,pbj->wpab", maps, blocks, maps, optimize=True)


@cache
def _ahead(size: int) -> Array:
    """For each unit: itself, and its lead over every other."""
    maps = np.zeros((size, size, size))
    for i in range(size):
        maps[i, :, i] = 1
        for row, other in enumerate((j for j in range(size) if j != i), start=1):
            maps[i, row, other] = -1
    return maps


@cache
def _pairs(size: int) -> Array:
    """For each pair: the difference, the first, and its lead over every other."""
    pairs = list(combinations(range(size), 2))
    maps = np.zeros((len(pairs), size, size))
    for place, (i, j) in enumerate(pairs):
        maps[place, :, i] = 1
        maps[place, 0, j] = -1
        others = (each for each in range(size) if each not in (i, j))
        for row, other in enumerate(others, start=2):
            maps[place, row, other] = -1
    return maps


@cache
def _legendre() -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return (nodes + 1) / 2, weights / 2


def _correlations(covariance: Array) -> Array:
    variance = np.einsum("...ii->...i", covariance)
    floor = _NOTHING * variance.max(axis=-1, keepdims=True)
    with np.errstate(divide="ignore"):
        inverse = np.where(variance > floor, 1 / np.sqrt(np.maximum(variance, 0.0)), 0.0)
    return np.clip(covariance * inverse[..., :, None] * inverse[..., None, :], -1.0, 1.0)
