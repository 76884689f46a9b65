"""The error function."""

from __future__ import annotations

import sympy as sp

from symvar.activations.base import Activation
from symvar.reference import cite
from symvar.symbols import x


class ErrorFunction(Activation):
    r"""$f(x) = \operatorname{erf} x$: every moment is closed (Williams).

    >>> from symvar.symbols import forward
    >>> ErrorFunction().second_moment(forward)
    2*asin(2*q^{(\ell)}/(2*q^{(\ell)} + 1))/pi
    """

    name = "erf"
    expression = sp.erf(x)
    nondecreasing = True
    homogeneous = False
    reference = cite("williams", "networks of error functions")
    torch = ("aten.erf", "aten.erf_")
    onnx = ("Erf",)
    torch_module = "type('Erf', (Module,), {'forward': lambda self, x: x.erf()})()"

    def product(self, q: sp.Expr, correlation: sp.Expr) -> sp.Expr:
        r"""$\tfrac2\pi \arcsin(2qc/(1 + 2q))$."""
        return 2 * sp.asin(2 * q * correlation / (1 + 2 * q)) / sp.pi
