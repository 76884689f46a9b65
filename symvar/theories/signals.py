"""Signals of independent units: one law for all units of an edge, or one for each of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import sympy as sp

from symvar.errors import NeedsFact
from symvar.geometry import Size, plain
from symvar.primitives import Blend, Copy
from symvar.theories.laws import Extreme, Law, Moments


class Origin:
    """Where randomness came in: the input, or the weights of one mix."""


@dataclass(frozen=True)
class Signal:
    """The units of an edge.

    Args:
        law: one unit as a function of the pre-activations before it.
        units: number of units.
        source: number of those pre-activations.
        origins: the randomness it is a function of, given the signals before the last mix.
    """

    law: Law
    units: Size
    source: Size
    origins: frozenset[Origin] = field(default=frozenset(), compare=False)


@dataclass(frozen=True)
class Joint:
    """Channels of several laws side by side.

    Args:
        parts: the signals, in the order of the channels.
    """

    parts: tuple[Signal, ...]

    @property
    def simplest(self) -> Edge:
        """The one part, where there is only one."""
        return self.parts[0] if len(self.parts) == 1 else self


Edge: TypeAlias = Signal | Joint


def parts_of(signal: Edge) -> tuple[Signal, ...]:
    """The parts of a signal; itself if it has one law."""
    return signal.parts if isinstance(signal, Joint) else (signal,)


def side_by_side(signals: Sequence[Edge]) -> Joint:
    """Signals concatenated along the channels."""
    return Joint(tuple(part for signal in signals for part in parts_of(signal)))


def mean_moment(signal: Edge) -> sp.Expr:
    """The mean over all units of their second moment."""
    parts = parts_of(signal)
    if len(parts) == 1:
        return parts[0].law.second_moment()
    units = sp.Add(*(part.units for part in parts))
    return sp.Add(*(part.units * part.law.second_moment() for part in parts)) / units


def added(signals: Sequence[Edge]) -> Signal:
    r"""The sum of signals, unit by unit.

    $\mathrm{E}[z^2] = \sum_i \mathrm{E}[z_i^2] + \sum_{i \ne j} \mathrm{E}[z_i]\,\mathrm{E}[z_j]$
    for independent summands, of which no more than one may have a mean: then the last sum is zero.

    Raises:
        NeedsFact: for summands that share randomness, or of which two have a mean.
    """
    summands = [_whole(signal) for signal in signals]
    first = summands[0]
    if all(each is first for each in summands):
        law = first.law.scaled(sp.Integer(len(summands)))
        return Signal(law, first.units, first.source, first.origins)
    seen: set[Origin] = set()
    for each in summands:
        if seen & each.origins:
            raise _refused("summands made of different weights", "two functions of the same units")
        seen |= each.origins
    lopsided = [each for each in summands if each.law.mean_squared() != 0]
    if len(lopsided) > 1:
        raise _refused("at most one summand with a mean", f"{len(lopsided)} with one")
    total = sp.Add(*(each.law.second_moment() for each in summands))
    return Signal(Extreme(variance=total), first.units, first.units, frozenset(seen))


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
    if isinstance(law, Extreme) and law.gaussian:
        law = law.scaled(1 / sp.sqrt(variance))
    else:
        law = Moments(
            law.independent, sp.Integer(1), sp.Integer(0), law.slope() / variance, what="a norm"
        )
    return Signal(law, signal.units, signal.source, signal.origins)


def copied(primitive: Copy, signal: Edge) -> Edge:
    """Copies keep their law, and are not independent where one input has several.

    Raises:
        NeedsFact: for a choice among channels of several laws.
    """
    if isinstance(signal, Joint) and not primitive.channels_kept:
        raise _refused("channels of one law to choose among", "channels of several laws")
    return side_by_side([_copies(primitive, part) for part in parts_of(signal)]).simplest


def blended(primitive: Blend, signal: Signal) -> Signal:
    r"""Weighted sums of independent units: $\sum a^2 (m_2 - m_1^2) + (\sum a)^2 m_1^2$.

    Raises:
        NeedsFact: for units that are not independent.
    """
    law = signal.law
    if not law.independent:
        raise _refused("independent units to interpolate", "units that share others")
    units = _resized(signal.units, primitive.outputs, primitive.inputs)
    if isinstance(law, Extreme) and law.gaussian:
        law = replace(law.scaled(sp.sqrt(primitive.squares)), independent=False)
        return replace(signal, law=law, units=units)
    mean2 = law.mean_squared()
    second = primitive.squares * (law.second_moment() - mean2) + primitive.totals * mean2
    gain = primitive.squares * law.slope()
    moments = Moments(False, second, primitive.totals * mean2, gain, what="an interpolation")
    return Signal(moments, units, signal.source, signal.origins)


def multiplied(signals: Sequence[Edge]) -> Signal:
    r"""The product of independent signals: $\mathrm{E}[z^2] = \prod_i \mathrm{E}[z_i^2]$.

    Raises:
        NeedsFact: for factors that share randomness.
    """
    factors = [_whole(signal) for signal in signals]
    seen: set[Origin] = set()
    for each in factors:
        if seen & each.origins:
            raise _refused("factors made of different weights", "two functions of the same units")
        seen |= each.origins
    largest = max(factors, key=lambda each: sp.sympify(each.units))
    moment = sp.Mul(*(each.law.second_moment() for each in factors))
    return Signal(Extreme(variance=moment), largest.units, largest.units, frozenset(seen))


def gradients_of_product(
    signals: Sequence[Edge], arriving: sp.Expr
) -> tuple[tuple[tuple[sp.Expr, Edge], ...], ...]:
    """To each factor the gradient times the others; a repeated factor gathers all its places."""
    factors = [_whole(signal) for signal in signals]
    places = max(sp.sympify(each.units) for each in factors)
    found = []
    for own, signal in zip(factors, signals, strict=True):
        others = sp.Mul(*(each.law.second_moment() for each in factors if each is not own))
        found.append(((arriving * others * places / own.units, signal),))
    return tuple(found)


def _copies(primitive: Copy, signal: Signal) -> Edge:
    units = _resized(signal.units, primitive.outputs, primitive.inputs)
    filled = _resized(signal.units, primitive.filled, primitive.inputs)
    law = replace(signal.law, independent=signal.law.independent and primitive.once)
    copies = replace(signal, law=law, units=filled)
    if primitive.filled == primitive.outputs:
        return copies
    zeros = plain(sp.sympify(units) - filled)
    nothing = Moments(False, *(sp.Integer(0),) * 3, what="zeros")
    mixed = replace(copies, law=replace(law, independent=False))
    return Joint((mixed, Signal(nothing, zeros, zeros)))


def _resized(units: Size, outputs: Size, inputs: Size) -> Size:
    return plain(sp.cancel(sp.sympify(units) * outputs / inputs))


def _whole(signal: Edge) -> Signal:
    """A signal of one law; channels of several laws as units of their mean second moment."""
    if isinstance(signal, Signal):
        return signal
    if not gaussian(signal):
        raise _refused("summands with one law for all channels", "channels of several laws")
    units = plain(sp.Add(*(part.units for part in signal.parts)))
    origins = frozenset().union(*(part.origins for part in signal.parts))
    return Signal(Extreme(variance=mean_moment(signal)), units, units, origins)


def _refused(need: str, have: str) -> NeedsFact:
    return NeedsFact(
        "theory iid", need=need, have=have,
        remedy="end each branch in a weighted layer, or use a theory that carries covariances",
    )  # fmt: skip
