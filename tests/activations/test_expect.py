"""expect: closed forms and certified digits against mpmath's quadrature of the definition."""

from __future__ import annotations

from fractions import Fraction

import flint
import mpmath
import pytest
import sympy as sp

import symvar
from symvar.errors import ArgumentError
from symvar.integrals import Expectation, enclose, expect, order_moment, tau
from symvar.integrals.expect_growth import growth
from symvar.integrals.expect_pieces import pieces, smooth_parts
from symvar.symbols import forward, t, x

R = sp.Rational
LAWS = [(sp.Integer(1), sp.Integer(0)), (R(7, 3), R(0)), (R(1, 4), R(-2, 3))]
KINKS = (-3, -1, 0, R(1, 3), 1, 6)

CLOSED_ALWAYS = [
    x**4 - 3 * x + 2,
    sp.Abs(x - 1),
    sp.Max(0, x) ** 3,
    sp.Min(6, sp.Max(0, x)) ** 2,
    sp.Max(x, x**2 - 2) ** 2,
    sp.sign(x + 1) * x,
    sp.Piecewise((x, x > 0), (2 * (sp.exp(x) - 1), True)) ** 2,
    sp.Piecewise((x**2, sp.And(x > -1, x <= 1)), (1, True)),
    sp.exp(2 * x / 3) * x**2,
    sp.exp(-(x**2) + x) * (1 + x),
    sp.exp(x**2 / 10) * sp.Max(0, x),
    sp.erf(2 * x + 1),
    sp.erfc(x) * x**3,
    x**2 * sp.exp(-(x**2) / 2) * sp.erf(x / 3),
]
CLOSED_AT_ZERO = [
    sp.erf(x) ** 2,
    sp.erf(x) * sp.erf(3 * x) * x**2,
    (x * (1 + sp.erf(x / sp.sqrt(2))) / 2) ** 2,
    sp.diff(x * (1 + sp.erf(x / sp.sqrt(2))) / 2, x) ** 2,
    sp.tanh(x) ** 3,
    sp.erf(x) ** 3 * x**2,
]
NAMED = [
    sp.tanh(x) ** 2,
    1 / (1 + sp.exp(-x)),
    sp.log(1 + sp.exp(2 * x)) ** 2,
    x * sp.tanh(sp.log(1 + sp.exp(x))),
    sp.cos(x) * sp.Max(0, x),
    sp.sqrt(1 + x**2),
    sp.exp(sp.tanh(x)),
    sp.cosh(x) / (2 + sp.sin(x)),
    sp.Piecewise((sp.tanh(x), x < R(1, 3)), (x**2, True)),
    sp.log(1 + x**2) * sp.Heaviside(x - 1),
]


def quadrature(f, variance, mean, window=1):
    """E[f] to 40 digits by mpmath, panels broken where the functions above have kinks."""
    with mpmath.workdps(45):
        function = sp.lambdify(x, f.rewrite(sp.Piecewise), "mpmath")
        q, mu = (mpmath.mpf(each.p) / each.q for each in map(sp.sympify, (variance, mean)))
        root = mpmath.sqrt(q)
        kinks = [(mpmath.mpf(sp.sympify(k).p) / sp.sympify(k).q - mu) / root for k in (*KINKS, 2)]
        ends = sorted({-30, 30, -16, 16, -8, 8, -4, 4, *(k for k in kinks if abs(k) < 30)})

        def integrand(z):
            density = window * mpmath.npdf(z) * mpmath.ncdf(z) ** (window - 1)
            return function(mu + root * z) * density

        return mpmath.quad(integrand, ends)


def assert_holds(constant, expected, digits=30):
    """The ball has the digits asked for, and the quadrature lies in it but for its own error."""
    ball = enclose(constant, digits)
    low, high = ball.bounds()
    with mpmath.workdps(45):
        low, high = (mpmath.mpf(each.numerator) / each.denominator for each in (low, high))
        allowed = mpmath.mpf(10) ** -35 * max(1, abs(expected))
        assert low - allowed <= expected <= high + allowed
        assert high - low <= 2 * mpmath.mpf(10) ** -digits * max(1, abs(expected))


@pytest.mark.parametrize("law", LAWS, ids=str)
@pytest.mark.parametrize("f", CLOSED_ALWAYS, ids=str)
def test_closed_forms_and_their_names_hold_the_definition(f, law):
    closed, named = expect(f, x, *law), Expectation(f, x, *law)
    assert not closed.has(Expectation)
    expected = quadrature(f, *law)
    assert_holds(closed, expected)
    assert_holds(named, expected)


@pytest.mark.parametrize("f", CLOSED_AT_ZERO, ids=str)
def test_products_of_error_functions_are_closed_at_mean_zero(f):
    closed = expect(f, x, R(7, 3))
    assert not closed.has(Expectation)
    assert_holds(closed, quadrature(f, R(7, 3), 0))
    shifted = expect(f, x, 1, R(1, 2))
    assert shifted == Expectation(f, x, 1, R(1, 2))
    assert_holds(shifted, quadrature(f, 1, R(1, 2)))


