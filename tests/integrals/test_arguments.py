"""What is refused, and that the message says what to do."""

from __future__ import annotations

import re

import pytest
import sympy as sp

from symvar.errors import ArgumentError
from symvar.integrals import enclose, gamma, order_moment, rectified_mean, tau
from symvar.symbols import window

T = sp.Symbol("T")


@pytest.mark.parametrize("constant", [tau, gamma, rectified_mean, lambda T: order_moment(T, 1)])
@pytest.mark.parametrize("size", [0, -1, 2.5, 4.0, float("nan"), sp.oo, True, "4", None, sp.I])
def test_windows(constant, size):
    with pytest.raises(ArgumentError, match=r"T: need a positive integer; have .*; (use|pass)"):
        constant(size)


@pytest.mark.parametrize("size", [T, sp.Symbol("T", integer=True), window - 1, window / 2])
def test_symbols_that_may_be_no_window(size):
    with pytest.raises(ArgumentError, match=r"declare it like symvar\.symbols\.window"):
        tau(size)


@pytest.mark.parametrize("pool", ["maxx", "foo", "", None, 3])
def test_pools(pool):
    with pytest.raises(ArgumentError, match=r"pool: need a pooling; have .*known: avg, max"):
        tau(4, pool=pool)
    with pytest.raises(ArgumentError, match=re.escape("did you mean 'max'?")):
        gamma(4, pool="maxx")


@pytest.mark.parametrize(
    ("size", "rho", "remedy"),
    [
        (4, 1.5, "use a real rho <= 1"),
        (4, sp.I, "use a real rho <= 1"),
        (4, float("nan"), "use a real rho <= 1"),
        (4, sp.oo, "use a real rho <= 1"),
        (4, -0.5, "use rho >= -1/3, the least common correlation of 4 units"),
        (6, -0.1, "use rho >= 0 or T <= 5: no closed form is known for a negative rho here"),
        (window, -0.1, "use rho >= 0: for a symbolic T"),
        (4, sp.Symbol("r"), "declare it real"),
        (4, "0.5", "pass a number or an expression"),
    ],
)
def test_correlations(size, rho, remedy):
    for constant in (tau, gamma):
        with pytest.raises(ArgumentError, match=re.escape(remedy)):
            constant(size, rho=rho)


def test_average_pooling_takes_any_possible_correlation():
    assert tau(6, "avg", sp.Rational(-1, 5)).doit().is_positive


@pytest.mark.parametrize("power", [0, 3, 1.5, window])
def test_powers(power):
    with pytest.raises(ArgumentError, match="k: need"):
        order_moment(3, power)


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        (window + 1, "need a constant; have T + 1, which depends on T"),
        ("pi", "need a constant sympy expression or a number; have 'pi'"),
        (None, "need a constant sympy expression"),
        (sp.zeta(3), "have zeta(3)"),
        (sp.oo, "have oo"),
        (sp.nan, "have nan"),
        (sp.sqrt(-2), "need a real value"),
        (1 / (sp.sin(1) ** 2 + sp.cos(1) ** 2 - 1), "pole"),
        (sp.Integral(sp.exp(-(window**2)), (window, 0, 1), (window, 0, 1)), "single integrals"),
    ],
)
def test_what_cannot_be_enclosed(expr, message):
    with pytest.raises(ArgumentError, match=re.escape(message)):
        enclose(expr)


def test_windows_beyond_the_doubles():
    for constant in (tau, gamma, rectified_mean):
        with pytest.raises(ArgumentError, match=r"need at most 10\^300 units"):
            enclose(constant(10**400))


@pytest.mark.parametrize("digits", [0, -3, 2.0, True, "50", None, 10**6])
def test_digits(digits):
    with pytest.raises(ArgumentError, match="digits: need a whole number from 1 to"):
        enclose(sp.pi, digits)


def test_an_integral_without_a_name():
    x = sp.Symbol("x", real=True)
    ball = enclose(sp.Integral(sp.exp(-(x**2)), (x, 0, 1)), 30)
    assert ball.agrees(enclose(sp.sqrt(sp.pi) / 2 * sp.erf(1), 30))
    assert ball.rad < 1e-30
