"""Max-pooling, tiling or overlapping."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.geometry import Windows
from symvar.layers.base import Call, Example, Layer, PerAxis, Shape
from symvar.layers.pooling import AbstractPool
from symvar.primitives import Primitive, WindowMax
from symvar.reference import cite


@dataclass(frozen=True)
class MaxPool(AbstractPool):
    """The maximum over each window; padding never wins.

    Args:
        window: window size per axis.
        stride: step per axis; the window size where None, so that windows tile.
        padding: positions beyond the border per axis, left out of the maximum.
        dilation: distance between the units of a window per axis.
        ceil: whether the number of windows is rounded up.
    """

    dilation: PerAxis = 1

    name = "maxpool"
    reference = cite("asv", "A.28")
    torch = (
        "aten.max_pool1d",
        "aten.max_pool2d",
        "aten.max_pool3d",
        "aten.max_pool1d_with_indices",
        "aten.max_pool2d_with_indices",
        "aten.max_pool3d_with_indices",
    )
    onnx = ("MaxPool", "GlobalMaxPool")

    def windows(self, before: Shape) -> Windows:
        """Which positions each output position reads."""
        return self.sliding(before, self.dilation)

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """The maximum over its windows."""
        return (WindowMax(self.windows(before)),)

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.max_poolNd``."""
        dilation = call.integers("dilation", len(call.input_shape) - 1, 1)
        return cls.of_torch(call, dilation=dilation)

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``MaxPool``, its indices aside, and ``GlobalMaxPool``."""
        if call.operator == "GlobalMaxPool":
            return cls(call.input_shape[1:], 1)
        dilation = call.integers("dilations", len(call.input_shape) - 1, 1)
        return cls.of_onnx(call, dilation, dilation=dilation)


MaxPool.examples = (
    Example("windows that tile", MaxPool(2), (1, 4), "MaxPool1d(2)"),
    Example("windows that overlap", MaxPool(3, 2), (1, 5), "MaxPool1d(3, 2)"),
    Example("a unit no window reads", MaxPool(2), (1, 5), "MaxPool1d(2)"),
    Example("vgg", MaxPool(2), (2, 6, 4), "MaxPool2d(2)"),
    Example("alexnet, overlapping", MaxPool(3, 2), (2, 7, 7), "MaxPool2d(3, 2)"),
    Example("cut by the border", MaxPool(3, 2, 1), (1, 4), "MaxPool1d(3, 2, 1)"),
    Example("dilated", MaxPool(2, 1, 0, 2), (1, 4), "MaxPool1d(2, 1, 0, 2)"),
    Example("rounded up", MaxPool(2, ceil=True), (1, 5), "MaxPool1d(2, ceil_mode=True)"),
    Example(
        "rounded up and padded",
        MaxPool(3, 2, 1, ceil=True),
        (1, 2, 6),
        "MaxPool2d(3, 2, 1, ceil_mode=True)",
    ),
    Example("3-d", MaxPool((1, 2, 2)), (1, 2, 2, 4), "MaxPool3d((1, 2, 2))"),
)
