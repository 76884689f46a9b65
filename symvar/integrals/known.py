"""A number that is kept as a ball where its exact form has grown too long."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq

from symvar.integrals.decimals import fraction, rounded

SHOWN = 17
"""Digits of its text."""

LARGE_POWER = 4096
"""The power of two from which on a fraction is written as a product with it."""


class Known(sp.AtomicExpr):
    """A positive real number known to lie in a ball; sums and products keep it as one unknown.

    Two of them are the same number only where they were made of the same exact form, which the
    tag stands for: no two numbers that merely lie in the same ball cancel.

    Args:
        mid: the ball's centre.
        rad: its radius, less than the centre.
        tag: a digest of the exact form.

    >>> about = Known(3, sp.Rational(1, 10**20), "form")
    >>> 2 * about / about, float(about)
    (2, 3.0)
    >>> about
    3
    """

    __slots__ = ("mid", "rad", "tag")

    is_number = True
    is_commutative = True
    is_extended_real = True
    is_finite = True
    is_positive = True
    is_zero = False

    mid: sp.Rational
    rad: sp.Rational
    tag: str

    def __new__(cls, mid: Any, rad: Any, tag: Any) -> Known:
        """Exact entries."""
        made: Known = super().__new__(cls)
        made.mid, made.rad, made.tag = sp.Rational(mid), sp.Rational(rad), str(tag)
        return made

    @classmethod
    def of(cls, ball: arb, tag: str) -> Known:
        """The number in a ball of flint's."""
        centre, radius = (sp.Rational(fraction(part)) for part in (ball.mid(), ball.rad()))
        return cls(centre, radius, tag)

    def ball(self) -> arb:
        """The ball, at flint's current precision or its own, whichever is less."""
        centre, radius = (arb(fmpq(int(each.p), int(each.q))) for each in (self.mid, self.rad))
        return centre + arb(0, radius.upper())

    @property
    def relative_radius(self) -> sp.Rational:
        """How far it may be from the centre, as a part of that."""
        return self.rad / self.mid

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.mid, self.rad, self.tag)

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.mid, self.rad, self.tag)

    def _eval_evalf(self, prec: int) -> sp.Expr:
        with ctx.workprec(prec):
            return sp.Float(self.mid, precision=prec)

    def _text(self) -> str:
        centre, radius = (Fraction(int(each.p), int(each.q)) for each in (self.mid, self.rad))
        return rounded(centre - radius, centre + radius, SHOWN)[0]

    def _sympystr(self, printer: Any) -> str:
        return self._text().rstrip("0").rstrip(".") if "e" not in self._text() else self._text()

    def _sympyrepr(self, printer: Any) -> str:
        return f"Known({_written(self.mid)}, {_written(self.rad)}, {self.tag!r})"

    def _latex(self, printer: Any) -> str:
        digits, _, power = self._sympystr(printer).partition("e")
        return rf"{digits} \cdot 10^{{{power}}}" if power else digits


def _written(number: sp.Rational) -> str:
    """The constructor of a fraction, a large power of two apart: Python writes no long integers."""
    power = (number.p & -number.p).bit_length() - (number.q & -number.q).bit_length()
    if abs(power) < LARGE_POWER:
        return str(sp.srepr(number))
    rest = number / sp.Integer(2) ** power
    return f"Mul({sp.srepr(rest)}, Integer(2)**Integer({power}))"
