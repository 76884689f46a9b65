"""Implications and equivalences: what follows when the one side is given."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims.facts import Facts, gathered
from symvar.claims.routes.base import Route
from symvar.claims.verdict import Verdict, weakest


class Logic(Route):
    """``Implies(a, b)``: b with a given. ``Equivalent(a, b)``: each from the other."""

    name = "logic"
    rank = 10

    def judge(self, statement: Any, facts: Facts) -> Verdict | None:
        """The verdict on an implication or an equivalence."""
        if isinstance(statement, sp.Implies):
            premise, conclusion = statement.args
            return _follows(premise, conclusion, facts)
        if isinstance(statement, sp.Equivalent):
            first, *rest = statement.args
            ways = [(first, each) for each in rest] + [(each, first) for each in rest]
            return weakest([_follows(known, asked, facts) for known, asked in ways])
        return None


def _follows(premise: Any, conclusion: Any, facts: Facts) -> Verdict:
    from symvar.claims.check import judged

    known = [sp.Eq(name, term, evaluate=False) for name, term in facts.known.items()]
    premises = premise.args if isinstance(premise, sp.And) else (premise,)
    given = gathered((*facts.assumptions, *known, *facts.conditions, *premises))
    if given.contradict:
        return Verdict("proved", f"nothing satisfies {premise}")
    verdict = judged(conclusion, given)
    return Verdict(verdict.status, f"given {premise}: {verdict.evidence}", verdict.counterexample)
