"""He et al. 2015, "Delving Deep into Rectifiers": the paper and its notation."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims import (
    IdenticallyDistributed,
    Independent,
    Paper,
    Symmetric,
    ZeroMean,
    random_family,
    random_variable,
)
from symvar.symbols import size

paper = Paper(
    "he",
    "Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet Classification",
    numbered=[str(number) for number in range(1, 16)],
)

# The weights that meet one unit, the responses before, inputs, and gradients by the inputs after.
w, y, x, grad = map(random_family, ("w", "y", "x", r"{\Delta x}"))
response = random_variable("y")
slope = sp.Symbol("a", real=True)
fan_in, fan_out = size("n_l"), size(r"\hat{n}_l")
i, j = sp.symbols("i j", integer=True)

WEIGHTS = (
    Independent(w),
    IdenticallyDistributed(w),
    ZeroMean(w),
)
"""Section 2.2: independent weights of one law with mean zero."""
FORWARD = (Independent(w, x), *WEIGHTS, Independent(x), IdenticallyDistributed(x))
RECTIFIED = (Independent(w, y), *WEIGHTS, IdenticallyDistributed(y), Symmetric(y))


def eq(left: Any, right: Any) -> sp.Eq:
    """An equation as printed: sympy must not judge it."""
    return sp.Eq(left, right, evaluate=False)


def relu(u: Any) -> sp.Expr:
    """f of section 2.2."""
    return sp.Max(0, u)


def relu_slope(u: Any) -> sp.Expr:
    """f' of section 2.2: one above zero, else zero."""
    return sp.Heaviside(u, 0)


def prelu(u: Any, a: Any = slope) -> sp.Expr:
    """The parametric rectifier, in the form that the source calls equivalent to (1)."""
    return sp.Max(0, u) + a * sp.Min(0, u)


def prelu_slope(u: Any, a: Any = slope) -> sp.Expr:
    """Its derivative: one above zero, else a."""
    return relu_slope(u) + a * (1 - relu_slope(u))


def over(term: Any, length: Any) -> sp.Sum:
    """A sum over the connections of one unit."""
    return sp.Sum(term, (i, 1, length))
