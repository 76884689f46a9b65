"""Units of one common correlation: closed forms, balls, and routes that share nothing with them."""

from __future__ import annotations

import cmath
import math

import mpmath
import numpy as np
import pytest
import sympy as sp

from symvar.integrals import enclose, gamma, order_moment, tau
from symvar.symbols import window

HALF = sp.Rational(1, 2)
POSITIVE = [sp.Rational(1, 10), HALF, sp.sqrt(2) / 2, sp.Rational(99, 100)]


def decimal(expr, digits=30):
    return mpmath.mpf(enclose(expr, digits).decimal()[0])


@pytest.mark.parametrize("rho", POSITIVE, ids=str)
@pytest.mark.parametrize("size", range(2, 6))
@pytest.mark.parametrize("constant", [tau, gamma])
def test_closed_form_lies_in_the_ball(constant, size, rho):
    named = constant(size, rho=rho)
    assert not named.doit().has(sp.Integral, constant)
    one, other = enclose(named, 40), enclose(named.doit(), 40)
    assert one.arb.overlaps(other.arb)
    assert max(one.rad, other.rad) < 1e-40


def test_a_wrong_closed_form_is_outside_the_ball():
    wrong = tau(4, rho=HALF).doit() + sp.Rational(1, 10**38)
    assert not enclose(tau(4, rho=HALF), 40).arb.overlaps(enclose(wrong, 40).arb)


@pytest.mark.parametrize("size", [1, 2, 5, 6, 17, 200])
def test_identity_at_one_half(size):
    """u_i - g/sqrt(2) and -g/sqrt(2) are T + 1 exchangeable normals."""
    left = tau(size, rho=HALF)
    right = (order_moment(size + 1, 2) + 1 - sp.Rational(2, size + 1)) / 2
    if size == 1:
        assert left.doit() == HALF
        return
    one, other = enclose(left, 40), enclose(right, 40)
    assert one.arb.overlaps(other.arb)
    assert max(one.rad, other.rad) < 1e-38
    assert gamma(size, rho=HALF).doit() == sp.Rational(1, size + 1)
    assert abs(decimal(gamma(size, rho=HALF)) - mpmath.mpf(1) / (size + 1)) < 1e-15


def test_ends():
    assert tau(window, rho=0) == tau(window)
    assert tau(window, rho=1).doit() == tau(window, "avg", 1).doit() == HALF
    assert gamma(window, rho=1).doit() == 1 / (2 * window)
    for constant in (tau, gamma):
        for size in (3, 7):
            near = sp.Rational(1, 10**12)
            assert abs(decimal(constant(size, rho=near)) - decimal(constant(size))) < 1e-11
            gap = decimal(constant(size, rho=1 - near)) - decimal(constant(size, rho=1))
            assert 0 < gap < 1e-5


@pytest.mark.parametrize("rho", [-1, sp.Rational(-7, 10), sp.Rational(1, 5), sp.Rational(4, 5)])
def test_two_units_on_the_circle(rho):
    """u = r cos(a), v = r cos(a - b) with cos b = rho: the square of the radius has mean 2."""
    with mpmath.workdps(30):
        turn = mpmath.acos(mpmath.mpf(sp.Rational(rho).p) / sp.Rational(rho).q)
        kinks = sorted({-mpmath.pi / 2, mpmath.pi / 2, turn - mpmath.pi / 2, turn + mpmath.pi / 2})
        kinks = sorted({*kinks, turn / 2, turn / 2 + mpmath.pi, 3 * mpmath.pi / 2})
        pair = lambda a: (max(0, mpmath.cos(a)), max(0, mpmath.cos(a - turn)))  # noqa: E731
        largest = mpmath.quad(lambda a: max(pair(a)) ** 2, kinks) / mpmath.pi
        average = mpmath.quad(lambda a: sum(pair(a)) ** 2, kinks) / (4 * mpmath.pi)
        assert abs(largest - decimal(tau(2, rho=rho))) < 1e-25
        assert abs(average - decimal(tau(2, "avg", rho))) < 1e-25


