"""What the assumptions say about given variables: who is independent, who shares whose law."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, TypeVar

import sympy as sp

from symvar.claims.assumption import Assumption
from symvar.claims.facts import Facts
from symvar.claims.laws import Law
from symvar.claims.random import Element, RandomFamily, RandomMember, RandomVariable
from symvar.claims.randomness import (
    Continuous,
    HasLaw,
    IdenticallyDistributed,
    Independent,
    NoAtomAtZero,
    OfGroups,
    Symmetric,
    Uncorrelated,
    ZeroMean,
)

Kind = TypeVar("Kind", bound=OfGroups)
Differ = Callable[[tuple[Any, ...], tuple[Any, ...]], bool]


@dataclass(frozen=True)
class Known:
    """The assumptions, asked by variable.

    Args:
        assumptions: all that are given.
        laws: the law of a variable or of a family's members.
    """

    assumptions: tuple[Assumption, ...]
    laws: dict[Element, Law]
    used: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, facts: Facts) -> Known:
        """From the facts, the symbols that an equation gives substituted into the laws."""
        laws: dict[Element, Law] = {}
        for fact in facts.assumptions:
            if isinstance(fact, HasLaw):
                law = fact.law.with_parameters(lambda value: value.subs(facts.known))
                laws[fact.variable] = law
        return cls(facts.assumptions, laws)

    @property
    def consistent(self) -> list[Any]:
        """What the laws' parameters must meet, by their own definition and by the other facts."""
        wanted: list[Any] = []
        for element, law in self.laws.items():
            wanted += law.conditions
            x = sp.Dummy("x", real=True)
            facts = ((self.zero_mean, x), (self.symmetric, x), (self.symmetric, x**3))
            values = (law.expectation(odd, x) for holds, odd in facts if holds(element))
            wanted += [sp.Eq(value, 0) for value in values if value is not None]
            others = (self.laws[each] for each in self.alike(element) if each in self.laws)
            wanted += [sp.false for other in others if other != law]
        given = [fact for fact in self.assumptions if isinstance(fact, HasLaw)]
        pairs = combinations(given, 2)
        return wanted + [sp.false for a, b in pairs if a.variable == b.variable and a != b]

    def _all(self, kind: type[Kind]) -> Iterable[Kind]:
        return (fact for fact in self.assumptions if isinstance(fact, kind))

    def _says(self, kind: type[OfGroups], element: Element) -> bool:
        for fact in self._all(kind):
            if any(belongs(element, item) for group in fact.groups for item in group):
                self.used.add(fact.words)
                return True
        return False

    def zero_mean(self, element: Element) -> bool:
        """Whether its mean is given as zero."""
        return any(self._says(kind, each) for each in self.alike(element) for kind in (ZeroMean,))

    def symmetric(self, element: Element) -> bool:
        """Whether its law is given as symmetric about zero."""
        if any(self._says(Symmetric, each) for each in self.alike(element)):
            return True
        law = self.law(element)
        return law is not None and law.symmetric

    def no_atom(self, element: Element) -> bool:
        """Whether it is zero with probability zero."""
        if any(self._says(NoAtomAtZero, each) for each in self.alike(element)):
            return True
        return self.continuous(element)

    def continuous(self, element: Element) -> bool:
        """Whether it takes each single value with probability zero."""
        if any(self._says(Continuous, each) for each in self.alike(element)):
            return True
        law = self.law(element)
        return law is not None and law.atomless

    def iid(self, family: RandomFamily) -> bool:
        """Whether the members of a family are independent and share a law."""
        return self.independent_members(family) and family in self.alike(family[1])[1:]

    def independent_members(self, family: RandomFamily) -> bool:
        """Whether the members of a family are mutually independent."""
        for fact in self._all(Independent):
            if fact.within and family in fact.groups[0]:
                self.used.add(fact.words)
                return True
        return False

    def law(self, element: Element) -> Law | None:
        """Its law, where one is given to it or to one that shares its law."""
        for each in self.alike(element):
            for named, law in self.laws.items():
                if belongs(each, named):
                    self.used.add(f"{named} is {law.words}")
                    return law
        return None

    def alike(self, element: Element) -> list[Element]:
        """The element, and variables and families that share its law."""
        found: list[Element] = [element]
        for each in found:
            for items in self._sharing():
                if any(belongs(each, item) for item in items):
                    found += [item for item in items if item not in found]
            for named in self.laws:
                if named != each and belongs(each, named) and named not in found:
                    found.append(named)
        return found

    def representative(self, element: Element) -> Element:
        """One variable for all that share its law; the element itself where none do."""
        others = self.alike(element)
        if others == [element]:
            return element
        order = (RandomVariable, RandomFamily, RandomMember)
        first = min(others, key=lambda each: (order.index(type(each)), str(each)))
        if isinstance(first, RandomFamily):
            arity = len(element.indices) if isinstance(element, RandomMember) else 1
            first = first[(1,) * arity]
        if first != element:
            self.used.add(f"{_origin(element)} and {_origin(first)}: one law")
        return first

    def _sharing(self) -> Iterable[list[Element]]:
        for fact in self._all(IdenticallyDistributed):
            for items in zip(*fact.groups, strict=False):
                yield list(items)

    def tuples(self) -> Iterable[IdenticallyDistributed]:
        """The facts that tuples share a joint law."""
        for fact in self._all(IdenticallyDistributed):
            if any(len(group) > 1 for group in fact.groups):
                yield fact

    def separated(
        self, factors: list[tuple[sp.Expr, frozenset[Element]]], differ: Differ
    ) -> list[list[tuple[sp.Expr, frozenset[Element]]]]:
        """The factors in groups that are independent of each other."""
        if len(factors) < 2:
            return [factors]
        for fact in self._all(Independent):
            groups = _blocks(fact, factors, differ)
            if groups is not None and len(groups) > 1:
                self.used.add(fact.words)
                return [part for group in groups for part in self.separated(group, differ)]
        return [factors]

    def uncorrelated(self, one: Element, other: Element, differ: Differ) -> bool:
        """Whether the covariance of two is given as zero."""
        for fact in self._all(Uncorrelated):
            a, b = (_key(fact, each) for each in (one, other))
            if a is None or b is None:
                continue
            apart = differ(a[1], b[1]) if fact.within else a != b
            if apart:
                self.used.add(fact.words)
                return True
        return False


