"""The theory exchangeable: against published ends, the theory iid and what was measured."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from symvar import Builder, errors, propagate, sequential, tau
from symvar.inputs import Correlated
from symvar.layers import (
    Activate,
    Add,
    AvgPool,
    Conv,
    Dense,
    Flatten,
    GlobalAvgPool,
    LpPool,
    MaxPool,
    Pad,
)
from symvar.schemes import Init
from symvar.symbols import bias_variance
from symvar.theories.pairs import Window

CIRCULAR = Pad(((1, 1), (1, 1)), "circular")
STAGES = ((2, 64), (2, 128), (4, 256), (4, 512), (4, 512))
MEASURED = [2, 5.345, 9.523, 13.292, 16.355]
"""Of VGG-19 with circular padding, white input and Kaiming weights: its stages' first layers."""


def vgg19(pool=2):
    layers = []
    for depth, channels in STAGES:
        layers += [CIRCULAR, Conv(channels, 3), "relu"] * depth + [MaxPool(pool)]
    return sequential([*layers, Flatten(), Dense(10)], input=(3, 32, 32))


def circular(*layers):
    """Each convolution of three taps behind circular padding."""
    made = []
    for layer in layers:
        made += [CIRCULAR, Conv(8, 3)] if layer == "conv" else [layer]
    return made


def test_vgg19_with_circular_padding_is_what_was_measured():
    profile = propagate(vgg19(), "kaiming-fan-in", theory="exchangeable")
    rows, firsts = profile.floats("forward"), [0]
    for depth, _ in STAGES[:-1]:
        firsts.append(firsts[-1] + depth)
    assert [round(rows[first], 3) for first in firsts] == MEASURED
    independent = propagate(vgg19(), "kaiming-fan-in").floats("forward")
    assert independent[firsts[-1]] > 10 * rows[firsts[-1]]


def test_two_units_are_correlated_as_published():
    """asv, section 4.1: rectified inputs that are independent give 1/pi."""
    profile = propagate(
        sequential(circular("conv", "relu", "conv", "relu", "conv"), input=(8, 6, 6)),
        "kaiming-fan-in",
        theory="exchangeable",
    )
    first, second, third = (row.correlation for row in profile.rows)
    assert first == 0
    assert second == 1 / sp.pi
    kernel = (sp.sqrt(1 - second**2) + second * (sp.pi - sp.acos(second))) / sp.pi
    assert abs(float(third) - float(kernel)) < 1e-15


@pytest.mark.parametrize("layers", [
    ["relu"], ["relu", MaxPool(2)], [MaxPool(2), "relu"], ["relu", AvgPool(2)], [AvgPool(2)],
    ["abs"], ["leaky-relu", MaxPool(2)], ["relu", MaxPool(3, 2)], ["tanh"],
    ["relu", GlobalAvgPool()], ["relu", MaxPool(2), MaxPool(2)], ["relu", MaxPool(2, 2, 1)],
    [MaxPool(2), "abs"],
])  # fmt: skip
def test_without_correlation_it_is_the_theory_iid(layers):
    """One weighted layer on white input: q and the gates of the next are those of iid."""
    net = sequential([Conv(8, 1), *layers, Conv(8, 1)], input=(4, 6, 6))
    ours, theirs = (
        propagate(net, "kaiming-fan-in", theory=name) for name in ("exchangeable", "iid")
    )
    for column in ("forward", "backward", "backward_input"):
        assert ours.floats(column) == pytest.approx(theirs.floats(column), rel=1e-15)


def test_symbols_give_the_recursion_of_two_numbers():
    """With biases the units of the first layer share these: rho = b/q."""
    net = sequential(circular("conv", "relu", MaxPool(2), "conv"), input=(8, 6, 6))
    first, second = propagate(net, theory="exchangeable").rows
    q, b = first.forward, bias_variance("conv1")
    assert q == b + 72 * first.weight_variance
    assert sp.simplify(first.correlation - b / q) == 0
    gain = 72 * second.weight_variance * q * tau(4, rho=first.correlation)
    assert sp.simplify(second.forward - bias_variance("conv2") - gain) == 0


def test_a_common_shift_of_all_moments_scales_everything_behind():
    """Homogeneity: c times the variance of one layer is c times q behind it and r before it."""
    net, c = vgg19(), sp.Integer(3)
    init = propagate(net, "kaiming-fan-in", theory="exchangeable")
    variances = {row.name: row.weight_variance for row in init.rows}
    variances["conv7"] *= c
    other = propagate(net, Init("scaled", "exchangeable", variances), theory="exchangeable")
    at = [row.name for row in init.rows].index("conv7")
    for place, (one, two) in enumerate(
        zip(init.floats("forward"), other.floats("forward"), strict=True)
    ):
        assert two == pytest.approx(one * (3 if place >= at else 1), rel=1e-12)
    for place, (one, two) in enumerate(
        zip(init.floats("backward"), other.floats("backward"), strict=True)
    ):
        assert two == pytest.approx(one * (3 if place < at else 1), rel=1e-12)
    assert other.floats("correlation") == pytest.approx(init.floats("correlation"), rel=1e-12)


@pytest.mark.parametrize(("scheme", "column"), [
    ("asv-forward", "forward"), ("asv-backward", "backward_input"),
])  # fmt: skip
def test_the_schemes_of_the_source_keep_what_they_say_under_it(scheme, column):
    profile = propagate(vgg19(), scheme, theory="exchangeable")
    assert profile.floats(column) == pytest.approx([1] * len(profile.rows), rel=1e-12)


def test_a_constant_input_is_one_unit_everywhere():
    """Correlation one: pools do nothing, and the gradient of a window goes to one unit of it."""
    net = sequential(circular("conv", "relu", MaxPool(2), "conv"), input=(8, 6, 6))
    profile = propagate(net, "kaiming-fan-in", theory="exchangeable", input="constant")
    assert [row.correlation for row in profile.rows] == [1, 1]
    assert [row.forward for row in profile.rows] == [2, 2]


@pytest.mark.parametrize(("layers", "need"), [
    ([Activate("relu"), LpPool(2, 2)], "a primitive it has a rule for"),
    ([Activate("square"), MaxPool(2)], "nondecreasing"),
    ([Activate("relu"), AvgPool(2), Activate("tanh")], "a Gaussian unit"),
])  # fmt: skip
def test_what_it_cannot_say_is_refused_by_name(layers, need):
    net = sequential([Conv(8, 1), *layers, Conv(8, 1)], input=(4, 6, 6))
    with pytest.raises(errors.NeedsFact, match=need) as error:
        propagate(net, "kaiming-fan-in", theory="exchangeable")
    assert "theory exchangeable" in str(error.value)


def test_inputs_whose_places_differ_are_refused():
    net = sequential([Conv(8, 1)], input=(4, 6, 6))
    with pytest.raises(errors.NeedsFact, match="white or constant"):
        propagate(net, "kaiming-fan-in", theory="exchangeable", input=Correlated(2.0))


def test_summands_of_the_same_units_are_refused():
    build = Builder((4,))
    dense = build.node(Dense(4), "input")
    build.node(Add(), dense, build.node("relu", dense))
    with pytest.raises(errors.NeedsFact, match="theory exchangeable: need summands"):
        propagate(build.network(), "lecun", theory="exchangeable")


def test_the_law_of_a_unit_prints_what_it_is():
    assert replace(Window(), rho=sp.Integer(1)).cross_moment() == 1
