"""A value between two exact numbers, and the digits that they prove."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from fractions import Fraction
from typing import Any

from symvar.errors import ArgumentError
from symvar.integrals import decimals

MAX_DIGITS = 4000


class Certified(ABC):
    """What every numerical route gives: bounds, and the digits they prove."""

    digits: int

    @abstractmethod
    def bounds(self) -> tuple[Fraction, Fraction]:
        """The least and the largest value allowed, exactly."""
        raise NotImplementedError

    def decimal(self, digits: int | None = None) -> tuple[str, str]:
        """The value with exactly this many significant digits, and its radius rounded up.

        The true value is within the radius of the value printed, and that is within one unit of
        its last place. Bounds around zero give ``"0"`` and a bound on the size.

        Raises:
            ArgumentError: for more digits than the bounds were asked to prove.

        >>> import sympy as sp
        >>> from symvar.integrals import enclose
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

    def agrees(self, other: Certified) -> bool:
        """Whether some value lies within both bounds.

        >>> import sympy as sp
        >>> from symvar.integrals import enclose
        >>> enclose(sp.pi, 30).agrees(enclose(sp.pi, 30, route="mpmath"))
        True
        """
        (low, high), (other_low, other_high) = self.bounds(), other.bounds()
        return low <= other_high and other_low <= high

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
