"""The source's recursion: all units of a layer independent, each replaced by the layer's mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sympy as sp

from symvar.errors import NeedsFact
from symvar.geometry import Size, Windows, plain, prod
from symvar.inputs import Input
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
    PowerMean,
    Primitive,
    Product,
    Rearrange,
    Standardise,
    Sum,
    WindowMax,
)
from symvar.reference import cite
from symvar.theories.base import Theory, Weight
from symvar.theories.channels import Joint, each_part, of_branch, parts_of, side_by_side
from symvar.theories.joins import added, gradients_of_product, multiplied
from symvar.theories.laws import Extreme, Law, Moments, activated, average
from symvar.theories.masks import largest, masked
from symvar.theories.notes import SMALL_ENERGY, left_out, notes_of
from symvar.theories.origins import Origins
from symvar.theories.powers import powered
from symvar.theories.settle import settled
from symvar.theories.shifts import shifted
from symvar.theories.signals import Edge, Signal, blended, copied, mean_moment, standardised

INPUT = "the network's input, of which only moments are known"


Cotangent = tuple[tuple[sp.Expr, Edge], ...]
"""Variances, each with the signal on whose units it sits: a number only at a mix."""


class Iid(Theory):
    r"""Independent units: $q = \sigma_b^2 + \sigma_w^2 \frac{e}{M'} \mathrm{E}[z^2]$ forward.

    Backward $r = \sigma_w^2 \frac{e}{M} \gamma\, r'$ (asv, 11 and 14). A signal stays a function
    of the pre-activations before it until a mix asks for its second moment; a cotangent stays
    where it entered until the mix before asks for its own. So activation and pooling work in any
    order and number, and a layer's $\tau$ and $\gamma$ come from what truly stands between two
    mixes.
    """

    name = "iid"
    reference = cite("asv", "11")
    assumes = (
        "weights are independent, of each other and of signals, with mean zero and one variance",
        "the units of a layer are independent Gaussians before activation and pooling",
        "gradients are independent of weights, activation states they pass and each other",
        "every unit's moment is replaced by the mean over its layer",
    )

    def start(self, shape: tuple[Size, ...], kind: str | Input) -> Signal:
        """Independent units with the second moment and the mean of the input.

        Raises:
            ArgumentError: for an unknown kind of input.
        """
        units, given = plain(prod(shape)), find_input(kind)
        law = Moments(second=given.second_moment, mean2=given.mean_squared, what=INPUT)
        return Signal(law, units, units, Origins.new())

    def preactivations(self, units: Size) -> Signal:
        """Independent standard Gaussians."""
        return Signal(Extreme(), units, units)

    def forward(self, primitive: Primitive, signal: Edge, weight: Weight | None = None) -> Edge:
        """The signal behind a primitive; channels of several laws each by their own."""
        if isinstance(primitive, Mix):
            assert weight is not None
            second = weight.output
            if second is None:
                number, rest = mean_moment(signal).primitive()  # as schemes divide by it
                gain = weight.variance * primitive.reads_per_output * number
                second = settled(weight.bias_variance + gain * rest)
            law, units = Extreme(variance=second), primitive.outputs
            return Signal(law, units, units, Origins.new())
        if isinstance(primitive, Copy):
            return copied(primitive, signal)
        moves = isinstance(primitive, Rearrange) and not primitive.outermost_kept
        if moves and isinstance(signal, Joint):
            signal = replace(signal, ordered=False)
        return each_part(signal, lambda part: _behind(primitive, part))

    def join(self, primitive: Join, signals: Sequence[Edge]) -> Edge:
        """Summands add their second moments; channels side by side keep their laws."""
        match primitive:
            case Sum():
                return added(signals)
            case Concat():
                return side_by_side(signals)
            case Product():
                return multiplied(signals)
            case Boundary(size=size):
                return self.start(size, "white")
        raise _no_rule(primitive)

    def split(
        self, primitive: Join, signals: Sequence[Edge], cotangent: Cotangent
    ) -> tuple[Cotangent, ...]:
        """A sum hands its gradient to every summand; side by side each part keeps its own.

        At a boundary every signal that ends there is an output, with a cotangent of its own.
        """
        if isinstance(primitive, Sum):
            number = self.moment_at_mix(cotangent)
            if all(signal is signals[0] for signal in signals):
                return tuple(((number / len(signals), signal),) for signal in signals)
            return tuple(((number, signal),) for signal in signals)
        if isinstance(primitive, Boundary):
            return tuple(self.cotangent(signal) for signal in signals)
        if isinstance(primitive, Product):
            return gradients_of_product(signals, self.moment_at_mix(cotangent))
        found = []
        for place in range(len(signals)):
            own = ((variance, of_branch(behind, place)) for variance, behind in cotangent)
            found.append(tuple((variance, edge) for variance, edge in own if edge is not None))
        return tuple(found)

    def moment(self, signal: Edge) -> sp.Expr:
        """The second moment the law gives, the mean over channels of several."""
        return mean_moment(signal)

    def cotangent(self, signal: Edge) -> Cotangent:
        """Unit variance, sitting on this signal."""
        return ((sp.Integer(1), signal),)

    def backward(
        self,
        primitive: Primitive,
        signal: Edge,
        cotangent: Cotangent,
        weight: Weight | None = None,
    ) -> Cotangent:
        """A mix asks for the number; any other primitive leaves the cotangent where it sits."""
        if not isinstance(primitive, Mix):
            return cotangent
        assert weight is not None
        arriving = self.moment_at_mix(cotangent)
        return ((weight.variance * primitive.feeds_per_input * arriving, signal),)

    def add(self, cotangents: Sequence[Cotangent]) -> Cotangent:
        """Independent, so their variances add."""
        return tuple(term for cotangent in cotangents for term in cotangent)

    def moment_here(self, cotangent: Cotangent) -> sp.Expr:
        """The sum of the variances."""
        return sp.Add(*(variance for variance, _ in cotangent))

    def moment_at_mix(self, cotangent: Cotangent) -> sp.Expr:
        """Each variance times the slope of the law it sits on."""
        terms = (
            variance * sp.sympify(signal.units) / signal.source * signal.law.slope()
            for variance, edge in cotangent
            for signal in parts_of(edge)
        )
        return settled(sp.Add(*terms))

    def notes(self, primitive: Primitive, signal: Any) -> tuple[str, ...]:
        """Borders, overlaps, normalisations and joins, where they occur."""
        return notes_of(primitive, signal)


def _behind(primitive: Primitive, signal: Signal) -> Signal:
    """The signal behind a primitive that is no mix."""
    law, units = signal.law, signal.units
    match primitive:
        case Pointwise(activation=activation):
            return replace(signal, law=activated(law, activation))
        case WindowMax(windows=windows):
            return replace(signal, law=largest(law, windows), units=_pooled(units, windows))
        case Average(windows=windows, counts_padding=counted):
            mean = average(law, windows, counted)
            return replace(signal, law=mean, units=_pooled(units, windows))
        case PowerMean(windows=windows, power=power):
            norm = powered(law, windows, power)
            return replace(signal, law=norm, units=_pooled(units, windows))
        case Affine():
            return replace(signal, law=shifted(law, primitive))
        case Mask(keep=keep, channels=channels):
            return replace(signal, law=masked(law, keep, channels))
        case Normalise():
            return replace(signal, law=_normalised(law, primitive))
        case Standardise():
            return standardised(signal)
        case Blend():
            return blended(primitive, signal)
        case Rearrange():
            return replace(signal, law=law.in_other_places())
    raise _no_rule(primitive)


def _pooled(units: Size, windows: Windows) -> Size:
    before = prod(axis.size for axis in windows.axes)
    return plain(sp.cancel(sp.sympify(units) / before) * prod(windows.outputs))


def _normalised(law: Law, primitive: Normalise) -> Law:
    divisor = primitive.divisor
    energy = law.second_moment()
    if sp.sympify(divisor(0)).is_positive is not True:
        raise _no_rule(primitive)
    change = abs(left_out(divisor, energy))
    if change.is_number and change > SMALL_ENERGY:
        raise NeedsFact(
            "theory iid",
            need="a normalisation weak enough to be a constant scale (1 % of the second moment)",
            have=f"one that changes it by {float(change):.1%} where it is {float(energy):.3g}",
            remedy="scale the input down or lower alpha",
        )
    return law.scaled(1 / divisor(0))


def _no_rule(primitive: Primitive) -> NeedsFact:
    return NeedsFact(
        "theory iid",
        need="a primitive it has a rule for",
        have=repr(primitive),
        remedy="use another theory for this network",
    )
