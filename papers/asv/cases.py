"""Statements about tensors and index sets: the printed formula, at every index of each case.

The formula stays a sympy expression (sums, indexed tensors, floors, conditions), so that it is
shown as printed and perturbed as a misprint would; what it speaks of is filled in per case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor, prod
from typing import Any

import sympy as sp

from symvar.claims import Assumption, Statement, Verdict
from symvar.claims.facts import Facts
from symvar.claims.mutate import mutants

Tensor = Mapping[tuple[int, ...], Any]
Range = tuple[sp.Symbol, Any, Any]


@dataclass(frozen=True)
class Case:
    """One case: numbers for the sizes, entries for the tensors.

    Args:
        sizes: what each symbol stands for.
        tensors: by name, the entries at their (1-based) indices.
        breaks: the assumptions that this case does not satisfy.
    """

    sizes: Mapping[sp.Symbol, Any]
    tensors: Mapping[str, Tensor] = field(default_factory=dict)
    breaks: frozenset[Assumption] = frozenset()


class Outside(Exception):
    """A tensor is read where it has no entry, or a number has no value."""


@dataclass(frozen=True)
class OnCases(Statement):
    """A formula that holds, exactly, at every index in its ranges, in each of finitely many cases.

    A formula that reads a tensor outside its index set fails there. Cases that break a given
    assumption are left out.

    Args:
        formula: a relation or boolean.
        cases: small ones first.
        generator: where the cases come from, in words.
        over: the free indices, each with its first and last value.
    """

    formula: Any
    cases: Sequence[Case] = field(repr=False)
    generator: str
    over: tuple[Range, ...] = ()

    def judge(self, facts: Facts) -> Verdict:
        """``"instances"``, or the first index of the first case where the formula fails."""
        given = frozenset(facts.assumptions)
        kept = [case for case in self.cases if not case.breaks & given]
        points = 0
        for case in kept:
            for values in _indices(self.over, dict(case.sizes), case.tensors):
                points += 1
                try:
                    holds, why = value(self.formula, values, case.tensors), "it fails"
                except Outside as error:
                    holds, why = False, str(error)
                if not holds:
                    where = ", ".join(f"{name} = {at}" for name, at in values.items())
                    return Verdict("refuted", f"{why} at {where}", values)
        if not points:
            return Verdict("unknown", "no case has an index in the ranges")
        said = f"exact at all {points} indices of {len(kept)} cases: {self.generator}"
        return Verdict("instances", said)

    def mutants(self) -> Iterator[tuple[str, Any]]:
        """The same cases and indices, the formula perturbed."""
        for change, changed in mutants(self.formula):
            yield change, replace(self, formula=changed)

    def _latex(self, printer: Any) -> str:
        return printer._print(self.formula)


def _indices(
    over: Sequence[Range], values: dict[Any, Any], tensors: Mapping[str, Tensor]
) -> Iterator[dict[Any, Any]]:
    if not over:
        yield values
        return
    (name, first, last), *rest = over
    low, high = (int(value(end, values, tensors)) for end in (first, last))
    for index in range(low, high + 1):
        yield from _indices(rest, {**values, name: index}, tensors)


def value(term: Any, at: Mapping[Any, Any], tensors: Mapping[str, Tensor]) -> Any:
    """The exact value of a sympy term where its symbols and tensors are known.

    Raises:
        Outside: where a tensor has no entry, or a division by zero is met.
    """
    term = sp.sympify(term)
    if isinstance(term, sp.Rational):
        return Fraction(int(term.p), int(term.q))
    if term.is_Symbol:
        return Fraction(at[term])
    if isinstance(term, sp.Indexed):
        return _entry(term, at, tensors)
    if isinstance(term, sp.Sum):
        return _sum(term, at, tensors)
    if isinstance(term, sp.Piecewise):
        for branch, condition in term.args:
            if value(condition, at, tensors):
                return value(branch, at, tensors)
        raise Outside("no branch applies")
    if term in (sp.true, sp.false):
        return bool(term)
    rule = next((rule for kind, rule in _RULES.items() if isinstance(term, kind)), None)
    if rule is None:
        raise TypeError(f"no rule for {type(term).__name__}")
    return rule(*(value(part, at, tensors) for part in term.args))


def _entry(term: Any, at: Mapping[Any, Any], tensors: Mapping[str, Tensor]) -> Any:
    places = tuple(value(index, at, tensors) for index in term.indices)
    name = str(term.base.label)
    entries = tensors[name]
    if places not in entries:
        raise Outside(f"{name}[{', '.join(map(str, places))}] does not exist")
    return Fraction(entries[places])


def _sum(term: Any, at: Mapping[Any, Any], tensors: Mapping[str, Tensor]) -> Any:
    ranges = [(name, first, last) for name, first, last in term.limits]
    points = _indices(ranges[::-1], dict(at), tensors)
    return sum((value(term.function, point, tensors) for point in points), Fraction(0))


def _power(base: Any, exponent: Any) -> Any:
    if base == 0 and exponent < 0:
        raise Outside("a division by zero")
    if Fraction(exponent).denominator != 1:
        raise Outside("a root")
    return Fraction(base) ** int(exponent)


_RULES: dict[Any, Any] = {
    sp.Add: lambda *parts: sum(parts, Fraction(0)),
    sp.Mul: lambda *parts: prod(parts, start=Fraction(1)),
    sp.Pow: _power,
    sp.floor: lambda part: Fraction(floor(part)),
    sp.Max: max,
    sp.Min: min,
    sp.Eq: lambda one, other: one == other,
    sp.Ne: lambda one, other: one != other,
    sp.Le: lambda one, other: one <= other,
    sp.Lt: lambda one, other: one < other,
    sp.Ge: lambda one, other: one >= other,
    sp.Gt: lambda one, other: one > other,
    sp.And: lambda *parts: all(parts),
    sp.Or: lambda *parts: any(parts),
    sp.Not: lambda part: not part,
}
