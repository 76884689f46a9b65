"""The second moment of an Lp pool in intervals, by whole numbers alone.

`symvar.integrals.lp_grid` has the formulas. Beside the arithmetic the order n is another one than
that of the balls, so that the integral is another one, too.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from fractions import Fraction

from mpmath.libmp import from_man_exp

from symvar.integrals.intervals import numbers
from symvar.integrals.intervals.numbers import IV, Interval
from symvar.integrals.lp_grid import Grid, moment_of_sum, plan

_ORDER = 4
_EXTRA = 40


def sum_to_power(window: int, power: Interval, rectified: bool) -> Interval:
    r"""$E[S^{2/p}]$ at the current precision, $S = \sum_i |u_i|^p$ or $\sum_i (u_i^+)^p$."""
    grid = plan(window, numbers.midpoint(power), _ORDER, IV.prec)
    with numbers.working(grid.bits + _EXTRA):
        h, alpha = IV.mpf(grid.step), 2 / power
        moments = [_scaled(grid, power, k, rectified) for k in range(grid.order + 1)]
        total = numbers.ratio(0)
        for at, values in enumerate(zip(*moments, strict=True), start=grid.first):
            whole = moment_of_sum(window, grid.order, values, operator.pow)
            total += numbers.exp(-alpha * h * at) * numbers.widened(whole)
        cut = _left(grid, window, power) + _right(grid, window, power, rectified)
        total += numbers.hull(numbers.ratio(0), cut)
        rate = grid.order - alpha
        wide = numbers.exp(-rate * numbers.log(numbers.cosine(IV.mpf(grid.outer_angle))))
        relative = 4 * wide * _smallness(grid.outer_angle, h)
        return h * total * (1 + numbers.around_zero(relative)) / numbers.gamma(rate)


def _smallness(angle: float, h: Interval) -> Interval:
    return 1 / (numbers.exp(2 * IV.pi * IV.mpf(angle) / h) - 1)


def _scaled(grid: Grid, p: Interval, k: int, rectified: bool) -> list[Interval]:
    """t^k m_k(t) at all nodes, as the balls have it."""
    h = IV.mpf(grid.step)
    inner = range(grid.inner_last, grid.inner_first - 1, -1)
    places = [numbers.exp(h / p * at) for at in inner]
    weights = [numbers.exp(-(x * x) / 2) * x for x in places]
    first, skipped = grid.inner_first + grid.first, len(places) - 1
    count = grid.last - grid.first + 1
    kernels = [_kernel(numbers.exp(h * at), k) for at in range(first, first + skipped + count)]
    scale = h / p / numbers.sqrt(2 * IV.pi) * (1 if rectified else 2)
    error = (1 if rectified else 2) * numbers.around_zero(_inner_error(grid, p, k))
    found = [scale * each + error for each in _products(weights, kernels)[skipped:][:count]]
    return [1 - each for each in found] if k == 0 else found


def _kernel(s: Interval, k: int) -> Interval:
    """s^k e^-s, or 1 - e^-s; the exponential of a large number is not worth its exponent."""
    if numbers.ends(s)[0] > 2 * IV.prec:
        small = numbers.hull(numbers.ratio(0), IV.ldexp(IV.mpf(1), -IV.prec))
        return small if k else 1 - small
    return numbers.widened(s**k) * numbers.exp(-s) if k else 1 - numbers.exp(-s)


def _products(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    """The coefficients of the product of two polynomials, from nonnegative coefficients."""
    low, high = (
        _convolved([_unit(each, up) for each in one], [_unit(each, up) for each in other])
        for up in (False, True)
    )
    unit = -2 * IV.prec
    points = (
        (from_man_exp(a, unit), from_man_exp(b, unit)) for a, b in zip(low, high, strict=True)
    )
    return [IV.make_mpf(pair) for pair in points]


def _unit(value: Interval, up: bool) -> int:
    """The lower end rounded down or the upper end rounded up, in units of the precision."""
    scaled: Fraction = numbers.ends(value)[up] * (1 << IV.prec)
    return max(0, -(-scaled.numerator // scaled.denominator) if up else scaled.__floor__())


def _convolved(one: Sequence[int], other: Sequence[int]) -> list[int]:
    """Exactly, by one product of two long numbers (Kronecker's substitution)."""
    bits = max(one).bit_length() + max(other).bit_length() + len(one).bit_length()
    slot = bits // 8 + 1
    first, second = (
        int.from_bytes(b"".join(each.to_bytes(slot, "little") for each in factor), "little")
        for factor in (one, other)
    )
    size = len(one) + len(other) - 1
    text = (first * second).to_bytes((size + 1) * slot, "little")
    return [int.from_bytes(text[at * slot : (at + 1) * slot], "little") for at in range(size)]


def _inner_error(grid: Grid, p: Interval, k: int) -> Interval:
    """Of the rule, and of what lies before the first node and behind the last."""
    h, angle = IV.mpf(grid.step), IV.mpf(grid.angle)
    narrow = 1 / numbers.sqrt(4 * numbers.cosine(2 * angle / p))
    rule = 2 * narrow * _most(k, numbers.cosine(angle)) * _smallness(grid.angle, h)
    slope = h + h / p
    before = numbers.exp(grid.last * h + slope * grid.inner_first) / (numbers.exp(slope) - 1)
    steepest = ((k - 1) / numbers.exp(numbers.ratio(1))) ** (k - 1) if k > 1 else 1
    last = numbers.exp(h / p * grid.inner_last)
    behind = numbers.exp(-(last * last) / 2) / 2 * _most(k, numbers.ratio(1))  # Q(x) at most this
    return rule + before * h / p * steepest / numbers.sqrt(2 * IV.pi) + behind


def _most(k: int, cosine: Interval) -> Interval:
    return numbers.widened((k / (numbers.exp(numbers.ratio(1)) * cosine)) ** k) if k else IV.mpf(2)


def _left(grid: Grid, window: int, p: Interval) -> Interval:
    rate = (grid.order - 2 / p) * IV.mpf(grid.step)
    moments = [IV.mpf(1)]
    for k in range(1, grid.order + 1):
        size = numbers.exp(p * k / 2 * numbers.log(numbers.ratio(2)))
        moments.append(size * numbers.gamma((p * k + 1) / 2) / numbers.sqrt(IV.pi))
    whole = moment_of_sum(window, grid.order, moments, operator.pow)
    return numbers.widened(whole) * numbers.exp(rate * grid.first) / (numbers.exp(rate) - 1)


def _right(grid: Grid, window: int, p: Interval, rectified: bool) -> Interval:
    bounds = [IV.mpf(1)]
    for k in range(1, grid.order + 1):
        size = numbers.gamma(k + 1 / p) / p / numbers.sqrt(2 * IV.pi)
        bounds.append(size * (1 if rectified else 2))
    whole = moment_of_sum(window, grid.order, bounds, operator.pow)
    rate = 3 / p * IV.mpf(grid.step)
    return numbers.widened(whole) * numbers.exp(-rate * grid.last) / (numbers.exp(rate) - 1)
