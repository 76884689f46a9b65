"""Shipped constants: what they answer, and that they are what is computed anew."""

from __future__ import annotations

import math
from importlib.resources import files

import numpy as np
import pytest
import sympy as sp
from flint import ctx

import symvar.integrals.named
from symvar import enclose, expect, gamma, tau
from symvar.activations import all_activations
from symvar.errors import ArgumentError
from symvar.integrals import Expectation, NamedConstant, order_moment, rectified_mean
from symvar.lookup import (
    ACTIVATION_FILE,
    FILE,
    activation_moments,
    activation_moments_json,
    number,
    stored_constants,
    table,
    window_moments,
    window_moments_json,
)
from symvar.symbols import size, x


def test_the_shipped_moments_are_those_computed_now():
    """``python -m symvar.lookup`` writes the file anew."""
    shipped = files("symvar").joinpath("data", FILE).read_text(encoding="utf-8")
    assert shipped == window_moments_json()


def test_the_shipped_moments_of_activations_are_those_computed_now():
    shipped = files("symvar").joinpath("data", ACTIVATION_FILE).read_text(encoding="utf-8")
    assert shipped == activation_moments_json()


@pytest.mark.parametrize("name", all_activations())
def test_shipped_moments_of_activations_are_those_of_a_quadrature(name):
    """By numpy on a grid, from the activation's expression and the density of a maximum."""
    activation = all_activations()[name]()
    shipped = [each for each in activation_moments() if each.activation == name]
    places = np.linspace(-14, 14, 140_001)
    density = np.exp(-(places**2) / 2) / np.sqrt(2 * np.pi)
    erf = np.vectorize(math.erf)
    below = (1 + erf(places / np.sqrt(2))) / 2
    constants = {each: each.evalf() for each in activation.expression.atoms(NamedConstant)}
    function = sp.lambdify(x, activation.expression.xreplace(constants), [{"erf": erf}, "numpy"])
    f = function(places) + 0 * places
    functions = {
        "second_moment": f**2,
        "mean": f,
        "slope": np.gradient(f, places) ** 2,
        "input_product": places * f,
    }
    for each in shipped:
        if isinstance(each.constant, Expectation):
            law = each.window * density * below ** (each.window - 1)
            expected = np.trapezoid(functions[each.moment] * law, places)
            with stored_constants():
                value = number(each.constant)
            tolerance = 1e-4 if each.moment == "slope" else 1e-7
            assert value == pytest.approx(expected, rel=tolerance, abs=tolerance)


@pytest.mark.parametrize(
    "constant", [tau(1), tau(9), tau(64), gamma(9), gamma(7, "avg"), rectified_mean(6)]
)
def test_a_stored_ball_meets_the_computed_one_and_is_as_small(constant):
    with ctx.workprec(200):
        stored, computed = table()[constant], constant.ball()
        assert stored.overlaps(computed)
        assert stored.rel_accuracy_bits() > 160


def test_every_stored_constant_is_named_once():
    assert len(table()) == 256 + len(window_moments())


def test_numbers_are_those_of_enclosures():
    for expression in (
        2 / (9 * tau(4)),
        tau(64),
        tau(9, "avg") + sp.sqrt(2),
        1 / (order_moment(9, 2) - rectified_mean(6) ** 2),
        sp.Rational(1, 3),
        tau(100),  # no table has it
        1 / expect(sp.tanh(x) ** 2, x, 2),  # nor this
        1 / expect(sp.tanh(x) ** 2, x),
    ):
        assert number(expression) == pytest.approx(float(expression.evalf(20)), rel=1e-15)
    with pytest.raises(ArgumentError, match="variance: need a number; have tau"):
        number(tau(size("T")))


def test_constants_are_stored_only_where_that_was_asked_for(monkeypatch):
    def refuse(*_):
        raise LookupError

    monkeypatch.setattr(symvar.integrals.named, "_ball_at", refuse)
    with stored_constants():
        assert str(enclose(tau(9), 20)).startswith("2.5625")
        with pytest.raises(LookupError):
            enclose(tau(9), 60)  # more than the table has
    with pytest.raises(LookupError):
        enclose(tau(9), 20)
