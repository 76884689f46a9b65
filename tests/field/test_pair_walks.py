"""What two positions of a residual sum share, against channels drawn one by one."""

import numpy as np
import pytest

from symvar.activations.tanh import Tanh
from symvar.field.kernels import Kernel
from symvar.field.maps import Bent, map_of
from symvar.field.pair_walks import Walk
from symvar.field.steps import Taps

SIZE = 6
DRAWS = 300_000
RELU = Bent(0, 1)
LAGS = np.abs(np.arange(-SIZE + 1, SIZE))


def summand(block, variance, waves=0.0):
    cosines = (0.95 - 0.05 * (block % 4)) ** LAGS * np.cos(waves * LAGS * (block % 3))
    kernel = Kernel.stationary((SIZE,), cosines)
    return cosines, kernel.scaled(variance)


def simulated(steps, functions):
    """Cosines of each displacement, its two positions drawn as in the definition."""
    rng = np.random.default_rng(5)
    one, two = np.zeros((DRAWS, 1)), np.zeros((DRAWS, SIZE))
    for (cosines, kernel), function in zip(steps, functions, strict=True):
        shared = cosines[SIZE - 1 :]
        own = np.sqrt(np.maximum(1 - shared**2, 0))
        first, second = rng.standard_normal((DRAWS, 1)), rng.standard_normal((DRAWS, SIZE))
        size = np.sqrt(kernel.mean)
        one = function.value(one + size * first)
        two = function.value(two + size * (shared * first + own * second))
    return (one * two).mean(axis=0) / (one**2).mean()


def walked(steps, functions):
    walk = Walk.start()
    for (_, kernel), function in zip(steps, functions, strict=True):
        walk = walk.plus(kernel).apply(function)
    second = float(walk.law.value.mean(walk.law.value.nodes**2)[0])
    return walk.within.value[SIZE - 1 :] / second


@pytest.mark.parametrize(("blocks", "growth"), [(1, 1.0), (3, 1.5), (12, 1.2), (27, 1.1)])
def test_cosines_against_simulated_walks(blocks, growth):
    """Within 0.015: what the joint normal law leaves out; the simulation's error is below 0.003."""
    steps = [summand(block, growth**block) for block in range(blocks)]
    functions = [RELU] * blocks
    assert walked(steps, functions) == pytest.approx(simulated(steps, functions), abs=0.018)


@pytest.mark.parametrize("blocks", [3, 12])
def test_summands_of_opposite_correlations(blocks):
    steps = [summand(block, 1.4**block, waves=0.35) for block in range(blocks)]
    functions = [RELU] * blocks
    assert walked(steps, functions) == pytest.approx(simulated(steps, functions), abs=0.033)


def test_another_function():
    steps = [summand(block, 0.5) for block in range(4)]
    functions = [map_of(Tanh())] * 4
    assert walked(steps, functions) == pytest.approx(simulated(steps, functions), abs=0.012)


def test_one_summand_is_the_activation_map():
    cosines, kernel = summand(1, 3.0)
    products = Walk.start().plus(kernel).apply(RELU).within.value
    assert products == pytest.approx(RELU.product(3.0, 3.0, cosines), rel=2e-4, abs=2e-4)


def test_ends_are_exact():
    """One position with itself, and independent ones: the second moment, and the squared mean."""
    walk = Walk.start()
    for _ in range(5):
        walk = walk.plus(Kernel.independent((SIZE,))).apply(RELU)
    law, products = walk.law.value, walk.within.value
    mean = float(law.mean(law.nodes)[0])
    assert products[SIZE - 1] == pytest.approx(float(law.mean(law.nodes**2)[0]), rel=1e-6)
    assert products[0] == pytest.approx(mean**2, rel=1e-9)


def test_some_positions():
    """Every second position: displacements double, functions on top included."""
    _, kernel = summand(1, 2.0)
    every_other = Taps(SIZE, SIZE // 2, (np.arange(0, SIZE, 2),))
    walk = Walk.start().plus(kernel).apply(RELU)
    after = walk.selected([every_other]).within.value
    assert after == pytest.approx(walk.within.value[1::2][:5], rel=1e-12)
