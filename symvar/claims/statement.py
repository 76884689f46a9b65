"""Statements that are no sympy relations: each knows how it is judged and how it is perturbed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

from symvar.claims.facts import Facts
from symvar.claims.verdict import Verdict


class Statement(ABC):
    """A statement with a truth value that a sympy relation cannot say.

    A subclass is a frozen dataclass in a file of its own. `symvar.check` takes it wherever it
    takes a relation.
    """

    @abstractmethod
    def judge(self, facts: Facts) -> Verdict:
        """The verdict, never stronger than its evidence."""
        raise NotImplementedError

    @abstractmethod
    def mutants(self) -> Iterator[tuple[str, Any]]:
        """Small changes of the statement: what was changed, and the statement so changed."""
        raise NotImplementedError

    @abstractmethod
    def _latex(self, printer: Any) -> str:
        """The statement as LaTeX, for ``sympy.latex``."""
        raise NotImplementedError
