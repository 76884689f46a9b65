"""Limits in the window and in the correlation, against values far out and against balls."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from symvar.errors import ArgumentError
from symvar.integrals import (
    absolute_moment,
    enclose,
    expansion,
    gamma,
    leaky_gamma,
    leaky_tau,
    normalised_gamma,
    normalised_tau,
    order_moment,
    order_variance,
    rectified_mean,
    tau,
    tau_minus,
)
from symvar.symbols import slope_below, window

RHO = sp.Symbol("rho", real=True)
R = sp.Rational
LOG = sp.log(window)
ROOT = sp.sqrt(sp.pi / 2)
GUMBEL = sp.exp(-sp.EulerGamma)
ONES, TWOS = (1, 1, 1), (2, 2, 2)


def limit(expr):
    return sp.limit(expr, window, sp.oo)


POWERS = [10**k for k in (4, 5, 6, 10, 30)]
MANY = [*range(1, 33), *POWERS, 10**100, 10**300]
FEWER = [*range(1, 33), *POWERS]


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
        (rectified_mean(window) / sp.sqrt(LOG), sp.sqrt(2)),
        (2**window * window * (rectified_mean(window) - order_moment(window, 1)), ROOT),
        (absolute_moment(window, 1) / sp.sqrt(LOG), sp.sqrt(2)),
        (absolute_moment(window, 2) / LOG, 2),
        (window * (absolute_moment(window, 2) - tau(2 * window)), R(1, 2)),
        (window * normalised_gamma(window) / LOG, 12 / sp.pi**2 * (1 - sp.exp(-GUMBEL))),
        (normalised_tau(window), 12 / sp.pi**2 * GUMBEL * sp.hyper(ONES, TWOS, -GUMBEL)),
        (tau(window, rho=R(1, 4)) / LOG, R(3, 2)),
        (tau(window, rho=R(3, 4)), sp.oo),
        (window * gamma(window, rho=R(1, 4)), 1),
        (LOG**-1 * window**3 * (1 - window * gamma(window, rho=R(1, 4))), 8 * sp.pi * sp.sqrt(3)),
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


def test_the_limits_of_correlated_windows_are_where_the_balls_go():
    """Ratios to the leading terms, one but for about 1/log T."""
    rho, log = R(2, 3), sp.log(window)
    chance = 1 - window * gamma(window, rho=rho)
    leading = sp.sqrt(sp.pi / 2) * (4 * sp.pi * log) ** R(-1, 4) / sp.sqrt(window)
    whole = rho + (1 - rho) * order_moment(window, 2)
    below = (whole - tau(window, rho=rho)) * (1 - rho) * log / rho**2 / chance
    pairs = absolute_moment(window, 1) - order_moment(2 * window, 1)
    more = 2 * window * (absolute_moment(window, 2) - tau(2 * window))
    for ratio in (chance / leading, below, pairs * 4 * window * sp.sqrt(2 * log), more):
        for size in (10**4, 10**8, 10**16):
            assert abs(enclose((ratio.subs(window, size) - 1) * sp.log(size), 6).arb) < 3


def test_the_limit_of_the_standardised_largest_is_gumbel():
    """Against the integral of 2x P[G > gamma + x], by mpmath."""
    density = mpmath.quad(
        lambda x: -2 * x * mpmath.expm1(-mpmath.exp(-mpmath.euler - x)), [0, 1, 5, 20, 80]
    )
    found = enclose(limit(normalised_tau(window)), 15)
    assert abs(float(found.mid) - float(6 * density / mpmath.pi**2)) < 1e-14


@pytest.mark.parametrize(
    ("constant", "sizes"),
    [
        (tau, MANY),
        (rectified_mean, MANY),
        (lambda T: order_moment(T, 1), MANY),
        (lambda T: order_moment(T, 2), MANY),
        (lambda T: absolute_moment(T, 1), MANY),
        (lambda T: absolute_moment(T, 2), MANY),
        (order_variance, FEWER),
        (normalised_tau, FEWER),
        (normalised_gamma, FEWER),
        (tau_minus, [*range(1, 33), 256, 2000]),
    ],
)
def test_expansions(constant, sizes):
    """The error is below its bound, which is of the right order: far out, less than a third off."""
    value, error = expansion(constant(window))
    for size in sizes:
        gap, bound = (
            enclose(each.subs(window, size), 8).arb for each in (value - constant(window), error)
        )
        assert abs(gap) < bound
    assert abs(gap) > bound * 0.6


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
        limit(tau(window, rho=RHO))
    for constant in (gamma(3), tau(window, "avg"), tau(window, rho=R(1, 2)), sp.pi):
        with pytest.raises(ArgumentError, match="expansion: need one of"):
            expansion(constant)
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
    """Plackett's identity keeps T a symbol."""
    slope = gamma(window + 2, rho=RHO).diff(RHO)
    assert slope.has(gamma)
    for size in (1, 2, 5):
        numbers = {window: size, RHO: R(1, 4)}
        direct = gamma(size + 2, rho=RHO).diff(RHO).subs(RHO, R(1, 4))
        assert enclose(slope.subs(numbers) - direct, 20).arb.contains(0)
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


def test_series_in_rho_of_a_window_without_a_closed_form():
    """By Plackett's identity again and again: it ends at independent units."""
    series = sp.series(gamma(9, rho=RHO), RHO, 0, 3).removeO()
    assert not series.doit().has(gamma, sp.Integral)
    rests = [
        enclose(gamma(9, rho=at) - series.subs(RHO, at), 10).mid for at in (R(1, 4000), R(1, 8000))
    ]
    assert abs(float(rests[0] / rests[1]) - 8) < 0.1


def test_slope_in_the_leaky_slope():
    """Leaky tau is tau plus a^2 tau^-, so its slope is 2 a tau^-, opened or not."""
    for size in (4, 9):
        slope = leaky_tau(size, slope_below).diff(slope_below)
        assert sp.expand(slope.doit() - (2 * slope_below * tau_minus(size)).doit()) == 0
    assert leaky_gamma(window, slope_below).diff(slope_below).doit() != 0


@pytest.mark.parametrize(
    ("constant", "density"),
    [
        (tau, lambda s: s**2),
        (rectified_mean, lambda s: s),
        (lambda T: leaky_gamma(T, R(1, 3)), None),
        (lambda T: tau(T, "avg"), None),
    ],
)
def test_slope_in_the_window(constant, density):
    """Of the same integral at a real T: against mpmath's difference of it, or of the formula."""
    slope = enclose(constant(window).diff(window).subs(window, 4), 15)

    def at(size):
        if density is None:
            real = sp.Symbol("y", positive=True)
            real_form = constant(window).doit().xreplace({window: real})
            return mpmath.mpf(str(real_form.subs(real, size).evalf(30)))
        return size * mpmath.quad(
            lambda s: density(s) * mpmath.npdf(s) * mpmath.ncdf(s) ** (size - 1), [0, 2, 5, 20]
        )

    with mpmath.workdps(30):
        step = mpmath.mpf(10) ** -9
        middle = (at(4 + step) - at(4 - step)) / (2 * step)
    assert abs(float(slope.mid) - float(middle)) < 1e-14


def test_slopes_in_the_window_without_digits_say_what_is_missing():
    assert normalised_tau(window).diff(window).is_Derivative
    with pytest.raises(ArgumentError, match="arguments of logarithms with a positive lower bound"):
        enclose(order_moment(window, 1).diff(window).subs(window, 4), 10)
