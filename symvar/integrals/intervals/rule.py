r"""The Gauss-Legendre rule, every node and every weight enclosed.

Newton's method guesses a node; a change of sign of $P_n$ across it proves it. Disjoint intervals
with a change of sign each, as many as $P_n$ has zeros, hold all of them. The weight is
$2(1-x^2)/(n P_{n-1}(x))^2$, taken over the whole interval.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import Any

from mpmath.ctx_mp import MPContext

from symvar.errors import ArgumentError
from symvar.integrals.intervals import numbers
from symvar.integrals.intervals.numbers import IV, Interval

_GUESSES = MPContext()


@lru_cache(maxsize=8)
def legendre(count: int, bits: int) -> tuple[tuple[Interval, Interval], ...]:
    """Nodes on [-1, 1] and weights, as intervals of about 2^-bits.

    Raises:
        ArgumentError: a node that could not be proven.
    """
    fine = bits + 2 * count  # the recurrence widens an interval up to fourfold per step
    guard = fine + 2 * count + 20
    with numbers.working(guard), _GUESSES.workprec(guard):
        half = [_node(count, k, fine) for k in range(count // 2)]
        middle = [(IV.mpf(0), _weight(count, IV.mpf(0)))] if count % 2 else []
    with numbers.working(bits):
        half = [(+place, +weight) for place, weight in half]
        found = (*((-place, weight) for place, weight in half), *middle, *reversed(half))
    places = [numbers.ends(place) for place, _ in found]
    if any(left[1] >= right[0] for left, right in pairwise(places)):
        raise _unproven(count)
    return found


def _node(count: int, k: int, bits: int) -> tuple[Interval, Interval]:
    point = _GUESSES.mpf(math.cos(math.pi * (k + 0.75) / (count + 0.5)))
    for _ in range(bits.bit_length() + 4):
        last, value = _values(count, point, _GUESSES.mpf(1))
        step = value * (point * point - 1) / (count * (point * value - last))
        point -= step
        if abs(step) < _GUESSES.ldexp(1, -bits // 2 - 20):  # the next step is its square
            break
    centre = IV.make_mpf((point._mpf_, point._mpf_))
    place = centre + numbers.around_zero(IV.ldexp(IV.mpf(1), -bits - 10))
    signs = []
    for end in place._mpi_:
        low, high = numbers.ends(_values(count, IV.make_mpf((end, end)), IV.mpf(1))[1])
        signs.append(1 if low > 0 else -1 if high < 0 else 0)
    if signs[0] * signs[1] >= 0:
        raise _unproven(count)
    return place, _weight(count, place)


def _values(count: int, x: Any, one: Any) -> tuple[Any, Any]:
    """The Legendre polynomials of degree n - 1 and n."""
    last, value = one, x
    for n in range(1, count):
        last, value = value, ((2 * n + 1) * (x * value) - n * last) / (n + 1)
    return last, value


def _weight(count: int, place: Interval) -> Interval:
    last, _ = _values(count, place, IV.mpf(1))
    return 2 * (1 - place * place) / (count * last) ** 2


def _unproven(count: int) -> ArgumentError:
    return ArgumentError(
        "Gauss-Legendre rule",
        need=f"{count} nodes proven apart",
        have="one without a change of sign",
        remedy="ask for other digits",
    )
