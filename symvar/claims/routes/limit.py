"""Limits: sympy's value, believed only where balls near the limit point agree with it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import sympy as sp
from flint import acb, ctx

from symvar.claims.boxes import ball_over
from symvar.claims.facts import Facts, satisfies
from symvar.claims.refute import CANDIDATES, counterexample
from symvar.claims.routes.base import Route
from symvar.claims.verdict import Verdict
from symvar.errors import SymvarError
from symvar.integrals.balls import ball_of

FALSE = sp.Eq(sp.Integer(0), 1, evaluate=False)
"""Fails wherever the facts hold."""
PRECISION = 300
TOLERANCE = 1e-3
NEAR = (6, 12, 24)
"""The limit point is approached to ten to minus these, infinity to ten to these."""


class Limit(Route):
    """Relations with ``sympy.Limit`` in them: each gives way to its value, once that is checked."""

    name = "limit"
    rank = 30

    def judge(self, statement: Any, facts: Facts) -> Verdict | None:
        """The verdict on the relation with the limits' values in it."""
        from symvar.claims.check import judged

        limits = sorted(statement.atoms(sp.Limit), key=sp.default_sort_key)
        if not limits or not isinstance(statement, sp.core.relational.Relational):
            return None
        values = {}
        for limit in limits:
            value = _taken(limit)
            if value is None or value.has(sp.Limit) or not _approached(limit, value):
                return Verdict("unknown", f"no value of {limit} that balls near it confirm")
            values[limit] = value
        sides = [side.xreplace(values) for side in statement.args]
        if any(side.is_infinite for side in sides):
            verdict = _at_infinity(statement.func(*sides), facts)
        else:
            verdict = judged(statement.func(*sides, evaluate=False), facts)
        said = ", ".join(f"{limit} = {value}" for limit, value in values.items())
        return Verdict(verdict.status, f"{said}; {verdict.evidence}", verdict.counterexample)


def _taken(limit: Any) -> sp.Expr | None:
    """The value that sympy gives; None where it gives up."""
    try:
        return limit.doit()
    except NotImplementedError:
        return None


def _at_infinity(decided: Any, facts: Facts) -> Verdict:
    """The verdict on a relation with an infinite side, as sympy orders the extended line."""
    if decided == sp.true:
        return Verdict("proved", "both sides, on the extended line, as stated")
    point = counterexample(FALSE, facts) if decided == sp.false else None
    if point is None:
        return Verdict("unknown", f"on the extended line it says {decided}")
    return Verdict("refuted", "one side is infinite, which the relation excludes", point)


def _approached(limit: Any, value: sp.Expr) -> bool:
    """Whether the function comes ever closer to the value, at one choice of other symbols."""
    function, name, point, side = limit.args
    others = sorted((function.free_symbols | value.free_symbols) - {name}, key=str)
    choice = {
        each: next((c for c in CANDIDATES if satisfies(each, c)), sp.Integer(1)) for each in others
    }
    balls = {each: ball_of(number) for each, number in choice.items()}
    gaps = []
    try:
        with ctx.workprec(PRECISION):
            for where in _nearer(point.subs(choice), str(side)):
                at = ball_over(function, {**balls, name: ball_of(where)})
                gaps.append(_gap(at, value.subs(choice)))
    except SymvarError:
        return False
    falling = all(one > other for one, other in pairwise(gaps))
    return all(gap == 0 for gap in gaps) or (falling and gaps[-1] < TOLERANCE)


def _nearer(point: sp.Expr, side: str) -> Iterator[sp.Expr]:
    for power in NEAR:
        if point.is_infinite:
            yield sp.sign(point) * sp.Integer(10) ** power
        else:
            step = sp.Integer(10) ** -power
            yield point - step if side == "-" else point + step


def _gap(at: acb, target: sp.Expr) -> float:
    """The distance from the target, relative where that is large; the inverse size at infinity."""
    if not at.is_finite():
        return float("inf")
    if target.is_infinite:
        return float((1 / abs(at)).mid())
    goal = ball_of(target)
    return float((abs(at - goal) / (1 + abs(goal))).mid())
