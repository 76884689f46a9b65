"""One attempt at a proof: both sides in normal form, compared as expressions in moments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy as sp

from symvar.claims.expectation.normal import Normaliser
from symvar.claims.expectation.order import nonnegative
from symvar.claims.facts import Facts
from symvar.claims.moments import E, Moment, has_moments
from symvar.claims.prove import proof, undefined_where

ORDERS = (sp.Ge, sp.Le)


@dataclass(frozen=True)
class Attempt:
    """A relation between moments and the facts it is to follow from.

    Args:
        statement: the relation.
        facts: what is given.
    """

    statement: Any
    facts: Facts

    @cached_property
    def normaliser(self) -> Normaliser:
        """What rewrites under these facts."""
        return Normaliser(self.facts)

    @cached_property
    def normal(self) -> Any:
        """The relation with both sides in normal form."""
        sides = map(self.normaliser.value, self.statement.args)
        return self.statement.func(*sides, evaluate=False)

    @cached_property
    def open_moments(self) -> set[Moment]:
        """The moments that the facts do not determine."""
        return self.normal.atoms(E)

    @cached_property
    def plain(self) -> Any:
        """The relation with an ordinary symbol for each moment."""
        return _plain(self.normal, self._positive)

    @cached_property
    def _positive(self) -> set[Any]:
        return {
            moment
            for low, high in self._strict
            for moment in (high - low,)
            if isinstance(moment, E)
        }

    @cached_property
    def _strict(self) -> list[tuple[Any, Any]]:
        """Pairs of sides in normal form that a given fact keeps apart."""
        apart = (sp.Ne, sp.Lt, sp.Gt)
        return [
            tuple(map(self.normaliser.value, (fact.lts, fact.gts)))
            if not isinstance(fact, sp.Ne)
            else tuple(map(self.normaliser.value, fact.args))
            for fact in self.facts.conditions
            if isinstance(fact, apart) and has_moments(fact)
        ]

    @cached_property
    def why(self) -> str | None:
        """Why the relation holds where its sides are defined, or None."""
        why = proof(self.plain)
        if why is not None or not isinstance(self.statement, ORDERS):
            return why
        return nonnegative(self.normal.gts - self.normal.lts)

    @cached_property
    def gaps(self) -> tuple[sp.Expr, ...]:
        """What may vanish in a denominator, what is given not to vanish left out."""
        names = _names(self.normal, self._positive)
        apart = [sp.expand(high - low).xreplace(names) for low, high in self._strict]
        return tuple(gap for gap in undefined_where(self.plain) if not _among(gap, apart))

    @property
    def rules(self) -> str:
        """The rules used so far, in words."""
        return "; ".join(sorted(self.normaliser.known.used))

    def valued(self, fact: Any) -> Any:
        """A given relation with its sides in normal form."""
        if not has_moments(fact):
            return fact
        return fact.func(*map(self.normaliser.value, fact.args))


def _among(gap: sp.Expr, apart: list[sp.Expr]) -> bool:
    ratios: Iterator[sp.Expr] = (sp.cancel(gap / each) for each in apart if each != 0)
    return any(bool(ratio.is_nonzero) for ratio in ratios)


def _names(relation: Any, positive: set[Any]) -> dict[Any, sp.Dummy]:
    return {
        each: _dummy(each, each in positive)
        for each in sorted(relation.atoms(E), key=sp.default_sort_key)
    }


def _plain(relation: Any, positive: set[Any]) -> Any:
    names = _names(relation, positive)
    sides = (side.xreplace(names) for side in relation.args)
    return relation.func(*sides, evaluate=False)


_DUMMIES: dict[tuple[Any, bool], sp.Dummy] = {}


def _dummy(moment: Moment, positive: bool) -> sp.Dummy:
    sign = {"positive": True} if positive else {"nonnegative": moment.is_nonnegative or None}
    return _DUMMIES.setdefault((moment, positive), sp.Dummy(str(moment), real=True, **sign))
