"""Sums and products of signals of the theory exchangeable, which must not share randomness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sympy as sp

from symvar.geometry import plain
from symvar.theories.channels import Joint, each_part, mean_over
from symvar.theories.pair_numbers import approached, settled
from symvar.theories.pair_pools import scaled
from symvar.theories.pair_signals import (
    Edge,
    Signal,
    all_origins,
    cross_of,
    disjoint_origins,
    gaussian,
    second_of,
)
from symvar.theories.pairs import ONE, Moments, Unit, Window


def added(signals: Sequence[Edge]) -> Edge:
    r"""The sum of signals, unit by unit, as a Gaussian of its mean, variance and covariance.

    Each of these adds, as the summands are independent. Where one summand has channels of
    several laws, so has the sum.

    Raises:
        NeedsFact: for summands that share randomness.
    """
    if all(each is signals[0] for each in signals):
        times = sp.Integer(len(signals))
        return each_part(signals[0], lambda part: replace(part, law=scaled(part.law, times)))
    origins = disjoint_origins(signals, "summands made of different weights")
    several = [each for each in signals if isinstance(each, Joint) and not gaussian(each)]
    if len(several) != 1:
        whole = [_whole(each) for each in signals]
        return Signal(_sum(whole), whole[0].units, origins, all(each.flat for each in whole))
    (joint,) = several
    others = [_whole(each) for each in signals if each is not joint]
    units = sp.Add(*(part.units for part in joint.parts))
    parts = (
        Signal(_sum([part, *others]), part.units, origins, part.flat, part.units / units)
        for part in joint.parts
    )
    return replace(joint, parts=tuple(parts))


def _sum(summands: Sequence[Signal]) -> Unit:
    laws = [each.law for each in summands]
    centre = approached(sp.Add(*(law.mean() for law in laws)))
    means = [law.mean() for law in laws]
    variance = settled(
        sp.Add(*(law.second_moment() - m**2 for law, m in zip(laws, means, strict=True)))
    )
    shared = (law.cross_moment() - m**2 for law, m in zip(laws, means, strict=True))
    covariance = settled(sp.Add(*shared))
    tangled = any(law.tangled for law in laws)
    link = settled(covariance / variance) if variance != 0 else sp.Integer(0)
    return Window(variance, link, centre=centre, tangled=tangled)


def multiplied(signals: Sequence[Edge]) -> Signal:
    r"""The product of independent signals: every moment is the product of theirs.

    A factor with one unit for each channel is the same at every place. A product without mean is
    taken as a Gaussian; of one with a mean, as behind a gate, only the moments are known.

    Raises:
        NeedsFact: for factors that share randomness.
    """
    origins = disjoint_origins(signals, "factors made of different weights")
    factors = [_whole(signal) for signal in signals]
    largest = max(factors, key=lambda each: sp.sympify(each.units))
    second = sp.Mul(*(each.law.second_moment() for each in factors))
    cross = sp.Mul(*(_of_two(each, largest) for each in factors))
    mean = sp.Mul(*(each.law.mean() for each in factors))
    law: Unit = Window(settled(second), settled(cross / second))
    if mean != 0:
        positive = all(each.law.positive for each in factors)
        law = Moments(second, cross, mean, what="a product with a mean", never_negative=positive)
    law = replace(law, tangled=any(each.law.tangled for each in factors))
    return Signal(law, largest.units, origins, largest.flat)


def gradients_of_product(
    signals: Sequence[Edge], one: sp.Expr, two: sp.Expr
) -> tuple[tuple[tuple[sp.Expr, sp.Expr, Edge], ...], ...]:
    """To each factor the gradient times the others; a repeated factor gathers all its places."""
    factors = [_whole(signal) for signal in signals]
    largest = max(factors, key=lambda each: sp.sympify(each.units))
    found = []
    for own, signal in zip(factors, signals, strict=True):
        others = [each for each in factors if each is not own]
        single = one * sp.Mul(*(each.law.second_moment() for each in others))
        double = two * sp.Mul(*(_of_two(each, largest) for each in others))
        places = sp.sympify(largest.units) / own.units
        if places != 1:
            single, double = places * single + places * (places - 1) * double, sp.Integer(0)
        found.append(((single, double, signal),))
    return tuple(found)


def _of_two(factor: Signal, largest: Signal) -> sp.Expr:
    repeated = factor.units != largest.units
    return factor.law.second_moment() if repeated else factor.law.cross_moment()


def _whole(signal: Edge) -> Signal:
    """A signal of one law; channels of several laws as units of their mean moments."""
    if isinstance(signal, Signal):
        return signal
    units = plain(sp.Add(*(part.units for part in signal.parts)))
    second, cross = second_of(signal), cross_of(signal)
    flat = all(part.flat for part in signal.parts)
    tangled = any(part.law.tangled for part in signal.parts)
    law: Unit
    if gaussian(signal):
        law = Window(second, cross / second, tangled=tangled)
    else:
        mean = mean_over(signal, lambda law: law.mean())
        positive = all(part.law.positive for part in signal.parts)
        law = Moments(second, cross, mean, what="channels of several laws",
                      never_negative=positive, tangled=tangled)  # fmt: skip
    return Signal(law, units, all_origins((signal,)), flat, ONE)
