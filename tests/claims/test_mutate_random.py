"""Changes of statements about random families: the family is a name, not a quantity."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Var, check, random_family
from symvar.claims.mutate import mutants

n = sp.Symbol("n", positive=True, integer=True)
i = sp.Symbol("i", positive=True, integer=True)
w = random_family("w")


def test_no_change_squares_a_family_or_its_index():
    statement = sp.Eq(Var(sp.Sum(w[i], (i, 1, n))), n * Var(w[1]), evaluate=False)
    changed = list(mutants(statement, limit=None))
    assert "exponent, square of w[i]" in dict(changed)
    for name, mutant in changed:
        assert "square of w" not in name or "[" in name
        assert "square of i" not in name
        check(mutant, seconds=5)
