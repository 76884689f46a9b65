"""Second moments of pairs of positions: none, all of them, or by displacement.

Axes: ``B`` members of an ensemble (inputs that are followed one by one), then the positions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import prod
from typing import TypeAlias

import numpy as np

from symvar.errors import NeedsFact
from symvar.field.steps import NOWHERE, Array, Index, Matrices, Taps, apply_matrices, moved, run

FULL_POSITIONS = 1024
"""Up to so many positions every pair is kept; beyond, one number for each displacement."""

PHASES = 4
"""Positions in the middle of the map whose displaced neighbours are averaged."""


@dataclass(frozen=True)
class Apart:
    """Different positions are uncorrelated."""


@dataclass(frozen=True, eq=False)
class Full:
    """``values`` (B, *space, *space): the mean product at every two positions."""

    values: Array


@dataclass(frozen=True, eq=False)
class Displaced:
    r"""``cosines`` (B, *(2n - 1)): $\mathrm{E}[x_p x_{p+d}] / \sqrt{v_p v_{p+d}}$ for each d.

    The displacement zero is in the middle.
    """

    cosines: Array


Pairs: TypeAlias = Apart | Full | Displaced


def at_zero(cosines: Array) -> Array:
    """The displacement zero, to divide by or to set: a view, (B, *1)."""
    index = (slice(None), *(slice(size // 2, size // 2 + 1) for size in cosines.shape[1:]))
    return cosines[index]


def roots(variance: Array) -> Array:
    r"""$\sqrt{v_p v_{p'}}$ for every two positions."""
    deviation = np.sqrt(variance)
    axes = variance.ndim - 1
    left = deviation.reshape(*deviation.shape, *(1,) * axes)
    right = deviation.reshape(deviation.shape[0], *(1,) * axes, *deviation.shape[1:])
    return left * right


def displacements(space: Sequence[int]) -> list[Index]:
    """For each axis the displacement p' - p of every two places, with the middle at n - 1."""
    places = [np.arange(size) for size in space]
    return [each[None, :] - each[:, None] + len(each) - 1 for each in places]


def filled(pairs: Pairs, variance: Array, same: bool) -> Full:
    """Every pair, from whatever is kept.

    Args:
        pairs: what is kept.
        variance: (B, *space).
        same: whether both positions are of the same input, so that the diagonal is the variance.
    """
    if isinstance(pairs, Full):
        return pairs
    space = variance.shape[1:]
    whole, count = prod(space), len(variance)
    if isinstance(pairs, Apart):
        values = np.zeros((count, whole, whole))
        if same:
            values[:, range(whole), range(whole)] = variance.reshape(count, whole)
        return Full(values.reshape(count, *space, *space))
    axes = len(space)
    index = []
    for axis, each in enumerate(displacements(space)):
        shape = [1] * (2 * axes)
        shape[axis], shape[axis + axes] = each.shape
        index.append(each.reshape(shape))
    values = np.stack([member[tuple(index)] for member in pairs.cosines])
    if len(values) != count:
        values = np.broadcast_to(values, (count, *values.shape[1:]))
    return Full(values * roots(variance))


def displaced(pairs: Pairs, variance: Array, same: bool) -> Displaced:
    """One number for each displacement; of all pairs that have it, if all are kept."""
    if isinstance(pairs, Displaced):
        return pairs
    space = variance.shape[1:]
    if isinstance(pairs, Full):
        return Displaced(_by_displacement(pairs.values / roots(variance), space))
    cosines = np.zeros((1, *(2 * size - 1 for size in space)))
    if same:
        at_zero(cosines)[...] = 1.0
    return Displaced(cosines)


def _by_displacement(cosines: Array, space: tuple[int, ...]) -> Array:
    sizes = tuple(2 * size - 1 for size in space)
    along = [each.reshape(-1) for each in displacements(space)]
    axes = len(space)
    order = [0, *(side + axis for axis in range(axes) for side in (1, axes + 1))]
    flat = cosines.transpose(order).reshape(len(cosines), *(size**2 for size in space))
    grid = np.ravel_multi_index(tuple(np.meshgrid(*along, indexing="ij")), sizes).reshape(-1)
    counts = np.bincount(grid, minlength=prod(sizes))
    sums = [np.bincount(grid, member.reshape(-1), prod(sizes)) for member in flat]
    return (np.stack(sums) / counts).reshape(len(cosines), *sizes)


def kept(pairs: Pairs, variance: Array, same: bool) -> Pairs:
    """In full where the map is small."""
    if isinstance(pairs, Displaced) and prod(variance.shape[1:]) <= FULL_POSITIONS:
        return filled(pairs, variance, same)
    return pairs


def tapped(pairs: Pairs, taps: Sequence[Taps], gain: Array | float) -> Pairs:
    r"""$\sigma^2 \sum_o A(f_o(p), f_o(p'))$: both positions read through the same tap."""
    if isinstance(pairs, Full):
        values, axes = pairs.values, len(taps)
        for axis, along in enumerate(taps):
            values = _tapped_along(values, along, 1 + axis, 1 + axis + axes)
        return Full(values * gain)
    if isinstance(pairs, Displaced):
        return Displaced(_combined(pairs.cosines, [_tap_shifts(along) for along in taps]))
    return pairs


def _tapped_along(values: Array, taps: Taps, first: int, second: int) -> Array:
    shape = list(values.shape)
    shape[first] = shape[second] = taps.outputs
    total = np.zeros(shape)
    for places in taps.maps:
        outputs = np.flatnonzero(places != NOWHERE)
        if len(outputs):
            write: list[slice | Index] = [slice(None)] * values.ndim
            read = list(write)
            write[first] = write[second] = run(outputs)
            read[first] = read[second] = run(places[outputs])
            total[tuple(write)] += values[tuple(read)]
    return total


def weighted(pairs: Pairs, matrices: Matrices, variance: Array, same: bool) -> Full:
    """The same map of both positions, on every pair."""
    axes = len(matrices)
    values = apply_matrices(matrices, filled(pairs, variance, same).values, 1)
    return Full(apply_matrices(matrices, values, 1 + axes))


def weighted_cosines(pairs: Displaced, matrices: Matrices) -> Array:
    """By displacement and not normalised: at displacement zero the share that is left."""
    return _combined(pairs.cosines, [_matrix_shifts(rows) for rows in matrices], normal=False)


def weighted_variance(pairs: Pairs, matrices: Matrices, variance: Array) -> Array:
    r"""$\sum_{jj'} b_{pj} b_{pj'} A(j, j')$ on maps of which not every pair is kept.

    Raises:
        NeedsFact: for windows too wide for such a map.
    """
    if isinstance(pairs, Apart):
        return apply_matrices([rows**2 for rows in matrices], variance, 1)
    assert isinstance(pairs, Displaced)
    if all(len(rows) == 1 for rows in matrices):
        return _of_all(pairs, matrices, variance)
    widths = [max(int(np.ptp(np.flatnonzero(row))) for row in rows) for rows in matrices]
    if prod(2 * width + 1 for width in widths) > 1000:
        places = prod(variance.shape[1:])
        raise NeedsFact(
            "theory field",
            need=f"windows below 16 x 16, or a map of at most {FULL_POSITIONS} positions",
            have=f"windows of {'x'.join(str(width + 1) for width in widths)} on {places} "
            f"positions, whose pairs would take {8 * places**2 / 2**30:.1f} GiB",
            remedy="use a smaller input",
        )
    deviation, total = np.sqrt(variance), np.zeros(1)
    middle = [size - 1 for size in variance.shape[1:]]
    for offsets in product(*(range(-width, width + 1) for width in widths)):
        cosine = pairs.cosines[(slice(None), *np.add(middle, offsets))]
        paired, along = deviation, []
        for axis, (offset, rows) in enumerate(zip(offsets, matrices, strict=True)):
            shifted = _shifted(rows.shape[1], offset)
            paired = moved(paired, shifted, axis + 1)
            along.append(rows * moved(rows, shifted, 1))
        both = apply_matrices(along, deviation * paired, 1)
        total = total + both * cosine.reshape(-1, *(1,) * len(middle))
    return total


def _of_all(pairs: Displaced, matrices: Matrices, variance: Array) -> Array:
    """One window over everything: by the autocorrelation of the weighted deviations."""
    weights = np.array(1.0)
    for rows in matrices:
        weights = np.multiply.outer(weights, rows[0])
    field = np.sqrt(variance) * weights
    sizes = tuple(2 * size - 1 for size in variance.shape[1:])
    axes = tuple(range(1, field.ndim))
    spectrum = np.abs(np.fft.rfftn(field, sizes, axes)) ** 2
    auto = np.fft.fftshift(np.fft.irfftn(spectrum, sizes, axes), axes)
    total = (auto * pairs.cosines).sum(axis=axes)
    return np.asarray(total.reshape(-1, *(1,) * len(axes)))


Shifts: TypeAlias = tuple[tuple[Index, Array], ...]
"""For each way to read: the displacement before (in the middle at zero) and its weight, by d."""


def _combined(cosines: Array, shifts: Sequence[Shifts], normal: bool = True) -> Array:
    """Cosines read at other displacements, each axis on its own, and averaged."""
    sizes = cosines.shape[1:]
    total: Array = np.zeros(1)
    for ways in product(*shifts):
        read, weight = cosines, np.array(1.0)
        for axis, ((places, share), size) in enumerate(zip(ways, sizes, strict=True)):
            clipped = np.clip(places + (size - 1) // 2, 0, size - 1)
            read = np.take(read, clipped, axis=axis + 1)
            weight = np.multiply.outer(weight, share)
        total = total + read * weight
    if normal:
        whole = np.array(1.0)
        for along in shifts:
            whole = np.multiply.outer(whole, sum(share for _, share in along))
        total = np.divide(total, whole, out=np.zeros_like(total), where=whole > 0)
    return total


def _middles(outputs: int) -> list[tuple[Index, Index]]:
    """Pairs of positions for every displacement, as near the middle as they can be."""
    shift = np.arange(-(outputs - 1), outputs)
    found = []
    for phase in range(min(PHASES, outputs)):
        first = np.clip((outputs - 1 - shift) // 2 + phase, np.maximum(0, -shift),
                        np.minimum(outputs - 1, outputs - 1 - shift))  # fmt: skip
        found.append((first, first + shift))
    return found


@lru_cache(maxsize=1024)
def _tap_shifts(taps: Taps) -> Shifts:
    ways: dict[bytes, tuple[Index, Array]] = {}
    for first, second in _middles(taps.outputs):
        for places in taps.maps:
            one, two = places[first], places[second]
            both = (one != NOWHERE) & (two != NOWHERE)
            _enter(ways, np.where(both, two - one, 0), both.astype(float))
    return _merged(ways)


def _matrix_shifts(rows: Array) -> Shifts:
    ways: dict[bytes, tuple[Index, Array]] = {}
    middles = _middles(len(rows))
    widths = range(-(rows.shape[1] - 1), rows.shape[1])
    for first, second in middles:
        before, behind = rows[first], rows[second]
        anchors = before.argmax(axis=1), behind.argmax(axis=1)
        reach = [np.flatnonzero(each.any(axis=0)) for each in _aligned(before, behind, anchors)]
        lags = sorted({int(b - a) for a in reach[0] for b in reach[1]} & set(widths))
        left, right = _aligned(before, behind, anchors)
        for lag in lags:
            weight = (left * moved(right, _shifted(left.shape[1], lag), 1)).sum(axis=1)
            if weight.any():
                _enter(ways, anchors[1] - anchors[0] + lag, weight / len(middles))
    return _merged(ways)


def _shifted(size: int, offset: int) -> Index:
    """Every place so many further on."""
    places: Index = np.arange(size) + offset
    return np.where((places >= 0) & (places < size), places, NOWHERE)


def _aligned(before: Array, behind: Array, anchors: tuple[Index, Index]) -> tuple[Array, Array]:
    """Rows shifted so that their largest weight stands in one column."""
    width = before.shape[1]
    found = []
    for rows, at in zip((before, behind), anchors, strict=True):
        columns = np.arange(2 * width - 1) - (width - 1) + at[:, None]
        inside = (columns >= 0) & (columns < width)
        read = np.take_along_axis(rows, np.clip(columns, 0, width - 1), axis=1)
        found.append(np.where(inside, read, 0.0))
    return found[0], found[1]


def _enter(ways: dict[bytes, tuple[Index, Array]], places: Index, weight: Array) -> None:
    key = places.tobytes()
    known = ways.get(key)
    ways[key] = (places, weight if known is None else known[1] + weight)


def _merged(ways: dict[bytes, tuple[Index, Array]]) -> Shifts:
    return tuple((places, weight) for places, weight in ways.values() if weight.any())
