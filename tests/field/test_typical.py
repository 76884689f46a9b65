"""The scatter of second moments against simulated networks of finite width."""

import numpy as np
import pytest

from symvar.activations.tanh import Tanh
from symvar.errors import ArgumentError
from symvar.field.maps import Bent, map_of
from symvar.field.typical import (
    elasticity,
    log_variance,
    scatter,
    scatter_by_displacement,
    scatter_of,
    typical,
)

RELU = Bent(0, 1)
DRAWS = 4000
SIDE = 4
SHIFTS = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]


def normal_moments(draws):
    """Mean and variance with their standard errors (fourth moment included)."""
    centred = draws - draws.mean()
    variance = centred.var()
    spread = np.sqrt(((centred**2 - variance) ** 2).mean() / len(draws))
    return draws.mean(), np.sqrt(variance / len(draws)), variance, spread


def dense(function, gain, widths, rng):
    """log q behind each layer of dense networks: given x, the next units are exactly Gaussian."""
    q = np.ones(DRAWS)
    for width in widths:
        x = function.value(np.sqrt(q)[:, None] * rng.standard_normal((DRAWS, width)))
        q = gain * (x**2).mean(axis=1)
        yield np.log(q)


@pytest.mark.parametrize("function", [RELU, map_of(Tanh())])
def test_dense_networks_scatter_as_predicted(function):
    """Widths 400, 300, 200: what is left out is of relative order 1/n, here under 4 %."""
    gain = float(1 / function.second(1.0))
    widths = [400, 300, 200]
    kappa = scatter_of(function, [[1.0]])
    power = elasticity(function, 1.0)
    known = log_variance([kappa] * 3, widths, [power] * 3)
    layers = dense(function, gain, widths, np.random.default_rng(11))
    for predicted, logs in zip(known[1:], layers, strict=True):
        _, _, variance, spread = normal_moments(logs)
        assert abs(variance - predicted) < 4 * spread + 0.04 * predicted


def test_the_typical_network_of_relu():
    widths = [300] * 4
    known = log_variance([5.0] * 4, widths)
    layers = dense(RELU, 2.0, widths, np.random.default_rng(12))
    for predicted, logs in zip(known[1:], layers, strict=True):
        mean, error, _, _ = normal_moments(logs)
        assert abs(mean - np.log(typical(1.0, predicted))) < 4 * error + 0.04 * predicted


def tapped(products):
    """A circular 3 x 3 convolution of fan-in times variance 2 on products of positions."""
    grid = products.reshape(*products.shape[:-2], SIDE, SIDE, SIDE, SIDE)
    moved = sum(np.roll(grid, shift * 2, (-4, -3, -2, -1)) for shift in SHIFTS)
    return 2 / 9 * moved.reshape(products.shape)


def test_convolutions_scatter_by_their_correlations():
    """4 x 4 positions, circular, 150 channels, three layers; channels drawn from the Gaussian law.

    The predicted covariance follows the same maps in the limit; the simulated one fluctuates.
    """
    rng, channels, draws = np.random.default_rng(13), 150, 1500
    known = tapped(np.eye(SIDE**2))
    each = np.broadcast_to(known, (draws, *known.shape))
    scatters, logs = [], []
    for _ in range(3):
        scatters.append(scatter_of(RELU, known))
        v = np.diagonal(known)
        root = np.sqrt(np.outer(v, v))
        known = tapped(RELU.product(v[:, None], v, known / root))
        factor = np.linalg.cholesky(each + 1e-12 * np.eye(SIDE**2))
        x = RELU.value(rng.standard_normal((draws, channels, SIDE**2)) @ factor.swapaxes(1, 2))
        each = tapped(np.einsum("dcp,dcq->dpq", x, x) / channels)
        logs.append(np.log(np.einsum("dpp->d", each)))
    assert scatters[0] == pytest.approx(5 / SIDE**2)  # white noise stays uncorrelated at first
    assert scatters[0] < scatters[1] < scatters[2] < 5
    for predicted, drawn in zip(log_variance(scatters, [channels] * 3)[1:], logs, strict=True):
        _, _, variance, spread = normal_moments(drawn)
        assert abs(variance - predicted) < 4 * spread + 0.05 * predicted


def test_one_unit_behind_known_functions():
    """By hand: 3 - 1 for a line and |u|, 3/2 / (1/2)^2 - 1 for ReLU, 105/9 - 1 for the square."""
    from symvar.activations.square import Square

    for function, kappa in ((Bent(1, 1), 2), (Bent(-1, 1), 2), (RELU, 5)):
        assert scatter_of(function, [[2.5]]) == pytest.approx(kappa, rel=1e-12)
    assert scatter_of(map_of(Square()), [[2.5]]) == pytest.approx(105 / 9 - 1, rel=1e-12)


def test_ends_of_correlation():
    """One unit many times scatters like one, independent ones by their number."""
    assert scatter_of(RELU, np.full((5, 5), 3.0)) == pytest.approx(5, rel=1e-9)
    assert scatter_of(RELU, 3.0 * np.eye(5)) == pytest.approx(1, rel=1e-12)
    assert scatter_of(RELU, np.diag([3.0, 1.0]), [1, 0]) == pytest.approx(5, rel=1e-12)


def test_displacements_are_all_pairs():
    places = np.arange(6)
    decay = 0.7 ** np.abs(places[:, None] - places)
    by_pairs = scatter_of(RELU, decay)
    cosines = 0.7 ** np.abs(np.arange(-5, 6))
    assert scatter_by_displacement(RELU, 1.0, cosines) == pytest.approx(by_pairs, rel=1e-12)


def test_elasticity_of_a_power_is_its_degree():
    from symvar.activations.square import Square

    assert elasticity(map_of(Square()), 0.3) == pytest.approx(2, rel=1e-8)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: scatter(np.ones((2, 2)), np.ones(3)), "flatten"),
        (lambda: scatter([[0.0]], [0.0]), "positive mean"),
        (lambda: log_variance([5.0], [0]), "positive width"),
        (lambda: log_variance([5.0], [10, 20]), "one width per layer"),
        (lambda: scatter_of(RELU, [[1.0, 2.0], [2.0, 1.0]]), "-1 to 1"),
    ],
)
def test_bad_moments_are_refused(call, message):
    with pytest.raises(ArgumentError, match=message):
        call()
