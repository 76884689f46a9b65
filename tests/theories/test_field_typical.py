"""Typical networks: one drawn at random, against simulated narrow ones."""

import math

import numpy as np
import pytest
import sympy as sp

from symvar import layers, propagate, sequential
from symvar.errors import NeedsFact
from symvar.graph.builder import Builder
from symvar.graph.propagation import forward
from symvar.schemes import Init
from symvar.theories import Weight
from symvar.theories.field import Field

TYPICAL = Field(typical=True)


def he(node, mix, _):
    return Weight(sp.Rational(2) / mix.fan_in)


def predicted(net):
    """Mean, typical and variance of log q of every weighted layer."""
    passed = forward(net, TYPICAL, "white", he)
    signals = [passed.signals[node.name] for node in net.weighted]
    return [
        (signal.kernel.mean, float(TYPICAL.moment(signal)), TYPICAL.log_variance(signal))
        for signal in signals
    ]


def simulated(body, shape, draws):
    """log q of every weighted layer, one row per network."""
    torch = pytest.importorskip("torch")
    found, rng = [], torch.Generator().manual_seed(8)
    for _ in range(draws):
        net = torch.nn.Sequential(*(make(torch) for make in body))
        x, row = torch.randn((1, *shape), generator=rng), []
        with torch.no_grad():
            for module in net:
                if hasattr(module, "weight"):
                    fan = module.weight[0].numel()
                    module.weight.normal_(0, math.sqrt(2 / fan), generator=rng)
                    module.bias.zero_()
                x = module(x)
                if hasattr(module, "weight"):
                    row.append(math.log((x**2).mean()))
        found.append(row)
    return np.array(found)


def test_narrow_networks_with_pools():
    """Width 32, one input: what is left out is of relative order 1/width in the variance."""
    body = [
        lambda t: t.nn.Conv2d(256, 32, 3, padding=1), lambda t: t.nn.ReLU(),
        lambda t: t.nn.Conv2d(32, 32, 3, padding=1), lambda t: t.nn.ReLU(),
        lambda t: t.nn.MaxPool2d(2),
        lambda t: t.nn.Conv2d(32, 32, 3, padding=1), lambda t: t.nn.ReLU(),
        lambda t: t.nn.MaxPool2d(2), lambda t: t.nn.Flatten(),
        lambda t: t.nn.Linear(32, 32), lambda t: t.nn.ReLU(), lambda t: t.nn.Linear(32, 32),
    ]  # fmt: skip
    net = sequential(
        [layers.Conv(32, 3, padding=1), "relu", layers.Conv(32, 3, padding=1), "relu",
         layers.MaxPool(2), layers.Conv(32, 3, padding=1), "relu", layers.MaxPool(2),
         layers.Flatten(), layers.Dense(32), "relu", layers.Dense(32)],
        input=(256, 4, 4),
    )  # fmt: skip
    logs = simulated(body, (256, 4, 4), 1500)
    for (_, typical, variance), drawn in zip(predicted(net), logs.T, strict=True):
        error = drawn.std() / math.sqrt(len(drawn))
        assert abs(drawn.mean() - math.log(typical)) < 4 * error + 0.12 * variance
        assert variance == pytest.approx(drawn.var(), rel=0.3, abs=0.004)


def test_dense_layers_add_five_over_width():
    """By hand: kappa = 5 behind a ReLU, 2 for the layer itself, none for the input."""
    body = [layers.Dense(100), "relu", layers.Dense(50), "relu", layers.Dense(200)]
    found = predicted(sequential(body, input=(30,)))
    expected = [2 / 100, 5 / 100 + 2 / 50, 5 / 100 + 5 / 50 + 2 / 200]
    for (mean, typical, variance), value in zip(found, expected, strict=True):
        assert variance == pytest.approx(value, rel=1e-9)
        assert typical == pytest.approx(mean * math.exp(-value / 2), rel=1e-9)


def test_theories_that_scale_keep_the_published_variances():
    net = sequential([layers.Dense(100), "relu", layers.Dense(50)], input=(30,))
    profile = propagate(net, "kaiming-fan-in", TYPICAL)
    assert profile.theory == "field-typical"
    assert [float(row.weight_variance) for row in profile.rows] == pytest.approx([2 / 30, 2 / 100])


def test_exact_forward_makes_the_typical_moment_one():
    net = sequential(
        [layers.Conv(16, 3), "relu", layers.MaxPool(2), layers.Conv(8, 3), "relu",
         layers.Flatten(), layers.Dense(4)],
        input=(3, 12, 12),
    )  # fmt: skip
    profile = propagate(net, "exact-forward", TYPICAL)
    assert profile.floats("forward") == pytest.approx([1.0] * 3, rel=1e-9)


def residual():
    net = Builder((4, 5, 5))
    here = net.chain([layers.Conv(4, 3, padding=1), "relu"], "input")
    branch = net.chain([layers.Conv(4, 3, padding=1)], here)
    net.node(layers.Add(), here, branch)
    return net.network()


def average():
    return sequential(
        [layers.Conv(4, 3), "relu", layers.AvgPool(2), layers.Conv(4, 3)], input=(3, 8, 8)
    )


def overlapping():
    body = [layers.Conv(4, 3), "relu", layers.MaxPool(3, 2), layers.Conv(4, 2)]
    return sequential(body, input=(3, 9, 9))


def norm():
    return sequential([layers.Conv(4, 3), layers.BatchNorm(), "relu"], input=(3, 8, 8))


@pytest.mark.parametrize("make", [residual, average, overlapping, norm])
def test_what_it_cannot_say_is_refused(make):
    with pytest.raises(NeedsFact, match="typical network"):
        forward(make(), TYPICAL, "white", he)


def test_means_are_those_of_the_field():
    net = sequential([layers.Dense(10), "relu", layers.Dense(5)], input=(3,))
    init = Init("own", "", {"dense1": sp.Integer(1), "dense2": sp.Integer(1)})
    mean, typical = propagate(net, init, "field"), propagate(net, init, TYPICAL)
    assert mean.floats("backward") == typical.floats("backward")
    assert mean["dense2"].forward > typical["dense2"].forward
