"""Errata of cotter that stay errata by a numeric route that shares nothing with the claims."""

from __future__ import annotations

import numpy as np
import pytest

from symvar.claims.library import folder_of, load

ERRATA = {
    *("1.1.13", "1.1.14", "1.1.15", "1.1.16", "1.1.20", "1.1.24", "1.1.30"),
    *("1.2.8", "1.2.9", "1.2.12", "1.2.13", "1.2.20"),
    *("1.3.3", "1.3.6", "1.3.14", "1.3.16", "1.3.17", "1.3.19", "1.3.21"),
    *("prose:kl", "prose:step-decay", "prose:matched-filter"),
    *("prose:vgg-layers", "prose:vgg-output"),
}


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def slopes(loss, at, step=1e-6):
    """Central differences."""
    moves = step * np.eye(len(at))
    return np.array([(loss(at + move) - loss(at - move)) / (2 * step) for move in moves])


def test_these_are_the_errata():
    entries = load(folder_of("cotter")).entries.values()
    assert {entry.id for entry in entries if entry.outcome == "erratum"} == ERRATA


def test_the_posterior_mode_of_a_ridge_needs_the_weight_over_twice_the_number(rng):
    """Linear model: the mode by the normal equations of the posterior, the objective by its own."""
    number, sigma, tau = 7, 0.6, 1.3
    inputs, targets = rng.standard_normal((number, 3)), rng.standard_normal(number)
    precision = inputs.T @ inputs / sigma**2 + np.eye(3) / tau**2
    mode = np.linalg.solve(precision, inputs.T @ targets / sigma**2)

    def objective(weight):
        return lambda theta: np.mean((targets - inputs @ theta) ** 2) / 2 + weight * theta @ theta

    assert np.abs(slopes(objective(sigma**2 / (2 * number * tau**2)), mode)).max() < 1e-8
    assert np.abs(slopes(objective(sigma**2 / tau**2), mode)).max() > 1e-2


def test_the_gradient_of_batch_normalisation_by_differences(rng):
    values, weights, gain, eps = rng.standard_normal(5), rng.standard_normal(5), 1.7, 0.1

    def loss(x):
        return weights @ (gain * (x - x.mean()) / (x.std() + eps))

    sigma, centred = values.std(), values - values.mean()
    printed = weights * gain / (sigma + eps)
    away = centred / (sigma * (sigma + eps)) * np.mean(weights * centred)
    full = gain / (sigma + eps) * (weights - weights.mean() - away)
    assert slopes(loss, values) == pytest.approx(full, abs=1e-7)
    assert np.abs(slopes(loss, values) - printed).max() > 1e-2


def test_the_gradient_by_the_weights_of_a_batch_behind_a_softmax(rng):
    """Sums over the batch of outer products, with the sign and number of (1.2.13) corrected."""
    inputs, classes = rng.standard_normal((6, 4)), 3
    labels = np.eye(classes)[rng.integers(classes, size=6)]

    def probabilities(weights):
        scores = np.exp(inputs @ weights.reshape(classes, 4).T)
        return scores / scores.sum(axis=1, keepdims=True)

    def loss(weights):
        return -np.mean(np.sum(labels * np.log(probabilities(weights)), axis=1))

    weights = rng.standard_normal(12)
    by_output = (probabilities(weights) - labels) / 6
    right = (by_output.T @ inputs).ravel()
    summed = np.outer(by_output.sum(axis=0), inputs.sum(axis=0)).ravel()
    assert slopes(loss, weights) == pytest.approx(right, abs=1e-7)
    assert np.abs(slopes(loss, weights) - summed).max() > 1e-2


def test_the_likelihood_of_a_constant_classifier_is_largest_at_the_frequency():
    grid = np.linspace(0.01, 0.99, 99)
    likelihood = grid**3 * (1 - grid)
    assert grid[likelihood.argmax()] == pytest.approx(0.75)
    assert likelihood.min() < likelihood[74]


def test_the_update_of_a_convolution_correlates_with_the_same_channel(rng):
    """numpy's convolution; two channels, so that the channel matters."""
    x, h, weights = rng.standard_normal((2, 6)), rng.standard_normal((2, 3)), rng.standard_normal(8)

    def loss(taps):
        return weights @ sum(map(np.convolve, x, taps.reshape(2, 3)))

    own = np.array([np.correlate(weights, channel, "valid") for channel in x]).ravel()
    first = np.tile(np.correlate(weights, x[0], "valid"), 2)
    assert slopes(loss, h.ravel()) == pytest.approx(own, abs=1e-7)
    assert np.abs(own - first).max() > 1e-2


def test_adams_second_moment_as_printed_can_be_negative():
    assert 0.999 * 0 + (1 - 0.999) * -1.0 < 0 < 0.999 * 0 + (1 - 0.999) * (-1.0) ** 2


def test_rates_whose_squares_do_not_sum_still_converge():
    error = 1.0
    for t in range(1, 20001):
        error = (1 - t**-0.5) ** 2 * error + 1 / t
    assert error < 2 / np.sqrt(20001) < 0.015
