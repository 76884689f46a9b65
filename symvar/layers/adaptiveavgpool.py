"""Average-pooling to a given size."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.layers.adaptivepooling import AbstractAdaptive
from symvar.layers.base import Call, Example, Layer, Shape
from symvar.layers.globalavgpool import GlobalAvgPool
from symvar.primitives import Average, Primitive
from symvar.reference import cite


@dataclass(frozen=True)
class AdaptiveAvgPool(AbstractAdaptive):
    """The mean over windows that make a map of a given size.

    Args:
        size: outputs per axis.
    """

    name = "adaptiveavgpool"
    reference = cite("spp", "section 2.2")
    torch = ("aten.adaptive_avg_pool1d", "aten.adaptive_avg_pool2d", "aten.adaptive_avg_pool3d")

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """The mean over its windows."""
        return (Average(self.windows(before)),)

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.adaptive_avg_poolNd``; to one position it is a global pool."""
        alone = all(size == 1 for size in call.output_shape[1:])
        return GlobalAvgPool() if alone else cls(call.output_shape[1:])


AdaptiveAvgPool.examples = (
    Example("windows of two sizes", AdaptiveAvgPool(3), (1, 5), "AdaptiveAvgPool1d(3)"),
    Example("windows that tile", AdaptiveAvgPool(2), (1, 4), "AdaptiveAvgPool1d(2)"),
    Example("more outputs than inputs", AdaptiveAvgPool(3), (1, 2), "AdaptiveAvgPool1d(3)"),
    Example("2-d", AdaptiveAvgPool((2, 3)), (2, 5, 4), "AdaptiveAvgPool2d((2, 3))"),
)
