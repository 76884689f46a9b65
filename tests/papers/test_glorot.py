"""Errata of glorot that stay errata: variances of linear nets by matrices, not by recursions."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest

from symvar.claims.library import folder_of, load

ERRATA = {"6", "7", "13", "prose:singular values"}
WIDTHS = (4, 3, 6, 2, 5)
"""n_0 to n_4: weights W^0 to W^3, so d = 3."""
VARIANCES = (0.5, 0.4, 0.7, 0.3)


def test_these_are_the_errata():
    entries = load(folder_of("glorot")).entries.values()
    assert {entry.id for entry in entries if entry.outcome == "erratum"} == ERRATA


@pytest.fixture(scope="module")
def measured():
    """Variances of z^1, of the gradient by s^1, and of that by a weight of layer 1."""
    rng, draws = np.random.default_rng(1), 200_000
    nets = [
        rng.standard_normal((draws, rows, columns)) * np.sqrt(variance)
        for rows, columns, variance in zip(WIDTHS[:-1], WIDTHS[1:], VARIANCES, strict=True)
    ]
    z = np.einsum("ni,nij->nj", rng.standard_normal((draws, WIDTHS[0])), nets[0])
    back = rng.standard_normal((draws, WIDTHS[-1]))
    for layer in (3, 2):
        back = np.einsum("nij,nj->ni", nets[layer], back)
    return z.var(), back.var(), np.mean((z[:, 0] * back[:, 0]) ** 2)


def chain(first, last, shift=0):
    return np.prod([WIDTHS[i + shift] * VARIANCES[i] for i in range(first, last + 1)])


def test_the_way_back_starts_one_layer_later(measured):
    _, back, _ = measured
    assert back == pytest.approx(chain(2, 3, shift=1), rel=0.02)
    assert abs(back / chain(1, 3, shift=1) - 1) > 0.5


def test_so_does_the_product_of_the_weights_gradient(measured):
    forward, _, weight = measured
    assert forward == pytest.approx(chain(0, 0), rel=0.02)
    assert weight == pytest.approx(chain(0, 0) * chain(2, 3, shift=1), rel=0.05)
    assert abs(weight / (chain(0, 0) * chain(1, 2, shift=1)) - 1) > 0.2


def test_the_average_singular_value_is_neither_ratio():
    width = 400
    matrix = np.random.default_rng(0).standard_normal((width, width)) / np.sqrt(width)
    values = np.linalg.svd(matrix, compute_uv=False)
    assert values.mean() == pytest.approx(8 / (3 * pi), abs=0.01)
    assert np.mean(values**2) == pytest.approx(1, abs=0.02)
    assert np.exp(np.mean(np.log(values))) == pytest.approx(np.exp(-0.5), abs=0.03)
