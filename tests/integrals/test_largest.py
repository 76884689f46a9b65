"""The largest of a window of functions of any shape, against routes that know no branches."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp
from flint import arb, ctx

from symvar.activations import all_activations
from symvar.errors import ArgumentError
from symvar.integrals import LargestMoment, absolute_moment, enclose, expect, order_moment, tau
from symvar.integrals import largest as module
from symvar.integrals.branches import branches
from symvar.integrals.named import NamedConstant
from symvar.symbols import forward, x
from symvar.symbols import window as T

R = sp.Rational
TURNING = ["gelu", "gelu-tanh", "silu", "mish", "hard-swish"]


def doubles(f):
    return sp.lambdify(x, f.rewrite(sp.Piecewise), [{"erf": np.vectorize(math.erf)}, "numpy"])


def by_counting(f, window):
    """Sort f over cells of the line: a cell is the largest of T as often as its rank says."""
    edges = np.linspace(-10, 10, 400_001)
    middles = (edges[1:] + edges[:-1]) / 2
    weights = np.exp(-(middles**2) / 2)
    values = doubles(f)(middles).astype(float)
    order = np.argsort(values)
    ranks = np.concatenate([[0], np.cumsum(weights[order])]) / weights.sum()
    return float(values[order] ** 2 @ np.diff(ranks**window))


@pytest.mark.parametrize("window", [2, 5])
@pytest.mark.parametrize("name", TURNING)
def test_activations_that_turn_round(name, window):
    f = all_activations()[name]().expression
    found = enclose(LargestMoment(f, x, 1, window), 12)
    assert float(found.mid) == pytest.approx(by_counting(f, window), rel=1e-6)
    one = float(enclose(all_activations()[name]().second_moment(sp.Integer(1), window)).mid)
    assert float(found.mid) != pytest.approx(one, rel=1e-6)  # f of the largest is another number


@pytest.mark.parametrize("q", [R(1, 2), R(2), R(9)], ids=str)
@pytest.mark.parametrize("name", sorted(all_activations()))
def test_every_activation_at_every_variance(name, q):
    """Far out a slope may be exp(-x^3): less than any precision tells from zero."""
    activation = all_activations()[name]()
    scaled = activation.expression.subs(x, sp.sqrt(q) * x)
    scaled = scaled.xreplace({each: each.evalf(20) for each in scaled.atoms(NamedConstant)})
    for window in (4, 9):
        found = enclose(activation.largest_second_moment(q, window), 10)
        assert float(found.mid) == pytest.approx(by_counting(scaled, window), rel=1e-5)


def test_a_function_at_rest_far_out_is_paid_for():
    f = all_activations()["gelu-tanh"]().expression
    truth = enclose(LargestMoment(f, x, 2, 4), 20).arb
    with ctx.workprec(20):
        ball = module._second_moment(f.subs(x, sp.sqrt(2) * x), x, 4)
        flat = branches(f, x, arb(12), arb("1e-3"))
    assert ball.contains(truth)
    assert [each.rises for each in flat] == [0, -1, 1]
    assert -4 < flat[0].high < -3


@pytest.mark.parametrize("window", [1, 2, 3, 40])
def test_known_constants(window):
    """Functions that rise, |u|, and u^2, whose largest is a fourth moment of the largest |u|."""
    pairs = [
        (sp.Max(0, x), tau(window)),
        (x, order_moment(window, 2)),
        (sp.Abs(x), absolute_moment(window, 2)),
        (-x, order_moment(window, 2)),
        (sp.Piecewise((x, x > 0), (-x / 2, True)), None),
    ]
    for f, known in pairs:
        ball = enclose(LargestMoment(f, x, 1, window), 20)
        assert ball.arb.rel_accuracy_bits() > 66
        if known is not None:
            assert ball.agrees(enclose(known, 20))
            assert not ball.agrees(enclose(known + R(1, 10**18), 20))


def test_two_squares():
    """max(u^2, v^2)^2 from max = (a + b + |a - b|)/2 on the circle: 3 + 8/pi."""
    ball = enclose(LargestMoment(x**2, x, 1, 2), 30)
    assert ball.agrees(enclose(3 + 8 / sp.pi, 30))


def test_an_activation_shifted_below_zero_has_a_level_kept_on_an_interval():
    """f = max(x, 0) - 1: the largest is M^+ - 1, with all its weight at -1 where no unit fires."""
    from symvar.integrals import rectified_mean

    for size in (2, 3, 9):
        ball = enclose(LargestMoment(sp.Max(0, x) - 1, x, 1, size), 20)
        expected = tau(size) - 2 * rectified_mean(size) + 1
        assert ball.agrees(enclose(expected, 20))
        assert ball.arb.rel_accuracy_bits() > 66


@pytest.mark.parametrize(
    "f", [x**3 - x, x**4 - 3 * x**2 + x, sp.Abs(x**2 - 1), sp.exp(-x) + x], ids=str
)
def test_functions_of_ones_own(f):
    scaled = f.subs(x, sp.sqrt(2) * x)
    found = float(enclose(LargestMoment(f, x, 2, 3), 8).mid)
    assert found == pytest.approx(by_counting(scaled, 3), rel=1e-4)


def test_digits_are_proven():
    f = all_activations()["gelu"]().expression
    few, many = (enclose(LargestMoment(f, x, R(7, 3), 4), digits) for digits in (8, 40))
    assert few.agrees(many)
    assert many.arb.rel_accuracy_bits() > 132
    wide = LargestMoment(f, x, R(7, 3), 4)
    assert not many.agrees(enclose(wide + R(1, 10**38), 40))


def test_what_lies_beyond_the_reach_is_inside(monkeypatch):
    f = all_activations()["silu"]().expression
    truth = enclose(LargestMoment(f, x, 1, 2), 15).arb
    monkeypatch.setattr(module, "_reach", lambda parts, bound: arb(3))
    with ctx.workprec(100):
        ball = module._second_moment(f, x, 2)
    assert ball.contains(truth)
    assert 1e-3 < float(ball.rad()) < 10


def test_branches_are_where_the_function_turns():
    with ctx.workprec(120):
        tiny = arb(2) ** -110
        found = branches(x**3 - x, x, arb(5), tiny)
        assert [each.rises for each in found] == [1, -1, 1]
        assert (found[0].high ** 2).overlaps(arb(1) / 3)
        assert found[0].high.rad() < 1e-20
        flat = branches(sp.Max(sp.Min(x, 1), -1), x, arb(5), tiny)
        assert [each.rises for each in flat] == [0, 1, 0]


def test_the_name_is_an_expression(katex):
    named = LargestMoment(sp.tanh(x) - x, x, forward, T)
    assert named.free_symbols == {forward, T}
    assert named.subs({forward: 2, T: 3}) == LargestMoment(sp.tanh(x) - x, x, 2, 3)
    assert LargestMoment(x**2, x, forward, 1).doit() == expect(x**4, x, forward)
    assert named.doit() == named
    assert named.rewrite(sp.Integral).has(sp.Heaviside)
    for formula in (named, named**2, named.rewrite(sp.Integral)):
        katex(sp.latex(formula))


def test_refusals(monkeypatch):
    with pytest.raises(ArgumentError, match=r"simple zeros; have.*near"):
        enclose(LargestMoment(x**3, x, 1, 2), 8)
    with pytest.raises(ArgumentError, match="window"):
        LargestMoment(x, x, 1, 0)
    monkeypatch.setattr(module, "_MOST_EVALUATIONS", 2)
    with pytest.raises(ArgumentError, match=r"evaluations pin down.*fewer extrema"):
        enclose(LargestMoment(sp.cos(2 * x) * sp.exp(-(x**2) / 4), x, 2, 3), 2)
