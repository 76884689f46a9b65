r"""Streams against fluctuation theory of random walks, and against simulated channels.

Rectified, $s_k = \max(0, s_{k-1}) + b_k$ is Lindley's recursion: $\max(0, s_k)$ has the law of
the maximum of a random walk, whose moments Spitzer's identity gives.
"""

from math import comb, pi, sqrt

import numpy as np
import pytest

from symvar.activations.tanh import Tanh
from symvar.errors import ArgumentError
from symvar.field.maps import Bent, map_of
from symvar.field.streams import Cotangent, Stream

RELU = Bent(0, 1)
DRAWS = 400_000


def spitzer(steps: int) -> tuple[float, float]:
    """The mean and second moment of the maximum of 0 and a walk of unit Gaussian steps.

    Spitzer: sum_k x^k E exp(t M_k) = exp(sum_j x^j/j E exp(t max(0, S_j))), to second order in t.
    """
    first = [0.0, *(sqrt(j / (2 * pi)) / j for j in range(1, steps + 1))]
    squares = sum(first[i] * first[j] for i in range(1, steps) for j in range(1, steps + 1 - i))
    return sum(first), squares + steps / 2


def deep(variances, function=RELU) -> list[Stream]:
    stream = Stream.start(variances[0].shape)
    found = []
    for variance in variances:
        stream = stream.plus(variance)
        found.append(stream)
        stream = stream.apply(function)
        found.append(stream)
    return found


def first_gradient(stream: Stream, variance=1.0) -> np.ndarray:
    gradient = Cotangent.of(stream, variance)
    while gradient.stream.before is not None:
        gradient = gradient.back()
    return gradient.second()


@pytest.mark.parametrize("steps", [1, 2, 7, 54])
def test_equal_blocks_are_the_maximum_of_a_walk(steps):
    """Independent route: Spitzer's identity, exact."""
    last = deep([np.full((2, 3), 1.7)] * steps)[-1]
    mean, second = spitzer(steps)
    assert last.second() == pytest.approx(np.full((2, 3), 1.7 * second), rel=1e-9)
    assert last.mean() == pytest.approx(np.full((2, 3), sqrt(1.7) * mean), rel=1e-9)


@pytest.mark.parametrize("steps", [1, 2, 7, 54])
def test_a_gradient_passes_where_the_walk_stays_positive(steps):
    """Independent route: Sparre Andersen, $\\binom{2k}{k}/4^k$ for symmetric steps of any law."""
    last = deep([np.array([0.3, 2.0])] * steps)[-1]
    chance = comb(2 * steps, steps) / 4**steps
    assert first_gradient(last) == pytest.approx([chance, chance], rel=1e-8)


@pytest.mark.parametrize("function", [RELU, map_of(Tanh()), Bent(0.2, 1)])
def test_unequal_blocks_against_simulated_channels(function):
    """400 000 channels at two positions, seed 3; five standard errors."""
    rng = np.random.default_rng(3)
    variances = [np.array([1.0, 0.2]), np.array([0.1, 0.9]), np.array([2.0, 0.02])]
    values, slopes = np.zeros((DRAWS, 2)), np.ones((DRAWS, 2))
    streams = deep(variances, function)
    for variance, summed, passed in zip(variances, streams[::2], streams[1::2], strict=True):
        values = values + rng.standard_normal((DRAWS, 2)) * np.sqrt(variance)
        _within(summed.second(), values**2)
        slopes = slopes * function.derivative(values) ** 2
        values = function.value(values)
        _within(passed.second(), values**2)
        _within(passed.mean(), values)
        _within(first_gradient(passed), slopes)


def _within(expected, draws):
    error = draws.std(axis=0) / sqrt(len(draws))
    assert (np.abs(draws.mean(axis=0) - expected) < 5 * error).all()


def test_a_branch_adds_its_gradient_on_the_way():
    """By hand: one block; half of what comes back, plus the branch, passes the first gate."""
    stream = deep([np.array([1.0])] * 2)[-1]
    gradient = Cotangent.of(stream, 3.0).back()
    assert gradient.second() == pytest.approx([3 * 5 / 8], rel=1e-9)  # P(N + max(0, N') > 0)
    gradient = gradient.back().plus(0.5).back()
    assert gradient.second() == pytest.approx([3 * 3 / 8 + 0.5 / 2], rel=1e-9)


def test_a_sum_of_several_branches_is_one_gaussian():
    several = Stream.start((1,)).plus(1.0).apply(RELU).plus(0.25).plus(0.75)
    one = Stream.start((1,)).plus(1.0).apply(RELU).plus(1.0)
    assert several.apply(RELU).second() == pytest.approx(one.apply(RELU).second(), rel=1e-12)
    assert first_gradient(several.apply(RELU)) == pytest.approx(
        first_gradient(one.apply(RELU)), rel=1e-12
    )


def test_a_block_that_is_zero_at_some_positions_leaves_them_alone():
    stream = deep([np.array([1.0, 1.0]), np.array([1.0, 0.0])])[-1]
    assert stream.second() == pytest.approx([spitzer(2)[1], 0.5], rel=1e-9)
    assert first_gradient(stream) == pytest.approx([3 / 8, 1 / 2], rel=1e-9)


def test_positions_that_never_differed_share_a_law():
    variance = np.array([[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]])
    stream = deep([variance, variance.T])[-1]
    assert len(stream.laws.nodes) == 3


def test_an_identity_leaves_a_gaussian_sum():
    last = deep([np.array([1.0]), np.array([2.0])], Bent(1, 1))[-1]
    assert last.second() == pytest.approx([3.0], rel=1e-9)
    assert first_gradient(last) == pytest.approx([1.0], rel=1e-9)


@pytest.mark.parametrize(
    ("variance", "message"),
    [
        (np.ones(3), "shape"),
        ([-1.0, 1.0], "at least 0"),
        ([float("nan"), 1.0], "at least 0"),
    ],
)
def test_bad_maps_are_refused(variance, message):
    with pytest.raises(ArgumentError, match=message):
        Stream.start((2,)).plus(variance)


def test_a_summand_that_doubles_do_not_resolve_is_refused():
    stream = Stream.start((1,)).plus(1.0).apply(RELU).plus(1e-9)
    with pytest.raises(ArgumentError, match="at least 1e-4"):
        stream.apply(RELU)


def test_the_first_stream_has_none_before_it():
    with pytest.raises(ArgumentError, match="the first"):
        Cotangent.of(Stream.start((2,)), 1.0).back()
