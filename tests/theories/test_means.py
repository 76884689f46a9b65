"""Signals with a mean: sums, averages and masks under the theory iid, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from symvar import Builder, enclose, errors, propagate, tau
from symvar.layers import (
    Add,
    AvgPool,
    Conv,
    Dense,
    Dropout,
    MaxPool,
    PadChannels,
    Slice,
)
from symvar.schemes import Init
from symvar.symbols import weight_variance as var
from symvar.theories.notes import AVERAGED, NOT_GAUSSIAN, UNSIGNED

HALF = sp.Rational(1, 2)


def init(**variances):
    return Init("given", "iid", {name: sp.Rational(value) for name, value in variances.items()})


def rectified(mean, variance):
    """E relu(s), E relu(s)^2 and P(s > 0) of a Gaussian, from its density and distribution."""
    root = sp.sqrt(variance)
    ratio = mean / root
    density = sp.exp(-(ratio**2) / 2) / sp.sqrt(2 * sp.pi)
    below = (1 + sp.erf(ratio / sp.sqrt(2))) / 2
    first = mean * below + root * density
    second = (mean**2 + variance) * below + mean * root * density
    return first, second, below


def agree(found, expected):
    return enclose(found, 25).agrees(enclose(expected, 25))


def block():
    """s = b(relu(a x)) + relu(a x), then relu and c; all widths differ where they may."""
    build = Builder((5,))
    z = build.chain([("a", Dense(3, bias=False)), "relu"], "input")
    total = build.node(Add(), build.node(Dense(3, bias=False), z, name="b"), z)
    build.chain(["relu", ("c", Dense(7, bias=False))], total)
    return build.network()


def test_a_rectified_shortcut_keeps_its_mean():
    """a x has variance 2: E z = 1/sqrt(pi), E z^2 = 1; b z has variance 6 . 1 = 6."""
    profile = propagate(block(), init(a="2/5", b=2, c="1/7"))
    mean, variance = 1 / sp.sqrt(sp.pi), 6 + 1 - 1 / sp.pi
    _, second, slope = rectified(mean, variance)
    assert agree(profile["c"].forward, sp.Rational(3, 7) * second)
    assert not agree(profile["c"].forward, sp.Rational(3, 7) * HALF * (variance + mean**2))
    arriving = slope  # the last layer's cotangent times 7 . 1/7
    assert agree(profile["b"].backward, arriving)
    assert agree(profile["a"].backward, HALF * (arriving + 3 * 2 * arriving))
    assert profile.assumptions[NOT_GAUSSIAN] == ("add1",)


def test_the_closure_is_close_to_the_recursion_it_stands_for():
    """z <- relu(z + u), u standard normal and independent: drawn, and as Gaussians with a mean.

    Without the mean E z^2 would tend to 1 where it truly grows by 0.8 in each step.
    """
    draws, steps = 400_000, 8
    random = np.random.default_rng(5)
    z = np.maximum(random.standard_normal(draws), 0)
    mean, second = 1 / np.sqrt(2 * np.pi), 0.5
    for _ in range(steps):
        z = np.maximum(z + random.standard_normal(draws), 0)
        first, square, _ = rectified(sp.Float(mean), sp.Float(1 + second - mean**2))
        mean, second = float(first), float(square)
        assert second == pytest.approx(float((z**2).mean()), rel=0.08)


def test_zeros_padded_to_a_shortcut_make_channels_of_two_laws():
    """Two channels relu(a x) and two of zeros, plus b x; c reads all four behind a ReLU."""
    build = Builder((5, 2))
    z = build.chain([("a", Conv(2, 1, bias=False)), "relu"], "input")
    wide = build.node(PadChannels(0, 2), z)
    total = build.node(Add(), build.node(Conv(4, 1, bias=False), z, name="b"), wide)
    build.chain(["relu", ("c", Conv(7, 1, bias=False))], total)
    profile = propagate(build.network(), init(a="2/5", b=3, c="1/7"))
    mean, variance = 1 / sp.sqrt(sp.pi), 6 + 1 - 1 / sp.pi
    _, second, slope = rectified(mean, variance)
    assert agree(profile["c"].forward, sp.Rational(4, 7) * (second + 3) / 2)
    arriving = (slope + HALF) / 2
    assert agree(profile["b"].backward, arriving)
    through_b = 4 * 3 * arriving
    assert agree(profile["a"].backward, HALF * (through_b + arriving))


def test_half_the_positions_of_a_shortcut_receive_its_gradient():
    build = Builder((5, 4))
    z = build.node(Conv(3, 1, bias=False), "input", name="a")
    short = build.node(Slice(1, step=2), z)
    total = build.node(Add(), build.node(Conv(3, 1, 2, bias=False), z, name="b"), short)
    build.node(Conv(7, 1, bias=False), total, name="c")
    profile = propagate(build.network())
    sa, sb, sc = map(var, "abc")
    assert sp.expand(profile["c"].forward - 3 * sc * (15 * sb * sa + 5 * sa)) == 0
    assert sp.expand(profile["a"].backward - 7 * sc * (3 * sb + 1) / 2) == 0


def test_sums_of_sums_with_a_mean_need_numbers():
    build = Builder((4,))
    last = build.chain([Dense(4), "relu"], "input")
    for _ in range(2):
        last = build.node("relu", build.node(Add(), build.node(Dense(4), last), last))
    build.node(Dense(4), last)
    net = build.network()
    with pytest.raises(errors.NeedsFact, match="variances that are numbers"):
        propagate(net)
    assert all(row.forward > 0 for row in propagate(net, "kaiming-fan-in").rows)


def test_a_mean_of_unknown_sign_is_told():
    """Of an average of leaky units only the square of the mean is known."""
    build = Builder((3, 4))
    x = build.chain([Conv(3, 1), "leaky-relu", AvgPool(2, 1, ((0, 1),))], "input")
    total = build.node(Add(), build.node(Conv(3, 1), x), x)
    build.node(Conv(2, 1), total)
    assert UNSIGNED in propagate(build.network(), "kaiming-fan-in").assumptions


@pytest.mark.parametrize("window", [2, 3])
def test_a_mask_before_a_maximum_leaves_the_maximum_of_what_is_kept(window):
    """Units relu(u), u of variance 1, kept with 3/4: E max^2 over every set of kept units."""
    build = Builder((1, 6))
    body = [("a", Conv(1, 1, bias=False)), "relu", Dropout("1/4"), MaxPool(window)]
    build.chain([*body, ("b", Conv(1, 1, bias=False))], "input")
    profile = propagate(build.network(), init(a=1, b=1))
    keep = sp.Rational(3, 4)
    second = slope = sp.Integer(0)
    for kept in range(2**window):
        count = kept.bit_count()
        chance = keep**count * (1 - keep) ** (window - count)
        second += chance * (tau(count) if count else 0) / keep**2
        slope += chance * (1 - HALF**count) / keep**2
    assert agree(profile["b"].forward, second)
    assert agree(profile["a"].backward, slope / window)


def test_a_mask_on_units_that_may_be_negative_is_refused_before_a_maximum():
    build = Builder((1, 6))
    build.chain([Conv(1, 1), "tanh", Dropout(), MaxPool(2), Conv(1, 1)], "input")
    with pytest.raises(errors.NeedsFact, match="never are negative"):
        propagate(build.network(), "lecun")


def test_an_average_is_taken_as_a_gaussian_by_an_activation():
    """The mean of four tanh(u) has no mean; tanh of it is asked for its Gaussian."""
    build = Builder((1, 8))
    body = [("a", Conv(1, 1, bias=False)), "tanh", AvgPool(4), "tanh"]
    build.chain([*body, ("b", Conv(1, 1, bias=False))], "input")
    profile = propagate(build.network(), init(a=1, b=1))
    random = np.random.default_rng(3)
    drawn = np.tanh(np.tanh(random.standard_normal((400_000, 4))).mean(axis=1))
    assert float(profile["b"].forward) == pytest.approx(float((drawn**2).mean()), rel=0.02)
    assert profile.assumptions[AVERAGED] == ("tanh2",)


def test_a_rectifier_behind_an_average_of_rectified_units_assumes_nothing():
    build = Builder((1, 8))
    body = [("a", Conv(1, 1, bias=False)), "relu", AvgPool(4), "relu"]
    build.chain([*body, ("b", Conv(1, 1, bias=False))], "input")
    profile = propagate(build.network(), init(a=1, b=1))
    assert profile["b"].forward == tau(4, pool="avg")
    assert AVERAGED not in profile.assumptions
