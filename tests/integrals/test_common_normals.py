"""Maxima over windows of correlated normals: against other routes, exact rationals and sums."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp
from flint import arb, ctx

from symvar import gamma, tau
from symvar.errors import ArgumentError
from symvar.integrals.common_normals import moments
from symvar.integrals.correlated import (
    CommonBoth,
    CommonMean,
    CommonPositive,
    CommonProduct,
    CommonSquare,
    window_both,
    window_mean,
    window_positive,
    window_product,
    window_square,
)
from symvar.symbols import window as T

HALF = sp.Rational(1, 2)
BITS = 150


def balls(window, rho, level="0", other=None, bits=BITS):
    with ctx.workprec(bits):
        return moments(window, other or window, arb(rho), arb(level))


@pytest.mark.parametrize("rho", ["0.01", "0.3183", "0.7", "0.99", "0.999999999999"])
@pytest.mark.parametrize("window", [1, 2, 4, 9])
def test_one_window_is_what_the_other_quadrature_gives(window, rho):
    """tau and gamma integrate over the largest unit; here over what all units share."""
    found = balls(window, rho)
    with ctx.workprec(BITS):
        square = tau(window, rho=sp.Rational(rho)).ball()
        positive = window * gamma(window, rho=sp.Rational(rho)).ball()
    assert found.square.overlaps(square)
    assert found.positive.overlaps(positive)
    assert min(found.square.rel_accuracy_bits(), found.positive.rel_accuracy_bits()) > BITS - 40


@pytest.mark.parametrize("window", [1, 2, 3, 4, 9, 16])
def test_at_one_half_orthants_are_rationals(window):
    """Units (e_0 + e_i)/sqrt 2 are all below zero where e_0 is the least: 1/(n + 1)."""
    found = balls(window, "0.5")
    both = 1 - sp.Rational(2, window + 1) + sp.Rational(1, 2 * window + 1)
    with ctx.workprec(BITS):
        expected = arb(int(both.p)) / int(both.q)
        wrong = expected + arb(2) ** -100
    assert found.both.overlaps(expected)
    assert found.both.rel_accuracy_bits() > BITS - 20
    assert not found.both.overlaps(wrong)


@pytest.mark.parametrize("rho", ["0.05", "0.5", "0.95"])
def test_single_units_have_the_arc_cosine_kernel(rho):
    found, c = balls(1, rho), float(rho)
    kernel = (math.sqrt(1 - c * c) + c * (math.pi - math.acos(c))) / (2 * math.pi)
    assert abs(float(found.product) - kernel) < 1e-15
    assert abs(float(found.both) - (0.25 + math.asin(c) / (2 * math.pi))) < 1e-15
    with ctx.workprec(BITS):
        assert found.product.overlaps(CommonProduct(1, sp.Rational(rho), 0).ball())


def summed(window, other, rho, level, nodes=120):
    """All five by a product rule in doubles: Hermite over g, fine trapezoid over the maxima."""
    places, weights = np.polynomial.hermite_e.hermegauss(nodes)
    weights = weights / weights.sum()
    s = np.linspace(-9, 9, 8001)
    phi = np.exp(-s * s / 2) / math.sqrt(2 * math.pi)
    cdf = np.concatenate([[0], np.cumsum((phi[1:] + phi[:-1]) / 2)]) * (s[1] - s[0])
    rows = []
    for size in (window, other):
        law = size * phi * cdf ** (size - 1)
        law /= law.sum()
        x = level + math.sqrt(rho) * places[:, None] + math.sqrt(1 - rho) * s
        rectified = np.maximum(x, 0)
        rows.append((rectified @ law, rectified**2 @ law))
    mean, square, product = rows[0][0], rows[0][1], rows[0][0] * rows[1][0]
    return [float(weights @ each) for each in (mean, square, product)]


@pytest.mark.parametrize(("window", "other", "rho", "level"), [
    (4, 4, 0.6, 0.0), (4, 2, 0.4, 0.0), (2, 9, 0.5, 0.8), (1, 1, 0.3, -0.7), (3, 3, 0.8, -1.2),
])  # fmt: skip
def test_two_windows_are_what_a_product_rule_gives(window, other, rho, level):
    found = balls(window, str(rho), str(level), other)
    for name, value in zip(("mean", "square", "product"), summed(window, other, rho, level),
                           strict=True):  # fmt: skip
        assert abs(float(getattr(found, name)) / value - 1) < 1e-6, name


def test_balls_shrink_as_the_precision_grows_and_hold_the_finer_one():
    coarse, fine = balls(4, "0.7", bits=80), balls(4, "0.7", bits=250)
    for name in ("mean", "positive", "square", "product", "both"):
        one, two = getattr(coarse, name), getattr(fine, name)
        assert one.overlaps(two)
        assert two.rel_accuracy_bits() > 200 > one.rel_accuracy_bits() > 60


def test_names_are_those_known_already_where_there_are_such():
    assert window_square(4, HALF) == tau(4, rho=HALF)
    assert window_positive(4, HALF) == 4 * gamma(4, rho=HALF)
    assert window_square(1, HALF) == window_positive(1) == HALF
    assert window_product(4, 0) == window_mean(4) ** 2
    assert window_both(2, 0).doit() == sp.Rational(9, 16)
    assert window_product(7, 1) == HALF
    assert (
        sp.simplify(window_product(1, HALF).doit() - (sp.sqrt(3) / 2 + sp.pi / 3) / 2 / sp.pi) == 0
    )


@pytest.mark.parametrize("constant", [CommonMean, CommonPositive, CommonSquare, CommonProduct,
                                      CommonBoth])  # fmt: skip
def test_they_typeset_and_their_integrals_are_over_what_is_shared(constant, katex):
    rho = sp.Symbol("rho", positive=True)
    for made in (constant(4, rho, 0), constant(T, rho, rho), constant(2, rho, 0, 3)):
        katex(sp.latex(made))
        assert made.rewrite(sp.Integral).has(sp.Integral)


def test_a_correlation_too_near_zero_is_refused():
    with pytest.raises(ArgumentError, match="nodes are enough"):
        balls(4, "1e-12")
