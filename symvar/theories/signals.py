"""Signals of independent units: one law for all units of an edge, or one for each of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from math import prod
from typing import TypeAlias

import sympy as sp

from symvar.errors import NeedsFact
from symvar.geometry import Size, plain
from symvar.primitives import Blend, Copy
from symvar.theories.laws import Extreme, Law, Moments
from symvar.theories.origins import Origins


@dataclass(frozen=True, eq=False)
class Branch:
    """Which signal of a concatenation a part of channels came from.

    Args:
        place: the signal's place in it.
        outer: the same for the concatenation before that one.
    """

    place: int
    outer: Branch | None


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


@dataclass(frozen=True)
class Joint:
    """Channels of several laws side by side.

    Args:
        parts: the signals, in the order of the channels.
        ordered: whether they still stand in that order, channel by channel.
    """

    parts: tuple[Signal, ...]
    ordered: bool = True

    @property
    def simplest(self) -> Edge:
        """The one part, where there is only one."""
        return self.parts[0] if len(self.parts) == 1 else self


Edge: TypeAlias = Signal | Joint


def parts_of(signal: Edge) -> tuple[Signal, ...]:
    """The parts of a signal; itself if it has one law."""
    return signal.parts if isinstance(signal, Joint) else (signal,)


def side_by_side(signals: Sequence[Edge]) -> Joint:
    """Signals concatenated along the channels; each part knows which one it came from."""
    return Joint(
        tuple(
            replace(part, branch=Branch(place, part.branch))
            for place, signal in enumerate(signals)
            for part in parts_of(signal)
        )
    )


def of_branch(signal: Edge, place: int) -> Edge | None:
    """What has become of one signal of the last concatenation; None if nothing is left."""
    found = tuple(
        replace(part, branch=part.branch.outer)
        for part in parts_of(signal)
        if part.branch is not None and part.branch.place == place
    )
    return Joint(found).simplest if found else None


def mean_moment(signal: Edge) -> sp.Expr:
    """The mean over all units of their second moment."""
    parts = parts_of(signal)
    if len(parts) == 1:
        return parts[0].law.second_moment()
    units = sp.Add(*(part.units for part in parts))
    return sp.Add(*(part.units * part.law.second_moment() for part in parts)) / units


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
    if isinstance(signal, Signal) and None in primitive.sources[0]:
        signal = Joint((signal,))
    if isinstance(signal, Signal) or primitive.channels_kept:
        found = [piece for part in parts_of(signal) for piece in _copies(primitive, part)]
        whole = primitive.filled == primitive.outputs
        ordered = whole and (isinstance(signal, Signal) or signal.ordered)
        return Joint(tuple(found), ordered).simplest
    if not signal.ordered:
        raise refused("channels in their order to choose among", "channels that were rearranged")
    return _chosen(primitive, signal)


def _chosen(primitive: Copy, signal: Joint) -> Edge:
    """Runs of channels with one law, in the order they are chosen."""
    across = prod(primitive.sizes[1:])
    owner = [
        place
        for place, part in enumerate(signal.parts)
        for _ in range(int(sp.sympify(part.units) / across))
    ]
    runs = [
        (place, len(list(run)))
        for place, run in groupby(None if at is None else owner[at] for at in primitive.sources[0])
    ]
    found: list[Signal] = []
    for place, channels in runs:
        part = signal.parts[place or 0]
        kept = tuple(range(channels)) if place is not None else (None,) * channels
        each = replace(
            primitive,
            sizes=(channels, *primitive.sizes[1:]),
            sources=(kept, *primitive.sources[1:]),
        )
        found += _copies(each, replace(part, units=channels * across))
    return Joint(tuple(found)).simplest


def blended(primitive: Blend, signal: Signal) -> Signal:
    r"""Weighted sums of independent units: $\sum a^2 (m_2 - m_1^2) + (\sum a)^2 m_1^2$.

    Raises:
        NeedsFact: for units that are not independent.
    """
    law = signal.law
    if not law.independent:
        raise refused("independent units to interpolate", "units that share others")
    units = _resized(signal.units, primitive.outputs, primitive.inputs)
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
    units = _resized(signal.units, primitive.outputs, primitive.inputs)
    filled = _resized(signal.units, primitive.filled, primitive.inputs)
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


def _resized(units: Size, outputs: Size, inputs: Size) -> Size:
    return plain(sp.cancel(sp.sympify(units) * outputs / inputs))


def refused(need: str, have: str) -> NeedsFact:
    """The error for a fact that does not hold here."""
    return NeedsFact(
        "theory iid", need=need, have=have,
        remedy="end each branch in a weighted layer, or use a theory that carries covariances",
    )  # fmt: skip
