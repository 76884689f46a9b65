"""Minimisers and maximisers: where they are, and whether two functions have the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import sympy as sp

from symvar.claims.definite import PositiveSemidefinite
from symvar.claims.facts import Facts
from symvar.claims.refute import certainly, counterexample
from symvar.claims.statement import Statement
from symvar.claims.verdict import Verdict, weakest

Sense = Literal["min", "max"]
Point = Mapping[sp.Symbol, Any]


@dataclass(frozen=True)
class Minimises(Statement):
    """A point is a global minimiser of a function of real variables, or with ``"max"`` a maximiser.

    Args:
        f: the function, differentiable where no domain is given.
        at: the value of each variable.
        sense: ``"min"`` or ``"max"``.
        domain: the finitely many points among which it is one; all real points if None.

    >>> from symvar.claims import check
    >>> x, a = sp.symbols("x a", real=True)
    >>> check(Minimises((x - a)**2, {x: a})).status
    'proved'
    >>> check(Minimises((x - a)**2, {x: -a})).status
    'refuted'
    """

    f: Any
    at: Point
    sense: Sense = "min"
    domain: tuple[Point, ...] | None = None

    def judge(self, facts: Facts) -> Verdict:
        """By comparison on a finite domain, else by gradient and Hessian."""
        from symvar.claims.check import judged

        cost = self.f if self.sense == "min" else -self.f
        best = cost.subs(self.at)
        if self.domain is not None:
            higher = [sp.Ge(cost.subs(point), best, evaluate=False) for point in self.domain]
            verdict = weakest([judged(each, facts) for each in higher])
            said = f"compared with each of {len(higher)} points: {verdict.evidence}"
            return Verdict(verdict.status, said, verdict.counterexample)
        slopes = [sp.Eq(sp.diff(cost, name).subs(self.at), 0, evaluate=False) for name in self.at]
        slope = weakest([judged(each, facts) for each in slopes])
        if slope.status != "proved":
            said = f"the gradient there is not zero: {slope.evidence}"
            return Verdict(slope.status, said, slope.counterexample)
        bends = PositiveSemidefinite(sp.hessian(cost, list(self.at)).as_immutable()).judge(facts)
        if bends.status == "proved":
            return Verdict(
                "proved", f"the gradient vanishes there and it is convex: {bends.evidence}"
            )
        never_lower = sp.Ge(sp.factor(cost - best), 0, evaluate=False)
        verdict = judged(never_lower, facts)
        return Verdict(
            verdict.status, f"against every point: {verdict.evidence}", verdict.counterexample
        )

    def mutants(self) -> Iterator[tuple[str, Any]]:
        """The sense turned, and each coordinate moved, doubled or turned in sign."""
        yield "min for max", replace(self, sense=_turned(self.sense))
        for name, value in self.at.items():
            value = sp.sympify(value)
            for how, other in (
                ("plus one", value + 1),
                ("doubled", 2 * value),
                ("negated", -value),
            ):
                if other != value:
                    yield f"{name} {how}", replace(self, at={**self.at, name: other})

    def _latex(self, printer: Any) -> str:
        names = ", ".join(map(printer._print, self.at))
        values = ", ".join(printer._print(sp.sympify(value)) for value in self.at.values())
        return rf"\left({values}\right) \in \arg\{self.sense}_{{{names}}} {printer._print(self.f)}"


@dataclass(frozen=True)
class SameMinimisers(Statement):
    """Two functions have the same global minimisers, or the minimisers of one maximise the other.

    Args:
        f: the first.
        g: the second.
        variables: what both are minimised over; everything else is fixed.
        senses: ``"min"`` or ``"max"`` for each.
        domain: finitely many points; where given, both sets are found by comparison.

    >>> from symvar.claims import check
    >>> x, a = sp.symbols("x a", real=True)
    >>> c = sp.Symbol("c", positive=True)
    >>> check(SameMinimisers((x - a)**2, c * (x - a)**2 + a, (x,))).status
    'proved'
    """

    f: Any
    g: Any
    variables: tuple[sp.Symbol, ...]
    senses: tuple[Sense, Sense] = ("min", "min")
    domain: tuple[Point, ...] | None = None

    def judge(self, facts: Facts) -> Verdict:
        """By an increasing map from the one to the other; or by comparison on the domain."""
        first, second = (
            cost if sense == "min" else -cost
            for cost, sense in zip((self.f, self.g), self.senses, strict=True)
        )
        if self.domain is not None:
            return _compared(first, second, self.domain)
        logs = [
            (side, sp.expand_log(sp.log(side))) for side in (self.f, self.g) if side.is_positive
        ]
        for one, other, how in _pairs(first, second, self.senses, logs):
            slope = _affine(one, other, self.variables)
            if slope is not None and slope.is_positive:
                return Verdict(
                    "proved", f"{how}: the one is {slope} times the other, plus a constant"
                )
        apart = _opposed(first, second, self.variables, facts)
        if apart is not None:
            return apart
        return Verdict("unknown", "no increasing affine or logarithmic map between them was found")

    def mutants(self) -> Iterator[tuple[str, Any]]:
        """Either sense turned, and the second function with a term changed."""
        from symvar.claims.mutate import mutants

        first, second = self.senses
        yield "min for max in the first", replace(self, senses=(_turned(first), second))
        yield "min for max in the second", replace(self, senses=(first, _turned(second)))
        for name, changed in mutants(sp.Eq(sp.Symbol("y"), self.g, evaluate=False)):
            if isinstance(changed, sp.Eq) and changed.lhs == sp.Symbol("y"):
                yield name, replace(self, g=changed.rhs)

    def _latex(self, printer: Any) -> str:
        names = ", ".join(map(printer._print, self.variables))
        sides = (
            rf"\arg\{sense}_{{{names}}} {printer._print(f)}"
            for f, sense in zip((self.f, self.g), self.senses, strict=True)
        )
        return " = ".join(sides)


def _turned(sense: Sense) -> Sense:
    return "max" if sense == "min" else "min"


def _pairs(first: Any, second: Any, senses: Any, logs: Any) -> Iterator[tuple[Any, Any, str]]:
    yield first, second, "directly"
    signs = {"min": 1, "max": -1}
    for side, logarithm in logs:
        if side in (first, -first):
            yield signs[senses[0]] * logarithm, second, "by the logarithm of the first"
        if side in (second, -second):
            yield first, signs[senses[1]] * logarithm, "by the logarithm of the second"


def _affine(first: Any, second: Any, variables: tuple[sp.Symbol, ...]) -> sp.Expr | None:
    """The a of first = a second + b, both free of the variables; None where there is none."""
    slope = None
    for name in variables:
        one, other = (sp.simplify(sp.diff(side, name), doit=False) for side in (first, second))
        if other == 0 and one == 0:
            continue
        if other == 0:
            return None
        ratio = sp.simplify(one / other)
        if ratio.free_symbols & set(variables) or (
            slope is not None and sp.simplify(ratio - slope) != 0
        ):
            return None
        slope = ratio
    return slope


def _opposed(
    first: Any, second: Any, variables: tuple[sp.Symbol, ...], facts: Facts
) -> Verdict | None:
    """A minimiser of the one, known as such, that the other does not have."""
    for one, other in ((first, second), (second, first)):
        for at in _stationary(one, variables):
            if Minimises(one, at).judge(facts).status != "proved":
                continue
            slopes = [sp.simplify(sp.diff(other, name).subs(at)) for name in variables]
            for slope in slopes:
                point = counterexample(sp.Eq(slope, 0, evaluate=False), facts)
                if point is not None:
                    said = f"{at} minimises the one; the other has slope {slope} there"
                    return Verdict("refuted", said, point)
            lower = sp.Ge(other, other.subs(at), evaluate=False)
            point = counterexample(lower, facts)
            if point is not None:
                said = f"{at} minimises the one; the other is lower elsewhere"
                return Verdict("refuted", said, point)
    return None


def _stationary(cost: Any, variables: tuple[sp.Symbol, ...]) -> Iterator[dict[sp.Symbol, sp.Expr]]:
    """Where the gradient of a quadratic function vanishes, if that is one point."""
    expanded = sp.expand(cost)
    if not expanded.is_polynomial(*variables) or sp.Poly(expanded, *variables).total_degree() > 2:
        return
    for values in sp.linsolve([sp.diff(expanded, name) for name in variables], variables):
        if not any(sp.sympify(value).free_symbols & set(variables) for value in values):
            yield dict(zip(variables, values, strict=True))


def _compared(first: Any, second: Any, domain: tuple[Point, ...]) -> Verdict:
    sets = []
    for cost in (first, second):
        values = [cost.subs(point) for point in domain]
        best = {
            place
            for place, value in enumerate(values)
            if all(certainly(sp.Le(value, other, evaluate=False), {}) for other in values)
        }
        if not best:
            return Verdict("unknown", "the values cannot be compared")
        sets.append(best)
    if sets[0] == sets[1]:
        return Verdict("proved", f"compared at all {len(domain)} points of the domain")
    shown = [[dict(domain[place]) for place in sorted(each)] for each in sets]
    return Verdict(
        "refuted",
        f"the optima are {shown[0]} and {shown[1]}",
        {"first": shown[0], "second": shown[1]},
    )
