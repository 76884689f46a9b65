"""Every activation: what it declares of its function, and its moments against the definition.

The expected moments are mpmath quadratures of f under the density T phi Phi^(T-1) of the largest
of T standard normals, with mpmath's own density and distribution.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
import pytest
import sympy as sp

from symvar import enclose, symbols
from symvar.activations import all_activations
from symvar.symbols import x

ACTIVATIONS = [pytest.param(each(), id=name) for name, each in all_activations().items()]
VARIANCES = [sp.Integer(1), sp.Rational(7, 3)]
GRID = [sp.Rational(n, 16) for n in range(-160, 161)]
SCALED = [
    (c, y) for c in (sp.Integer(2), sp.Rational(1, 3)) for y in (-5, -1, 0, 1, sp.Rational(13, 2))
]


def mp_function(expression):
    """The expression as an mpmath function; its derivative's jumps lie where it has kinks."""
    return sp.lambdify(x, expression.doit().rewrite(sp.Piecewise), "mpmath")


def exactly(points):
    return [mpmath.mpf(point.p) / point.q for point in map(sp.sympify, points)]


def nondecreasing(expression):
    """Whether no step of a grid goes down by more than the rounding of 60 digits."""
    with mpmath.workdps(60):
        f = mp_function(expression)
        values = [f(point) for point in exactly(GRID)]
        return all(a - b < mpmath.mpf(10) ** -50 for a, b in pairwise(values))


def homogeneous(expression):
    """Whether f(cy) = c f(y) to 50 digits, for c > 0 and y on both half-lines and at 0."""
    with mpmath.workdps(60):
        f = mp_function(expression)
        pairs = [exactly(pair) for pair in SCALED]
        return all(abs(f(c * y) - c * f(y)) < mpmath.mpf(10) ** -50 for c, y in pairs)


TRUTHS = [
    (sp.Max(0, x), True, True),
    (x, True, True),
    (sp.Abs(x), False, True),
    (-x, False, True),
    (sp.tanh(x), True, False),
    (x**2, False, False),
    (x**3 - x, False, False),
    (x + 1, True, False),
    (sp.Max(x, x / 10), True, True),
]


@pytest.mark.parametrize(("expression", "rises", "scales"), TRUTHS, ids=str)
def test_the_two_deciders_tell_true_from_false(expression, rises, scales):
    assert (nondecreasing(expression), homogeneous(expression)) == (rises, scales)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_what_is_declared_of_the_function_is_true(activation):
    assert activation.nondecreasing is nondecreasing(activation.expression)
    assert activation.homogeneous is homogeneous(activation.expression)
    assert activation.expression.free_symbols == {x}


def under_maximum(function, window, power=2, knots=(-4, -1, 0, 1, 4)):
    """E[function(M_T)^power], M_T the largest of T standard normals."""

    def integrand(m):
        density = window * mpmath.npdf(m) * mpmath.ncdf(m) ** (window - 1)
        return function(m) ** power * density

    return mpmath.quad(integrand, [-12, *knots, 12])


def between(q):
    """Where kinks lie, -3 to 6 before scaling, and points that keep the panels short."""
    root = mpmath.sqrt(mpmath.mpf(q.p) / q.q)
    kinks = [mpmath.mpf(point) / root for point in (-3, -1, 0, 1, 3, 6)]
    return sorted({point for point in (*kinks, -7, -3, 3, 7) if abs(point) < 12})


def functions(activation, q):
    """f(sqrt(q) m) and f'(sqrt(q) m) as mpmath functions of m."""
    root = mpmath.sqrt(mpmath.mpf(q.p) / q.q)
    value = mp_function(activation.expression)
    slope = mp_function(sp.diff(activation.expression, x))
    return lambda m: value(root * m), lambda m: slope(root * m)


def agrees(found, expected):
    low, high = enclose(sp.sympify(found), 25).bounds()
    centre = mpmath.mpf(low.numerator) / low.denominator
    assert high - low < Fraction(1, 10**20)
    return abs(centre - expected) < mpmath.mpf(10) ** -18


@pytest.mark.parametrize("q", VARIANCES, ids=str)
@pytest.mark.parametrize("window", [1, 3])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_moments_are_the_integrals_of_the_definition(activation, window, q):
    with mpmath.workdps(25):
        (value, slope), knots = functions(activation, q), between(q)
        assert agrees(activation.second_moment(q, window), under_maximum(value, window, 2, knots))
        assert agrees(activation.mean(q, window), under_maximum(value, window, 1, knots))
        assert agrees(activation.slope(q, window), under_maximum(slope, window, 2, knots))


def pair_grid(correlation):
    """Nodes u, v and weights of two standard normals: panels end where a kink can lie at q = 1."""
    ends = np.array([-9.0, -6, -4.5, -3, -2, -1, 0, 1, 2, 3, 4.5, 6, 9])
    nodes, weights = np.polynomial.legendre.leggauss(24)
    half = np.diff(ends)[:, None] / 2
    points = (half * nodes + (ends[:-1, None] + half)).ravel()
    weights = (half * weights).ravel()
    u, v = np.meshgrid(points, points, indexing="ij")
    rest = 1 - correlation**2
    density = np.exp(-(u**2 - 2 * correlation * u * v + v**2) / (2 * rest))
    return points, np.outer(weights, weights) * density / (2 * np.pi * np.sqrt(rest))


