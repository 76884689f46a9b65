"""Variables that are symmetric and independent of the rest may change their signs at will."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims.expectation.known import Differ, Known
from symvar.claims.random import Element, RandomFamily, RandomMember, elements

Turn = tuple[Element, ...]


def turns(found: frozenset[Element], known: Known, differ: Differ) -> list[Turn]:
    """Sets of variables whose signs may be turned together without changing the joint law."""
    able = [each for each in sorted(found, key=str) if _turns(each, known)]
    if not able:
        return []
    marks = [(sp.Integer(1), frozenset((each,))) for each in sorted(found, key=str)]
    groups = known.separated(marks, differ)
    alone = {next(iter(group[0][1])) for group in groups if len(group) == 1}
    free = [each for each in able if each in alone]
    return [(each,) for each in free] + ([tuple(free)] if len(free) > 1 else [])


def _turns(element: Element, known: Known) -> bool:
    if isinstance(element, RandomFamily):
        return known.symmetric(element[1]) and known.independent_members(element)
    return known.symmetric(element)


def turned(body: sp.Expr, turn: Turn) -> sp.Expr:
    """The expression with the signs of those variables turned."""

    def hit(part: Any) -> bool:
        if isinstance(part, RandomMember) and part.family in turn:
            return True
        return part in turn and not isinstance(part, RandomFamily)

    return body.replace(hit, lambda part: -part)


def mirrored(body: sp.Expr, found: frozenset[Element], known: Known, differ: Differ) -> Any:
    """What symmetry makes of E[body]: ``(factor, body)``, or None where it changes nothing."""
    body = flattened(body)
    for turn in turns(found, known, differ):
        flipped = flattened(turned(body, turn))
        if _same(flipped, -body):
            return sp.Integer(0), body
        halves = _halved(body, turn)
        if halves is not None:
            return halves
        if sp.default_sort_key(flipped) < sp.default_sort_key(body):
            return sp.Integer(1), flipped
    return None


def flattened(expr: sp.Expr) -> sp.Expr:
    """The expression with numbers taken out of sums, and sums of sums split."""

    def split(total: sp.Expr) -> sp.Expr:
        pieces = (term.as_coeff_Mul() for term in sp.Add.make_args(sp.expand(total.function)))
        return sp.Add(*(number * sp.Sum(rest, *total.limits) for number, rest in pieces))

    return expr.replace(lambda part: isinstance(part, sp.Sum), split)


def _halved(body: sp.Expr, turn: Turn) -> tuple[sp.Expr, sp.Expr] | None:
    """Half of an even power, where a kinked function of something odd has that power."""
    powers = body.as_powers_dict()
    for base, power in powers.items():
        slopes = _slopes(base)
        if slopes is None or not power.is_Integer or not power.is_positive:
            continue
        inner, degree, above, below = slopes
        rest = sp.Mul(*(other**p for other, p in powers.items() if other != base))
        even = (degree * power) % 2 == 0
        if even and _same(turned(inner, turn), -inner) and _same(turned(rest, turn), rest):
            return (above**power + below**power) / 2, inner ** (degree * power) * rest
    return None


def _slopes(base: sp.Expr) -> tuple[sp.Expr, int, sp.Expr, sp.Expr] | None:
    """What a function with a kink at zero is of, its degree there, its factors on both sides."""
    if isinstance(base, sp.Max) and len(base.args) == 2 and 0 in base.args:
        (inner,) = (each for each in base.args if each != 0)
        return inner, 1, sp.Integer(1), sp.Integer(0)
    if isinstance(base, sp.Abs):
        return base.args[0], 1, sp.Integer(1), sp.Integer(-1)
    if not isinstance(base, sp.Piecewise) or len(base.args) != 2:
        return None
    (above, condition), (below, otherwise) = base.args
    upward = isinstance(condition, (sp.Gt, sp.Ge)) and condition.rhs == 0
    if not upward or otherwise != sp.true:
        return None
    for degree in range(1, 5):
        power = condition.lhs**degree
        factors = sp.cancel(above / power), sp.cancel(below / power)
        if not any(True for factor in factors for _ in elements(factor)):
            return condition.lhs, degree, *factors
    return None


def _same(one: sp.Expr, other: sp.Expr) -> bool:
    return sp.expand(flattened(one - other)) == 0
