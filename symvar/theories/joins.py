"""Joins of signals: sums and products, whose units must not share randomness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import or_

import sympy as sp

from symvar import symbols
from symvar.geometry import Size, plain
from symvar.theories.channels import Joint, parts_of
from symvar.theories.laws import Extreme, Law, Moments
from symvar.theories.origins import Origins
from symvar.theories.settle import approached, digest, settled
from symvar.theories.signals import Edge, Signal, gaussian, mean_moment, refused

LONGEST_SUM = 12
"""Summands of the longest sum of unknown moments that is written out."""


def added(signals: Sequence[Edge]) -> Edge:
    r"""The sum of signals, unit by unit, as a Gaussian of its mean and variance.

    Means and variances add, as the summands are independent. Where one summand has channels of
    several laws, so has the sum.

    Raises:
        NeedsFact: for summands that share randomness, for several means of which one's sign is
            not known, and for sums of sums with a mean before the variances are numbers.
    """
    if all(each is signals[0] for each in signals):
        return _repeated(signals[0], len(signals))
    origins = Origins()
    for each in signals:
        own = _origins(each)
        if origins.meets(own):
            raise refused("summands made of different weights", "two functions of the same units")
        origins |= own
    several = [each for each in signals if isinstance(each, Joint) and not gaussian(each)]
    if len(several) != 1:
        whole = [_whole(each) for each in signals]
        return _sum(whole, whole[0].units, whole[0].units, origins)
    (joint,) = several
    others = [_whole(each) for each in signals if each is not joint]
    units = plain(sp.Add(*(part.units for part in joint.parts)))
    parts = (_sum([part, *others], part.units, units, origins) for part in joint.parts)
    return replace(joint, parts=tuple(parts))


def _repeated(signal: Edge, times: int) -> Edge:
    parts = [replace(p, law=p.law.scaled(sp.Integer(times))) for p in parts_of(signal)]
    return replace(signal, parts=tuple(parts)) if isinstance(signal, Joint) else parts[0]


def _sum(summands: Sequence[Signal], units: Size, source: Size, origins: Origins) -> Signal:
    """The sum on so many of the units that the whole sum has."""
    laws = [each.law for each in summands]
    total = _abbreviated(sp.Add(*(each.second_moment() for each in laws)))
    lopsided = [each for each in laws if each.mean_squared() != 0]
    means = [mean for each in lopsided if (mean := each.mean()) is not None]
    if len(means) < len(lopsided):
        if len(lopsided) > 1:
            raise refused("summands whose mean has a sign", "one with a mean of unknown sign")
        return Signal(Extreme(variance=settled(total)), units, source, origins)
    if not means:
        return Signal(Extreme(variance=settled(total)), units, source, origins)
    squares = sp.Add(*(mean**2 for mean in means))
    variance, centre = approached(total - squares), approached(sp.Add(*means))
    nested = any(isinstance(each, Extreme) and each.centre.free_symbols for each in lopsided)
    if nested and centre.free_symbols:
        raise refused("variances that are numbers, in a sum of sums with a mean", "symbols")
    return Signal(Extreme(variance=variance, centre=centre), units, source, origins)


def _abbreviated(total: sp.Expr) -> sp.Expr:
    """A long sum of moments that are not known yet as one such moment."""
    unknown = total.free_symbols
    if len(total.args) <= LONGEST_SUM or not unknown:
        return total
    if not all(map(symbols.is_forward_moment, unknown)):
        return total
    return symbols.forward_moment(f"sum {digest(total)}")


def multiplied(signals: Sequence[Edge]) -> Signal:
    r"""The product of independent signals: $\mathrm{E}[z^2] = \prod_i \mathrm{E}[z_i^2]$.

    The means multiply too. A product without mean is taken as a Gaussian; of one with a mean, as
    behind a gate on rectified units, only the moments are known.

    Raises:
        NeedsFact: for factors that share randomness.
    """
    factors = [_whole(signal) for signal in signals]
    origins = Origins()
    for each in factors:
        if origins.meets(each.origins):
            raise refused("factors made of different weights", "two functions of the same units")
        origins |= each.origins
    largest = max(factors, key=lambda each: sp.sympify(each.units))
    moment = sp.Mul(*(each.law.second_moment() for each in factors))
    mean2 = sp.Mul(*(each.law.mean_squared() for each in factors))
    law: Law = Extreme(variance=moment)
    if mean2 != 0:
        alone = all(each.units == largest.units and each.law.independent for each in factors)
        tangled = not alone
        law = Moments(alone, tangled, moment, mean2, what="a product with a mean")
        law = replace(law, positive=all(each.law.positive for each in factors))
    return Signal(law, largest.units, largest.units, origins)


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


def _origins(signal: Edge) -> Origins:
    return reduce(or_, (part.origins for part in parts_of(signal)))


def _whole(signal: Edge) -> Signal:
    """A signal of one law; channels of several laws as units of their mean moments."""
    if isinstance(signal, Signal):
        return signal
    units = plain(sp.Add(*(part.units for part in signal.parts)))
    origins = _origins(signal)
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
