"""Integrals by rules whose premises are checked: no integral is believed that sympy returns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from symvar.claims import Statement, Verdict
from symvar.claims.check import judged
from symvar.claims.facts import Facts, gathered
from symvar.claims.verdict import weakest
from symvar.derive.balls import agree, apart
from symvar.derive.normal import Phi, opened, phi

SMOOTH = (sp.exp, sp.erf, sp.sin, sp.cos, phi, Phi)
"""Functions without a break anywhere."""


@dataclass(frozen=True)
class ByAntiderivative(Statement):
    r"""left = right, because their difference has an antiderivative with the right ends.

    Both sides are constants plus multiples of integrals over one interval. With h the integrand of
    left - right and c its constant: $F' = h$ everywhere, and $F(b) - F(a) + c = 0$. Integration by
    parts is the case of an integral on either side. An undefined function stands for any smooth
    one that is bounded with its derivative.

    Args:
        left: the one side.
        right: the other.
        witness: F.

    >>> from symvar.claims import check
    >>> from symvar.symbols import t
    >>> half = sp.Integral(t * phi(t), (t, 0, sp.oo))
    >>> check(ByAntiderivative(half, phi(0), -phi(t))).status
    'proved'
    """

    left: Any
    right: Any
    witness: Any

    def judge(self, facts: Facts) -> Verdict:
        """Proved by the derivative and the ends; refuted where balls tell the sides apart."""
        taken = _taken_apart(sp.sympify(self.left) - self.right)
        if taken is None:
            return Verdict("unknown", "the integrals are not linear, or not over one interval")
        integrand, (name, low, high), constant = taken
        verdict = _identical(sp.diff(self.witness, name), integrand, facts)
        if verdict.status != "proved":
            return _compared(self.left, self.right, f"no antiderivative: {verdict.evidence}")
        if not (smooth(self.witness, name) and _decays(integrand, name, low, high)):
            return Verdict("unknown", "the witness may break, or an integral diverge")
        ends = [_at(self.witness, name, end) for end in (high, low)]
        if None in ends:
            return Verdict("unknown", "an end of the witness has no known value")
        verdict = _identical(ends[0] - ends[1] + constant, sp.Integer(0), facts)
        said = f"by the antiderivative {self.witness}: {verdict.evidence}"
        return Verdict(verdict.status, said, verdict.counterexample)

    def mutants(self) -> Iterator[tuple[str, Any]]:
        """Changes of the right side."""
        yield from _changed(self, "right", self.left)

    def _latex(self, printer: Any) -> str:
        return _equation(printer, self.left, self.right)


@dataclass(frozen=True)
class BySubstitution(Statement):
    r"""$\int_a^b f(x)\,dx = \int_c^d f(h(y))\,h'(y)\,dy$, h increasing.

    Args:
        left: a multiple of an integral in x.
        right: a multiple of an integral in y.
        change: h, an expression in y with a derivative that is positive.
    """

    left: Any
    right: Any
    change: Any

    def judge(self, facts: Facts) -> Verdict:
        """Proved by the integrands and the ends."""
        sides = [_taken_apart(sp.sympify(side)) for side in (self.left, self.right)]
        if None in sides or any(side[2] != 0 for side in sides if side):
            return Verdict("unknown", "a side is no multiple of one integral")
        (f, (x, *ends), _), (g, (y, *other), _) = (side for side in sides if side)
        slope = sp.diff(self.change, y)
        if not slope.is_positive:
            return Verdict("unknown", f"{self.change} is not known to increase")
        moved = [_ordinary(self.change, y, end) for end in other]
        pairs = [(f.subs(x, self.change) * slope, g), *zip(ends, moved, strict=True)]
        verdict = weakest(_identical(*pair, facts) for pair in pairs)
        if verdict.status != "proved":
            said = f"the integrands do not change so: {verdict.evidence}"
            return _compared(self.left, self.right, said)
        return Verdict("proved", f"{x} = {self.change}: {verdict.evidence}")

    def mutants(self) -> Iterator[tuple[str, Any]]:
        """Changes of the right side."""
        yield from _changed(self, "right", self.left)

    def _latex(self, printer: Any) -> str:
        return _equation(printer, self.left, self.right)


@dataclass(frozen=True)
class ByParameter(Statement):
    r"""$\int f(y, a)\,dy = G(a)$: equal at one a, with equal derivatives in a.

    The integral may be differentiated inside: the integrand and its derivative are smooth and
    decay like a normal density, evenly for a in any bounded interval.

    Args:
        left: the integral.
        right: G.
        parameter: a.
        start: the a where both are compared.
        first: an antiderivative in y of the integrand there.
        witness: an antiderivative in y of the integrand's derivative in a.
    """

    left: Any
    right: Any
    parameter: sp.Symbol
    start: Any
    first: Any
    witness: Any

    def judge(self, facts: Facts) -> Verdict:
        """Proved by the value at the start and by the derivatives."""
        at = {self.parameter: self.start}
        begin = ByAntiderivative(
            _inside(self.left, lambda f: f.subs(at)), self.right.subs(at), self.first
        ).judge(facts)
        if begin.status != "proved":
            return _compared(self.left, self.right, f"at {at}: {begin.evidence}")
        slope = ByAntiderivative(
            _inside(self.left, lambda f: sp.diff(f, self.parameter)),
            sp.diff(self.right, self.parameter),
            self.witness,
        ).judge(facts)
        if slope.status != "proved":
            return _compared(self.left, self.right, f"the derivatives: {slope.evidence}")
        said = f"equal at {self.parameter} = {self.start}, with equal derivatives"
        return Verdict("proved", said)

    def mutants(self) -> Iterator[tuple[str, Any]]:
        """Changes of the right side."""
        yield from _changed(self, "right", self.left)

    def _latex(self, printer: Any) -> str:
        return _equation(printer, self.left, self.right)


@dataclass(frozen=True)
class ByDerivative(Statement):
    r"""left = right for every x in an open interval: equal at one of its points, equal slopes.

    Args:
        left: the one side, smooth in the interval.
        right: the other.
        name: x.
        start: the point where both are compared.
        within: what the interval is, as relations.
    """

    left: Any
    right: Any
    name: sp.Symbol
    start: Any
    within: tuple[Any, ...] = ()

    def judge(self, facts: Facts) -> Verdict:
        """Proved by the value at the start and by the derivatives."""
        at = {self.name: self.start}
        asked = [(self.left.subs(at), self.right.subs(at))]
        asked.append((sp.diff(self.left, self.name), sp.diff(self.right, self.name)))
        known = gathered((*facts.conditions, *self.within))
        verdict = weakest([_identical(*pair, known) for pair in asked])
        if verdict.status != "proved":
            apart = judged(_same(self.left, self.right), known)
            return apart if apart.status == "refuted" else Verdict("unknown", verdict.evidence)
        return Verdict("proved", f"equal at {self.name} = {self.start}, with equal derivatives")

    def mutants(self) -> Iterator[tuple[str, Any]]:
        """Changes of the right side."""
        yield from _changed(self, "right", self.left)

    def _latex(self, printer: Any) -> str:
        return _equation(printer, self.left, self.right)


def smooth(expr: Any, name: sp.Symbol) -> bool:
    """Whether an expression has derivatives of every order at every real value of the name."""
    if not expr.has(name):
        return True
    if isinstance(expr, sp.Pow):
        whole = expr.exp.is_integer and expr.exp.is_nonnegative
        base_is_safe = whole or expr.base.is_positive
        return bool(base_is_safe) and smooth(expr.base, name) and not expr.exp.has(name)
    known = expr.is_Symbol or isinstance(expr, (sp.Add, sp.Mul, AppliedUndef, *SMOOTH))
    return bool(known) and all(smooth(part, name) for part in expr.args)


def _taken_apart(expr: Any) -> tuple[Any, Any, Any] | None:
    """Integrand, limits and constant of a sum of multiples of integrals over one interval."""
    expr = sp.expand(expr)
    integrals = sorted(expr.atoms(sp.Integral), key=sp.default_sort_key)
    names = {each: sp.Dummy() for each in integrals}
    if not integrals or len({each.limits for each in integrals}) != 1:
        return None
    form = sp.expand(expr.xreplace(names))
    rates = {each: form.coeff(name) for each, name in names.items()}
    rest = sp.expand(form - sp.Add(*(rates[each] * names[each] for each in integrals)))
    if any(part.has(name) for part in (rest, *rates.values()) for name in names.values()):
        return None
    limits = integrals[0].limits[0]
    total = sp.Add(*(rate * each.function for each, rate in rates.items()))
    return (total, limits, rest) if len(limits) == 3 else None


def _decays(integrand: Any, name: sp.Symbol, low: Any, high: Any) -> bool:
    """Whether each term falls like a normal density where the interval has no end."""
    if low.is_finite and high.is_finite:
        return True
    return all(
        any(isinstance(part, phi) and _rate(part, name) for part in term.atoms(phi))
        for term in sp.Add.make_args(sp.expand(integrand))
    )


def _rate(part: Any, name: sp.Symbol) -> bool:
    slope = sp.diff(part.args[0], name)
    return bool(slope.is_nonzero) and not slope.has(name)


def _at(witness: Any, name: sp.Symbol, end: Any) -> Any:
    """The witness at an end; at an infinite one by the decay of phi and the ends of Phi."""
    if end.is_finite:
        return witness.subs(name, end)
    total = sp.Integer(0)
    for term in sp.Add.make_args(sp.expand(witness)):
        outside, inside = term.as_independent(name, as_Add=False)
        value = _term_at(inside, name, end)
        if value is None:
            return None
        total += outside * value
    return total


def _term_at(term: Any, name: sp.Symbol, end: Any) -> Any:
    powers: dict[Any, Any] = {}
    for each in sp.Mul.make_args(term):
        base, power = each.as_base_exp()
        powers[base] = powers.get(base, sp.Integer(0)) + power
    value, vanishes = sp.Integer(1), False
    for base, power in powers.items():
        if power.has(name):
            return None
        if isinstance(base, Phi) and sp.diff(base.args[0], name).is_positive:
            if end == -sp.oo and not power.is_nonnegative:
                return None
            value *= sp.Integer(1) if end == sp.oo else sp.Integer(0) ** power
        elif isinstance(base, phi) and power.is_positive and _rate(base, name):
            vanishes = True
        elif power.is_nonnegative and (base == name or isinstance(base, (phi, Phi, AppliedUndef))):
            value = sp.nan
        elif base.has(name):
            return None
    if vanishes:
        return sp.Integer(0)
    return None if value is sp.nan else value


def _ordinary(change: Any, name: sp.Symbol, end: Any) -> Any:
    return change.subs(name, end) if end.is_finite else sp.limit(change, name, end)


def _inside(expr: Any, act: Any) -> Any:
    return sp.sympify(expr).replace(
        lambda part: isinstance(part, sp.Integral),
        lambda part: sp.Integral(act(part.function), *part.limits),
    )


def _compared(left: Any, right: Any, why: str) -> Verdict:
    """The rule does not apply: refuted where balls tell the sides apart, else unknown."""
    point = apart(sp.sympify(left), sp.sympify(right))
    if point is None:
        return Verdict("unknown", why)
    where = ", ".join(f"{name} = {value}" for name, value in point.items())
    return Verdict("refuted", f"the sides lie in disjoint balls at {where}", point)


def _identical(left: Any, right: Any, facts: Facts) -> Verdict:
    """Equal, with the functions as names, then with the density opened, then with both."""
    left, right = map(sp.sympify, (left, right))
    if left == right:
        return Verdict("proved", "the sides are the same expression")
    for kinds in ((phi, Phi), (Phi,)):
        parts = sorted((left.atoms(*kinds) | right.atoms(*kinds)), key=sp.default_sort_key)
        names = {part: sp.Dummy(positive=True) for part in parts}
        verdict = judged(_same(left.xreplace(names), right.xreplace(names)), facts)
        if verdict.status == "proved":
            return verdict
    return judged(_same(left, right), facts)


def _same(left: Any, right: Any) -> Any:
    return sp.Eq(opened(sp.sympify(left)), opened(sp.sympify(right)), evaluate=False)


def _changed(statement: Any, part: str, left: Any) -> Iterator[tuple[str, Any]]:
    from symvar.claims.mutate import mutants

    blank = sp.Symbol("L", real=True)
    for name, changed in mutants(sp.Eq(blank, getattr(statement, part), evaluate=False)):
        if isinstance(changed, sp.Eq) and changed.lhs == blank:
            yield name, replace(statement, **{part: changed.rhs})


def _equation(printer: Any, left: Any, right: Any) -> str:
    return f"{printer._print(left)} = {printer._print(right)}"


@dataclass(frozen=True)
class InBalls(Statement):
    """Two constants agree in balls, to at least so many digits: enclosed, never proved.

    Args:
        left: the one, with definite integrals in it or without.
        right: the other.
        digits: how many are asked for.
    """

    left: Any
    right: Any
    digits: int = 30

    def judge(self, facts: Facts) -> Verdict:
        """Enclosed, or refuted by disjoint balls."""
        left, right = sp.sympify(self.left), sp.sympify(self.right)
        found = agree(left, right)
        if found >= self.digits:
            return Verdict("enclosed", f"both sides agree to {self.digits} digits in balls")
        return _compared(left, right, f"the sides agree to {found} digits in balls")

    def mutants(self) -> Iterator[tuple[str, Any]]:
        """Changes of the right side."""
        yield from _changed(self, "right", self.left)

    def _latex(self, printer: Any) -> str:
        return _equation(printer, self.left, self.right)
