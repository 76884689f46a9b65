"""Balls and their digits: true, small, honest about zero, and leaving no trace."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from flint import arb, ctx
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from symvar.errors import ArgumentError
from symvar.integrals import Enclosure, enclose, tau

PI_100 = (
    "3.1415926535897932384626433832795028841971693993751"
    "058209749445923078164062862089986280348253421170679"
)
PI_60 = "3.14159265358979323846264338327950288419716939937510582097494"


@given(
    st.integers(-(10**30), 10**30).filter(bool),
    st.integers(1, 10**30),
    st.integers(-60, 60),
    st.integers(1, 40),
)
@settings(deadline=None, max_examples=200)
def test_printed_digits_of_rationals(top, bottom, scale, digits):
    """The decimal module divides exactly as printed; the bound holds exactly."""
    exact = Fraction(top, bottom) * Fraction(10) ** scale
    value, radius = enclose(sp.Rational(exact.numerator, exact.denominator), digits).decimal()
    assert abs(Fraction(value) - exact) <= Fraction(radius)
    context = Context(prec=digits, rounding=ROUND_HALF_EVEN, Emin=-999, Emax=999)
    expected = context.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    unit = Fraction(10) ** (expected.adjusted() - digits + 1)
    assert abs(Fraction(value) - exact) <= unit
    assert abs(Fraction(value) - Fraction(expected)) <= unit
    shown = value.lstrip("-").split("e")[0].replace(".", "").lstrip("0")
    assert len(shown) == digits


@given(st.integers(1, 50), st.integers(1, 50), st.integers(1, 9))
@settings(deadline=None, max_examples=60)
def test_elementary_functions_against_mpmath(a, b, c):
    q = sp.Rational(a, b)
    part = sp.Rational(1, c + 1)
    expr = (
        sp.exp(-q) * sp.erf(q) + sp.sqrt(q) * sp.log(1 + q) + sp.asin(part) * sp.acos(part)
        - sp.atan(q) ** part + sp.pi**q * sp.erfc(q) + sp.cos(q) * sp.sin(q) / sp.tan(part)
        + sp.tanh(q) - sp.re(sp.polylog(2, part + sp.I / 2)) + sp.Max(q, sp.E) - sp.Abs(1 - sp.pi)
    )  # fmt: skip
    with mpmath.workdps(60):
        x, p = mpmath.mpf(a) / b, mpmath.mpf(1) / (c + 1)
        value = (
            mpmath.exp(-x) * mpmath.erf(x) + mpmath.sqrt(x) * mpmath.log(1 + x)
            + mpmath.asin(p) * mpmath.acos(p) - mpmath.atan(x) ** p
            + mpmath.pi**x * mpmath.erfc(x) + mpmath.cos(x) * mpmath.sin(x) / mpmath.tan(p)
            + mpmath.tanh(x) - mpmath.polylog(2, mpmath.mpc(p, 0.5)).real + max(x, mpmath.e)
            - (mpmath.pi - 1)
        )  # fmt: skip
        assume(abs(value) > 1e-6)
        ball = enclose(expr, 40)
        assert abs(mpmath.mpf(ball.decimal()[0]) - value) < abs(value) * mpmath.mpf(10) ** -39
        assert ball.arb.rel_accuracy_bits() > 40 * 3.32


def test_published_digits():
    assert str(enclose(sp.pi, 60)) == PI_60
    assert enclose(sp.pi, 60).decimal(5) == ("3.1416", "7.4e-6")
    assert str(enclose(sp.E**10, 12)) == "22026.4657948"
    assert str(enclose(-sp.exp(-1000), 5)) == "-5.0760e-435"
    assert str(enclose(10**30, 3)) == "1.00e30"
    assert str(enclose(0.1, 3)) == "0.100"


def test_bounds_hold_the_value_and_exclude_its_neighbours():
    low, high = enclose(sp.pi, 50).bounds()
    assert low < Fraction(PI_100) < high
    assert high - low < Fraction(1, 10**50)
    assert not low < Fraction(PI_100) + Fraction(1, 10**50) < high
    ball = enclose(sp.pi, 50)
    assert ball.rad < 1e-50
    assert abs(ball.mid - arb(3.14159265358979)) < 1e-13


def test_exact_values_have_no_radius():
    assert enclose(sp.Rational(3, 8), 5).decimal() == ("0.37500", "0")
    assert enclose(tau(1) - sp.Rational(1, 2)).decimal() == ("0", "0")


def test_zero_is_a_small_ball_around_zero():
    sevenths = sp.cos(sp.pi / 7) * sp.cos(2 * sp.pi / 7) * sp.cos(3 * sp.pi / 7)
    for expr in (tau(2) - tau(2).doit(), sevenths - sp.Rational(1, 8)):
        ball = enclose(expr, 50)
        assert ball.arb.contains(0)
        assert ball.rad < 1e-50
        value, radius = ball.decimal()
        assert value == "0"
        assert Fraction(radius) < Fraction(1, 10**50)
        assert str(ball) == f"[+/- {radius}]"


def test_a_difference_far_below_the_digits_is_still_resolved():
    ball = enclose(sp.pi - sp.Rational(PI_60), 40)
    assert not ball.arb.contains(0)
    assert ball.arb.rel_accuracy_bits() > 132


def test_float_is_correctly_rounded_or_refused():
    assert float(enclose(sp.pi)) == 3.141592653589793
    assert float(enclose(sp.Rational(1, 10))) == 0.1
    with pytest.raises(ArgumentError, match="float: need a ball inside one double"):
        float(Enclosure(arb(1.5, 1e-10), 9))
    with pytest.raises(ArgumentError, match=r"digits: need at most 20.*enclose the expression"):
        enclose(sp.pi, 20).decimal(30)


def test_contexts_are_left_as_they_were():
    with ctx.workprec(77), mpmath.workdps(23):
        enclose(tau(64), 80)
        tau(9).evalf(60)
        for failing in (sp.zeta(3), 1 / (sp.sin(1) ** 2 + sp.cos(1) ** 2 - 1)):
            with pytest.raises(ArgumentError):
                enclose(failing + tau(7))
        assert ctx.prec == 77
        assert mpmath.mp.dps == 23


def test_huge_windows():
    """tau_T grows like 2 ln T: between the bounds of the largest of T normals."""
    for exponent in (9, 18, 100):
        value = float(enclose(tau(10**exponent), 20))
        log = exponent * 2.302585092994046
        assert 2 * log - 1.5 * float(mpmath.log(4 * mpmath.pi * log)) < value < 2 * log


def test_an_integer_that_python_does_not_print():
    """1 + 2^-20000 as one fraction."""
    number = 1 + sp.Rational(1, 2**20000)
    assert enclose(number * sp.pi, 20).agrees(enclose(sp.pi, 20))
