"""Indices that are not summed over, and of which nobody said whether they are equal."""

from __future__ import annotations

from itertools import combinations

import sympy as sp

from symvar.claims.expectation.attempt import Attempt
from symvar.claims.expectation.terms import Term
from symvar.claims.moments import Moment
from symvar.claims.random import RandomMember


def undecided_pair(attempt: Attempt) -> tuple[sp.Expr, sp.Symbol] | None:
    """Two indices of one family, one of them a free symbol, that may be equal or not."""
    free = attempt.statement.free_symbols
    nothing = Term(sp.Integer(1))
    pairs = (
        pair
        for moment in sorted(attempt.statement.atoms(Moment), key=sp.default_sort_key)
        for pair in combinations(sorted(moment.atoms(RandomMember), key=str), 2)
    )
    for one, other in pairs:
        if one.family != other.family or len(one.indices) != len(other.indices):
            continue
        if attempt.normaliser.differ(nothing, one.indices, other.indices):
            continue
        for a, b in zip(one.indices, other.indices, strict=True):
            for kept, dropped in ((a, b), (b, a)):
                if a != b and dropped in free and kept.free_symbols <= free:
                    return kept, dropped
    return None
