"""Maxima, conditional expectation and signs turned: proved, and refuted where a fact is missing."""

from __future__ import annotations

import pytest
import sympy as sp

from symvar import check, tau
from symvar.claims import (
    Continuous,
    E,
    Gaussian,
    HasLaw,
    IdenticallyDistributed,
    Independent,
    Largest,
    NoAtomAtZero,
    Prob,
    Symmetric,
    Uniform,
    Var,
    ZeroMean,
    random_family,
    random_variable,
)
from symvar.symbols import size

n = size("n")
i, j = sp.symbols("i j", integer=True)
a, t = sp.symbols("a t", real=True)
q = sp.Symbol("q", positive=True)
x, y, b = map(random_variable, ("x", "y", "b"))
w, u, s = map(random_family, ("w", "u", "s"))
phi = sp.Function("phi")


def eq(lhs, rhs):
    return sp.Eq(lhs, rhs, evaluate=False)


def status(statement, *given):
    return check(statement, given).status


top = Largest(u[i], (i, 1, n))
IID = (Independent(u), IdenticallyDistributed(u))
NORMAL = (Independent(u), HasLaw(u, Gaussian(0, q)))
INSIDE = (sp.Ge(j, 1), sp.Le(j, n))
total = sp.Sum(w[i] * s[i], (i, 1, n))
WEIGHTS = (Independent(w, s), Independent(w), Symmetric(w))
leaky = sp.Piecewise((total, total > 0), (a * total, True))

PROVED = {
    "distribution of a maximum": (eq(Prob(top <= t), Prob(u[1] <= t) ** n), IID),
    "strictly": (eq(Prob(sp.Lt(top, t)), Prob(u[1] < t) ** n), IID),
    "of unlike members": (
        eq(Prob(top <= t), sp.Product(Prob(u[i] <= t), (i, 1, n))),
        (Independent(u),),
    ),
    "a maximum above zero": (eq(Prob(top > 0), 1 - 2 ** (-n)), NORMAL),
    "which is the largest": (eq(Prob(sp.Eq(top, u[j])), 1 / n), (*IID, Continuous(u), *INSIDE)),
    "the first is": (eq(Prob(sp.Eq(top, u[1])), 1 / n), NORMAL),
    "the winner and its value": (
        eq(Prob(sp.Eq(top, u[j]) & (top > 0)), (1 - 2 ** (-n)) / n),
        (*NORMAL, *INSIDE),
    ),
    "pooled": (eq(E(sp.Max(0, top) ** 2), q * tau(n)), NORMAL),
    "below a level": (
        eq(Prob(x < 1), 1 - sp.erfc(1 / sp.sqrt(2 * q)) / 2),
        (HasLaw(x, Gaussian(0, q)),),
    ),
    "sign of a cube": (eq(Prob(x**3 > 0), Prob(x > 0)), ()),
    "tower": (eq(E(E(x, given=y)), E(x)), ()),
    "tower with a factor": (eq(E(y**2 * E(x, given=y)), E(x * y**2)), ()),
    "taking out": (eq(E(x * y, given=y), y * E(x, given=y)), ()),
    "independent of the condition": (eq(E(x * y, given=y), y * E(x)), (Independent(x, y),)),
    "total variance": (eq(Var(x), E(Var(x, given=y)) + Var(E(x, given=y))), ()),
    "symmetric sum": (eq(E(phi(total)), E(phi(-total))), WEIGHTS),
    "symmetric sum and bias": (
        eq(E(phi(total + b)), E(phi(-total - b))),
        (Independent(w, s, b), Independent(w), Symmetric(w, b)),
    ),
    "rectified symmetric sum": (eq(E(sp.Max(0, total) ** 2), Var(total) / 2), WEIGHTS),
    "leaky symmetric sum": (eq(E(leaky**2), (1 + a**2) * Var(total) / 2), WEIGHTS),
    "a law that is symmetric": (
        eq(E(sp.Max(0, total) ** 2), Var(total) / 2),
        (Independent(w, s), Independent(w), HasLaw(w, Uniform(-q, q))),
    ),
}


@pytest.mark.parametrize(("statement", "given"), PROVED.values(), ids=PROVED)
def test_what_follows_is_proved(statement, given):
    verdict = check(statement, given)
    assert verdict.status == "proved", verdict.evidence


REFUTED = {
    "members that are one": (eq(Prob(top <= t), Prob(u[1] <= t) ** n), IID[1:]),
    "members of other laws": (eq(Prob(top <= t), Prob(u[1] <= t) ** n), IID[:1]),
    "one too few": (eq(Prob(top <= t), Prob(u[1] <= t) ** (n - 1)), IID),
    "strict for weak": (eq(Prob(top <= t), Prob(u[1] < t) ** n), IID),
    "ties": (eq(Prob(sp.Eq(top, u[j])), 1 / n), (*IID, *INSIDE)),
    "winner, the factor": (eq(Prob(sp.Eq(top, u[1])), 1 / n**2), NORMAL),
    "half of the maxima": (eq(Prob(top > 0), sp.Rational(1, 2)), NORMAL),
    "pooled, equal members": (eq(E(sp.Max(0, top) ** 2), q * tau(n)), NORMAL[1:]),
    "below another level": (
        eq(Prob(x > -1), sp.Rational(1, 2)),
        (Symmetric(x), NoAtomAtZero(x)),
    ),
    "normal, another level": (eq(Prob(x < 1), sp.Rational(1, 2)), (HasLaw(x, Gaussian(0, q)),)),
    "taking out what is not given": (eq(E(x * y, given=y), y * E(x)), ()),
    "total variance, half of it": (eq(Var(x), E(Var(x, given=y))), ()),
    "zero mean is not symmetric": (
        eq(E(phi(total)), E(phi(-total))),
        (Independent(w, s), Independent(w), ZeroMean(w)),
    ),
    "a bias that is not": (
        eq(E(phi(total + b)), E(phi(-total - b))),
        (Independent(w, s, b), Independent(w), Symmetric(w)),
    ),
    "one law of the conditions is not one law": (
        eq(Var(E(b, given=x)), Var(E(b, given=y))),
        (IdenticallyDistributed(x, y),),
    ),
    "a symmetric condition is no symmetric conditional mean": (
        eq(E(x * E(b, given=x) ** 2), 0),
        (Symmetric(x),),
    ),
    "signs tied to the input": (
        eq(E(sp.Max(0, total) ** 2), Var(total) / 2),
        (Independent(w), Symmetric(w)),
    ),
    "equal weights would do, unequal signs would not": (
        eq(E(phi(w[1] * s[1] + s[2])), E(phi(-w[1] * s[1] - s[2]))),
        WEIGHTS,
    ),
}


@pytest.mark.parametrize(("statement", "given"), REFUTED.values(), ids=REFUTED)
def test_what_does_not_follow_is_refuted(statement, given):
    verdict = check(statement, given)
    assert verdict.status == "refuted", verdict.evidence
    assert verdict.counterexample


def test_continuity_rules_out_every_finite_counterexample():
    """With ties excluded the statement of a wrong chance is refuted by the value it must have."""
    verdict = check(eq(Prob(sp.Eq(top, u[1])), 2 / n), (*IID, Continuous(u)))
    assert verdict.status == "refuted"
    assert "1/n" in verdict.evidence


def test_an_index_that_may_lie_outside_wins_nothing():
    assert status(eq(Prob(sp.Eq(top, u[j])), 1 / n), *IID, Continuous(u)) != "proved"


def test_latex_of_a_maximum():
    assert sp.latex(top) == r"\max_{i=1}^{n} {u}_{i}"
