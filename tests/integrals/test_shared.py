"""Every window at once: the same numbers as one at a time, and bounds that are bounds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from flint import arb, ctx

from symvar.errors import ArgumentError
from symvar.integrals import enclose, panels, quadrature, shared, tau, tau_doubles, tau_enclosures


@pytest.mark.parametrize(
    ("largest", "digits"), [(1, 50), (2, 5), (3, 1), (64, 50), (300, 30), (12, 400)]
)
def test_agrees_with_one_integral_per_window(largest, digits):
    table = tau_enclosures(largest, digits)
    assert len(table) == largest
    for window in {1, 2, 3, 4, 7, largest // 2, largest} & set(range(1, largest + 1)):
        ours, other = table[window - 1], enclose(tau(window), digits)
        assert ours.arb.overlaps(other.arb)
        assert min(ours.arb.rel_accuracy_bits(), other.arb.rel_accuracy_bits()) > digits * 3.32
        with ctx.workprec(2000):
            assert not ours.arb.overlaps(other.arb * (1 + 3 * arb(10) ** -digits))


def test_closed_forms_lie_in_the_balls():
    for window, ours in enumerate(tau_enclosures(5, 100), start=1):
        closed = enclose(tau(window).doit(), 100)
        assert ours.arb.overlaps(closed.arb)
        assert ours.rad < 1e-100


@pytest.mark.parametrize("power", [2, 3])
def test_power_integrals(power):
    with ctx.workprec(200):
        for exponent, ours in enumerate(shared.power_integrals(power, 9, 150)):
            truth = quadrature.half_line(power, exponent, 1)
            assert ours.overlaps(truth)
            assert ours.rad() < 1e-43


@pytest.mark.parametrize("left", [0.0, 1.0, 4.0])
@pytest.mark.parametrize("width", [0.5, 2.0, 6.0])
@pytest.mark.parametrize("nodes", [2, 5, 12])
@pytest.mark.parametrize("exponent", [0, 1, 40])
def test_the_error_of_a_panel_is_below_its_bound(left, width, nodes, exponent):
    """numpy's rule, not ours, against flint's adaptive integral."""
    places, weights = np.polynomial.legendre.leggauss(nodes)
    density = lambda s: np.exp(-1.5 * s**2) / (2 * math.pi) ** 1.5  # noqa: E731
    s = left + width / 2 * (1 + places)
    below = np.array([1 - math.erfc(x / math.sqrt(2)) / 2 for x in s])
    rule = width / 2 * float(weights @ (density(s) * below**exponent))
    truth = quadrature._integral(
        lambda z: quadrature._density(z) ** 3 * quadrature._distribution(z) ** exponent,
        left,
        left + width,
    )
    bound = panels.log_errors(left, np.array([left + width]), nodes, 3, 40)[0]
    assert abs(rule - float(truth)) <= math.exp(bound) + 1e-15


def test_the_bound_is_not_idle():
    """A bound that grew without limit would pass the test above."""
    rights = np.array([1.5])
    assert panels.log_errors(1.0, rights, 40, 3, 64)[0] < math.log(1e-30)
    assert panels.log_errors(1.0, rights, 80, 3, 64)[0] < math.log(1e-60)


def test_one_panel_for_all_widens_the_balls(monkeypatch):
    def careless(reach, nodes, power, largest, log_target):
        error = panels.log_errors(0.0, np.array([reach]), nodes, power, largest)[0]
        return [panels.Panel(0.0, reach, float(error))]

    monkeypatch.setattr(shared, "panels", careless)
    with ctx.workprec(200):
        ours = shared.power_integrals(3, 150, 150)
        for exponent in (0, 1, 70, 150):
            assert ours[exponent].overlaps(quadrature.half_line(3, exponent, 1))
            assert ours[exponent].rad() > 1e-40
    with pytest.raises(ArgumentError, match="tau_enclosures: need balls of"):
        tau_enclosures(200, 40)


def test_contexts_are_left_as_they_were():
    with ctx.workprec(77):
        tau_enclosures(9, 40)
        assert ctx.prec == 77


@pytest.mark.parametrize("windows", [0, -1, 2.5, "4", None, 10**7])
def test_bad_windows(windows):
    with pytest.raises(ArgumentError, match="max_window: need a whole number from 1 to 1000000"):
        tau_enclosures(windows)
    with pytest.raises(ArgumentError, match="windows: need whole numbers from 1 to 1000000"):
        tau_doubles(windows)


def test_doubles_against_balls():
    sizes = [*range(1, 257), 10**3, 3000, 10**4, 47_000, 10**5, 333_333, 700_000, 10**6]
    ours = tau_doubles(np.array(sizes))
    truth = [float(ball) for ball in tau_enclosures(256, 25)]
    truth += [float(enclose(tau(size), 25)) for size in sizes[256:]]
    assert max(abs(ours / np.array(truth) - 1)) < 1e-14
    assert max(abs(ours / (np.array(truth) * (1 + 2e-14)) - 1)) > 1e-14
    assert tau_doubles(np.array([[2, 3], [4, 5]])).shape == (2, 2)
    assert (np.diff(tau_doubles(np.arange(1, 5000))) > 0).all()
