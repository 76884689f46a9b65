"""The expectation of one product whose factors nothing separates: by law, symmetry, or as it is."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims.expectation.kinks import Positive, Zero, closed
from symvar.claims.expectation.known import Differ, Known, belongs
from symvar.claims.moments import E
from symvar.claims.random import Element, RandomFamily, RandomMember

Group = list[tuple[sp.Expr, frozenset[Element]]]


def group_moment(group: Group, known: Known, differ: Differ) -> sp.Expr:
    """E of the product of the factors, as far as the facts determine it."""
    body = sp.Mul(*(factor for factor, _ in group))
    found = frozenset().union(*(names for _, names in group))
    for element in found:
        if body.has(Zero(element)) and known.no_atom(element):
            return sp.Integer(0)
    if len(found) == 1:
        (element,) = found
        return _single(body, element, known)
    return _joint(body, found, known, differ)


def _single(body: sp.Expr, element: Element, known: Known) -> sp.Expr:
    law = None if isinstance(element, RandomFamily) else known.law(element)
    if law is not None:
        argument = sp.Dummy("x", real=True)
        value = law.expectation(closed(body.subs(element, argument)), argument)
        if value is not None and not value.has(argument):
            return value
    if body == element and known.zero_mean(element):
        return sp.Integer(0)
    if not isinstance(element, RandomFamily) and known.symmetric(element):
        even = _symmetrised(body, element, known)
        if even is not None:
            return even.replace(
                lambda part: isinstance(part, E),
                lambda part: _renamed(part.of[0], element, known),
            )
    return _renamed(body, element, known)


def _renamed(body: sp.Expr, element: Element, known: Known) -> sp.Expr:
    if not isinstance(element, RandomFamily):
        body = body.subs(element, known.representative(element))
    return E(body)


def _symmetrised(body: sp.Expr, element: Element, known: Known) -> sp.Expr | None:
    """E of a function of a symmetric variable by its even part; None where that says nothing."""
    powers = body.as_powers_dict()
    rest = sp.Mul(*(b**e for b, e in powers.items() if b not in (element, Positive(element))))
    power = powers.get(element, sp.Integer(0))
    if rest == 1 and power.is_Integer and power >= 0:
        if Positive(element) in powers:
            if power == 0:
                atom = sp.Integer(0) if known.no_atom(element) else E(Zero(element))
                return (1 - atom) / 2
            return E(element**power) / 2 if power % 2 == 0 else None
        return sp.Integer(0) if power % 2 else None
    if body.has(Positive, Zero) or body.atoms(sp.core.function.AppliedUndef):
        return None
    flipped = body.subs(element, -element)
    return sp.Integer(0) if sp.simplify(flipped + body) == 0 else None


def _joint(body: sp.Expr, found: frozenset[Element], known: Known, differ: Differ) -> sp.Expr:
    if len(found) == 2 and body == sp.Mul(*found):
        one, other = found
        if known.uncorrelated(one, other, differ):
            return _single(one, one, known) * _single(other, other, known)
    for fact in known.tuples():
        names = _tuple_names(fact, found)
        if names is not None:
            return E(body.subs(names, simultaneous=True))
    return E(body)


def _tuple_names(fact: Any, found: frozenset[Element]) -> dict[Element, Element] | None:
    """Each element under the name of the tuple's first group, where all share one index."""
    first = fact.groups[0]
    for group in fact.groups:
        names: dict[Element, Element] = {}
        indices = set()
        for element in found:
            for item, canonical in zip(group, first, strict=False):
                if belongs(element, item):
                    names[element] = canonical
                    indices.add(element.indices if isinstance(element, RandomMember) else None)
        if len(names) == len(found) and len(indices) == 1:
            (index,) = indices
            arity = 1 if index is None else len(index)
            return {
                element: name[(1,) * arity] if isinstance(name, RandomFamily) else name
                for element, name in names.items()
            }
    return None
