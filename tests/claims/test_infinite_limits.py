"""Limits that are infinite, and named constants that simplification must leave alone."""

from __future__ import annotations

import pytest
import sympy as sp

from symvar import check, expect
from symvar.symbols import x

n = sp.Symbol("n", positive=True, integer=True)
a = sp.Symbol("a", positive=True)


@pytest.mark.parametrize(
    ("function", "value", "expected"),
    [
        (2 * (n + 1) / (n + 2), sp.oo, "refuted"),
        ((1 + a) ** n, sp.oo, "proved"),
        (a * sp.Rational(1, 2) ** n, sp.oo, "refuted"),
        (-n, sp.oo, "refuted"),
        (n**2, 5, "refuted"),
    ],
    ids=str,
)
def test_a_limit_is_compared_on_the_extended_line(function, value, expected):
    assert check(sp.Eq(sp.Limit(function, n, sp.oo), value, evaluate=False)).status == expected


def test_a_limit_that_sympy_gives_up_on_is_unknown():
    statement = sp.Eq(sp.Limit((1 - a) ** n, n, sp.oo), 0, evaluate=False)
    assert check(statement).status == "unknown"
    statement = sp.Eq(sp.Limit(a * (-a) ** n, n, sp.oo), 0, evaluate=False)
    assert check(statement).status == "unknown"


def test_simplification_does_not_rewrite_inside_an_expectation():
    """sympy turns tanh into tan of an imaginary argument, which no expectation knows."""
    share = expect(sp.tanh(x) ** 2, x, 1)
    other = expect(sp.tanh(x) ** 2, x, 4) / 4
    assert check(sp.Gt(share, other, evaluate=False)).status == "enclosed"
    assert check(sp.Lt(share, other, evaluate=False)).status == "refuted"
