"""Relations between expectations, variances, covariances and probabilities."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp

from symvar.claims.check import judged
from symvar.claims.expectation.attempt import Attempt
from symvar.claims.expectation.couplings import strengthened
from symvar.claims.expectation.indices import undecided_pair
from symvar.claims.expectation.search import Counterexample, counterexample
from symvar.claims.facts import Facts, gathered
from symvar.claims.moments import E, has_moments
from symvar.claims.random import is_random
from symvar.claims.routes.base import Route
from symvar.claims.verdict import Verdict


class Expectations(Route):
    """A normal form of moments proves; exact finite laws, or the given laws, refute."""

    name = "expectation"
    rank = 5
    exclusive = True

    def judge(self, statement: Any, facts: Facts) -> Verdict | None:
        """The verdict on a relation that contains expectations."""
        relational = isinstance(statement, sp.core.relational.Relational)
        if not (relational and has_moments(statement)):
            return None
        if any(map(is_random, statement.args)):
            return _almost_surely(statement, facts)
        attempt = Attempt(statement, facts)
        consistent = attempt.normaliser.known.consistent
        if sp.false in consistent:
            return Verdict("unknown", "the given facts about laws cannot all hold")
        if attempt.why is not None and not attempt.gaps:
            said = f"{attempt.why}, of the normal forms in moments: {attempt.rules}"
            return Verdict("proved", said)
        facts = replace(facts, conditions=(*facts.conditions, *consistent))
        if not attempt.open_moments:
            return _ordinary(attempt, facts)
        found = _refuted(attempt, facts)
        if found is not None:
            return found
        pair = undecided_pair(attempt)
        if pair is not None and attempt.why is None:
            return _by_index(statement, facts, *pair)
        if attempt.why is not None:
            gaps = ", ".join(map(str, attempt.gaps))
            return Verdict("unknown", f"{attempt.why}, but undefined where one vanishes: {gaps}")
        sides = " and ".join(map(str, attempt.normal.args))
        return Verdict("unknown", f"normal forms {sides}, and no finite law tried tells them apart")


def _almost_surely(statement: Any, facts: Facts) -> Verdict:
    """The verdict on a relation between random variables, such as conditional expectations."""
    attempt = Attempt(statement, facts)
    if attempt.why is not None and not attempt.gaps:
        said = f"{attempt.why}, almost surely, of the normal forms: {attempt.rules}"
        return Verdict("proved", said)
    if isinstance(statement, sp.Eq):
        apart = sp.Eq(E((statement.lhs - statement.rhs) ** 2), 0, evaluate=False)
        found = counterexample(apart, facts, attempt.normaliser.known)
        if found is not None:
            where = "; ".join(f"{name}: {value}" for name, value in found.point.items())
            said = f"the square of the difference has mean {found.sides[0]} for {where}"
            return Verdict("refuted", said, found.point)
    return Verdict("unknown", "a random variable stands outside of an expectation")


def _ordinary(attempt: Attempt, facts: Facts) -> Verdict:
    """The verdict where the laws determine every moment: on a relation between numbers."""
    given = [attempt.valued(fact) for fact in facts.conditions]
    known = {name: attempt.normaliser.value(term) for name, term in facts.known.items()}
    given += [sp.Eq(name, term, evaluate=False) for name, term in known.items()]
    if any(map(has_moments, given)):
        return Verdict("unknown", "a given moment is not determined by the laws")
    verdict = judged(attempt.normal, gathered(given))
    said = f"{verdict.evidence}; it says {attempt.normal}, by {attempt.rules}"
    return replace(verdict, evidence=said)


def _refuted(attempt: Attempt, facts: Facts) -> Verdict | None:
    """A counterexample by finite laws, or by the given ones with the rest made independent."""
    known = attempt.normaliser.known
    found = counterexample(attempt.statement, facts, known)
    if found is None and known.laws:
        found = counterexample(attempt.normal, _reduced(attempt, facts), known)
    if found is not None:
        return _told(found)
    if not known.laws:
        return None
    for statement, stronger, choice in strengthened(attempt.statement, facts, known):
        trial = Attempt(statement, stronger)
        if trial.why is not None:
            continue
        if not trial.open_moments:
            verdict = _ordinary(trial, stronger)
        else:
            reduced = _reduced(trial, stronger)
            point = counterexample(trial.normal, reduced, trial.normaliser.known)
            verdict = _told(point) if point is not None else Verdict("unknown", "")
        if verdict.status == "refuted":
            told = "; ".join(f"{name}: {value}" for name, value in choice.items())
            point_ = {**verdict.counterexample, **choice}
            said = f"{verdict.evidence}; with {told or 'all variables independent'}"
            return Verdict("refuted", said, point_)
    return None


def _reduced(attempt: Attempt, facts: Facts) -> Facts:
    conditions = tuple(map(attempt.valued, facts.conditions))
    known = {name: attempt.normaliser.value(term) for name, term in facts.known.items()}
    return Facts(known, conditions, facts.assumptions)


def _by_index(statement: Any, facts: Facts, one: sp.Expr, other: sp.Symbol) -> Verdict:
    """Both cases: two free indices equal, and different."""
    equal = statement.func(*(side.subs(other, one) for side in statement.args), evaluate=False)
    deltas = {sp.KroneckerDelta(one, other): sp.Integer(0)}
    apart = statement.func(*(side.xreplace(deltas) for side in statement.args), evaluate=False)
    known = [sp.Eq(name, term, evaluate=False) for name, term in facts.known.items()]
    given = (*facts.conditions, *facts.assumptions, *known)
    cases = [sp.Eq(other, one, evaluate=False), sp.Ne(other, one, evaluate=False)]
    verdicts = []
    for case, said in zip(cases, (equal, apart), strict=True):
        together = gathered((*given, case))
        verdicts.append(judged(said, together))
    if all(verdict.status == "proved" for verdict in verdicts):
        said = "; ".join(f"{c.lhs} {s} {c.rhs}" for c, s in zip(cases, ("=", "!="), strict=True))
        return Verdict("proved", f"in each case ({said}): {verdicts[1].evidence}")
    refuted = [verdict for verdict in verdicts if verdict.status == "refuted"]
    return refuted[0] if refuted else Verdict("unknown", f"not for {one} and {other} both ways")


def _told(found: Counterexample) -> Verdict:
    where = "; ".join(f"{name}: {value}" for name, value in found.point.items())
    left, right = found.sides
    return Verdict("refuted", f"the sides are {left} and {right} for {where}", found.point)
