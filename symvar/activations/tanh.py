"""The hyperbolic tangent."""

from __future__ import annotations

import sympy as sp

from symvar.activations.base import Activation
from symvar.reference import cite
from symvar.symbols import x


class Tanh(Activation):
    r"""$f(x) = \tanh x$: no closed moments, certified digits.

    >>> print(Tanh().second_moment(1).evalf(20))
    0.39429449039784117442
    """

    name = "tanh"
    expression = sp.tanh(x)
    nondecreasing = True
    homogeneous = False
    reference = cite("glorot", "experiments with the tanh")
    torch = ("aten.tanh", "aten.tanh_")
    onnx = ("Tanh",)
    torch_module = "Tanh()"
