"""The rectifier cut off at six."""

from __future__ import annotations

import sympy as sp

from symvar.activations.base import Activation
from symvar.reference import cite
from symvar.symbols import x


class Relu6(Activation):
    r"""$f(x) = \min(\max(x, 0), 6)$.

    >>> print(Relu6().second_moment(1).evalf(20))
    0.49999999807527047738
    """

    name = "relu6"
    expression = sp.Min(sp.Max(x, 0), 6)
    nondecreasing = True
    homogeneous = False
    reference = cite("mobilenetv2", "the use of ReLU6")
    torch = ("aten.relu6", "aten.relu6_")
    torch_module = "ReLU6()"
