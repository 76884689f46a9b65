"""The rectifier with a slope below zero: leaky, or parametric where the slope is learnt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from symvar.activations.base import Activation, parameter
from symvar.geometry import Size
from symvar.integrals import gamma, order_moment, rectified_mean, tau
from symvar.reference import cite
from symvar.symbols import slope_below, x


@dataclass(frozen=True, eq=False, repr=False)
class LeakyRectifier(Activation):
    r"""$f(x) = x$ for $x > 0$ and $a x$ below; PReLU where a is learnt.

    A model's learnt slopes (``aten.prelu``, ``PRelu``) are no part of its graph: they are read as
    the symbol `symvar.symbols.slope_below`, one for all channels and not negative. Its moments
    hold at every slope: put a number in its place, or ask for ``LeakyRectifier("0.25")``.

    Args:
        below: a, a number or an expression.

    Raises:
        ArgumentError: for a slope that is no real number or expression.

    >>> from symvar.symbols import forward
    >>> LeakyRectifier(slope_below).second_moment(forward)
    q^{(\ell)}*(a**2 + 1)/2
    >>> LeakyRectifier("0.25").second_moment(1, 4).evalf(15)
    1.54425650432546
    """

    below: Any = sp.Rational(1, 100)

    name = "leaky-relu"
    homogeneous = True
    reference = cite("he", "1")
    torch = ("aten.leaky_relu", "aten.leaky_relu_", "aten.prelu")
    onnx = ("LeakyRelu", "PRelu")
    torch_module = "LeakyReLU()"

    def __post_init__(self) -> None:
        object.__setattr__(self, "below", parameter(self.below, "below"))

    @property
    def expression(self) -> sp.Expr:
        """The function of ``symvar.symbols.x``."""
        return sp.Piecewise((x, x > 0), (self.below * x, True))

    @property
    def nondecreasing(self) -> bool:
        """Whether the slope is known to be at least 0."""
        return bool(self.below.is_nonnegative)

    def second_moment(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$q\,((1 - a^2)\tau_T + a^2 \mathrm{E}[M_T^2])$."""
        square = self.below**2
        if window == 1:
            return q * (1 + square) / 2
        return q * ((1 - square) * tau(window) + square * order_moment(window, 2))

    def mean(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$\sqrt{q}\,((1 - a)\mathrm{E}[M_T^+] + a \mathrm{E}[M_T])$."""
        if window == 1:
            return sp.sqrt(q) * (1 - self.below) / sp.sqrt(2 * sp.pi)
        unit = (1 - self.below) * rectified_mean(window) + self.below * order_moment(window, 1)
        return sp.sqrt(q) * unit

    def slope(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$(1 - a^2)\,T\gamma_T + a^2$, whatever the variance."""
        square = self.below**2
        if window == 1:
            return (1 + square) / 2
        return (1 - square) * window * gamma(window) + square

    def product(self, q: sp.Expr, correlation: sp.Expr) -> sp.Expr:
        r"""From $f(x) = \tfrac{1+a}{2} x + \tfrac{1-a}{2} |x|$, whose parts do not correlate."""
        return bent_product(self.below, q, correlation)

    @classmethod
    def read(cls, operator: str, arguments: Mapping[str, Any]) -> Activation | None:
        """The slope is an argument of the leaky form; that of the parametric form is symbolic."""
        if operator in ("aten.prelu", "PRelu"):
            return cls(slope_below)
        return cls(arguments.get("negative_slope", arguments.get("alpha", cls.below)))


def bent_product(below: sp.Expr, q: sp.Expr, correlation: sp.Expr) -> sp.Expr:
    r"""$\mathrm{E}[f(u) f(v)]$ for slopes 1 above and a below zero.

    $q\,[\tfrac{(1+a)^2}{4} c + \tfrac{(1-a)^2}{4} \tfrac2\pi (\sqrt{1-c^2} + c \arcsin c)]$: the
    second part is $\mathrm{E}|uv|$, Cho and Saul's kernel of order one, folded.
    """
    c = sp.sympify(correlation)
    folded = 2 * (sp.sqrt(1 - c**2) + c * sp.asin(c)) / sp.pi
    return q * ((1 + below) ** 2 * c + (1 - below) ** 2 * folded) / 4
