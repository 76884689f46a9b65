"""Relations between expectations, variances, covariances and probabilities."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims.expectation.normal import Normaliser
from symvar.claims.facts import Facts
from symvar.claims.moments import E, Moment, has_moments
from symvar.claims.prove import proof, undefined_where
from symvar.claims.routes.base import Route
from symvar.claims.verdict import Verdict


class Expectations(Route):
    """A normal form of moments proves; exact finite laws refute."""

    name = "expectation"
    rank = 20

    def judge(self, statement: Any, facts: Facts) -> Verdict | None:
        """The verdict on a relation that contains expectations."""
        relational = isinstance(statement, sp.core.relational.Relational)
        if not (relational and has_moments(statement)):
            return None
        normaliser = Normaliser(facts)
        sides = [normaliser.value(side) for side in statement.args]
        normal = statement.func(*sides, evaluate=False)
        names = {each: _dummy(each) for each in normal.atoms(E)}
        plain = statement.func(*(side.xreplace(names) for side in sides), evaluate=False)
        why = proof(plain)
        gaps = undefined_where(plain)
        if why is not None and not gaps:
            rules = "; ".join(sorted(normaliser.known.used))
            return Verdict("proved", f"{why}, of the normal forms in moments: {rules}")
        return Verdict("unknown", f"normal forms: {sides[0]} and {sides[1]}")


def _dummy(moment: Moment) -> sp.Dummy:
    return sp.Dummy(str(moment), real=True, nonnegative=moment.is_nonnegative or None)
