r"""Where a function rises and falls, proven in balls: branches, and preimages on a branch.

The line is cut at the kinks of the function and at the zeros of its derivative; on what is left
the function is one expression and strictly monotone, or constant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import sympy as sp
from flint import acb, arb, ctx

from symvar.errors import ArgumentError
from symvar.integrals.balls import real_ball
from symvar.integrals.expect_balls import compiled
from symvar.integrals.expect_pieces import pieces

Function = Callable[[acb], acb]
_DEEPEST = 60
_CELLS = 512  # of the reach: where a function has come to rest far out is found by these
_OFF_CENTRE = arb("0.4871")  # a zero at a simple fraction is no end of an interval


@dataclass(frozen=True)
class Branch:
    """An interval on which the function is strictly monotone, or constant.

    Args:
        low: its lower end, a small ball.
        high: its upper end, a small ball.
        value: the function there.
        slope: its derivative there.
        bend: its second derivative there.
        rises: 1 where it rises, -1 where it falls, 0 where it is constant.
    """

    low: arb
    high: arb
    value: Function
    slope: Function
    bend: Function
    rises: int

    def at(self, point: arb) -> arb:
        """The function at a real point."""
        return self.value(acb(point)).real

    def solve(self, level: arb, low: arb, high: arb, bits: int) -> tuple[arb, arb]:
        """Exact points left and right of where the function takes the level, 2^-bits apart.

        The level is known to be taken between the two points given. Where the precision does not
        tell, they are further apart.
        """
        width = arb(2) ** -bits
        while high - low > width:
            middle = ((low + high) / 2).mid()
            gap = (self.at(middle) - level) * self.rises
            if gap.contains(0):  # the middle is the point, as far as can be told
                near = ((middle - width / 2).mid(), (middle + width / 2).mid())
                signs = [(self.at(point) - level) * self.rises for point in near]
                return near if signs[0] < 0 and signs[1] > 0 else (low, high)
            low, high = (low, middle) if gap > 0 else (middle, high)
        return low, high


def branches(f: sp.Expr, x: sp.Symbol, reach: arb, rest: arb) -> list[Branch]:
    """The branches on [-reach, reach], from left to right, of f or of a function near it.

    Where f has come to rest far out, within `rest` of its value at the end, it is taken to be
    constant: no precision tells the sign of a slope like exp(-x^3).

    Raises:
        ArgumentError: a zero of the derivative that is not simple, or not proven to be.
    """
    found = []
    for piece in pieces(f, x):
        low = -reach if piece.low.is_infinite else real_ball(piece.low)
        high = reach if piece.high.is_infinite else real_ball(piece.high)
        first = sp.diff(piece.branch, x)
        value, slope, bend = (
            _holomorphic(each, x) for each in (piece.branch, first, sp.diff(first, x))
        )
        if first == 0:
            found.append(Branch(low, high, value, slope, bend, 0))
            continue
        left_rest, right_rest = None, None
        if piece.low.is_infinite:
            left_rest = _resting(value, -reach, high.min(arb(0)), rest)
        if piece.high.is_infinite:
            right_rest = _resting(value, reach, low.max(arb(0)), rest)
        low = left_rest.high if left_rest else low
        high = right_rest.low if right_rest else high
        ends = [low, *_zeros(slope, bend, low, high, f), high]
        moving = []
        for left, right in pairwise(ends):
            sign = slope(acb((left + right) / 2)).real
            if sign.contains(0):
                raise _undecided(f, left)
            moving.append(Branch(left, right, value, slope, bend, 1 if sign > 0 else -1))
        found += [each for each in (left_rest, *moving, right_rest) if each]
    return found


def _resting(value: Function, end: arb, until: arb, rest: arb) -> Branch | None:
    """A constant branch from an end of the line inwards, as far as f stays near its value there."""
    level, reached = value(acb(end)).mid(), end
    for cell in range(1, _CELLS):
        point = (end + (until - end) * cell / _CELLS).mid()
        gap = value(acb(point.union(reached))) - level
        if not abs(gap) < rest:
            break
        reached = point
    if reached is end:
        return None
    low, high = sorted((end, reached), key=arb.mid)
    return Branch(low, high, lambda _: level, _zero, _zero, 0)


def _zero(_: acb) -> acb:
    return acb(0)


def _holomorphic(f: sp.Expr, x: sp.Symbol) -> Function:
    """The expression with a value that is not finite wherever it may not be holomorphic."""
    function = compiled(f, x)
    return lambda z: function(z, True)


def _zeros(slope: Function, bend: Function, low: arb, high: arb, f: sp.Expr) -> list[arb]:
    """The zeros of the derivative, each simple, as small balls, from left to right."""
    stack: list[tuple[arb, arb, int]] = [(low.lower(), high.upper(), 0)]
    zeros: list[arb] = []
    while stack:
        left, right, depth = stack.pop()
        whole = acb(left.union(right))
        if not slope(whole).real.contains(0):
            continue
        ends = slope(acb(left)).real, slope(acb(right)).real
        if not any(end.contains(0) for end in ends) and not bend(whole).real.contains(0):
            if (ends[0] > 0) != (ends[1] > 0):
                zeros.append(_root(slope, left, right, ends[1] > 0))
            continue
        if depth > _DEEPEST:
            raise _undecided(f, left)
        middle = (left + (right - left) * _OFF_CENTRE).mid()
        stack += [(middle, right, depth + 1), (left, middle, depth + 1)]
    return zeros


def _root(slope: Function, left: arb, right: arb, rises: bool) -> arb:
    """The zero between two points, as narrow as the precision tells."""
    whole = Branch(left, right, slope, slope, slope, 1 if rises else -1)
    low, high = whole.solve(arb(0), left, right, ctx.prec - 24)
    return low.union(high)


def _undecided(f: sp.Expr, near: arb) -> ArgumentError:
    return ArgumentError(
        "largest of a window",
        need="a function whose derivative has simple zeros",
        have=f"{f}, undecided near {float(near.mid()):.6g}",
        remedy="write the function with Piecewise, constant where it is",
    )
