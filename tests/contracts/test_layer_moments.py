"""Moments of every layer under theory iid against exact small cases.

The small cases (``exact``) put independent normals through the naive interpreter on every pattern
of signs and ranking; nothing of symvar's constants or rules is used for the expected value.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import pi, prod

import numpy as np
import pytest
import sympy as sp

from symvar import enclose, errors
from symvar.layers import Activate, Conv, Dropout, all_layers
from symvar.layers.base import AbstractJoin
from symvar.primitives import Average, Blend, Mix, Pointwise, WindowMax
from symvar.theories import Weight, find
from tests.contracts import exact, naive

THEORY = find("iid")
MOST = 5  # units a pattern enumeration can hold: 5! 2^5 = 3840 patterns
RELU = Activate("relu")
NOT_LINEAR = {"Mix", "Normalise", "PowerMean", "Standardise"}
WHOLE_SLOPES = ("abs", "identity", "relu")
CHAINS = {"alone": "L", "behind relu": "RL", "before relu": "LR"}


def chain(order, layer):
    return [RELU if letter == "R" else layer for letter in order]


def small(example):
    """Examples of at most MOST units that neither mix nor draw nor divide, of whole slopes."""
    layer, before = example.layer, example.shape
    if isinstance(layer, Activate) and layer.function not in WHOLE_SLOPES:
        return False
    drawn = isinstance(layer, Dropout) and layer.training
    kinds = {type(each).__name__ for each in layer.lower(before)}
    return prod(before) <= MOST and not drawn and not kinds & NOT_LINEAR


SMALL = [
    pytest.param(each, id=f"{name}: {each.about}")
    for name, layer in all_layers().items()
    for each in layer.examples
    if not issubclass(layer, AbstractJoin)
    if small(each) and each.layer.lower(each.shape)
]


def through(layers, before):
    """The chain on a batch of flat units, by plain loops."""

    def function(rows):
        shape, x = before, rows.reshape(len(rows), *before)
        for layer in layers:
            x, shape = naive.run(layer, shape, x), layer.shape(shape)
        return x

    return function


def signal_through(layers, before):
    signal, shape = THEORY.preactivations(prod(before)), before
    for layer in layers:
        for primitive in layer.lower(shape):
            signal = THEORY.forward(primitive, signal)
        shape = layer.shape(shape)
    return signal


def linear_rows(function, units):
    """The matrix of a linear map, exact."""
    eye = [[Fraction(int(i == j)) for i in range(units)] for j in range(units)]
    return function(np.array(eye, dtype=object)).reshape(units, -1).T


def expected(order, layer, before):
    """(E[z^2], backward per input), by enumeration; a mean before a ReLU is one Gaussian."""
    units = prod(before)
    averages = any(isinstance(each, (Average, Blend)) for each in layer.lower(before))
    if averages and order == "LR":
        rows = linear_rows(through([layer], before), units)
        square = sum(Fraction(entry) ** 2 for entry in rows.flat) / len(rows)
        return float(square) / 2, square / 2 * Fraction(len(rows), units)
    second, slope, outputs = exact.moments(through(chain(order, layer), before), units)
    return second, slope * Fraction(outputs, units)


def value(moment):
    return float(enclose(sp.sympify(moment), 15).mid)


def fraction(moment):
    opened = sp.sympify(moment).doit()
    assert opened.is_Rational, opened
    return Fraction(int(opened.p), int(opened.q))


def cut_averages(order, layer, before):
    """A ReLU behind averages over windows of two sizes: no one Gaussian stands before it."""
    return order == "LR" and any(
        isinstance(each, Average)
        and len(
            {sum(tap is not None for tap in taps) for _, taps in naive.windows(each.windows.axes)}
        )
        > 1
        for each in layer.lower(before)
    )


def test_order_statistics_of_half_normals_are_right():
    """Trace and sum are known: n, and E[(sum |u|)^2] = n + n(n-1) 2/pi."""
    for n in range(1, MOST + 1):
        table = exact.order_products(n)
        assert abs(np.trace(table) - n) < 1e-12
        assert abs(table.sum() - (n + n * (n - 1) * 2 / pi)) < 1e-12
    published = 1 - 2 / pi  # E[min^2] of two half-normals: 1 - 2/pi
    assert abs(exact.order_products(2)[0, 0] - published) < 1e-12


def test_the_enumeration_knows_a_published_constant_and_refuses_bent_maps():
    second, slope, _ = exact.moments(lambda u: np.maximum(u, 0).max(axis=1), 2)
    assert abs(second - (0.75 + 1 / (2 * pi))) < 1e-12  # two rectified units, by polar coordinates
    assert slope == Fraction(3, 4)
    with pytest.raises(AssertionError, match="not linear"):
        exact.moments(lambda u: u**2, 2)


def test_every_kind_of_nonlinear_or_pooling_layer_has_a_small_example():
    covered = {each.values[0].layer.name for each in SMALL}
    bends = {
        name
        for name, layer in all_layers().items()
        for each in layer.examples
        if not issubclass(layer, AbstractJoin)
        if any(isinstance(p, (WindowMax, Average, Pointwise)) for p in each.layer.lower(each.shape))
    }
    assert bends <= covered
    assert {"activate", "avgpool", "globalavgpool", "maxpool"} <= covered


@pytest.mark.parametrize("order", CHAINS.values(), ids=CHAINS)
@pytest.mark.parametrize("few", SMALL)
def test_moments_of_small_examples_are_exact(few, order):
    layer, before = few.layer, few.shape
    if cut_averages(order, layer, before):
        with pytest.raises(errors.NeedsFact, match="a Gaussian unit"):
            signal_through(chain(order, layer), before)
        return
    signal = signal_through(chain(order, layer), before)
    second, backward = expected(order, layer, before)
    assert abs(value(THEORY.moment(signal)) - second) < 1e-9
    assert fraction(THEORY.moment_at_mix(THEORY.cotangent(signal))) == backward


@pytest.mark.parametrize("order", CHAINS.values(), ids=CHAINS)
def test_the_comparison_refutes_the_rule_for_tiles_on_overlapping_windows(order):
    """gamma of tiling windows is not the slope of overlapping ones: the test can tell."""
    example = next(each for each in all_layers()["maxpool"].examples if "overlap" in each.about)
    _, backward = expected(order, example.layer, example.shape)
    taps = example.layer.window
    tiled = Fraction(2**taps - 1, taps * 2**taps) if "R" in order else Fraction(1, taps)
    assert backward != tiled


def test_a_mask_divides_by_the_chance_of_being_kept():
    """Dropout in training, its masks enumerated with their probabilities."""
    for example in all_layers()["dropout"].examples:
        layer = example.layer
        if not layer.training:
            continue
        drop = Fraction(int(layer.p.p), int(layer.p.q))
        second, backward = 0.0, Fraction(0)
        for kept in product((0, 1), repeat=2):
            chance = prod(1 - drop if keep else drop for keep in kept)
            mask = np.array([kept], dtype=object)

            def masked(rows, mask=mask):
                x = np.maximum(rows, 0)
                return naive.run(layer, (2,), x, mask=mask)  # noqa: B023

            each, slope, _ = exact.moments(masked, 2)
            second += float(chance) * each
            backward += chance * slope
        signal = signal_through([RELU, layer], (2,))
        assert abs(value(THEORY.moment(signal)) - second) < 1e-9
        assert fraction(THEORY.moment_at_mix(THEORY.cotangent(signal))) == backward


@pytest.mark.parametrize("before", [(2, 3, 4), (6, 2)], ids=str)
def test_a_normalisation_too_weak_to_matter_is_its_scale_at_zero(before):
    """Theory: z / kappa^beta; the truth lies within the 1 % the theory allows."""
    for example in all_layers()["localresponsenorm"].examples:
        signal = signal_through([example.layer], before)
        moment = value(THEORY.moment(signal))
        assert moment == value(example.layer.bias ** (-2 * example.layer.beta))
        hot = value((example.layer.bias + example.layer.alpha * 9) ** (-2 * example.layer.beta))
        assert 0.99 < hot / moment < 1


def test_mix_moments_are_the_mean_over_every_sign_of_the_weights(mixing):
    """E over independent weights of +-sigma and of a cotangent, from the connection list."""
    layer, before = mixing.layer, mixing.shape
    (mix,) = layer.lower(before)
    joined = naive.connections(layer, before)
    reads, feeds = [0] * prod(layer.shape(before)), [0] * prod(before)
    for out, into in joined:
        reads[out] += 1  # E[(sum w)^2] is sigma^2 times the number of distinct weights
        feeds[into] += 1
    sigma2, input_signal = sp.Rational(3, 7), THEORY.start(before, "constant")
    weight = Weight(sigma2)
    after = THEORY.forward(mix, input_signal, weight)
    forward = sigma2 * sp.Rational(sum(reads), len(reads))
    assert THEORY.moment(after) == forward
    back = THEORY.backward(mix, input_signal, THEORY.cotangent(after), weight)
    assert THEORY.moment_here(back) == sigma2 * sp.Rational(sum(feeds), len(feeds))


def test_signs_of_weights_enumerated_give_the_mean_the_connections_give():
    """The premise of the test above, with no independence assumed: all 2^4 signs of a conv."""
    layer, before = Conv(1, 2, padding=1), (2, 3)
    outputs = []
    for signs in product((-1, 1), repeat=4):
        weight = np.array(signs, dtype=object).reshape(1, 2, 2)
        outputs.append(naive.run(layer, before, np.ones((1, *before), dtype=object), weight=weight))
    mean = Fraction(sum((each**2).sum() for each in outputs), 2**4 * outputs[0].size)
    (mix,) = layer.lower(before)
    assert sp.Rational(mean.numerator, mean.denominator) == mix.reads_per_output
    assert isinstance(mix, Mix)


def test_moments_typeset(example, katex):
    """Second moment, slope and their opened forms, with a symbolic variance before the layer."""
    layer, before = example.layer, example.shape
    if layer.weight_axes or not layer.lower(before):
        (mix,) = layer.lower(before) or (None,)
        counts = [layer.shape(before)] if mix is None else [mix.connections, mix.fan_out]
        moments = [sp.sympify(each) for each in counts]
    else:
        bends = isinstance(layer, Activate)  # not every composition with ReLU is known
        signal = signal_through([layer] if bends else [RELU, layer], before)
        moments = [THEORY.moment(signal), THEORY.moment_at_mix(THEORY.cotangent(signal))]
    for moment in moments:
        katex(sp.latex(moment))
        katex(sp.latex(moment.doit()))
