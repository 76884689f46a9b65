"""Real intervals: mpmath's interval arithmetic in a context of our own, and what it lacks.

The context is private, so no setting of a user's is ever touched. Sums, products, quotients and
roots are rounded outwards by mpmath; after every other function the interval is widened by four
units of the last place. The error function is summed here, from whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, TypeAlias

from mpmath.ctx_iv import MPIntervalContext
from mpmath.ctx_mp import MPContext
from mpmath.libmp import from_man_exp, to_rational

Interval: TypeAlias = Any
"""mpmath's ``ivmpf`` of the context `IV`."""

IV = MPIntervalContext()
_POINTS = MPContext()
_SLACK = 4  # units of the last place


@contextmanager
def working(bits: int) -> Iterator[None]:
    """The precision of all intervals made inside."""
    before = IV.prec
    IV.prec = bits
    try:
        yield
    finally:
        IV.prec = before


def ratio(top: int, bottom: int = 1) -> Interval:
    """The interval of a fraction."""
    return IV.mpf(int(top)) / int(bottom)


def ends(value: Interval) -> tuple[Fraction, Fraction]:
    """Both ends, exactly.

    >>> ends(ratio(3, 8))
    (Fraction(3, 8), Fraction(3, 8))
    """
    low, high = (Fraction(*map(int, to_rational(end))) for end in value._mpi_)
    return low, high


def hull(low: Interval, high: Interval) -> Interval:
    """From the lower end of one to the upper end of the other."""
    return IV.make_mpf((low._mpi_[0], high._mpi_[1]))


def around_zero(radius: Interval) -> Interval:
    """[-r, r] with r the upper end."""
    return hull(-radius, radius)


def finite(value: Interval) -> bool:
    """Whether both ends are numbers."""
    return all(end[1] or end[2] == 0 for end in value._mpi_)


def midpoint(value: Interval) -> float:
    """The middle as a double, for guesses."""
    return float(sum(ends(value)) / 2)


def width(value: Interval) -> Fraction:
    """How far the ends are apart."""
    low, high = ends(value)
    return high - low


def widened(value: Interval) -> Interval:
    """The same interval and four units of the last place more on either side."""
    unit = IV.mpf(1) + around_zero(IV.ldexp(IV.mpf(_SLACK), -IV.prec))
    return value * unit


def exp(x: Interval) -> Interval:
    """The exponential."""
    return widened(IV.exp(x))


def log(x: Interval) -> Interval:
    """The logarithm of a positive interval; not finite for another."""
    return widened(IV.log(x)) if ends(x)[0] > 0 else unknown()


def sqrt(x: Interval) -> Interval:
    """The root; a lower end below zero is one of rounding, and cut off."""
    low, high = ends(x)
    if high < 0:
        return unknown()
    return IV.sqrt(x if low >= 0 else hull(IV.mpf(0), x))


def unknown() -> Interval:
    """The whole line."""
    return IV.mpf([IV.ninf, IV.inf])


def sine(x: Interval) -> Interval:
    """The sine."""
    return widened(IV.sin(x))


def cosine(x: Interval) -> Interval:
    """The cosine."""
    return widened(IV.cos(x))


def monotone(name: str) -> Callable[[Interval], Interval]:
    """An increasing function of mpmath's, taken at both ends."""

    def at(end: Any) -> Interval:
        with _POINTS.workprec(IV.prec + 10):
            value = getattr(_POINTS, name)(_POINTS.make_mpf(end))
        if not hasattr(value, "_mpf_"):
            return unknown()
        return widened(IV.make_mpf((value._mpf_, value._mpf_)))

    return lambda x: hull(at(x._mpi_[0]), at(x._mpi_[1]))


arctangent = monotone("atan")
lambert = monotone("lambertw")
"""On the branch that is real for positive arguments, where it increases."""


def arcsine(x: Interval) -> Interval:
    """By the arctangent; pi/2 at the ends."""
    low, high = ends(x)
    if low == high and abs(low) == 1:
        return IV.pi / 2 * int(low)
    return arctangent(x / sqrt(1 - x * x))


def arccosine(x: Interval) -> Interval:
    """By the arcsine."""
    return IV.pi / 2 - arcsine(x)


def tanh(x: Interval) -> Interval:
    """By the exponential of a negative number, so that nothing overflows."""
    low, high = ends(x)
    if low < 0 < high:
        return hull(tanh(hull(x, x * 0)), tanh(hull(x * 0, x)))
    if high <= 0 and low < 0:
        return -tanh(-x)
    small = exp(-2 * x)
    return (1 - small) / (1 + small)


def sinh(x: Interval) -> Interval:
    """By exponentials."""
    return (exp(x) - exp(-x)) / 2


def cosh(x: Interval) -> Interval:
    """By exponentials."""
    return (exp(x) + exp(-x)) / 2


def gamma(x: Interval) -> Interval:
    """The Gamma function of a positive number."""
    return widened(IV.gamma(x))


def euler() -> Interval:
    """Euler's constant."""
    return widened(+IV.euler)


def extreme(choose: Callable[..., Fraction], values: tuple[Interval, ...]) -> Interval:
    """The largest or the smallest of some numbers."""
    pairs = [ends(value) for value in values]
    low, high = (choose(pair[side] for pair in pairs) for side in (0, 1))
    return hull(ratio(*low.as_integer_ratio()), ratio(*high.as_integer_ratio()))


def erf(x: Interval) -> Interval:
    r"""The error function: it increases, so both ends are summed, and the rest is hull.

    $\operatorname{erf} x = \tfrac{2x}{\sqrt\pi} e^{-x^2} \sum_k (2x^2)^k/(3 \cdot 5 \cdots (2k+1))$
    has positive terms. They are summed as whole numbers of a tiny unit, once rounded down and once
    up, so the two sums bound the true one; the rest is bounded by a geometric series.
    """
    return hull(_erf_at(x._mpi_[0]), _erf_at(x._mpi_[1]))


def erfc(x: Interval) -> Interval:
    """One minus the error function, to an absolute precision."""
    return 1 - erf(x)


def _erf_at(end: Any) -> Interval:
    point = IV.make_mpf((end, end))
    exact = ends(point)[0]
    if exact < 0:
        return -_erf_at(_negated(point))
    square = exact * exact
    if square > IV.prec:  # erfc x < e^(-x^2) is then below the precision
        return 1 - hull(IV.mpf(0), exp(-ratio(*square.as_integer_ratio())))
    low, high = _series(2 * square, IV.prec + 16)
    body = hull(low, high) * exp(-ratio(*square.as_integer_ratio()))
    return 2 * point * body / IV.sqrt(IV.pi)


def _negated(point: Interval) -> Any:
    return (-point)._mpi_[0]


def _series(argument: Fraction, bits: int) -> tuple[Interval, Interval]:
    """Both bounds of the sum over k of argument^k / (3 5 ... (2k+1))."""
    down = (argument.numerator << bits) // argument.denominator
    up = -((-argument.numerator << bits) // argument.denominator)
    below = above = total_below = total_above = 1 << bits
    odd = 1
    while above > 1 or up * 2 > (odd + 2) << bits:
        odd += 2
        below = (below * down) // (odd << bits)
        above = -((-above * up) // (odd << bits))
        total_below, total_above = total_below + below, total_above + above
    bounds = (total_below, total_above + 2 * above)  # each later term is below half of the last
    low, high = (IV.make_mpf((each, each)) for each in (from_man_exp(b, -bits) for b in bounds))
    return low, high
