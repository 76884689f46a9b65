"""Inequalities over boxes: the box is cut until balls decide on every piece."""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import acb, arb, fmpq

from symvar.claims.boxes import ball_over
from symvar.claims.facts import Facts
from symvar.claims.refute import certainly
from symvar.claims.routes.base import Route
from symvar.claims.verdict import Verdict
from symvar.errors import SymvarError

PIECES = 3000
"""How often a box is cut before the question stays open."""

Box = tuple[tuple[sp.Rational, sp.Rational], ...]


class Interval(Route):
    """Strict and weak inequalities of symbols that the given facts keep between two rationals."""

    name = "interval"
    rank = 60

    def judge(self, statement: Any, facts: Facts) -> Verdict | None:
        """Enclosed where the difference keeps its sign on every piece; refuted at a midpoint."""
        if not isinstance(statement, (sp.Gt, sp.Ge, sp.Lt, sp.Le)):
            return None
        free = sorted(statement.free_symbols, key=str)
        bounds = [_bounds(name, facts) for name in free]
        if not free or None in bounds:
            return None
        gap = statement.gts - statement.lts
        return _cut(gap, statement, free, tuple(filter(None, bounds)), facts)


def _cut(gap: Any, statement: Any, free: list[sp.Symbol], whole: Box, facts: Facts) -> Verdict:
    strict = isinstance(statement, (sp.Gt, sp.Lt))
    waiting, settled = [whole], 0
    while waiting:
        if settled + len(waiting) > PIECES:
            return Verdict("unknown", f"undecided on some of {PIECES} pieces of the box")
        box = waiting.pop()
        sign = _sign(gap, free, box)
        if sign is None:
            return Verdict("unknown", f"no ball for {gap} over a box")
        if sign > 0 or (sign >= 0 and not strict):
            settled += 1
            continue
        middle = {name: (low + high) / 2 for name, (low, high) in zip(free, box, strict=True)}
        point = facts.point(middle)
        if point is not None and certainly(statement, middle) is False:
            return Verdict("refuted", f"it fails at {point}", point)
        waiting += _halves(box)
    said = ", ".join(f"{name} in [{lo}, {hi}]" for name, (lo, hi) in zip(free, whole, strict=True))
    return Verdict("enclosed", f"its sides are in that order on each of {settled} pieces of {said}")


def _sign(gap: Any, free: list[sp.Symbol], box: Box) -> float | None:
    """1 above zero, 0 not below, -1 undecided; None where there is no ball."""
    try:
        ball = ball_over(gap, {name: _ball(*sides) for name, sides in zip(free, box, strict=True)})
    except SymvarError:
        return None
    if ball.imag != 0:
        return -1
    return 1 if ball.real > 0 else 0 if ball.real >= 0 else -1


def _ball(low: sp.Rational, high: sp.Rational) -> acb:
    ends = (arb(fmpq(int(end.p), int(end.q))) for end in (low, high))
    first, second = ends
    return acb(first.union(second))


def _halves(box: Box) -> list[Box]:
    widest = max(range(len(box)), key=lambda place: box[place][1] - box[place][0])
    low, high = box[widest]
    middle = (low + high) / 2
    return [(*box[:widest], part, *box[widest + 1 :]) for part in ((low, middle), (middle, high))]


def _bounds(name: sp.Symbol, facts: Facts) -> tuple[sp.Rational, sp.Rational] | None:
    """The rationals that the facts and the symbol's own assumptions keep it between."""
    lows = [sp.Integer(0)] if name.is_nonnegative else []
    highs = [sp.Integer(0)] if name.is_nonpositive else []
    for fact in facts.conditions:
        if isinstance(fact, (sp.Gt, sp.Ge, sp.Lt, sp.Le)):
            if fact.gts == name and fact.lts.is_Rational:
                lows.append(fact.lts)
            if fact.lts == name and fact.gts.is_Rational:
                highs.append(fact.gts)
    return (max(lows), min(highs)) if lows and highs else None
