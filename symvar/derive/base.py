"""A derivation: steps, each with its formula, its reason and the verdict of the checker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from symvar.claims import Verdict, check
from symvar.reference import Reference


@dataclass(frozen=True)
class Step:
    """One line of a derivation.

    Args:
        formula: the relation that is printed.
        reason: why it follows.
        statement: what the checker is asked: the formula itself, or the identity behind it.
        given: what the line assumes.
        assumptions: the same in words.
        reference: where a source states it.
    """

    formula: Any
    reason: str
    statement: Any
    given: tuple[Any, ...] = ()
    assumptions: tuple[str, ...] = ()
    reference: Reference | None = None
    verdict: Verdict = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "verdict", check(self.statement, self.given))

    @property
    def latex(self) -> str:
        """The formula as LaTeX."""
        if isinstance(self.formula, sp.Eq):
            return f"{sp.latex(self.formula.lhs)} = {sp.latex(self.formula.rhs)}"
        return sp.latex(self.formula)


@dataclass(frozen=True)
class Derivation:
    """A chain of checked steps.

    Args:
        name: what ``derive`` calls it by.
        title: what it derives.
        steps: the lines in order.
    """

    name: str
    title: str
    steps: Sequence[Step]

    def to_latex(self) -> str:
        """The lines as LaTeX, each with its reason, assumptions and verdict."""
        from symvar.emit.derivations import latex_fragment

        return latex_fragment(self)

    def to_markdown(self) -> str:
        """The lines as Markdown, each with its reason, assumptions and verdict."""
        from symvar.emit.derivations import markdown

        return markdown(self)

    def _repr_markdown_(self) -> str:
        return self.to_markdown()
