"""Is a stated equation true, for which symbols, and how do we know?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import sympy as sp

from symvar.claims.assumption import Assumption
from symvar.claims.clock import OutOfTime, limited
from symvar.claims.facts import Facts, gathered
from symvar.claims.routes import all_routes
from symvar.claims.statement import Statement
from symvar.claims.verdict import Status, Verdict, strongest, weakest
from symvar.errors import ArgumentError

SECONDS = 60.0


def check(statement: Any, given: Iterable[Any] = (), seconds: float | None = SECONDS) -> Verdict:
    """The verdict on a relation, or an And, Or or Not of some, with assumptions on its symbols.

    Args:
        statement: a sympy relation or boolean, a truth value, or a `symvar.claims.Statement`.
        given: relations the symbols satisfy; equations for a symbol are substituted, the others
            restrict where a counterexample may lie. Assumptions such as independence, too.
        seconds: the time limit; what is not settled by then is unknown. None: no limit.

    Raises:
        ArgumentError: for something that is no statement, or facts that are no facts.

    >>> from symvar.symbols import w, k
    >>> check(sp.Eq((w + k)**2, w**2 + 2*w*k + k**2)).status
    'proved'
    >>> check(sp.Eq(w * k, w + k)).counterexample
    {k: 1, w: 1}
    """
    facts = tuple(given)
    if not isinstance(statement, (bool, sp.logic.boolalg.Boolean, Statement)):
        raise ArgumentError(
            "statement",
            need="a sympy relation such as Eq or Le, or an And, Or or Not of some",
            have=repr(statement),
            remedy="write sympy.Eq(lhs, rhs)",
        )
    written = ", ".join(map(_written, facts))
    known = gathered(facts)
    with limited(seconds) as limit:
        try:
            verdict = judged(statement, known)
        except OutOfTime as over:
            if over.limit is not limit:
                raise
            limit.open = False
            verdict = Verdict("unknown", f"not settled within {over}")
    return replace(verdict, reproduce=f"check({_written(statement)}, given=[{written}])")


def judged(statement: Any, facts: Facts) -> Verdict:
    """The verdict under facts already taken apart; what a `Statement` asks about its parts."""
    if facts.contradict:
        return Verdict("unknown", "the given facts cannot all hold")
    if isinstance(statement, Statement):
        return statement.judge(facts)
    statement = sp.sympify(statement)
    if isinstance(statement, sp.Not):
        statement = statement.args[0].negated
    if statement in (sp.true, sp.false):
        status: Status = "proved" if statement == sp.true else "refuted"
        return Verdict(status, f"sympy evaluates it to {statement}")
    if isinstance(statement, sp.And):
        return weakest(judged(part, facts) for part in statement.args)
    if isinstance(statement, sp.Or):
        return strongest(judged(part, facts) for part in statement.args)
    if isinstance(statement, sp.core.relational.Relational):
        sides = (side.subs(facts.known) for side in (statement.lhs, statement.rhs))
        statement = statement.func(*sides, evaluate=False)
    return _by_routes(statement, facts)


def _by_routes(statement: Any, facts: Facts) -> Verdict:
    tried = []
    for route in all_routes():
        verdict = route.judge(statement, facts)
        if verdict is not None and verdict.status != "unknown":
            return verdict
        if verdict is not None:
            tried.append(f"{route.name}: {verdict.evidence}")
            if route.exclusive:
                break
    return Verdict("unknown", "; ".join(tried) or f"no rule for {type(statement).__name__}")


def _written(statement: Any) -> str:
    """A statement or fact as a call that makes it again, unevaluated."""
    if isinstance(statement, (Statement, Assumption)):
        return repr(statement)
    if isinstance(statement, sp.core.relational.Relational):
        sides = ", ".join(map(sp.srepr, statement.args))
        return f"{type(statement).__name__}({sides}, evaluate=False)"
    return sp.srepr(sp.sympify(statement))
