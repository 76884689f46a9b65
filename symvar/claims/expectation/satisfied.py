"""Does a finite probability space satisfy an assumption? Exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations, product
from math import prod
from typing import Any

import sympy as sp

from symvar.claims.assumption import Assumption
from symvar.claims.expectation.evaluate import Space
from symvar.claims.expectation.known import belongs
from symvar.claims.laws import Discrete
from symvar.claims.random import Element, RandomMember
from symvar.claims.randomness import (
    HasLaw,
    IdenticallyDistributed,
    Independent,
    NoAtomAtZero,
    OfGroups,
    Symmetric,
    Uncorrelated,
    ZeroMean,
)


def satisfied(fact: Assumption, space: Space, names: tuple[Element, ...]) -> bool:
    """Whether the assumption holds there; no for an assumption that has no rule here."""
    if isinstance(fact, Independent):
        return _independent(space, [block for block in _blocks(fact, names) if block])
    if isinstance(fact, Uncorrelated):
        return all(_covariance(space, *pair) == 0 for pair in _pairs(fact, names))
    if isinstance(fact, IdenticallyDistributed):
        return _identical(fact, space, names)
    if isinstance(fact, HasLaw):
        return all(_has_law(space, name, fact) for name in _members(fact.variable, names))
    if isinstance(fact, (ZeroMean, Symmetric, NoAtomAtZero)):
        each = (n for group in fact.groups for item in group for n in _members(item, names))
        return all(_unary(fact, space.law(name)) for name in each)
    return False


def _members(item: Element, names: Iterable[Element]) -> list[Element]:
    return [name for name in names if belongs(name, item)]


def _blocks(fact: OfGroups, names: tuple[Element, ...]) -> Iterable[list[Element]]:
    if not fact.within:
        return [[n for item in group for n in _members(item, names)] for group in fact.groups]
    by_index: dict[Any, list[Element]] = {}
    for item in fact.groups[0]:
        for name in _members(item, names):
            if isinstance(name, RandomMember):
                by_index.setdefault(name.indices, []).append(name)
    return by_index.values()


def _independent(space: Space, blocks: list[list[Element]]) -> bool:
    joint = space.law(*(name for block in blocks for name in block))
    laws = [space.law(*block) for block in blocks]
    for keys in product(*laws):
        values = tuple(value for key in keys for value in key)
        apart = prod((law[key] for law, key in zip(laws, keys, strict=True)), start=Fraction(1))
        if joint.get(values, Fraction(0)) != apart:
            return False
    return True


def _pairs(fact: OfGroups, names: tuple[Element, ...]) -> Iterator[tuple[Element, Element]]:
    for one, other in combinations(list(_blocks(fact, names)), 2):
        yield from product(one, other)


def _covariance(space: Space, one: Element, other: Element) -> Fraction:
    law = space.law(one, other)
    both = sum((p * a * b for (a, b), p in law.items()), Fraction(0))
    first = sum((p * a for (a, _), p in law.items()), Fraction(0))
    second = sum((p * b for (_, b), p in law.items()), Fraction(0))
    return both - first * second


def _identical(fact: IdenticallyDistributed, space: Space, names: tuple[Element, ...]) -> bool:
    laws = []
    for group in fact.groups:
        by_index: dict[Any, list[Element]] = {}
        for item in group:
            for name in _members(item, names):
                index = name.indices if isinstance(name, RandomMember) else None
                by_index.setdefault(index, []).append(name)
        laws += [space.law(*tuple_) for tuple_ in by_index.values() if len(tuple_) == len(group)]
    return all(law == laws[0] for law in laws)


def _has_law(space: Space, name: Element, fact: HasLaw) -> bool:
    if not isinstance(fact.law, Discrete):
        return False
    wanted: dict[tuple[Fraction, ...], Fraction] = {}
    for value, chance in fact.law.chances:
        if not (value.is_Rational and chance.is_Rational):
            return False
        key = (_fraction(value),)
        wanted[key] = wanted.get(key, Fraction(0)) + _fraction(chance)
    return space.law(name) == {key: chance for key, chance in wanted.items() if chance}


def _fraction(value: sp.Rational) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _unary(fact: Assumption, law: dict[tuple[Fraction, ...], Fraction]) -> bool:
    if isinstance(fact, ZeroMean):
        return sum((p * v for (v,), p in law.items()), Fraction(0)) == 0
    if isinstance(fact, Symmetric):
        return all(law.get((-v,), Fraction(0)) == p for (v,), p in law.items())
    return (Fraction(0),) not in law
