"""Sums and concatenations under the theory iid, against moments worked out by hand."""

from __future__ import annotations

import sympy as sp

from symvar import Builder, propagate
from symvar.layers import (
    Add,
    BatchNorm,
    Concat,
    Conv,
    Dense,
    GlobalAvgPool,
    Multiply,
    Pad,
    Upsample,
)
from symvar.symbols import weight_variance as var


def test_a_linear_residual_block_adds_moments_and_gradients():
    """z = d2(d1 x) + d1 x, read by d3; all widths differ, so that no mix-up of fans passes."""
    build = Builder((5,))
    d1 = build.node(Dense(3, bias=False), "input", name="d1")
    d2 = build.node(Dense(3, bias=False), d1, name="d2")
    total = build.node(Add(), d2, d1)
    build.node(Dense(7, bias=False), total, name="d3")
    profile = propagate(build.network())
    s1, s2, s3 = map(var, ("d1", "d2", "d3"))
    q1 = 5 * s1
    q2 = 3 * s2 * q1
    assert sp.expand(profile["d3"].forward - 3 * s3 * (q1 + q2)) == 0
    r = 7 * s3
    assert sp.expand(profile["d2"].backward - r) == 0
    assert sp.expand(profile["d1"].backward - (r + 3 * s2 * r)) == 0
    assert sp.expand(profile["d1"].backward_input - 3 * s1 * (r + 3 * s2 * r)) == 0


def test_a_concatenation_mixes_channels_by_their_number():
    """Two channels of a and three of relu(b), read by a dense layer."""
    build = Builder((5,))
    a = build.node(Dense(2, bias=False), "input", name="a")
    b = build.node(Dense(3, bias=False), "input", name="b")
    both = build.node(Concat(), a, build.node("relu", b))
    build.node(Dense(7, bias=False), both, name="c")
    profile = propagate(build.network())
    sa, sb, sc = map(var, "abc")
    assert sp.expand(profile["c"].forward - sc * (2 * 5 * sa + 3 * 5 * sb / 2)) == 0
    r = 7 * sc
    assert sp.expand(profile["a"].backward - r) == 0
    assert sp.expand(profile["b"].backward - r / 2) == 0


def test_an_activation_behind_a_concatenation_acts_on_each_part():
    build = Builder((5,))
    a, b = (
        build.node(Dense(n, bias=False), "input", name=name) for n, name in ((2, "a"), (3, "b"))
    )
    build.node(Dense(7, bias=False), build.node("relu", build.node(Concat(), a, b)), name="c")
    profile = propagate(build.network())
    sa, sb, sc = map(var, "abc")
    assert sp.expand(profile["c"].forward - sc * (2 * 5 * sa + 3 * 5 * sb) / 2) == 0
    assert sp.expand(profile["b"].backward - 7 * sc / 2) == 0


def test_the_same_signal_twice_is_twice_the_signal():
    build = Builder((5,))
    a = build.node(Dense(2, bias=False), "input", name="a")
    build.node(Dense(3, bias=False), build.node(Add(), a, a), name="b")
    profile = propagate(build.network())
    sa, sb = map(var, "ab")
    assert sp.expand(profile["b"].forward - 2 * sb * 4 * 5 * sa) == 0
    assert sp.expand(profile["a"].backward - 4 * 3 * sb) == 0


def test_batch_norm_forgets_the_scale_and_divides_the_gradient_by_it():
    build = Builder((5, 4))
    a = build.chain([("a", Conv(6, 1, bias=False)), BatchNorm(), "relu"], "input")
    build.node(Conv(7, 1, bias=False), a, name="b")
    profile = propagate(build.network())
    sa, sb = map(var, "ab")
    assert sp.expand(profile["b"].forward - sb * 3) == 0
    assert sp.simplify(profile["a"].backward - 7 * sb / 2 / (5 * sa)) == 0


def test_batch_norm_behind_an_activation_leaves_unit_variance():
    build = Builder((5, 4))
    a = build.chain([("a", Conv(6, 1, bias=False)), "relu", BatchNorm()], "input")
    build.node(Conv(7, 1, bias=False), a, name="b")
    profile = propagate(build.network())
    sa, sb = map(var, "ab")
    q = 5 * sa
    assert sp.simplify(profile["b"].forward - 6 * sb) == 0
    spread = q / 2 - q / (2 * sp.pi)
    assert (profile["a"].backward.doit() / (7 * sb / 2 / spread)).equals(1)


def test_a_gate_multiplies_second_moments_and_gathers_gradients_over_positions():
    """x of 3 channels on 4 positions times a gate per channel; d reads the product."""
    build = Builder((5, 4))
    x = build.node(Conv(3, 1, bias=False), "input", name="x")
    gate = build.chain([("g", Conv(3, 1, bias=False)), GlobalAvgPool()], "input")
    build.node(Conv(7, 1, bias=False), build.node(Multiply(), x, gate), name="d")
    profile = propagate(build.network())
    sx, sg, sd = map(var, "xgd")
    qx, qg = 5 * sx, 5 * sg / 4
    assert sp.expand(profile["d"].forward - 3 * sd * qx * qg) == 0
    assert sp.expand(profile["x"].backward - 7 * sd * qg) == 0
    assert sp.expand(profile["g"].backward - 7 * sd * qx * 4 / 16) == 0


def test_zeros_dilute_a_signal_and_repetition_gathers_its_gradient():
    """Two zeros around four positions, or each of them twice; b reads every position once."""
    for layer, dilution, copies in ((Pad(1), sp.Rational(4, 6), 1), (Upsample(2), 1, 2)):
        build = Builder((5, 4))
        a = build.chain([("a", Conv(3, 1, bias=False)), layer], "input")
        build.node(Conv(7, 1, bias=False), a, name="b")
        profile = propagate(build.network())
        sa, sb = map(var, "ab")
        assert sp.expand(profile["b"].forward - 3 * sb * 5 * sa * dilution) == 0
        assert sp.expand(profile["a"].backward - 7 * sb * copies) == 0
