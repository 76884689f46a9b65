"""Relations with kinks: proved apart where each kink's argument is positive, zero and negative."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from symvar.claims.facts import Facts, satisfies
from symvar.claims.prove import proof, undefined_where
from symvar.claims.routes.base import Route
from symvar.claims.verdict import Verdict

KINKS = (sp.Abs, sp.sign, sp.Heaviside)
DEPTH = 5
"""How many kinks one relation may have."""


class Cases(Route):
    r"""Proves what holds on each side of every kink, and on it.

    A kink is where the argument $e$ of a Max, Min, Abs, sign, Heaviside or the condition of a
    Piecewise vanishes. Where $e$ is linear in a real symbol with a constant coefficient, that
    symbol is replaced by what makes $e = u$, $e = 0$ and $e = -u$ with $u > 0$: these are all
    real values. Cases that the facts or the symbol's assumptions exclude are left out.
    """

    name = "cases"
    rank = 40

    def judge(self, statement: Any, facts: Facts) -> Verdict | None:
        """``"proved"`` if every case is; None otherwise, so that other routes are asked."""
        if not isinstance(statement, sp.core.relational.Relational):
            return None
        if not all(isinstance(side, sp.Expr) for side in statement.args):
            return None
        if facts.assumptions or _kink(statement) is None:
            return None
        said = _proved(statement, (*facts.conditions, *_definitions(facts)), DEPTH)
        return Verdict("proved", f"in each case: {', '.join(said)}") if said else None


def _definitions(facts: Facts) -> Iterator[Any]:
    for name, term in facts.known.items():
        yield sp.Eq(name, term, evaluate=False)


def _proved(statement: Any, conditions: tuple[Any, ...], depth: int) -> list[str]:
    """The cases, each proved; none if one of them is not."""
    kink = _kink(statement)
    if kink is None:
        exact = not undefined_where(statement) and proof(statement) is not None
        return ["one with no kink left"] if exact else []
    if depth == 0:
        return []
    expression, symbols = kink
    found: list[str] = []
    for sign, symbol, value in _values(expression, symbols):
        if not _allowed(symbol, value):
            continue
        kept = tuple(condition.subs(symbol, value) for condition in conditions)
        if sp.false in kept:
            continue
        sides = (side.subs(symbol, value) for side in statement.args)
        case = statement.func(*map(_settled, sides), evaluate=False)
        if case.has(sp.nan, sp.zoo, sp.oo) or not _proved(case, kept, depth - 1):
            return []
        found.append(f"{expression} {sign} 0")
    return found


def _settled(side: sp.Expr) -> sp.Expr:
    """Maxima and minima of two whose order is known by the signs of their symbols."""

    def chosen(*pair: sp.Expr) -> sp.Expr | None:
        if len(pair) != 2:
            return None
        apart = sp.factor(pair[0] - pair[1])
        return pair[0] if apart.is_nonnegative else pair[1] if apart.is_nonpositive else None

    def greatest(*pair: sp.Expr) -> sp.Expr:
        found = chosen(*pair)
        return sp.Max(*pair) if found is None else found

    def least(*pair: sp.Expr) -> sp.Expr:
        found = chosen(*(-each for each in pair))
        return sp.Min(*pair) if found is None else -found

    return side.replace(sp.Max, greatest).replace(sp.Min, least)


def _values(
    expression: sp.Expr, symbols: list[sp.Symbol]
) -> Iterator[tuple[str, sp.Symbol, sp.Expr]]:
    """The three cases, each by the symbol whose assumptions survive the replacement if one does."""
    step = sp.Dummy("u", positive=True)
    for sign, level in ((">", step), ("=", sp.Integer(0)), ("<", -step)):
        ways = [(each, _solved(expression, each, level)) for each in symbols]
        yield sign, *next((way for way in ways if satisfies(*way)), ways[0])


def _solved(expression: sp.Expr, symbol: sp.Symbol, level: sp.Expr) -> sp.Expr:
    slope = expression.coeff(symbol)
    return sp.expand((level - expression + slope * symbol) / slope)


def _allowed(symbol: sp.Symbol, value: sp.Expr) -> bool:
    """Whether the symbol's assumptions leave the value possible."""
    order = {name: symbol.assumptions0.get(name) for name in ("positive", "negative", "zero")}
    have = {name: getattr(value, f"is_{name}") for name in order}
    return not any(have[name] and order[name] is False for name in order)


def _kink(statement: Any) -> tuple[sp.Expr, list[sp.Symbol]] | None:
    """The argument of a kink that can be split, and the symbols it is linear in."""
    parts = (part for side in statement.args for part in sp.postorder_traversal(side))
    for part in parts:
        for expression in _arguments(part):
            real = (each for each in sorted(expression.free_symbols, key=str) if each.is_real)
            if symbols := [each for each in real if _linear(expression, each)]:
                return expression, symbols
    return None


def _arguments(part: Any) -> Iterator[sp.Expr]:
    if isinstance(part, (sp.Max, sp.Min)):
        first, *others = part.args
        for other in others:
            yield sp.expand(first - other)
    elif isinstance(part, KINKS):
        yield sp.expand(part.args[0])
    elif isinstance(part, sp.Piecewise):
        for _, condition in part.args:
            for each in condition.atoms(sp.core.relational.Relational):
                yield sp.expand(each.lhs - each.rhs)


def _linear(expression: sp.Expr, symbol: sp.Symbol) -> bool:
    slope = expression.coeff(symbol)
    rest = sp.expand(expression - slope * symbol)
    return bool(slope.is_Rational and slope != 0 and not rest.has(symbol))
