"""Positive semidefinite matrices: by a root, by principal minors; refuted by a vector."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import sympy as sp

from symvar.claims.facts import Facts
from symvar.claims.refute import counterexample
from symvar.claims.statement import Statement
from symvar.claims.verdict import Verdict, weakest

LARGEST = 5
"""Up to this size all principal minors are asked about."""


@dataclass(frozen=True)
class PositiveSemidefinite(Statement):
    r"""$x^\top A x \ge 0$ for all real x, A symmetric.

    Args:
        matrix: A, explicit.
        root: B with $A = B^\top B$, where one is known: then that equation is the proof.

    >>> from symvar.claims import check
    >>> a, b = sp.symbols("a b", real=True)
    >>> check(PositiveSemidefinite(sp.ImmutableMatrix([[a**2, a * b], [a * b, b**2]]))).status
    'proved'
    """

    matrix: Any
    root: Any = None

    def judge(self, facts: Facts) -> Verdict:
        """Proved by the root or the minors; refuted by a vector; else unknown."""
        from symvar.claims.check import judged

        matrix = sp.ImmutableMatrix(self.matrix)
        symmetric = judged(sp.Eq(matrix, matrix.T, evaluate=False), facts)
        if symmetric.status != "proved":
            said = f"not known to be symmetric: {symmetric.evidence}"
            return Verdict(symmetric.status, said, symmetric.counterexample)
        if self.root is not None:
            root = sp.ImmutableMatrix(self.root)
            squared = judged(sp.Eq(matrix, root.T * root, evaluate=False), facts)
            if squared.status == "proved":
                return Verdict("proved", f"it is its root's square: {squared.evidence}")
        if matrix.rows <= LARGEST:
            minors = weakest([judged(sp.Ge(m, 0, evaluate=False), facts) for m in _minors(matrix)])
            if minors.status == "proved":
                return Verdict("proved", "all its principal minors are nonnegative")
        lower = _refuted(matrix, facts)
        return lower if lower is not None else Verdict("unknown", "no root, minors undecided")

    def mutants(self) -> Iterator[tuple[str, Any]]:
        """The sign turned, and one or another diagonal entry lowered."""
        yield "sign of the matrix", PositiveSemidefinite(-self.matrix)
        for i in range(self.matrix.rows):
            lowered = sp.Matrix(self.matrix)
            lowered[i, i] -= 1
            yield f"entry ({i + 1}, {i + 1}) less one", PositiveSemidefinite(lowered.as_immutable())

    def _latex(self, printer: Any) -> str:
        return rf"{printer._print(self.matrix)} \succeq 0"


def _minors(matrix: Any) -> Iterator[sp.Expr]:
    places = range(matrix.rows)
    for size in range(1, matrix.rows + 1):
        for kept in combinations(places, size):
            yield sp.factor(matrix.extract(list(kept), list(kept)).det())


def _refuted(matrix: Any, facts: Facts) -> Verdict | None:
    for entries in product((0, 1, -1, 2), repeat=matrix.rows):
        vector = sp.ImmutableMatrix(entries)
        form = sp.expand((vector.T * matrix * vector)[0])
        point = counterexample(sp.Ge(form, 0, evaluate=False), facts)
        if point is not None:
            shown = f"x = {list(entries)} gives {form.subs(point)}"
            return Verdict("refuted", shown, {"x": list(entries), **point})
    return None
