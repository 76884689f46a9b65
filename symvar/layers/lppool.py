"""Lp pooling: the p-norm of each window."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.errors import ShapeError
from symvar.geometry import Windows
from symvar.layers.base import Call, Example, Layer, Shape
from symvar.layers.pooling import AbstractPool
from symvar.primitives import PowerMean, Primitive
from symvar.reference import cite


@dataclass(frozen=True)
class LpPool(AbstractPool):
    r"""$(\sum_i |z_i|^p)^{1/p}$ over each window, as frameworks have it: a sum, not a mean.

    Importers also read it off the powers and the average that torch makes of it.

    Args:
        window: window size per axis.
        stride: step per axis; the window size where None, so that windows tile.
        padding: positions beyond the border per axis, which add nothing.
        power: p, a positive integer.
        ceil: whether the number of windows is rounded up.

    Raises:
        ShapeError: for another p.
    """

    power: int = 2

    name = "lppool"
    reference = cite("sermanet", "section 2.2")
    onnx = ("LpPool", "GlobalLpPool")

    def __post_init__(self) -> None:
        if not isinstance(self.power, int) or self.power < 1:
            raise ShapeError(
                "power", need="a positive integer", have=str(self.power), remedy="use 1 or 2"
            )

    def windows(self, before: Shape) -> Windows:
        """Which positions each output position reads."""
        return self.sliding(before)

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """The norm over its windows."""
        return (PowerMean(self.windows(before), self.power),)

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``LpPool`` and ``GlobalLpPool``."""
        power = int(call.arguments.get("p", 2))
        if call.operator == "GlobalLpPool":
            return cls(call.input_shape[1:], 1, power=power)
        one_apart = (1,) * (len(call.input_shape) - 1)
        dilation = call.integers("dilations", len(one_apart), 1)
        call.require(dilation == one_apart, "dilations of 1", f"dilations {dilation}")
        return cls.of_onnx(call, dilation, power=power)


LpPool.examples = (
    Example("p = 2", LpPool(2), (1, 4), "LPPool1d(2, 2)"),
    Example("p = 2 in two axes", LpPool((1, 2)), (2, 2, 4), "LPPool2d(2, (1, 2))"),
)