def _origin(element: Element) -> Element:
    return element.family if isinstance(element, RandomMember) else element


def belongs(element: Element, item: Element) -> bool:
    """Whether a fact about the item is one about the element."""
    if element == item:
        return True
    return isinstance(element, RandomMember) and element.family == item


def _key(fact: OfGroups, element: Element) -> Any:
    """Which block of the fact the element is in; None if it is in none."""
    for number, group in enumerate(fact.groups):
        if any(belongs(element, item) for item in group):
            if not fact.within:
                return number
            indices = element.indices if isinstance(element, RandomMember) else None
            return (number, indices)
    return None


def _blocks(
    fact: Independent, factors: list[tuple[sp.Expr, frozenset[Element]]], differ: Differ
) -> list[list[tuple[sp.Expr, frozenset[Element]]]] | None:
    parts: list[tuple[set[Any], list[tuple[sp.Expr, frozenset[Element]]]]] = []
    for factor in factors:
        keys = {_key(fact, element) for element in factor[1]}
        if None in keys or (fact.within and any(key[1] is None for key in keys)):
            return None
        body = [factor]
        for part in [p for p in parts if _touch(p[0], keys, fact.within, differ)]:
            parts.remove(part)
            keys, body = keys | part[0], part[1] + body
        parts.append((keys, body))
    return [body for _, body in parts]


def _touch(one: set[Any], other: set[Any], within: bool, differ: Differ) -> bool:
    if not within:
        return bool(one & other)
    return any(not differ(a[1], b[1]) for a in one for b in other)
