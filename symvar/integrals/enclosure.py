"""Certified values: a ball that holds the number, and the digits it proves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb

from symvar.errors import ArgumentError
from symvar.integrals import decimals
from symvar.integrals.balls import real_ball
from symvar.integrals.precision import refine

MAX_DIGITS = 4000


@dataclass(frozen=True, eq=False)
class Enclosure:
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

    def decimal(self, digits: int | None = None) -> tuple[str, str]:
        """The value with exactly this many significant digits, and its radius rounded up.

        The true value is within the radius of the value printed, and that is within one unit of
        its last place. A ball around zero gives ``"0"`` and a bound on the size.

        Raises:
            ArgumentError: for more digits than the ball was asked to prove.

        >>> import sympy as sp
        >>> enclose(sp.pi, 10).decimal(5)
        ('3.1416', '7.4e-6')
        """
        count = self.digits if digits is None else checked_digits(digits)
        if count > self.digits:
            raise ArgumentError(
                "digits",
                need=f"at most {self.digits}, which this ball proves",
                have=str(count),
                remedy=f"enclose the expression with digits={count}",
            )
        return decimals.rounded(*self.bounds(), count)

    def __float__(self) -> float:
        low, high = map(float, self.bounds())
        if low == high:
            return low
        raise ArgumentError(
            "float",
            need="a ball inside one double's rounding interval",
            have=str(self),
            remedy=f"enclose with more than {self.digits} digits",
        )

    def __str__(self) -> str:
        value, radius = self.decimal()
        return f"[+/- {radius}]" if value == "0" and radius != "0" else value


def checked_digits(digits: Any) -> int:
    """A number of decimal digits.

    Raises:
        ArgumentError: unless it is a whole number from 1 to `MAX_DIGITS`.
    """
    if isinstance(digits, int) and not isinstance(digits, bool) and 1 <= digits <= MAX_DIGITS:
        return digits
    raise ArgumentError(
        "digits",
        need=f"a whole number from 1 to {MAX_DIGITS}",
        have=repr(digits),
        remedy="use digits=50",
    )


def bits_for(digits: int) -> int:
    """The relative accuracy in bits that proves so many significant digits."""
    return math.ceil(digits * math.log2(10)) + 6


def enclose(expr: Any, digits: int = 50) -> Enclosure:
    """A ball around a constant whose relative radius proves the digits asked for.

    Works on rationals, pi, E, sums, products, powers, elementary functions, erf, dilogarithms and
    every named constant of symvar. Each operation, quadrature included, is rigorous (Arb), and
    the precision is raised until the ball is small enough. A value that cannot be told from zero
    at twice the precision needed is given as a ball around zero, of radius below 10^-digits.

    Args:
        expr: a constant real expression, or a number.
        digits: significant decimal digits, 1 to `MAX_DIGITS`.

    Raises:
        ArgumentError: a free symbol, a function not known here, a value that is not real or not
            finite, or digits out of range.

    >>> from symvar.integrals import tau
    >>> print(enclose(tau(4), 20))
    1.5437850115857043700
    >>> print(enclose(tau(4) - tau(4).doit(), 20).rad < 1e-20)
    True
    """
    count = checked_digits(digits)
    constant = _constant(expr)
    ball = refine(lambda: real_ball(constant), bits_for(count), f"enclose({constant})")
    return Enclosure(ball, count)


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
