"""The rectifier."""

from __future__ import annotations

import sympy as sp

from symvar.activations.base import Activation
from symvar.activations.leaky_relu import bent_product
from symvar.geometry import Size
from symvar.integrals import gamma, rectified_mean, tau
from symvar.reference import cite
from symvar.symbols import x


class Rectifier(Activation):
    r"""$f(x) = \max(0, x)$: its pooled moments are the constants of the source.

    >>> from symvar.symbols import forward
    >>> Rectifier().second_moment(forward)
    q^{(\ell)}/2
    """

    name = "relu"
    expression = sp.Max(0, x)
    nondecreasing = True
    homogeneous = True
    reference = cite("asv", "B.10")
    torch = ("aten.relu", "aten.relu_")
    onnx = ("Relu",)
    torch_module = "ReLU()"

    def second_moment(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$q\,\tau_T$ (asv, 12)."""
        return q * (tau(1).doit() if window == 1 else tau(window))

    def mean(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$\sqrt{q}\,T\int_0^\infty s\,\phi(s)\Phi(s)^{T-1}ds$."""
        return sp.sqrt(q) * rectified_mean(window)

    def slope(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$\Pr[M_T > 0] = T\gamma_T = 1 - 2^{-T}$, whatever the variance (asv, B.25)."""
        return gamma(1).doit() if window == 1 else sp.sympify(window) * gamma(window)

    def product(self, q: sp.Expr, correlation: sp.Expr) -> sp.Expr:
        r"""$\tfrac{q}{2\pi} (\sqrt{1-c^2} + c(\tfrac\pi2 + \arcsin c))$ (Cho and Saul)."""
        return bent_product(sp.Integer(0), q, correlation)
