r"""One-dimensional integrals in intervals: pieces between kinks, panels, and a proven tail.

A panel [m - h, m + h] is mapped from [-1, 1]; where the integrand is holomorphic and at most M in
modulus on the ellipse of parameter $\rho$ around it, a rule of N nodes is wrong by at most
$h \tfrac{64}{15} M \rho^{-2N}/(1-\rho^{-2})$ (the module `symvar.integrals.panels` proves this
bound). M is taken over discs that cover the ellipse: its edge, for an entire integrand, and all of
it for another. A panel without an ellipse that is good enough is halved.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sympy as sp

from symvar.errors import ArgumentError
from symvar.integrals.expect_pieces import Piece, pieces
from symvar.integrals.intervals import numbers
from symvar.integrals.intervals.algebra import compiled, entire, plane, reals
from symvar.integrals.intervals.discs import Disc
from symvar.integrals.intervals.growth import Constant, growth
from symvar.integrals.intervals.numbers import IV, Interval
from symvar.integrals.intervals.rule import legendre

_RATIOS = (6.0, 4.0, 3.0, 2.3, 1.8, 1.4)
_ARCS = 16  # of the upper half of an ellipse's edge
_COLUMNS = 20  # of the cells that cover an ellipse
_DEEPEST = 60  # halvings
_MARGIN = 1e-3  # of a logarithm, for the rounding of a few doubles
_FARTHEST = 10**6

Function = Callable[[Disc], Disc]


@dataclass(frozen=True)
class Panel:
    """A part of [0, 1] and the logarithm of its error, before the interval's width."""

    left: float
    right: float
    log_error: float


def integral(
    f: sp.Expr,
    x: sp.Symbol,
    limits: tuple[sp.Expr, sp.Expr],
    constant: Constant,
    sign: Callable[[sp.Expr], int | None],
) -> Interval:
    """The integral at the current precision, everything left out inside the interval.

    Args:
        f: the integrand, an expression in x with kinks or without.
        x: the variable.
        limits: both ends, perhaps infinite.
        constant: the interval of an expression without x.
        sign: the sign of such an expression, to put kinks in order.

    Raises:
        ArgumentError: for an integrand that this route cannot bound.
    """
    parts = pieces(f, x, *limits, sign=sign)
    total, reach = numbers.ratio(0), _beyond(parts, constant)
    ends: list[Interval] = []
    for side, end, piece in ((-1, parts[0].low, parts[0]), (1, parts[-1].high, parts[-1])):
        if not end.is_infinite:
            ends.append(constant(end))
            continue
        nothing = (numbers.ratio(0), reach)
        cut, start = nothing if piece.branch == 0 else _tail(piece.branch, x, side, reach, constant)
        total += numbers.around_zero(cut)
        ends.append(numbers.ratio(side * start))
    knots = [ends[0], *(constant(piece.high) for piece in parts[:-1]), ends[1]]
    for piece, low, high in zip(parts, knots, knots[1:], strict=False):
        if piece.branch != 0:
            total += _over(piece.branch, x, low, high - low, constant)
    return total


def _beyond(parts: tuple[Piece, ...], constant: Constant) -> int:
    """A whole number beyond every kink and both finite ends."""
    found = [each for piece in parts for each in (piece.low, piece.high) if not each.is_infinite]
    return max((math.ceil(abs(numbers.midpoint(constant(each)))) + 1 for each in found), default=1)


