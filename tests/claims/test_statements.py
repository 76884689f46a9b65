"""Instances, matrices, layouts and logic: each accepts what is true and refutes what is false."""

from __future__ import annotations

import pytest
import sympy as sp

from symvar.claims import Instances, check, gradient, jacobian, vec
from symvar.errors import ArgumentError
from symvar.symbols import k, size, w

a, b, c, d = sp.symbols("a b c d", real=True)
x, y = sp.symbols("x y", real=True)
M = sp.ImmutableMatrix([[a, b], [c, d]])
n, m, r = size("n"), size("m"), size("r")
P, Q, R = sp.MatrixSymbol("P", n, m), sp.MatrixSymbol("Q", m, r), sp.MatrixSymbol("R", m, r)


def eq(left, right):
    return sp.Eq(left, right, evaluate=False)


def test_instances_are_as_strong_as_their_cases_and_no_stronger():
    sums = Instances(
        lambda n: eq(sp.Integer(sum(range(n + 1))), sp.Integer(n) * (n + 1) / 2),
        range(30),
        "0 to 29",
    )
    verdict = check(sums)
    assert verdict.status == "instances"
    assert "30 cases: 0 to 29" in verdict.evidence


def test_the_first_case_that_fails_is_the_counterexample():
    primes = Instances(
        lambda n: eq(sp.Integer(int(sp.isprime(n * n + n + 41))), sp.Integer(1)),
        range(60),
        "0 to 59",
    )
    assert check(primes).counterexample["case"] == 40


def test_a_case_that_cannot_be_decided_is_no_instance():
    hidden = Instances(lambda n: eq(sp.KroneckerDelta(size("j"), 10**6 + n), 0), [1], "one")
    assert check(hidden).status == "unknown"
    assert check(Instances(lambda n: eq(n, n), [], "none")).status == "unknown"


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        (eq(M * M.T, (M * M.T).T), "proved"),
        (eq(M.T * M, M * M.T), "refuted"),
        (eq(M.inv() * M, sp.eye(2).as_immutable()), "unknown"),  # undefined where det M = 0
        (eq(M, sp.ImmutableMatrix([[a, b, 0], [c, d, 0]])), "refuted"),
        (eq(M, a), "refuted"),
        (eq((P * Q).T, sp.MatMul(Q.T, P.T, evaluate=False)), "proved"),
        (eq(P * (Q + R), P * Q + P * R), "proved"),
        (eq(P * Q, P * R), "refuted"),
        (eq(P * P.T, P.T * P), "refuted"),
        (sp.Ne(M, M.T, evaluate=False), "unknown"),
        (sp.Ne(M, M, evaluate=False), "refuted"),
    ],
    ids=str,
)  # fmt: skip
def test_matrix_equations(statement, status):
    assert check(statement).status == status


def test_a_matrix_counterexample_is_put_back():
    verdict = check(eq(M.T * M, M * M.T))
    point = {**dict.fromkeys((a, b, c, d), sp.Integer(0)), **verdict.counterexample}
    assert (M.T * M - M * M.T).subs(point) != sp.zeros(2)


def test_layouts_are_transposes_and_a_product_rule_tells_them_apart():
    """d(Ax)/dx is A in numerator layout, its transpose in the other."""
    X = sp.ImmutableMatrix([x, y])
    assert jacobian(M * X, X, "numerator") == M
    assert jacobian(M * X, X, "denominator") == M.T
    with pytest.raises(ArgumentError, match="say which"):
        jacobian(M * X, X, "mixed")


def test_vec_stacks_columns_and_a_gradient_has_the_shape_of_its_matrix():
    assert list(vec(M)) == [a, c, b, d]
    assert gradient((M.T * M).trace(), M) == 2 * M


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        (sp.Implies(sp.Eq(x, 2), eq(x**2, 4)), "proved"),
        (sp.Implies(eq(x**2, 4), eq(x, 2)), "refuted"),
        (sp.Equivalent(eq(x, 2), eq(x**2, 4)), "refuted"),
        (sp.Equivalent(eq(w, k), eq(2 * w, 2 * k)), "unknown"),
    ],
    ids=str,
)
def test_logic(statement, status):
    verdict = check(statement)
    assert verdict.status == status or (status == "unknown" and verdict.status == "proved")
