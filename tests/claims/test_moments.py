"""Relations between moments: what the algebra proves, what finite laws refute, what neither may."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
import sympy as sp

import symvar
from symvar import check
from symvar.claims import (
    Bernoulli,
    Cov,
    Discrete,
    E,
    Gaussian,
    HasLaw,
    IdenticallyDistributed,
    Independent,
    NoAtomAtZero,
    Prob,
    Symmetric,
    Uncorrelated,
    Uniform,
    Var,
    ZeroMean,
    random_family,
    random_variable,
)
from symvar.errors import ArgumentError
from symvar.symbols import size

n, m = size("n"), size("m")
i, j, k = sp.symbols("i j k", integer=True)
a, c = sp.symbols("a c", real=True)
q, p = sp.symbols("q p", positive=True)
x, y, b, W, X = map(random_variable, ("x", "y", "b", "W", "X"))
w, ys = random_family("w"), random_family("y_s")
phi = sp.Function("phi")
half = sp.Rational(1, 2)


def eq(lhs, rhs):
    return sp.Eq(lhs, rhs, evaluate=False)


def total(term, index=i, last=n):
    return sp.Sum(term, (index, 1, last))


def status(statement, *given):
    return check(statement, given).status


layer = Var(total(w[i] * ys[i]))
APART = Independent(w, ys)
IID = (Independent(w), IdenticallyDistributed(w))
SAME = IdenticallyDistributed(ys)
leaky = sp.Piecewise((x, x > 0), (a * x, True))

PROVED = {
    "linearity": (eq(E(a * x + c * y + 3), a * E(x) + c * E(y) + 3), ()),
    "variance of a scaled": (eq(Var(a * x + c), a**2 * Var(x)), ()),
    "covariance": (eq(Var(x + y), Var(x) + Var(y) + 2 * Cov(x, y)), ()),
    "covariance of sums": (eq(Cov(x + y, x - y), Var(x) - Var(y)), ()),
    "product": (eq(E(x * y), E(x) * E(y)), (Independent(x, y),)),
    "product of functions": (
        eq(E(x**3 * phi(y)), E(x**3) * E(phi(y))),
        (Independent(x, y),),
    ),
    "goodman": (
        eq(Var(x * y), Var(x) * Var(y) + E(x) ** 2 * Var(y) + E(y) ** 2 * Var(x)),
        (Independent(x, y),),
    ),
    "product, zero means": (
        eq(Var(x * y), Var(x) * Var(y)),
        (Independent(x, y), ZeroMean(x, y)),
    ),
    "uncorrelated": (eq(Var(x + y), Var(x) + Var(y)), (Uncorrelated(x, y),)),
    "second moment": (eq(E(x**2), Var(x)), (ZeroMean(x),)),
    "mean by a relation": (eq(E(x**2), Var(x)), (sp.Eq(E(x), 0),)),
    "layer": (eq(layer, n * Var(w[1]) * E(ys[1] ** 2)), (APART, *IID, ZeroMean(w), SAME)),
    "layer, populations": (
        eq(layer, n * Var(W) * E(X**2)),
        (
            APART,
            Independent(w),
            ZeroMean(w),
            IdenticallyDistributed(w, W),
            IdenticallyDistributed(ys, X),
        ),
    ),
    "layer, activation and bias": (
        eq(Var(total(w[i] * phi(ys[i])) + b), n * Var(w[1]) * E(phi(ys[1]) ** 2) + Var(b)),
        (Independent(w, ys, b), *IID, ZeroMean(w), SAME),
    ),
    "layer, members of their own laws": (
        eq(layer, total(Var(w[i]) * E(ys[i] ** 2))),
        (APART, Independent(w), ZeroMean(w)),
    ),
    "layer, weights uncorrelated": (
        eq(E(total(w[i]) ** 2), n * E(w[1] ** 2)),
        (Uncorrelated(w), ZeroMean(w), IdenticallyDistributed(w)),
    ),
    "layer, pairs independent": (
        eq(layer, n * Var(W * X)),
        (Independent((w, ys)), IdenticallyDistributed((w, ys), (W, X))),
    ),
    "mean of a layer": (
        eq(E(total(w[i] * ys[i])), n * E(w[1]) * E(ys[1])),
        (APART, IdenticallyDistributed(w), SAME),
    ),
    "variance of a mean": (eq(Var(total(w[i]) / n), Var(w[1]) / n), IID),
    "unbiased sample variance": (
        eq(E(total(w[i] ** 2) - total(w[i]) ** 2 / n), (n - 1) * Var(w[1])),
        IID,
    ),
    "off the diagonal": (
        eq(
            E(total(w[i]) ** 2),
            n * E(w[1] ** 2) + E(total(total(w[i] * w[j] * (1 - sp.KroneckerDelta(i, j))), j)),
        ),
        (IdenticallyDistributed(w),),
    ),
    "symmetric, odd": (eq(E(x**3), 0), (Symmetric(x),)),
    "symmetric, rectified": (eq(E(sp.Max(0, x) ** 2), E(x**2) / 2), (Symmetric(x),)),
    "symmetric, rectified, variance": (eq(E(sp.Max(0, x) ** 2), Var(x) / 2), (Symmetric(x),)),
    "symmetric, leaky": (eq(E(leaky**2), (1 + a**2) * Var(x) / 2), (Symmetric(x),)),
    "rectified and its mirror": (eq(E(sp.Max(0, x)) - E(sp.Max(0, -x)), E(x)), ()),
    "absolute": (eq(E(sp.Abs(x) ** 2), E(x**2)), ()),
    "sign": (eq(Prob(x > 0), half), (Symmetric(x), NoAtomAtZero(x))),
    "complement": (eq(Prob(x > 0) + Prob(x <= 0), 1), ()),
    "indicator": (eq(E(sp.Heaviside(x, 0)), Prob(x > 0)), ()),
    "both": (eq(Prob((x > 0) & (y > 0)), Prob(x > 0) * Prob(y > 0)), (Independent(x, y),)),
    "normal, rectified": (
        eq(E(sp.Max(0, x)), sp.sqrt(q / (2 * sp.pi))),
        (HasLaw(x, Gaussian(0, q)),),
    ),
    "normal, fourth": (eq(E(x**4), 3 * q**2), (HasLaw(x, Gaussian(0, q)),)),
    "normal, average pooling": (
        eq(E((total(sp.Max(0, w[i])) / n) ** 2), q / (2 * n) * (1 + (n - 1) / sp.pi)),
        (Independent(w), HasLaw(w, Gaussian(0, q))),
    ),
    "uniform": (eq(Var(x), (c - a) ** 2 / 12), (HasLaw(x, Uniform(a, c)), sp.Lt(a, c))),
    "uniform, rectified": (
        eq(E(sp.Max(0, x) ** 2), q**2 / 6),
        (HasLaw(x, Uniform(-q, q)),),
    ),
    "bernoulli": (eq(Var(x), p * (1 - p)), (HasLaw(x, Bernoulli(p)), sp.Le(p, 1))),
    "discrete": (eq(E(x**2), 3), (HasLaw(x, Discrete({0: "2/3", 3: "1/3"})),)),
    "variance is not negative": (sp.Ge(Var(x), 0, evaluate=False), ()),
    "jensen": (sp.Ge(E(x**2), E(x) ** 2, evaluate=False), ()),
    "jensen, fourth": (sp.Ge(E(x**4), E(x**2) ** 2, evaluate=False), ()),
    "parallelogram": (sp.Le(Var(x + y), 2 * Var(x) + 2 * Var(y), evaluate=False), ()),
    "cauchy-schwarz": (sp.Le(E(x * y) ** 2, E(x**2) * E(y**2), evaluate=False), ()),
    "covariance inequality": (sp.Le(Cov(x, y) ** 2, Var(x) * Var(y), evaluate=False), ()),
    "rectified is less": (sp.Le(E(sp.Max(0, x) ** 2), E(x**2), evaluate=False), ()),
    "both ways": (
        eq(E(w[i] * w[k]), sp.KroneckerDelta(i, k) * Var(w[1])),
        (*IID, ZeroMean(w)),
    ),
    "different indices": (eq(E(w[i] * w[k]), 0), (*IID, ZeroMean(w), sp.Ne(i, k))),
    "one of the sum": (
        eq(E(w[k] * total(w[i])), Var(w[1])),
        (*IID, ZeroMean(w), sp.Ge(k, 1), sp.Le(k, n)),
    ),
    "divided by what is given positive": (
        eq(Var(x) / E(phi(x) ** 2) * E(phi(x) ** 2 + b), Var(x) * (1 + E(b) / E(phi(x) ** 2))),
        (sp.Gt(E(phi(x) ** 2), 0),),
    ),
    "given variance": (
        eq(layer, E(ys[1] ** 2)),
        (APART, *IID, ZeroMean(w), SAME, sp.Eq(Var(w[1]), 1 / n)),
    ),
}


@pytest.mark.parametrize(("statement", "given"), PROVED.values(), ids=PROVED)
def test_what_follows_is_proved(statement, given):
    verdict = check(statement, given)
    assert verdict.status == "proved", verdict.evidence
    assert "normal forms" in verdict.evidence


@pytest.mark.parametrize(("statement", "given"), PROVED.values(), ids=PROVED)
def test_twice_what_follows_is_refuted_or_unknown(statement, given):
    """The same statements with one side changed: none of them may be proved."""
    changed = eq(statement.lhs, statement.rhs + E(b**2) + 1)
    if not isinstance(statement, sp.Eq):
        changed = statement.func(statement.rhs, statement.lhs - 1, evaluate=False)
    assert status(changed, *given) in ("refuted", "unknown")


REFUTED = {
    "variance of a product": (eq(Var(x * y), Var(x) * Var(y)), (Independent(x, y),)),
    "one zero mean is not enough": (
        eq(Var(x * y), Var(x) * Var(y)),
        (Independent(x, y), ZeroMean(x)),
    ),
    "zero means are not enough": (eq(Var(x * y), Var(x) * Var(y)), (ZeroMean(x, y),)),
    "variance of a sum": (eq(Var(x + y), Var(x) + Var(y)), ()),
    "product of dependent": (eq(E(x * y), E(x) * E(y)), (ZeroMean(x, y),)),
    "uncorrelated is not independent": (
        eq(E(x**2 * y**2), E(x**2) * E(y**2)),
        (Uncorrelated(x, y), ZeroMean(x, y)),
    ),
    "pairwise is not mutual": (
        eq(E(x * y * b), E(x) * E(y) * E(b)),
        (Independent(x, y), Independent(y, b), Independent(x, b)),
    ),
    "function of a mean": (eq(E(phi(x)), phi(E(x))), ()),
    "square of a mean": (eq(E(x**2), E(x) ** 2), (ZeroMean(x),)),
    "second moment": (eq(E(x**2), Var(x)), ()),
    "scaled": (eq(Var(a * x), a * Var(x)), ()),
    "layer, variance for second moment": (
        eq(layer, n * Var(w[1]) * Var(ys[1])),
        (APART, *IID, ZeroMean(w), SAME),
    ),
    "layer, equal weights": (
        eq(layer, n * Var(w[1]) * E(ys[1] ** 2)),
        (APART, IdenticallyDistributed(w), ZeroMean(w), SAME),
    ),
    "layer, weights with a mean": (
        eq(layer, n * Var(w[1]) * E(ys[1] ** 2)),
        (APART, *IID, SAME),
    ),
    "layer, weights that know the input": (
        eq(layer, n * Var(w[1]) * E(ys[1] ** 2)),
        (*IID, ZeroMean(w), SAME),
    ),
    "layer, unequal weights": (
        eq(layer, n * Var(w[1]) * E(ys[1] ** 2)),
        (APART, Independent(w), ZeroMean(w), SAME),
    ),
    "layer, one too many": (
        eq(layer, (n + 1) * Var(w[1]) * E(ys[1] ** 2)),
        (APART, *IID, ZeroMean(w), SAME),
    ),
    "layer, no factor": (
        eq(layer, Var(w[1]) * E(ys[1] ** 2)),
        (APART, *IID, ZeroMean(w), SAME),
    ),
    "biased sample variance": (
        eq(E(total(w[i] ** 2) / n - (total(w[i]) / n) ** 2), Var(w[1])),
        IID,
    ),
    "zero mean is not symmetric": (eq(E(sp.Max(0, x) ** 2), Var(x) / 2), (ZeroMean(x),)),
    "rectified, variance": (eq(Var(sp.Max(0, x)), Var(x) / 2), (Symmetric(x),)),
    "sign with an atom": (eq(Prob(x > 0), half), (Symmetric(x),)),
    "normal, rectified": (eq(E(sp.Max(0, x) ** 2), q), (HasLaw(x, Gaussian(0, q)),)),
    "normal, standard deviation": (eq(Var(x), q), (HasLaw(x, Gaussian(0, q**2)),)),
    "normal with a mean": (eq(E(x**2), q), (HasLaw(x, Gaussian(a, q)),)),
    "uniform, eighth": (eq(Var(x), (c - a) ** 2 / 8), (HasLaw(x, Uniform(a, c)),)),
    "normal weights, variance for second moment": (
        eq(layer, n * q * Var(ys[1])),
        (APART, Independent(w), HasLaw(w, Gaussian(0, q)), SAME),
    ),
    "given variance": (
        eq(layer, 2 * E(ys[1] ** 2)),
        (APART, *IID, ZeroMean(w), SAME, sp.Eq(Var(w[1]), 1 / n)),
    ),
    "a mean may be negative": (sp.Ge(E(x), 0, evaluate=False), ()),
    "jensen, third": (sp.Ge(E(x**3), E(x) ** 3, evaluate=False), ()),
    "triangle of variances": (sp.Le(Var(x + y), Var(x) + Var(y), evaluate=False), ()),
    "parallelogram without two": (
        sp.Le(E((x + y) ** 2), E(x**2) + E(y**2), evaluate=False),
        (),
    ),
    "equal indices": (eq(E(w[i] * w[k]), 0), (*IID, ZeroMean(w))),
    "normal, not said to be independent": (
        eq(Var(x + y), q + 1),
        (HasLaw(x, Gaussian(0, q)), HasLaw(y, Gaussian(0, 1))),
    ),
    "normal family, not said to be independent": (
        eq(Var(total(w[i])), n * q),
        (HasLaw(w, Gaussian(0, q)),),
    ),
    "strict": (sp.Gt(Var(x), 0, evaluate=False), ()),
    "jensen the wrong way": (sp.Le(E(x**2), E(x) ** 2, evaluate=False), ()),
}


@pytest.mark.parametrize(("statement", "given"), REFUTED.values(), ids=REFUTED)
def test_what_does_not_follow_is_refuted(statement, given):
    verdict = check(statement, given)
    assert verdict.status == "refuted", verdict.evidence
    assert verdict.counterexample


def test_the_counterexample_is_the_one_a_reader_would_give():
    verdict = check(eq(Var(x + y), Var(x) + Var(y)))
    assert verdict.counterexample == {
        x: "-1 or 1, each with probability 1/2",
        y: "equal to x",
    }
    assert verdict.evidence.startswith("the sides are 4 and 2 for")


def test_the_refuted_layer_by_enumeration():
    """n = 2 equal weights: every outcome written out, without the algebra."""
    given = (APART, IdenticallyDistributed(w), ZeroMean(w), SAME)
    verdict = check(eq(layer, n * Var(w[1]) * E(ys[1] ** 2)), given)
    assert verdict.counterexample[n] == 2
    assert "all members equal, -1 or 1" in verdict.counterexample[w]
    outcomes = [s * t * 2 for s, t in product((-1, 1), repeat=2)]
    assert Fraction(sum(v * v for v in outcomes), 4) == 4
    assert "the sides are 4 and 2" in verdict.evidence


NEITHER = {
    "divided by what may be zero": (
        eq(Var(x) / E(phi(x) ** 2) * E(phi(x) ** 2 + b), Var(x) * (1 + E(b) / E(phi(x) ** 2))),
        (),
    ),
    "a function of several": (eq(E(phi(x * y)), E(phi(x)) * E(phi(y))), (Symmetric(x),)),
    "laws that contradict": (eq(E(x), 5), (HasLaw(x, Gaussian(1, q)), ZeroMean(x))),
    "random outside": (eq(E(x), x), ()),
}


@pytest.mark.parametrize(("statement", "given"), NEITHER.values(), ids=NEITHER)
def test_what_is_not_decided_is_never_proved(statement, given):
    assert status(statement, *given) in ("unknown", "refuted")


def test_contradicting_laws_refute_nothing():
    assert status(eq(E(x), 5), HasLaw(x, Gaussian(1, q)), ZeroMean(x)) == "unknown"
    assert status(eq(E(x), 5), HasLaw(x, Gaussian(1, q)), HasLaw(x, Gaussian(2, q))) == "unknown"


def test_one_member_is_the_case_where_independence_says_nothing():
    given = (APART, IdenticallyDistributed(w), ZeroMean(w), SAME, sp.Eq(n, 1))
    assert status(eq(layer, n * Var(w[1]) * E(ys[1] ** 2)), *given) == "proved"


def test_latex_is_what_the_field_prints():
    assert sp.latex(E(x**2)) == r"\mathrm{E}\left[x^{2}\right]"
    assert sp.latex(Var(w[i]) ** 2) == r"\mathrm{Var}\left[{w}_{i}\right]^{2}"
    assert sp.latex(Cov(x, y)) == r"\mathrm{Cov}\left[x, y\right]"
    assert sp.latex(Prob(x > 0)) == r"\Pr\left[x > 0\right]"
    assert sp.latex(E(x, given=y)) == r"\mathrm{E}\left[x \,\middle|\, y\right]"


@pytest.mark.parametrize("given", [(), (Independent(x, y), HasLaw(x, Gaussian(0, q)))], ids=len)
def test_the_call_that_reproduces_a_verdict_runs(given):
    verdict = check(eq(Var(x * y), Var(x) * Var(y)), given)
    again = eval(verdict.reproduce, {**vars(sp), **vars(symvar)})
    assert (again.status, again.counterexample) == (verdict.status, verdict.counterexample)


def test_what_is_no_variable_is_refused():
    with pytest.raises(ArgumentError, match="need random variables"):
        Independent(n, x)
    with pytest.raises(ArgumentError, match="an index"):
        check(eq(E(w), 0))
    with pytest.raises(ArgumentError, match="one variable and a law"):
        HasLaw(x, 3)
    with pytest.raises(ArgumentError, match="sum to 1"):
        Discrete({0: half})
