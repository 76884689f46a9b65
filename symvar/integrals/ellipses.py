r"""An integral whose integrand flint's adaptive rule would cut too fine, in balls.

That rule bounds an integrand over a whole ellipse by one ball, which is hopeless where
$\Phi^m$ rises: it falls off the axis like $e^{-m Q}$, but over a wide ball Q could be anything.
Here the edge of the ellipse is covered by many small balls, at low precision, and the rest is the
Gauss-Legendre rule with the bound that `symvar.integrals.panels` proves.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from flint import acb, arb, ctx

_ARCS = 24  # of the upper half of the edge
_RATIOS = (3.6, 3.0, 2.5, 2.0, 1.5)
_COARSE = 64  # bits for bounds
_DEEPEST = 6  # halvings

Integrand = Callable[[acb], acb]


def integral(f: Integrand, low: float, high: float, sensitive: int = 0) -> arb:
    r"""$\int f$ for an entire f that is real on the line.

    Panels whose error is above the working precision are halved, a few times; one that still is
    keeps its error, which the ball shows.

    Args:
        f: the integrand.
        low: the lower end.
        high: the upper end.
        sensitive: bits that f loses, as a power of 2^b loses b: the bounds are given them.
    """
    count = ctx.prec // 2
    total, panels = arb(0), [(low, high, 0)]
    while panels:
        left, right, depth = panels.pop()
        error = _error(f, left, right, count, _COARSE + sensitive)
        if error > arb(2) ** -ctx.prec and depth < _DEEPEST:
            middle = (left + right) / 2
            panels += [(middle, right, depth + 1), (left, middle, depth + 1)]
            continue
        total += _rule(f, left, right, count) + arb(0, error.upper())
    return total


def _rule(f: Integrand, left: float, right: float, count: int) -> arb:
    half, centre = (arb(right) - left) / 2, (arb(right) + left) / 2
    nodes = _kept(count, ctx.prec)
    return half * sum((weight * f(acb(centre + half * s)).real for s, weight in nodes), arb(0))


def _error(f: Integrand, left: float, right: float, count: int, bits: int) -> arb:
    """The least bound over a few ellipses; the first that is below the precision will do."""
    enough = arb(2) ** -ctx.prec
    with ctx.workprec(bits):
        half, centre, least = (arb(right) - left) / 2, (arb(right) + left) / 2, arb("inf")
        for ratio in map(arb, _RATIOS):
            height = _largest(f, centre, half, ratio)
            bound = half * 64 / 15 * height * ratio ** (-2 * count) / (1 - ratio**-2)
            if bound.is_finite():
                least = least.min(bound)
            if least < enough:
                break
        return least


def _largest(f: Integrand, centre: arb, half: arb, ratio: arb) -> arb:
    """The modulus on the edge, at most: arc by arc, each inside a ball."""
    wide, high = half * (ratio + 1 / ratio) / 2, half * (ratio - 1 / ratio) / 2
    step = math.pi / (2 * _ARCS)
    around = arb(0, (wide * step * 1.001).upper())
    largest = arb(0)
    for arc in range(_ARCS):
        turn = (2 * arc + 1) * step
        place = acb(centre + wide * math.cos(turn), high * math.sin(turn))
        largest = largest.max(f(place + acb(around, around)).abs_upper())
    return largest


def legendre(count: int) -> list[tuple[arb, arb]]:
    """Places and weights of the rule on [-1, 1], at the working precision; half are computed."""
    half = [arb.legendre_p_root(count, k, weight=True) for k in range((count + 1) // 2)]
    return half + [(-place, weight) for place, weight in reversed(half[: count // 2])]


@lru_cache(maxsize=8)
def _kept(count: int, precision: int) -> list[tuple[arb, arb]]:
    """The rule, once for each precision."""
    return legendre(count)
