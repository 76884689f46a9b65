"""What is cut off stays inside the radius, however badly the cuts are placed."""

from __future__ import annotations

import pytest
from flint import arb, ctx

from symvar.integrals import quadrature

CLOSED = [
    (lambda: quadrature.half_line(3, 0, 1), lambda: arb(3).sqrt() / (12 * arb.pi())),
    (lambda: quadrature.half_line(3, 1, 1), lambda: arb(3).sqrt() / (18 * arb.pi())),
    (lambda: quadrature.half_line(2, 0, -1), lambda: 1 / (4 * arb.pi().sqrt())),
    (lambda: quadrature.all_positive(7, arb(1) / 2), lambda: arb(1) / 8),
    (
        lambda: quadrature.correlated_maximum(2, arb(1) / 2),
        lambda: arb(2) / 3 + arb(3).sqrt() / (4 * arb.pi()),
    ),
]


@pytest.mark.parametrize(("integral", "truth"), CLOSED)
@pytest.mark.parametrize("reach", [0.5, 1.5, 3.0])
def test_a_short_range_widens_the_ball(monkeypatch, integral, truth, reach):
    monkeypatch.setattr(quadrature, "_range", lambda scale, more=0: reach)
    ball = integral()
    assert ball.contains(truth())
    assert ball.rad() > 1e-9
    assert not (ball.mid() + arb(0, 1e-10)).contains(truth())


@pytest.mark.parametrize("start", [0.2, 1.0])
def test_a_late_start_widens_the_ball(monkeypatch, start):
    monkeypatch.setattr(quadrature, "_start", lambda exponent, low, high, more=0: start)
    (one, one_truth), (two, two_truth) = CLOSED[1], CLOSED[4]
    assert one().contains(one_truth())
    assert two().contains(two_truth())
    assert min(one().rad(), two().rad()) > 1e-4


@pytest.mark.parametrize("bits", [30, 53, 200, 1000])
@pytest.mark.parametrize(("integral", "truth"), CLOSED)
def test_accuracy_follows_the_precision(integral, truth, bits):
    with ctx.workprec(bits):
        ball = integral()
        assert ball.overlaps(truth())
        assert ball.rel_accuracy_bits() > bits - 12
