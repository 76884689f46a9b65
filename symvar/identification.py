"""A constant's name, found from its decimals.

The index holds what symvar tabulates. A candidate is first found in doubles, then every digit that
was given is compared with a ball; a match says how many digits that were.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np
import sympy as sp

from symvar.errors import ArgumentError
from symvar.integrals import (
    NamedConstant,
    absolute_moment,
    enclose,
    gamma,
    normalised_gamma,
    normalised_tau,
    order_moment,
    order_variance,
    rectified_mean,
    tau,
    tau_doubles,
    tau_minus,
)

LARGEST_WINDOW = 1024
LARGEST_ORDER = 32  # of the moments of the largest
LARGEST_CORRELATED = 12
CORRELATIONS = (sp.Rational(1, 4), sp.Rational(1, 2), sp.Rational(3, 4))

_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_ROUGH = 12  # digits of the index
_MOST_DIGITS = 1000
_MEANINGFUL = 5  # fewer digits fit some constant or other by chance


@dataclass(frozen=True)
class Match:
    """A constant and how far it agrees with the number given.

    Args:
        constant: the named constant.
        digits: leading significant digits that agree, at most as many as were given.
        value: its digits, one more than were given, proven.
        closed_form: its closed form, where one is known.
    """

    constant: sp.Expr
    digits: int
    value: str
    closed_form: sp.Expr | None

    def __str__(self) -> str:
        closed = "no closed form known" if self.closed_form is None else str(self.closed_form)
        return f"{self.constant} = {self.value}…  {closed}"


@dataclass(frozen=True)
class Identification:
    """What a number may be.

    Args:
        text: the number as it was given.
        digits: its significant digits.
        searched: how many constants it was compared with.
        matches: those that agree in every digit given, its last one rounded either way.
        nearest: the constant nearest to it; of use where nothing matches.
    """

    text: str
    digits: int
    searched: int
    matches: tuple[Match, ...]
    nearest: Match

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        if not self.matches:
            yield f"{self.text}: none of {self.searched} constants has these {self.digits} digits"
            yield f"nearest, agrees in {self.nearest.digits}: {self.nearest}"
            return
        yield f"{self.text}: {len(self.matches)} of {self.searched} constants, {self.digits} digits"
        yield from map(str, self.matches)
        if len(self.matches) > 1:
            yield "they agree in every digit given: give more digits, or they are equal"
        if self.digits < _MEANINGFUL:
            yield f"{self.digits} digits may agree by chance: give {_MEANINGFUL} or more"


def identify(number: str | float) -> Identification:
    """The constants of symvar's tables whose decimals these are.

    Args:
        number: decimal digits as text; a float stands for the digits it prints.

    Raises:
        ArgumentError: no decimal number, zero, or over a thousand digits.

    >>> print(identify("1.5437850115857").matches[0].constant)
    tau(4)
    """
    text = str(number).strip()
    if not _DECIMAL.fullmatch(text):
        raise _refused(text, "digits such as 1.5437850115857")
    target = Fraction(text)
    digits, place = _significant(text)
    if target == 0 or not 1 <= digits <= _MOST_DIGITS:
        raise _refused(text[:40], f"a number that is not zero, of at most {_MOST_DIGITS} digits")
    constants, values = _index()
    order = np.argsort(abs(values - float(target)), kind="stable")
    rough = float(place) + abs(values) * 10.0 ** (1 - _ROUGH)
    near = [constants[at] for at in order if abs(values[at] - float(target)) <= rough[at]]
    matches = [each for each in near if _distance(each, target, digits) <= place]
    return Identification(
        text,
        digits,
        len(constants),
        tuple(_match(each, digits, digits) for each in matches),
        _match(constants[order[0]], digits, _agreement(constants[order[0]], target, digits)),
    )


def _refused(text: str, need: str) -> ArgumentError:
    return ArgumentError("identify", need=need, have=repr(text), remedy="give decimal digits")


def _significant(text: str) -> tuple[int, Fraction]:
    """How many significant digits, and what one unit of the last is worth."""
    mantissa, _, exponent = text.lower().lstrip("+-").partition("e")
    whole, _, fractional = mantissa.partition(".")
    place = Fraction(10) ** (int(exponent or 0) - len(fractional))
    return len((whole + fractional).lstrip("0")), place


def _distance(constant: sp.Expr, target: Fraction, digits: int) -> Fraction:
    """At least how far the constant is from the number."""
    low, high = enclose(constant, digits + 5).bounds()
    return max(low - target, target - high, Fraction(0))


def _agreement(constant: NamedConstant, target: Fraction, digits: int) -> int:
    """How many digits agree when both numbers are rounded to so many."""
    gap = 2 * _distance(constant, target, digits) / abs(target)
    return next((n for n in range(digits, 0, -1) if gap <= Fraction(10) ** (1 - n)), 0)


def _match(constant: NamedConstant, digits: int, agreed: int) -> Match:
    value, _ = enclose(constant, digits + 1).decimal()
    return Match(constant, agreed, value, constant.closed_form())


@cache
def _index() -> tuple[list[NamedConstant], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Every constant once, and its value to a dozen digits."""
    windows = range(1, LARGEST_WINDOW + 1)
    sizes = np.arange(1, LARGEST_WINDOW + 1)
    constants = [
        constant(window, pool)
        for constant, pool in ((tau, "max"), (tau, "avg"), (gamma, "max"), (gamma, "avg"))
        for window in windows
    ]
    values = [
        tau_doubles(sizes),
        (1 + (sizes - 1) / np.pi) / (2 * sizes),
        (1 - 0.5**sizes) / sizes,
        1 / (2.0 * sizes**2),
    ]
    special = list(_special())
    values.append(np.array([float(enclose(each, _ROUGH).mid) for each in special]))
    return constants + special, np.concatenate(values)


def _special() -> Iterator[NamedConstant]:
    """The constants that have no formula in doubles here."""
    for window in range(2, LARGEST_CORRELATED + 1):
        for rho in CORRELATIONS:
            yield tau(window, "max", rho)
            yield tau(window, "avg", rho)
            yield gamma(window, "max", rho)
        yield normalised_tau(window)
        yield normalised_gamma(window)
        yield tau_minus(window)
    for window in range(1, LARGEST_ORDER + 1):
        yield rectified_mean(window)
        yield from (absolute_moment(window, power) for power in (1, 2))
        if window > 1:
            yield from (order_moment(window, power) for power in (1, 2))
            yield order_variance(window)
