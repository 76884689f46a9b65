"""Series of positive terms: whether they converge, by tests whose premises are checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from symvar.claims.facts import Facts
from symvar.claims.statement import Statement
from symvar.claims.verdict import Verdict


@dataclass(frozen=True)
class Converges(Statement):
    r"""$\sum_t a_t$ of positive terms has a finite value; with ``finite=False``: it has not.

    Decided by the order of a rational term, and by the limit of the ratio of two that follow one
    another. Anything else is unknown.

    Args:
        term: $a_t$, positive for all t from 1 on.
        index: t, a positive integer symbol.
        finite: what is stated.

    >>> from symvar.claims import check
    >>> t = sp.Symbol("t", positive=True, integer=True)
    >>> check(Converges(1 / t**2, t)).status, check(Converges(1 / t, t)).status
    ('proved', 'refuted')
    """

    term: Any
    index: sp.Symbol
    finite: bool = True

    def judge(self, facts: Facts) -> Verdict:
        """Proved or refuted where a test decides."""
        term = sp.sympify(self.term).subs(facts.known)
        if not term.is_positive:
            return Verdict("unknown", f"{term} is not known to be positive")
        decided = _by_order(term, self.index) or _by_ratio(term, self.index)
        if decided is None:
            return Verdict("unknown", "neither a rational term nor a ratio with a limit off one")
        converges, why = decided
        return Verdict("proved" if converges == self.finite else "refuted", why)

    def mutants(self) -> Iterator[tuple[str, Any]]:
        """The opposite, and the term with one power of the index more or less."""
        yield "converges for diverges", replace(self, finite=not self.finite)
        yield "term times the index", replace(self, term=self.term * self.index)
        yield "term over the index", replace(self, term=self.term / self.index)

    def _latex(self, printer: Any) -> str:
        series = printer._print(sp.Sum(self.term, (self.index, 1, sp.oo)))
        return rf"{series} {'<' if self.finite else '='} \infty"


def _by_order(term: sp.Expr, index: sp.Symbol) -> tuple[bool, str] | None:
    top, bottom = sp.fraction(sp.together(term))
    if not (top.is_polynomial(index) and bottom.is_polynomial(index)):
        return None
    order = sp.degree(bottom, index) - sp.degree(top, index)
    return bool(order >= 2), f"the term falls like {index}**({-order})"


def _by_ratio(term: sp.Expr, index: sp.Symbol) -> tuple[bool, str] | None:
    ratio = sp.simplify(term.subs(index, index + 1) / term)
    if ratio.has(index):
        return None
    below, above = (1 - ratio).is_positive, (ratio - 1).is_nonnegative
    if not (below or above):
        return None
    return bool(below), f"each term is {ratio} times the one before"
