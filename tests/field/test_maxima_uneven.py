"""Windows that are not exchangeable, against simulation, orthants in closed form and identities."""

import math

import numpy as np
import pytest
import sympy as sp

import symvar
from symvar.field.maxima import Sampled, window_law
from symvar.field.maxima_gates import joint_gates
from symvar.field.maxima_orthants import largest, orthant
from symvar.field.maxima_pairs import block_moments, window_moments
from symvar.field.maxima_points import sampled_largest

DRAWS = 200_000


def relu_kernel(covariance):
    """The second moments of a ReLU of jointly Gaussian units, written out again."""
    deviation = np.sqrt(np.diag(covariance))
    scale = np.outer(deviation, deviation)
    cosine = np.clip(covariance / scale, -1, 1)
    kappa = np.sqrt(1 - cosine**2) + cosine * (np.pi - np.arccos(cosine))
    return scale * kappa / (2 * np.pi)


def row_field(length, mixes, taps=3, correlation=0.0):
    """Units in a row behind zero-padded mixes with ReLUs between: a border, a trend."""
    place = np.arange(length)
    covariance = correlation ** np.abs(place[:, None] - place)
    if not correlation:
        covariance = np.eye(length)
    for layer in range(mixes):
        if layer:
            covariance = relu_kernel(covariance)
        shifted = [np.diag(np.ones(length - abs(d)), d) for d in range(-(taps // 2), taps // 2 + 1)]
        covariance = 2 / taps * sum(m @ covariance @ m.T for m in shifted)
    return covariance


def tiled(length, size):
    return np.arange(length).reshape(-1, size)


def simulated(covariance, windows, draws=DRAWS, seed=11):
    factor = np.linalg.cholesky(covariance + 1e-12 * np.eye(len(covariance)))
    units = np.random.default_rng(seed).standard_normal((draws, len(covariance))) @ factor.T
    units = units[:, windows]
    return units, units.max(axis=2).clip(0)


def within(value, sample, deviations=4.5):
    return abs(value - sample.mean()) < deviations * sample.std() / len(sample) ** 0.5


def blocks_of(covariance, windows):
    return covariance[windows[:, :, None], windows[:, None, :]]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_orthant_of_equal_correlations_one_half(size):
    assert orthant(np.eye(size) / 2 + 0.5) == pytest.approx(1 / (size + 1), rel=1e-9)


def test_orthant_of_two_independent_pairs_is_the_product():
    r, s = 0.7, -0.4
    pair = np.array([[1, r], [r, 1]]), np.array([[1, s], [s, 1]])
    zero = np.zeros((2, 2))
    both = np.block([[pair[0], zero], [zero, pair[1]]])[np.ix_([0, 2, 1, 3], [0, 2, 1, 3])]
    exact = math.prod(1 / 4 + math.asin(c) / (2 * math.pi) for c in (r, s))
    assert orthant(both) == pytest.approx(exact, rel=1e-12)


def test_orthants_with_signs_turned_add_up_to_those_of_three():
    draws = np.random.default_rng(2).standard_normal((20, 4, 6))
    covariance = draws @ draws.transpose(0, 2, 1)
    turned = np.diag([1, 1, 1, -1])
    both = orthant(covariance) + orthant(turned @ covariance @ turned)
    assert both == pytest.approx(orthant(covariance[:, :3, :3]), rel=1e-6)


@pytest.mark.parametrize("size", [2, 3, 4])
@pytest.mark.parametrize("rho", ["0", "3/10", "9/10"])
def test_exchangeable_windows_have_the_certified_moments(size, rho):
    c = sp.Rational(rho)
    found = largest((np.eye(size) * float(1 - c) + float(c))[None])
    exact = float(symvar.tau(size, rho=c if c else None).evalf(16))
    first = float(symvar.integrals.order.order_moment(size, 1).evalf(16))
    assert found.cut.second[0] == pytest.approx(exact, rel=1e-8)
    assert found.free.mean[0] == pytest.approx(first * math.sqrt(1 - c), rel=1e-8)
    assert found.shares[0] == pytest.approx([1 / size] * size, rel=1e-8)


@pytest.mark.parametrize("size", [2, 3, 4, 6])
@pytest.mark.parametrize("correlation", [0.0, 0.9])
def test_borders_and_trends_against_simulation(size, correlation):
    windows = tiled(12, size)
    covariance = row_field(12, 3, correlation=correlation)
    units, heights = simulated(covariance, windows)
    law = window_law(blocks_of(covariance, windows))
    slack = 0 if size <= 4 else 4e-3
    for place, height in enumerate(heights.T):
        error = abs(law.second[place] - (height**2).mean())
        spread = 4.5 * (height**2).std() / DRAWS**0.5
        assert error < spread + slack * law.second[place]
        for unit in range(size):
            passes = (units[:, place].argmax(axis=1) == unit) & (height > 0)
            error = abs(law.gates[place, unit] - passes.mean())
            assert error < 4.5 * (passes.std() + 1e-3) / DRAWS**0.5 + slack / size


@pytest.mark.parametrize("correlation", [0.0, 0.9])
def test_products_of_all_windows_against_simulation(correlation):
    windows = tiled(16, 4)
    covariance = row_field(16, 2, correlation=correlation)
    _, heights = simulated(covariance, windows)
    law = window_law(blocks_of(covariance, windows))
    found = window_moments(covariance, law, windows, law, windows)
    for i in range(4):
        for j in range(4):
            if i != j:
                sample = heights[:, i] * heights[:, j]
                error = abs(found[i, j] - sample.mean())
                assert error < 4 * sample.std() / DRAWS**0.5 + 6e-3 * found[i, j]


def test_block_moments_are_the_entries_of_window_moments():
    windows = tiled(12, 3)
    covariance = row_field(12, 2)
    law = window_law(blocks_of(covariance, windows))
    whole = window_moments(covariance, law, windows, law, windows)
    blocks = covariance[windows[[0, 1, 3]][:, :, None], windows[[2, 3, 0]][:, None, :]]
    found = block_moments(law.at(np.array([0, 1, 3])), law.at(np.array([2, 3, 0])), blocks)
    assert found == pytest.approx(whole[[0, 1, 3], [2, 3, 0]], rel=1e-12)


def test_points_agree_with_what_is_exact_for_four_units():
    covariance = row_field(16, 3, correlation=0.8)
    blocks = blocks_of(covariance, tiled(16, 4))
    exact, sampled = largest(blocks), sampled_largest(blocks)
    assert sampled.cut.second == pytest.approx(exact.cut.second, rel=1e-2)
    assert sampled.free.mean == pytest.approx(exact.free.mean, rel=2e-2)
    assert sampled.shares == pytest.approx(exact.shares, abs=4e-3)
    assert sampled.positive == pytest.approx(exact.positive, abs=4e-3)


def test_stein_for_a_relu_the_gates_give_the_linear_part():
    """E[u_j M] = sum_i B_ji E[d_i M], the left side by simulation."""
    windows = tiled(12, 4)
    covariance = row_field(12, 3)
    units, heights = simulated(covariance, windows)
    blocks = blocks_of(covariance, windows)
    law = window_law(blocks)
    for place in range(3):
        for unit in range(4):
            value = float(blocks[place, unit] @ law.gates[place])
            assert within(value, units[:, place, unit] * heights[:, place])


class _Leaky:
    def value(self, x):
        return np.where(x > 0, x, 0.2 * x)

    def derivative(self, x):
        return np.where(x > 0, 1.0, 0.2)


def test_a_function_with_a_kink_at_zero_against_simulation():
    windows = tiled(12, 4)
    covariance = row_field(12, 3)
    units, _ = simulated(covariance, windows)
    law = window_law(blocks_of(covariance, windows), Sampled(_Leaky(), (0.0,)))
    for place in range(3):
        top = units[:, place].max(axis=1)
        sample = _Leaky().value(top)
        error = abs(law.second[place] - (sample**2).mean())
        assert error < 4.5 * (sample**2).std() / DRAWS**0.5 + 3e-3 * law.second[place]
        for unit in range(4):
            squares = _Leaky().derivative(top) ** 2 * (units[:, place].argmax(axis=1) == unit)
            error = abs(law.gates[place, unit] - squares.mean())
            assert error < 4.5 * squares.std() / DRAWS**0.5 + 2e-3


def joint_frequencies(units):
    size = units.shape[2]
    top, above = units.argmax(axis=2), units.max(axis=2) > 0
    each = (top[..., None] == np.arange(size)) & above[..., None]
    flat = each.reshape(len(units), -1).astype(np.float64)
    return (flat.T @ flat / len(units)).reshape(*units.shape[1:], *units.shape[1:])


def test_joint_gates_of_windows_apart_against_simulation():
    windows = tiled(16, 4)
    covariance = row_field(16, 2)
    units, _ = simulated(covariance, windows)
    law = window_law(blocks_of(covariance, windows))
    found = joint_gates(covariance, law, windows, law, windows)
    counted = joint_frequencies(units)
    noise = 5 * np.sqrt(counted / DRAWS)
    assert (abs(found - counted) < noise + 0.03 * counted.mean()).all()


def test_joint_gates_of_overlapping_windows_against_simulation():
    windows = np.arange(3) + 2 * np.arange(5)[:, None]
    covariance = row_field(11, 2)
    units, _ = simulated(covariance, windows)
    law = window_law(blocks_of(covariance, windows))
    found = joint_gates(covariance, law, windows, law, windows)
    counted = joint_frequencies(units)
    for i in range(4):
        shared = found[i, 2, i + 1, 0]
        assert shared == pytest.approx(counted[i, 2, i + 1, 0], rel=0.02)
        assert found[i, :, i + 1].sum() == pytest.approx(counted[i, :, i + 1].sum(), rel=0.02)
    noise = 5 * np.sqrt(counted / DRAWS)
    assert (abs(found - counted) < noise + 0.06 * counted.mean()).all()


def test_a_window_with_itself_has_one_largest_unit():
    windows = tiled(8, 4)
    covariance = row_field(8, 2)
    law = window_law(blocks_of(covariance, windows))
    found = joint_gates(covariance, law, windows, law, windows)
    assert found[1, :, 1] == pytest.approx(np.diag(law.gates[1]), abs=1e-15)


def test_equal_units_are_one_unit():
    pair = np.array([[1.0, 0.4], [0.4, 1.0]])
    twice = np.kron(pair, np.ones((2, 2)))
    one, two = window_law(pair[None]), window_law(twice[None])
    assert two.second == pytest.approx(one.second, rel=1e-4)
    assert two.gates[0].reshape(2, 2).sum(axis=1) == pytest.approx(one.gates[0], abs=1e-5)


def test_many_windows_that_hardly_differ_are_grouped():
    rng = np.random.default_rng(5)
    blocks = np.eye(4) + 1e-5 * np.einsum("wij->wij", rng.random((5000, 4, 4)))
    blocks = (blocks + blocks.transpose(0, 2, 1)) / 2
    law = window_law(blocks)
    assert law.second == pytest.approx(window_law(np.eye(4)[None]).second[0], rel=1e-3)


class _Softplus:
    def value(self, x):
        return np.logaddexp(0, x)

    def derivative(self, x):
        return 1 / (1 + np.exp(-x))


def test_a_smooth_function_against_simulation():
    windows = tiled(12, 4)
    covariance = row_field(12, 3)
    units, _ = simulated(covariance, windows)
    law = window_law(blocks_of(covariance, windows), Sampled(_Softplus()))
    for place in range(3):
        top = units[:, place].max(axis=1)
        second = (_Softplus().value(top) ** 2).mean()
        assert law.second[place] == pytest.approx(second, rel=0.01)
        slopes = _Softplus().derivative(top) ** 2
        for unit in range(4):
            passed = (slopes * (units[:, place].argmax(axis=1) == unit)).mean()
            assert law.gates[place, unit] == pytest.approx(passed, rel=0.05)
