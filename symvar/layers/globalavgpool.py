"""Global average pooling."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.layers.avgpool import AvgPool
from symvar.layers.base import Call, Example, Layer, Shape, windows_over
from symvar.primitives import Average, Primitive
from symvar.reference import cite


@dataclass(frozen=True)
class GlobalAvgPool(Layer):
    """The mean over all positions of a channel: average-pooling with one window."""

    name = "globalavgpool"
    reference = cite("asv", "13")
    torch = ("aten.adaptive_avg_pool1d", "aten.adaptive_avg_pool2d", "aten.adaptive_avg_pool3d")
    onnx = ("GlobalAveragePool",)

    def shape(self, before: Shape) -> Shape:
        """``(channels, 1, ..., 1)``."""
        return (before[0], *(1 for _ in before[1:]))

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """The mean over one window that is the whole map."""
        return (Average(windows_over(before, before[1:], 1, 0)),)

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.adaptive_avg_poolNd``: to one position, or to a size that divides the input's."""
        if all(size == 1 for size in call.output_shape[1:]):
            return cls()
        sizes = list(zip(call.input_shape[1:], call.output_shape[1:], strict=True))
        call.require(
            all(int(size) % int(wanted) == 0 for size, wanted in sizes),
            "an output size that divides the input size on every axis",
            f"input {call.input_shape[1:]}, output {call.output_shape[1:]}",
        )
        return AvgPool(tuple(int(size) // int(wanted) for size, wanted in sizes))

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``GlobalAveragePool``."""
        return cls()


GlobalAvgPool.examples = (
    Example("1-d", GlobalAvgPool(), (1, 4), "AdaptiveAvgPool1d(1)"),
    Example("2-d", GlobalAvgPool(), (3, 2, 5), "AdaptiveAvgPool2d(1)"),
)
