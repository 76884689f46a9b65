"""The correlation map: against closed kernels, product rules in doubles and known limits."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import sympy as sp

from symvar import correlation_fixed_point, enclose, propagate, sequential
from symvar.correlations import CorrelationMap
from symvar.errors import ArgumentError, NeedsFact
from symvar.integrals import order_moment
from symvar.layers import Conv, MaxPool, Pad


def normal_rule():
    """The trapezoidal rule, which for functions analytic about the line is exact to rounding."""
    x = np.linspace(-9, 9, 601)
    w = np.exp(-x * x / 2)
    return x, w / w.sum()


def by_rule(f, q, c):
    """E[f(u)f(v)] / E[f²] by a product of rules."""
    x, w = normal_rule()
    u, v = math.sqrt(q) * x, math.sqrt(q) * (c * x[:, None] + math.sqrt(1 - c * c) * x)
    return float((w * f(u)) @ f(v) @ w / (w @ f(u) ** 2))


def number(value):
    return float(enclose(sp.sympify(value), 15).mid)


def arc_cosine(c):
    return (math.sqrt(1 - c * c) + c * (math.pi - math.acos(c))) / math.pi


def test_relu_begins_at_one_over_pi_and_follows_the_arc_cosine_kernel():
    assert CorrelationMap("relu")(0) == 1 / sp.pi
    path = CorrelationMap("relu").path(12)
    for before, behind in pairwise(path):
        assert behind == pytest.approx(arc_cosine(before), abs=1e-14)


@pytest.mark.parametrize(("name", "f"), [
    ("tanh", np.tanh), ("softplus", lambda x: np.log1p(np.exp(x))),
    ("sigmoid", lambda x: 1 / (1 + np.exp(-x))), ("silu", lambda x: x / (1 + np.exp(-x))),
])  # fmt: skip
@pytest.mark.parametrize("c", [0.25, 0.75])
def test_smooth_activations_are_what_a_product_rule_gives(name, f, c):
    for q in (1, 2):
        found = number(CorrelationMap(name, q=q)(c))
        assert found == pytest.approx(by_rule(f, q, c), rel=1e-8)


def test_the_map_of_pools_is_the_column_of_a_network():
    layers = []
    for _ in range(4):
        layers += [Pad(((1, 1), (1, 1)), "circular"), Conv(8, 3), "relu", MaxPool(2)]
    net = sequential(layers, input=(3, 32, 32))
    profile = propagate(net, "kaiming-fan-in", theory="exchangeable")
    path = CorrelationMap("relu", window=4).path(3)
    assert profile.floats("correlation") == pytest.approx(path, abs=1e-14)


def test_relu_closes_in_on_one_like_nine_halves_pi_squared_over_depth_squared():
    """By the kernel in angles, which keeps 1 - c: theta' = acos(cos theta + (sin - theta cos)/pi).

    The ratio to 9 pi^2/2 falls like log l / l.
    """
    found = correlation_fixed_point("relu")
    assert (found.value, found.rate, found.strength) == (1, 1, "proved")
    assert "9*pi**2/2" in found.law
    gap, depth = 1.0, 200_000
    for _ in range(depth):
        theta = 2 * math.asin(math.sqrt(gap / 2))
        gap -= (math.sin(theta) - theta * math.cos(theta)) / math.pi
    assert gap * depth**2 == pytest.approx(9 * math.pi**2 / 2, rel=2e-3)


@pytest.mark.parametrize("window", [2, 4, 9])
def test_maxima_close_in_on_one_at_the_variance_of_the_largest(window):
    """(1 - R)/(1 - c) just below one, and Var M_T by its order moments."""
    found = correlation_fixed_point("relu", window=window)
    variance = number(order_moment(window, 2)) - number(order_moment(window, 1)) ** 2
    assert found.value == 1
    assert number(found.rate) == pytest.approx(variance, rel=1e-14)
    gap = sp.Rational(1, 10**8)
    behind = enclose(1 - CorrelationMap("relu", window=window)(1 - gap), 12).mid / gap
    assert float(behind) == pytest.approx(variance, rel=1e-3)
    assert found.strength == "sampled"


def test_averages_close_in_on_one_as_often_as_units():
    found = correlation_fixed_point("relu", window=4, pool="avg")
    assert (found.value, found.rate) == (1, sp.Rational(1, 4))


def test_below_the_edge_of_chaos_correlations_go_to_one_and_above_to_less():
    """chi = q E[f'^2]/E[f^2] (1 - beta), here by the trapezoidal rule."""
    x, w = normal_rule()
    for q, bias in ((1, 0.4), (3, 0.1)):
        u = math.sqrt(q) * x
        chi = (1 - bias) * q * (w @ (1 - np.tanh(u) ** 2) ** 2) / (w @ np.tanh(u) ** 2)
        found = correlation_fixed_point("tanh", q=q, bias=bias)
        assert (chi < 1) == (found.value == 1)
        if chi < 1:
            assert number(found.rate) == pytest.approx(chi, rel=1e-9)
        else:
            value = float(found.value)
            back = bias + (1 - bias) * by_rule(np.tanh, q, value)
            assert back == pytest.approx(value, abs=1e-8)
            assert float(found.rate) < 1


def test_units_without_mean_or_bias_part():
    found = correlation_fixed_point("tanh", q=2)
    assert found.value == 0
    assert 0 < number(found.rate) < 1
    path = CorrelationMap("tanh", q=2).path(40, 0.3)
    assert path[-1] / path[-2] == pytest.approx(number(found.rate), rel=1e-4)


def test_a_line_leaves_correlations_alone():
    assert correlation_fixed_point("identity").law == "c stays what it is"
    assert CorrelationMap("identity").path(3, 0.25) == [0.25] * 4


@pytest.mark.parametrize(("arguments", "need"), [
    ({"activation": "rleu"}, "did you mean 'relu'"), ({"q": 0}, "a positive number"),
    ({"bias": 1}, "a share in"), ({"window": 0}, "a whole number of at least 1"),
    ({"pool": "min"}, "known pool"), ({"q": float("nan")}, "a positive number"),
])  # fmt: skip
def test_bad_arguments_are_refused(arguments, need):
    with pytest.raises(ArgumentError, match=need):
        CorrelationMap(**{"activation": "relu", **arguments})


def test_correlations_outside_zero_to_one_and_bent_maxima_are_refused():
    with pytest.raises(ArgumentError, match=r"a correlation in \[0, 1\]"):
        CorrelationMap("relu")(1.5)
    with pytest.raises(NeedsFact, match="straight above and below zero"):
        CorrelationMap("tanh", window=4)(0.5)


def test_pictures_show_the_map_the_path_and_the_column():
    pytest.importorskip("matplotlib")
    from symvar.emit.correlation_plot import correlation_against_depth

    figure = CorrelationMap("relu", window=4).plot(depth=6)
    left, right = figure.axes
    assert [line.get_label() for line in left.lines] == ["diagonal", "$R(c)$", "layer by layer"]
    assert list(right.lines[1].get_ydata()) == CorrelationMap("relu", window=4).path(6)
    net = sequential([Conv(8, 1), "relu", Conv(8, 1), "relu", Conv(4, 1)], input=(3, 4, 4))
    profiles = [propagate(net, "lecun", theory=name) for name in ("iid", "exchangeable")]
    (panel,) = correlation_against_depth(profiles).axes
    drawn = [list(line.get_ydata()) for line in panel.lines]
    assert drawn == [profile.floats("correlation") for profile in profiles]
    assert drawn[0] == [0, 0, 0]
    assert drawn[1][1] == pytest.approx(1 / math.pi)
