"""Is a stated equation true, for which symbols, and how do we know?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Literal

import sympy as sp

from symvar.errors import ArgumentError
from symvar.integrals import enclose

Status = Literal["proved", "enclosed", "refuted", "unknown"]

DIGITS = 50
POINTS = 2000
CANDIDATES = tuple(map(sp.Rational, ("1", "2", "3", "0", "4", "1/2", "5", "-1", "7", "-2", "1/3")))


@dataclass(frozen=True)
class Verdict:
    """How far a statement is known to hold.

    Args:
        status: ``"proved"``: an exact symbolic identity, for all values of its free symbols;
            ``"enclosed"``: constants in balls that agree to the digits stated; ``"refuted"``: a
            counterexample; ``"unknown"``: none of these.
        evidence: the same in words.
        counterexample: exact values of the symbols where the statement fails.
        reproduce: the call that recomputes the verdict.
    """

    status: Status
    evidence: str
    counterexample: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)
    reproduce: str = ""

    def __bool__(self) -> bool:
        raise TypeError("a verdict is not a truth value: look at .status")


def check(statement: Any, given: Iterable[Any] = ()) -> Verdict:
    """The verdict on an equation or inequality whose symbols carry their assumptions.

    Args:
        statement: a sympy relation or truth value.
        given: relations the symbols satisfy; equations for a symbol are substituted, the others
            restrict where a counterexample may lie.

    Raises:
        ArgumentError: for something that is not a relation.

    >>> from symvar.symbols import w, k
    >>> check(sp.Eq((w + k)**2, w**2 + 2*w*k + k**2)).status
    'proved'
    >>> check(sp.Eq(w * k, w + k)).counterexample
    {k: 1, w: 1}
    """
    facts = tuple(given)
    reproduce = f"check({sp.srepr(statement)}, given={[sp.srepr(each) for each in facts]})"
    if statement in (sp.true, sp.false, True, False):
        status: Status = "proved" if statement else "refuted"
        return Verdict(status, f"sympy evaluates it to {bool(statement)}", {}, reproduce)
    if not isinstance(statement, sp.core.relational.Relational):
        raise ArgumentError(
            "statement",
            need="a sympy relation such as Eq or Le",
            have=repr(statement),
            remedy="write sympy.Eq(lhs, rhs)",
        )
    known = {fact.lhs: fact.rhs for fact in facts if isinstance(fact, sp.Eq) and fact.lhs.is_Symbol}
    rest = tuple(fact.subs(known) for fact in facts if fact.lhs not in known)
    verdict = _judged(
        statement.func(statement.lhs.subs(known), statement.rhs.subs(known), evaluate=False), rest
    )
    return Verdict(verdict.status, verdict.evidence, verdict.counterexample, reproduce)


def _judged(statement: Any, facts: tuple[Any, ...]) -> Verdict:
    difference = statement.lhs - statement.rhs
    for how, simplified in _simplifications(difference):
        holds = statement.func(simplified, 0)
        if holds == sp.true:
            what = "zero" if isinstance(statement, sp.Eq) else str(simplified)
            return Verdict("proved", f"the difference of the sides is {what}, by {how}")
    if not difference.free_symbols:
        return _judged_constant(statement, difference)
    for point in _points(sorted(difference.free_symbols, key=str)):
        if all(fact.subs(point) == sp.true for fact in facts) and _fails(statement, point):
            where = ", ".join(f"{symbol} = {value}" for symbol, value in point.items())
            return Verdict("refuted", f"it fails at {where}", point)
    return Verdict("unknown", "neither simplified to a proof nor refuted at any point tried")


def _simplifications(difference: sp.Expr) -> Iterator[tuple[str, sp.Expr]]:
    yield "expansion", sp.expand(difference)
    opened = difference.doit()
    yield "opening closed forms and expansion", sp.expand(opened)
    yield "simplification", sp.simplify(opened)
    yield "factoring powers", sp.powsimp(sp.expand_power_base(opened))


def _judged_constant(statement: Any, difference: sp.Expr) -> Verdict:
    ball = enclose(difference, DIGITS).arb
    if isinstance(statement, sp.Eq):
        if ball.contains(0):
            return Verdict("enclosed", f"both sides agree to {DIGITS} digits")
        return Verdict("refuted", f"the sides differ by {ball}")
    if ball.contains(0):
        return Verdict("unknown", f"the sides agree to {DIGITS} digits, so no order can be told")
    holds = bool(statement.func(sp.Integer(1) if ball > 0 else sp.Integer(-1), 0))
    return Verdict("enclosed" if holds else "refuted", f"the sides differ by {ball}")


def _fails(statement: Any, point: Mapping[sp.Symbol, sp.Expr]) -> bool:
    lhs, rhs = (side.subs(point).doit() for side in (statement.lhs, statement.rhs))
    if not (lhs.is_number and rhs.is_number and lhs.is_finite and rhs.is_finite):
        return False
    decided = statement.func(lhs, rhs)
    if decided in (sp.true, sp.false):
        return bool(decided == sp.false)
    return _judged_constant(statement, lhs - rhs).status == "refuted"


def _points(free: list[sp.Symbol]) -> Iterator[dict[sp.Symbol, sp.Expr]]:
    allowed = [[value for value in CANDIDATES if _satisfies(symbol, value)] for symbol in free]
    grid = product(*allowed)
    for _, values in zip(range(POINTS), grid, strict=False):
        yield dict(zip(free, values, strict=True))


def _satisfies(symbol: sp.Symbol, value: sp.Expr) -> bool:
    wanted = symbol.assumptions0
    return all(getattr(value, f"is_{name}", truth) == truth for name, truth in wanted.items())
