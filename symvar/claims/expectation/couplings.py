"""Stronger facts, under which a counterexample is one all the same: full independence, copies."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import sympy as sp

from symvar.claims.expectation.known import Known, belongs
from symvar.claims.facts import Facts
from symvar.claims.laws import Gaussian
from symvar.claims.moments import Moment
from symvar.claims.random import (
    Element,
    Largest,
    RandomFamily,
    RandomMember,
    RandomVariable,
    elements,
)
from symvar.claims.randomness import HasLaw, IdenticallyDistributed, Independent, Uncorrelated

Choice = dict[Any, str]


def strengthened(statement: Any, facts: Facts, known: Known) -> Iterator[tuple[Any, Facts, Choice]]:
    """The statement and facts with Gaussian variables coupled, the rest made independent.

    Only what no given fact keeps apart is coupled: two Gaussian variables become affine in one of
    them, a Gaussian family becomes one variable.
    """
    entities = _entities(statement, facts)
    yield statement, _independent(facts, entities), {}
    normal = [e for e in entities if isinstance(known.law(_one(e)), Gaussian)]
    for family in (e for e in normal if isinstance(e, RandomFamily)):
        if not _apart(facts, family, family):
            single = RandomVariable(f"{family.name}_0")
            changed = _replaced(statement, family, single)
            law = HasLaw(single, known.law(_one(family)))  # type: ignore[arg-type]
            rest = [e for e in entities if e != family] + [single]
            told = {family: f"all members equal, {law.law.words}"}
            yield changed, _independent(_with(facts, law), rest), told
    for one, other in combinations([e for e in normal if isinstance(e, RandomVariable)], 2):
        if _apart(facts, one, other):
            continue
        first, second = known.law(one), known.law(other)
        assert isinstance(first, Gaussian)
        assert isinstance(second, Gaussian)
        for sign in (1, -1):
            slope = sign * sp.sqrt(sp.cancel(second.variance / first.variance))
            copy = second.mean + slope * (one - first.mean)
            changed = statement.func(*(side.subs(other, copy) for side in statement.args))
            rest = [e for e in entities if e != other]
            if isinstance(changed, sp.core.relational.Relational):
                yield changed, _independent(facts, rest), {other: f"{copy}"}


def _one(entity: Element) -> Element:
    return entity[1] if isinstance(entity, RandomFamily) else entity


def _entities(statement: Any, facts: Facts) -> list[Element]:
    terms = (statement, *facts.conditions, *facts.known.values())
    found: dict[Element, None] = {}
    for term in terms:
        for moment in term.atoms(Moment):
            for part in moment.args:
                for each in elements(part):
                    found[each.family if isinstance(each, RandomMember) else each] = None
    return sorted(found, key=str)


def _independent(facts: Facts, entities: list[Element]) -> Facts:
    extra = [Independent(e) for e in entities if isinstance(e, RandomFamily)]
    if len(entities) > 1:
        extra.append(Independent(*entities))
    return _with(facts, *extra)


def _with(facts: Facts, *extra: Any) -> Facts:
    return Facts(facts.known, facts.conditions, (*facts.assumptions, *extra))


def _apart(facts: Facts, one: Element, other: Element) -> bool:
    """Whether a fact speaks of the two together, so that coupling them may break it."""
    for fact in facts.assumptions:
        if isinstance(fact, (Independent, Uncorrelated)):
            named = [item for group in fact.groups for item in group]
            if one == other and not fact.within:
                continue
            if all(any(belongs(item, e) or e == item for item in named) for e in (one, other)):
                return True
        if isinstance(fact, IdenticallyDistributed) and any(len(g) > 1 for g in fact.groups):
            return True
    return False


def _replaced(statement: Any, family: RandomFamily, single: RandomVariable) -> Any:
    def belongs_here(part: Any) -> bool:
        return isinstance(part, RandomMember) and part.family == family

    def settled(part: Largest) -> sp.Expr:
        return part if part.function.has(*part.variables) else part.function

    sides = (side.replace(belongs_here, lambda part: single) for side in statement.args)
    settled_sides = (side.replace(Largest, lambda *args: settled(Largest(*args))) for side in sides)
    return statement.func(*settled_sides, evaluate=False)
