"""Global average pooling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symvar.layers.base import Call, Example, Layer, Shape, windows_over
from symvar.primitives import Average, Primitive, Rearrange
from symvar.reference import cite


@dataclass(frozen=True)
class GlobalAvgPool(Layer):
    """The mean over all positions of a channel: average-pooling with one window.

    Args:
        flat: whether the spatial axes, each of size one, go away.
    """

    flat: bool = False

    name = "globalavgpool"
    reference = cite("asv", "13")
    torch = ("aten.mean",)
    onnx = ("GlobalAveragePool", "ReduceMean")

    def shape(self, before: Shape) -> Shape:
        """``(channels, 1, ..., 1)``, or ``(channels,)``."""
        return (before[0], *(1 for _ in before[1:] if not self.flat))

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """The mean over one window that is the whole map."""
        mean = Average(windows_over(before, before[1:], 1, 0))
        return (mean, Rearrange()) if self.flat else (mean,)

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.mean`` over every spatial axis."""
        keep = bool(call.arguments.get("keepdim"))
        return cls._over(call, call.arguments.get("dim"), keep)

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``GlobalAveragePool``, and ``ReduceMean`` over every spatial axis."""
        if call.operator == "GlobalAveragePool":
            return cls()
        return cls._over(call, call.arguments.get("axes"), bool(call.arguments.get("keepdims", 1)))

    @classmethod
    def _over(cls, call: Call, axes: Any, keep: bool) -> Layer:
        total = len(call.input_shape) + 1
        listed = [axes] if isinstance(axes, int) else axes or range(total)
        stated = sorted(int(axis) % total for axis in listed)
        spatial = list(range(2, total))
        call.require(bool(spatial) and stated == spatial, "every spatial axis", f"axes {stated}")
        return cls(not keep)


GlobalAvgPool.examples = (
    Example("1-d", GlobalAvgPool(), (1, 4), "AdaptiveAvgPool1d(1)"),
    Example("2-d", GlobalAvgPool(), (3, 2, 5), "AdaptiveAvgPool2d(1)"),
    Example("flat", GlobalAvgPool(flat=True), (2, 2, 3), "lambda x: x.mean((2, 3))"),
)
