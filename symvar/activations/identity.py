"""No activation."""

from __future__ import annotations

import sympy as sp

from symvar.activations.base import Activation
from symvar.geometry import Size
from symvar.integrals import order_moment
from symvar.reference import cite
from symvar.symbols import x


class Identity(Activation):
    """$f(x) = x$: its pooled moments are those of the largest order statistic.

    >>> Identity().second_moment(4)
    4
    """

    name = "identity"
    expression = x
    nondecreasing = True
    homogeneous = True
    reference = cite("asv", "A.26")
    onnx = ("Identity",)
    torch_module = "Identity()"

    def second_moment(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$q\,\mathrm{E}[M_T^2]$."""
        return sp.sympify(q) if window == 1 else q * order_moment(window, 2)

    def mean(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$\sqrt{q}\,\mathrm{E}[M_T]$."""
        return sp.Integer(0) if window == 1 else sp.sqrt(q) * order_moment(window, 1)

    def slope(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        """One, whatever the variance."""
        return sp.Integer(1)

    def product(self, q: sp.Expr, correlation: sp.Expr) -> sp.Expr:
        """$q c$."""
        return q * correlation
