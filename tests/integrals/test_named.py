"""A named constant behaves like a number of sympy's: printing, opening, comparing, reading back."""

from __future__ import annotations

import pickle

import mpmath
import pytest
import sympy as sp

import symvar.integrals
from symvar.integrals import (
    NamedConstant,
    absolute_moment,
    enclose,
    gamma,
    leaky_gamma,
    leaky_tau,
    lp_absolute,
    lp_tau,
    normalised_gamma,
    normalised_tau,
    order_moment,
    order_variance,
    rectified_mean,
    tau,
    tau_minus,
)
from symvar.symbols import slope_below, window

THIRD = sp.Rational(1, 3)
NAMES = {name: getattr(symvar.integrals, name) for name in symvar.integrals.__all__}
EXAMPLES = [
    tau(4),
    tau(window),
    tau(window + 1, "avg"),
    gamma(6, "avg"),
    gamma(window),
    tau(4, rho=THIRD),
    tau(4, "avg", sp.sqrt(2) / 2),
    order_moment(3, 1),
    order_moment(window, 2),
    rectified_mean(window),
    order_variance(window),
    absolute_moment(5, 2),
    tau_minus(4),
    leaky_tau(3, slope_below),
    leaky_tau(window, slope_below, "avg"),
    leaky_gamma(4, THIRD),
    normalised_tau(window),
    normalised_gamma(2),
    lp_tau(window, sp.Rational(5, 2)),
    lp_absolute(3, 3),
]


@pytest.mark.parametrize("named", EXAMPLES, ids=str)
def test_reads_back(named):
    assert sp.sympify(sp.srepr(named), locals=NAMES) == named
    assert eval(sp.srepr(named), {**vars(sp), **NAMES}) == named
    assert pickle.loads(pickle.dumps(named)) == named
    assert named.func(*named.args) == named


@pytest.mark.parametrize(
    ("named", "text", "latex"),
    [
        (tau(4), "tau(4)", r"\tau_{4}"),
        (tau(window), "tau(T)", r"\tau_{T}"),
        (tau(4, "avg"), "tau(4, 'avg')", r"\tau^{\mathrm{avg}}_{4}"),
        (gamma(4), "gamma(4)", r"\gamma_{4}"),
        (gamma(4, "avg"), "gamma(4, 'avg')", r"\gamma^{\mathrm{avg}}_{4}"),
        (tau(4, rho=THIRD), "tau(4, 'max', 1/3)", r"\tau_{4}\left(\frac{1}{3}\right)"),
        (order_moment(3, 1), "order_moment(3, 1)", r"\mathrm{E}\left[M_{3}\right]"),
        (rectified_mean(3), "rectified_mean(3)", r"\mathrm{E}\left[M_{3}^{+}\right]"),
        (order_variance(3), "order_variance(3)", r"\mathrm{Var}\left[M_{3}\right]"),
        (tau_minus(3), "tau_minus(3)", r"\tau^{-}_{3}"),
        (
            leaky_gamma(3, THIRD),
            "leaky_gamma(3, 1/3)",
            r"\gamma^{\mathrm{lrelu}}_{3}\left(\frac{1}{3}\right)",
        ),
        (normalised_tau(3), "normalised_tau(3)", r"\tau^{\mathrm{bn}}_{3}"),
        (lp_tau(3, 2), "lp_tau(3, 2)", r"\tau^{L^{2}}_{3}"),
        (lp_absolute(3, 4), "lp_absolute(3, 4)", r"\mathrm{E}\left[|u|_{L^{4},3}^{2}\right]"),
        (tau(4) ** 2, "tau(4)**2", r"\tau_{4}^{2}"),
        (tau(4, "avg") ** 2, "tau(4, 'avg')**2", r"\left(\tau^{\mathrm{avg}}_{4}\right)^{2}"),
        (2 / tau(window), "2/tau(T)", r"\frac{2}{\tau_{T}}"),
    ],
)
def test_prints(named, text, latex):
    assert str(named) == text
    assert sp.latex(named) == latex


