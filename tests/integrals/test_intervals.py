"""The route of intervals: true by itself, without a ball of flint's, and the same as the balls."""

from __future__ import annotations

import cmath
import sys
from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from flint import ctx
from hypothesis import given, settings
from hypothesis import strategies as st

import symvar.integrals as integrals
from symvar.activations import all_activations
from symvar.errors import ArgumentError
from symvar.integrals import (
    Expectation,
    GaussianProduct,
    absolute_moment,
    enclose,
    gamma,
    leaky_gamma,
    leaky_tau,
    lp_tau,
    normalised_gamma,
    normalised_tau,
    order_moment,
    order_variance,
    rectified_mean,
    tau,
    tau_asymptotic,
    tau_minus,
)
from symvar.integrals.intervals import discs, numbers, quadrature, rule
from symvar.integrals.intervals.discs import Disc
from symvar.integrals.intervals.quadrature import panels
from symvar.symbols import t, x

R = sp.Rational
CONSTANTS = [
    *(tau(size) for size in (1, 2, 3, 5, 8, 64, 10**3)),
    *(tau(size).doit() for size in (4, 5, 6, 7)),
    *(gamma(size, pool) for size in (1, 4, 30) for pool in ("max", "avg")),
    *(tau(size, "max", rho) for size in (2, 4, 9) for rho in (R(1, 4), R(3, 4))),
    *(tau(size, "avg", rho) for size in (3, 20) for rho in (0, R(1, 2))),
    *(gamma(size, "max", R(1, 3)) for size in (2, 4, 9)),
    tau(4, "max", 1),
    *(order_moment(size, power) for size in (1, 2, 6, 40) for power in (1, 2)),
    order_variance(5),
    rectified_mean(6),
    tau_minus(9),
    leaky_tau(3, R(1, 10)),
    leaky_tau(3, R(1, 10), "avg"),
    leaky_gamma(4, R(1, 3)),
    *(absolute_moment(size, power) for size in (1, 4) for power in (1, 2)),
    normalised_tau(4),
    normalised_gamma(3),
    lp_tau(2, 3),
    lp_tau(2, 5),
    tau_asymptotic(100)[0],
    Expectation(sp.tanh(x) ** 2, x, R(7, 3), R(1, 5), 3),
    Expectation(sp.cosh(x) / (2 + sp.sin(x)), x, 1),
    Expectation(sp.sqrt(1 + x**2), x, 2),
    Expectation(sp.exp(x**2 / 10) * sp.Max(0, x), x, 1),
    Expectation(sp.Max(x, x**2 - 2) ** 2, x, 1),
    sp.pi * sp.tan(1) - sp.log(3) ** R(1, 3) + sp.atan(2) * sp.sinh(1) + sp.gamma(R(2, 3)),
    sp.Max(2, sp.E) - sp.Abs(1 - sp.pi) + sp.Min(sp.acos(R(1, 5)), 7) ** -3,
]


@pytest.mark.parametrize("constant", CONSTANTS, ids=lambda each: str(each)[:50])
def test_each_route_checks_the_other(constant):
    ours, balls = enclose(constant, 30, route="mpmath"), enclose(constant, 30)
    assert ours.agrees(balls)
    (low, high), unit = ours.bounds(), Fraction(1, 10**30)
    assert high - low <= 2 * unit * max(abs(low), unit)
    moved = enclose(constant + R(1, 10**27), 30)
    assert not ours.agrees(moved)
    assert ours.decimal(20) == (balls.decimal(20)[0], ours.decimal(20)[1])


@pytest.mark.parametrize(("size", "digits"), [(10**6, 50), (10**9, 20), (3, 150), (4, 1)])
def test_large_windows_and_many_digits(size, digits):
    ours = enclose(tau(size), digits, route="mpmath")
    assert ours.agrees(enclose(tau(size), digits + 5))
    low, high = ours.bounds()
    assert high - low < 2 * low / 10**digits


@pytest.mark.parametrize("name", sorted(all_activations()))
def test_moments_of_every_activation(name):
    chosen = all_activations()[name]()
    q = R(7, 3)
    for moment in (
        chosen.second_moment(q, 3),
        chosen.mean(q),
        chosen.slope(q),
        chosen.input_product(q),
    ):
        ours, balls = enclose(moment, 15, route="mpmath"), enclose(moment, 15)
        assert ours.agrees(balls)
        low, high = ours.bounds()
        assert high - low <= Fraction(2, 10**15) * max(abs(low), 1)


class Untouchable:
    """Stands where a name of flint's stood."""

    def __getattr__(self, name):
        raise AssertionError(f"flint was asked for {name}")

    def __call__(self, *arguments):
        raise AssertionError("flint was called")