def _tail(
    branch: sp.Expr, x: sp.Symbol, side: int, start: int, constant: Constant
) -> tuple[Interval, int]:
    bound, small = growth(branch, x, side, constant), IV.ldexp(IV.mpf(1), -IV.prec)
    step = 1
    while start < _FARTHEST:
        cut = bound.tail(start)
        if cut is not None and numbers.ends(cut)[1] <= numbers.ends(small)[0]:
            return cut, start
        step = max(1, start // 16)
        start += step
    raise ArgumentError(
        "enclose, route mpmath",
        need="an integrand that falls like a Gaussian",
        have=str(branch)[:200],
        remedy="use a smaller variance",
    )


def _over(f: sp.Expr, x: sp.Symbol, low: Interval, width: Interval, constant: Constant) -> Interval:
    """One smooth piece, from its lower end over its width."""
    count = IV.prec // 4 + 6
    value, bound = compiled(f, x, reals(constant)), compiled(f, x, plane(constant))
    shift, scale = _as_disc(low), _as_disc(width)

    def moved(z: Disc) -> Disc:
        return bound(shift + scale * z)

    log_width = math.log(max(scale.size, 1e-300))
    target = -IV.prec * math.log(2) - log_width
    total, error = numbers.ratio(0), numbers.ratio(0)
    for panel in panels(moved, count, target, whole=not entire(f, x)):
        half = (IV.mpf(panel.right) - IV.mpf(panel.left)) / 2
        middle = (IV.mpf(panel.right) + IV.mpf(panel.left)) / 2
        inside = numbers.ratio(0)
        for place, weight in legendre(count, IV.prec):
            inside += weight * value(low + width * (middle + half * place))
        total += half * inside
        error += numbers.exp(IV.mpf(panel.log_error))
    return (total + numbers.around_zero(error)) * width


def panels(f: Function, count: int, target: float, *, whole: bool) -> Iterator[Panel]:
    """[0, 1] in panels whose error is below e^target each, from left to right.

    Raises:
        ArgumentError: a panel that stays bad, as at a pole on the line.
    """
    stack = [(0.0, 1.0, 0)]
    while stack:
        left, right, depth = stack.pop()
        found = _log_error(f, left, right, count, target, whole)
        if found <= target:
            yield Panel(left, right, found)
        elif depth >= _DEEPEST:
            raise ArgumentError(
                "enclose, route mpmath",
                need="an integrand that is holomorphic around its interval",
                have=f"a panel of 2^-{depth} of it that still is not",
                remedy="look for a pole or a branch cut",
            )
        else:
            middle = (left + right) / 2
            stack += [(middle, right, depth + 1), (left, middle, depth + 1)]


def _log_error(
    f: Function, left: float, right: float, count: int, target: float, whole: bool
) -> float:
    """The logarithm of a bound on the panel's error: the first ellipse that meets the target."""
    half, least = (right - left) / 2, math.inf
    for ratio in _RATIOS:
        rule = math.log(half * 64 / 15) - 2 * count * math.log(ratio) - math.log1p(-(ratio**-2))
        size = _largest(f, left + half, half, ratio, whole, math.exp(min(target - rule, 700)))
        if size < math.inf:
            least = min(least, rule + math.log(max(size, 1e-300)) + _MARGIN)
        if least <= target:
            break
    return least


def _largest(
    f: Function, middle: float, half: float, ratio: float, whole: bool, enough: float
) -> float:
    """A bound on the modulus over the ellipse; infinite as soon as it is more than enough."""
    wide, high = half * (ratio + 1 / ratio) / 2, half * (ratio - 1 / ratio) / 2
    largest = 0.0
    for cell in _cells(middle, wide, high) if whole else _edge(middle, wide, high):
        largest = max(largest, f(cell).size)
        if not largest <= enough:
            return math.inf
    return largest


def _edge(middle: float, wide: float, high: float) -> Iterator[Disc]:
    """Discs that cover the upper half of the edge; a real integrand is symmetric."""
    step = math.pi / (2 * _ARCS)
    for arc in range(_ARCS):
        turn = (2 * arc + 1) * step
        place = complex(middle + wide * math.cos(turn), high * math.sin(turn))
        yield Disc(place, wide * step * (1 + 1e-9))


def _cells(middle: float, wide: float, high: float) -> Iterator[Disc]:
    """Discs that cover the upper half of the ellipse and what it surrounds."""
    side = 2 * wide / _COLUMNS
    rows = max(1, math.ceil(high / side))
    tall = high / rows
    radius = math.hypot(side, tall) / 2 * (1 + 1e-9)
    for row in range(rows):
        for column in range(_COLUMNS):
            place = complex(-wide + (column + 0.5) * side, (row + 0.5) * tall)
            near = complex(max(0.0, abs(place.real) - side / 2), row * tall)
            if (near.real / wide) ** 2 + (near.imag / high) ** 2 <= 1 + 1e-9:
                yield Disc(middle + place, radius)


def _as_disc(value: Interval) -> Disc:
    low, high = numbers.ends(value)
    centre = float((low + high) / 2)
    return Disc(complex(centre), float(high - low) + abs(centre) * 1e-15)
