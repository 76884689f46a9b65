"""Max-pooling to a given size."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.layers.adaptivepooling import AbstractAdaptive
from symvar.layers.base import Example, Shape
from symvar.primitives import Primitive, WindowMax
from symvar.reference import cite


@dataclass(frozen=True)
class AdaptiveMaxPool(AbstractAdaptive):
    """The maximum over windows that make a map of a given size.

    Args:
        size: outputs per axis.
    """

    name = "adaptivemaxpool"
    reference = cite("spp", "section 2.2")
    torch = ("aten.adaptive_max_pool1d", "aten.adaptive_max_pool2d", "aten.adaptive_max_pool3d")

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """The maximum over its windows."""
        return (WindowMax(self.windows(before)),)


AdaptiveMaxPool.examples = (
    Example("windows of two sizes", AdaptiveMaxPool(3), (1, 5), "AdaptiveMaxPool1d(3)"),
    Example("one window", AdaptiveMaxPool(1), (1, 4), "AdaptiveMaxPool1d(1)"),
    Example("2-d", AdaptiveMaxPool((2, 3)), (2, 5, 4), "AdaptiveMaxPool2d((2, 3))"),
)
