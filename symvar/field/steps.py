"""Linear maps of positions, one axis at a time: taps of a kernel, and weighted sums.

A convolution reads, through each of its taps, one input position for every output position, or
none beyond the border: an index map. An average or an interpolation is a matrix per axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from symvar.geometry import Axis, Windows
from symvar.listed import Listed
from symvar.primitives import Blend, Copy

Array: TypeAlias = npt.NDArray[np.float64]
Index: TypeAlias = npt.NDArray[np.int64]

FEW_TAPS = 8
"""Up to so many inputs per output, a weighted sum is made of strided reads."""

NOWHERE = -1
"""The input position of an output that reads padding."""


@dataclass(frozen=True, eq=False)
class Taps:
    """Along one axis, for each tap of a kernel, the input position every output position reads.

    Args:
        inputs: positions before.
        outputs: positions behind.
        maps: one index map (outputs,) per tap.
    """

    inputs: int
    outputs: int
    maps: tuple[Index, ...]

    @cached_property
    def turned(self) -> Taps:
        """The same pairs read the other way: for each tap, the output that every input feeds."""
        return Taps(self.outputs, self.inputs, tuple(map(self._turned, self.maps)))

    def _turned(self, places: Index) -> Index:
        found = np.full(self.inputs, NOWHERE)
        outputs = np.flatnonzero(places != NOWHERE)
        found[places[outputs]] = outputs
        return found


@lru_cache(maxsize=1024)
def taps_along(axis: Axis) -> Taps:
    """The taps of a convolution along an axis.

    >>> [list(map(int, each)) for each in taps_along(Axis(3, 3, low=1, high=1)).maps]
    [[-1, 0, 1], [0, 1, 2], [1, 2, -1]]
    """
    size, outputs = int(axis.size), int(axis.outputs)
    starts = int(axis.stride) * np.arange(outputs) - int(axis.low)
    maps = []
    for tap in range(int(axis.kernel)):
        places = starts + int(axis.dilation) * tap
        maps.append(np.where((places >= 0) & (places < size), places, NOWHERE))
    return Taps(size, outputs, tuple(maps))


def taps_of(windows: Windows, transposed: bool) -> tuple[Taps, ...]:
    """The taps of a mix along every axis."""
    along = (taps_along(axis) for axis in windows.axes)
    return tuple(taps.turned if transposed else taps for taps in along)


Matrices: TypeAlias = tuple[Array, ...]
"""For each axis the weights (outputs, inputs) of a linear map of positions."""


@lru_cache(maxsize=1024)
def _averaging(axis: Axis | Listed, counts_padding: bool) -> Array:
    rows = np.zeros((int(axis.outputs), int(axis.size)))
    for output in range(len(rows)):
        reads = axis.reads(output)
        whole = axis.spans[output] if isinstance(axis, Listed) else int(axis.kernel)
        rows[output, reads] = 1 / (whole if counts_padding else len(reads))
    return rows


def averaging(windows: Windows, counts_padding: bool = False) -> Matrices:
    """The mean over each window."""
    return tuple(_averaging(axis, counts_padding) for axis in windows.axes)


def blending(blend: Blend) -> Matrices:
    """The weights of an interpolation."""
    found = []
    for size, outputs in zip(blend.sizes[1:], blend.taps, strict=True):
        rows = np.zeros((len(outputs), size))
        for output, taps in enumerate(outputs):
            for place, weight in taps:
                rows[output, place] += float(weight)
        found.append(rows)
    return tuple(found)


def copying(copy: Copy) -> tuple[Taps, ...]:
    """The index map of every spatial axis, as a single tap."""
    found = []
    for size, sources in zip(copy.sizes[1:], copy.sources[1:], strict=True):
        places = np.array([NOWHERE if place is None else place for place in sources])
        found.append(Taps(size, len(places), (places,)))
    return tuple(found)


def copy_matrices(copy: Copy) -> Matrices:
    """The same as weights, since an input may have several copies."""
    found = []
    for taps in copying(copy):
        rows = np.zeros((taps.outputs, taps.inputs))
        filled = np.flatnonzero(taps.maps[0] != NOWHERE)
        rows[filled, taps.maps[0][filled]] = 1.0
        found.append(rows)
    return tuple(found)


def moved(values: Array, places: Index, axis: int) -> Array:
    """Values read through an index map along an axis; zero where it points nowhere."""
    filled = np.flatnonzero(places != NOWHERE)
    if len(filled) == len(places):
        return values[(slice(None),) * axis + (run(places),)]
    shape = (*values.shape[:axis], len(places), *values.shape[axis + 1 :])
    found = np.zeros(shape)
    if len(filled):
        front = (slice(None),) * axis
        found[(*front, run(filled))] = values[(*front, run(places[filled]))]
    return found


def run(places: Index) -> slice | Index:
    """The same places as a slice, where they are evenly spaced."""
    if len(places) == 1:
        return slice(int(places[0]), int(places[0]) + 1)
    steps = np.diff(places)
    if steps[0] > 0 and (steps == steps[0]).all():
        return slice(int(places[0]), int(places[-1]) + 1, int(steps[0]))
    return places


def apply_matrices(matrices: Sequence[Array], values: Array, first: int) -> Array:
    """Weights applied along consecutive axes, the first of which is ``first``."""
    for offset, rows in enumerate(matrices):
        values = _along(rows, values, first + offset)
    return values


def _along(rows: Array, values: Array, axis: int) -> Array:
    most = int(np.count_nonzero(rows, axis=1).max())
    if most > FEW_TAPS or values.size < rows.shape[1] * FEW_TAPS**2:
        return np.ascontiguousarray(
            np.moveaxis(np.tensordot(rows, values, axes=(1, axis)), 0, axis)
        )
    order = np.argsort(rows == 0, axis=1, kind="stable")  # the places read come first
    total: Array | None = None
    for tap in range(most):
        places = order[:, tap]
        weights = np.take_along_axis(rows, places[:, None], axis=1)[:, 0]
        read = moved(values, np.where(weights == 0, NOWHERE, places), axis)
        if len(np.unique(weights)) > 1:
            read = read * weights.reshape(-1, *(1,) * (values.ndim - axis - 1))
        elif weights[0] != 1:
            read = read * weights[0]
        total = read if total is None else total + read
    assert total is not None
    return total
