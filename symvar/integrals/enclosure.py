"""Certified values: a ball that holds the number, and the digits it proves."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, overload

import sympy as sp
from flint import arb, ctx, fmpq

from symvar.errors import ArgumentError, nearest
from symvar.integrals import decimals
from symvar.integrals.balls import real_ball
from symvar.integrals.certified import Certified, bits_for, checked_digits
from symvar.integrals.intervals import Bracket, bracket
from symvar.integrals.precision import refine

ROUTES = ("flint", "mpmath")


@dataclass(frozen=True, eq=False)
class Enclosure(Certified):
    """A ball that holds the value, small enough for the digits asked for.

    Args:
        arb: the ball, as python-flint's ``arb``.
        digits: how many significant digits it proves.
    """

    arb: arb
    digits: int

    @property
    def mid(self) -> arb:
        """The centre, an exact ``arb``."""
        return self.arb.mid()

    @property
    def rad(self) -> arb:
        """The radius, an exact ``arb``: the value is at most this far from the centre."""
        return self.arb.rad()

    def bounds(self) -> tuple[Fraction, Fraction]:
        """The least and the largest value the ball allows, exactly."""
        centre, radius = decimals.fraction(self.mid), decimals.fraction(self.rad)
        return centre - radius, centre + radius


@overload
def enclose(expr: Any, digits: int = ..., route: Literal["flint"] = ...) -> Enclosure: ...
@overload
def enclose(expr: Any, digits: int, route: Literal["mpmath"]) -> Bracket: ...
@overload
def enclose(expr: Any, digits: int = ..., *, route: Literal["mpmath"]) -> Bracket: ...


def enclose(expr: Any, digits: int = 50, route: str = "flint") -> Enclosure | Bracket:
    """A ball around a constant whose relative radius proves the digits asked for.

    Works on rationals, pi, E, sums, products, powers, elementary functions, erf, dilogarithms and
    every named constant of symvar. Each operation, quadrature included, is rigorous (Arb), and
    the precision is raised until the ball is small enough. A value that cannot be told from zero
    at twice the precision needed is given as a ball around zero, of radius below 10^-digits.

    The route ``"mpmath"`` shares nothing with that: it takes every named constant from the
    integral that defines it, in mpmath's intervals (`symvar.integrals.intervals`), and gives a
    `Bracket`. It is the slower one, and there to check the other, and to do what that does not: an
    integral without a name, as a derivative leaves it, goes by this route whatever is asked.

    Args:
        expr: a constant real expression, or a number.
        digits: significant decimal digits, 1 to `MAX_DIGITS`.
        route: ``"flint"`` or ``"mpmath"``.

    Raises:
        ArgumentError: a free symbol, a function not known here, a value that is not real or not
            finite, digits out of range, or an unknown route.

    >>> from symvar.integrals import tau
    >>> print(enclose(tau(4), 20))
    1.5437850115857043700
    >>> print(enclose(tau(4), 20, route="mpmath"))
    1.5437850115857043700
    >>> print(enclose(tau(4) - tau(4).doit(), 20).rad < 1e-20)
    True
    """
    count = checked_digits(digits)
    constant = _constant(expr)
    if route == "mpmath":
        return bracket(constant, count)
    if route != "flint":
        raise ArgumentError(
            "route", need="a numerical route", have=repr(route), remedy=nearest(str(route), ROUTES)
        )
    if constant.has(sp.Integral):
        return Enclosure(_around(*bracket(constant, count).bounds(), bits_for(count) + 32), count)
    ball = refine(lambda: real_ball(constant), bits_for(count), f"enclose({_printed(constant)})")
    return Enclosure(ball, count)


def _printed(constant: sp.Expr) -> str:
    try:
        return str(constant)
    except ValueError:  # Python prints no integer of many thousand digits
        return "a constant too long to print"


def _around(low: Fraction, high: Fraction, bits: int) -> arb:
    """A ball that holds both."""
    with ctx.workprec(bits):
        ends = (arb(fmpq(end.numerator, end.denominator)) for end in (low, high))
        return arb.union(*ends)


def _constant(expr: Any) -> sp.Expr:
    """The expression, once it is known to have no symbols."""
    try:
        constant = sp.sympify(expr, strict=True)
    except sp.SympifyError:
        constant = None
    if not isinstance(constant, sp.Expr):
        raise ArgumentError(
            "enclose",
            need="a constant sympy expression or a number",
            have=repr(expr),
            remedy="build it with sympy",
        )
    if constant.free_symbols:
        names = ", ".join(sorted(map(str, constant.free_symbols)))
        raise ArgumentError(
            "enclose",
            need="a constant",
            have=f"{constant}, which depends on {names}",
            remedy=f"substitute numbers for {names} with .subs first",
        )
    return constant
