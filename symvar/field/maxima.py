r"""Maxima over windows of a Gaussian field: moments, gates, and products of two windows.

For a window of T exchangeable units with mean variance v and mean covariance c,
$\max_i u_i = sS + m$ exactly: $s^2 = (v + (T-1)c)/T$ is the variance of the window's mean,
$m = \sqrt{v - c}\,D_T$ is independent of it (`deviation_rule`). Everything below is an average
over $D_T$ of what is known of $f(sS + m)$.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from symvar.errors import ShapeError
from symvar.field.maxima_rule import NODES, deviation_rule
from symvar.field.maxima_shapes import Rectified, Rising, Sampled, Unchanged
from symvar.field.normal import Array

__all__ = ["Rising", "Sampled", "WindowLaw", "cross_moments", "deviation_rule", "window_law"]

Places: TypeAlias = npt.NDArray[np.intp]

TERMS = 16
"""Hermite coefficients kept; what lies beyond is known as a whole and estimated in between."""

_SAME = 1e-10  # windows whose blocks differ by less than this part are one


@dataclass(frozen=True, eq=False)
class WindowLaw:
    r"""The maxima $M = f(\max_i u_i)$ of W windows of T units.

    Args:
        second: (W,): $\mathrm{E}[M^2]$.
        mean: (W,): $\mathrm{E}[M]$.
        spread: (W,): s, the deviation of the window's mean.
        coefficients: (W, K): $h_k$, of $\mathrm{E}[M \mid S]$ in the normalised Hermite
            polynomials of S.
        rest: (W,): the sum of $h_k^2$ beyond.
        gates: (W, T): $\mathrm{E}[f'(M)^2;\ \text{unit } i \text{ is the largest}]$.
    """

    second: Array
    mean: Array
    spread: Array
    coefficients: Array
    rest: Array
    gates: Array

    @property
    def window(self) -> int:
        """T."""
        return self.gates.shape[1]

    def __len__(self) -> int:
        return len(self.second)

    def at(self, where: int | Places) -> WindowLaw:
        """The law of these windows; of one, for a number."""
        chosen = np.atleast_1d(where)
        return WindowLaw(*(getattr(self, each.name)[chosen] for each in fields(self)))


def window_law(
    blocks: Array, apply: Rising | Literal["relu"] | None = "relu", correct: bool = True
) -> WindowLaw:
    """The law of each window's maximum.

    Args:
        blocks: (W, T, T): the covariance of each window's units.
        apply: the function that never falls, taken before the maximum or after it; None for none.
        correct: whether windows that are not exchangeable are corrected.

    Raises:
        ShapeError: blocks of another shape.

    >>> law = window_law(np.eye(4)[None])
    >>> law.second.round(5).tolist(), law.gates.round(5).tolist()
    ([1.54379], [[0.23438, 0.23438, 0.23438, 0.23438]])
    """
    rising = _rising(apply)
    given = _checked(blocks)
    size = given.shape[1]
    variance, covariance = _means(given)
    pick, where = distinct(np.stack([variance, covariance], axis=1), _SAME)
    law = _exchangeable(variance[pick], covariance[pick], size, rising)
    return law.at(where)


def cross_moments(first: WindowLaw, second: WindowLaw, overlap: Array) -> Array:
    r"""$\mathrm{E}[MM'] = \sum_k h_k h'_k R^k$ for windows of two laws.

    Args:
        first: the law of W windows.
        second: the law of W' windows.
        overlap: the mean of the covariances between the units of one and of the other: (W, W')
            for all pairs, or (N,) for N pairs; a law of one window goes with any number.

    Raises:
        ShapeError: an overlap of another shape.

    >>> law = window_law(np.eye(4)[None])
    >>> bool(np.isclose(cross_moments(law, law, np.zeros(1))[0], law.mean[0] ** 2))
    True
    """
    left, right = _paired(first, second, overlap)
    spread = first.spread[left] * second.spread[right]
    ratio = np.divide(
        overlap, spread, out=np.zeros(np.broadcast(overlap, spread).shape), where=spread > 0
    )
    np.clip(ratio, -1.0, 1.0, out=ratio)
    one, other = first.coefficients[left], second.coefficients[right]
    value = np.sqrt(first.rest[left] * second.rest[right]) * _beyond(ratio)
    for k in range(TERMS - 1, -1, -1):
        value *= ratio
        value += one[..., k] * other[..., k]
    return value


def _beyond(ratio: Array) -> Array:
    """What R^k makes of the sum of the coefficients left out, which fall as k^(-5/4), over R^K."""
    share = np.zeros_like(ratio)
    near = ratio > 0.5
    share[near] = 1.5 / (1.5 - TERMS * np.log(ratio[near]))
    return share


def distinct(rows: Array, tolerance: float) -> tuple[Places, Places]:
    """Rows that differ by more than a part of the largest entry: their places, and which is whose.

    Args:
        rows: (W, N).
        tolerance: the part.

    >>> pick, where = distinct(np.array([[1.0], [2.0], [1.0]]), 1e-9)
    >>> len(pick), bool(where[0] == where[2] != where[1])
    (2, True)
    """
    scale = float(np.abs(rows).max(initial=0.0)) or 1.0
    whole = np.rint(rows / (scale * tolerance)).astype(np.int64)
    odd = (np.random.default_rng(0).integers(1 << 62, size=rows.shape[1]) << 1) + 1
    keys = (whole * odd).sum(axis=1)  # wraps: a hash
    _, pick, where = np.unique(keys, return_index=True, return_inverse=True)
    return pick, where


def _exchangeable(variance: Array, covariance: Array, size: int, rising: Rising) -> WindowLaw:
    nodes, weights = deviation_rule(size, NODES)
    spread = np.sqrt(np.maximum(variance + (size - 1) * covariance, 0.0) / size)
    offset = np.sqrt(np.maximum(variance - covariance, 0.0))[:, None] * nodes
    shaped = rising.shaped(offset, np.broadcast_to(spread[:, None], offset.shape), TERMS)
    coefficients = np.einsum("wnk,n->wk", shaped.coefficients, weights)
    total = rising.total(offset, weights, spread)
    return WindowLaw(
        second=shaped.second @ weights,
        mean=coefficients[:, 0],
        spread=spread,
        coefficients=coefficients,
        rest=np.maximum(total - (coefficients**2).sum(axis=1), 0.0),
        gates=np.repeat((shaped.slope @ weights / size)[:, None], size, axis=1),
    )


def _means(blocks: Array) -> tuple[Array, Array]:
    """Each block's mean variance and mean covariance."""
    size = blocks.shape[1]
    variance = np.einsum("wii->w", blocks) / size
    if size == 1:
        return variance, variance
    covariance = (blocks.sum(axis=(1, 2)) - size * variance) / (size * (size - 1))
    return variance, covariance


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


def _paired(first: WindowLaw, second: WindowLaw, overlap: Array) -> tuple[Places, Places]:
    """Which window of each law goes with each entry of the overlap."""
    sizes = (len(first), len(second))
    shape = overlap.shape
    if sizes == (1, 1):
        zero = np.zeros(1, np.intp)
        return zero, zero
    if len(shape) == 2 and all(n in (1, side) for n, side in zip(sizes, shape, strict=True)):
        return np.arange(sizes[0])[:, None], np.arange(sizes[1])[None, :]
    if len(shape) == 1 and all(n in (1, shape[0]) for n in sizes):
        return np.arange(sizes[0]), np.arange(sizes[1])
    raise ShapeError(
        "cross_moments",
        need=f"an overlap for all pairs of {sizes[0]} and {sizes[1]} windows, or one for each pair",
        have=str(shape),
        remedy="average the covariances between the units of every two windows",
    )
