"""Maxima over windows, against certified constants and simulation."""

import numpy as np
import pytest
import sympy as sp

import symvar
from symvar.errors import ArgumentError, ShapeError
from symvar.field.maxima import Sampled, deviation_rule, window_law
from symvar.field.maxima_pairs import cross_moments


def exchangeable(size, covariance, variance=1.0):
    return np.full((size, size), covariance) + (variance - covariance) * np.eye(size)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 9, 16, 49])
def test_second_moment_of_independent_units_is_tau(size):
    exact = float(symvar.tau(size).evalf(16))
    law = window_law(exchangeable(size, 0.0)[None])
    assert law.second[0] == pytest.approx(exact, rel=1e-6)
    assert law.gates[0] == pytest.approx((1 - 0.5**size) / size, abs=1e-5)


@pytest.mark.parametrize("size", [2, 3, 4, 9])
@pytest.mark.parametrize("rho", ["1/10", "2/5", "4/5", "99/100"])
def test_second_moment_of_equally_correlated_units_is_tau_of_rho(size, rho):
    exact = float(symvar.tau(size, rho=sp.Rational(rho)).evalf(16))
    law = window_law(3 * exchangeable(size, float(sp.Rational(rho)))[None])
    assert law.second[0] == pytest.approx(3 * exact, rel=2e-6)


def test_deviation_from_the_mean_of_two_is_half_normal_of_variance_one_half():
    nodes, weights = deviation_rule(2, 6)
    for power in range(12):
        exact = float(sp.sqrt(2) ** power * sp.gamma(sp.Rational(power + 1, 2)) / sp.sqrt(sp.pi))
        assert weights @ nodes**power == pytest.approx(exact / 2 ** (power / 2), rel=1e-10)


@pytest.mark.parametrize("size", [2, 3, 5])
def test_mean_of_the_deviation_is_the_mean_of_the_largest(size):
    nodes, weights = deviation_rule(size)
    exact = float(symvar.integrals.order.order_moment(size, 1).evalf(16))
    assert weights @ nodes == pytest.approx(exact, rel=1e-13)


def test_one_unit_gives_the_arccosine_map_of_a_relu():
    law = window_law(np.array([[[2.0]], [[0.5]]]))
    cosine = np.linspace(-0.9, 1.0, 50)
    kappa = (np.sqrt(1 - cosine**2) + cosine * (np.pi - np.arccos(cosine))) / np.pi
    assert law.second.tolist() == pytest.approx([1.0, 0.25])
    found = cross_moments(law.at(0), law.at(1), cosine)  # deviations sqrt(2) and sqrt(1/2)
    assert found == pytest.approx(kappa / 2, abs=1e-4)


def test_windows_of_different_variance_and_a_constant_cross_covariance_against_simulation():
    blocks = np.stack([exchangeable(4, 0.3), exchangeable(4, 0.2, 1.3)])
    cross = np.full((4, 4), 0.25)
    joint = np.block([[blocks[0], cross], [cross, blocks[1]]])
    draws = np.random.default_rng(7).multivariate_normal(np.zeros(8), joint, size=400_000)
    left, right = draws[:, :4].max(1).clip(0), draws[:, 4:].max(1).clip(0)
    law = window_law(blocks)
    between = cross_moments(law, law, np.full((2, 2), 0.25))[0, 1]
    for value, sample in [
        (law.second[0], left**2),
        (law.second[1], right**2),
        (law.mean[0], left),
        (between, left * right),
    ]:
        assert abs(value - sample.mean()) < 4 * sample.std() / len(sample) ** 0.5


def test_no_function_leaves_the_maximum_itself():
    law = window_law(exchangeable(3, 0.0)[None], None)
    assert law.second[0] == pytest.approx(1 + np.sqrt(3) / (2 * np.pi), rel=1e-12)
    assert law.gates[0] == pytest.approx([1 / 3] * 3)


class _Relu:
    def value(self, x):
        return np.maximum(x, 0.0)

    def derivative(self, x):
        return (x > 0) * 1.0


def test_quadrature_between_kinks_agrees_with_the_closed_form():
    blocks = np.stack([exchangeable(4, c) for c in (0.0, 0.3, 0.9, 1.0)])
    closed, sampled = window_law(blocks), window_law(blocks, Sampled(_Relu(), (0.0,)))
    for name in ("second", "mean", "coefficients", "gates"):
        assert getattr(sampled, name) == pytest.approx(getattr(closed, name), abs=1e-8)
    assert (closed.rest >= 0).all()


def test_one_common_unit_behind_all_is_one_unit():
    law = window_law(np.ones((1, 4, 4)))
    assert (law.second[0], law.gates.sum()) == pytest.approx((0.5, 0.5))


def test_positive_homogeneity():
    blocks = np.stack([exchangeable(4, c) for c in (0.0, 0.3)])
    once, scaled = window_law(blocks), window_law(7 * blocks)
    assert scaled.second == pytest.approx(7 * once.second, rel=1e-13)
    assert scaled.gates == pytest.approx(once.gates, rel=1e-13)


def test_bad_arguments_are_named():
    with pytest.raises(ArgumentError, match="deviation_rule"):
        deviation_rule(0)
    with pytest.raises(ShapeError, match=r"\(W, T, T\)"):
        window_law(np.eye(4))
    law = window_law(np.stack([np.eye(4)] * 3))
    with pytest.raises(ShapeError, match="overlap"):
        cross_moments(law, law, np.zeros(2))
