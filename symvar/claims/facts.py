"""What is given: equations to substitute, and conditions a counterexample must meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from symvar.claims.assumption import Assumption
from symvar.errors import ArgumentError


@dataclass(frozen=True)
class Facts:
    """The given facts, taken apart.

    Args:
        known: what stands for each symbol that an equation gives; free of those symbols.
        conditions: the other facts, with those symbols substituted.
        assumptions: what is given and no relation can say.
    """

    known: Mapping[sp.Symbol, sp.Expr]
    conditions: tuple[Any, ...]
    assumptions: tuple[Assumption, ...] = ()

    @property
    def contradict(self) -> bool:
        """Whether no values can satisfy them."""
        return sp.false in self.conditions

    def point(self, values: Mapping[sp.Symbol, sp.Expr]) -> dict[sp.Symbol, sp.Expr] | None:
        """Values of every symbol, the substituted ones too; None where they break a fact."""
        point = {**values, **{name: term.subs(values) for name, term in self.known.items()}}
        kept = all(fact.subs(values) == sp.true for fact in self.conditions)
        return point if kept and all(satisfies(*pair) for pair in point.items()) else None


def gathered(given: Iterable[Any]) -> Facts:
    """The facts, each equation for a symbol substituted into all others.

    Raises:
        ArgumentError: for something that is neither a relation nor an assumption.
    """
    facts = tuple(given)
    assumptions = tuple(fact for fact in facts if isinstance(fact, Assumption))
    known: dict[sp.Symbol, sp.Expr] = {}
    waiting = [_fact(fact) for fact in facts if not isinstance(fact, Assumption)]
    conditions: list[Any] = []
    while waiting:
        fact = waiting.pop(0)
        defined = _definition(fact)
        if defined is None:
            conditions.append(fact)
            continue
        symbol, term = defined
        known = {name: each.subs(symbol, term) for name, each in known.items()} | {symbol: term}
        waiting = [each.subs(symbol, term) for each in (*waiting, *conditions)]
        conditions = []
    kept = tuple(fact for fact in conditions if fact != sp.true)
    return Facts(known, kept, assumptions)


def satisfies(symbol: sp.Symbol, value: sp.Expr) -> bool:
    """Whether a value has every property the symbol is declared with."""
    declared = symbol.assumptions0
    return all(getattr(value, f"is_{name}", truth) == truth for name, truth in declared.items())


def _fact(given: Any) -> Any:
    if isinstance(given, (bool, sp.logic.boolalg.Boolean)):
        return sp.sympify(given)
    raise ArgumentError(
        "given",
        need="sympy relations the symbols satisfy",
        have=repr(given),
        remedy="write sympy.Eq(symbol, value) or an inequality",
    )


def _definition(fact: Any) -> tuple[sp.Symbol, sp.Expr] | None:
    if isinstance(fact, sp.Eq):
        for symbol, term in ((fact.lhs, fact.rhs), (fact.rhs, fact.lhs)):
            if symbol.is_Symbol and not term.has(symbol):
                return symbol, term
    return None
