"""Is a stated equation true, for which symbols, and how do we know?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import sympy as sp

from symvar.claims.facts import Facts, gathered
from symvar.claims.prove import proof, undefined_where
from symvar.claims.refute import DIGITS, certainly, counterexample, sign_of
from symvar.claims.verdict import Status, Verdict
from symvar.errors import ArgumentError, SymvarError
from symvar.integrals import enclose


def check(statement: Any, given: Iterable[Any] = ()) -> Verdict:
    """The verdict on a relation, or an And, Or or Not of some, with assumptions on its symbols.

    Args:
        statement: a sympy relation or boolean, or a truth value.
        given: relations the symbols satisfy; equations for a symbol are substituted, the others
            restrict where a counterexample may lie.

    Raises:
        ArgumentError: for something that is no statement, or facts that are no relations.

    >>> from symvar.symbols import w, k
    >>> check(sp.Eq((w + k)**2, w**2 + 2*w*k + k**2)).status
    'proved'
    >>> check(sp.Eq(w * k, w + k)).counterexample
    {k: 1, w: 1}
    """
    facts = tuple(given)
    if not isinstance(statement, (bool, sp.logic.boolalg.Boolean)):
        raise ArgumentError(
            "statement",
            need="a sympy relation such as Eq or Le, or an And, Or or Not of some",
            have=repr(statement),
            remedy="write sympy.Eq(lhs, rhs)",
        )
    written = ", ".join(map(_written, facts))
    verdict = _judged(sp.sympify(statement), gathered(facts))
    return replace(verdict, reproduce=f"check({_written(statement)}, given=[{written}])")


def _judged(statement: Any, facts: Facts) -> Verdict:
    if facts.contradict:
        return Verdict("unknown", "the given facts cannot all hold")
    if isinstance(statement, sp.Not):
        statement = statement.args[0].negated
    if statement in (sp.true, sp.false):
        status: Status = "proved" if statement == sp.true else "refuted"
        return Verdict(status, f"sympy evaluates it to {statement}")
    if isinstance(statement, (sp.And, sp.Or)):
        return _combined(statement, [_judged(part, facts) for part in statement.args])
    if isinstance(statement, sp.core.relational.Relational):
        sides = (side.subs(facts.known) for side in (statement.lhs, statement.rhs))
        return _judged_relation(statement.func(*sides, evaluate=False), facts)
    return Verdict("unknown", f"no rule for {type(statement).__name__}")


def _combined(statement: Any, parts: list[Verdict]) -> Verdict:
    """An And is as strong as its weakest part; an Or as its strongest, and never refuted here."""
    order: tuple[Status, ...] = ("refuted", "unknown", "enclosed", "proved")
    if isinstance(statement, sp.And):
        return min(parts, key=lambda part: order.index(part.status))
    best = max(parts, key=lambda part: order.index(part.status))
    return (
        best if best.status in ("proved", "enclosed") else Verdict("unknown", "no part is proved")
    )


def _judged_relation(statement: Any, facts: Facts) -> Verdict:
    why = proof(statement)
    gaps = undefined_where(statement)
    if why is not None and not gaps:
        return Verdict("proved", why)
    point = counterexample(statement, facts)
    if point is not None:
        where = ", ".join(f"{symbol} = {value}" for symbol, value in point.items())
        return Verdict("refuted", f"it fails at {where}" if where else "its sides differ", point)
    if why is not None:
        places = ", ".join(map(str, gaps))
        return Verdict("unknown", f"{why}, but a side is undefined where one vanishes: {places}")
    if not (statement.lhs.free_symbols | statement.rhs.free_symbols):
        return _judged_constant(statement)
    return Verdict("unknown", "neither simplified to a proof nor refuted at any point tried")


def _judged_constant(statement: Any) -> Verdict:
    difference = statement.lhs - statement.rhs
    if certainly(statement, {}):
        return Verdict("enclosed", f"the sides lie in the order stated: sign {sign_of(difference)}")
    try:
        equal = isinstance(statement, sp.Eq) and enclose(difference, DIGITS).arb.contains(0)
    except SymvarError as error:
        return Verdict("unknown", f"no ball for a side: {error}")
    if equal:
        return Verdict("enclosed", f"both sides agree to {DIGITS} digits")
    return Verdict("unknown", f"the sides agree to {DIGITS} digits, so no order can be told")


def _written(statement: Any) -> str:
    """A statement as a call that makes it again, unevaluated."""
    if isinstance(statement, sp.core.relational.Relational):
        sides = ", ".join(map(sp.srepr, statement.args))
        return f"{type(statement).__name__}({sides}, evaluate=False)"
    return sp.srepr(sp.sympify(statement))
