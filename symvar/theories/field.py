"""Correlated windows and exact borders: the covariance of every two positions, in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp
from typing import Any, cast

import numpy as np
import sympy as sp

from symvar.errors import NeedsFact
from symvar.field.cotangents import Cotangent, arriving, everywhere, pulled, side_by_side, summands
from symvar.field.functions import Function
from symvar.field.kernels import Kernel
from symvar.field.linear import averaged, blended, copied, masked, scaled
from symvar.field.mixes import back_through, counted, through
from symvar.field.nonlinear import activated, largest
from symvar.field.norms import standardised
from symvar.field.pairs import FULL_POSITIONS
from symvar.field.residual import Streamed
from symvar.field.scatters import scatter_behind
from symvar.field.signals import (
    Edge,
    Gaussian,
    Joint,
    Signal,
    each_part,
    gaussian,
    parts_of,
    refused,
)
from symvar.field.sums import added
from symvar.geometry import Size
from symvar.inputs import Input, White
from symvar.inputs import find as find_input
from symvar.primitives import (
    Affine,
    Average,
    Blend,
    Boundary,
    Concat,
    Copy,
    Join,
    Mask,
    Mix,
    Normalise,
    Pointwise,
    Primitive,
    Product,
    Rearrange,
    Standardise,
    Sum,
    WindowMax,
)
from symvar.reference import cite
from symvar.theories.base import Theory, Weight
from symvar.theories.notes import SMALL_ENERGY, boundary_note, left_out
from symvar.theories.origins import Origins

TYPICAL = ("widths beyond depth: the scatter of second moments to first order in one over width",)

EXACT = 4
"""Up to so many units, the moments of a maximum are integrated, not sampled."""

SAMPLED = "moments and gates at quasi-random points, the exchangeable window as control"
LARGE_MAP = (
    f"maps of more than {FULL_POSITIONS} positions: correlation by displacement, the same "
    "everywhere; the variance of each position is its own"
)
LARGE_BATCH = "a large batch: statistics of a channel are their means over inputs"


@dataclass(frozen=True, eq=False)
class Unsolved:
    """What a mix gives whose weight variance is still a symbol: only its moment may be asked."""

    second_moment: sp.Expr


class Field(Theory):
    r"""The covariance $K(p, p')$ of every two positions of a channel, at infinite width.

    Convolution: $K(p,p') = \sigma_b^2 + \sigma_w^2 \frac{C}{g} \sum_o A(sp+o, sp'+o)$ over the
    offsets with both in bounds; activations by their correlation maps; the largest of a window
    of T exchangeable units is $\max(0, sS + m)$, S normal and independent of m. Backward the
    same sums transposed, through each unit's gate.

    Args:
        typical: forward moments of the typical network, $\mathrm{E}[q]\,e^{-\mathrm{Var}/2}$ with
            the variance of log q over networks of these widths, in place of the mean over
            networks; see `symvar.field.typical`. Gradients stay means.
    """

    name = "field"
    reference = cite("xiao", "section 2.1")
    assumes = (
        "weights are independent, of each other and of signals, with mean zero and one variance",
        "many channels: pre-activations are Gaussian fields over positions",
        "gradients are independent of weights and of the activation states they pass",
    )

    def __init__(self, typical: bool = False) -> None:
        self.typical = typical
        if typical:
            object.__setattr__(self, "name", "field-typical")

    def start(self, shape: tuple[Size, ...], kind: str | Input) -> Signal:
        """The input's covariance.

        Raises:
            ArgumentError: for an unknown kind of input, or one of another shape.
            NeedsFact: for sizes that are not numbers.
        """
        given = find_input(kind)
        channels, *space = _numbers(shape, "an input of known size")
        return Signal(
            channels, given.kernel((channels, *space)), Origins.new(),
            centred=given.mean_squared == 0,
        )  # fmt: skip

    def preactivations(self, units: Size) -> Gaussian:
        """One position of so many independent standard Gaussians."""
        (channels,) = _numbers((units,), "a known number of units")
        units = gaussian(channels, Kernel.independent(()))
        return replace(units, log_variance=None)

    def forward(self, primitive: Primitive, signal: Any, weight: Weight | None = None) -> Any:
        """The signal behind a primitive; channels of several kinds each by their own."""
        if isinstance(signal, Unsolved):
            raise _symbolic()
        found = self._forward(primitive, signal, weight)
        return self._scattered(primitive, signal, found) if self.typical else found

    def _forward(self, primitive: Primitive, signal: Edge, weight: Weight | None) -> Any:
        match primitive:
            case Mix():
                assert weight is not None
                return _mixed(primitive, signal, weight)
            case Copy():
                return copied(signal, primitive)
            case Rearrange():
                return _rearranged(primitive, signal)
            case Standardise():
                return standardised(signal, primitive)
        return each_part(signal, lambda part: _behind(primitive, part))

    def _scattered(self, primitive: Primitive, signal: Edge, found: Any) -> Any:
        """What scatters before a primitive goes on; a mix adds what its channels scatter."""
        (before, *others) = parts_of(signal)
        if others or isinstance(primitive, Standardise) or isinstance(found, Joint):
            raise refused("channels alike and no norms, for the typical network", repr(primitive))
        scatter = before.log_variance
        if scatter is not None and isinstance(primitive, Mix) and not _given(before):
            weights = counted(primitive, before)
            scatter += scatter_behind(before, weights) / before.channels
        if isinstance(found, Unsolved):
            one = _mixed(cast("Mix", primitive), signal, Weight(sp.Integer(1)))
            whole = self.log_variance(replace(cast("Gaussian", one), log_variance=scatter))
            return Unsolved(found.second_moment * exp(-whole / 2))
        return found if found is signal else replace(found, log_variance=scatter)

    def log_variance(self, signal: Any) -> float:
        """Of log q of one input over networks, if typical: the second moment's predicted spread.

        What scatters before the mix, and the mean over the mix's own channels.

        Raises:
            NeedsFact: for a signal whose weights are unknown, or with channels of several kinds.
        """
        if isinstance(signal, Gaussian) and signal.log_variance is not None:
            everywhere = np.ones(signal.kernel.space)
            return signal.log_variance + scatter_behind(signal, everywhere) / signal.channels
        if isinstance(signal, Signal):
            return signal.log_variance or 0.0
        raise refused("known weights and channels that are alike", "an edge without")

    def join(self, primitive: Join, signals: Sequence[Edge]) -> Edge:
        """Sums of independent fields, channels side by side, products with gates."""
        if self.typical and not isinstance(primitive, Boundary):
            raise refused("a chain of layers, for the typical network", repr(primitive))
        match primitive:
            case Sum():
                return added(signals)
            case Concat():
                return Joint(tuple(part for each in signals for part in parts_of(each)))
            case Product():
                raise refused("sums and concatenations", f"a product of {len(signals)} signals")
            case Boundary(size=size):
                return self.start(size, White())
        raise _no_rule(primitive)

    def split(
        self, primitive: Join, signals: Sequence[Edge], cotangent: Cotangent
    ) -> tuple[Cotangent, ...]:
        """A sum hands its gradient to every summand; side by side each keeps its own."""
        if isinstance(primitive, Boundary):
            return tuple(self.cotangent(signal) for signal in signals)
        if isinstance(primitive, Concat):
            return side_by_side(signals, cotangent)
        return summands(signals, cotangent)

    def moment(self, signal: Any) -> sp.Expr:
        """The mean over positions and channels."""
        if isinstance(signal, Unsolved):
            return signal.second_moment
        if self.typical:
            return sp.Float(signal.kernel.mean * exp(-self.log_variance(signal) / 2))
        return sp.Float(signal.kernel.mean)

    def cotangent(self, signal: Edge) -> Cotangent:
        """Independent, of unit variance, on every unit."""
        terms = tuple((Kernel.independent(part.kernel.space), part) for part in parts_of(signal))
        return Cotangent(terms)

    def backward(
        self, primitive: Primitive, signal: Edge, cotangent: Cotangent, weight: Weight | None = None
    ) -> Cotangent:
        """A mix asks for the gradient at its output; before all else it stays where it sits."""
        if not isinstance(primitive, Mix):
            return cotangent
        assert weight is not None
        known = not weight.variance.free_symbols
        variance = float(weight.variance) if known else 1.0
        before = back_through(primitive, signal, arriving(cotangent), variance)
        factor = sp.Integer(1) if known else weight.variance
        return replace(everywhere(signal, before), factor=factor)

    def add(self, cotangents: Sequence[Cotangent]) -> Cotangent:
        """Independent, so their covariances add."""
        return Cotangent(tuple(term for each in cotangents for term in each.terms))

    def moment_here(self, cotangent: Cotangent) -> sp.Expr:
        """The mean over the units it sits on."""
        units = {id(signal): signal.units for _, signal in cotangent.terms}
        whole = sum(kernel.mean * signal.units for kernel, signal in cotangent.terms)
        return cotangent.factor * sp.Float(whole / sum(units.values())) if units else sp.Integer(0)

    def moment_at_mix(self, cotangent: Cotangent) -> sp.Expr:
        """Pulled back to where the mix, the join or the input made it."""
        return self.moment_here(Cotangent(tuple(pulled(cotangent)), cotangent.factor))

    def notes(self, primitive: Primitive, signal: Any) -> tuple[str, ...]:
        """What each rule takes for granted."""
        if self.typical and isinstance(primitive, Mix):
            return (*TYPICAL, *self._notes(primitive, signal))
        return self._notes(primitive, signal)

    def _notes(self, primitive: Primitive, signal: Any) -> tuple[str, ...]:
        match primitive:
            case Boundary(operator=operator):
                return (boundary_note(operator),)
            case WindowMax(windows=windows) if int(windows.size) > EXACT:
                return (*_on_large_maps(signal), f"windows of more than {EXACT} units: {SAMPLED}")
            case WindowMax() | Average() | Pointwise():
                return _on_large_maps(signal)
            case Sum() if any(isinstance(p, Streamed) for each in signal for p in parts_of(each)):
                return ("what two positions of a residual sum share: by a normal law of both",)
            case Standardise(over=over) if "batch" in over:
                return (LARGE_BATCH, "channel variances scatter by what border and mean make")
            case Standardise():
                return ("many channels: statistics of an input are their means over weights",)
        return ()


def _on_large_maps(edge: Any) -> tuple[str, ...]:
    large = isinstance(edge, Signal | Joint) and not edge.kernel.small
    return (LARGE_MAP,) if large and len(edge.kernel.space) else ()


def _mixed(mix: Mix, edge: Edge, weight: Weight) -> Gaussian | Unsolved:
    if weight.variance.free_symbols:
        behind = through(mix, edge, 1.0)
        return Unsolved(weight.bias_variance + weight.variance * sp.Float(behind.mean))
    if isinstance(edge, Joint) and mix.groups != 1:
        raise refused("one group, or channels that are alike", f"{mix.groups} groups")
    behind = through(mix, edge, float(weight.variance))
    channels = int(mix.outputs) // behind.positions
    return gaussian(channels, behind.plus(float(weight.bias_variance)))


def _given(signal: Signal) -> bool:
    """Whether it is the input, the same for every network."""
    return type(signal) is Signal and signal.before is None and not signal.summands


def _behind(primitive: Primitive, signal: Signal) -> Signal:
    """The signal behind a primitive that keeps channels apart."""
    match primitive:
        case Pointwise(activation=activation):
            return activated(signal, Function(activation))
        case WindowMax(windows=windows):
            return largest(signal, windows)
        case Average(windows=windows, counts_padding=counted):
            return averaged(signal, windows, counted)
        case Blend():
            return blended(signal, primitive)
        case Affine():
            return scaled(signal, primitive)
        case Mask(keep=keep, channels=channels):
            return masked(signal, float(keep), channels)
        case Normalise():
            return _normalised(primitive, signal)
    raise _no_rule(primitive)


def _normalised(primitive: Normalise, signal: Signal) -> Signal:
    """A weak normalisation as the constant scale it is at the signal's mean energy."""
    energy = sp.Float(signal.kernel.mean)
    change = abs(float(left_out(primitive.divisor, energy)))
    if change > SMALL_ENERGY:
        raise refused(
            "a normalisation weak enough to be a constant scale (1 % of the second moment)",
            f"one that changes it by {change:.1%} where it is {float(energy):.3g}",
        )
    return scaled(signal, Affine(1 / primitive.divisor(energy), sp.Integer(0)))


def _rearranged(primitive: Rearrange, edge: Edge) -> Edge:
    """Reshapes keep what is known of positions; other orders only where there is one position."""
    if primitive.order and not _keeps_places(primitive):
        raise _no_rule(primitive)
    return edge


def _keeps_places(primitive: Rearrange) -> bool:
    order = primitive.order
    moved = [place for place, axis in enumerate(order) if place != axis]
    return not moved or all(primitive.split[order[place]] == 1 for place in moved)


def _numbers(sizes: Sequence[Size], need: str) -> list[int]:
    symbolic = [size for size in sizes if not sp.sympify(size).is_Integer]
    if symbolic:
        raise NeedsFact(
            "theory field", need=need, have=f"the symbols {', '.join(map(str, symbolic))}",
            remedy="give numbers, or use theory iid or exchangeable, which take symbols",
        )  # fmt: skip
    return [int(size) for size in sizes]


def _symbolic() -> NeedsFact:
    return NeedsFact(
        "theory field",
        need="weight variances that are numbers",
        have="a symbol",
        remedy="give a scheme that solves forward or exact-backward, or solve it under theory iid",
    )


def _no_rule(primitive: Primitive) -> NeedsFact:
    return refused("a primitive it has a rule for", repr(primitive))
