"""The symbols of the derivations, once: random signals, sizes, variables of integration."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar import symbols
from symvar.claims import Gaussian, HasLaw, Independent, random_family, random_variable

T = symbols.window
s = symbols.t
y, theta = sp.symbols(r"y \theta", real=True)
i, j, k = sp.symbols("i j k", integer=True)
n, N = sp.symbols("n N", positive=True, integer=True)
q, v, r = sp.symbols("q v r", positive=True)
rho = sp.Symbol(r"\rho", real=True)
slope = sp.Symbol("a", real=True)
angle = sp.Symbol(r"\alpha", real=True)
var_w = sp.Symbol(r"\sigma_{w}^{2}", positive=True)
var_b = sp.Symbol(r"\sigma_{b}^{2}", nonnegative=True)

weights, signals, units, gradients = map(random_family, ("w", "z", "u", r"\delta"))
bias = random_variable("b")
STANDARD = Gaussian(0, 1)


def normal_units(variance: Any) -> tuple[Any, ...]:
    """Independent Gaussian pre-activations of mean zero."""
    return (HasLaw(units, Gaussian(0, variance)), Independent(units))


def total(term: Any, number: Any = n, index: sp.Symbol = i) -> sp.Sum:
    """The sum over the index from 1 to the number."""
    return sp.Sum(term, (index, 1, number))


def positive_part(term: Any) -> sp.Max:
    """The rectifier."""
    return sp.Max(0, term)


def over(term: Any, name: sp.Symbol = s, low: Any = 0, high: Any = sp.oo) -> sp.Integral:
    """The integral, unevaluated."""
    return sp.Integral(term, (name, low, high))


def indicator(condition: Any) -> sp.Piecewise:
    """One where the condition holds, else zero."""
    return sp.Piecewise((1, condition), (0, True))
