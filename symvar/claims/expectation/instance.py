"""A statement about moments with its sizes, its symbols and its opaque functions put in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef, UndefinedFunction

from symvar.claims.assumption import Assumption
from symvar.claims.expectation.evaluate import Space
from symvar.claims.facts import Facts, satisfies
from symvar.claims.moments import Moment
from symvar.claims.random import Element, Largest, RandomMember, elements
from symvar.claims.randomness import HasLaw
from symvar.claims.refute import certainly

OPAQUE = ("identity", "max(0, .)", "square", "constant 1", "step", "cube", "half", "constant -1")
MOST_TERMS = 200
WRITTEN_OUT: dict[type, Any] = {sp.Sum: sp.Add, sp.Product: sp.Mul, Largest: sp.Max}


@dataclass(frozen=True)
class Instance:
    """A statement where only random variables are left.

    Args:
        statement: the relation.
        conditions: the given relations.
        assumptions: the given assumptions, their symbols put in.
        known: what the symbols that an equation gives stand for.
        numbers: the value of every symbol.
        words: what was put in, to be told.
    """

    statement: Any
    conditions: tuple[Any, ...]
    assumptions: tuple[Assumption, ...]
    known: Mapping[sp.Symbol, sp.Expr]
    numbers: Mapping[sp.Symbol, sp.Expr]
    words: Mapping[Any, Any]

    @property
    def elements(self) -> list[Element]:
        """The variables in it, those inside expectations."""
        return random_elements((self.statement, *self.conditions, *self.known.values()))

    @property
    def targets(self) -> set[sp.Rational]:
        """Numbers that a given relation sets a moment to."""
        return {
            side
            for fact in self.conditions
            if isinstance(fact, sp.Eq)
            for side in fact.args
            if side.is_Rational
        }

    def defined(self, space: Space) -> dict[sp.Symbol, sp.Expr] | None:
        """The values of symbols given by equations; None where one may not have it."""
        values = {name: space.value(term) for name, term in self.known.items()}
        return values if all(satisfies(*pair) for pair in values.items()) else None


def random_elements(terms: Iterable[Any]) -> list[Element]:
    """The variables and families in some terms, those inside expectations."""
    found: dict[Element, None] = {}
    for term in terms:
        for moment in sorted(term.atoms(Moment), key=sp.default_sort_key):
            for part in moment.args:
                found |= dict.fromkeys(elements(part))
    return list(found)


def opaque_functions(terms: Iterable[Any]) -> list[UndefinedFunction]:
    """The functions without a definition, by name."""
    found = {part.func for term in terms for part in term.atoms(AppliedUndef)}
    return sorted(found, key=str)


def instantiated(
    statement: Any,
    facts: Facts,
    numbers: Mapping[sp.Symbol, sp.Expr],
    functions: Mapping[Any, str],
) -> Instance | None:
    """The statement at those values; None where they break a given relation or leave a sum."""

    def put(term: Any) -> Any:
        done = unrolled(term, numbers)
        for function, name in functions.items():
            done = done.replace(function, lambda *args, name=name: _applied(name, args))
        return done.doit() if done.has(sp.Derivative, sp.Subs) else done

    if not all(satisfies(symbol, value) for symbol, value in numbers.items()):
        return None
    try:
        sides = [put(side) for side in statement.args]
        conditions = [_put_in_relation(fact, put) for fact in facts.conditions]
        known = {name: put(term) for name, term in facts.known.items()}
    except _Unending:
        return None
    for fact in conditions:
        if fact == sp.false or (_plain(fact) and certainly(fact, {}) is not True):
            return None
    conditions = [fact for fact in conditions if fact != sp.true and not _plain(fact)]
    assumptions = tuple(
        HasLaw(fact.variable, fact.law.with_parameters(lambda v: v.subs(facts.known).subs(numbers)))
        if isinstance(fact, HasLaw)
        else fact
        for fact in facts.assumptions
    )
    words = {**numbers, **functions}
    done = statement.func(*sides, evaluate=False)
    return Instance(done, tuple(conditions), assumptions, known, numbers, words)


def _put_in_relation(fact: Any, put: Any) -> Any:
    if isinstance(fact, sp.core.relational.Relational):
        return fact.func(*map(put, fact.args), evaluate=False)
    return put(fact)


def _plain(fact: Any) -> bool:
    return isinstance(fact, sp.core.relational.Relational) and not fact.atoms(Moment)


class _Unending(Exception):
    """A sum whose limits are no small integers."""


def unrolled(term: Any, numbers: Mapping[Any, Any] | None = None) -> Any:
    """The term at those values of its symbols, its sums, products and maxima written out."""
    values = numbers or {}
    join = WRITTEN_OUT.get(type(term))
    if join is not None:
        body, *limits = term.args
        *inner, (index, *ends) = limits
        ends = [end.subs(values) for end in ends]
        if len(ends) != 2 or not all(end.is_Integer for end in ends):
            raise _Unending
        low, high = map(int, ends)
        if not -1 <= high - low <= MOST_TERMS:
            raise _Unending
        rest = term.func(body, *inner) if inner else body
        return join(
            *(unrolled(rest, {**values, index: sp.Integer(at)}) for at in range(low, high + 1))
        )
    if isinstance(term, (sp.Symbol, RandomMember)):
        return term.subs(values, simultaneous=True)
    if not isinstance(term, sp.Basic) or not term.args:
        return term
    return term.func(*(unrolled(part, values) for part in term.args))


def _applied(name: str, args: tuple[Any, ...]) -> Any:
    first = args[0]
    match name:
        case "identity":
            return first
        case "max(0, .)":
            return sp.Max(0, first)
        case "square":
            return first**2
        case "constant 1":
            return sp.Integer(1)
        case "step":
            return sp.Piecewise((1, first > 0), (0, True))
        case "cube":
            return first**3
        case "half":
            return first / 2
        case _:
            return sp.Integer(-1)
