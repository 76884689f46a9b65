"""Counterexamples: exact points, tried in the order of a reader's patience."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any

import sympy as sp

from symvar.claims.facts import Facts, satisfies
from symvar.errors import SymvarError
from symvar.integrals import enclose

DIGITS = 50
POINTS = 2000
CANDIDATES = tuple(map(sp.Rational, ("1", "2", "3", "0", "4", "1/2", "5", "-1", "7", "-2", "1/3")))


def counterexample(statement: Any, facts: Facts) -> dict[sp.Symbol, sp.Expr] | None:
    """A point that meets the facts and where the statement certainly fails, if one is found."""
    for values in _points(sorted(_free(statement, facts), key=str)):
        point = facts.point(values)
        if point is not None and certainly(statement, values) is False:
            return point
    return None


def certainly(statement: Any, values: Mapping[sp.Symbol, sp.Expr]) -> bool | None:
    """Whether a relation holds at exact values, told exactly or by balls; None if neither can."""
    lhs, rhs = (side.subs(values) for side in (statement.lhs, statement.rhs))
    if not all(side.is_number and side.is_finite for side in (lhs, rhs)):
        return None
    if lhs.is_Rational and rhs.is_Rational:
        return bool(statement.func(lhs, rhs))
    difference = lhs - rhs
    if difference == 0:
        return bool(statement.func(sp.Integer(0), 0))
    if isinstance(statement, (sp.Eq, sp.Ne)):
        apart = any(map(sign_of, difference.as_real_imag()))
        return isinstance(statement, sp.Ne) if apart else None
    sign = sign_of(difference)
    return None if sign is None else bool(statement.func(sp.Integer(sign), 0))


def sign_of(difference: sp.Expr) -> int | None:
    """The sign of a real constant by its ball; None where the ball holds zero or there is none."""
    try:
        ball = enclose(difference, DIGITS).arb
    except SymvarError:
        return None
    return None if ball.contains(0) else 1 if ball > 0 else -1


def _free(statement: Any, facts: Facts) -> set[sp.Symbol]:
    terms = (*facts.known.values(), *facts.conditions)
    return statement.free_symbols.union(*(term.free_symbols for term in terms))


def _points(free: list[sp.Symbol]) -> Iterator[dict[sp.Symbol, sp.Expr]]:
    allowed = [[value for value in CANDIDATES if satisfies(symbol, value)] for symbol in free]
    return (dict(zip(free, values, strict=True)) for values in islice(product(*allowed), POINTS))
