"""Expectations on a finite probability space, exactly: sums over its outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
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
        if node.given:
            raise Undefined(f"{node} is random")
        if isinstance(node, E):
            return self._mean(node.of[0])
        if isinstance(node, Prob):
            return self._mean(indicator(node.of[0]))
        one, other = node.of if isinstance(node, Cov) else node.of * 2
        assert isinstance(node, (Cov, Var))
        return self._mean(one * other) - self._mean(one) * self._mean(other)

    def _mean(self, expr: sp.Expr) -> sp.Expr:
        inner = self.value(expr)
        try:
            code = compiled(inner)
            total = sum((p * code(values) for p, values in self.outcomes), Fraction(0))
            return sp.Rational(total.numerator, total.denominator)
        except Undefined:
            return self._slowly(inner)
        except ZeroDivisionError:
            raise Undefined(f"{inner} divides by zero") from None

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
        yield expr
    else:
        for part in expr.args:
            yield from _outermost(part)


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