@pytest.mark.parametrize("law", LAWS, ids=str)
@pytest.mark.parametrize("f", NAMED, ids=str)
def test_functions_without_closed_form_have_certified_digits(f, law):
    named = expect(f, x, *law)
    assert isinstance(named, Expectation)
    assert_holds(named, quadrature(f, *law))


@pytest.mark.parametrize("f", [*CLOSED_ALWAYS[:6], *CLOSED_AT_ZERO], ids=str)
def test_a_symbolic_variance_stays_symbolic(f):
    for value in (R(1, 3), sp.Integer(2)):
        assert (
            enclose(expect(f, x, forward).subs(forward, value) - expect(f, x, value), 20).rad
            < 1e-19
        )


def test_a_symbolic_threshold_and_slope_are_closed():
    shifted = expect(sp.Max(x, t), x)
    assert_holds(shifted.subs(t, R(1, 3)), quadrature(sp.Max(x, R(1, 3)), 1, 0))
    slope = sp.Symbol("a", real=True)
    leaky = expect(sp.Piecewise((x, x > 0), (slope * x, True)) ** 2, x, forward)
    assert sp.expand(leaky - forward * (1 + slope**2) / 2) == 0


@pytest.mark.parametrize("window", [2, 5, 1000])
def test_pooled_names_are_the_order_statistics(window):
    pairs = [(x**2, order_moment(window, 2)), (x, order_moment(window, 1))]
    pairs.append((sp.Max(0, x) ** 2, tau(window)))
    for f, known in pairs:
        pooled = Expectation(f, x, 4, 0, window)
        scale = 2 if f == x else 4
        assert enclose(pooled - scale * known, 30).rad < 1e-28
    pooled = Expectation(sp.tanh(x), x, 1, 0, window)
    if window < 100:
        assert_holds(pooled, quadrature(sp.tanh(x), 1, 0, window))


def test_a_wrong_closed_form_is_rejected():
    right, named = expect(sp.Max(0, x) ** 2, x, 3), Expectation(sp.Max(0, x) ** 2, x, 3)
    wrong = [right * (1 + R(1, 10**25)), expect(sp.Max(0, x) ** 2, x, R(301, 100)), R(3, 4) * 3]
    assert enclose(right - named, 30).rad < 1e-29
    for each in wrong:
        low, high = enclose(each - named, 10).bounds()
        assert low > 0 or high < 0


@pytest.mark.parametrize("digits", [1, 40, 150])
def test_digits_are_proven(digits):
    named = Expectation(sp.tanh(x) ** 2, x, 2)
    many = enclose(named, 200)
    few = enclose(named, digits)
    assert few.arb.overlaps(many.arb)
    assert few.rad < abs(few.mid) * flint.arb(10) ** -digits


def test_the_bound_of_the_tail_is_above_the_function():
    for f in (*NAMED[:8], *CLOSED_ALWAYS[:7]):
        parts = pieces(f, x)
        for side, piece in ((1, parts[-1]), (-1, parts[0])):
            bound = growth(piece.branch, x, side)
            for point in (8, 9, 15, 40):
                value = abs(float(piece.branch.subs(x, side * point)))
                c, a, b = (float(each.mid()) for each in (bound.c, bound.a, bound.b))
                allowed = mpmath.mpf(c) * (1 + point) ** bound.k
                assert value <= allowed * mpmath.exp(a * point + b * point**2) * (1 + 1e-12)


def test_the_tail_that_is_cut_is_in_the_radius():
    """The bound at a cut of three deviations is above what mpmath finds beyond it."""
    for f in (sp.exp(x), x**6, sp.cosh(2 * x), sp.exp(x**2 / 8) * x**2):
        bound = growth(f, x, 1) + growth(f, x, -1)
        proven = bound.tail(3.0, flint.arb(0), flint.arb(1)).upper()
        both = sp.lambdify(x, f + f.subs(x, -x), "mpmath")
        truth = mpmath.quad(lambda z, g=both: g(z) * mpmath.npdf(z), [3, 6, 12, 30])
        assert truth < float(proven) < 10**8 * truth


def test_contexts_are_restored():
    before = flint.ctx.prec, mpmath.mp.prec
    enclose(expect(sp.tanh(x) ** 2, x, 3), 60)
    assert (flint.ctx.prec, mpmath.mp.prec) == before


