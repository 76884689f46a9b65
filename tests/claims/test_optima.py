"""Minimisers, definite matrices, iterations and series: true ones accepted, false ones refuted."""

from __future__ import annotations

import pytest
import sympy as sp

from symvar.claims import check
from symvar.claims.converge import Converges
from symvar.claims.definite import PositiveSemidefinite
from symvar.claims.minimise import Minimises, SameMinimisers
from symvar.claims.sequence import Rule, SameSequence

x, y, a, b = sp.symbols("x y a b", real=True)
c, eta = sp.symbols("c eta", positive=True)
beta = sp.Symbol("beta", positive=True)
t = sp.Symbol("t", positive=True, integer=True)
v, u, s = sp.symbols("v u s", real=True)
g = sp.Function("g", real=True)


def status(statement, given=()):
    return check(statement, given).status


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (Minimises((x - a) ** 2 + (y - b) ** 2, {x: a, y: b}), "proved"),
        (Minimises((x - a) ** 2 + (y - b) ** 2, {x: b, y: a}), "refuted"),
        (Minimises((x - a) ** 2, {x: a}, "max"), "refuted"),
        (Minimises(-((x - a) ** 2), {x: a}, "max"), "proved"),
        (Minimises(x**3, {x: 0}), "refuted"),  # the gradient vanishes, and it is no minimum
        (Minimises(x**2 - y**2, {x: 0, y: 0}), "refuted"),
        (Minimises(x**4 - x**2, {x: 0}), "refuted"),  # a local maximum
        (Minimises(sp.exp(x), {x: 0}), "refuted"),
        (Minimises(x, {x: 1}, "max", ({x: 0}, {x: 1})), "proved"),
        (Minimises(x, {x: 1}, "min", ({x: 0}, {x: 1})), "refuted"),
    ],
    ids=str,
)
def test_minimisers(statement, expected):
    assert status(statement) == expected


@pytest.mark.parametrize(
    ("f", "g", "senses", "expected"),
    [
        ((x - a) ** 2, c * (x - a) ** 2 + b, ("min", "min"), "proved"),
        ((x - a) ** 2, -c * (x - a) ** 2, ("min", "max"), "proved"),
        ((x - a) ** 2, -c * (x - a) ** 2, ("min", "min"), "refuted"),
        ((x - a) ** 2, (x - a) ** 2 + x, ("min", "min"), "refuted"),
        (sp.exp(-((x - a) ** 2)), (x - a) ** 2, ("max", "min"), "proved"),
        (sp.exp(-((x - a) ** 2)), (x - a) ** 2, ("min", "min"), ("refuted", "unknown")),
        # two wells swap depth: the derivatives have the same sign everywhere, the minima do not
        (x**4 - x**2 + x / 10, x**4 - x**2 - x / 10, ("min", "min"), ("refuted", "unknown")),
    ],
    ids=str,
)
def test_same_minimisers(f, g, senses, expected):
    assert status(SameMinimisers(f, g, (x,), senses)) in expected or expected == "proved"
    if expected == "proved":
        assert status(SameMinimisers(f, g, (x,), senses)) == "proved"


def test_optima_on_a_finite_domain_are_compared_exactly():
    domain = tuple({x: sp.Rational(n, 4)} for n in range(1, 4))
    likelihood = x**2 * (1 - x)
    cross = -2 * sp.log(x) - sp.log(1 - x)
    assert status(SameMinimisers(likelihood, cross, (x,), ("max", "min"), domain)) == "proved"
    wrong = check(SameMinimisers(likelihood, cross, (x,), ("min", "min"), domain))
    assert wrong.status == "refuted"
    assert wrong.counterexample["second"] != wrong.counterexample["first"]


@pytest.mark.parametrize(
    ("matrix", "root", "expected"),
    [
        ([[2, 1], [1, 2]], None, "proved"),
        ([[1, 2], [2, 1]], None, "refuted"),
        ([[a**2 + b**2, a * b], [a * b, b**2]], None, "proved"),
        ([[a**2, a * b], [a * b, 0]], None, "refuted"),
        ([[1, 2], [0, 1]], None, "refuted"),  # not symmetric
        ([[a**2, a * b], [a * b, b**2]], [[a, b]], "proved"),
        ([[0, 0], [0, -1]], None, "refuted"),  # its leading minors are nonnegative
    ],
    ids=str,
)
def test_positive_semidefinite(matrix, root, expected):
    given = None if root is None else sp.ImmutableMatrix(root)
    assert status(PositiveSemidefinite(sp.ImmutableMatrix(matrix), given)) == expected


PLAIN = Rule((x,), (a,), (x - eta * g(x),), x)
MOMENTUM = Rule((y, v), (a, 0), (y + beta * v - eta * g(y), beta * v - eta * g(y)), y)
LAGGED = Rule((u, s), (a, a), (u + beta * (u - s) - eta * g(u), u), u)


def test_momentum_and_its_two_point_form_are_the_same_by_induction():
    same = SameSequence(MOMENTUM, LAGGED, (sp.Eq(y, u), sp.Eq(v, u - s)))
    assert status(same) == "proved"


def test_without_an_invariant_equal_steps_are_instances_only():
    assert status(SameSequence(MOMENTUM, LAGGED)) in ("instances", "unknown")


@pytest.mark.parametrize(
    "other",
    [
        PLAIN,
        Rule((u, s), (a, a), (u + beta * (u - s) + eta * g(u), u), u),
        Rule((u, s), (a, a), (u + beta**2 * (u - s) - eta * g(u), u), u),
        Rule((u, s), (a, b), (u + beta * (u - s) - eta * g(u), u), u),
    ],
    ids=["no momentum", "sign", "power", "start"],
)
def test_other_rules_are_refuted(other):
    verdict = check(SameSequence(MOMENTUM, other))
    assert verdict.status == "refuted"
    assert verdict.counterexample["step"] >= 1


def test_a_wrong_invariant_proves_nothing():
    wrong = SameSequence(MOMENTUM, LAGGED, (sp.Eq(y, u), sp.Eq(v, s - u)))
    assert status(wrong) != "proved"


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (1 / t, "refuted"),
        (1 / t**2, "proved"),
        ((t + 1) / (t**2 + 3), "refuted"),
        ((t + 1) / (t**3 + 3), "proved"),
        (sp.Rational(1, 2) ** t, "proved"),
        (sp.Integer(2) ** t, "refuted"),
        (1 / sp.sqrt(t), "unknown"),
        (1 / t - 1 / (t + 2), "unknown"),  # positive, and sympy does not know
    ],
    ids=str,
)
def test_series(term, expected):
    assert status(Converges(term, t)) in (expected, "unknown") if expected == "unknown" else True
    if expected != "unknown":
        assert status(Converges(term, t)) == expected
        opposite = {"proved": "refuted", "refuted": "proved"}[expected]
        assert status(Converges(term, t, finite=False)) == opposite
