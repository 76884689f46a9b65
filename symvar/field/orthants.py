r"""Mean products of two truncated powers, $\mathrm{E}[(Z - h)_+^m (Z' - k)_+^n]$.

The probability that both exceed is two of Owen's T functions, each an integral of a smooth
function over at most an eighth of a turn: a fixed Gauss rule is as good at a correlation of 1 as
elsewhere. Higher powers follow by parts.
"""

from __future__ import annotations

from functools import cache
from math import pi

import numpy as np

from symvar.field.normal import Array, density, distribution

_NODES = 16
_LEAST = 1e-30  # in place of sqrt(1 - c^2) = 0


def truncated(h: Array, powers: int) -> list[Array]:
    r"""$\mathrm{E}[(Z - h)_+^m]$ for m up to ``powers``."""
    found = [distribution(-h)]
    for m in range(1, powers + 1):
        ahead = density(h) if m == 1 else (m - 1) * found[m - 2]
        found.append(ahead - h * found[m - 1])
    return found


def truncated_products(h: Array, k: Array, c: Array, powers: int) -> list[list[Array]]:
    r"""$\mathrm{E}[(Z - h)_+^m (Z' - k)_+^n]$ for m and n up to ``powers``, by m and n.

    By parts: $G_{m+1,n} = -h G_{mn} + m G_{m-1,n} + c n G_{m,n-1}$ and, for m or n = 0, what
    stands at the edge.

    Args:
        h: the threshold of Z, at least 0.
        k: that of Z', at least 0; both of the shape of c.
        c: their correlation.
        powers: the largest m and n.
    """
    sine = np.maximum(np.sqrt((1 - c) * (1 + c)), _LEAST)
    beyond, other = (k - c * h) / sine, (h - c * k) / sine
    given, given_other = truncated(beyond, powers), truncated(other, powers)
    found = [[_both(h, k, c, sine, (beyond, given[0]), (other, given_other[0]))]]
    edge = [density(h) * sine**n * given[n] for n in range(powers + 1)]
    edge_other = [density(k) * sine**m * given_other[m] for m in range(powers + 1)]
    for n in range(powers):
        row = found[0]
        ahead = edge_other[0] + c * edge[0] if n == 0 else n * row[n - 1] + c * edge[n]
        row.append(ahead - k * row[n])
    for m in range(powers):
        row = []
        for n in range(powers + 1):
            total = -h * found[m][n]
            total += edge[n] if m == 0 else m * found[m - 1][n]
            total += c * (edge_other[m] if n == 0 else n * found[m][n - 1])
            row.append(total)
        found.append(row)
    return found


def _both(
    h: Array, k: Array, c: Array, sine: Array, at: tuple[Array, Array], at2: tuple[Array, Array]
) -> Array:
    """The probability that Z exceeds h and Z' exceeds k; ``at`` the other's margin and tail."""
    corner = (h == 0) & (k == 0)
    first, second = (np.where(corner, 1.0, each) for each in (h, k))
    tails = distribution(-h), distribution(-k)
    total = (tails[0] + tails[1]) / 2
    sides = (first, second, h, tails[0], at), (second, first, k, tails[1], at2)
    for here, there, level, tail, margin in sides:
        total = total - _owen(level, there - c * here, here * sine, tail, margin)
    return total


def _owen(h: Array, rise: Array, run: Array, tail: Array, margin: tuple[Array, Array]) -> Array:
    """Owen's T(h, rise / run) for h at least 0; ``margin`` h rise / run and its upper tail."""
    steep = np.abs(rise) > run
    sign = np.sign(rise)
    size = np.abs(rise)
    far = np.abs(margin[0])
    far_tail = np.where(margin[0] < 0, 1 - margin[1], margin[1])
    ratio = np.minimum(size, run) / np.maximum(np.maximum(size, run), 1e-300)
    angle = np.arctan(ratio)
    level = np.where(steep, far, h)
    half = -level * level / 2
    total = np.zeros_like(h)
    for place, weight in zip(*_rule(), strict=True):
        total += weight * np.exp(half / np.cos(angle * place) ** 2)
    total *= angle / (2 * pi)
    turned = (tail + far_tail) / 2 - tail * far_tail - total
    return sign * np.where(steep, turned, total)


@cache
def _rule() -> tuple[Array, Array]:
    """A Gauss rule on [0, 1]."""
    places, weights = np.polynomial.legendre.leggauss(_NODES)
    return (places + 1) / 2, weights / 2
