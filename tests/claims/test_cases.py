"""The route of cases: what it proves, and that it never proves what fails at or beside a kink."""

from __future__ import annotations

import pytest
import sympy as sp

from symvar import check

x, y, d, e = sp.symbols("x y d e", real=True)
a, b = sp.symbols("a b", nonnegative=True)
c = sp.Symbol("c", positive=True)


def stated(lhs, rhs, relation=sp.Eq):
    return relation(lhs, rhs, evaluate=False)


TRUE = [
    (stated(sp.Max(0, x), (x + sp.Abs(x)) / 2), ()),
    (stated(sp.Max(x, y), (x + y + sp.Abs(x - y)) / 2), ()),
    (stated(sp.Abs(x * y), sp.Abs(x) * sp.Abs(y)), ()),
    (stated(sp.Abs(x + y), sp.Abs(x) + sp.Abs(y), sp.Le), ()),
    (stated(a * d**2 + b * e**2, sp.Max(a, b) * (d**2 + e**2), sp.Le), ()),
    (
        stated(
            (x * d) ** 2 + (y * e) ** 2,
            sp.Max(sp.Abs(x), sp.Abs(y)) ** 2 * (d**2 + e**2),
            sp.Le,
        ),
        (),
    ),
    (stated(sp.Max(1 - c * a, 1 - c * b), 1 - c * sp.Min(a, b)), ()),
    (stated(sp.Max(0, x) / x, sp.diff(sp.Max(0, x), x)), (sp.Ne(x, 0),)),
    (stated(sp.Piecewise((1, x > 0), (0, True)), (1 + sp.sign(x)) / 2), (sp.Ne(x, 0),)),
]


@pytest.mark.parametrize(("statement", "given"), TRUE, ids=str)
def test_what_holds_in_every_case_is_proved(statement, given):
    verdict = check(statement, given)
    assert verdict.status == "proved", verdict
    for point in ({x: 2, y: -3}, {x: -1, y: 5}, {x: -4, y: -1}):
        values = {**point, d: 3, e: -2, a: 5, b: 7, c: 2}
        assert statement.func(*(side.subs(values) for side in statement.args)) == sp.true


FALSE = [
    (stated(sp.Max(0, x), x), ()),
    (stated(sp.sign(x) ** 2, 1), ()),  # at the kink alone
    (stated(sp.Max(0, x) / x, sp.Heaviside(x)), ()),  # undefined at the kink
    (stated(sp.Piecewise((1, x > 0), (0, True)), (1 + sp.sign(x)) / 2), ()),
    (stated(sp.Abs(x + y), sp.Abs(x) + sp.Abs(y), sp.Lt), ()),
    (stated(a * d**2 + b * e**2, sp.Min(a, b) * (d**2 + e**2), sp.Le), ()),
    (stated(sp.Abs(x), x), (sp.Ge(x, -1),)),
    (stated((x * d) ** 2 + (y * e) ** 2, sp.Max(x, y) ** 2 * (d**2 + e**2), sp.Le), ()),
    (stated(sp.Max(1 - c * a, 1 - c * b), 1 - c * sp.Max(a, b)), ()),
]


@pytest.mark.parametrize(("statement", "given"), FALSE, ids=str)
def test_what_fails_in_one_case_is_not_proved(statement, given):
    assert check(statement, given).status in ("refuted", "unknown")


@pytest.mark.parametrize("fact", [sp.Ne(x, 1), sp.Gt(x, 1), sp.Lt(x, 1)], ids=str)
def test_where_a_side_is_undefined_may_be_excluded(fact):
    quotient = stated((x**2 - 1) / (x - 1), x + 1)
    assert check(quotient, [fact]).status == "proved"
    assert check(quotient, [sp.Ne(x, -1)]).status == "unknown"
    assert check(stated((x**2 - 1) / (x - 1), x + 2), [fact]).status == "refuted"
