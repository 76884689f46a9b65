"""The absolute value."""

from __future__ import annotations

import sympy as sp

from symvar.activations.base import Activation
from symvar.activations.leaky_relu import LeakyRectifier
from symvar.geometry import Size
from symvar.reference import cite
from symvar.symbols import x

FOLDED = LeakyRectifier(-1)


class Absolute(Activation):
    r"""$f(x) = |x|$.

    >>> Absolute().mean(4)
    2*sqrt(2)/sqrt(pi)
    """

    name = "abs"
    expression = sp.Abs(x)
    nondecreasing = False
    homogeneous = True
    even = True
    reference = cite("chosaul", "the kernel of order one")
    torch = ("aten.abs", "aten.abs_")
    onnx = ("Abs",)
    torch_module = "type('Abs', (Module,), {'forward': lambda self, x: x.abs()})()"

    def second_moment(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$q\,\mathrm{E}[M_T^2]$."""
        return FOLDED.second_moment(q, window)

    def mean(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$\sqrt{q}\,(2\mathrm{E}[M_T^+] - \mathrm{E}[M_T])$."""
        return FOLDED.mean(q, window)

    def slope(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        """One, whatever the variance."""
        return sp.Integer(1)

    def product(self, q: sp.Expr, correlation: sp.Expr) -> sp.Expr:
        r"""$\tfrac{2q}{\pi} (\sqrt{1-c^2} + c \arcsin c)$."""
        return FOLDED.product(q, correlation)
