"""Maxout against quadratures of its definition."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
import sympy as sp

from symvar import enclose
from symvar.activations import all_activations
from symvar.activations.maxout import Maxout
from symvar.errors import ArgumentError, NeedsFact
from symvar.symbols import forward, window

R = sp.Rational
SEVEN_THIRDS = R(7, 3)


def largest(f, count):
    """E[f(M)], M the largest of so many standard normals."""
    density = lambda s: count * mpmath.npdf(s) * mpmath.ncdf(s) ** (count - 1)  # noqa: E731
    return mpmath.quad(lambda s: f(s) * density(s), [-12, -4, -1, 0, 1, 4, 12])


def agrees(found, expected):
    ball = enclose(found, 20)
    return abs(mpmath.mpf(ball.decimal()[0]) - expected) < mpmath.mpf(10) ** -17


@pytest.mark.parametrize("inputs", [1, 2, 3, 5, 10])
@pytest.mark.parametrize("pooled", [1, 4])
def test_moments_are_those_of_the_definition(inputs, pooled):
    unit, q = Maxout(inputs), SEVEN_THIRDS
    with mpmath.workdps(25):
        root = mpmath.sqrt(mpmath.mpf(7) / 3)
        mean = largest(lambda s: root * s, inputs * pooled)
        square = largest(lambda s: (root * s) ** 2, inputs * pooled)
        assert agrees(unit.mean(q, pooled), mean)
        assert agrees(unit.second_moment(q, pooled), square)
        assert agrees(unit.variance(q, pooled), square - mean**2)
        assert agrees(unit.forward_gain(q, pooled), root**2 / square)
        assert not agrees(unit.second_moment(q, pooled + 2), square)
    assert unit.backward_gain(q, pooled) == 1
    assert unit.largest_second_moment(q, pooled) == unit.second_moment(q, pooled)


@pytest.mark.parametrize("inputs", [2, 3, 6])
def test_input_product(inputs):
    """E[u_1 max] by the law of the others' maximum: k of these make E[sum u max] = q."""
    with mpmath.workdps(20):

        def given(u):
            below = mpmath.ncdf(u) ** (inputs - 1) * u
            above = mpmath.quad(
                lambda s: (inputs - 1) * s * mpmath.npdf(s) * mpmath.ncdf(s) ** (inputs - 2),
                [u, max(u + 1, 2), 12],
            )
            return u * mpmath.npdf(u) * (below + above)

        expected = mpmath.quad(given, [-9, -3, 0, 3, 9])
    assert float(Maxout(inputs).input_product(sp.Integer(1))) == pytest.approx(
        float(expected), 1e-9
    )


@pytest.mark.parametrize("c", [R(-1, 2), R(0), R(1, 3), R(9, 10)])
def test_product_of_two(c):
    """Given u, the v_i are normals of means c u_i; Clark's mean of the larger of two."""
    nodes = np.linspace(-8, 8, 801)
    weights = 0.02 * np.exp(-(nodes**2) / 2) / math.sqrt(2 * math.pi)
    a, b = np.meshgrid(float(c) * nodes, float(c) * nodes)
    rest = math.sqrt(2 * (1 - float(c) ** 2))
    gap = (a - b) / rest
    chance = np.vectorize(lambda z: math.erfc(-z / math.sqrt(2)) / 2)(gap)
    clark = a * chance + b * (1 - chance) + rest * np.exp(-(gap**2) / 2) / math.sqrt(2 * math.pi)
    first = np.maximum(*np.meshgrid(nodes, nodes))
    expected = float(np.outer(weights, weights).ravel() @ (first * clark).ravel())
    found = float(enclose(Maxout(2).product(sp.Integer(1), c), 17).mid)
    assert found == pytest.approx(expected, rel=1e-3)  # max bends at u_1 = u_2
    assert found != pytest.approx(
        float(enclose(Maxout(2).product(sp.Integer(1), c + R(1, 20)), 9).mid), rel=1e-2
    )


def test_correlation_map_ends_and_rises():
    unit, q = Maxout(2), sp.Integer(2)
    for end in (0, 1):
        assert enclose(unit.correlation(q, sp.Integer(end)) - end, 20).rad < 1e-18
        assert enclose(Maxout(5).correlation(q, sp.Integer(end)) - end, 20).rad < 1e-18
    values = [float(enclose(unit.correlation(q, R(step, 10)), 15).mid) for step in range(11)]
    assert values == sorted(values)


def test_symbols():
    unit = Maxout(window)
    assert unit.second_moment(forward).free_symbols == {forward, window}
    assert unit.input_product(forward) == forward / window
    assert Maxout(3).second_moment(forward).doit() == forward * (1 + sp.sqrt(3) / (2 * sp.pi))
    assert Maxout(1).product(forward, R(1, 2)) == forward / 2


def test_it_is_no_function_of_one_unit():
    assert "maxout" not in all_activations()
    for wrong in (0, -1, 2.5, "2", sp.Symbol("k")):
        with pytest.raises(ArgumentError, match="maxout inputs: need a positive integer"):
            Maxout(wrong)
    with pytest.raises(
        NeedsFact, match=r"maxout of 3: need two inputs, or a correlation of 0 or 1"
    ):
        Maxout(3).product(sp.Integer(1), R(1, 2))