def test_no_flint_is_used(monkeypatch):
    """Every name that any module of symvar holds from flint is taken away."""
    taken = 0
    for name, module in list(sys.modules.items()):
        if name.startswith("symvar"):
            for key, value in list(vars(module).items()):
                owner = getattr(value, "__module__", None) or type(value).__module__
                if str(owner).startswith("flint"):
                    monkeypatch.setattr(module, key, Untouchable())
                    taken += 1
    assert taken > 20
    with pytest.raises(AssertionError, match="flint"):
        enclose(tau(11), 31)
    for constant in (tau(11), tau(5, rho=R(1, 7)), Expectation(sp.Max(0, x) * sp.tanh(x), x, 3)):
        assert len(str(enclose(constant, 31, route="mpmath"))) >= 32


def test_contexts_are_left_as_they_were():
    with ctx.workprec(77), mpmath.workdps(23):
        before = mpmath.iv.prec
        enclose(tau(9), 40, route="mpmath")
        with pytest.raises(ArgumentError):
            enclose(sp.zeta(3), 40, route="mpmath")
        assert (ctx.prec, mpmath.mp.dps, mpmath.iv.prec) == (77, 23, before)


@given(st.fractions(-12, 12, max_denominator=10**6), st.sampled_from([30, 90, 300]))
@settings(deadline=None, max_examples=100)
def test_the_error_function_lies_in_its_interval(point, bits):
    with numbers.working(bits):
        low, high = numbers.ends(numbers.erf(numbers.ratio(point.numerator, point.denominator)))
    with mpmath.workprec(bits + 60):
        truth = mpmath.erf(mpmath.mpf(point.numerator) / point.denominator)
        below, above = (mpmath.mpf(each.numerator) / each.denominator for each in (low, high))
        assert below <= truth <= above
        assert above - below < mpmath.mpf(2) ** (16 - bits)


@pytest.mark.parametrize(
    ("ours", "known"),
    [
        (numbers.exp, mpmath.exp), (numbers.tanh, mpmath.tanh), (numbers.sine, mpmath.sin),
        (numbers.cosine, mpmath.cos), (numbers.arctangent, mpmath.atan),
        (numbers.arcsine, mpmath.asin), (numbers.arccosine, mpmath.acos),
        (numbers.sinh, mpmath.sinh), (numbers.cosh, mpmath.cosh),
    ],
)  # fmt: skip
def test_functions_of_intervals(ours, known):
    with numbers.working(80), mpmath.workprec(200):
        for top in range(-9, 10):
            low, high = numbers.ends(ours(numbers.ratio(top, 10)))
            truth = known(mpmath.mpf(top) / 10)
            assert mpmath.mpf(low.numerator) / low.denominator <= truth
            assert truth <= mpmath.mpf(high.numerator) / high.denominator
        wide = ours(numbers.hull(numbers.ratio(-1, 2), numbers.ratio(1, 2)))
        low, high = map(float, numbers.ends(wide))
        assert all(low <= float(known(mpmath.mpf(k) / 10)) <= high for k in range(-5, 6))


DISC_FUNCTIONS = [
    (discs.exp, mpmath.exp), (discs.log, mpmath.log), (discs.sqrt, mpmath.sqrt),
    (discs.tanh, mpmath.tanh), (discs.sin, mpmath.sin), (discs.cos, mpmath.cos),
    (discs.sinh, mpmath.sinh), (discs.cosh, mpmath.cosh), (discs.erf, mpmath.erf),
    (discs.erfc, mpmath.erfc), (Disc.inverse, lambda z: 1 / z),
    (lambda z: discs.power(z, 3), lambda z: z**3), (lambda z: discs.power(z, 30), lambda z: z**30),
    (lambda z: discs.power(z, -2), lambda z: z**-2),
    (lambda z: z * z + z, lambda z: z * z + z),
]  # fmt: skip
small = st.floats(-4, 4, allow_subnormal=False)


@pytest.mark.parametrize(("ours", "known"), DISC_FUNCTIONS)
@given(small, small, st.floats(0, 1.5), st.floats(0, 6.3), st.floats(0, 1))
@settings(deadline=None, max_examples=60)
def test_discs_hold_every_value(ours, known, real, imaginary, radius, turn, share):
    found = ours(Disc(complex(real, imaginary), radius))
    if found.radius == float("inf"):
        return
    point = complex(real, imaginary) + cmath.rect(radius * share * (1 - 1e-9), turn)
    with mpmath.workdps(30):
        gap = abs(known(mpmath.mpc(point)) - mpmath.mpc(found.centre))
        assert gap <= found.radius


