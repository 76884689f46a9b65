"""Signals of independent units: one law for all units of an edge, or one for each of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import sympy as sp

from symvar.errors import NeedsFact
from symvar.geometry import Size, plain
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
