"""The sigmoid-weighted linear unit."""

from __future__ import annotations

import sympy as sp

from symvar.activations.base import Activation
from symvar.reference import cite
from symvar.symbols import x


class Silu(Activation):
    r"""$f(x) = x/(1 + e^{-x})$, also called swish.

    >>> print(Silu().mean(1).evalf(20))
    0.20662096414190703726
    """

    name = "silu"
    expression = x / (1 + sp.exp(-x))
    nondecreasing = False
    homogeneous = False
    reference = cite("gelu", "the SiLU named there")
    torch = ("aten.silu", "aten.silu_")
    torch_module = "SiLU()"
