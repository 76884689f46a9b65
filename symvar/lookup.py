"""Numbers from the tables that ship with symvar: no integral is evaluated.

>>> from symvar import tau
>>> number(2 / (9 * tau(4)))
0.14394635299248...
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

import sympy as sp
from flint import arb, ctx

from symvar.activations import all_activations
from symvar.errors import ArgumentError
from symvar.integrals import (
    Expectation,
    NamedConstant,
    enclose,
    gamma,
    order_moment,
    rectified_mean,
    tau,
)
from symvar.integrals.named import STORED
from symvar.tables import shipped

DIGITS = 30
"""Digits carried while an expression is evaluated; the tables have more."""

WINDOWS = range(1, 65)
PLACES = 50
BITS = 400
"""The tables answer up to this working precision, with the 166 bits they prove.

Who asks for more digits than that raises the precision until the constant is computed anew.
"""

SCHEMA = "symvar/window-moments/1"
FILE = "window_moments.json"

ACTIVATION_SCHEMA = "symvar/activation-moments/1"
ACTIVATION_FILE = "activation_moments.json"
POOLED = (1, 2, 3, 4, 5, 8, 9, 16, 25, 27)
"""Units per window: one, and pools of edge 2 to 5 in one and two dimensions, 2 and 3 in three."""


@contextmanager
def stored_constants() -> Iterator[None]:
    """Inside, every constant that a shipped table has is taken from there, not computed."""
    token = STORED.set(_stored)
    try:
        yield
    finally:
        STORED.reset(token)


def number(value: sp.Expr) -> float:
    """A constant expression as a double.

    Every constant in it is taken from the tables, or else from its closed form. Only one that has
    neither (a max-pooling window above 64, a moment of tanh at a variance that is not 1) is
    computed.

    Args:
        value: the expression.

    Raises:
        ArgumentError: where symbols are left in it.
    """
    if value.is_Rational:
        return float(value)
    if value.free_symbols:
        raise ArgumentError(
            "variance",
            need="a number",
            have=f"{value}, which depends on {', '.join(sorted(map(str, value.free_symbols)))}",
            remedy="give every size and parameter of the network as a number",
        )
    with stored_constants():
        constants = {each: _constant(each) for each in value.atoms(NamedConstant)}
        return float(value.xreplace(constants).evalf(DIGITS))


@cache
def table() -> dict[sp.Expr, arb]:
    """A ball of every shipped constant, by its name."""
    makers = {"tau": tau, "gamma": gamma}
    found = {
        makers[entry.name](entry.window, entry.pool): _ball(entry.value, entry.radius)
        for entry in shipped().entries
    }
    text = files("symvar").joinpath("data", FILE).read_text(encoding="utf-8")
    values = {each["name"]: each for each in json.loads(text)["constants"]}
    for constant in window_moments():
        entry = values[str(constant)]
        found[constant] = _ball(entry["value"], entry["radius"])
    return found


def window_moments() -> list[NamedConstant]:
    r"""$\mathrm{E}[M_T^+]$, $\mathrm{E}[M_T]$ and $\mathrm{E}[M_T^2]$ of windows 1 to 64.

    Their moments are what norms behind pooled layers and leaky units need beside tau and gamma.
    """
    made = (rectified_mean, lambda T: order_moment(T, 1), lambda T: order_moment(T, 2))
    every = (make(window) for make in made for window in WINDOWS)
    return [each for each in every if isinstance(each, NamedConstant)]


def window_moments_json() -> str:
    """The content of the shipped file of those moments; a test compares every byte."""
    constants = []
    for constant in window_moments():
        value, radius = enclose(constant, PLACES).decimal(PLACES)
        constants.append({"name": str(constant), "value": value, "radius": radius})
    content = {"schema": SCHEMA, "digits": PLACES, "constants": constants}
    return json.dumps(content, indent=1) + "\n"


@dataclass(frozen=True)
class ActivationMoment:
    """A moment of an activation at variance 1 that has no closed form.

    Args:
        activation: its name.
        moment: the method of `symvar.activations.base.Activation` that gives it.
        window: how many units the largest is taken of.
        constant: the moment.
    """

    activation: str
    moment: str
    window: int
    constant: NamedConstant


def activation_moments() -> list[ActivationMoment]:
    r"""What schemes that keep the variance 1 ask of activations, each constant once.

    $\mathrm{E} f^2$, $\mathrm{E} f$, $\mathrm{E} f'^2$ and $\mathrm{E}[u f(u)]$ of every
    activation at its default parameters, the first three also at the largest of a window where f
    does not decrease; and the constants that SELU is made of.
    """
    found: dict[NamedConstant, ActivationMoment] = {}
    for name, kind in all_activations().items():
        activation = kind()
        makers = (activation.second_moment, activation.mean, activation.slope)
        every = [(each, window) for each in makers for window in POOLED]
        asked = every if activation.nondecreasing else [(each, 1) for each in makers]
        values = [(each.__name__, window, each(sp.Integer(1), window)) for each, window in asked]
        values.append(("input_product", 1, activation.input_product(sp.Integer(1))))
        for moment, window, value in values:
            if activation.homogeneous:
                continue  # made of the moments of windows
            for constant in sorted(value.atoms(NamedConstant), key=str):
                entry = ActivationMoment(name, moment, window, constant)
                found.setdefault(constant, entry)
    return list(found.values())


def activation_moments_json() -> str:
    """The content of the shipped file of those moments; a test compares every byte."""
    constants = []
    for each in activation_moments():
        value, radius = enclose(each.constant, PLACES).decimal(PLACES)
        about = {"activation": each.activation, "moment": each.moment, "window": each.window}
        constants.append({**about, "name": str(each.constant), "value": value, "radius": radius})
    content = {"schema": ACTIVATION_SCHEMA, "digits": PLACES, "constants": constants}
    return json.dumps(content, indent=1) + "\n"


@cache
def _activation_balls() -> dict[str, arb]:
    """By name as it is printed: to make every constant would cost more than most inits."""
    text = files("symvar").joinpath("data", ACTIVATION_FILE).read_text(encoding="utf-8")
    read = json.loads(text)["constants"]
    return {each["name"]: _ball(each["value"], each["radius"]) for each in read}


@lru_cache(maxsize=4096)
def _activation_ball(constant: NamedConstant) -> arb | None:
    standard = isinstance(constant, Expectation) and (constant.variance, constant.mean) == (1, 0)
    if constant.args and not standard:
        return None
    return _activation_balls().get(str(constant))


def _constant(constant: NamedConstant) -> sp.Expr:
    if constant not in table():
        opened = constant.doit()
        if not opened.has(sp.Integral, sp.Sum, NamedConstant):
            return opened
    return constant.evalf(DIGITS)


def _stored(constant: NamedConstant, bits: int) -> arb | None:
    if bits > BITS:
        return None
    found = table().get(constant)
    return _activation_ball(constant) if found is None else found


def _ball(value: str, radius: str) -> arb:
    with ctx.workprec(2 * BITS):
        return arb(value, radius)


if __name__ == "__main__":
    folder = Path(__file__).parent.joinpath("data")
    folder.joinpath(FILE).write_text(window_moments_json(), encoding="utf-8")
    folder.joinpath(ACTIVATION_FILE).write_text(activation_moments_json(), encoding="utf-8")
