"""The notation of the chapter, and the steps by which a check covers every size at once."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims import Paper
from symvar.symbols import size

paper = Paper(
    "cotter",
    "Uses of Complex Wavelets in Deep Convolutional Neural Networks, background chapter",
    numbered=[
        f"1.{section}.{number}"
        for section, last in ((1, 31), (2, 27), (3, 22))
        for number in range(1, last + 1)
    ],
)

N, N_b = size("N"), size("N_b")
sigma, tau = sp.symbols("sigma tau", positive=True)
eta, gain, lamda = sp.symbols("eta gamma lambda", positive=True)


def real(names: str) -> Any:
    """Real symbols."""
    return sp.symbols(names, real=True)


def positive(names: str) -> Any:
    """Positive symbols."""
    return sp.symbols(names, positive=True)


def eq(left: Any, right: Any) -> sp.Eq:
    """An equation kept as it is written."""
    return sp.Eq(left, right, evaluate=False)


def le(left: Any, right: Any) -> sp.Le:
    """A weak inequality kept as it is written."""
    return sp.Le(left, right, evaluate=False)


def normal_density(y: sp.Expr, mean: sp.Expr, deviation: sp.Expr) -> sp.Expr:
    """The density at y of the normal law with this mean and standard deviation."""
    scale = deviation * sp.sqrt(2 * sp.pi)
    return sp.exp(-((y - mean) ** 2) / (2 * deviation**2)) / scale


def normal_log_likelihood(count: sp.Expr, squares: sp.Expr, deviation: sp.Expr) -> sp.Expr:
    """(1.1.7): of so many values, whose squared distances from their means sum to ``squares``."""
    constant = -count * sp.log(deviation) - count / 2 * sp.log(2 * sp.pi)
    return constant - squares / (2 * deviation**2)
