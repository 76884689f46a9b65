"""The normal form: every expectation as a polynomial in moments that the facts leave open."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from symvar.claims.expectation.groups import Group, group_moment
from symvar.claims.expectation.kinks import indicator, opened, reduced
from symvar.claims.expectation.known import Differ, Known
from symvar.claims.expectation.largest import largest_mean
from symvar.claims.expectation.mirror import mirrored
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
from symvar.claims.random import Largest, RandomFamily, RandomMember, elements, is_random
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
        total = self._total(self.terms(spelled(expr)))
        return total.xreplace(self.solved) if self.solved else total

    def _total(self, terms: list[Term]) -> sp.Expr:
        return sp.Add(*(summed(term, self._renewed) for term in terms))

    def _renewed(self, term: Term) -> list[Term]:
        """The term with its moments taken anew, as factors of them may have become alike."""
        moments = {
            node: self.mean(reduced(sp.expand(node.of[0])), term)
            for node in term.body.atoms(E)
            if not node.given
        }
        return expanded(term.with_body(term.body.xreplace(moments)))

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

        def mean(expr: sp.Expr) -> list[Term]:
            return self.conditional(expr, node.given) if node.given else self.expectation(expr)

        if isinstance(node, (E, Prob)):
            return mean(indicator(node.of[0]) if isinstance(node, Prob) else node.of[0])
        one, other = node.of if isinstance(node, Cov) else node.of * 2
        means = multiplied((mean(one), mean(other)))
        rule = (
            "Var[f] = E[f^2] - E[f]^2" if isinstance(node, Var) else "Cov[f, g] = E[fg] - E[f]E[g]"
        )
        self.known.used.add(rule)
        return mean(one * other) + [t.with_body(-t.body) for t in means]

    def expectation(self, expr: sp.Expr) -> list[Term]:
        """E of an expression: linear, then split where indices coincide, then by groups."""
        cases = (
            case
            for term in self.terms(expr)
            for part in expanded(term)
            for case in self.split(part)
        )
        means = (case.with_body(self.mean(case.body, case)) for case in cases)
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

    def mean(self, body: sp.Expr, term: Term) -> sp.Expr:
        """E of a product, split where it can be, its kinks opened only where it cannot."""
        sure, chance = _factors(body)
        if not chance:
            return body

        def differ(one: Any, other: Any) -> bool:
            return self.differ(term, one, other)

        groups = self.known.separated(chance, differ)
        return sp.Mul(*sure, *(self._group(group, term, differ) for group in groups))

    def _group(self, group: Group, term: Term, differ: Differ) -> sp.Expr:
        product = sp.Mul(*(factor for factor, _ in group))
        found = frozenset().union(*(names for _, names in group))
        outer = self._tower(product)
        if outer is not None:
            return self._total(self.expectation(outer))
        if product.atoms(Moment):
            # A conditional moment is a function of its own variables alone: none may stand in.
            flat = reduced(sp.expand(opened(product)))
            if flat != product:
                return sp.Add(*(self.mean(each, term) for each in sp.Add.make_args(flat)))
            return E(product)
        largest = largest_mean(product, self, term) if product.has(Largest) else None
        if largest is not None:
            return largest
        whole = any(isinstance(each, RandomFamily) for each in found)
        if whole or len(found) > 1 or product.atoms(AppliedUndef):
            seen = mirrored(product, found, self.known, differ)
            if seen is not None:
                factor, other = seen
                if factor == 0 or _factors(other)[1] == group:
                    return factor * E(other) if factor else factor
                if whole:
                    return factor * self._total(self.expectation(other))
                # Here the term knows which indices differ, which `expectation` would forget.
                parts = sp.Add.make_args(sp.expand(other))
                return factor * sp.Add(*(self.mean(each, term) for each in parts))
        flat = reduced(sp.expand(opened(product)))
        if flat != product:
            return sp.Add(*(self.mean(each, term) for each in sp.Add.make_args(flat)))
        return group_moment(group, self.known, differ)

    def _tower(self, product: sp.Expr) -> sp.Expr | None:
        """The product without its one conditional expectation, where that is of all the rest."""
        factors = sp.Mul.make_args(product)
        inner = [each for each in factors if isinstance(each, E)]
        if len(inner) != 1 or not inner[0].given:
            return None
        rest = product / inner[0]
        if not set(elements(rest)) <= set(inner[0].given):
            return None
        self.known.used.add("E[E[f | y] g(y)] = E[f g(y)]")
        return inner[0].of[0] * rest

    def conditional(self, expr: sp.Expr, given: tuple[Any, ...]) -> list[Term]:
        """E of an expression given some variables: functions of these are factors."""
        cases = (
            case
            for term in self.terms(expr)
            for part in expanded(term)
            for case in self.split(part)
        )
        return [case.with_body(self._given(case, given)) for case in cases]

    def _given(self, term: Term, given: tuple[Any, ...]) -> sp.Expr:
        sure, chance = _factors(term.body)
        outside = [factor for factor, names in chance if names <= set(given)]
        inside = [pair for pair in chance if not pair[1] <= set(given)]
        mark = (sp.Integer(1), frozenset(given))

        def differ(one: Any, other: Any) -> bool:
            return self.differ(term, one, other)

        result = sp.Mul(*sure, *outside)
        for group in self.known.separated([mark, *inside], differ):
            if mark not in group:
                result *= self._group(group, term, differ)
                continue
            rest = sp.Mul(*(factor for factor, _ in group))
            result *= rest if rest == 1 else E(rest, given=given)
        return result

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


def _factors(body: sp.Expr) -> tuple[list[sp.Expr], Group]:
    """The factors without chance, and those with it and what they depend on."""
    sure, chance = [], []
    for factor in sp.Mul.make_args(body):
        found = frozenset(elements(factor))
        (chance.append((factor, found)) if found else sure.append(factor))
    return sure, chance


def _product(inner: sp.Expr, product: sp.Product) -> sp.Expr:
    for index, low, high in product.limits:
        if inner.has(index):
            return sp.Product(inner, *product.limits)
        inner = inner ** (high - low + 1)
    return inner
