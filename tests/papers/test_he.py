"""He et al. by numbers that share nothing with the claims."""

from __future__ import annotations

from math import prod, sqrt

import numpy as np
import pytest

from symvar.claims.library import folder_of, load


def test_there_are_no_errata():
    entries = load(folder_of("he")).entries.values()
    assert not [entry.id for entry in entries if entry.outcome == "erratum"]


@pytest.mark.parametrize("width", [1, 2, 3])
def test_the_independence_is_off_by_one_over_one_less_two_to_the_minus_n(width):
    """Gaussian weights and inputs, not signs: the factor does not depend on their law."""
    rng, draws = np.random.default_rng(width), 200_000
    responses = rng.standard_normal((draws, width))
    weights = rng.standard_normal((draws, width))
    alive = np.sum(weights * np.maximum(responses, 0), axis=1) > 0
    squares = (weights[:, 0] * alive) ** 2
    ratio = np.mean(squares * (responses[:, 0] > 0)) / np.mean(squares)
    assert ratio == pytest.approx(0.5 / (1 - 2.0**-width), abs=0.01)


def test_mean_zero_without_symmetry_is_not_enough_for_one_half():
    values, chances = np.array([-1.0, 2.0]), np.array([2, 1]) / 3
    assert chances @ values == 0
    assert chances @ np.maximum(values, 0) ** 2 == pytest.approx(4 / 3)
    assert chances @ values**2 / 2 == pytest.approx(1)


def test_the_numbers_of_the_model_with_ten_convolutions():
    filters = (64, 64, 128, 128, 256, 256, 512, 512, 512, 512)
    stds = {d: sqrt(2 / (9 * d)) for d in filters}
    assert [round(stds[d], 3) for d in (64, 128, 256, 512)] == [0.059, 0.042, 0.029, 0.021]
    assert float(f"{prod(stds[d] / 0.01 for d in filters[1:]):.1e}") == 1.7e4


def test_variances_through_a_dense_rectified_net():
    """(9) with both initial laws: kept, and halved per layer. Averaged over nets."""
    rng, width, layers, nets = np.random.default_rng(0), 32, 4, 4000
    for variance, share in ((2 / width, 1), (1 / width, 2.0 ** (1 - layers))):
        signal, found = rng.standard_normal((nets, width)), []
        for _ in range(layers):
            drawn = rng.standard_normal((nets, width, width)) * sqrt(variance)
            signal = np.einsum("nij,nj->ni", drawn, np.maximum(signal, 0) if found else signal)
            found.append(np.mean(signal**2))
        assert found[-1] / found[0] == pytest.approx(share, rel=0.1)
