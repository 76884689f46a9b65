"""Local response normalisation."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symvar import symbols
from symvar.geometry import Size, require_size
from symvar.layers.base import Call, Example, Layer, Shape
from symvar.primitives import Normalise, Primitive
from symvar.reference import cite


@dataclass(frozen=True)
class LocalResponseNorm(Layer):
    r"""Each unit divided by $(\kappa + \alpha m)^\beta$.

    $m$ is the mean square over ``size`` neighbouring channels at the same position.

    Args:
        size: number of channels in the mean square.
        alpha: weight of the mean square.
        beta: the exponent.
        bias: $\kappa$.
    """

    size: Size
    alpha: sp.Expr = sp.Rational(1, 10000)
    beta: sp.Expr = sp.Rational(3, 4)
    bias: sp.Expr = sp.Integer(1)

    name = "localresponsenorm"
    reference = cite("alexnet", "section 3.3")
    onnx = ("LRN",)

    def shape(self, before: Shape) -> Shape:
        """Unchanged.

        Raises:
            ShapeError: for a size that is not positive.
        """
        require_size("size", self.size)
        return before

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """A division by a function of the mean square over channels."""
        m = symbols.mean_square
        divisor = sp.Lambda(m, (self.bias + self.alpha * m) ** self.beta)
        return (Normalise(("channel",), divisor),)

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``LRN``."""
        rational = {
            name: sp.Rational(str(call.arguments.get(name, default)))
            for name, default in (("alpha", "1e-4"), ("beta", "0.75"), ("bias", "1"))
        }
        return cls(int(call.arguments["size"]), **rational)


LocalResponseNorm.examples = (
    Example("alexnet", LocalResponseNorm(5), (6, 2), "LocalResponseNorm(5)"),
)
