"""Numbers from the tables that ship with symvar: no integral is evaluated.

>>> from symvar import tau
>>> number(2 / (9 * tau(4)))
0.14394635299248...
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path

import sympy as sp
from flint import arb, ctx

from symvar.errors import ArgumentError
from symvar.integrals import NamedConstant, enclose, gamma, order_moment, rectified_mean, tau
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
    neither (a max-pooling window above 64, a moment of an activation such as tanh) is computed.

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


def _constant(constant: NamedConstant) -> sp.Expr:
    if constant not in table():
        opened = constant.doit()
        if not opened.has(sp.Integral, sp.Sum, NamedConstant):
            return opened
    return constant.evalf(DIGITS)


def _stored(constant: NamedConstant, bits: int) -> arb | None:
    return table().get(constant) if bits <= BITS else None


def _ball(value: str, radius: str) -> arb:
    with ctx.workprec(2 * BITS):
        return arb(value, radius)


if __name__ == "__main__":
    Path(__file__).parent.joinpath("data", FILE).write_text(window_moments_json(), encoding="utf-8")