def doubles(expression):
    """The expression on arrays of doubles."""
    return sp.lambdify(
        x, expression.doit().rewrite(sp.Piecewise), [{"erf": np.vectorize(math.erf)}, "numpy"]
    )


@pytest.mark.parametrize("correlation", [sp.Rational(1, 3), sp.Rational(-1, 2)], ids=str)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_products_are_double_integrals_of_the_definition(activation, correlation):
    """12 digits, by a tensor Gauss rule for the joint density; the map c -> corr follows."""
    points, weights = pair_grid(float(correlation))
    values = np.asarray(doubles(activation.expression)(points), dtype=float)
    product, mean = values @ weights @ values, weights.sum(axis=1) @ values
    square = weights.sum(axis=1) @ values**2
    found = activation.product(sp.Integer(1), correlation)
    assert float(enclose(found, 13).mid) == pytest.approx(product, rel=1e-11, abs=1e-12)
    mapped = activation.correlation(sp.Integer(1), correlation)
    expected = (product - mean**2) / (square - mean**2)
    assert float(enclose(mapped, 12).mid) == pytest.approx(expected, rel=1e-9)
    wrong = activation.product(sp.Integer(1), correlation + sp.Rational(1, 1000))
    assert float(enclose(wrong, 13).mid) != pytest.approx(product, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_correlation_map_ends_at_zero_and_one(activation):
    for q in (sp.Integer(1), sp.Rational(7, 3)):
        for end in (0, 1):
            assert enclose(activation.correlation(q, sp.Integer(end)) - end, 20).rad < 1e-18


@pytest.mark.parametrize("q", VARIANCES, ids=str)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_what_follows_from_the_moments(activation, q):
    """Var, E[u f(u)] and the gains, each against a quadrature of its own."""
    with mpmath.workdps(25):
        (value, slope), knots = functions(activation, q), between(q)
        mean = under_maximum(value, 1, 1, knots)
        root = mpmath.sqrt(mpmath.mpf(q.p) / q.q)
        spread = under_maximum(lambda m: value(m) - mean, 1, 2, knots)
        assert agrees(activation.variance(q), spread)
        product = under_maximum(lambda m: root * m * value(m), 1, 1, knots)
        assert agrees(activation.input_product(q), product)
        forward = root**2 / under_maximum(value, 1, 2, knots)
        assert agrees(activation.forward_gain(q), forward)
        assert agrees(activation.backward_gain(q), 1 / under_maximum(slope, 1, 2, knots))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_largest_of_a_window_of_activations(activation):
    """E[max(f(u), f(v))^2] from max(a, b) = (a + b + |a - b|)/2, on the tensor rule."""
    q = sp.Integer(1)
    found = float(enclose(activation.largest_second_moment(q, 2), 12).mid)
    points, weights = pair_grid(0.0)
    values = np.asarray(doubles(activation.expression)(points), dtype=float)
    largest = np.maximum.outer(values, values)
    assert found == pytest.approx((weights * largest**2).sum(), rel=1e-3)  # it bends at u = v
    if activation.nondecreasing:
        assert activation.largest_second_moment(q, 2) == activation.second_moment(q, 2)
    else:
        assert found != pytest.approx(float(enclose(activation.second_moment(q, 2), 9).mid))


def test_the_quadrature_refutes_another_function_and_another_window():
    relu = all_activations()["relu"]()
    with mpmath.workdps(25):
        value, slope = functions(relu, sp.Integer(1))
        assert not agrees(relu.second_moment(sp.Integer(1), 3), under_maximum(value, 2))
        assert not agrees(relu.second_moment(sp.Integer(1), 2), under_maximum(lambda m: m, 2))
        assert not agrees(relu.slope(sp.Integer(1), 2), under_maximum(slope, 1))
        assert agrees(sp.Rational(1, 2), under_maximum(value, 1))


@pytest.mark.parametrize("window", [1, 2, symbols.window], ids=str)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_moments_scale_as_the_declaration_says(activation, window):
    """Homogeneous: q times the unit moments, whatever T; the slope does not depend on q."""
    if not activation.homogeneous:
        pytest.skip("not homogeneous: nothing is claimed of its scaling")
    q = symbols.forward
    unit = {
        name: getattr(activation, name)(sp.Integer(1), window)
        for name in ("second_moment", "mean", "slope")
    }
    assert sp.simplify(activation.second_moment(q, window) - q * unit["second_moment"]) == 0
    assert sp.simplify(activation.mean(q, window) - sp.sqrt(q) * unit["mean"]) == 0
    assert sp.simplify(activation.slope(q, window) - unit["slope"]) == 0


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_moments_typeset(activation, katex):
    for window in (1, 2, symbols.window):
        for moment in (activation.second_moment, activation.mean, activation.slope):
            formula = sp.sympify(moment(symbols.forward, window))
            katex(sp.latex(formula))
            katex(sp.latex(formula.doit()))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_torch_module_is_the_same_function(activation):
    torch = pytest.importorskip("torch")
    module = eval(activation.torch_module, dict(vars(torch.nn)))
    points = [sp.Rational(n, 8) for n in range(-24, 25)]
    given = torch.tensor([float(point) for point in points], dtype=torch.float64)
    expected = [float(activation.expression.subs(x, point)) for point in points]
    assert module(given).tolist() == pytest.approx(expected, abs=1e-14)
