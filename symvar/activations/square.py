"""The square."""

from __future__ import annotations

import sympy as sp

from symvar.activations.base import Activation
from symvar.reference import cite
from symvar.symbols import x


class Square(Activation):
    r"""$f(x) = x^2$.

    >>> from symvar.symbols import forward
    >>> Square().slope(forward)
    4*q^{(\ell)}
    """

    name = "square"
    expression = x**2
    nondecreasing = False
    homogeneous = False
    even = True
    reference = cite("dulee", "title")
    torch = ("aten.square", "aten.square_")
    torch_module = "type('Square', (Module,), {'forward': lambda self, x: x.square()})()"

    def product(self, q: sp.Expr, correlation: sp.Expr) -> sp.Expr:
        r"""$q^2 (1 + 2c^2)$ (Isserlis)."""
        return sp.sympify(q) ** 2 * (1 + 2 * correlation**2)
