"""Jiang et al. 2017, "nonlinearity generator": the paper and its notation."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims import Paper
from symvar.symbols import size

paper = Paper(
    "ng",
    "An Effective Training Method For Deep Convolutional Neural Network",
    numbered=["1", "2", "3", "4", "Theorem 1", "5", "6", "7", "8", "9"],
)

# The input of a node, its threshold, and the derivative of the objective by the node's output.
x, t, h, gradient = sp.symbols("x_i t_i h g", real=True)
eta, gamma = sp.symbols("eta gamma", positive=True)
quantity = sp.Symbol("q", positive=True)


def eq(left: Any, right: Any) -> sp.Eq:
    """An equation as printed: sympy must not judge it."""
    return sp.Eq(left, right, evaluate=False)


def relu(u: Any) -> sp.Expr:
    """f of the source."""
    return sp.Max(0, u)


def generator(u: Any, threshold: Any) -> sp.Expr:
    """GN as printed in equation (1)."""
    return relu(u - threshold) + threshold


def slope(u: Any, threshold: Any) -> sp.Expr:
    """The derivative by the threshold, as printed in equation (3)."""
    return sp.Piecewise((0, u > threshold), (1, True))


# The appendix: derivatives a_i of the objective by the m units, activations z_j of the n before.
a, z = (sp.IndexedBase(name, real=True) for name in ("a", "z"))
i, j, k, p = sp.symbols("i j k p", integer=True)
m, n = size("m"), size("n")


def over_units(term: Any, index: sp.Symbol = i) -> sp.Sum:
    """A sum over the m units of the layer."""
    return sp.Sum(term, (index, 1, m))


def over_inputs(term: Any, index: sp.Symbol = j) -> sp.Sum:
    """A sum over the n units of the layer before."""
    return sp.Sum(term, (index, 1, n))


mean_a = over_units(a[p], p) / m
mean_z = over_inputs(z[k], k) / n
var_a = over_units((a[i] - mean_a) ** 2) / m
var_z = over_inputs((z[j] - mean_z) ** 2) / n
square_a = over_units(a[i] ** 2) / m
change = -eta * a[i] * z[j]


def over_weights(term: Any) -> sp.Expr:
    """The mean over the m n weights of the layer: what Var and E mean in Theorem 1."""
    return sp.Sum(term, (j, 1, n), (i, 1, m)) / (m * n)


var_change = over_weights(change**2) - over_weights(change) ** 2
"""Var of the changes, from its definition: the mean square less the squared mean."""
