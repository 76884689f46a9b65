"""Theory iid: its rules in networks, and what it refuses.

Expected numbers come from exact enumeration (``tests.contracts.exact``), from another network that
computes the same function, or from a published formula written out here.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from symvar import Network, enclose, errors, propagate, sequential, symbols, tau
from symvar.layers import (
    Activate,
    AvgPool,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool,
    Input,
    LocalResponseNorm,
    MaxPool,
)
from symvar.theories import find
from tests.contracts import exact

RELU = "relu"


def constants(*between, width=16, axes=1):
    """(tau, gamma) of what stands between two weighted layers, q and r taken out."""
    shape = (2, *(width,) * axes)
    net = sequential([Conv(2, 1), *between, ("last", Conv(3, 1))], input=shape)
    profile = propagate(net)
    first, last = profile["conv1"], profile["last"]
    sigma, bias = last.weight_variance, symbols.bias_variance("last")
    forward = (last.forward - bias).subs(symbols.bias_variance("conv1"), 0)
    q = first.forward.subs(symbols.bias_variance("conv1"), 0)
    reads = 2  # kernel 1, two channels: every output reads two inputs, every input feeds three
    return (
        sp.simplify(forward / (sigma * reads * q)),
        sp.simplify(first.backward / (sigma * 3)),
    )


def same(left, right):
    return all(sp.simplify(a.doit() - b.doit()) == 0 for a, b in zip(left, right, strict=True))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param([RELU, MaxPool(2)], [MaxPool(2), RELU], id="relu and max-pool commute"),
        pytest.param([RELU, MaxPool(3, 2)], [MaxPool(3, 2), RELU], id="overlapping ones too"),
        pytest.param([RELU, MaxPool(3, 2, 1)], [MaxPool(3, 2, 1), RELU], id="and padded ones"),
        pytest.param([RELU, MaxPool(2), MaxPool(2)], [RELU, MaxPool(4)], id="pool of pool"),
        pytest.param([MaxPool(2), RELU, MaxPool(2)], [MaxPool(4), RELU], id="relu amid pools"),
        pytest.param([RELU, AvgPool(2), AvgPool(2)], [RELU, AvgPool(4)], id="average of average"),
        pytest.param([AvgPool(2), AvgPool(2)], [AvgPool(4)], id="average of average, linear"),
        pytest.param([AvgPool(2), RELU, AvgPool(8)], [AvgPool(2), RELU, GlobalAvgPool()], id="all"),
        pytest.param([RELU, RELU], [RELU], id="two rectifiers in a row"),
        pytest.param([RELU, "identity"], [RELU], id="identity"),
        pytest.param([RELU, MaxPool(1)], [RELU], id="a window of one unit"),
        pytest.param([RELU, Dropout(training=False)], [RELU], id="dropout in evaluation"),
        pytest.param([AvgPool(2), MaxPool(2), RELU], [AvgPool(2), RELU, MaxPool(2)], id="mean max"),
    ],
)
def test_networks_that_compute_the_same_have_the_same_constants(one, other):
    assert same(constants(*one), constants(*other))


def test_networks_that_differ_are_told_apart():
    assert not same(constants(RELU, MaxPool(2)), constants(RELU, MaxPool(3, 2)))
    assert not same(constants(RELU, AvgPool(2)), constants(AvgPool(2), RELU))
    assert not same(constants(RELU, Dropout()), constants(RELU))


@pytest.mark.parametrize("window", [2, 4, 8])
def test_average_pool_before_relu(window):
    """A mean of Gaussians is Gaussian: tau = 1/(2T), gamma = 1/(2 T^2)."""
    expected = sp.Rational(1, 2 * window), sp.Rational(1, 2 * window**2)
    assert constants(AvgPool(window), RELU) == expected
    assert constants(AvgPool((window, window)), RELU, axes=2) == (
        sp.Rational(1, 2 * window**2),
        sp.Rational(1, 2 * window**4),
    )


@pytest.mark.parametrize("window", [2, 4])
def test_tiling_pools_have_the_published_constants(window):
    """asv (12), (13), (15), (16), written out; tau_2 and tau_4 by polar coordinates."""
    maximum = {2: sp.Rational(3, 4) + 1 / (2 * sp.pi), 4: sp.Rational(15, 16) + 3 / (4 * sp.pi)}
    maximum[4] += 2 / (sp.sqrt(3) * sp.pi)
    gamma = (1 - sp.Rational(1, 2**window)) / window
    assert same(constants(RELU, MaxPool(window)), (maximum[window], gamma))
    mean = (1 + (window - 1) / sp.pi) / (2 * window)
    assert same(constants(RELU, AvgPool(window)), (mean, sp.Rational(1, 2 * window**2)))


@pytest.mark.parametrize(("window", "stride"), [(3, 2), (3, 1), (5, 2), (2, 1), (5, 4)])
@pytest.mark.parametrize("axes", [1, 2])
def test_overlapping_pools_far_from_borders(window, stride, axes):
    """Each input is in T / prod s windows: gamma tends to (1 - 2^-T) / prod s."""
    outputs = symbols.size("N")
    width = stride * outputs + window - stride
    shape = (1, *(width,) * axes)
    pool = MaxPool((window,) * axes, (stride,) * axes)
    theory = find("iid")
    signal = theory.preactivations(sp.Mul(*shape))
    for primitive in (*Activate(RELU).lower(shape), *pool.lower(shape)):
        signal = theory.forward(primitive, signal)
    slope = theory.moment_at_mix(theory.cotangent(signal)).doit()
    taps = window**axes
    expected = (1 - sp.Rational(1, 2**taps)) / stride**axes
    assert sp.limit(slope, outputs, sp.oo) == expected
    assert slope.subs(outputs, 7) != expected  # the border does count on a small map


def enumerated(function, units):
    second, slope, outputs = exact.moments(function, units)
    return second, slope * Fraction(outputs, units)


@pytest.mark.parametrize(
    ("between", "function"),
    [
        ([RELU, MaxPool(2), AvgPool(2)], lambda z: z.max(axis=-1).sum(axis=-1)),
        ([RELU, AvgPool(2), "max"], None),
        (["max of u", RELU, AvgPool(2)], lambda z: z.max(axis=-1).sum(axis=-1)),
    ],
    ids=["average after max", "max after average is refused", "max, relu, average"],
)
def test_an_average_after_a_maximum_is_exact_on_four_units(between, function):
    if function is None:
        refused(
            [Conv(1, 1), RELU, AvgPool(2), MaxPool(2)],
            (1, 4),
            "node 'maxpool1' (maxpool)",
            "units that are functions of Gaussians",
            "an average",
        )
        return
    layers = [MaxPool(2) if each == "max of u" else each for each in between]
    forward, backward = constants(*layers, width=4)

    def pooled(rows):
        return function(np.maximum(rows, 0).reshape(len(rows), 2, 2)) * Fraction(1, 2)

    second, slope = enumerated(pooled, 4)
    assert abs(float(enclose(forward, 20).mid) - second) < 1e-9
    opened = sp.simplify(backward.doit())
    assert Fraction(int(opened.p), int(opened.q)) == slope


@pytest.mark.parametrize("drop", [sp.Rational(1, 4), sp.Rational(1, 2), sp.Rational(2, 3)])
def test_dropout_in_training_divides_both_moments(drop):
    """E[(m/(1-p))^2] = 1/(1-p), m a coin; forward and backward alike, before or after ReLU."""
    half = sp.Rational(1, 2) / (1 - drop)
    assert constants(RELU, Dropout(drop)) == (half, half)
    assert constants(Dropout(drop), RELU) == (half, half)
    twice = sp.Rational(1, 2) / (1 - drop) ** 2
    assert constants(RELU, Dropout(drop), Dropout(drop)) == (twice, twice)
    forward, backward = constants(RELU, MaxPool(2), Dropout(drop))
    assert same((forward * (1 - drop), backward * (1 - drop)), constants(RELU, MaxPool(2)))


def test_identity_then_max_pool_is_the_order_statistic():
    """E[max(u, v)^2] = 1, and of three 1 + sqrt(3)/(2 pi) (published); every unit passes once."""
    assert same(constants("identity", MaxPool(2)), (sp.Integer(1), sp.Rational(1, 2)))
    forward, backward = constants("identity", MaxPool(3), width=9)
    assert same((forward, backward), (1 + sp.sqrt(3) / (2 * sp.pi), sp.Rational(1, 3)))


def test_a_signal_read_twice_adds_its_gradients():
    """conv1 -> relu -> (left, right): by hand from sigma^2 e/M, each with its own e."""
    net = Network(
        {
            "in": Input((2, 4)),
            "stem": Conv(3, 1, bias=False),
            "bend": Activate(RELU),
            "left": Conv(5, 3, padding=1, bias=False),
            "right": Conv(7, 2, 2, bias=False),
        },
        [("in", "stem"), ("stem", "bend"), ("bend", "left"), ("bend", "right")],
    )
    profile = propagate(net)
    left, right = (profile[name].weight_variance for name in ("left", "right"))
    joined_left, joined_right = 3 * 5 * (4 * 3 - 2), 3 * 7 * 4
    expected = (left * joined_left + right * joined_right) / 12 / 2
    assert sp.expand(profile["stem"].backward - expected) == 0
    assert profile["left"].backward == profile["right"].backward == 1
    stem = profile["stem"].weight_variance * 2
    assert sp.expand(profile["left"].forward - left * stem / 2 * sp.Rational(joined_left, 20)) == 0
    assert sp.expand(profile["right"].forward - right * stem / 2 * 6) == 0


def test_bias_variances_stay_symbols_without_a_scheme():
    """q = sigma_b^2 + sigma_w^2 (e/M') tau q_before, with e and M' counted by hand."""
    net = sequential(
        [Conv(4, 3, padding=1), RELU, MaxPool(2), Conv(5, 3, padding=1), RELU, Flatten(), Dense(3)],
        input=(2, 8),
    )
    profile = propagate(net)
    w, b = symbols.weight_variance, symbols.bias_variance
    q1 = b("conv1") + w("conv1") * sp.Rational(2 * 4 * 22, 4 * 8)
    q2 = b("conv2") + w("conv2") * sp.Rational(4 * 5 * 10, 5 * 4) * tau(2) * q1
    q3 = b("dense1") + w("dense1") * 20 * q2 / 2
    for name, expected in (("conv1", q1), ("conv2", q2), ("dense1", q3)):
        assert sp.expand(profile[name].forward - expected) == 0
    assert profile.scheme is None


def refused(layers, shape, place, need, have, kind="white"):
    net = sequential(layers, input=shape)
    with pytest.raises(errors.NeedsFact) as error:
        propagate(net, input=kind)
    assert error.value.where.startswith(place), error.value.where
    assert need in error.value.need
    assert have in error.value.have
    assert error.value.remedy


N = symbols.size("N")
REFUSALS = {
    "max-pool straight on the input": (
        [MaxPool(2), Conv(1, 1)],
        (1, 4),
        "node 'maxpool1' (maxpool)",
        "functions of Gaussians",
        "the network's input",
    ),
    "relu straight on the input": (
        ["relu", Conv(1, 1)],
        (1, 4),
        "node 'relu1' (activate)",
        "a Gaussian unit",
        "the network's input",
    ),
    "tanh after an average of rectified units": (
        [Conv(1, 1), "relu", AvgPool(2), "tanh"],
        (1, 4),
        "node 'tanh1' (activate)",
        "a Gaussian unit",
        "an average",
    ),
    "max after overlapping averages": (
        [Conv(1, 1), AvgPool(3, 1), MaxPool(2)],
        (1, 9),
        "node 'maxpool1' (maxpool)",
        "independent units",
        "overlapping windows",
    ),
    "mask before a maximum": (
        [Conv(1, 1), "tanh", Dropout(), MaxPool(2)],
        (1, 4),
        "node 'maxpool1' (maxpool)",
        "no random mask before a maximum",
        "at random",
    ),
    "padded pool of symbolic size": (
        [Conv(1, 1), "relu", MaxPool(3, 2, 1)],
        (1, N),
        "node 'maxpool1' (maxpool)",
        "no padding, or integer sizes",
        "padded windows of symbolic size",
    ),
    "strong local response norm": (
        [Conv(1, 1), LocalResponseNorm(5, alpha=sp.Rational(1, 2))],
        (1, 4),
        "node 'localresponsenorm1' (localresponsenorm)",
        "weak enough",
        "45.6%",  # 1 - (1 + 1/2)^(-3/2), the mean square being 1
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_name_the_node_and_the_missing_fact(case):
    layers, shape, place, need, have = REFUSALS[case]
    if case == "strong local response norm":  # its strength is a number only under a scheme
        net = sequential(layers, input=shape)
        with pytest.raises(errors.NeedsFact, match=need) as error:
            propagate(net, "lecun")
        assert error.value.where.startswith(place)
        assert have in error.value.have
        return
    refused(layers, shape, place, need, have)


def test_an_unknown_theory_or_input_is_refused_with_the_nearest_name():
    net = sequential([Dense(2)], input=(3,))
    with pytest.raises(errors.ArgumentError, match="did you mean 'white'"):
        propagate(net, input="whit")
    with pytest.raises(errors.ArgumentError, match=r"known: .*iid"):
        propagate(net, theory="idd")


def test_an_average_of_averages_that_counted_padding_is_refused():
    """Their means differ from unit to unit, so their mean's square is not the mean of squares."""
    counted = [Conv(2, 1), "relu", AvgPool(2, padding=1), GlobalAvgPool(), Flatten(), Dense(2)]
    with pytest.raises(errors.NeedsFact, match=r"node 'globalavgpool1'.*units of one mean"):
        propagate(sequential(counted, input=(2, 4)), "lecun")
    left_out = [*counted]
    left_out[2] = AvgPool(2, padding=1, counts_padding=False)
    assert propagate(sequential(left_out, input=(2, 4)), "lecun")
