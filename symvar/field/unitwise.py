"""Pairs of positions through functions of single units."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import TypeAlias

import numpy as np

from symvar.field.pairs import FULL_POSITIONS, Displaced, Full, Pairs, at_zero, displaced, filled
from symvar.field.steps import Array

CACHED = 2**15
"""Pairs that are worked on at once."""

Product: TypeAlias = Callable[[Array, Array, Array], Array]
"""From two variances and a correlation to a mean product."""


def mapped_pairs(
    pairs: Pairs, variance: Array, behind: Array, product: Product, same: bool
) -> Pairs:
    """The mean products behind a function of every unit of a Gaussian field.

    Args:
        pairs: of that field.
        variance: of that field, (B, *space).
        behind: the second moment behind the function.
        product: the mean product of the function at two units.
        same: whether both positions are of the same input.
    """
    if prod(variance.shape[1:]) > FULL_POSITIONS:
        cosine = displaced(pairs, variance, same).cosines
        typical = variance.mean(axis=tuple(range(1, variance.ndim)), keepdims=True)
        norm = product(typical, typical, np.ones_like(typical))
        return Displaced(product(typical, typical, np.clip(cosine, -1.0, 1.0)) / norm)
    known = filled(pairs, variance, same).values
    whole = behind[0].size
    values = np.empty((len(variance), whole, whole))
    for member, (each, own) in enumerate(zip(known, variance, strict=True)):
        _fill(values[member], each.reshape(whole, whole), own.reshape(whole), product)
        if same:  # as it is already but for rounding, where the cosine is 1
            np.fill_diagonal(values[member], behind[member])
    return Full(values.reshape(known.shape))


def _fill(values: Array, known: Array, variance: Array, product: Product) -> None:
    """Rows by rows, so that all there is to do stays in the cache, and half of them: symmetric."""
    whole = len(variance)
    deviation = np.sqrt(variance)
    step = max(1, CACHED // whole)
    for start in range(0, whole, step):
        rows, rest = slice(start, start + step), slice(start, whole)
        scale = deviation[rows, None] * deviation[None, rest]
        cosine = np.divide(known[rows, rest], scale, out=np.zeros(scale.shape), where=scale > 0)
        np.clip(cosine, -1.0, 1.0, out=cosine)
        values[rows, rest] = product(variance[rows, None], variance[None, rest], cosine)
        values[rest, rows] = values[rows, rest].T


def multiplied(one: Pairs, two: Pairs, variance: Array, other: Array) -> Pairs:
    """The products of two fields that are independent of each other, neither of them apart."""
    if isinstance(one, Full):
        return Full(one.values * filled(two, other, True).values)
    return Displaced(displaced(one, variance, True).cosines * displaced(two, other, True).cosines)


def diagonal_set(pairs: Pairs, variance: Array, keep: float) -> Pairs:
    """Units of other variance and unchanged products: behind a random mask.

    Args:
        pairs: before.
        variance: behind.
        keep: what variances were divided by.
    """
    if isinstance(pairs, Full):
        values = pairs.values.copy()
        places = range(variance[0].size)
        flat = values.reshape(len(values), len(places), -1)
        flat[:, places, places] = variance.reshape(len(variance), -1)
        return Full(values)
    if isinstance(pairs, Displaced):
        cosines = pairs.cosines * keep
        at_zero(cosines)[...] = 1.0
        return Displaced(cosines)
    return pairs
