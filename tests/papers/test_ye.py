"""Ye by numbers that share nothing with the claims: floating point, finite differences."""

from __future__ import annotations

import numpy as np
import pytest

from symvar.claims.library import folder_of, load

rng = np.random.default_rng(5)


def forward(weights, x):
    gs, outs = [], [x]
    for w in weights:
        gs.append(w @ outs[-1])
        outs.append(np.maximum(gs[-1], 0))
    return gs, outs


def loss(weights, x, y):
    return np.sum((y - forward(weights, x)[1][-1]) ** 2) / 2


def numeric(weights, layer, x, y, h=1e-6):
    found = np.zeros_like(weights[layer])
    for place in np.ndindex(found.shape):
        moved = [[w.copy() for w in weights] for _ in (0, 1)]
        moved[0][layer][place] += h
        moved[1][layer][place] -= h
        found[place] = (loss(moved[0], x, y) - loss(moved[1], x, y)) / (2 * h)
    return found


@pytest.fixture
def net():
    """A net with an output unit that is off while its target is not met."""
    while True:
        weights = [rng.standard_normal(shape) for shape in ((4, 3), (4, 4), (2, 4))]
        x, y = rng.standard_normal(3), np.array([1.5, 2.5])
        gs, _ = forward(weights, x)
        if gs[-1][0] > 0.1 > -0.1 > gs[-1][1] and min(np.min(np.abs(g)) for g in gs) > 0.01:
            return weights, x, y


@pytest.mark.parametrize("printed", [True, False])
def test_backpropagation_needs_the_slope_of_the_last_layer(net, printed):
    """(6.40) from delta^(L) = epsilon, as (6.41) prints it, is not the gradient."""
    weights, x, y = net
    gs, outs = forward(weights, x)
    slopes = [(g > 0).astype(float) for g in gs]
    delta = outs[-1] - y
    if not printed:
        delta = slopes[-1] * delta
    agree = []
    for layer in reversed(range(3)):
        agree.append(
            np.allclose(np.outer(delta, outs[layer]), numeric(weights, layer, x, y), atol=1e-6)
        )
        if layer:
            delta = slopes[layer - 1] * (weights[layer].T @ delta)
    assert all(agree) is not printed


def test_the_largest_eigenvalue_does_not_bound_the_norm():
    roots = rng.standard_normal((200, 4, 4))
    kernels = roots @ roots.transpose(0, 2, 1)
    held, spectral = [], []
    for kernel in kernels:
        step = 1.8 / np.linalg.eigvalsh(kernel)[-1]  # (6.53) holds
        after = np.eye(4) - step * kernel
        values = np.linalg.eigvalsh(after)
        vector = np.linalg.eigh(kernel)[1][:, -1]
        held.append(np.sum((after @ vector) ** 2) <= values[-1] ** 2 + 1e-12)
        spectral.append(np.linalg.norm(after, 2))
        assert values[-1] == pytest.approx(1 - step * np.linalg.eigvalsh(kernel)[0])
        assert values[0] == pytest.approx(-0.8)
    assert not all(held)
    assert max(spectral) <= 1 + 1e-12


def momentum(start, before, steps=12, eta=0.05, beta=0.9):
    slope = lambda t: np.array([3 * t[0] + np.sin(t[1]), t[1] ** 3 + np.cos(t[1]) * t[0]])  # noqa: E731
    past, sums, recursive = [], [start], [before, start]
    for _ in range(steps):
        past.append(slope(sums[-1]))
        weights = beta ** np.arange(len(past) - 1, -1, -1)
        sums.append(sums[-1] - eta * weights @ np.array(past))
        step = beta * (recursive[-1] - recursive[-2]) - eta * slope(recursive[-1])
        recursive.append(recursive[-1] + step)
    return np.array(sums), np.array(recursive[1:])


def test_momentum_is_the_same_from_rest_and_only_from_rest():
    start = np.array([1.0, -0.5])
    assert np.allclose(*momentum(start, start), atol=1e-12)
    sums, recursive = momentum(start, np.zeros(2))
    assert np.linalg.norm(recursive[1] - sums[1]) == pytest.approx(0.9 * np.linalg.norm(start))


def test_at_a_kink_the_cost_rises_for_every_step():
    def cost(eta):
        weights = [np.array([[1 + eta], [1.0]]), np.array([[1.0, -1.0], [1.0, 0.0]])]
        return loss(weights, np.array([1.0]), np.array([-5.0, 2.0]))

    for eta in 2.0 ** -np.arange(0, 20):
        assert cost(eta) - cost(0) == pytest.approx(4 * eta + eta**2)


def test_the_dead_network_of_exercise_4():
    w = [np.array([[1.0, -1.0], [0.0, 1.0]])] * 2
    b = [np.array([1.0, 0.0])] * 2
    x, y = np.array([1.0, -1.0]), np.array([1.0, 0.0])
    costs = []
    for _ in range(3):
        g1 = w[0] @ x + b[0]
        o1 = np.maximum(g1, 0)
        g2 = w[1] @ o1 + b[1]
        o2 = np.maximum(g2, 0)
        costs.append(np.sum((y - o2) ** 2) / 2)
        d2 = (g2 > 0) * (o2 - y)
        d1 = (g1 > 0) * (w[1].T @ d2)
        w = [w[0] - np.outer(d1, x), w[1] - np.outer(d2, o1)]
        b = [b[0] - d1, b[1] - d2]
    assert costs == [4.5, 0.5, 0.5]
    assert np.array_equal(w[0], [[-2, 2], [0, 1]])
    assert np.array_equal(w[1], [[-8, -1], [0, 1]])


def test_named_errata_stay_errata():
    entries = load(folder_of("ye")).entries
    errata = {id for id, entry in entries.items() if entry.outcome == "erratum"}
    assert {"6.3", "6.5", "6.6", "6.19", "6.41", "6.50", "6.52", "6.54", "6.55"} <= errata
    assert {"prose:lambda-max", "prose:relu-alone", "exercise:5b"} <= errata
