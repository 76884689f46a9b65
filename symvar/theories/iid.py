"""The source's recursion: all units of a layer independent, each replaced by the layer's mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sympy as sp

from symvar import registry
from symvar.errors import NeedsFact
from symvar.geometry import Size, Windows, plain, prod
from symvar.primitives import (
    Average,
    Mask,
    Mix,
    Normalise,
    Pointwise,
    Primitive,
    Rearrange,
    WindowMax,
)
from symvar.reference import cite
from symvar.theories.base import Theory, Weight
from symvar.theories.laws import Extreme, Law, Moments, activated, average, maximum

INPUTS = {
    "white": Moments(what="the network's input, of which only moments are known"),
    "constant": Moments(mean2=sp.Integer(1), what="the network's input, a constant"),
}

CUT_WINDOWS = "padding: windows the border cuts are averaged with the whole ones"

SMALL_ENERGY = sp.Rational(1, 100)
"""How much a normalisation may change a second moment and still be called a constant scale."""


@dataclass(frozen=True)
class Signal:
    """The units of an edge.

    Args:
        law: one unit as a function of the pre-activations before it.
        units: number of units.
        source: number of those pre-activations.
    """

    law: Law
    units: Size
    source: Size


Cotangent = tuple[tuple[sp.Expr, Signal], ...]
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

    def start(self, shape: tuple[Size, ...], kind: str) -> Signal:
        """Independent zero-mean units (``white``) or ones (``constant``), second moment 1.

        Raises:
            ArgumentError: for another kind of input.
        """
        units = plain(prod(shape))
        return Signal(registry.pick(INPUTS, kind, "input"), units, units)

    def preactivations(self, units: Size) -> Signal:
        """Independent standard Gaussians."""
        return Signal(Extreme(), units, units)

    def forward(self, primitive: Primitive, signal: Signal, weight: Weight | None = None) -> Signal:
        """The signal behind a primitive."""
        law, units, source = signal.law, signal.units, signal.source
        match primitive:
            case Mix(outputs=outputs):
                assert weight is not None
                variance = weight.bias_variance
                variance += weight.variance * primitive.reads_per_output * law.second_moment()
                return Signal(Extreme(variance=variance), outputs, outputs)
            case Pointwise(activation=activation):
                return Signal(activated(law, activation), units, source)
            case WindowMax(windows=windows):
                return Signal(maximum(law, windows), _pooled(units, windows), source)
            case Average(windows=windows, counts_padding=counted):
                return Signal(average(law, windows, counted), _pooled(units, windows), source)
            case Mask(keep=keep):
                return Signal(_masked(law, keep), units, source)
            case Normalise():
                return Signal(_normalised(law, primitive), units, source)
            case Rearrange():
                return signal
        raise _no_rule(primitive)

    def moment(self, signal: Signal) -> sp.Expr:
        """The second moment the law gives."""
        return signal.law.second_moment()

    def cotangent(self, signal: Signal) -> Cotangent:
        """Unit variance, sitting on this signal."""
        return ((sp.Integer(1), signal),)

    def backward(
        self,
        primitive: Primitive,
        signal: Signal,
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
            for variance, signal in cotangent
        )
        return sp.Add(*terms)

    def notes(self, primitive: Primitive, signal: Signal) -> tuple[str, ...]:
        """Borders, overlaps and normalisations, where they occur."""
        match primitive:
            case Mix(connections=connections, fan_in=fan_in, outputs=outputs, assumes=assumes):
                border = sp.simplify(connections - sp.sympify(fan_in) * outputs) != 0
                sizes = tuple(f"sizes satisfy {fact}" for fact in assumes)
                return (CUT_WINDOWS, *sizes) if border else sizes
            case WindowMax(windows=windows) | Average(windows=windows):
                return _pooling_notes(windows)
            case Normalise(divisor=divisor):
                scale = sp.simplify(1 / divisor(0))
                change = sp.simplify(_left_out(divisor, signal.law.second_moment()))
                size = (
                    f", {float(change):+.2%} of the second moment left out"
                    if change.is_number
                    else ""
                )
                return (f"normalisation taken at zero energy, as the scale {scale}{size}",)
        return ()


def _pooled(units: Size, windows: Windows) -> Size:
    before = prod(axis.size for axis in windows.axes)
    return plain(sp.cancel(sp.sympify(units) / before) * prod(windows.outputs))


def _masked(law: Law, keep: sp.Expr) -> Law:
    if isinstance(law, Extreme):
        return replace(law, keep=law.keep * keep)
    assert isinstance(law, Moments)
    return replace(law, second=law.second / keep, gain=law.gain / keep)


def _normalised(law: Law, primitive: Normalise) -> Law:
    divisor = primitive.divisor
    energy = law.second_moment()
    if sp.sympify(divisor(0)).is_positive is not True:
        raise _no_rule(primitive)
    change = abs(_left_out(divisor, energy))
    if change.is_number and change > SMALL_ENERGY:
        raise NeedsFact(
            "theory iid",
            need="a normalisation weak enough to be a constant scale (1 % of the second moment)",
            have=f"one that changes it by {float(change):.1%} where it is {float(energy):.3g}",
            remedy="scale the input down or lower alpha",
        )
    return law.scaled(1 / divisor(0))


def _left_out(divisor: sp.Lambda, energy: sp.Expr) -> sp.Expr:
    """What the second moment truly changes by, beyond the constant scale 1/divisor(0)."""
    return (divisor(0) / divisor(energy)) ** 2 - 1


def _pooling_notes(windows: Windows) -> tuple[str, ...]:
    notes = []
    if not windows.tile:
        notes.append("overlapping windows: the gradients of two windows are independent")
    if len(windows.shares()) > 1:
        notes.append(CUT_WINDOWS)
    return tuple(notes)


def _no_rule(primitive: Primitive) -> NeedsFact:
    return NeedsFact(
        "theory iid",
        need="a primitive it has a rule for",
        have=repr(primitive),
        remedy="use another theory for this network",
    )
