"""Maxout: the largest of k pre-activations of its own makes one unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import sympy as sp

from symvar.activations.base import UnitFunction
from symvar.activations.leaky_relu import bent_product
from symvar.errors import NeedsFact
from symvar.geometry import Size
from symvar.integrals import order_moment
from symvar.integrals.arguments import positive_integer
from symvar.reference import Reference, cite


@dataclass(frozen=True)
class Maxout(UnitFunction):
    r"""$f(u_1, \dots, u_k) = \max_i u_i$, $u_i$ independent Gaussians of variance q.

    It is no function of one pre-activation, so no row of ``symvar list``: a layer of it has k
    times as many pre-activations as units. Max-pooled over T units it is the largest of kT.

    Args:
        inputs: k, a positive integer or a symbol declared one.

    Raises:
        ArgumentError: k no positive integer.

    >>> from symvar.symbols import forward
    >>> Maxout(2).mean(forward).doit()
    sqrt(q^{(\ell)})/sqrt(pi)
    >>> Maxout(4).forward_gain(1).doit()
    1/(sqrt(3)/pi + 1)
    """

    inputs: Any

    reference: ClassVar[Reference] = cite("maxout", "the definition of a maxout unit")

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", positive_integer(self.inputs, "maxout inputs"))

    def second_moment(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$q\,\mathrm{E}[M_{kT}^2]$."""
        return q * order_moment(self.inputs * window, 2)

    def mean(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$\sqrt q\,\mathrm{E}[M_{kT}]$."""
        return sp.sqrt(q) * order_moment(self.inputs * window, 1)

    def slope(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        """One: of all pre-activations exactly one passes its gradient."""
        return sp.Integer(1)

    def input_product(self, q: sp.Expr) -> sp.Expr:
        r"""$\mathrm{E}[u_1 f] = q\,\Pr[u_1 \text{ is the largest}] = q/k$ (Stein)."""
        return q / self.inputs

    def largest_second_moment(self, q: sp.Expr, window: Size) -> sp.Expr:
        """That of the largest of all: maxima commute."""
        return self.second_moment(q, window)

    def product(self, q: sp.Expr, correlation: sp.Expr) -> sp.Expr:
        r"""$\mathrm{E}[f(u) f(v)]$, $u_i$ and $v_i$ of this correlation, else independent.

        k = 2, by sum and difference: $\tfrac q2 c + \tfrac q\pi (\sqrt{1-c^2} + c \arcsin c)$.
        Any k at c = 0 and c = 1.

        Raises:
            NeedsFact: for another k and c, where no single integral is known.
        """
        c = sp.sympify(correlation)
        if self.inputs == 1:
            return q * c
        if self.inputs == 2:
            return q * c / 2 + bent_product(sp.Integer(-1), q, c) / 2
        if c == 0:
            return self.mean(q) ** 2
        if c == 1:
            return self.second_moment(q)
        raise NeedsFact(
            f"maxout of {self.inputs}",
            need="two inputs, or a correlation of 0 or 1",
            have=f"the correlation {c}",
            remedy="use Maxout(2), or measure it",
        )
