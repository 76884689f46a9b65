"""A sum of errors, each through its own gate: the indices of a double sum stay apart."""

from __future__ import annotations

import pytest
import sympy as sp

from symvar.claims import (
    Gaussian,
    HasLaw,
    IdenticallyDistributed,
    Independent,
    NoAtomAtZero,
    Symmetric,
    Var,
    ZeroMean,
    check,
    random_family,
    random_variable,
)

n, i = sp.symbols("n i", positive=True, integer=True)
w, x, d = map(random_family, ("w", "x", "d"))
D = random_variable("D")
GIVEN = (
    HasLaw(w, Gaussian(0, 2 / n)),
    Independent(w),
    Independent(w, (x, d)),
    Independent(x, d),
    IdenticallyDistributed(d, D),
    ZeroMean(d, D),
    Symmetric(x),
    NoAtomAtZero(x),
)


@pytest.mark.parametrize(("share", "status"), [(1, "proved"), (2, "refuted")])
def test_the_variance_of_the_sum(share, status):
    gate = sp.Piecewise((1, x[i] > 0), (0, True))
    total = sp.Sum(w[i] * gate * d[i], (i, 1, n))
    assert check(sp.Eq(Var(total), share * Var(D), evaluate=False), GIVEN).status == status
