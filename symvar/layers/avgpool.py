"""Average-pooling, tiling or overlapping."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.geometry import Windows
from symvar.layers.base import Call, Example, Layer, Shape
from symvar.layers.pooling import AbstractPool
from symvar.primitives import Average, Primitive
from symvar.reference import cite


@dataclass(frozen=True)
class AvgPool(AbstractPool):
    """The mean over each window.

    Args:
        window: window size per axis.
        stride: step per axis; the window size where None, so that windows tile.
        padding: zeros per axis.
        counts_padding: whether padded zeros count in the divisor.
        ceil: whether the number of windows is rounded up.
    """

    counts_padding: bool = True

    name = "avgpool"
    reference = cite("asv", "A.29")
    torch = ("aten.avg_pool1d", "aten.avg_pool2d", "aten.avg_pool3d")
    onnx = ("AveragePool",)

    def windows(self, before: Shape) -> Windows:
        """Which positions each output position reads."""
        return self.sliding(before)

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """The mean over its windows."""
        return (Average(self.windows(before), self.counts_padding),)

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.avg_poolNd``."""
        divisor = call.arguments.get("divisor_override")
        call.require(divisor is None, "the window's own size as divisor", f"divisor {divisor}")
        counted = bool(call.arguments.get("count_include_pad", True))
        return cls.of_torch(call, counts_padding=counted)

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``AveragePool``."""
        one_apart = (1,) * (len(call.input_shape) - 1)
        dilation = call.integers("dilations", len(one_apart), 1)
        call.require(dilation == one_apart, "dilations of 1", f"dilations {dilation}")
        counted = bool(call.arguments.get("count_include_pad", 0))
        return cls.of_onnx(call, dilation, counts_padding=counted)


AvgPool.examples = (
    Example("windows that tile", AvgPool(2), (1, 4), "AvgPool1d(2)"),
    Example("windows that overlap", AvgPool(3, 1), (1, 5), "AvgPool1d(3, 1)"),
    Example("padding counted", AvgPool(3, 2, 1), (1, 4), "AvgPool1d(3, 2, 1)"),
    Example(
        "padding not counted",
        AvgPool(3, 2, 1, False),
        (1, 4),
        "AvgPool1d(3, 2, 1, count_include_pad=False)",
    ),
    Example("rounded up", AvgPool(2, ceil=True), (1, 5), "AvgPool1d(2, ceil_mode=True)"),
    Example(
        "rounded up, padding counted",
        AvgPool(3, 2, 1, ceil=True),
        (1, 2, 6),
        "AvgPool2d(3, 2, 1, ceil_mode=True)",
    ),
    Example("2-d", AvgPool((2, 3)), (2, 4, 6), "AvgPool2d((2, 3))"),
)
