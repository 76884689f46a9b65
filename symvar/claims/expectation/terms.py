"""Sums of symbolic length, opened into products under bound indices and closed again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import count, permutations, product
from typing import Any

import sympy as sp

Range = tuple[sp.Expr, sp.Expr]
MOST = 8
"""The highest power that is multiplied out."""


SHORT = 12
"""How many terms of a sum between integers are written out."""


@dataclass(frozen=True)
class Term:
    """A product, summed over indices that may be required to differ.

    Args:
        body: the product.
        bound: the range of each index.
        distinct: pairs of indices that differ.
    """

    body: sp.Expr
    bound: tuple[tuple[sp.Symbol, Range], ...] = ()
    distinct: frozenset[frozenset[sp.Expr]] = frozenset()

    @property
    def indices(self) -> tuple[sp.Symbol, ...]:
        """The bound indices."""
        return tuple(index for index, _ in self.bound)

    def times(self, other: Term) -> Term:
        """The product; the indices of both are different symbols."""
        return Term(
            self.body * other.body, self.bound + other.bound, self.distinct | other.distinct
        )

    def with_body(self, body: sp.Expr) -> Term:
        """Another product under the same indices."""
        return replace(self, body=body)

    def identified(self, kept: sp.Expr, dropped: sp.Symbol) -> Term | None:
        """The part where the dropped index equals the kept one; None where they must differ."""
        pairs = set()
        for pair in self.distinct:
            changed = frozenset(kept if each == dropped else each for each in pair)
            if len(changed) == 1:
                return None
            pairs.add(changed)
        bound = tuple((i, r) for i, r in self.bound if i != dropped)
        bound = tuple((i, tuple(end.subs(dropped, kept) for end in r)) for i, r in bound)
        return Term(self.body.subs(dropped, kept), bound, frozenset(pairs))


_fresh = count()


def opened_sum(total: sp.Sum, terms: Callable[[sp.Expr], Iterable[Term]]) -> Iterable[Term]:
    """The terms of a sum, its indices renamed so that no two sums share one."""
    body = total.function
    limits = list(total.limits)
    names = {}
    for position in range(len(limits)):
        index, low, high = limits[position]
        names[index] = sp.Dummy(f"i{next(_fresh)}", integer=True)
        # Inner limits may use outer indices, which stand later.
        limits[position] = (index, low, high)
    bound = tuple(
        (names[index], (low.subs(names), high.subs(names))) for index, low, high in limits
    )
    return [Term(sp.Integer(1), bound).times(term) for term in terms(body.subs(names))]


def multiplied(factors: Iterable[Iterable[Term]]) -> list[Term]:
    """The product of sums of terms."""
    result = [Term(sp.Integer(1))]
    for factor in factors:
        result = [one.times(other) for one, other in product(result, list(factor))]
    return result


def expanded(term: Term) -> list[Term]:
    """The term with its product multiplied out."""
    return [term.with_body(part) for part in sp.Add.make_args(sp.expand(term.body))]


def deltas(term: Term, inside: Callable[[sp.Expr, Range], bool]) -> Term | None:
    """The term without Kronecker deltas of bound indices; None where they make it vanish."""
    for delta in term.body.atoms(sp.KroneckerDelta):
        if delta not in sp.Mul.make_args(term.body):
            continue
        ranges = dict(term.bound)
        for kept, dropped in (delta.args, delta.args[::-1]):
            same = ranges.get(dropped) == ranges.get(kept) if kept in ranges else False
            if dropped in ranges and (
                same or (kept not in ranges and inside(kept, ranges[dropped]))
            ):
                left = term.with_body(term.body / delta).identified(kept, dropped)
                return None if left is None else deltas(left, inside)
        if frozenset(delta.args) in term.distinct:
            return None
    return term


def summed(term: Term, renewed: Callable[[Term], Iterable[Term]]) -> sp.Expr:
    """The term as an expression: sums only over what truly depends on the index.

    Args:
        term: the term.
        renewed: what becomes of a term two of whose indices have become one.
    """
    for pair in sorted(term.distinct, key=lambda each: sorted(map(str, each))):
        dropped = next((i for i in sorted(pair, key=str) if i in term.indices), None)
        if dropped is None:
            continue
        (kept,) = pair - {dropped}
        every = replace(term, distinct=term.distinct - {pair})
        equal = every.identified(kept, dropped)
        rest = [] if equal is None else [summed(each, renewed) for each in renewed(equal)]
        return summed(every, renewed) - sp.Add(*rest)
    return _factored(term)


def _factored(term: Term) -> sp.Expr:
    factors = sp.Mul.make_args(sp.powdenest(term.body))
    parts: list[tuple[set[sp.Symbol], list[sp.Expr]]] = []
    indices = set(term.indices)
    for factor in factors:
        _join(parts, factor.free_symbols & indices, [factor])
    for index, ends in term.bound:
        used = {index}.union(*(end.free_symbols & indices for end in ends))
        _join(parts, used, [])
    ranges = dict(term.bound)
    return sp.Mul(*(_one_sum(sp.Mul(*body), used, ranges) for used, body in parts))


def _join(
    parts: list[tuple[set[sp.Symbol], list[sp.Expr]]], used: set[sp.Symbol], body: list[sp.Expr]
) -> None:
    touching = [part for part in parts if part[0] & used]
    for part in touching:
        parts.remove(part)
        used, body = used | part[0], part[1] + body
    parts.append((used, body))


def _one_sum(body: sp.Expr, used: set[sp.Symbol], ranges: dict[sp.Symbol, Range]) -> sp.Expr:
    if not used:
        return body
    if len(used) == 1:
        (index,) = used
        low, high = ranges[index]
        outside, inside = body.as_independent(index, as_Add=False)
        if inside == 1:
            return outside * (high - low + 1)
        if inside.is_polynomial(index) and not inside.atoms(sp.Function):
            return outside * sp.expand(sp.summation(inside, (index, low, high)))
        return outside * _canonical(inside, (index,), ranges)
    free = [index for index in used if not body.has(index) and _unused(index, used, ranges)]
    if free:
        low, high = ranges[free[0]]
        rest = body * (high - low + 1)
        return sp.Add(
            *(
                _factored(
                    Term(part, tuple((i, ranges[i]) for i in sorted(used - {free[0]}, key=str)))
                )
                for part in sp.Add.make_args(sp.expand(rest))
            )
        )
    outside, inside = body.as_independent(*used, as_Add=False)
    ordered = tuple(sorted(used, key=str))
    orders = permutations(ordered) if len(used) <= 4 else [ordered]
    named = (_canonical(inside, order, ranges) for order in orders)
    return outside * min(named, key=sp.default_sort_key)


def _unused(index: sp.Symbol, used: set[sp.Symbol], ranges: dict[sp.Symbol, Range]) -> bool:
    return not any(end.has(index) for other in used - {index} for end in ranges[other])


def _canonical(
    body: sp.Expr, order: tuple[sp.Symbol, ...], ranges: dict[sp.Symbol, Range]
) -> sp.Expr:
    names = {index: _NAMES[k] for k, index in enumerate(order)}
    shift = {index: names[index] + ranges[index][0] - 1 for index in order}
    if any(end.has(*order) for index in order for end in ranges[index]):
        limits = [(names[i], *(end.subs(names) for end in ranges[i])) for i in order]
        return sp.Sum(body.subs(names), *limits)
    limits = [(names[i], 1, ranges[i][1] - ranges[i][0] + 1) for i in order]
    return sp.Sum(body.subs(shift, simultaneous=True), *limits)


_NAMES = tuple(sp.Symbol(f"_i{k}", integer=True) for k in range(MOST * 2))


def spelled(expr: Any) -> Any:
    """The expression with every short sum between integers written out."""
    return expr.replace(_is_short, _spelled) if isinstance(expr, sp.Basic) else expr


def _is_short(expr: Any) -> bool:
    return isinstance(expr, sp.Sum) and any(
        len(limit) == 3 and all(end.is_Integer for end in limit[1:]) and limit[2] - limit[1] < SHORT
        for limit in expr.limits
    )


def _spelled(total: sp.Sum) -> sp.Expr:
    body, limits = total.function, list(total.limits)
    while limits:
        short = next((each for each in limits[::-1] if _is_short(sp.Sum(body, each))), None)
        if short is None or short[2] < short[1]:
            return sp.Sum(body, *limits)
        index, low, high = short
        limits.remove(short)
        # An inner limit may use the index of an outer one.
        if any(end.has(index) for limit in limits for end in limit[1:]):
            return sp.Sum(body, *total.limits)
        body = sp.Add(*(body.subs(index, value) for value in range(int(low), int(high) + 1)))
    return body


def is_sum(expr: Any) -> bool:
    """Whether it is a finite sum written with limits."""
    return isinstance(expr, sp.Sum) and all(len(limit) == 3 for limit in expr.limits)