@pytest.mark.parametrize("size", [3, 4, 5])
@pytest.mark.parametrize("share", [-0.75, -0.5])
def test_negative_correlations_by_an_imaginary_common_part(size, share):
    """E[f] = int 2 s (1 - P(all <= s)) ds; P(all <= s), given g, holds for imaginary sqrt(rho)."""
    rho = sp.Rational(share) / (size - 1)
    root, rest = cmath.sqrt(rho), math.sqrt(1 - rho)

    def below(level):
        """The trapezoidal rule, which converges geometrically for an entire Gaussian integrand."""
        step, total = 0.25, 0.0
        for node in (step * k for k in range(-60, 61)):
            each = mpmath.erfc((root * node - level) / rest / math.sqrt(2)) / 2
            total += step * math.exp(-(node**2) / 2) * (each**size).real
        return total / math.sqrt(2 * math.pi)

    nodes, weights = np.polynomial.legendre.leggauss(40)
    levels = 4 * (nodes + 1)
    tails = sum(8 * weights[i] * s * (1 - below(s)) for i, s in enumerate(levels))
    assert abs(tails - float(tau(size, rho=rho).doit())) < 1e-9
    assert abs((1 - below(0)) / size - float(gamma(size, rho=rho))) < 1e-9
    assert abs(tails - float(tau(size))) > 1e-3


@pytest.mark.parametrize("rho", [sp.Rational(-1, 4), sp.Rational(-1, 5), sp.Rational(2, 5)])
@pytest.mark.parametrize("size", [4, 5])
def test_orthants_by_their_derivative(size, rho):
    """Schläfli, Plackett: dP_n/dr = C(n,2) P_{n-2}(r/(1+2r)) / (2 pi sqrt(1-r^2))."""
    with mpmath.workdps(30):

        def slope(r):
            turn = mpmath.asin(r / (1 + 2 * r))
            inner = (
                mpmath.mpf(1) / 4 + turn / (2 * mpmath.pi)
                if size == 4
                else mpmath.mpf(1) / 8 + 3 * turn / (4 * mpmath.pi)
            )
            pairs = size * (size - 1) // 2
            return pairs * inner / (2 * mpmath.pi * mpmath.sqrt(1 - r**2))

        end = mpmath.mpf(rho.p) / rho.q
        positive = mpmath.mpf(2) ** -size + mpmath.quad(slope, [0, end / 2, end])
        difference = (1 - positive) / size - decimal(gamma(size, rho=rho).doit())
    assert abs(difference) < (1e-25 if rho != sp.Rational(-1, 4) else 1e-12)  # -1/4: a root ends


def test_units_that_sum_to_zero_are_never_all_positive():
    for size in range(2, 6):
        least = sp.Rational(-1, size - 1)
        ball = enclose(gamma(size, rho=least) - sp.Rational(1, size), 30)
        assert ball.arb.contains(0)
        assert ball.rad < 1e-30


def test_correlation_lowers_the_maximum_and_raises_the_average():
    steps = [sp.Rational(step, 10) for step in range(11)]
    for size in (2, 4, 9):
        largest = [float(tau(size, rho=rho)) for rho in steps]
        average = [float(tau(size, "avg", rho)) for rho in steps]
        assert largest == sorted(largest, reverse=True)
        assert average == sorted(average)


def test_symbolic_correlation():
    rho = sp.Symbol("rho", real=True)
    named = tau(3, rho=rho)
    assert named.doit().subs(rho, HALF).equals(tau(3, rho=HALF).doit())
    assert named.subs(rho, HALF) == tau(3, rho=HALF)
    assert tau(6, rho=rho).doit() == tau(6, rho=rho)
    assert (
        tau(window, "avg", rho)
        .doit()
        .subs({window: 4, rho: HALF})
        .equals(tau(4, "avg", HALF).doit())
    )
