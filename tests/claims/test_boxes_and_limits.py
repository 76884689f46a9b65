"""Inequalities over boxes and limits: accepted, refuted, and left open where they must be."""

from __future__ import annotations

import pytest
import sympy as sp

from symvar.claims import check

x, y = sp.symbols("x y", real=True)
p = sp.Symbol("p", positive=True)
UNIT = (sp.Ge(x, 0), sp.Le(x, 1))
AROUND = (sp.Ge(x, -1), sp.Le(x, 2))
SQUARE = (*UNIT, sp.Ge(y, 0), sp.Le(y, 1))


def rel(kind, left, right):
    return kind(left, right, evaluate=False)


@pytest.mark.parametrize(
    ("statement", "given", "expected"),
    [
        (rel(sp.Lt, sp.sin(x), x + sp.Rational(1, 100)), UNIT, "enclosed"),
        (rel(sp.Gt, sp.exp(x), 1 + x - sp.Rational(1, 50)), UNIT, "enclosed"),
        (rel(sp.Lt, sp.exp(x), 1 + x + x**2), UNIT, "refuted"),  # equal at 0
        (rel(sp.Lt, x * y * (1 - x) * (1 - y), sp.Rational(1, 15)), SQUARE, "enclosed"),
        # the maximum is 1/16: above 1/16.01 only near the middle
        (rel(sp.Lt, x * y * (1 - x) * (1 - y), sp.Rational(100, 1601)), SQUARE, "refuted"),
        # fails on an interval of length 2e-3 around 0.3
        (rel(sp.Gt, (x - sp.Rational(3, 10)) ** 2, sp.Rational(1, 10**6)), UNIT, "refuted"),
        (rel(sp.Le, sp.tanh(p), sp.Rational(77, 100)), (sp.Le(p, 1),), "enclosed"),
    ],
    ids=str,
)
def test_boxes(statement, given, expected):
    assert check(statement, given).status == expected


def test_an_inequality_that_is_equal_inside_the_box_stays_open():
    statement = rel(sp.Ge, sp.exp(x) + sp.exp(-x), 2)
    assert check(statement, AROUND).status in ("unknown", "proved")


@pytest.mark.parametrize(
    ("function", "at", "value", "expected"),
    [
        (sp.sin(x) / x, 0, 1, "proved"),
        ((1 + 1 / p) ** p, sp.oo, sp.E, "proved"),
        ((1 + y / p) ** p, sp.oo, sp.exp(y), "proved"),
        (sp.sin(x) / x, 0, 0, "refuted"),
        ((1 + 1 / p) ** p, sp.oo, 1, "refuted"),
        ((sp.sqrt(p + 1) - sp.sqrt(p)) * sp.sqrt(p), sp.oo, sp.Rational(1, 2), "proved"),
        (sp.Function("h")(x), 0, 1, "unknown"),
    ],
    ids=str,
)
def test_limits(function, at, value, expected):
    (name,) = function.free_symbols - {y} or {x}
    assert check(rel(sp.Eq, sp.Limit(function, name, at), value)).status == expected
