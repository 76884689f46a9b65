"""Lp pools, scales and shifts, masks of channels: against integrals of their definitions."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from symvar import enclose, errors, propagate, sequential
from symvar.layers import (
    AvgPool,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool,
    LpPool,
    Pad,
    ScaleShift,
)
from symvar.primitives import Affine, PowerMean
from symvar.theories import find
from symvar.theories.laws import Extreme, Moments
from symvar.theories.powers import powered
from symvar.theories.shifts import shifted

THEORY = find("iid")


def behind(*layers, shape):
    """The signal behind layers on standard normals."""
    signal = THEORY.preactivations(int(sp.prod(shape)))
    for node in list(sequential([Conv(shape[0], 1), *layers], input=shape))[2:]:
        for primitive in node.primitives:
            signal = THEORY.forward(primitive, signal)
    return signal


def value(number):
    return float(enclose(sp.sympify(number), 15).mid)


def density(*units):
    return mpmath.exp(-sum(u * u for u in units) / 2) / mpmath.sqrt(2 * mpmath.pi) ** len(units)


def mean_of(function):
    """The mean over two independent standard normals, each half-line by itself."""
    halves = [(-9, 0), (0, 9)]
    with mpmath.workdps(15):
        return sum(
            mpmath.quad(lambda u, v: function(u, v) * density(u, v), list(one), list(other))
            for one in halves
            for other in halves
        )


@pytest.mark.parametrize("rectified", [True, False])
def test_the_norm_of_two_units(rectified):
    before = ["relu"] if rectified else []
    (law,) = (behind(*before, LpPool(2), shape=(1, 4)).law,)

    def norm(u, v):
        if rectified:
            u, v = max(u, 0), max(v, 0)
        return mpmath.sqrt(u * u + v * v)

    assert abs(value(law.second_moment()) - mean_of(lambda u, v: norm(u, v) ** 2)) < 1e-6
    assert abs(value(law.mean_squared()) - mean_of(norm) ** 2) < 1e-6
    # the squared derivatives add up to one where the norm is not zero
    assert law.slope() == (sp.Rational(3, 4) if rectified else 1)


def test_a_sum_of_rectified_units_is_their_average_times_their_number():
    one = behind("relu", LpPool(2, power=1), shape=(1, 4)).law
    average = behind("relu", AvgPool(2), shape=(1, 4)).law
    for moment in ("second_moment", "mean_squared", "slope"):
        assert sp.simplify(getattr(one, moment)() - 4 * getattr(average, moment)()) == 0


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        (["tanh", LpPool(2)], "rectified or Gaussian units"),
        (["relu", LpPool(2, power=3)], "power 2, or 1"),
        ([LpPool(2, power=1)], "power 2, or 1"),
        (["relu", Dropout("1/2"), LpPool(2)], "none masked"),
        (["relu", Pad(1, "replicate"), LpPool(2)], "units that share others"),
    ],
)
def test_other_norms_are_refused(layers, words):
    with pytest.raises(errors.NeedsFact, match=words):
        behind(*layers, shape=(1, 4))


def gaussian_mean(function):
    with mpmath.workdps(20):
        return mpmath.quad(lambda u: function(u) * density(u), [-12, 0, 12])


def test_a_shifted_activation_stays_a_function_of_its_gaussian():
    law = behind("tanh", ScaleShift("1/2", 1), shape=(1, 4)).law
    assert isinstance(law, Extreme)
    assert not law.gaussian
    assert (
        abs(value(law.second_moment()) - gaussian_mean(lambda u: (mpmath.tanh(u) / 2 + 1) ** 2))
        < 1e-12
    )
    assert value(law.mean_squared()) == 1
    slope = gaussian_mean(lambda u: (1 - mpmath.tanh(u) ** 2) ** 2 / 4)
    assert abs(value(law.slope()) - slope) < 1e-12


def test_a_scale_passes_through_a_rectifier():
    law = behind("relu", ScaleShift(3), shape=(1, 4)).law
    assert (law.second_moment(), law.slope()) == (sp.Rational(9, 2), sp.Rational(9, 2))


def test_a_shift_of_moments_alone():
    known = Moments(second=sp.Integer(2))
    moved = shifted(known, Affine(sp.Integer(3), sp.Integer(1)))
    assert (moved.second_moment(), moved.mean_squared(), moved.slope()) == (19, 1, 9)
    lopsided = Moments(second=sp.Integer(2), mean2=sp.Integer(1))
    with pytest.raises(errors.NeedsFact, match="whose mean is zero"):
        shifted(lopsided, Affine(sp.Integer(1), sp.Integer(1)))


def test_a_mask_of_channels_leaves_moments_and_refuses_averages():
    whole, single = (
        behind("relu", Dropout("1/4", channels=c), shape=(2, 4)) for c in (True, False)
    )
    assert whole.law.second_moment() == single.law.second_moment()
    assert whole.law.slope() == single.law.slope()
    layers = [
        Conv(4, 1),
        "relu",
        Dropout("1/4", channels=True),
        GlobalAvgPool(),
        Flatten(),
        Dense(2),
    ]
    net = sequential(layers, input=(2, 4))
    with pytest.raises(errors.NeedsFact, match="copies or mixtures"):
        propagate(net, "lecun")


def test_a_power_needs_windows_of_one_size_for_its_sum():
    windows = LpPool(2, 2, 1, power=1).windows((1, 4))
    law = Extreme(activation=behind("relu", shape=(1, 4)).law.activation)
    with pytest.raises(errors.NeedsFact):
        powered(law, windows, 1)
    assert isinstance(PowerMean(windows, 2), PowerMean)
