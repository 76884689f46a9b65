"""The normal form: every expectation as a polynomial in moments that the facts leave open."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims.expectation.groups import group_moment
from symvar.claims.expectation.kinks import indicator, opened, reduced
from symvar.claims.expectation.known import Known
from symvar.claims.expectation.terms import (
    MOST,
    Term,
    deltas,
    expanded,
    is_sum,
    multiplied,
    opened_sum,
    spelled,
    summed,
)
from symvar.claims.facts import Facts
from symvar.claims.moments import Cov, E, Moment, Prob, Var, has_moments
from symvar.claims.random import RandomMember, elements, is_random
from symvar.claims.randomness import OfGroups


class Normaliser:
    """Rewrites expectations by linearity, independence, means, symmetry and laws.

    Args:
        facts: what is given.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.known = Known.of(facts)
        self.solved: dict[sp.Expr, sp.Expr] = {}
        self._within = {
            item
            for fact in self.known.assumptions
            if isinstance(fact, OfGroups) and fact.within
            for item in fact.groups[0]
        }
        for condition in facts.conditions:
            if isinstance(condition, sp.Eq) and has_moments(condition):
                self._solve(condition)

    def value(self, expr: Any) -> Any:
        """The normal form of an expression, sides of a relation one by one."""
        if not isinstance(expr, sp.Expr):
            parts = expr.args if isinstance(expr, sp.Basic) else ()
            return expr.func(*map(self.value, parts)) if parts else expr
        total = sp.Add(*map(summed, self.terms(spelled(expr))))
        return total.xreplace(self.solved) if self.solved else total

    def terms(self, expr: sp.Expr) -> list[Term]:
        """The expression multiplied out, with expectations already taken."""
        if isinstance(expr, Moment):
            return self.moment(expr)
        if isinstance(expr, sp.Add):
            return [term for part in expr.args for term in self.terms(part)]
        if isinstance(expr, sp.Mul):
            return multiplied(map(self.terms, expr.args))
        if isinstance(expr, sp.Pow) and expr.exp.is_Integer and 0 < expr.exp <= MOST:
            return multiplied(self.terms(expr.base) for _ in range(int(expr.exp)))
        if is_sum(expr):
            kept = (deltas(term, self.inside) for term in opened_sum(expr, self.terms))
            return [term for term in kept if term is not None]
        if is_random(expr) or not expr.has(Moment, sp.Sum):
            return [Term(expr)]
        if isinstance(expr, sp.Product):
            return [Term(_product(self.value(expr.function), expr))]
        return [Term(expr.func(*map(self.value, expr.args)))]

    def moment(self, node: Moment) -> list[Term]:
        """An expectation, variance, covariance or probability, as expectations multiplied out."""
        if node.given:
            return [Term(node)]
        if isinstance(node, E):
            return self.expectation(node.of[0])
        if isinstance(node, Prob):
            return self.expectation(indicator(node.of[0]))
        one, other = node.of if isinstance(node, Cov) else node.of * 2
        means = multiplied((self.expectation(one), self.expectation(other)))
        rule = (
            "Var[f] = E[f^2] - E[f]^2" if isinstance(node, Var) else "Cov[f, g] = E[fg] - E[f]E[g]"
        )
        self.known.used.add(rule)
        return self.expectation(one * other) + [t.with_body(-t.body) for t in means]

    def expectation(self, expr: sp.Expr) -> list[Term]:
        """E of an expression: linear, then split where indices coincide, then by groups."""
        cases = (
            case
            for term in self.terms(expr)
            for part in expanded(term)
            for case in self.split(part)
        )
        means = (case.with_body(self._mean(case.body, case)) for case in cases)
        return [part for term in means for part in expanded(term) if part.body != 0]

    def split(self, term: Term) -> list[Term]:
        """The term by cases: indices of one family equal, or different."""
        left = deltas(term, self.inside)
        if left is None:
            return []
        pair = self._undecided(left)
        if pair is None:
            return [left]
        kept, dropped = pair
        equal = left.identified(kept, dropped)
        apart = Term(left.body, left.bound, left.distinct | {frozenset(pair)})
        return (self.split(equal) if equal is not None else []) + self.split(apart)

    def _undecided(self, term: Term) -> tuple[sp.Expr, sp.Symbol] | None:
        members = sorted(
            (m for m in set(elements(term.body)) if isinstance(m, RandomMember)), key=str
        )
        ranges = dict(term.bound)
        for k, one in enumerate(members):
            for other in members[k + 1 :]:
                if one.family != other.family or one.family not in self._within:
                    continue
                if self.differ(term, one.indices, other.indices):
                    continue
                for a, b in zip(one.indices, other.indices, strict=True):
                    if a == b:
                        continue
                    for kept, dropped in ((a, b), (b, a)):
                        if dropped in ranges and (
                            ranges.get(kept) == ranges[dropped]
                            or (kept not in ranges and self.inside(kept, ranges[dropped]))
                        ):
                            return kept, dropped
        return None

    def differ(
        self, term: Term, one: tuple[Any, ...] | None, other: tuple[Any, ...] | None
    ) -> bool:
        """Whether index tuples are known to differ, in one place at least."""
        if one is None or other is None or len(one) != len(other):
            return False
        return any(
            (a - b).is_zero is False
            or frozenset((a, b)) in term.distinct
            or self._given_apart(a, b)
            for a, b in zip(one, other, strict=True)
        )

    def _given_apart(self, a: sp.Expr, b: sp.Expr) -> bool:
        apart = (sp.Ne, sp.Lt, sp.Gt)
        return any(
            isinstance(fact, apart) and {fact.lhs, fact.rhs} == {a, b}
            for fact in self.facts.conditions
        )

    def inside(self, index: sp.Expr, ends: tuple[sp.Expr, sp.Expr]) -> bool:
        """Whether an index that is not summed over is known to lie in a range."""
        return all(
            (high - low).is_nonnegative
            or any(
                isinstance(fact, (sp.Le, sp.Ge)) and (fact.gts, fact.lts) == (high, low)
                for fact in self.facts.conditions
            )
            for low, high in ((ends[0], index), (index, ends[1]))
        )

    def _mean(self, body: sp.Expr, term: Term) -> sp.Expr:
        """E of a product, split where it can be, its kinks opened only where it cannot."""
        sure, chance = [], []
        for factor in sp.Mul.make_args(body):
            found = frozenset(elements(factor))
            (chance.append((factor, found)) if found else sure.append(factor))
        if not chance:
            return body

        def differ(one: Any, other: Any) -> bool:
            return self.differ(term, one, other)

        groups = self.known.separated(chance, differ)
        means = []
        for group in groups:
            product = sp.Mul(*(factor for factor, _ in group))
            flat = reduced(sp.expand(opened(product)))
            if flat != product:
                means.append(sp.Add(*(self._mean(each, term) for each in sp.Add.make_args(flat))))
            else:
                means.append(group_moment(group, self.known, differ))
        return sp.Mul(*sure, *means)

    def _solve(self, condition: Any) -> None:
        """Use a given equation between moments to eliminate one."""
        difference = sp.expand(self.value(condition.lhs) - self.value(condition.rhs))
        for atom in sorted(
            difference.atoms(E), key=lambda e: (e.count_ops(), str(e)), reverse=True
        ):
            mark = sp.Dummy()
            marked = difference.xreplace({atom: mark})
            if not marked.is_polynomial(mark) or sp.degree(marked, mark) != 1:
                continue
            slope = marked.coeff(mark, 1)
            if slope.is_nonzero and not has_moments(slope):
                solution = sp.expand(-marked.coeff(mark, 0) / slope)
                step = {atom: solution}
                self.solved = {k: v.xreplace(step) for k, v in self.solved.items()} | step
                self.known.used.add(f"the given {condition}")
                return


def _product(inner: sp.Expr, product: sp.Product) -> sp.Expr:
    for index, low, high in product.limits:
        if inner.has(index):
            return sp.Product(inner, *product.limits)
        inner = inner ** (high - low + 1)
    return inner
