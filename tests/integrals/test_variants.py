"""Constants around tau: leaky slopes, the smallest part, |u|, norms, large T, derivatives."""

from __future__ import annotations

import math

import mpmath
import pytest
import sympy as sp
from flint import arb

from symvar.errors import ArgumentError
from symvar.integrals import (
    absolute_moment,
    enclose,
    gamma,
    leaky_gamma,
    leaky_tau,
    normalised_gamma,
    normalised_tau,
    order_moment,
    order_variance,
    tau,
    tau_asymptotic,
    tau_enclosures,
    tau_minus,
)
from symvar.symbols import slope_below, window

RHO = sp.Symbol("rho", real=True)
TENTH = sp.Rational(1, 10)
CLOSED = [
    *(tau_minus(size) for size in range(1, 8)),
    *(absolute_moment(size, 1) for size in range(1, 7)),
    *(absolute_moment(size, 2) for size in range(1, 8)),
    *(order_variance(size) for size in range(1, 8)),
    *(leaky_tau(size, TENTH) for size in (1, 2, 4, 7)),
    leaky_tau(3, TENTH, "avg"),
    *(leaky_gamma(size, TENTH, pool) for size in (1, 3) for pool in ("max", "avg")),
]


def maximum(f, size, low=-13):
    """E[f(M)] for the largest M of so many normals, by mpmath on the density of M."""
    density = lambda s: f(s) * size * mpmath.npdf(s) * mpmath.ncdf(s) ** (size - 1)  # noqa: E731
    return mpmath.quad(density, range(low, 14), method="gauss-legendre")


def absolute(power, size):
    """E[max|u|^k] by mpmath on the density of max|u|."""
    within = lambda s: mpmath.erf(s / mpmath.sqrt(2)) ** (size - 1)  # noqa: E731
    density = lambda s: 2 * size * s**power * mpmath.npdf(s) * within(s)  # noqa: E731
    return mpmath.quad(density, range(14), method="gauss-legendre")


def agrees(expr, value, digits=20):
    return (
        abs(mpmath.mpf(enclose(expr, digits + 5).decimal()[0]) - value) < mpmath.mpf(10) ** -digits
    )


@pytest.mark.parametrize("constant", CLOSED, ids=str)
def test_closed_form_lies_in_the_ball(constant):
    closed = constant.doit()
    assert not closed.has(sp.Integral, sp.Sum, type(constant))
    one, other = enclose(closed, 40), enclose(constant, 40)
    assert one.arb.overlaps(other.arb)
    assert max(one.rad, other.rad) < 1e-39
    assert not one.arb.overlaps(enclose(closed + sp.Rational(1, 10**38), 40).arb)


@pytest.mark.parametrize("size", [1, 2, 5, 9, 40])
def test_against_their_definitions(size):
    with mpmath.workdps(35):
        a = mpmath.mpf(1) / 10
        leaky = maximum(lambda s: (s if s > 0 else a * s) ** 2, size)
        assert agrees(leaky_tau(size, TENTH), leaky)
        assert agrees(tau_minus(size), maximum(lambda s: s**2 if s < 0 else 0, size))
        mean, square = maximum(lambda s: s, size), maximum(lambda s: s**2, size)
        assert agrees(order_variance(size), square - mean**2)
        shares = (1 - mpmath.mpf(2) ** -size + a**2 * mpmath.mpf(2) ** -size) / size
        assert agrees(leaky_gamma(size, TENTH), shares)
        for power in (1, 2):
            largest = absolute(power, size)
            assert agrees(absolute_moment(size, power), largest)


@pytest.mark.parametrize("size", [1, 2, 4, 30])
def test_pooling_before_the_norm(size):
    """tau = 2/v times the integral of (s - mu)(1 - Phi^T) above mu."""
    with mpmath.workdps(30):
        mean, square = maximum(lambda s: s, size), maximum(lambda s: s**2, size)
        variance = square - mean**2
        tail = lambda s: 2 * (s - mean) * (1 - mpmath.ncdf(s) ** size)  # noqa: E731
        above = mpmath.quad(tail, [mean + step for step in range(13)], method="gauss-legendre")
        assert agrees(normalised_tau(size), above / variance, 18)
        positive = 1 - mpmath.ncdf(mean) ** size
        assert agrees(normalised_gamma(size), positive / variance / size, 18)


def test_average_of_leaky_units_on_the_circle():
    a = 0.3
    leaky = lambda u: u if u > 0 else a * u  # noqa: E731
    half = mpmath.pi / 2
    mean = mpmath.quad(
        lambda t: (leaky(mpmath.cos(t)) + leaky(mpmath.sin(t))) ** 2,
        [-half, 0, half, 2 * half, 3 * half],
    ) / (4 * mpmath.pi)
    assert abs(mean - float(leaky_tau(2, sp.Rational(3, 10), "avg"))) < 1e-14


def test_slopes():
    assert leaky_tau(window, 0).parts() == tau(window)
    assert leaky_tau(4, 1).doit().equals(order_moment(4, 2).doit())
    assert leaky_tau(4, slope_below).doit().coeff(slope_below, 2).equals(tau_minus(4).doit())
    assert leaky_tau(4, slope_below).subs(slope_below, sp.Rational(1, 4)) == leaky_tau(4, 0.25)
    assert sp.latex(leaky_tau(window, slope_below)) == r"\tau^{\mathrm{lrelu}}_{T}\left(a\right)"
    for slope in (-1, sp.Symbol("b", real=True), float("nan"), sp.I, "0.1"):
        with pytest.raises(ArgumentError, match="slope: need a real number, 0 or more"):
            leaky_tau(3, slope)


def test_a_part_of_2_to_the_minus_ten_thousand():
    ball = enclose(tau_minus(10**4), 10)
    assert ball.arb.rel_accuracy_bits() > 33
    assert 0 < ball.arb < arb(2) ** -10000


@pytest.mark.parametrize("size", [2, 3, 4, 5])
@pytest.mark.parametrize("constant", [tau, gamma])
def test_derivative_in_rho(constant, size):
    slope = enclose(constant(size, rho=RHO).diff(RHO).subs(RHO, sp.Rational(1, 3)), 20)
    step = sp.Rational(1, 10**12)
    sides = [constant(size, rho=sp.Rational(1, 3) + sign * step) for sign in (1, -1)]
    difference = enclose((sides[0] - sides[1]) / (2 * step), 20)
    assert abs(slope.mid - difference.mid) < 1e-20


def test_limits_in_rho():
    for size in (2, 5, 9):
        assert sp.limit(tau(size, rho=RHO), RHO, 0) == tau(size)
        assert sp.limit(gamma(size, rho=RHO), RHO, 1, "-").doit() == sp.Rational(1, 2) / size


def test_the_expansion_for_large_windows():
    """Its error stays below 66/w^3, and tends to about 65/w^3: the next order is what is left."""
    table = list(enumerate(tau_enclosures(256, 20), start=1))
    table += [(10**k, enclose(tau(10**k), 20)) for k in (4, 5, 6, 10, 30, 100, 300)]
    for size, ball in table:
        value, error = (enclose(part, 20).arb for part in tau_asymptotic(size))
        assert abs(value - ball.arb) < error
    assert abs(value - ball.arb) > error * 0.95
    expansion, error = tau_asymptotic(window)
    assert expansion.subs(window, 7) == tau_asymptotic(7)[0]
    assert math.isclose(float(error.subs(window, 10**6)), float(tau_asymptotic(10**6)[1]))