def test_discs_refuse_poles_and_cuts():
    assert discs.log(Disc(-1 + 0.1j, 0.2)).radius == float("inf")
    assert discs.tanh(Disc(1.5j, 0.2)).radius == float("inf")
    assert Disc(0.1, 0.2).inverse().radius == float("inf")
    assert discs.exp(Disc(1000)).radius == discs.erf(Disc(50j)).radius == float("inf")
    assert 0 < discs.exp(Disc(0.3, 0.1)).radius < 0.2  # and where there is none, they are small
    assert discs.erf(Disc(6 + 1j, 0.1)).size < 1 + 1e-10


@pytest.mark.parametrize("count", [2, 3, 8, 21])
def test_the_rule_is_exact_to_its_degree(count):
    with numbers.working(120):
        nodes = rule.legendre(count, 120)
        for degree in range(0, 2 * count, 2):
            total = sum((w * s**degree for s, w in nodes), numbers.ratio(0))
            low, high = numbers.ends(total)
            assert low <= Fraction(2, degree + 1) <= high
            assert high - low < Fraction(1, 2**105)
        beyond = numbers.ends(sum((w * s ** (2 * count) for s, w in nodes), numbers.ratio(0)))
        assert beyond[1] < Fraction(2, 2 * count + 1)


@pytest.mark.parametrize(
    ("expression", "whole"), [(sp.exp(-8 * t**2) * sp.erf(3 * t), False), (1 / (1 + t**2), True)]
)
@pytest.mark.parametrize("count", [2, 4, 9])
def test_the_error_of_a_panel_is_below_its_bound(expression, whole, count):
    """A few nodes only, so that the error is one that a quadrature of mpmath's sees."""
    algebra = quadrature.plane(lambda each: numbers.ratio(sp.Rational(each).p, each.q))
    bound = quadrature.compiled(expression, t, algebra)
    exact = sp.lambdify(t, expression, "mpmath")
    with numbers.working(80):
        nodes = [
            tuple(float(sum(numbers.ends(part)) / 2) for part in pair)
            for pair in rule.legendre(count, 80)
        ]
    for left, right in ((0, 1), (0.25, 0.5), (0.5, 1)):
        half = (right - left) / 2
        found = half * sum(w * exact(left + half * (1 + s)) for s, w in nodes)
        error = abs(found - mpmath.quad(exact, [left, right]))
        log_bound = quadrature._log_error(bound, left, right, count, 0.0, whole)
        assert error <= float(mpmath.exp(log_bound)) + 1e-14
    fine = list(panels(bound, 30, -60.0, whole=whole))
    assert [fine[0].left, fine[-1].right] == [0, 1]
    assert all(panel.log_error <= -60 for panel in fine)


@pytest.mark.parametrize("reach", [2, 3])
def test_what_is_cut_off_is_inside(monkeypatch, reach):
    def early(branch, variable, side, start, constant):
        return quadrature.growth(branch, variable, side, constant).tail(reach), reach

    f = sp.Integral(t**2 * sp.exp(-(t**2) / 2), (t, 0, sp.oo))
    monkeypatch.setattr(quadrature, "_tail", early)
    with numbers.working(70):
        low, high = numbers.ends(
            quadrature.integral(
                f.function, t, (sp.Integer(0), sp.oo), quadrature_constant, lambda v: 1
            )
        )
    truth = Fraction(str(sp.sqrt(sp.pi / 2).evalf(30)))
    assert low < truth < high
    assert high - low > Fraction(1, 100)


def quadrature_constant(expr):
    number = sp.Rational(expr)
    return numbers.ratio(number.p, number.q)


@pytest.mark.parametrize(
    ("expr", "words"),
    [
        (sp.zeta(3), "have zeta, in zeta"),
        (GaussianProduct(sp.tanh(x), x, 1, R(1, 2)), "have Integral"),
        (sp.Integral(1 / (t - R(1, 3)) ** 2, (t, 0, 1)), "look for a pole"),
        (sp.Integral(sp.exp(-t), (t, -sp.oo, 0)), "falls like a Gaussian"),
        (sp.Integral(sp.tanh(t) / t, (t, 1, sp.oo)), "positive lower bound"),
        (sp.log(-2), "have ImaginaryUnit"),
        (sp.oo, "have Infinity"),
    ],
)
def test_what_this_route_cannot_do_is_told(expr, words):
    with pytest.raises(ArgumentError, match=words):
        enclose(expr, 10, route="mpmath")


def test_a_route_that_is_none():
    with pytest.raises(ArgumentError, match=r"route: need a numerical route.*did you mean 'flint'"):
        enclose(sp.pi, 10, route="flnt")
    with pytest.raises(ArgumentError, match="digits: need"):
        enclose(sp.pi, 0, route="mpmath")
    assert enclose(tau(2) - tau(2).doit(), 20, route="mpmath").decimal()[0] == "0"
    assert float(enclose(sp.pi, 20, route="mpmath")) == 3.141592653589793
    assert "Bracket" in integrals.__all__
