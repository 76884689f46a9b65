r"""Maxima over windows of a Gaussian field: moments and gates.

For a window of T exchangeable units with mean variance v and mean covariance c,
$\max_i u_i = sS + m$ exactly: $s^2 = (v + (T-1)c)/T$ is the variance of the window's mean,
$m = \sqrt{v - c}\,D_T$ is independent of it (`deviation_rule`). For any window the same holds
with the S of least variance, $s^{-2} = \mathbf 1^\top B^{-1} \mathbf 1$, and another m; it is
taken for $\alpha + \beta D_T$ with the mean and variance that the exact moments of
$\max_i u_i$ ask for (`largest`). What is asked of a ReLU on at most four units is exact.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from symvar.errors import ShapeError
from symvar.field.maxima_orthants import EXACT, Largest, largest
from symvar.field.maxima_points import sampled_largest
from symvar.field.maxima_rule import NODES, block_means, deviation_rule
from symvar.field.maxima_shapes import Rectified, Rising, Sampled, Sides, Unchanged
from symvar.field.normal import Array

__all__ = ["Rising", "Sampled", "WindowLaw", "deviation_rule", "distinct", "window_law"]

Places: TypeAlias = npt.NDArray[np.intp]

TERMS = 16
"""Hermite coefficients kept; what lies beyond is known as a whole and estimated in between."""

MOST = 512
"""Different windows followed one by one; with more, those that differ least count as one."""

_SAME = 1e-7  # blocks that differ by less than this part of the mean variance are one
_EVEN = 1e-9  # and those nearer to an exchangeable one are exchangeable


@dataclass(frozen=True, eq=False)
class WindowLaw:
    r"""The maxima $M = f(\max_i u_i)$ of W windows of T units; $g_i$ says unit i is the largest.

    Args:
        second: (W,): $\mathrm{E}[M^2]$.
        mean: (W,): $\mathrm{E}[M]$.
        weights: (W, T): $\mathrm{E}[f'(M) g_i]$ over its sum: how much M follows each unit.
        spread: (W,): s, the deviation of the mean of the units with these weights.
        coefficients: (W, K): $h_k$, of $\mathrm{E}[M \mid S]$ in the normalised Hermite
            polynomials of that mean over s.
        rest: (W,): the sum of $h_k^2$ beyond.
        gates: (W, T): $\mathrm{E}[f'(M)^2 g_i]$.
        bends: (W, T, T): $\mathrm{E}[\partial_i \partial_j M]$.
    """

    second: Array
    mean: Array
    weights: Array
    spread: Array
    coefficients: Array
    rest: Array
    gates: Array
    bends: Array

    @property
    def window(self) -> int:
        """T."""
        return self.gates.shape[1]

    def __len__(self) -> int:
        return len(self.second)

    def at(self, where: int | Places | slice) -> WindowLaw:
        """The law of these windows; of one, for a number."""
        chosen = where if isinstance(where, slice) else np.atleast_1d(where)
        return WindowLaw(*(getattr(self, each.name)[chosen] for each in fields(self)))

    def scaled(self, variance: Array) -> WindowLaw:
        """For units of so many times the variance, f homogeneous."""
        root = np.sqrt(variance)
        return replace(
            self,
            second=self.second * variance,
            mean=self.mean * root,
            spread=self.spread * root,
            coefficients=self.coefficients * root[:, None],
            rest=self.rest * variance,
            bends=self.bends / np.where(root > 0, root, 1.0)[:, None, None],
        )


def window_law(
    blocks: Array, apply: Rising | Literal["relu"] | None = "relu", correct: bool = True
) -> WindowLaw:
    """The law of each window's maximum.

    Args:
        blocks: (W, T, T): the covariance of each window's units.
        apply: the function that never falls, taken before the maximum or after it; None for none.
        correct: False takes every window for exchangeable, with its mean variance and covariance.

    Raises:
        ShapeError: blocks of another shape.

    >>> law = window_law(np.eye(4)[None])
    >>> law.second.round(5).tolist(), law.gates.round(5).tolist()
    ([1.54379], [[0.23438, 0.23438, 0.23438, 0.23438]])
    """
    rising = _rising(apply)
    given = _checked(blocks)
    size = given.shape[1]
    scale = block_means(given)[0]
    if not rising.homogeneous:
        scale = np.ones_like(scale)
    unit = given / np.where(scale > 0, scale, 1.0)[:, None, None]
    rows = unit[:, *np.triu_indices(size)] if correct else np.stack(block_means(unit), axis=1)
    pick, where = distinct(rows, _SAME, MOST)
    kinds = unit[pick]
    law = _exchangeable(*block_means(kinds), size, rising)
    if correct and size > 1:
        law = _corrected(law, kinds, rising)
    return law.at(where).scaled(scale)


def _corrected(law: WindowLaw, blocks: Array, rising: Rising) -> WindowLaw:
    """The law with the windows that are not exchangeable done again."""
    variance, covariance = block_means(blocks)
    size = blocks.shape[1]
    even = covariance[:, None, None] + (variance - covariance)[:, None, None] * np.eye(size)
    uneven = np.abs(blocks - even).max(axis=(1, 2)) > _EVEN * np.abs(blocks).max(axis=(1, 2))
    places = np.flatnonzero(uneven)
    if not len(places):
        return law
    chosen = blocks[places]
    found = largest(chosen) if size <= EXACT else sampled_largest(chosen)
    better = _uneven(chosen, found, rising, law.at(places))
    whole = {each.name: getattr(law, each.name).copy() for each in fields(law)}
    for name, values in whole.items():
        values[places] = getattr(better, name)
    return WindowLaw(**whole)


def _uneven(blocks: Array, found: Largest, rising: Rising, even: WindowLaw) -> WindowLaw:
    size = blocks.shape[1]
    values, vectors = np.linalg.eigh(blocks)
    telling = 1e-10 * np.einsum("wii->w", blocks)[:, None] / size
    least = 1 / np.sqrt((vectors.sum(axis=1) ** 2 / np.maximum(values, telling)).sum(axis=1))
    free = _matched(found, least, size, rising)
    chances = (found.positive, found.shares - found.positive)
    apart = _by_unit(blocks, found, least, rising) if not rising.homogeneous else [free] * size
    slopes = _split([each.slopes for each in apart], apart, chances)
    weights = slopes / slopes.sum(axis=1, keepdims=True)
    spread = np.sqrt(np.einsum("wi,wij,wj->w", weights, blocks, weights))
    along = _matched(found, spread, size, rising)
    coefficients = along.coefficients.copy()
    rest = along.total - (coefficients**2).sum(axis=1)
    second, mean = free.second, free.coefficients[:, 0]
    if isinstance(rising, Rectified):
        second, mean = found.cut.second, found.cut.mean
    coefficients[:, 0], coefficients[:, 1] = mean, slopes.sum(axis=1) * spread
    bends = even.bends
    if found.cut.bends is not None and found.free.bends is not None:
        above, below = (
            part / chance for part, chance in zip(free.slopes, free.chances, strict=True)
        )
        cut = (above - below)[:, None, None] * found.cut.bends
        bends = cut + below[:, None, None] * found.free.bends
    whole = free.coefficients[:, 2] * np.sqrt(2) / least**2 - bends.sum(axis=(1, 2))
    if not isinstance(rising, Rectified):
        bends = bends + whole[:, None, None] * weights[:, :, None] * weights[:, None, :]
    return WindowLaw(
        second=second,
        mean=mean,
        weights=weights,
        spread=spread,
        coefficients=coefficients,
        rest=np.maximum(rest, 0.0),
        gates=_split([each.squares for each in apart], apart, chances),
        bends=bends,
    )


def distinct(rows: Array, tolerance: float, most: int | None = None) -> tuple[Places, Places]:
    """Rows that differ by more than a part of the largest entry: their places, and which is whose.

    Args:
        rows: (W, N).
        tolerance: the part.
        most: with more kinds than this the part is made larger, up to 1e-3.

    >>> pick, where = distinct(np.array([[1.0], [2.0], [1.0]]), 1e-9)
    >>> len(pick), bool(where[0] == where[2] != where[1])
    (2, True)
    """
    scale = float(np.abs(rows).max(initial=0.0)) or 1.0
    odd = (np.random.default_rng(0).integers(1 << 62, size=rows.shape[1]) << 1) + 1
    while True:
        whole = np.rint(rows / (scale * tolerance)).astype(np.int64)
        keys = (whole * odd).sum(axis=1)  # wraps: a hash
        _, pick, where = np.unique(keys, return_index=True, return_inverse=True)
        if most is None or len(pick) <= most or tolerance > 3e-4:
            return pick, where
        tolerance *= 10


@dataclass(frozen=True, eq=False)
class _Averaged:
    """`Shaped`, averaged over the nodes of the rule, and E[m f'] as `lean`."""

    second: Array
    slopes: Sides
    squares: Sides
    chances: Sides
    coefficients: Array
    total: Array
    lean: Array


def _averaged(
    offset: Array, spread: Array, weights: Array, rising: Rising, whole: bool = True
) -> _Averaged:
    terms = TERMS if whole else 2
    shaped = rising.shaped(offset, np.broadcast_to(spread[:, None], offset.shape), terms)

    def mean(sides: Sides) -> Sides:
        return sides[0] @ weights, sides[1] @ weights

    return _Averaged(
        second=shaped.second @ weights,
        slopes=mean(shaped.slopes),
        squares=mean(shaped.squares),
        chances=mean(shaped.chances),
        coefficients=np.einsum("wnk,n->wk", shaped.coefficients, weights),
        total=rising.total(offset, weights, spread) if whole else np.zeros_like(spread),
        lean=((shaped.slopes[0] + shaped.slopes[1]) * offset) @ weights,
    )


def _matched(
    found: Largest, spread: Array, size: int, rising: Rising, higher: Array | None = None
) -> _Averaged:
    """With the exact mean and variance of the largest, given the deviation of S.

    With a mean higher by something only the slopes, squares and chances are asked for.
    """
    nodes, weights = deviation_rule(size, NODES)
    usual = float(weights @ nodes)
    width = np.sqrt(
        np.maximum(found.free.second - found.free.mean**2 - spread**2, 0.0)
        / float(weights @ (nodes - usual) ** 2)
    )
    mean = found.free.mean if higher is None else found.free.mean + higher
    offset = mean[:, None] + width[:, None] * (nodes - usual)
    return _averaged(offset, spread, weights, rising, whole=higher is None)


def _by_unit(blocks: Array, found: Largest, spread: Array, rising: Rising) -> list[_Averaged]:
    """The maximum where one unit is the largest: of another mean, which Stein's lemma gives."""
    size = blocks.shape[1]
    if found.free.bends is None:
        return [_matched(found, spread, size, rising)] * size
    means = np.einsum("wij,wji->wi", blocks, found.free.bends) / np.maximum(found.shares, 1e-12)
    higher = np.clip(means - found.free.mean[:, None], -5 * spread[:, None], 5 * spread[:, None])
    return [_matched(found, spread, size, rising, each) for each in higher.T]


def _split(parts: list[Sides], apart: list[_Averaged], chances: tuple[Array, Array]) -> Array:
    """What belongs to each unit: of each side of zero, by its chance to be the largest there."""
    found = np.zeros(chances[0].shape)
    for unit, (sides, own) in enumerate(zip(parts, apart, strict=True)):
        for part, usual, chance in zip(sides, own.chances, chances, strict=True):
            found[:, unit] += part / np.maximum(usual, 1e-300) * chance[:, unit]
    return found


def _exchangeable(variance: Array, covariance: Array, size: int, rising: Rising) -> WindowLaw:
    nodes, weights = deviation_rule(size, NODES)
    spread = np.sqrt(np.maximum(variance + (size - 1) * covariance, 0.0) / size)
    apart = np.sqrt(np.maximum(variance - covariance, 0.0))
    offset = apart[:, None] * nodes
    found = _averaged(offset, spread, weights, rising)
    apart_bend = found.lean / np.maximum(apart, 1e-100) ** 2 / max(size - 1, 1)
    together = found.coefficients[:, 2] * np.sqrt(2) / np.maximum(spread, 1e-100) ** 2
    even = np.full((size, size), 1 / size)
    bends = apart_bend[:, None, None] * (np.eye(size) - even)
    bends += together[:, None, None] * even / size
    gate = (found.squares[0] + found.squares[1]) / size
    return WindowLaw(
        second=found.second,
        mean=found.coefficients[:, 0],
        weights=np.full((len(spread), size), 1 / size),
        spread=spread,
        coefficients=found.coefficients,
        rest=np.maximum(found.total - (found.coefficients**2).sum(axis=1), 0.0),
        gates=np.repeat(gate[:, None], size, axis=1),
        bends=bends,
    )


def _rising(apply: Rising | Literal["relu"] | None) -> Rising:
    if apply is None:
        return Unchanged()
    return Rectified() if isinstance(apply, str) else apply


def _checked(blocks: Array) -> Array:
    given = np.asarray(blocks, np.float64)
    if given.ndim != 3 or given.shape[1] != given.shape[2] or not given.shape[1]:
        raise ShapeError(
            "window_law",
            need="one square block of covariances for each window, (W, T, T)",
            have=str(given.shape),
            remedy="gather the covariances of each window's units",
        )
    return given
