r"""Discs in the complex plane, in doubles: bounds of an integrand off the real line.

A disc is a centre and a radius; every operation gives a disc that holds all its results, the
rounding of doubles included. One that is not known to be holomorphic, such as the quotient by a
disc around zero, gives the whole plane (an infinite radius), and the panel is then cut.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from dataclasses import dataclass

_ROUNDING = 1e-14  # relative, of an operation or a function of doubles: over forty units
_TINY = 1e-300


@dataclass(frozen=True)
class Disc:
    """All complex numbers within a radius of a centre.

    Args:
        centre: the centre.
        radius: the radius, perhaps infinite.
    """

    centre: complex
    radius: float = 0.0

    @property
    def size(self) -> float:
        """A bound on the modulus."""
        return abs(self.centre) * (1 + _ROUNDING) + self.radius

    def __add__(self, other: Disc) -> Disc:
        """The sum."""
        centre = self.centre + other.centre
        slack = (abs(self.centre) + abs(other.centre)) * _ROUNDING
        return disc(centre, self.radius + other.radius + slack)

    def __mul__(self, other: Disc) -> Disc:
        """The product."""
        a, b = abs(self.centre), abs(other.centre)
        spread = a * other.radius + b * self.radius + self.radius * other.radius
        return disc(self.centre * other.centre, spread * (1 + _ROUNDING) + a * b * _ROUNDING)

    def inverse(self) -> Disc:
        """One over it; the plane where zero is inside."""
        size = abs(self.centre)
        gap = size - self.radius * (1 + _ROUNDING) - size * _ROUNDING
        if not gap > 1e-150:
            return PLANE
        return disc(1 / self.centre, self.radius / (size * gap) + _ROUNDING / size)


PLANE = Disc(0j, math.inf)


def disc(centre: complex, radius: float) -> Disc:
    """A disc with a little more radius than asked; the plane where doubles end."""
    if not cmath.isfinite(centre) or not radius < math.inf:
        return PLANE
    return Disc(centre, radius * (1 + _ROUNDING) + _TINY)


def guarded(function: Callable[[Disc], Disc]) -> Callable[[Disc], Disc]:
    """The plane where a function leaves the doubles."""

    def whole(z: Disc) -> Disc:
        try:
            return function(z) if z.radius < math.inf else PLANE
        except (OverflowError, ZeroDivisionError):
            return PLANE

    return whole


def power(z: Disc, exponent: int) -> Disc:
    """A whole power; a high one around zero, for only its size counts."""
    if exponent < 0:
        return power(z.inverse(), -exponent)
    if exponent <= 8:
        result = Disc(1 + 0j)
        for _ in range(exponent):
            result = result * z
        return result
    try:
        return disc(0j, z.size**exponent * (1 + exponent * _ROUNDING))
    except OverflowError:
        return PLANE


@guarded
def exp(z: Disc) -> Disc:
    r"""$|e^{c+h} - e^c| \le |e^c| (e^{|h|} - 1)$."""
    centre = cmath.exp(z.centre)
    spread = math.expm1(z.radius) + abs(z.centre) * _ROUNDING + _ROUNDING
    return disc(centre, abs(centre) * spread)


@guarded
def log(z: Disc) -> Disc:
    r"""$|\log(c+h) - \log c| \le -\log(1 - |h/c|)$, off the cut along the negative axis."""
    c = z.centre
    distance = abs(c) if c.real > 0 else abs(c.imag)
    if not z.radius < distance * (1 - _ROUNDING):
        return PLANE
    spread = -math.log1p(-z.radius / abs(c))
    centre = cmath.log(c)
    return disc(centre, spread + (abs(centre) + 1) * _ROUNDING)


def sqrt(z: Disc) -> Disc:
    """By the logarithm, so off the cut; exactly zero stays zero."""
    return exp(log(z) * Disc(0.5 + 0j))


@guarded
def tanh(z: Disc) -> Disc:
    """By the exponential that does not overflow; a pole gives the plane."""
    sign = 1.0 if z.centre.real >= 0 else -1.0
    small = exp(z * Disc(complex(-2 * sign)))
    ratio = (Disc(1 + 0j) + small * Disc(-1 + 0j)) * (Disc(1 + 0j) + small).inverse()
    return ratio * Disc(complex(sign))


def _trigonometric(function: Callable[[complex], complex], turned: bool) -> Callable[[Disc], Disc]:
    r"""Its derivatives at c are at most $\cosh$ of the part along which it grows."""

    def value(z: Disc) -> Disc:
        centre = function(z.centre)
        growth = math.cosh(z.centre.imag if turned else z.centre.real)
        spread = math.expm1(z.radius) + (abs(z.centre) + 1) * _ROUNDING
        return disc(centre, growth * spread)

    return guarded(value)


sin = _trigonometric(cmath.sin, turned=True)
cos = _trigonometric(cmath.cos, turned=True)
sinh = _trigonometric(cmath.sinh, turned=False)
cosh = _trigonometric(cmath.cosh, turned=False)


@guarded
def erf(z: Disc) -> Disc:
    r"""From the real line, or from $\pm1$ at infinity, whichever is nearer.

    At x + iy, along the vertical $|\operatorname{erf}(x+iy) - \operatorname{erf} x| \le
    \tfrac{2}{\sqrt\pi} |y| e^{y^2 - x^2}$, and along the horizontal $|1 - \operatorname{erf}(x+iy)|
    \le e^{y^2} \operatorname{erfc} x \le e^{y^2-x^2}$ for x >= 0.
    """
    west, east = z.centre.real - z.radius, z.centre.real + z.radius
    height = abs(z.centre.imag) + z.radius
    nearest = 0.0 if west <= 0 <= east else min(abs(west), abs(east))
    away = math.exp(min(height**2 - nearest**2, 700) * (1 + _ROUNDING) + 1e-12)
    if height**2 - nearest**2 > 690:
        return PLANE
    low, high = math.erf(west), math.erf(east)
    middle = (high - low) / 2 + 2 / math.sqrt(math.pi) * height * away + _ROUNDING
    if nearest == 0 or middle <= away:
        return disc(complex((low + high) / 2), middle)
    return disc(complex(math.copysign(1, west)), away)


def erfc(z: Disc) -> Disc:
    """One minus the error function."""
    return Disc(1 + 0j) + erf(z) * Disc(-1 + 0j)
