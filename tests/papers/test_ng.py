"""Errata of ng that stay errata, and Theorem 1, by numpy and by exact fractions."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt
from statistics import NormalDist

import numpy as np
import pytest

from symvar.claims.library import folder_of, load

ERRATA = {
    "prose:linear at first",
    "prose:both cases",
    "prose:weighted sum",
    "prose:layer sizes",
    "prose:lower bound, line 1",
    "prose:lower bound, line 2",
}


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def test_these_are_the_errata():
    entries = load(folder_of("ng")).entries.values()
    assert {entry.id for entry in entries if entry.outcome == "erratum"} == ERRATA


def test_the_variance_is_half_of_the_upper_bound(rng):
    a, z, rate = rng.standard_normal(5) + 1, rng.standard_normal(7) - 2, 0.3
    variance = np.var(-rate * np.outer(a, z))
    upper = a.var() * z.mean() ** 2 + z.var() * a.var() + z.var() * a.mean() ** 2
    assert variance == pytest.approx(rate**2 * upper)
    assert rate**2 * a.mean() ** 2 * z.var() <= variance


def test_for_a_mini_batch_the_lower_bound_can_fail():
    """One unit before, one after: a single weight has variance zero."""
    a, z = np.array([1.0, 1.0]), np.array([0.0, 1.0])
    single = np.array([a @ z])
    assert single.var() == 0 < a.mean() ** 2 * z.var()


def test_the_first_line_of_the_proof_exceeds_the_variance():
    """Fractions: a = (1, 1), z = (0, 1)."""
    a, z = (1, 1), (0, 1)
    products = [Fraction(i * j) for i in a for j in z]
    mean = sum(products) / 4
    variance = sum((each - mean) ** 2 for each in products) / 4
    inner = [sum(i * j for i in a) - Fraction(sum(i * k for i in a for k in z), 2) for j in z]
    assert variance == Fraction(1, 4)
    assert sum(each**2 for each in inner) / 4 == Fraction(1, 2) > variance
    assert sum(each**2 for each in inner) / 8 == variance


def test_a_net_with_xavier_weights_is_not_linear_at_threshold_minus_one(rng):
    """And the mean of Gaussian inputs is what the note says."""
    sums = rng.uniform(-sqrt(3), sqrt(3), 1000)
    assert np.any(np.maximum(sums, -1) != sums)
    normal = NormalDist()
    exact = -normal.cdf(-1) + normal.pdf(-1)
    drawn = np.maximum(rng.standard_normal(400_000), -1)
    assert exact == pytest.approx(0.0833, abs=5e-5)
    assert abs(drawn.mean() - exact) < 5 * drawn.std() / sqrt(drawn.size)


def test_in_the_second_case_a_dead_neuron_puts_out_more():
    t, x, rate, gradient = 0.0, -1.0, 0.1, -2.0
    assert max(x, t - rate * gradient) > max(x, t)
