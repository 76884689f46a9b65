"""Expectations on a finite probability space, exactly: sums over its outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import prod
from typing import Any

import sympy as sp

from symvar.claims.expectation.kinks import Indicator, Positive, Zero, indicator
from symvar.claims.moments import Cov, E, Moment, Prob, Var
from symvar.claims.random import Element, RandomMember, RandomVariable

Values = Mapping[Element, Fraction]
Code = Callable[[Values], Any]


class Undefined(Exception):
    """An expression without an exact value here: a zero denominator, a function without rule."""


@dataclass(frozen=True)
class Space:
    """A finite probability space.

    Args:
        outcomes: the probability of each, and the value of every variable there.
    """

    outcomes: tuple[tuple[Fraction, Values], ...]

    def law(self, *names: Element) -> dict[tuple[Fraction, ...], Fraction]:
        """The joint law of some variables."""
        found: dict[tuple[Fraction, ...], Fraction] = {}
        for chance, values in self.outcomes:
            key = tuple(values[name] for name in names)
            found[key] = found.get(key, Fraction(0)) + chance
        return found

    def value(self, expr: sp.Expr) -> sp.Expr:
        """An expression with every moment replaced by its value."""
        moments = {node: self._moment(node) for node in _outermost(expr)}
        return expr.xreplace(moments) if moments else expr

    def _moment(self, node: Moment) -> sp.Expr:
        if isinstance(node, E):
            return self._mean(node.of[0])
        if isinstance(node, Prob):
            return self._mean(indicator(node.of[0]))
        one, other = node.of if isinstance(node, Cov) else node.of * 2
        assert isinstance(node, (Cov, Var))
        return self._mean(one * other) - self._mean(one) * self._mean(other)

    def _mean(self, expr: sp.Expr) -> sp.Expr:
        for node in _conditional(expr):
            name = RandomVariable(f"value of {node}")
            return self._with(name, node)._mean(expr.xreplace({node: name}))
        inner = self.value(expr)
        try:
            code = compiled(inner)
            total = sum((p * code(values) for p, values in self.outcomes), Fraction(0))
            return sp.Rational(total.numerator, total.denominator)
        except Undefined:
            return self._slowly(inner)
        except ZeroDivisionError:
            raise Undefined(f"{inner} divides by zero") from None

    def _with(self, name: Element, node: Moment) -> Space:
        """The space with one more variable: the value of a conditional moment."""
        parts: dict[tuple[Fraction, ...], list[tuple[Fraction, Values]]] = {}
        for chance, values in self.outcomes:
            parts.setdefault(tuple(values[each] for each in node.given), []).append(
                (chance, values)
            )
        outcomes: list[tuple[Fraction, Values]] = []
        for part in parts.values():
            whole = sum((chance for chance, _ in part), Fraction(0))
            here = Space(tuple((chance / whole, values) for chance, values in part))
            value = here._moment(node.func(*node.of))
            if not value.is_Rational:
                raise Undefined(f"{node} is irrational")
            exact = Fraction(int(value.p), int(value.q))
            outcomes += [(chance, {**values, name: exact}) for chance, values in part]
        return Space(tuple(outcomes))

    def _slowly(self, expr: sp.Expr) -> sp.Expr:
        total = sp.Integer(0)
        for chance, values in self.outcomes:
            exact = {name: sp.Rational(v.numerator, v.denominator) for name, v in values.items()}
            here = expr.xreplace(exact)
            if not (here.is_number and here.is_finite):
                raise Undefined(f"{expr} has no value at {exact}")
            total += sp.Rational(chance.numerator, chance.denominator) * here
        return total


def _outermost(expr: Any) -> Iterator[Moment]:
    if isinstance(expr, Moment):
        if not expr.given:
            yield expr
    else:
        for part in expr.args:
            yield from _outermost(part)


def _conditional(expr: Any) -> Iterator[Moment]:
    """Conditional moments that no unconditional one contains."""
    if isinstance(expr, Moment):
        if expr.given:
            yield expr
        return
    for part in expr.args:
        yield from _conditional(part)


@lru_cache(maxsize=4096)
def compiled(expr: Any) -> Code:
    """The expression as a function of exact values.

    Raises:
        Undefined: for a function without a rational rule.
    """
    if isinstance(expr, (RandomVariable, RandomMember)):
        return lambda values: values[expr]
    if isinstance(expr, sp.Rational):
        constant = Fraction(int(expr.p), int(expr.q))
        return lambda values: constant
    if isinstance(expr, sp.Pow) and expr.exp.is_Integer:
        base, power = compiled(expr.base), int(expr.exp)
        return lambda values: base(values) ** power
    if isinstance(expr, sp.Piecewise):
        pieces = [(compiled(value), compiled(condition)) for value, condition in expr.args]
        return lambda values: _first(pieces, values)
    if isinstance(expr, (sp.logic.boolalg.BooleanTrue, sp.logic.boolalg.BooleanFalse)):
        truth = bool(expr)
        return lambda values: truth
    rule = next((rule for kind, rule in RULES.items() if isinstance(expr, kind)), None)
    if rule is not None:
        return _applied(rule, [compiled(part) for part in expr.args])
    raise Undefined(f"no rule for {expr}")


def _applied(rule: Callable[..., Any], parts: list[Code]) -> Code:
    return lambda values: rule(*(part(values) for part in parts))


def _first(pieces: list[tuple[Code, Code]], values: Values) -> Any:
    for value, condition in pieces:
        if condition(values):
            return value(values)
    raise Undefined("no piece applies")


def _sign(value: Fraction) -> Fraction:
    return Fraction((value > 0) - (value < 0))


def _step(value: Fraction, at_zero: Fraction) -> Fraction:
    return at_zero if value == 0 else Fraction(int(value > 0))


RULES: dict[type, Callable[..., Any]] = {
    sp.Add: lambda *parts: sum(parts, Fraction(0)),
    sp.Mul: lambda *parts: prod(parts, start=Fraction(1)),
    sp.Max: max,
    sp.Min: min,
    sp.Abs: abs,
    sp.sign: _sign,
    sp.Heaviside: _step,
    sp.KroneckerDelta: lambda a, b: Fraction(int(a == b)),
    Positive: lambda a: Fraction(int(a > 0)),
    Zero: lambda a: Fraction(int(a == 0)),
    Indicator: lambda event: Fraction(int(event)),
    sp.Eq: lambda a, b: a == b,
    sp.Ne: lambda a, b: a != b,
    sp.Gt: lambda a, b: a > b,
    sp.Ge: lambda a, b: a >= b,
    sp.Lt: lambda a, b: a < b,
    sp.Le: lambda a, b: a <= b,
    sp.And: lambda *parts: all(parts),
    sp.Or: lambda *parts: any(parts),
    sp.Not: lambda a: not a,
}
