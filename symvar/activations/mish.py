"""Mish."""

from __future__ import annotations

import sympy as sp

from symvar.activations.base import Activation
from symvar.reference import cite
from symvar.symbols import x


class Mish(Activation):
    r"""$f(x) = x \tanh(\log(1 + e^x))$.

    >>> print(Mish().second_moment(1).evalf(20))
    0.45234219237588277068
    """

    name = "mish"
    expression = x * sp.tanh(sp.log(1 + sp.exp(x)))
    nondecreasing = False
    homogeneous = False
    reference = cite("mish", "abstract")
    torch = ("aten.mish", "aten.mish_")
    onnx = ("Mish",)
    torch_module = "Mish()"
