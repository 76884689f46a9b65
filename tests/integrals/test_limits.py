"""Limits in the window and in the correlation, against values far out and against balls."""

from __future__ import annotations

import pytest
import sympy as sp

from symvar.errors import ArgumentError
from symvar.integrals import (
    enclose,
    gamma,
    leaky_gamma,
    leaky_tau,
    order_moment,
    order_variance,
    tau,
    tau_minus,
)
from symvar.symbols import slope_below, window

RHO = sp.Symbol("rho", real=True)
R = sp.Rational
LOG = sp.log(window)


def limit(expr):
    return sp.limit(expr, window, sp.oo)


@pytest.mark.parametrize(
    ("expr", "value"),
    [
        (tau(window), sp.oo),
        (tau(window) / LOG, 2),
        (tau(window) / window, 0),
        (tau(window) - 2 * LOG + sp.log(LOG), 2 * sp.EulerGamma - sp.log(4 * sp.pi)),
        (tau(2 * window) - tau(window), 2 * sp.log(2)),
        (tau(window, "avg"), 1 / (2 * sp.pi)),
        (tau(window, rho=1), R(1, 2)),
        (window * gamma(window), 1),
        (window**2 * gamma(window, "avg"), R(1, 2)),
        (window * gamma(window, rho=R(1, 2)), 1),
        (tau_minus(window), 0),
        (2**window * window**2 * tau_minus(window), sp.pi),
        (leaky_tau(window, slope_below), sp.oo),
        (window * leaky_gamma(window, slope_below), 1),
        (order_moment(window, 2) / LOG, 2),
        (order_moment(window, 2) - tau(window), 0),
        (order_moment(window, 1), sp.oo),
        (order_moment(window, 1) / sp.sqrt(2 * LOG), 1),
        (order_variance(window), 0),
        (order_variance(window) * LOG, sp.pi**2 / 12),
    ],
    ids=str,
)
def test_large_windows(expr, value):
    assert sp.simplify(limit(expr) - value) == 0 if value != sp.oo else limit(expr) == sp.oo


def test_the_limits_are_where_the_balls_go():
    """At T = 10^300 what is left out is about log(c)/c; for the negative part T = 2000 will do."""
    size = sp.Integer(10) ** 300
    log = sp.log(size)
    gap = enclose(tau(size) - 2 * log + sp.log(log) - 2 * sp.EulerGamma + sp.log(4 * sp.pi), 10)
    assert 0 < gap.arb < enclose(sp.log(2 * log) / (2 * log), 10).arb
    share = enclose(tau_minus(2000) * sp.Integer(2) ** 2000 * 2000**2 / sp.pi, 10)
    assert abs(share.arb - 1) < 0.005
    ratio = enclose(order_moment(size, 1) / sp.sqrt(2 * log), 10)
    assert abs(ratio.arb - 1) < 0.004


def test_correlations():
    for size in (2, 5, 9):
        assert sp.limit(tau(size, rho=RHO), RHO, 0) == tau(size)
        assert sp.limit(tau(size, rho=RHO), RHO, 1, "-").doit() == R(1, 2)
        assert sp.limit(gamma(size, rho=RHO), RHO, 0) == gamma(size)
        assert sp.limit(gamma(size, rho=RHO), RHO, 1, "-").doit() == R(1, 2) / size
    assert sp.limit(tau(window, rho=RHO), RHO, 0) == tau(window)


@pytest.mark.parametrize("size", [2, 3])
def test_series_in_the_correlation(size):
    series = tau(size, rho=RHO).series(RHO, 0, 3).removeO()
    step = R(1, 10**4)
    gap = enclose(series.subs(RHO, step) - tau(size, rho=step), 20)
    assert abs(gap.mid) < 1e-11
    assert sp.expand(series.coeff(RHO, 0) - tau(size).doit()) == 0


def test_what_has_no_expansion_says_so():
    with pytest.raises(NotImplementedError, match="no expansion is known"):
        limit(tau(window, rho=R(1, 4)))
    with pytest.raises(NotImplementedError, match="no closed form is known"):
        tau(9, rho=RHO).series(RHO, 0, 3)
    for wrong in (R(5, 2), sp.Symbol("y"), window / 2):
        with pytest.raises(ArgumentError, match="window T: need a positive integer"):
            tau(window).subs(window, wrong)


@pytest.mark.parametrize("constant", [tau, gamma])
@pytest.mark.parametrize("size", [2, 3, 4, 5, 6, 9])
def test_slope_in_rho(constant, size):
    """Against a central difference of balls, whose error is about the step's square."""
    at, step = R(1, 3), R(1, 10**12)
    slope = enclose(constant(size, rho=RHO).diff(RHO).subs(RHO, at), 20)
    difference = (constant(size, rho=at + step) - constant(size, rho=at - step)) / (2 * step)
    other = enclose(difference, 30)
    assert abs(float(slope.mid - other.mid)) < 1e-19
    assert slope.rad < 1e-20


def test_slope_of_every_window():
    """Plackett's identity keeps T a symbol; a window itself has no slope."""
    slope = gamma(window + 2, rho=RHO).diff(RHO)
    assert slope.has(gamma)
    for size in (1, 2, 5):
        numbers = {window: size, RHO: R(1, 4)}
        direct = gamma(size + 2, rho=RHO).diff(RHO).subs(RHO, R(1, 4))
        assert enclose(slope.subs(numbers) - direct, 20).arb.contains(0)
    assert gamma(window, rho=RHO).diff(window).is_Derivative
    assert gamma(3, rho=RHO**2 / 2).diff(RHO).subs(RHO, 0) == 0


@pytest.mark.parametrize("constant", [tau, gamma])
@pytest.mark.parametrize("size", [3, 4, 5])
def test_series_in_rho(constant, size):
    """The rest is of the third order, with dilogarithms and without."""
    series = sp.series(constant(size, rho=RHO), RHO, 0, 3).removeO()
    rests = [
        enclose(constant(size, rho=at) - series.subs(RHO, at), 10).mid
        for at in (R(1, 1000), R(1, 2000))
    ]
    assert abs(float(rests[0] / rests[1]) - 8) < 0.1


def test_slope_in_the_leaky_slope():
    """Leaky tau is tau plus a^2 tau^-, so its slope is 2 a tau^-, opened or not."""
    for size in (4, 9):
        slope = leaky_tau(size, slope_below).diff(slope_below)
        assert sp.expand(slope.doit() - (2 * slope_below * tau_minus(size)).doit()) == 0
    assert leaky_gamma(window, slope_below).diff(slope_below).doit() != 0
    assert leaky_tau(window, slope_below).diff(window).is_Derivative
