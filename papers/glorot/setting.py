"""Glorot and Bengio 2010: the paper and its notation."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims import (
    IdenticallyDistributed,
    Independent,
    Paper,
    ZeroMean,
    random_family,
    random_variable,
)
from symvar.symbols import size

paper = Paper(
    "glorot",
    "Understanding the difficulty of training deep feedforward neural networks",
    numbered=[str(number) for number in range(1, 18)],
)

# The weights that meet one unit, the activations before it, the gradients after it.
weights, x, grad = map(random_family, ("W", "x", "g"))
weight, activation, gradient = map(random_variable, ("W", "z", "g"))
here, after = size("n_i"), size("n_{i+1}")
k = sp.Symbol("k", integer=True)
depth = size("d")
layer = sp.Symbol("i", integer=True, nonnegative=True)
index = sp.Symbol("i'", integer=True)
sizes, variances = (sp.Function(name, positive=True) for name in ("n", "v"))
var_x, var_last = sp.symbols("V_x V_d", positive=True)
before = sp.Symbol("V", positive=True)

WEIGHTS = (
    Independent(weights),
    IdenticallyDistributed(weights),
    ZeroMean(weights),
)
"""Weights drawn independently of one law with mean zero."""
FORWARD = (Independent(weights, x), *WEIGHTS, IdenticallyDistributed(x))
BACKWARD = (Independent(weights, grad), *WEIGHTS, IdenticallyDistributed(grad))

unit = sp.Sum(weights[k] * x[k], (k, 1, here))
"""A unit after layer i, in the linear regime, biases zero."""
returned = sp.Sum(weights[k] * grad[k], (k, 1, after))
"""The gradient by a unit before layer i."""


def eq(left: Any, right: Any) -> sp.Eq:
    """An equation as printed: sympy must not judge it."""
    return sp.Eq(left, right, evaluate=False)


def chain(first: Any, last: Any, shift: int = 0) -> sp.Product:
    """The product of n Var[W] over layers, n of the layer itself or of one after it."""
    return sp.Product(sizes(index + shift) * variances(index), (index, first, last))
