"""The second moments of a random field over positions, and what layers do to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from symvar.field.lazy import Lazy
from symvar.field.pairs import (
    FULL_POSITIONS,
    Apart,
    Displaced,
    Full,
    Pairs,
    at_zero,
    displaced,
    filled,
    kept,
    tapped,
    weighted,
    weighted_cosines,
    weighted_variance,
)
from symvar.field.steps import Array, Matrices, Taps, moved
from symvar.field.streams import Cotangent
from symvar.field.unitwise import Product, mapped_pairs, multiplied


@dataclass(frozen=True, eq=False)
class Kernel:
    r"""One channel's random field over positions.

    Args:
        variance: (B, *space): the second moment $\mathrm{E}[x_p^2]$ at each position, for each
            member of an ensemble of inputs.
        pairs: $\mathrm{E}[x_p x_{p'}]$, made when asked for.
        across: the same for two different inputs of a batch.
        along: of a gradient, its second moment as a function of the residual sum it stands at.
    """

    variance: Array
    pairs: Lazy[Pairs]
    across: Lazy[Pairs]
    along: Cotangent | None = None

    @classmethod
    def independent(cls, space: Sequence[int], variance: float = 1.0) -> Kernel:
        """The same variance everywhere, nothing correlated."""
        apart: Lazy[Pairs] = Lazy.of(Apart())
        return cls(np.full((1, *space), variance), apart, apart)

    @classmethod
    def shared(cls, space: Sequence[int]) -> Kernel:
        """One and the same unit of second moment 1 everywhere, in every input."""
        return cls.stationary(space, np.ones(tuple(2 * size - 1 for size in space)), across=1.0)

    @classmethod
    def stationary(cls, space: Sequence[int], cosines: Array, across: float = 0.0) -> Kernel:
        """Variance one, and a correlation by displacement; likewise across inputs, or none."""
        variance = np.ones((1, *space))
        pairs: Pairs = Displaced(cosines[None])
        own = Lazy(lambda: kept(pairs, variance, True))
        return cls(variance, own, own if across else Lazy.of(Apart()))

    @classmethod
    def of(cls, values: Array) -> Kernel:
        """Every pair given, (B, *space, *space); different inputs are independent."""
        axes = (values.ndim - 1) // 2
        known: Pairs = Full(values)
        pairs = Lazy(lambda: known)
        variance = _diagonal(values, axes)
        large = prod(variance.shape[1:]) > FULL_POSITIONS
        own = Lazy(lambda: displaced(known, variance, True)) if large else pairs
        return cls(variance, own, Lazy.of(Apart()))  # type: ignore[arg-type]

    @property
    def space(self) -> tuple[int, ...]:
        """The positions along each axis."""
        return self.variance.shape[1:]

    @property
    def positions(self) -> int:
        """Their number."""
        return prod(self.space)

    @property
    def range(self) -> tuple[float, float]:
        """The least variance that is not zero, and the largest; 1 where all are zero."""
        some = self.variance[self.variance > 0]
        return (float(some.min()), float(some.max())) if some.size else (1.0, 1.0)

    @property
    def mean(self) -> float:
        """The second moment, the mean over positions and ensemble."""
        return float(self.variance.mean())

    def scaled(self, factor: float) -> Kernel:
        """The field times the root of a number."""
        if factor == 1:
            return self
        found = self._with(
            self.variance * factor,
            lambda pairs, _: Full(pairs.values * factor) if isinstance(pairs, Full) else pairs,
        )
        if self.along is None:
            return found
        return replace(found, along=replace(self.along, values=self.along.values * factor))

    def plus(self, variance: float) -> Kernel:
        """A constant random bias added, the same at every position."""
        if not variance:
            return self
        behind = self.variance + variance
        return self._with(behind, lambda pairs, same: _lifted(pairs, self, variance, same))

    def tapped(self, taps: Sequence[Taps], gain: float) -> Kernel:
        """What a kernel of independent weights reads: a convolution, or its transpose."""
        variance = self.variance
        for axis, along in enumerate(taps):
            variance = sum(moved(variance, each, axis + 1) for each in along.maps)  # type: ignore[assignment]
        variance = variance * gain
        return self._with(
            variance, lambda pairs, same: kept(tapped(pairs, taps, gain), variance, same)
        )

    def summed(self, gain: float) -> Kernel:
        """What independent weights of every position add up to: no position is left."""
        axes = tuple(range(1, self.variance.ndim))
        variance = gain * self.variance.sum(axis=axes)
        return self._with(variance, lambda pairs, same: Full(_traced(pairs, self, same) * gain))

    def spread(self, space: Sequence[int], gain: float) -> Kernel:
        """The adjoint of :meth:`summed`: independent weights to every position."""
        shape = (len(self.variance), *space)
        variance = np.broadcast_to(
            gain * self.variance.reshape(-1, *(1,) * len(space)), shape
        ).copy()
        return Kernel(variance, Lazy.of(Apart()), Lazy.of(Apart()))

    def weighted(self, matrices: Matrices) -> Kernel:
        """Fixed weighted sums of positions: an average, an interpolation, copies."""
        if not self.small or all(len(rows) > FULL_POSITIONS for rows in matrices):
            return self._weighted_by_displacement(matrices)
        pairs: Lazy[Full] = Lazy(
            lambda each: weighted(each, matrices, self.variance, True), [self.pairs]
        )
        across: Lazy[Pairs] = Lazy(
            lambda each: weighted(each, matrices, self.variance, False), [self.across]
        )
        if isinstance(self.pairs.value, Apart):
            variance = weighted_variance(Apart(), matrices, self.variance)
        else:
            variance = _diagonal(pairs.value.values, len(matrices))
        apart = isinstance(self.pairs.value, Apart) and _tile(matrices)
        return Kernel(variance, Lazy.of(Apart()) if apart else pairs, across)  # type: ignore[arg-type]

    def _weighted_by_displacement(self, matrices: Matrices) -> Kernel:
        variance = weighted_variance(self.pairs.value, matrices, self.variance)
        known = displaced(self.pairs.value, self.variance, True)
        raw = Lazy(lambda: weighted_cosines(known, matrices))

        def within(cosines: Array) -> Pairs:
            return kept(Displaced(cosines / at_zero(cosines)), variance, True)

        def between(pairs: Pairs, cosines: Array) -> Pairs:
            found = weighted_cosines(displaced(pairs, self.variance, False), matrices)
            return kept(Displaced(found / at_zero(cosines)), variance, False)

        return Kernel(variance, Lazy(within, [raw]), Lazy(between, [self.across, raw]))

    def mapped(self, second: Callable[[Array], Array], product: Product) -> Kernel:
        r"""A function of every unit of a Gaussian field.

        Args:
            second: its second moment, from the variance.
            product: the mean product of two, from both variances and the correlation.
        """
        variance = second(self.variance)

        def pairwise(pairs: Pairs, same: bool) -> Pairs:
            return mapped_pairs(pairs, self.variance, variance, product, same)

        return self._with(variance, pairwise)

    def gated(self, source: Kernel, slope: Callable[[Array], Array], product: Product) -> Kernel:
        r"""A gradient through a function of every unit of a Gaussian field.

        Args:
            source: that field.
            slope: the second moment of the derivative, from the variance.
            product: the mean product of two derivatives, as in :meth:`mapped`.
        """
        slopes = slope(source.variance)

        def pairwise(pairs: Pairs, inputs: Pairs) -> Pairs:
            if isinstance(pairs, Apart):
                return pairs
            gates = mapped_pairs(inputs, source.variance, slopes, product, True)
            return multiplied(pairs, gates, self.variance, slopes)

        pairs = Lazy(pairwise, [self.pairs, source.pairs])
        return Kernel(self.variance * slopes, pairs, self.across)

    @property
    def small(self) -> bool:
        """Whether every pair is kept."""
        return self.positions <= FULL_POSITIONS

    @property
    def full(self) -> Array:
        """(B, *space, *space), every pair."""
        return filled(self.pairs.value, self.variance, True).values

    @property
    def cosines(self) -> Array:
        """(B, *(2n - 1)), by displacement."""
        return displaced(self.pairs.value, self.variance, True).cosines

    def averaged(self) -> Kernel:
        """The mean over the ensemble."""
        if len(self.variance) == 1:
            return self
        variance = self.variance.mean(axis=0, keepdims=True)

        def mean(pairs: Pairs) -> Pairs:
            if isinstance(pairs, Full):
                return Full(pairs.values.mean(axis=0, keepdims=True))
            if isinstance(pairs, Displaced):
                share = self.variance.reshape(len(self.variance), -1).mean(axis=1)
                share = share.reshape(-1, *(1,) * (pairs.cosines.ndim - 1)) / share.mean()
                return Displaced((pairs.cosines * share).mean(axis=0, keepdims=True))
            return pairs

        return Kernel(variance, Lazy(mean, [self.pairs]), Lazy(mean, [self.across]))

    def _with(self, variance: Array, change: Callable[[Pairs, bool], Pairs]) -> Kernel:
        return Kernel(
            variance,
            Lazy(lambda pairs: change(pairs, True), [self.pairs]),
            Lazy(lambda pairs: change(pairs, False), [self.across]),
        )


def total(kernels: Sequence[Kernel], shares: Sequence[float] | None = None) -> Kernel:
    """The sum of independent fields, each times a share: also the mean over groups of channels."""
    shares = [1.0] * len(kernels) if shares is None else shares
    if len(kernels) == 1 and shares[0] == 1.0:
        return kernels[0]
    variance = sum(each.variance * share for each, share in zip(kernels, shares, strict=True))
    assert isinstance(variance, np.ndarray)

    def joined(same: bool) -> Callable[..., Pairs]:
        def of(*pairs: Pairs) -> Pairs:
            return _sum(pairs, kernels, shares, variance, same)

        return of

    return Kernel(
        variance,
        Lazy(joined(True), [each.pairs for each in kernels]),
        Lazy(joined(False), [each.across for each in kernels]),
        _along(kernels, shares),
    )


def _along(kernels: Sequence[Kernel], shares: Sequence[float]) -> Cotangent | None:
    """As a function of the stream, if one of the gradients is: the others are not."""
    known = [each for each in kernels if each.along is not None]
    if len(known) != 1 or set(shares) != {1.0}:
        return None
    found = known[0].along
    assert found is not None
    for each in kernels:
        if each is not known[0]:
            found = found.plus(each.variance.mean(axis=0))
    return found


def _sum(
    pairs: Sequence[Pairs],
    kernels: Sequence[Kernel],
    shares: Sequence[float],
    variance: Array,
    same: bool,
) -> Pairs:
    if all(isinstance(each, Apart) for each in pairs):
        return Apart()
    terms = list(zip(pairs, kernels, shares, strict=True))
    if prod(variance.shape[1:]) <= FULL_POSITIONS:
        return Full(sum(filled(each, own.variance, same).values * share
                        for each, own, share in terms))  # type: ignore[arg-type]  # fmt: skip
    axes = tuple(range(1, variance.ndim))
    whole = variance.mean(axis=axes, keepdims=True)
    return Displaced(
        sum(displaced(each, own.variance, same).cosines
            * (own.variance.mean(axis=axes, keepdims=True) * share / whole)
            for each, own, share in terms)
    )  # fmt: skip


def _lifted(pairs: Pairs, before: Kernel, bias: float, same: bool) -> Pairs:
    if before.small:
        return Full(filled(pairs, before.variance, same).values + bias)
    mean = before.variance.mean()
    return Displaced(
        (displaced(pairs, before.variance, same).cosines * mean + bias) / (mean + bias)
    )


def _traced(pairs: Pairs, before: Kernel, same: bool) -> Array:
    """The sum over positions of the moment of a position with itself."""
    axes = tuple(range(1, before.variance.ndim))
    if same:
        return np.asarray(before.variance.sum(axis=axes))
    if isinstance(pairs, Full):
        return np.asarray(_diagonal(pairs.values, len(axes)).sum(axis=axes))
    if isinstance(pairs, Displaced):
        return np.asarray(before.variance.sum(axis=axes) * at_zero(pairs.cosines).reshape(-1))
    return np.zeros(len(before.variance))


def _diagonal(values: Array, axes: int) -> Array:
    space = values.shape[1 : 1 + axes]
    flat = values.reshape(len(values), prod(space), prod(space))
    return np.einsum("bpp->bp", flat).reshape(len(values), *space)


def _tile(matrices: Matrices) -> bool:
    return all((np.count_nonzero(rows, axis=0) <= 1).all() for rows in matrices)
