"""Pools behind pools, and copies of parts of channels: against exact small cases and by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from symvar import Builder, enclose, errors, propagate, sequential, tau
from symvar.layers import (
    AvgPool,
    BatchNorm,
    Concat,
    Conv,
    Dense,
    Flatten,
    GlobalAvgPool,
    MaxPool,
    Pad,
)
from symvar.primitives import Copy
from symvar.symbols import weight_variance as var
from symvar.theories import find
from symvar.theories.notes import NORMED, SHARED
from tests.contracts import exact, naive

THEORY = find("iid")
CHAINS = {
    "overlapping, then tiling": ([MaxPool(2, 1), MaxPool(2)], 5),
    "tiling, then overlapping": ([MaxPool(2), MaxPool(2, 1)], 5),
    "windows of two sizes, then overlapping": ([MaxPool(2, 2, 1), MaxPool(2, 1)], 4),
    "gaps between the taps": ([MaxPool(2, 1, 0, 2), MaxPool(2, 1)], 5),
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_maximum_of_maxima_is_the_maximum_over_all_they_read(name):
    layers, units = CHAINS[name]

    def function(rows):
        shape, x = (1, units), np.maximum(rows, 0).reshape(len(rows), 1, units)
        for layer in layers:
            x, shape = naive.run(layer, shape, x), layer.shape(shape)
        return x

    second, slope, outputs = exact.moments(function, units)
    net = sequential([("c", Conv(1, 1)), "relu", *layers], input=(1, units))
    signal = THEORY.preactivations(units)
    for node in list(net)[2:]:
        for primitive in node.primitives:
            signal = THEORY.forward(primitive, signal)
    assert abs(float(enclose(THEORY.moment(signal), 15).mid) - second) < 1e-9
    backward = sp.sympify(THEORY.moment_at_mix(THEORY.cotangent(signal))).doit()
    assert Fraction(backward.p, backward.q) == slope * Fraction(outputs, units)


def test_an_average_of_overlapping_maxima_says_that_it_takes_them_as_independent():
    net = sequential(
        [Conv(1, 1), "relu", MaxPool(3, 2), AvgPool(2), Conv(1, 1, bias=False)], input=(1, 9)
    )
    profile = propagate(net, "lecun")
    assert SHARED in profile.assumptions
    apart = sequential(
        [Conv(1, 1), "relu", MaxPool(3), AvgPool(2), Conv(1, 1, bias=False)], input=(1, 12)
    )
    assert profile["conv2"].forward == propagate(apart, "lecun")["conv2"].forward
    assert SHARED not in propagate(apart, "lecun").assumptions


def test_copies_are_not_averaged_as_if_they_were_independent():
    net = sequential([Conv(1, 1), "relu", Pad(1, "replicate"), AvgPool(2)], input=(1, 4))
    with pytest.raises(errors.NeedsFact, match="copies or mixtures"):
        propagate(net, "lecun")


def test_a_norm_behind_a_pool_is_taken_as_gaussian_and_says_so():
    layers = [Conv(4, 1), "relu", MaxPool(2), BatchNorm(), "relu", ("last", Conv(1, 1))]
    profile = propagate(sequential(layers, input=(2, 8)), "lecun")
    assert profile["last"].forward == sp.Rational(1, 2)
    assert NORMED in profile.assumptions


def concatenated(*behind):
    """Two channels of a, three of relu(b), something, and a dense layer on all of it."""
    build = Builder((5, 4))
    a = build.node(Conv(2, 1, bias=False), "input", name="a")
    b = build.chain([("b", Conv(3, 1, bias=False)), "relu"], "input")
    end = build.chain([*behind, Flatten(), ("c", Dense(7, bias=False))],
                      build.node(Concat(), a, b))  # fmt: skip
    del end
    return propagate(build.network())


def test_zeros_around_a_concatenation_leave_each_gradient_to_its_own_branch():
    plain, padded = concatenated(), concatenated(Pad(1))
    for name, factor in (("a", 1), ("b", sp.Rational(1, 2))):
        assert sp.expand(plain[name].backward - 7 * var("c") * factor) == 0
        assert sp.expand(padded[name].backward - 7 * var("c") * factor) == 0


def channels(*sources):
    """A layer that picks channels, for the theory alone."""
    return Copy((5, 4), (sources, tuple(range(4))))


def test_channels_chosen_from_a_concatenation_keep_their_law_and_their_branch():
    a = THEORY.preactivations(8)
    b = THEORY.forward(MaxPool(2).lower((3, 8))[0], THEORY.preactivations(24))
    from symvar.primitives import Concat as Side

    both = THEORY.join(Side(), (a, b))
    picked = THEORY.forward(channels(4, 0, 1, None), both)
    assert THEORY.moment(picked).doit() == (2 + max_square()) / 4
    gradients = THEORY.split(Side(), (a, b), THEORY.cotangent(picked))
    assert THEORY.moment_at_mix(gradients[0]) == 1
    assert THEORY.moment_at_mix(gradients[1]) == sp.Rational(4, 24)
    only = THEORY.forward(channels(0), both)
    assert THEORY.split(Side(), (a, b), THEORY.cotangent(only))[1] == ()


def max_square():
    """E[max(u, v)^2] = 1 by symmetry: u^2 + v^2 = max^2 + min^2, and min is like -max."""
    return sp.Integer(1)


def test_a_global_average_behind_an_overlapping_padded_pool_is_answered():
    layers = [Conv(2, 1), "relu", MaxPool(3, 2, 1), GlobalAvgPool(), Flatten(), Dense(2)]
    assert propagate(sequential(layers, input=(2, 8)), "lecun")["dense1"].forward.has(tau)


def test_a_rectifier_changes_no_unit_that_is_never_negative():
    """Behind an average of rectified units, as in a strided ShuffleNet unit."""
    plain = [Conv(4, 1), "relu", AvgPool(2), ("last", Conv(2, 1))]
    again = [*plain[:3], "relu", plain[3]]
    one, other = (propagate(sequential(each, input=(2, 8)), "lecun") for each in (plain, again))
    assert [(row.forward, row.backward) for row in one.rows] == [
        (row.forward, row.backward) for row in other.rows
    ]
    with pytest.raises(errors.NeedsFact, match="a Gaussian unit"):
        propagate(sequential([Conv(4, 1), AvgPool(2, 1), AvgPool(2, padding=1), "tanh"],
                             input=(2, 8)), "lecun")  # fmt: skip
