"""Statements made to fool a checker: none may be affirmed, and most must be refuted exactly."""

from __future__ import annotations

import time

import pytest
import sympy as sp

from symvar.claims import Instances, SameMinimisers, check
from symvar.claims.clock import limited
from symvar.symbols import size

x, y, z = sp.symbols("x y z", real=True)
u = sp.Symbol("u")  # complex
p = sp.Symbol("p", positive=True)
i = sp.Symbol("i", integer=True)
n = size("n")
many = sp.symbols("a1:9", real=True)


def rel(kind, left, right):
    return kind(left, right, evaluate=False)


def eq(left, right):
    return rel(sp.Eq, left, right)


FALSE = [
    # true for integers only, for even ones only, for odd ones only
    eq(sp.cos(2 * sp.pi * x), 1),
    eq((-1) ** i, 1),
    eq((-1) ** n, -1),
    eq(sp.floor(n / 2), n / 2),
    eq(sp.binomial(n, 2) * 2, n**2),
    # false at one point only
    eq(sp.sign(x) ** 4, 1),
    eq(sp.Heaviside(x, 0) + sp.Heaviside(-x, 0), 1),
    eq(sp.Max(0, x) + sp.Max(0, -x), x),
    rel(sp.Gt, x**2 + y**2, 0),
    rel(sp.Gt, sp.exp(x) - 1 - x, 0),
    # false by one in the tenth digit, with a symbol and without
    eq(x * sp.sqrt(2), x * sp.Rational("1.4142135625")),
    eq(sp.E, sp.Rational("2.7182818285")),
    rel(sp.Lt, sp.pi, sp.Rational("3.1415926535")),
    # branch cuts
    eq(sp.sqrt(u * u), u),
    eq(sp.log(sp.exp(u)), u),
    eq(sp.sqrt(x) * sp.sqrt(y), sp.sqrt(x * y)),
    eq(sp.acos(sp.cos(x)), x),
    eq((x**3) ** sp.Rational(1, 3), x),
    # swapped, dropped and doubled among many symbols
    eq(sum(many) ** 2, sum(a**2 for a in many)),
    eq(sp.prod(many), sp.prod(many[:-1])),
    eq(many[0] * many[1] + many[2] * many[3], many[0] * many[2] + many[1] * many[3]),
    # relations between inequalities
    sp.Implies(rel(sp.Lt, x, y), rel(sp.Lt, x**2, y**2)),
    sp.Implies(rel(sp.Lt, x * z, y * z), rel(sp.Lt, x, y)),
    rel(sp.Le, sp.Abs(x + y), sp.Abs(x) - sp.Abs(y)),
    rel(sp.Ge, (x + y) ** 2, 2 * (x**2 + y**2)),
]


@pytest.mark.parametrize("statement", FALSE, ids=str)
def test_false_statements_are_refuted_at_a_point_that_is_put_back(statement):
    verdict = check(statement)
    assert verdict.status == "refuted", verdict
    point = verdict.counterexample
    parts = [statement] if not isinstance(statement, sp.Implies) else list(statement.args)
    values = [
        bool(part.func(*(sp.N(side.subs(point), 40) for side in part.args))) for part in parts
    ]
    assert values[-1] is False
    assert all(values[:-1])


HARD = [
    # no point of any list, and no simplification either
    eq(sp.KroneckerDelta(i, 123457), 0),
    rel(sp.Gt, (x - sp.sqrt(2)) ** 2, 0),
    rel(sp.Gt, sp.Abs(x - sp.Rational(314159, 271828)), 0),
    eq(sp.Function("f")(x), sp.Function("f")(-x)),
    eq(
        sp.Integral(sp.exp(-(x**2)), (x, 0, p)),
        sp.sqrt(sp.pi) / 2 * sp.erf(p + sp.Rational(1, 10**9)),
    ),
    eq(sp.Sum(1 / n**2, (n, 1, sp.oo)), sp.pi**2 / 6 + sp.Rational(1, 10**30)),
    eq((x**2 - 1) / (x - 1), x + 1),
    eq(sp.Mul(x, sp.Pow(x, -1), evaluate=False), 1),
]


@pytest.mark.parametrize("statement", HARD, ids=str)
def test_what_no_point_shows_false_is_not_affirmed(statement):
    assert check(statement).status in ("unknown", "refuted")


TRUE = [
    eq(sp.sin(3 * x), 3 * sp.sin(x) - 4 * sp.sin(x) ** 3),
    eq(sum(many) ** 2, sum(a * b for a in many for b in many)),
    eq(sp.sqrt(3 + 2 * sp.sqrt(2)), 1 + sp.sqrt(2)),
    eq((x + y) ** 7 - x**7 - y**7, 7 * x * y * (x + y) * (x**2 + x * y + y**2) ** 2),
    rel(sp.Ge, x**2 - 2 * x * y + y**2, 0),
    rel(sp.Gt, x**2 + 1, 0),
    rel(sp.Le, 2 * x * y, x**2 + y**2),
]


@pytest.mark.parametrize("statement", TRUE, ids=str)
def test_true_statements_are_never_refuted(statement):
    assert check(statement).status in ("proved", "enclosed")


def test_a_relation_between_more_than_it_can_count_is_still_within_its_time():
    """Sixty factors expand to more terms than there is memory: the limit interrupts."""
    grows = eq(sp.prod([1 + a * x**k for k, a in enumerate(sp.symbols("b1:61", real=True))]), 0)
    started = time.monotonic()
    verdict = check(grows, seconds=1.0)
    assert time.monotonic() - started < 10
    assert verdict.status in ("unknown", "refuted")


def test_an_inner_limit_leaves_the_outer_one_in_force():
    from symvar.claims.clock import OutOfTime

    started = time.monotonic()
    with pytest.raises(OutOfTime), limited(0.3):  # noqa: PT012
        while True:
            check(eq(x + y, y + x), seconds=30)
    assert time.monotonic() - started < 5


def test_a_statement_that_is_no_relation_is_bound_by_the_limit_too():
    def slow(case):
        time.sleep(0.2)
        return eq(sp.Integer(case), sp.Integer(case))

    verdict = check(Instances(slow, range(1000), "many"), seconds=0.5)
    assert verdict.status == "unknown"
    assert "0.5 s" in verdict.evidence


def test_arg_min_for_arg_max_of_a_likelihood_is_refuted():
    """A Bernoulli likelihood and its negative logarithm, on three points."""
    t = sp.Symbol("t", positive=True)
    domain = tuple({t: sp.Rational(k, 4)} for k in (1, 2, 3))
    likelihood, cost = t**3 * (1 - t), -3 * sp.log(t) - sp.log(1 - t)
    assert check(SameMinimisers(likelihood, cost, (t,), ("max", "min"), domain)).status == "proved"
    assert check(SameMinimisers(likelihood, cost, (t,), ("min", "min"), domain)).status == "refuted"
