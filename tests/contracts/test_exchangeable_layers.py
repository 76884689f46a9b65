"""Every layer under the theory exchangeable: an answer, or a refusal that names the theory."""

from __future__ import annotations

import math

import pytest
import sympy as sp

from symvar.errors import NeedsFact
from symvar.integrals import enclose
from symvar.layers import Activate, Conv
from symvar.primitives import Mix
from symvar.theories import Weight, find

THEORY = find("exchangeable")
REFUSED = {"lppool"}


def through(layers, shape, bias):
    """Forward and backward through the layers behind units that are correlated by a half."""
    signal = THEORY.forward(
        Conv(shape[0], 1).lower((1, *shape[1:], *([1] if len(shape) == 1 else [])))[0],
        THEORY.start((1, 1), "white"),
        Weight(sp.Rational(1, 2), bias),
    )
    steps = []
    for layer in layers:
        for primitive in layer.lower(shape):
            weight = Weight(sp.Rational(1, 3)) if isinstance(primitive, Mix) else None
            steps.append((primitive, signal, weight))
            assert all(isinstance(note, str) for note in THEORY.notes(primitive, signal))
            signal = THEORY.forward(primitive, signal, weight)
        shape = layer.shape(shape)
    cotangent = THEORY.cotangent(signal)
    for primitive, before, weight in reversed(steps):
        cotangent = THEORY.backward(primitive, before, cotangent, weight)
    found = THEORY.moment(signal), THEORY.correlation(signal), THEORY.moment_at_mix(cotangent)
    return [float(enclose(sp.sympify(each), 12).mid) for each in found]


@pytest.mark.parametrize("rectified", [False, True], ids=["", "behind relu"])
def test_a_layer_answers_or_is_refused_by_name(example, rectified):
    layer, before = example.layer, example.shape
    layers = [Activate("relu"), layer] if rectified and layer.name != "activate" else [layer]
    if layer.name in REFUSED:
        with pytest.raises(NeedsFact, match="theory exchangeable"):
            through(layers, before, sp.Rational(1, 2))
        return
    second, correlation, gradient = through(layers, before, sp.Rational(1, 2))
    assert second > 0
    assert gradient > 0
    assert -1e-9 <= correlation <= 1 + 1e-9
    assert math.isfinite(second * gradient)
