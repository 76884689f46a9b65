"""Joins of signals: sums and products, whose units must not share randomness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sympy as sp

from symvar.geometry import plain
from symvar.theories.laws import Extreme, Law, Moments
from symvar.theories.settle import settled
from symvar.theories.signals import Edge, Origin, Signal, gaussian, mean_moment, refused


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
            raise refused("summands made of different weights", "two functions of the same units")
        seen |= each.origins
    lopsided = [each for each in summands if each.law.mean_squared() != 0]
    if len(lopsided) > 1:
        raise refused("at most one summand with a mean", f"{len(lopsided)} with one")
    total = settled(sp.Add(*(each.law.second_moment() for each in summands)))
    return Signal(Extreme(variance=total), first.units, first.units, frozenset(seen))


def multiplied(signals: Sequence[Edge]) -> Signal:
    r"""The product of independent signals: $\mathrm{E}[z^2] = \prod_i \mathrm{E}[z_i^2]$.

    The means multiply too. A product without mean is taken as a Gaussian; of one with a mean, as
    behind a gate on rectified units, only the moments are known.

    Raises:
        NeedsFact: for factors that share randomness.
    """
    factors = [_whole(signal) for signal in signals]
    seen: set[Origin] = set()
    for each in factors:
        if seen & each.origins:
            raise refused("factors made of different weights", "two functions of the same units")
        seen |= each.origins
    largest = max(factors, key=lambda each: sp.sympify(each.units))
    moment = sp.Mul(*(each.law.second_moment() for each in factors))
    mean2 = sp.Mul(*(each.law.mean_squared() for each in factors))
    law: Law = Extreme(variance=moment)
    if mean2 != 0:
        alone = all(each.units == largest.units and each.law.independent for each in factors)
        tangled = not alone
        law = Moments(alone, tangled, moment, mean2, what="a product with a mean")
        law = replace(law, positive=all(each.law.positive for each in factors))
    return Signal(law, largest.units, largest.units, frozenset(seen))


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


def _whole(signal: Edge) -> Signal:
    """A signal of one law; channels of several laws as units of their mean moments."""
    if isinstance(signal, Signal):
        return signal
    units = plain(sp.Add(*(part.units for part in signal.parts)))
    origins = frozenset().union(*(part.origins for part in signal.parts))
    second = mean_moment(signal)
    if gaussian(signal):
        return Signal(Extreme(variance=second), units, units, origins)
    laws = [part.law for part in signal.parts]
    means = (part.units * part.law.mean_squared() for part in signal.parts)
    law = Moments(
        all(each.independent for each in laws),
        any(each.tangled for each in laws),
        second,
        sp.Add(*means) / units,
        what="channels of several laws",
        positive=all(each.positive for each in laws),
    )
    return Signal(law, units, units, origins)
