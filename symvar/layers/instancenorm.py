"""Instance normalisation."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.layers.base import Example, Layer, Shape
from symvar.primitives import Primitive, Standardise
from symvar.reference import cite


@dataclass(frozen=True)
class InstanceNorm(Layer):
    """Each channel of each signal centred and divided by its deviation over its positions."""

    name = "instancenorm"
    reference = cite("instancenorm", "section 2")
    torch = ("aten.instance_norm",)
    onnx = ("InstanceNormalization",)

    def shape(self, before: Shape) -> Shape:
        """Unchanged."""
        return before

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """Mean and deviation over the positions of a channel."""
        return (Standardise(("positions",)),)


InstanceNorm.examples = (Example("2-d", InstanceNorm(), (3, 4, 4), "InstanceNorm2d(3)"),)
