"""The piecewise quadratic that stands for SiLU."""

from __future__ import annotations

import sympy as sp

from symvar.activations.base import Activation
from symvar.reference import cite
from symvar.symbols import x


class HardSwish(Activation):
    r"""$f(x) = x \min(\max(x + 3, 0), 6)/6$.

    >>> print(HardSwish().second_moment(1).evalf(20))
    0.33156737513790769459
    """

    name = "hard-swish"
    expression = x * sp.Min(sp.Max(x + 3, 0), 6) / 6
    nondecreasing = False
    homogeneous = False
    reference = cite("mobilenetv3", "section 5.2")
    torch = ("aten.hardswish", "aten.hardswish_")
    onnx = ("HardSwish",)
    torch_module = "Hardswish()"
