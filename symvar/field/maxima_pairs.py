"""Products of the maxima of two windows of a Gaussian field.

In chaoses (orthogonal polynomials of the units): the mean, the linear part and, where the
covariances between the units are given one by one, the quadratic part are those of the two
windows themselves; of higher order, a window counts as a function of its weighted mean.
"""

from __future__ import annotations

import numpy as np

from symvar.errors import ShapeError
from symvar.field.maxima import TERMS, Places, WindowLaw
from symvar.field.normal import Array


def cross_moments(
    first: WindowLaw, second: WindowLaw, overlap: Array, quadratic: Array | None = None
) -> Array:
    r"""$\mathrm{E}[MM'] = \sum_k h_k h'_k R^k$ for windows of two laws.

    Args:
        first: the law of W windows.
        second: the law of W' windows.
        overlap: the mean of the covariances between the units of one and of the other, with
            the `weights` of the two: (W, W') for all pairs, or (N,) for N pairs; a law of one
            window goes with any number.
        quadratic: the part that is quadratic in the units, shaped as the overlap, where it is
            known better than as $h_2 h'_2 R^2$.

    Raises:
        ShapeError: an overlap of another shape.

    >>> from symvar.field.maxima import window_law
    >>> law = window_law(np.eye(4)[None])
    >>> bool(np.isclose(cross_moments(law, law, np.zeros(1))[0], law.mean[0] ** 2))
    True
    """
    left, right = _paired(first, second, overlap)
    ratio = correlations(first.spread[left], second.spread[right], overlap)
    one, other = first.coefficients[left], second.coefficients[right]
    value = np.sqrt(first.rest[left] * second.rest[right]) * _beyond(ratio)
    for k in range(TERMS - 1, -1, -1):
        value *= ratio
        value += one[..., k] * other[..., k]
    if quadratic is not None:
        value += quadratic - one[..., 2] * other[..., 2] * ratio**2
    return value


def correlations(spread: Array, other: Array, overlap: Array) -> Array:
    """Of two windows' weighted means; 0 for one without variance."""
    both = spread * other
    shape = np.broadcast(overlap, both).shape
    ratio = np.divide(overlap, both, out=np.zeros(shape), where=both > 0)
    return np.clip(ratio, -1.0, 1.0, out=ratio)


def block_moments(first: WindowLaw, second: WindowLaw, blocks: Array) -> Array:
    r"""$\mathrm{E}[MM']$ of N pairs of windows, from all covariances between their units.

    Args:
        first: the law of N windows, or of one that goes with all.
        second: likewise.
        blocks: (N, T, T').
    """
    ends = np.broadcast_to(first.weights, (len(blocks), first.window))
    others = np.broadcast_to(second.weights, (len(blocks), second.window))
    overlap = np.einsum("nij,ni,nj->n", blocks, ends, others)
    bent = first.bends @ blocks @ second.bends
    return cross_moments(first, second, overlap, (bent * blocks).sum(axis=(1, 2)) / 2)


def window_moments(
    covariance: Array, first: WindowLaw, inputs: Places, second: WindowLaw, others: Places
) -> Array:
    r"""$\mathrm{E}[MM']$ (W, W') of every window of one law with every window of another.

    Args:
        covariance: (P, P) of all units.
        first: the law of W windows.
        inputs: (W, T), the units each of them holds.
        second: the law of W' windows.
        others: (W', T').
    """
    count, size = inputs.shape
    known = covariance[inputs.reshape(-1)][:, others.reshape(-1)]
    left, factors = _rotations(first)
    right, other_factors = _rotations(second)
    turned = left @ known.reshape(count, size, -1)  # per window: its weighted mean, its bends
    turned = turned.reshape(-1, *others.shape).transpose(1, 2, 0)
    turned = (right @ turned).reshape(len(others), -1, count, size + 1)
    overlap = turned[:, 0, :, 0].T
    squares = np.einsum(
        "vjwi,vj,wi->wv", turned[:, 1:, :, 1:] ** 2, other_factors, factors, optimize=True
    )
    return cross_moments(first, second, overlap, squares / 2)


def _rotations(law: WindowLaw) -> tuple[Array, Array]:
    """(W, T + 1, T): the weights, then the eigenvectors of the bends; and their eigenvalues."""
    factors, vectors = np.linalg.eigh(law.bends)
    return np.concatenate([law.weights[:, None], np.swapaxes(vectors, 1, 2)], axis=1), factors


def _beyond(ratio: Array) -> Array:
    """What R^k makes of the sum of the coefficients left out, which fall as k^(-5/4), over R^K."""
    share = np.zeros_like(ratio)
    near = ratio > 0.5
    share[near] = 1.5 / (1.5 - TERMS * np.log(ratio[near]))
    return share


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