@pytest.mark.parametrize("named", EXAMPLES, ids=str)
def test_every_form_typesets(named, katex):
    for formula in (named, named**2, sp.sqrt(named) / 3, named.doit(), named.rewrite(sp.Integral)):
        katex(sp.latex(formula))


def test_stays_named_until_opened():
    assert tau(4) != tau(4).doit()
    assert tau(4).doit() == sp.Rational(15, 16) + 3 / (4 * sp.pi) + 2 * sp.sqrt(3) / (3 * sp.pi)
    for unknown in (
        tau(8),
        tau(window),
        order_moment(8, 1),
        order_moment(9, 2),
        rectified_mean(7),
        gamma(6, rho=THIRD),
    ):
        assert unknown.doit() == unknown
    assert (2 * tau(2) + 1).doit() == 2 * tau(2).doit() + 1
    assert tau(window).subs(window, 4) == tau(4)
    assert tau(window, "avg").subs(window, 3).doit() == tau(3, "avg").doit()


@pytest.mark.parametrize(
    "named",
    [tau(3), tau(7), tau(3, "avg"), tau(3, "avg", THIRD), tau(6, rho=THIRD), tau(3, rho=1),
     gamma(3), gamma(3, "avg"), gamma(6, rho=THIRD), gamma(3, rho=1), order_moment(3, 2),
     order_moment(4, 1), rectified_mean(5),
     order_variance(4), absolute_moment(3, 2), tau_minus(3), leaky_tau(3, THIRD),
     leaky_tau(3, THIRD, "avg"), leaky_gamma(4, THIRD), normalised_tau(3), normalised_gamma(3)],
    ids=str,
)  # fmt: skip
def test_integral_is_the_constant(named):
    """sympy's integral is evaluated by mpmath on finite pieces, never by sympy.integrate."""
    opened = named.rewrite(sp.Integral)
    with mpmath.workdps(30):
        for integral in opened.atoms(sp.Integral):
            variable, low, high = integral.limits[0]
            parts = {part: part.evalf(40) for part in integral.function.atoms(NamedConstant)}
            f = sp.lambdify(variable, integral.function.xreplace(parts), "mpmath")
            pieces = [p for p in range(-14, 15) if low <= p <= high]
            opened = opened.subs(integral, sp.Float(mpmath.quad(f, pieces), 30))
        value = mpmath.mpf(str(opened.evalf(30)))
        assert abs(value - mpmath.mpf(enclose(named, 30).decimal()[0])) < 1e-25


def test_symbolic_integral_specialises():
    assert tau(window).rewrite(sp.Integral).subs(window, 3) == tau(3).rewrite(sp.Integral)


@pytest.mark.parametrize("digits", [5, 15, 50, 200])
def test_evalf_gives_correct_digits(digits):
    for named in (tau(3), tau(5), order_moment(5, 1)):
        assert named.evalf(digits) == named.doit().evalf(digits + 10).evalf(digits)
    assert str(tau(7).evalf(40)) == enclose(tau(7), 40).decimal()[0].rstrip("0")
    assert order_moment(1, 1).evalf(digits) == 0


def test_evalf_inside_expressions_keeps_its_digits():
    tiny = sp.Rational(1, 10**30)
    difference = tau(4) - tau(4).doit() + tiny
    assert abs(difference.evalf(10, maxn=200) - tiny) < tiny / 10**9
    assert tau(window).evalf(20, subs={window: 4}) == tau(4).evalf(20)
    assert tau(window).evalf() == tau(window)


def test_numbers():
    assert float(tau(4)) == 1.5437850115857044
    assert (tau(4) > 1.5) == True  # noqa: E712 - sympy's own true
    assert (tau(4) < sp.Rational(3, 2)) == False  # noqa: E712
    assert tau(window).is_positive
    assert tau(window).is_real
    assert order_moment(window, 1).is_nonnegative
    assert tau(window).is_number is False
    assert tau(2).diff(window) == 0
    assert tau(window).diff(window) == tau(window).rewrite(sp.Integral).diff(window)
    assert tau(4, rho=0.25) == tau(4, rho=sp.Rational(1, 4))
    assert tau(1, rho=THIRD) == tau(1)
