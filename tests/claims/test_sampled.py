"""Sampling affirms only what its whole interval supports, says how, and refutes nothing."""

from __future__ import annotations

import pytest

from symvar.claims import Sampled, check


def rectified(source, n):
    return source.standard_normal(n).clip(0) ** 2  # its mean is exactly 1/2


@pytest.mark.parametrize(
    ("low", "high", "status"),
    [
        (0.45, 0.55, "sampled"),
        (0.4999, 0.5001, "unknown"),  # true, and finer than the interval
        (0.6, 0.7, "unknown"),
        (0.3, 0.4, "unknown"),
    ],
)
def test_only_an_interval_inside_the_bounds_affirms(low, high, status):
    verdict = check(Sampled(rectified, low, high, "relu squared", 50_000, seed=3))
    assert verdict.status == status
    assert "50000 draws, seed 3" in verdict.evidence


def test_the_same_seed_draws_the_same():
    first, second = (check(Sampled(rectified, 0, 1, "relu squared", seed=7)) for _ in range(2))
    assert first.evidence == second.evidence
    assert first.evidence != check(Sampled(rectified, 0, 1, "relu squared", seed=8)).evidence


def test_what_is_no_sample_is_not_affirmed():
    assert check(Sampled(lambda source, n: [1.0], 0, 2, "one number")).status == "unknown"
    nothing = Sampled(lambda source, n: source.random(n) / 0.0, 0, 2, "infinite")
    with pytest.warns(RuntimeWarning):
        assert check(nothing).status == "unknown"


def test_moved_bounds_are_not_affirmed():
    claim = Sampled(rectified, 0.45, 0.55, "relu squared")
    assert {check(each).status for _, each in claim.mutants()} == {"unknown"}
