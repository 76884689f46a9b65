"""The logistic function."""

from __future__ import annotations

import sympy as sp

from symvar.activations.base import Activation
from symvar.geometry import Size
from symvar.reference import cite
from symvar.symbols import x


class Sigmoid(Activation):
    r"""$f(x) = 1/(1 + e^{-x}) = \tfrac12 + \tfrac12 \tanh(x/2)$.

    >>> Sigmoid().mean(1)
    1/2
    """

    name = "sigmoid"
    expression = 1 / (1 + sp.exp(-x))
    nondecreasing = True
    homogeneous = False
    reference = cite("glorot", "experiments with the sigmoid")
    torch = ("aten.sigmoid", "aten.sigmoid_")
    onnx = ("Sigmoid",)
    torch_module = "Sigmoid()"

    def mean(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        """One half for one Gaussian: f - 1/2 is odd."""
        return sp.Rational(1, 2) if window == 1 else super().mean(q, window)
