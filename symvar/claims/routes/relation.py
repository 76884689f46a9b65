"""Equalities and inequalities of expressions: simplified exactly, refuted by points, enclosed."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims.facts import Facts
from symvar.claims.prove import proof, undefined_where
from symvar.claims.refute import DIGITS, certainly, counterexample, sign_of
from symvar.claims.routes.base import Route
from symvar.claims.verdict import Verdict
from symvar.errors import SymvarError
from symvar.integrals import enclose


class Relation(Route):
    """Simplification, then a search for a counterexample, then balls where no symbol is left."""

    name = "relation"
    rank = 50

    def judge(self, statement: Any, facts: Facts) -> Verdict | None:
        """The verdict on a relation between two expressions."""
        if not isinstance(statement, sp.core.relational.Relational):
            return None
        if any(
            isinstance(side, sp.MatrixExpr) or not isinstance(side, sp.Expr)
            for side in statement.args
        ):
            return None
        why = proof(statement)
        gaps = [each for each in undefined_where(statement) if not _excluded(each, facts)]
        if why is not None and not gaps:
            return Verdict("proved", why)
        point = counterexample(statement, facts)
        if point is not None:
            where = ", ".join(f"{symbol} = {value}" for symbol, value in point.items())
            return Verdict(
                "refuted", f"it fails at {where}" if where else "its sides differ", point
            )
        if why is not None:
            places = ", ".join(map(str, gaps))
            why = f"{why}, but a side is undefined where one vanishes: {places}"
            return Verdict("unknown", why)
        if not (statement.lhs.free_symbols | statement.rhs.free_symbols):
            return _constant(statement)
        return Verdict("unknown", "neither simplified to a proof nor refuted at any point tried")


def _excluded(gap: sp.Expr, facts: Facts) -> bool:
    """Whether it is given that the expression does not vanish."""
    apart = (fact for fact in facts.conditions if isinstance(fact, (sp.Ne, sp.Gt, sp.Lt)))
    differences = (sp.expand(fact.lhs - fact.rhs) for fact in apart)
    return any(sp.expand(gap) in (each, -each) for each in differences)


def _constant(statement: Any) -> Verdict:
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
