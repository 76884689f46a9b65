"""Equations of matrices: by their entries, or by the rules of matrix expressions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import sympy as sp

from symvar.claims.facts import Facts, satisfies
from symvar.claims.routes.base import Route
from symvar.claims.verdict import Verdict, weakest

SIZES = (1, 2, 3)
"""What symbolic dimensions are given where a counterexample is sought."""


class Matrix(Route):
    """Shapes, then entries where they are known, else expansion of sums, products, transposes."""

    name = "matrix"
    rank = 20

    def judge(self, statement: Any, facts: Facts) -> Verdict | None:
        """The verdict on an equation of matrices."""
        if not isinstance(statement, (sp.Eq, sp.Ne)):
            return None
        left, right = statement.args
        if not _is_matrix(left) and not _is_matrix(right):
            return None
        if not (_is_matrix(left) and _is_matrix(right)):
            return Verdict("refuted", "a matrix and a number are never equal")
        if isinstance(statement, sp.Ne):
            return _opposite(self.judge(sp.Eq(left, right, evaluate=False), facts))
        if isinstance(shapes := _shapes(left, right), Verdict):
            return shapes
        if isinstance(left, sp.MatrixBase) and isinstance(right, sp.MatrixBase):
            return _by_entries(left, right, facts)
        return _by_rules(left, right, facts)


def _is_matrix(side: Any) -> bool:
    return isinstance(side, (sp.MatrixBase, sp.MatrixExpr))


def _shapes(left: Any, right: Any) -> Verdict | None:
    apart = [sp.simplify(a - b) for a, b in zip(left.shape, right.shape, strict=True)]
    if all(each == 0 for each in apart):
        return None
    said = f"the sides have shapes {left.shape} and {right.shape}"
    for sizes in _sizes(left, right):
        if any(each.subs(sizes) != 0 for each in apart):
            return Verdict("refuted", said, sizes)
    return Verdict("unknown", said)


def _by_entries(left: Any, right: Any, facts: Facts) -> Verdict:
    from symvar.claims.check import judged

    found = []
    for i, j in product(range(left.rows), range(left.cols)):
        if left[i, j] == right[i, j]:
            continue
        verdict = judged(sp.Eq(left[i, j], right[i, j], evaluate=False), facts)
        if verdict.status == "refuted":
            said = f"entry ({i + 1}, {j + 1}): {verdict.evidence}"
            return Verdict("refuted", said, verdict.counterexample)
        found.append(verdict)
    worst = weakest(found) if found else Verdict("proved", "the sides are the same expression")
    return Verdict(worst.status, f"entry by entry: {worst.evidence}")


def _by_rules(left: Any, right: Any, facts: Facts) -> Verdict:
    difference = sp.expand((left - right).doit()).doit()
    if difference == 0 or difference.is_ZeroMatrix:
        return Verdict("proved", "the difference is zero by the rules of matrix expressions")
    for sizes in _sizes(left, right):
        first, second = (_spelled(side, sizes) for side in (left, right))
        if first is None or second is None:
            continue
        verdict = _by_entries(first, second, facts)
        if verdict.status == "refuted":
            where = {**sizes, **verdict.counterexample}
            return Verdict("refuted", f"for {sizes}: {verdict.evidence}", where)
    return Verdict("unknown", f"the difference stays {difference}")


def _sizes(*sides: Any) -> Iterator[dict[sp.Symbol, sp.Integer]]:
    named = set().union(*(size.free_symbols for side in sides for size in _dimensions(side)))
    names = sorted(named, key=str)
    for values in product(map(sp.Integer, SIZES), repeat=len(names)):
        if all(satisfies(*pair) for pair in zip(names, values, strict=True)):
            yield dict(zip(names, values, strict=True))


def _dimensions(side: Any) -> Iterator[sp.Expr]:
    for symbol in side.atoms(sp.MatrixSymbol):
        yield from map(sp.sympify, symbol.shape)


def _spelled(side: Any, sizes: dict[sp.Symbol, sp.Integer]) -> Any:
    """The side with every entry a symbol of its own, at given sizes."""
    try:
        return side.xreplace(sizes).as_explicit().as_immutable().applyfunc(_named)
    except (TypeError, ValueError, AttributeError):
        return None


def _named(entry: sp.Expr) -> sp.Expr:
    cells = entry.atoms(sp.matrices.expressions.matexpr.MatrixElement)
    names = {cell: sp.Symbol(str(cell), real=True) for cell in cells}
    return entry.xreplace(names)


def _opposite(verdict: Verdict | None) -> Verdict | None:
    if verdict is None or verdict.status in ("unknown", "enclosed"):
        return Verdict("unknown", "only equality was asked") if verdict else None
    if verdict.status == "proved":
        return Verdict("refuted", f"the sides are equal: {verdict.evidence}")
    return Verdict("unknown", "the sides differ somewhere, not shown to differ everywhere")
