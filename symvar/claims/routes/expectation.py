"""Relations between expectations, variances, covariances and probabilities."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp

from symvar.claims.check import judged
from symvar.claims.expectation.normal import Normaliser
from symvar.claims.expectation.search import Counterexample, counterexample
from symvar.claims.facts import Facts, gathered
from symvar.claims.moments import E, Moment, has_moments
from symvar.claims.prove import proof, undefined_where
from symvar.claims.random import is_random
from symvar.claims.routes.base import Route
from symvar.claims.verdict import Verdict


class Expectations(Route):
    """A normal form of moments proves; exact finite laws refute."""

    name = "expectation"
    rank = 5
    exclusive = True

    def judge(self, statement: Any, facts: Facts) -> Verdict | None:
        """The verdict on a relation that contains expectations."""
        relational = isinstance(statement, sp.core.relational.Relational)
        if not (relational and has_moments(statement)):
            return None
        if any(map(is_random, statement.args)):
            return Verdict("unknown", "a random variable stands outside of an expectation")
        normaliser = Normaliser(facts)
        consistent = normaliser.known.consistent
        if sp.false in consistent:
            return Verdict("unknown", "the given facts about laws cannot all hold")
        sides = [normaliser.value(side) for side in statement.args]
        normal = statement.func(*sides, evaluate=False)
        names = {each: _dummy(each) for each in normal.atoms(E)}
        plain = statement.func(*(side.xreplace(names) for side in sides), evaluate=False)
        why = proof(plain)
        gaps = undefined_where(plain)
        rules = "; ".join(sorted(normaliser.known.used))
        if why is not None and not gaps:
            return Verdict("proved", f"{why}, of the normal forms in moments: {rules}")
        facts = replace(facts, conditions=(*facts.conditions, *consistent))
        if not names:
            return _ordinary(normal, facts, normaliser)
        found = counterexample(statement, facts, normaliser.known)
        if found is None and normaliser.known.laws:
            conditions = tuple(_valued(fact, normaliser) for fact in facts.conditions)
            known = {name: normaliser.value(term) for name, term in facts.known.items()}
            reduced = Facts(known, conditions, facts.assumptions)
            found = counterexample(normal, reduced, normaliser.known)
        if found is not None:
            return _refuted(found)
        return Verdict("unknown", f"normal forms: {sides[0]} and {sides[1]}")


def _dummy(moment: Moment) -> sp.Dummy:
    return sp.Dummy(str(moment), real=True, nonnegative=moment.is_nonnegative or None)


def _ordinary(normal: Any, facts: Facts, normaliser: Normaliser) -> Verdict:
    """The verdict where the laws determine every moment: on a relation between numbers."""
    given = [_valued(fact, normaliser) for fact in facts.conditions]
    given += [
        sp.Eq(name, normaliser.value(term), evaluate=False) for name, term in facts.known.items()
    ]
    if any(map(has_moments, given)):
        return Verdict("unknown", "a given moment is not determined by the laws")
    verdict = judged(normal, gathered(given))
    rules = "; ".join(sorted(normaliser.known.used))
    return replace(verdict, evidence=f"{verdict.evidence}; it says {normal}, by {rules}")


def _valued(fact: Any, normaliser: Normaliser) -> Any:
    return fact.func(*map(normaliser.value, fact.args)) if has_moments(fact) else fact


def _refuted(found: Counterexample) -> Verdict:
    where = "; ".join(f"{name}: {value}" for name, value in found.point.items())
    left, right = found.sides
    return Verdict("refuted", f"the sides are {left} and {right} for {where}", found.point)
