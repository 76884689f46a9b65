"""Local response normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from symvar import symbols
from symvar.geometry import Size, require_size
from symvar.layers.base import Call, Example, Layer, Shape, exact
from symvar.primitives import Normalise, Primitive
from symvar.reference import cite

NUMBERS = ("alpha", "beta", "bias")


@dataclass(frozen=True)
class LocalResponseNorm(Layer):
    r"""Each unit divided by a power of the energy of the channels around it.

    The divisor is $(\kappa + \alpha m)^\beta$, $m$ the mean square over ``size`` neighbouring
    channels at the same position.

    Args:
        size: number of channels in the mean square.
        alpha: weight of the mean square.
        beta: the exponent.
        bias: $\kappa$.
    """

    size: Size
    alpha: Any = sp.Rational(1, 10000)
    beta: Any = sp.Rational(3, 4)
    bias: Any = sp.Integer(1)

    name = "localresponsenorm"
    reference = cite("alexnet", "section 3.3")
    onnx = ("LRN",)

    def __post_init__(self) -> None:
        for name in NUMBERS:
            object.__setattr__(self, name, exact(getattr(self, name), name))

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
        return (Normalise("channel", self.size, divisor),)

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``LRN``."""
        stated = {name: call.arguments[name] for name in NUMBERS if name in call.arguments}
        return cls(int(call.arguments["size"]), **stated)


LocalResponseNorm.examples = (
    Example("alexnet", LocalResponseNorm(5), (6, 2), "LocalResponseNorm(5)"),
)
