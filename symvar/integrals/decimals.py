"""From exact binary balls to decimal text, by whole-number arithmetic only."""

from __future__ import annotations

from fractions import Fraction

from flint import arb

_PLAIN = range(-7, 21)  # decimal exponents that are written without an exponent


def fraction(number: arb) -> Fraction:
    """An exact (radius 0) finite ``arb`` as the fraction it is.

    >>> fraction(arb(3) / 8)
    Fraction(3, 8)
    """
    mantissa, exponent = (int(part) for part in number.man_exp())
    return mantissa * Fraction(2) ** exponent


def rounded(low: Fraction, high: Fraction, digits: int) -> tuple[str, str]:
    """The centre of [low, high] to so many significant digits, and a bound on the distance.

    >>> rounded(Fraction("0.12345"), Fraction("0.12347"), 3)
    ('0.123', '4.7e-4')
    """
    if low <= 0 <= high:
        return "0", _upward(max(-low, high))
    centre = (low + high) / 2
    exponent = _exponent(abs(centre))
    whole = round(abs(centre) * Fraction(10) ** (digits - 1 - exponent))
    if whole == 10**digits:
        whole, exponent = whole // 10, exponent + 1
    printed = whole * Fraction(10) ** (exponent - digits + 1) * (1 if centre > 0 else -1)
    sign = "" if centre > 0 else "-"
    return sign + _written(str(whole), exponent), _upward(max(high - printed, printed - low))


def _exponent(value: Fraction) -> int:
    """The whole part of log10, exactly."""
    bits = value.numerator.bit_length() - value.denominator.bit_length()
    guess = (bits * 30103) // 100000 - 1
    while Fraction(10) ** (guess + 1) <= value:
        guess += 1
    return guess


def _written(digits: str, exponent: int) -> str:
    """Digits with the first one worth 10^exponent."""
    if exponent not in _PLAIN or exponent >= len(digits):
        fractional = f".{digits[1:]}" if digits[1:] else ""
        return f"{digits[0]}{fractional}e{exponent}"
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    whole, rest = digits[: exponent + 1], digits[exponent + 1 :]
    return f"{whole}.{rest}" if rest else whole


def _upward(value: Fraction) -> str:
    """Two significant digits, rounded up."""
    if value == 0:
        return "0"
    exponent = _exponent(value)
    tenths = -((-value * 10) // Fraction(10) ** exponent)
    if tenths == 100:
        tenths, exponent = 10, exponent + 1
    return f"{tenths // 10}.{tenths % 10}e{exponent}"
