"""Integrals of smooth functions in balls: what refutes a wrong rule, and encloses a right one."""

from __future__ import annotations

import math
from typing import Any

import sympy as sp
from flint import acb, arb, ctx

from symvar.claims.boxes import ball_over
from symvar.derive.normal import Phi, opened, phi
from symvar.errors import SymvarError
from symvar.integrals.balls import ball_of

BITS = 160
FAR = 24
"""Beyond so many standard deviations an integral is bounded, not computed."""
EXACT = 1000
"""The digits to which two balls of radius zero agree."""
POINTS = tuple(map(sp.Rational, ("1/2", "1/3", "2", "3", "1", "5")))


def ball(expr: Any) -> acb | None:
    """A ball of a constant with definite integrals in it; None where none is known."""
    try:
        with ctx.workprec(BITS):
            parts = {each: _integral(each) for each in expr.atoms(sp.Integral)}
            names = {each: sp.Dummy() for each in parts}
            values = {names[each]: value for each, value in parts.items()}
            return ball_over(opened(expr.xreplace(names)), values)
    except (SymvarError, TypeError, ValueError, AttributeError, ZeroDivisionError):
        return None


def apart(left: Any, right: Any) -> dict[sp.Symbol, sp.Expr] | None:
    """Values of the symbols at which disjoint balls tell the sides apart; None if none do."""
    names = sorted(left.free_symbols | right.free_symbols, key=str)
    for value in POINTS:
        point = {name: sp.Integer(3) if name.is_integer else value for name in names}
        one, other = (ball(side.subs(point)) for side in (left, right))
        if one is not None and other is not None and not (one - other).contains(0):
            return point
    return None


def agree(left: Any, right: Any) -> int:
    """To how many digits two constants agree in balls; 0 where they differ or are not known."""
    one, other = ball(left), ball(right)
    if one is None or other is None or not one.overlaps(other):
        return 0
    radius = float((one - other).abs_upper())
    return int(-math.log10(radius)) if 0 < radius < 1 else EXACT * (radius == 0)


def _integral(integral: Any) -> acb:
    ((name, low, high),) = integral.limits
    body = opened(integral.function)
    reach, tail = arb(0), arb(0)
    if not (low.is_finite and high.is_finite):
        reach, tail = _beyond(integral.function, name)
    ends = [-acb(reach) if end == -sp.oo else acb(reach) if end == sp.oo else ball_of(end)
            for end in (low, high)]  # fmt: skip
    inside = acb.integral(lambda z, _: ball_over(body, {name: z}), *ends)
    missing = tail * sum(not end.is_finite for end in (low, high))
    return inside + acb(arb(0, missing.upper()))


def _beyond(integrand: Any, name: sp.Symbol) -> tuple[arb, arb]:
    r"""A point R, and a bound on the integral beyond.

    Each term is $c\,s^k \phi(a s)$ times factors of at most one, and $s^k \le k!\,e^{s}$, so with
    $R = 24/a$ what lies beyond is below $c\,k!\int_R^\infty e^{s} \phi(as)\,ds$.
    """
    slowest, total = None, arb(0)
    for term in sp.Add.make_args(sp.expand(integrand)):
        outside, inside = term.as_independent(name, as_Add=False)
        power, rates = sp.Integer(0), []
        for factor in sp.Mul.make_args(inside):
            base, exponent = factor.as_base_exp()
            if not exponent.is_nonnegative:
                raise ValueError("a factor that is not bounded")
            if base == name:
                power = exponent
            elif isinstance(base, phi):
                rates.append(abs(sp.diff(base.args[0], name)) * sp.sqrt(exponent))
            elif not isinstance(base, Phi):
                raise ValueError("a factor that is not known")
        rate = ball_of(sp.Max(*rates)).real
        start = FAR / rate
        slope = rate * FAR / 2 - 1  # e^{s - a^2 s^2/2} falls at least so fast beyond R, a R = 24
        if not (slope > 0 and rate < 100):
            raise ValueError("too slow a decay")
        height = (start - arb(FAR) ** 2 / 2).exp()
        total += abs(ball_of(outside)).upper() * arb(int(sp.factorial(power))) * height / slope
        slowest = start if slowest is None or start > slowest else slowest
    if slowest is None:
        raise ValueError("nothing to integrate")
    return slowest, total
