"""Lp pooling against two dimensions on the circle: the square of the radius has mean 2."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy as sp
from flint import arb, ctx

from symvar.errors import ArgumentError
from symvar.integrals import absolute_moment, enclose, l2_gamma, lp_absolute, lp_tau, tau
from symvar.integrals.intervals import numbers
from symvar.integrals.intervals.lp import sum_to_power as sum_in_intervals
from symvar.integrals.lp_balls import sum_to_power


def on_the_circle(f):
    half = mpmath.pi / 2
    return mpmath.quad(f, [-half, 0, half / 2, half, 2 * half]) / mpmath.pi


@pytest.mark.parametrize("power", [1, 2, 3, 4, 7])
def test_two_units(power):
    positive = lambda a: (max(0, mpmath.cos(a)), max(0, mpmath.sin(a)))  # noqa: E731
    with mpmath.workdps(25):
        pooled = on_the_circle(
            lambda a: (sum(u**power for u in positive(a)) / 2) ** (mpmath.mpf(2) / power)
        )
        ball = enclose(lp_tau(2, power), 40)
        assert abs(mpmath.mpf(ball.decimal()[0]) - pooled) < 1e-19
        assert ball.rad < 1e-40
        integral = lp_tau(2, power).rewrite(sp.Integral)
        assert not integral.has(lp_tau)


def test_two_units_backward():
    """The derivative of z = sqrt((u^2 + v^2)/2) in u is u/(2 z) where u > 0."""
    square = lambda a: (  # noqa: E731
        mpmath.cos(a) ** 2 if mpmath.sin(a) > 0 else 1 if mpmath.cos(a) > 0 else 0
    )
    half = mpmath.pi / 2
    share = mpmath.quad(lambda a: square(a) / 2, [-half, 0]) + mpmath.quad(
        lambda a: mpmath.cos(a) ** 2 / 2, [0, half]
    )
    assert abs(share / (2 * mpmath.pi) - float(l2_gamma(2))) < 1e-14
    assert l2_gamma(2).doit() == sp.Rational(3, 16)


def test_ends():
    assert lp_tau(9, 2).doit() == sp.Rational(1, 2)
    assert lp_tau(4, sp.oo).doit() == tau(4).doit()
    assert lp_tau(9, sp.oo).doit() == lp_tau(9, sp.oo)
    assert lp_tau(4, 1).doit() == tau(4, "avg").doit()
    values = [float(lp_tau(2, power)) for power in (1, 2, 3, 5, 20, 200)]
    assert values == sorted(values)
    assert abs(values[-1] - float(tau(2))) < 0.01
    assert sp.latex(lp_tau(2, 3)) == r"\tau^{L^{3}}_{2}"
    assert lp_tau(3, 1.5) == lp_tau(3, sp.Rational(3, 2))
    for power in (0, -1, 0.5, float("nan"), "2", sp.I, sp.Symbol("p"), sp.zoo):
        with pytest.raises(ArgumentError, match="p: need"):
            lp_tau(2, power)


def test_without_relu():
    """At p = 1 by E|u||v| = 2/pi, at infinity the largest |u|, at 4 an elliptic integral."""
    pooled = lambda a: ((mpmath.cos(a) ** 4 + mpmath.sin(a) ** 4) / 2) ** 0.5  # noqa: E731
    with mpmath.workdps(25):
        quarter = mpmath.quad(pooled, [0, mpmath.pi / 4]) * 8 / mpmath.pi
        elliptic = mpmath.ellipe(0.5) * 2 * mpmath.sqrt(2) / mpmath.pi
        assert abs(quarter - elliptic) < 1e-20
        value = mpmath.mpf(enclose(lp_absolute(2, 4).doit(), 30).decimal()[0])
        assert abs(value - elliptic) < 1e-24
    assert lp_absolute(7, 2).doit() == 1
    assert lp_absolute(3, 1).doit() == (1 + 4 / sp.pi) / 3
    assert lp_absolute(4, sp.oo).doit() == absolute_moment(4, 2).doit()
    assert not lp_absolute(4, 3).rewrite(sp.Integral).has(lp_absolute)


@pytest.mark.parametrize("rectified", [True, False])
@pytest.mark.parametrize("power", [1, 2, 3, 4])
def test_the_two_fold_integral_where_another_one_is_known(power, rectified):
    named = (lp_tau if rectified else lp_absolute)(2, power)
    with ctx.workprec(140):
        general = sum_to_power(2, sp.Integer(power), rectified) / arb(2) ** (arb(2) / power)
        assert general.overlaps(enclose(named, 45).arb)
        assert general.rel_accuracy_bits() > 125


@pytest.mark.parametrize(
    ("window", "power"), [(3, 3), (4, sp.Rational(3, 2)), (5, sp.sqrt(7)), (40, 4)]
)
def test_more_units_by_two_routes(window, power):
    """Whole numbers and a derivative of fourth order against balls and one of third."""
    for constant in (lp_tau(window, power), lp_absolute(window, power)):
        ball = enclose(constant, 15)
        other = enclose(constant, 6, route="mpmath")
        assert ball.agrees(other)
        assert ball.rad < 1e-15
        low, high = other.bounds()
        assert high - low < 1e-5
        assert constant.closed_form() is None


def test_as_many_positive_units_as_heads():
    window, power = 4, sp.Integer(3)
    mixed = sum(
        sp.binomial(window, k) * sp.Integer(k) ** (2 / power) * lp_absolute(k, power)
        for k in range(1, window + 1)
    )
    difference = mixed / 2**window - sp.Integer(window) ** (2 / power) * lp_tau(window, power)
    ball = enclose(difference, 25)
    assert ball.arb.contains(0)
    assert ball.rad < 1e-25


def test_between_average_and_maximum():
    powers = (1, sp.Rational(5, 4), 2, 3, 10, 60, sp.oo)
    for constant in (lp_tau, lp_absolute):
        values = [float(constant(6, power).evalf(12)) for power in powers]
        assert values == sorted(values)
    large = lp_absolute(10**6, 3).evalf(10)  # the law of large numbers
    assert abs(large - (2 * sp.sqrt(2 / sp.pi)) ** sp.Rational(2, 3)) < 1e-4


@pytest.mark.parametrize("power", [1.5, 3.0])
def test_sampled(power):
    """Five standard errors of two hundred thousand windows."""
    units = np.random.default_rng(7).standard_normal((200_000, 5))
    for constant, values in ((lp_tau, np.maximum(units, 0)), (lp_absolute, abs(units))):
        pooled = (values**power).mean(1) ** (2 / power)
        error = pooled.std() / len(pooled) ** 0.5
        assert abs(pooled.mean() - float(constant(5, power).evalf(12))) < 5 * error


def test_too_many_nodes_is_said():
    with pytest.raises(ArgumentError, match="nodes"):
        enclose(lp_tau(3, 3), 1000)
    with pytest.raises(ArgumentError, match="p = 100000"):
        enclose(lp_tau(3, 100_000), 10)
    bits = numbers.IV.prec
    with pytest.raises(ArgumentError, match="nodes"):
        sum_in_intervals(3, numbers.ratio(10**6), True)
    assert numbers.IV.prec == bits
