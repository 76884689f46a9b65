"""Lp pooling against two dimensions on the circle: the square of the radius has mean 2."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from symvar.errors import ArgumentError
from symvar.integrals import enclose, l2_gamma, lp_tau, tau


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
    for window, power in ((3, 3), (2, 0), (2, 1.5), (2, "2")):
        with pytest.raises(ArgumentError, match="p: need"):
            lp_tau(window, power)
