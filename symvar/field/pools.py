"""Maximum pooling of a Gaussian field: the field behind it and the gradient through it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod

import numpy as np

from symvar.field.functions import Function
from symvar.field.kernels import Kernel
from symvar.field.lazy import Lazy
from symvar.field.maxima import WindowLaw, window_law
from symvar.field.maxima_gates import joint_gates
from symvar.field.maxima_pairs import cross_moments, window_moments
from symvar.field.maxima_rule import block_means
from symvar.field.pairs import (
    FULL_POSITIONS,
    Apart,
    Displaced,
    Full,
    Pairs,
    displaced,
    filled,
    kept,
)
from symvar.field.steps import Array, Index, averaging
from symvar.geometry import Windows


@dataclass(frozen=True, eq=False)
class Group:
    """The windows that hold the same number of inputs.

    Args:
        outputs: (W,), which output positions they are.
        inputs: (W, T), the positions each of them reads.
    """

    outputs: Index
    inputs: Index


@dataclass(frozen=True, eq=False)
class Pool:
    """The largest of each window of a Gaussian field.

    Args:
        source: the field.
        windows: the windows, the same for every channel.
        function: what is applied to every unit; it does not decrease.
    """

    source: Kernel
    windows: Windows
    function: Function | None = None

    @property
    def space(self) -> tuple[int, ...]:
        """The positions behind."""
        return tuple(int(axis.outputs) for axis in self.windows.axes)

    @property
    def rectifies(self) -> bool:
        """Whether the function is the ReLU."""
        return self.function is not None and self.function.rectifies

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The windows by their size, padding left out."""
        along = [[axis.reads(place) for place in range(int(axis.outputs))]
                 for axis in self.windows.axes]  # fmt: skip
        sizes = [sorted({len(reads) for reads in axis}) for axis in along]
        before, behind = self.source.space, self.space
        found = []
        for lengths in product(*sizes):
            outputs = [[place for place, reads in enumerate(axis) if len(reads) == length]
                       for axis, length in zip(along, lengths, strict=True)]  # fmt: skip
            reads = [np.array([axis[place] for place in places])
                     for axis, places in zip(along, outputs, strict=True)]  # fmt: skip
            found.append(Group(_flat(outputs, behind), _window_places(reads, before)))
        return tuple(found)

    @cached_property
    def laws(self) -> tuple[WindowLaw, ...]:
        """The law of the maximum of each window, by group; members of the ensemble in turn."""
        rising = None if self.function is None else self.function.rising
        return tuple(window_law(self._blocks(group.inputs), rising) for group in self.groups)

    @cached_property
    def kernel(self) -> Kernel:
        """The second moments behind the maximum."""
        variance = self._seconds()
        return Kernel(
            variance,
            Lazy(lambda _: self._pairs(True), [self.source.pairs]),
            Lazy(lambda *_: self._pairs(False), [self.source.pairs, self.source.across]),
        )

    def exchangeable(self) -> list[tuple[Array, Array]]:
        """By group, the mean variance and the mean covariance of each window's units."""
        return [block_means(self._blocks(group.inputs)) for group in self.groups]

    def pull(self, gradient: Kernel) -> Kernel:
        """The gradient before the maximum: it goes to the largest unit of each window."""
        variance = np.zeros((len(self.source.variance), self.source.positions))
        arriving = np.broadcast_to(
            gradient.variance.reshape(len(gradient.variance), -1),
            (len(variance), prod(self.space)),
        )
        for group, law in zip(self.groups, self.laws, strict=True):
            gates = law.gates.reshape(len(variance), *group.inputs.shape)
            sent = gates * arriving[:, group.outputs, None]
            for member, each in zip(variance, sent, strict=True):
                np.add.at(member, group.inputs, each)
        pairs = Lazy(lambda each: self._pulled(each, gradient), [gradient.pairs])
        if not self.windows.tile and isinstance(pairs.value, Full):  # a unit of two windows
            whole = pairs.value.values.reshape(len(variance), *[self.source.positions] * 2)
            variance = np.einsum("bpp->bp", whole)
        return Kernel(variance.reshape(self.source.variance.shape), pairs, gradient.across)

    def _pulled(self, pairs: Pairs, gradient: Kernel) -> Pairs:
        """Each two windows send their gradients to the units that are the largest of them."""
        if isinstance(pairs, Apart) or not self.source.small:
            return Apart()
        whole, count = prod(self.space), len(self.source.variance)
        known = filled(pairs, gradient.variance, True).values.reshape(-1, whole, whole)
        here = filled(self.source.pairs.value, self.source.variance, True).values
        here = here.reshape(count, self.source.positions, -1)
        known = np.broadcast_to(known, (count, whole, whole))
        members = zip(range(count), here, known, strict=True)
        values = np.stack([self._sent(*each) for each in members])
        return Full(values.reshape(count, *self.source.space, *self.source.space))

    def _sent(self, member: int, covariance: Array, arriving: Array) -> Array:
        rising = None if self.function is None else self.function.rising
        found = np.zeros(covariance.shape)
        for rows, one in self._laws_of(member):
            for columns, two in self._laws_of(member):
                sent = joint_gates(covariance, one, rows.inputs, two, columns.inputs, rising)
                sent *= arriving[np.ix_(rows.outputs, columns.outputs)][:, None, :, None]
                partly = np.zeros((len(found), columns.inputs.size))
                np.add.at(partly, rows.inputs.reshape(-1), sent.reshape(rows.inputs.size, -1))
                np.add.at(found.T, columns.inputs.reshape(-1), partly.T)
        return found

    def _blocks(self, inputs: Index) -> Array:
        """The covariances (B W, T, T) of the units of each window."""
        variance = self.source.variance.reshape(len(self.source.variance), -1)
        pairs = self.source.pairs.value
        if isinstance(pairs, Full):
            flat = pairs.values.reshape(len(pairs.values), self.source.positions, -1)
            blocks = flat[:, inputs[:, :, None], inputs[:, None, :]]
        else:
            deviation = np.sqrt(variance[:, inputs])
            blocks = deviation[:, :, :, None] * deviation[:, :, None, :]
            cosines = self.source.cosines
            places = np.stack(np.unravel_index(inputs, self.source.space))
            apart = places[:, :, None, :] - places[:, :, :, None]
            middle = [size - 1 for size in self.source.space]
            index = tuple(each + size for each, size in zip(apart, middle, strict=True))
            blocks = blocks * cosines[(slice(None), *index)]
        return np.ascontiguousarray(blocks.reshape(-1, *blocks.shape[2:]))

    def _seconds(self) -> Array:
        """(B, *space)."""
        count = len(self.source.variance)
        found = np.zeros((count, prod(self.space)))
        for group, law in zip(self.groups, self.laws, strict=True):
            found[:, group.outputs] = law.second.reshape(count, -1)
        return found.reshape(count, *self.space)

    def _pairs(self, same: bool) -> Pairs:
        if not self.source.small:
            return self._from_means(same)
        pairs = (self.source.pairs if same else self.source.across).value
        known = filled(pairs, self.source.variance, same).values
        known = known.reshape(len(known), self.source.positions, -1)
        values = np.stack([self._products(*each) for each in enumerate(known)])
        return self._full(values, same)

    @cached_property
    def _means(self) -> Kernel:
        """The mean of each window's units."""
        return self.source.weighted(averaging(self.windows))

    def _from_means(self, same: bool) -> Pairs:
        """Of two windows, from the correlation between the means of their units."""
        means = self._means
        pairs = (means.pairs if same else means.across).value
        if prod(self.space) > FULL_POSITIONS:
            return self._by_displacement(displaced(pairs, means.variance, same).cosines, same)
        whole = prod(self.space)
        known = filled(pairs, means.variance, same).values.reshape(-1, whole, whole)
        spread = np.sqrt(np.maximum(means.variance, 1e-280)).reshape(-1, whole)
        cosines = known / (spread[:, :, None] * spread[:, None, :])
        values = np.zeros(known.shape)
        for member, each in enumerate(cosines):
            laws = self._laws_of(member)
            for rows, one in laws:
                for columns, two in laws:
                    place = np.ix_(rows.outputs, columns.outputs)
                    overlap = each[place] * one.spread[:, None] * two.spread
                    values[member][place] = cross_moments(one, two, overlap)
        return self._full(values, same)

    def _full(self, values: Array, same: bool) -> Pairs:
        whole = range(prod(self.space))
        if same:
            values[:, whole, whole] = self.kernel.variance.reshape(len(values), -1)
        return Full(values.reshape(len(values), *self.space, *self.space))

    def _products(self, member: int, covariance: Array) -> Array:
        whole = prod(self.space)
        found = np.zeros((whole, whole))
        for rows, one in self._laws_of(member):
            for columns, two in self._laws_of(member):
                found[np.ix_(rows.outputs, columns.outputs)] = window_moments(
                    covariance, one, rows.inputs, two, columns.inputs
                )
        return found

    def _laws_of(self, member: int) -> list[tuple[Group, WindowLaw]]:
        """Each group's windows for one member of the ensemble."""
        found = []
        for group, law in zip(self.groups, self.laws, strict=True):
            first, count = member * len(group.outputs), len(group.outputs)
            found.append((group, law.at(slice(first, first + count))))
        return found

    def _by_displacement(self, cosines: Array, same: bool) -> Pairs:
        """As between windows in the middle of the map, which hold the most inputs."""
        group, law = max(zip(self.groups, self.laws, strict=True),
                         key=lambda each: each[0].inputs.shape[1])  # fmt: skip
        count, found = len(group.outputs), []
        whole = (len(self.source.variance), *cosines.shape[1:])
        for member, each in enumerate(np.broadcast_to(cosines, whole)):
            middle = law.at(member * count + count // 2)
            overlap = each.reshape(-1) * middle.spread[0] ** 2
            products = cross_moments(middle, middle, overlap).reshape(each.shape) / middle.second
            if same:
                products[tuple(size - 1 for size in self.space)] = 1.0
            found.append(products)
        return kept(Displaced(np.stack(found)), self.kernel.variance, same)


def _flat(places: list[list[int]], space: tuple[int, ...]) -> Index:
    grid = np.meshgrid(*places, indexing="ij")
    return np.ravel_multi_index(tuple(grid), space).reshape(-1)


def _window_places(reads: list[Index], space: tuple[int, ...]) -> Index:
    """(W, T) flat input positions, from (outputs, taps) along each axis."""
    axes = len(reads)
    along = []
    for axis, each in enumerate(reads):
        shape = [1] * (2 * axes)
        shape[axis], shape[axis + axes] = each.shape
        along.append(each.reshape(shape))
    whole = np.broadcast_arrays(*along)
    flat = np.ravel_multi_index(tuple(whole), space)
    outputs = prod(each.shape[0] for each in reads)
    return np.ascontiguousarray(flat.reshape(outputs, -1))
