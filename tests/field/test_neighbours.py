"""The correlation of neighbours, against what a few lines of algebra give."""

import math

import numpy as np
import pytest

from symvar import propagate, sequential
from symvar.field.kernels import Kernel
from symvar.field.neighbours import neighbour_correlation
from symvar.graph.fields import neighbour_correlations
from symvar.inputs import Covariance, Images
from symvar.layers import AvgPool, Conv, Dense, Flatten

RECTIFIED = 1 / math.pi
"""E[relu]^2 / E[relu^2] of a standard normal: two rectified units that were independent."""


def correlations(layers, size, kind="white"):
    net = sequential(layers, input=size)
    return list(neighbour_correlations(net, propagate(net, "lecun"), kind))


@pytest.mark.parametrize("size", [4, 1100])  # every pair kept, and by displacement
def test_through_whole_windows(size):
    layers = [Conv(4, 1), "relu", Conv(4, 3)]
    assert correlations(layers, (3, size)) == pytest.approx([0, RECTIFIED])


def test_at_a_border_the_windows_share_fewer_inputs():
    first, second = correlations([Conv(4, 1), "relu", Conv(4, 3, padding=1)], (3, 4))
    # units 0 and 1 read 2 and 3 inputs, two of them through the same weights
    assert first == 0
    assert second == pytest.approx(RECTIFIED * (2 * 2 / math.sqrt(6) + 1) / 3)


@pytest.mark.parametrize("images", [1, 3])
def test_what_the_input_has_a_weight_per_unit_keeps(images):
    away = np.abs(np.arange(6)[:, None] - np.arange(6))
    (found,) = correlations([Conv(4, 1)], (3, 6), Covariance(0.9**away))
    assert found == pytest.approx(0.9)
    wave = np.array([[[2.0, 1.0, 2.0, 1.0]], [[1.0, 2.0, 1.0, 2.0]], [[1.0, -1.0, 1.0, -1.0]]])
    (found,) = correlations([Conv(4, 1)], (1, 4), Images(wave[:images]))
    assert found == pytest.approx(1 if images == 1 else (2 + 2 - 1) / (5 + 1))  # over images


def test_averages_that_overlap():
    """Moving averages of two independent units share one of them."""
    (found,) = correlations([AvgPool(2, 1), Conv(4, 1)], (3, 7))
    assert found == pytest.approx(1 / 2)


def test_one_position_has_no_neighbour():
    assert all(map(math.isnan, correlations([Conv(4, 3), Flatten(), Dense(2)], (3, 3))))
    assert neighbour_correlation(Kernel.shared(())) == 0