def test_the_name_is_an_expression():
    named = Expectation(sp.tanh(x) ** 2, x, forward)
    assert named.free_symbols == {forward}
    assert named.subs(x, 3) == named
    assert named.subs(forward, 2) == Expectation(sp.tanh(x) ** 2, x, 2)
    assert named.doit() == named
    assert named.diff(x) == 0
    own = sp.Symbol("y")
    assert Expectation(sp.tanh(own) ** 2, own, forward) == named
    integral = Expectation(x**2, x, 2).rewrite(sp.Integral)
    assert integral.has(sp.Integral)
    assert abs(float(integral.evalf(20)) - 2) < 1e-15
    assert eval(sp.srepr(named), vars(sp) | vars(symvar.integrals)) == named
    nested = Expectation(sp.tanh(x) ** 2, x, 2 * Expectation(sp.tanh(x) ** 2, x, 1))
    inner = quadrature(sp.tanh(x) ** 2, 1, 0)
    outer = mpmath.quad(
        lambda z: mpmath.tanh(mpmath.sqrt(2 * inner) * z) ** 2 * mpmath.npdf(z), [-12, -2, 2, 12]
    )
    assert abs(float(nested) - float(outer)) < 1e-13


def test_latex_of_names(katex):
    for f in NAMED:
        katex(sp.latex(Expectation(f, x, forward, 0, 3)))
        katex(sp.latex(Expectation(f, x, forward) ** 2))


def test_degenerate_laws():
    assert expect(sp.tanh(x), x, 0, 2) == sp.tanh(2)
    assert Expectation(sp.tanh(x), x, 0, 2, 3).evalf(20) == sp.tanh(2).evalf(20)
    assert expect(sp.tanh(x), x, forward) == 0
    assert expect(5, x) == 5
    assert expect(0.1 * x**2, x) == sp.Rational(0.1)


def test_pieces_are_cut_where_the_function_bends():
    nested = sp.Max(0, sp.Abs(x - 1) - 2)
    found = pieces(nested, x)
    assert [(each.low, each.high) for each in smooth_parts(nested, x)] == [
        (-sp.oo, -1),
        (-1, 3),
        (3, sp.oo),
    ]
    for each in found:
        ends = [end for end in (each.low, each.high) if end.is_finite]
        point = ends[0] + (R(1, 7) if each.low.is_finite else -R(1, 7))
        assert each.branch.subs(x, point) == nested.subs(x, point)
    roots = smooth_parts(sp.Max(x**2 - 2, 0), x)
    assert roots[0].high == -sp.sqrt(2)


BAD = [
    (lambda: expect(sp.gamma(x), x), "gamma"),
    (lambda: expect(sp.Function("g")(x), x), r"g, in g\(x\)"),
    (lambda: expect(sp.DiracDelta(x), x), "DiracDelta"),
    (lambda: expect("x", x), "a real expression in x"),
    (lambda: expect(sp.oo, x), "a real expression"),
    (lambda: expect(x, 3), "need a symbol"),
    (lambda: expect(x, x, -1), "variance: need at least 0"),
    (lambda: enclose(expect(sp.tanh(x), x, expect(sp.tanh(x) ** 2, x) - 1, 1)), "at least 0"),
    (lambda: expect(x, x, sp.Symbol("v")), "declare the symbol positive"),
    (lambda: expect(x, x, 1, sp.I), "mean"),
    (lambda: Expectation(x, x, 1, 0, 0), "window"),
    (lambda: enclose(expect(sp.exp(x**2), x, 1)), "grows slower"),
    (lambda: enclose(expect(sp.exp(x**4), x, 1)), r"exp, in exp\(x\*\*4\)"),
    (lambda: enclose(expect(1 / x, x, 1)), "positive lower bound"),
    (lambda: enclose(expect(x / (x**2 - 1), x, 1)), "positive lower bound"),
    (lambda: enclose(expect(sp.Piecewise((1 / x, x < 1), (0, True)), x, 1)), "positive lower"),
    (lambda: enclose(expect(sp.Integral(sp.tanh(t * x), (t, 0, 1)), x, 1)), "Integral"),
    (lambda: enclose(expect(sp.log(x) ** 2, x, 1)), "positive lower bound"),
    (lambda: enclose(expect(sp.Max(0, sp.tanh(x)), x, 1)), "kinks at roots of polynomials"),
    (lambda: enclose(expect(sp.tanh(x) ** 2, x, forward)), "depends on"),
]


@pytest.mark.parametrize(("call", "words"), BAD, ids=[words for _, words in BAD])
def test_bad_input_is_one_line_that_teaches(call, words):
    with pytest.raises(ArgumentError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert all((caught.value.need, caught.value.have, caught.value.remedy))


def test_the_quadrature_of_these_tests_knows_a_published_number():
    """E[max(0, x)^2] = 1/2 and E|x| = sqrt(2/pi)."""
    with mpmath.workdps(45):
        assert abs(quadrature(sp.Max(0, x) ** 2, 1, 0) - mpmath.mpf(1) / 2) < 1e-38
        assert abs(quadrature(sp.Abs(x), 1, 0) - mpmath.sqrt(2 / mpmath.pi)) < 1e-38
    assert Fraction(1, 2) == enclose(expect(sp.Max(0, x) ** 2, x)).bounds()[0]
