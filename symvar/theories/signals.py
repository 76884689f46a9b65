"""Signals of independent units: one law for all units of an edge, or one for each of its parts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeAlias

import sympy as sp

from symvar.errors import NeedsFact
from symvar.geometry import Size, plain
from symvar.primitives import Blend, Copy
from symvar.theories import channels
from symvar.theories.channels import Branch, Joint, mean_over, parts_of, resized
from symvar.theories.laws import Extreme, Law, Moments
from symvar.theories.origins import Origins


@dataclass(frozen=True)
class Signal:
    """The units of an edge.

    Args:
        law: one unit as a function of the pre-activations before it.
        units: number of units.
        source: number of those pre-activations.
        origins: the randomness it is a function of, given the signals before the last mix.
        branch: the concatenation it is a part of, where it is one.
    """

    law: Law
    units: Size
    source: Size
    origins: Origins = field(default=Origins(), compare=False)
    branch: Branch | None = field(default=None, compare=False)


Edge: TypeAlias = Signal | Joint[Signal]


def mean_moment(signal: Edge) -> sp.Expr:
    """The mean over all units of their second moment."""
    return mean_over(signal, lambda law: law.second_moment())


def gaussian(signal: Edge) -> bool:
    """Whether every unit is a zero-mean Gaussian."""
    laws = (part.law for part in parts_of(signal))
    return all(isinstance(law, Extreme) and law.gaussian for law in laws)


def standardised(signal: Signal) -> Signal:
    """The units centred and divided by their standard deviation.

    Gaussian units stay Gaussian; of others only the moments are known from there on.
    """
    law = signal.law
    variance = law.second_moment() - law.mean_squared()
    if isinstance(law, Extreme) and law.bare:
        law = replace(law, centre=sp.Integer(0)).scaled(1 / sp.sqrt(variance))
    else:
        slope, (one, zero) = law.slope() / variance, (sp.Integer(1), sp.Integer(0))
        law = Moments(law.independent, law.tangled, one, zero, slope, what="a norm", normed=True)
    return replace(signal, law=law)


def copied(primitive: Copy, signal: Edge) -> Edge:
    """Copies keep their law, and are not independent where one input has several.

    Raises:
        NeedsFact: for a choice among channels whose order is lost.
    """
    return channels.copied(
        primitive, signal, _copies, lambda part, units: replace(part, units=units), refused
    )


def blended(primitive: Blend, signal: Signal) -> Signal:
    r"""Weighted sums of independent units: $\sum a^2 (m_2 - m_1^2) + (\sum a)^2 m_1^2$.

    Raises:
        NeedsFact: for units that are not independent.
    """
    law = signal.law
    if not law.independent:
        raise refused("independent units to interpolate", "units that share others")
    units = resized(signal.units, primitive.outputs, primitive.inputs)
    if isinstance(law, Extreme) and law.gaussian:
        law = law.scaled(sp.sqrt(primitive.squares)).in_other_places()
        law = replace(law, independent=False, tangled=True)
        return replace(signal, law=law, units=units)
    mean2 = law.mean_squared()
    second = primitive.squares * (law.second_moment() - mean2) + primitive.totals * mean2
    gain = primitive.squares * law.slope()
    mean2 = primitive.totals * mean2
    moments = Moments(False, True, second, mean2, gain, what="an interpolation")
    return Signal(moments, units, signal.source, signal.origins)


def _copies(primitive: Copy, signal: Signal) -> list[Signal]:
    units = resized(signal.units, primitive.outputs, primitive.inputs)
    filled = resized(signal.units, primitive.filled, primitive.inputs)
    law = signal.law
    if not primitive.once:
        law = replace(law.in_other_places(), independent=False, tangled=True)
    elif not primitive.places_kept:
        law = law.in_other_places()
    if primitive.filled == primitive.outputs:
        return [replace(signal, law=law, units=filled)]
    nothing = Moments(False, True, *(sp.Integer(0),) * 3, what="zeros")
    zeros = replace(signal, law=nothing, units=plain(sp.sympify(units) - filled))
    zeros = replace(zeros, source=zeros.units)
    mixed = replace(law, independent=False, tangled=True)
    copies = replace(signal, law=mixed, units=filled)
    return [copies, zeros] if primitive.filled else [zeros]


def refused(need: str, have: str) -> NeedsFact:
    """The error for a fact that does not hold here."""
    return NeedsFact(
        "theory iid", need=need, have=have,
        remedy="end each branch in a weighted layer, or use a theory that carries covariances",
    )  # fmt: skip
