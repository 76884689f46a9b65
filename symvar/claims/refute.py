"""Counterexamples: exact points, tried in the order of a reader's patience."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from random import Random
from typing import Any

import sympy as sp

from symvar.claims.facts import Facts, satisfies
from symvar.errors import SymvarError
from symvar.integrals import enclose

DIGITS = 50
POINTS = 1200
DRAWS = 150
CANDIDATES = tuple(
    map(
        sp.Rational,
        ("1", "2", "3", "0", "1/2", "-1", "4", "-2", "5", "1/3", "7", "-1/2", "3/5", "4/5"),
    )
)
"""From the simplest on: a point is tried earlier and shrinks to one of earlier candidates."""
EXTREMES = (
    *map(sp.Rational, ("10", "1000000", "-1000000", "1/1000000", "-1/1000000")),
    *(sp.I, -sp.I, 4 * sp.I),
)
"""Large, small, and, where a symbol may be complex, off the real line and off a branch."""
SEED = 20201108


def counterexample(statement: Any, facts: Facts) -> dict[sp.Symbol, sp.Expr] | None:
    """A point that meets the facts and where the statement certainly fails, if one is found.

    Structured points first, simple ones before others, then extremes, then random rationals;
    what is found is shrunk, coordinate by coordinate, to the simplest candidates that still fail.
    """
    free = sorted(_free(statement, facts), key=str)

    def failing(values: Mapping[sp.Symbol, sp.Expr]) -> dict[sp.Symbol, sp.Expr] | None:
        point = facts.point(values)
        return point if point is not None and certainly(statement, values) is False else None

    for values in _points(free):
        if failing(values) is not None:
            return failing(_shrunk(values, failing))
    return None


def _shrunk(
    values: dict[sp.Symbol, sp.Expr],
    failing: Callable[[Mapping[sp.Symbol, sp.Expr]], object | None],
) -> dict[sp.Symbol, sp.Expr]:
    """The point with each coordinate the first candidate that still fails."""
    for name, value in values.items():
        for simpler in _allowed(name, CANDIDATES):
            if simpler == value:
                break
            if failing({**values, name: simpler}) is not None:
                return _shrunk({**values, name: simpler}, failing)
    return values


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
    """Points in a fixed order, simple ones first; one empty point where nothing is free."""
    simple = [_allowed(name, CANDIDATES) for name in free]
    if not all(simple):
        return
    for values in islice(_diagonally(simple), POINTS):
        yield dict(zip(free, values, strict=True))
    for extreme in EXTREMES:
        for name in free:
            if satisfies(name, extreme):
                yield {
                    **{other: options[0] for other, options in zip(free, simple, strict=True)},
                    name: extreme,
                }
    yield from _drawn(free)


def _allowed(name: sp.Symbol, values: Iterable[sp.Rational]) -> list[sp.Rational]:
    return [value for value in values if satisfies(name, value)]


def _diagonally(options: list[list[sp.Rational]]) -> Iterator[tuple[sp.Rational, ...]]:
    """Every choice of one from each, those with small indices in total first."""
    if not options:
        yield ()
        return
    for total in range(sum(len(each) - 1 for each in options) + 1):
        for places in _places(total, [len(each) for each in options]):
            yield tuple(each[place] for each, place in zip(options, places, strict=True))


def _places(total: int, lengths: list[int]) -> Iterator[tuple[int, ...]]:
    """Every tuple of indices below the lengths that sums to the total."""
    first, rest = lengths[0], lengths[1:]
    if not rest:
        if total < first:
            yield (total,)
        return
    for place in range(min(total, first - 1), -1, -1):
        for others in _places(total - place, rest):
            yield (place, *others)


def _drawn(free: list[sp.Symbol]) -> Iterator[dict[sp.Symbol, sp.Expr]]:
    """Random points: integers where they must be, rationals with small denominators elsewhere."""
    source = Random(SEED)
    for _ in range(DRAWS if free else 0):
        values = {}
        for name in free:
            bottom = 1 if name.is_integer else source.randint(1, 12)
            value = sp.Rational(source.randint(-60, 60), bottom)
            values[name] = abs(value) if name.is_nonnegative else value
        if all(satisfies(*pair) for pair in values.items()):
            yield values
