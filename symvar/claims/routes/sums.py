"""Finite sums of symbolic length over indexed quantities: brought to power sums, then compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

import sympy as sp

from symvar.claims.facts import Facts, satisfies
from symvar.claims.moments import has_moments
from symvar.claims.prove import proof
from symvar.claims.randomness import HasLaw, OfGroups
from symvar.claims.routes.base import Route
from symvar.claims.verdict import Verdict

SIZES = (1, 2, 3)
"""What symbolic lengths are given where a counterexample is sought."""
ENTRIES = tuple(map(sp.Rational, ("1", "0", "-1", "2", "1/2")))
"""What the entries of the families are given there, and the other symbols at a first look."""
FAMILIES = 600
"""How many choices of entries are tried per choice of sizes."""


class Sums(Route):
    r"""Relations between expressions in sums $\sum_{i=a}^{b} f(x_i, y_i, \ldots)$ of any length.

    Sums are linear; what does not depend on the index leaves the sum; a double sum over a product
    of an $i$-part and a $j$-part is the product of two sums. What is left are power sums
    $\sum_i x_i^k$, one symbol each, so equal expressions cancel. For an inequality the first two
    power sums of a real family of length $n$ are written $nM$ and $n(V + M^2)$ with $V \ge 0$.
    """

    name = "sums"
    rank = 30

    def judge(self, statement: Any, facts: Facts) -> Verdict | None:
        """The verdict on a relation whose sides hold finite sums over indexed quantities."""
        if not isinstance(statement, sp.core.relational.Relational) or has_moments(statement):
            return None
        if not all(isinstance(each, (OfGroups, HasLaw)) for each in facts.assumptions):
            return None
        if not statement.atoms(sp.Indexed) or not statement.atoms(sp.Sum):
            return None
        why = _why(statement)
        if why is not None:
            return Verdict("proved", why)
        found = _refuted(statement, facts)
        tried = "not settled by power sums, nor refuted for short sums"
        return Verdict("unknown", tried) if found is None else found


def normal_form(expr: Any) -> sp.Expr:
    """The expression as a polynomial in power sums, each a sum over one canonical index.

    >>> a, z = sp.IndexedBase("a"), sp.IndexedBase("z")
    >>> i, j, m, n = sp.symbols("i j m n", integer=True)
    >>> double = sp.Sum(a[i] * (z[j] - 1), (j, 1, n), (i, 1, m))
    >>> normal_form(double - sp.Sum(a[j], (j, 1, m)) * sp.Sum(z[i], (i, 1, n)))
    -n*Sum(a[_1], (_1, 1, m))
    """
    if isinstance(expr, sp.Sum):
        total = expr.function
        for limit in expr.limits:
            total = _summed(normal_form(total), *limit)
        return sp.expand(total)
    if not expr.args or isinstance(expr, sp.Indexed):
        return expr
    return sp.expand(expr.func(*map(normal_form, expr.args)))


def _summed(body: sp.Expr, index: sp.Symbol, low: Any, high: Any) -> sp.Expr:
    terms = []
    for term in sp.Add.make_args(sp.expand(body)):
        outside, inside = term.as_independent(index, as_Add=False)
        length = high - low + 1
        terms.append(outside * (length if inside == 1 else _canonical(inside, index, low, high)))
    return sp.Add(*terms)


def _canonical(body: sp.Expr, index: sp.Symbol, low: Any, high: Any) -> sp.Sum:
    depth = 1 + max((_depth(part) for part in body.atoms(sp.Sum)), default=0)
    name = sp.Symbol(f"_{depth}", integer=True)
    return sp.Sum(body.subs(index, name), (name, low, high))


def _depth(total: sp.Sum) -> int:
    return 1 + max((_depth(part) for part in total.function.atoms(sp.Sum)), default=0)


def _why(statement: Any) -> str | None:
    difference = normal_form(statement.lhs - statement.rhs)
    names = {each: sp.Dummy(real=True) for each in _sums(difference)}
    if sp.cancel(sp.together(difference.xreplace(names))) == 0:
        alike = statement.func(sp.Integer(0), 0) == sp.true
        return "both sides are the same polynomial in power sums" if alike else None
    if isinstance(statement, (sp.Eq, sp.Ne)):
        return None
    values = _means(names)
    if values is None:
        return None
    written = difference.subs(values).xreplace(names)
    lengths = [each for each in written.free_symbols if each.is_integer and each.is_positive]
    written = written.subs(
        {each: 1 + sp.Dummy(str(each), integer=True, nonnegative=True) for each in lengths}
    )
    moments = sp.factor(sp.cancel(sp.together(written)))
    moments = sp.Mul(*(sp.expand(part) for part in sp.Mul.make_args(moments)))
    why = proof(statement.func(moments, 0, evaluate=False))
    return f"in means M and variances V of the families, {why}" if why else None


def _sums(difference: sp.Expr) -> list[sp.Sum]:
    inside = difference.atoms(sp.Sum)
    outer = {each for each in inside if not any(each in o.function.atoms(sp.Sum) for o in inside)}
    return sorted(outer, key=sp.default_sort_key)


def _means(sums: Mapping[sp.Sum, Any]) -> dict[sp.Sum, sp.Expr] | None:
    """The first two power sums by a mean and a variance; None where there are others."""
    values: dict[sp.Sum, sp.Expr] = {}
    known: dict[sp.Sum, tuple[sp.Symbol, sp.Symbol]] = {}
    for total in sums:
        base, power = total.function.as_base_exp()
        if power not in (1, 2) or not base.is_real or base.atoms(sp.Sum):
            return None
        index, low, high = total.limits[0]
        length = high - low + 1
        if not length.is_positive:
            return None
        named = str(base.subs(index, sp.Symbol("i")))
        fresh = sp.Dummy(f"M({named})", real=True), sp.Dummy(f"V({named})", nonnegative=True)
        mean, variance = known.setdefault(sp.Sum(base, *total.limits), fresh)
        values[total] = length * (mean if power == 1 else variance + mean**2)
    return values


def _refuted(statement: Any, facts: Facts) -> Verdict | None:
    from symvar.claims.check import judged

    for sizes in _sizes(statement):
        spelled = statement.func(
            *(side.subs(sizes).doit() for side in statement.args), evaluate=False
        )
        entries = sorted(spelled.atoms(sp.Indexed), key=str)
        suspect = _first_look(spelled, entries)
        for values in _entries(entries):
            kept = [fact.subs(sizes).doit().subs(values) for fact in facts.conditions]
            if sp.false in kept or not suspect(*values.values()):
                continue
            case = spelled.func(*(side.subs(values) for side in spelled.args), evaluate=False)
            verdict = judged(case, Facts({}, tuple(fact for fact in kept if fact != sp.true)))
            if verdict.status == "refuted":
                where = {**sizes, **values, **verdict.counterexample}
                said = ", ".join(f"{name} = {value}" for name, value in where.items())
                return Verdict("refuted", f"it fails at {said}", where)
    return None


def _first_look(spelled: Any, entries: list[Any]) -> Callable[..., bool]:
    """Whether the relation fails at given entries where every other symbol is small."""
    others = sorted(spelled.free_symbols - set(entries) - _names(entries), key=str)
    points = (
        [{}]
        if not others
        else [
            dict.fromkeys(others, value)
            for value in (*ENTRIES, sp.Integer(3))
            if all(satisfies(each, value) for each in others)
        ]
    )
    difference = sp.expand(spelled.lhs - spelled.rhs)
    sides = [sp.lambdify(entries, difference.subs(point), modules="sympy") for point in points]

    def fails(*values: sp.Expr) -> bool:
        gaps = (sp.sympify(side(*values)) for side in sides)
        return any(gap.is_finite and spelled.func(gap, 0) == sp.false for gap in gaps)

    return fails if points else lambda *values: True


def _names(entries: list[Any]) -> set[Any]:
    return {each.base.label for each in entries}


def _sizes(statement: Any) -> Iterator[dict[sp.Symbol, sp.Integer]]:
    ends = {end for each in statement.atoms(sp.Sum) for limit in each.limits for end in limit[1:]}
    bound = {name for each in statement.atoms(sp.Sum) for name in each.variables}
    names = sorted(set().union(*(end.free_symbols for end in ends)) - bound, key=str)
    for values in sorted(product(map(sp.Integer, SIZES), repeat=len(names)), key=sum):
        if all(satisfies(*pair) for pair in zip(names, values, strict=True)):
            yield dict(zip(names, values, strict=True))


def _entries(entries: list[Any]) -> Iterator[dict[Any, sp.Integer]]:
    """Few choices, the simplest first; for many entries not all, but each value in each place."""
    whole = len(ENTRIES) ** len(entries)
    step = max(1, whole // FAMILIES)
    step += 1 - step % 2
    for number in range(0, whole, step):
        digits = [(number // len(ENTRIES) ** place) % len(ENTRIES) for place in range(len(entries))]
        values = (ENTRIES[digit] for digit in digits)
        yield dict(zip(entries, values, strict=True))
