"""Instance normalisation."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.geometry import Size
from symvar.layers.base import Call, Example, Layer, Shape
from symvar.primitives import Primitive, Standardise
from symvar.reference import cite


@dataclass(frozen=True)
class InstanceNorm(Layer):
    """Each channel of each signal centred and divided by its deviation over its positions.

    Args:
        affine: whether each channel has a trainable scale and shift.
    """

    affine: bool = False

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

    def parameter_count(self, before: Shape) -> Size:
        """A scale and a shift for each channel."""
        return 2 * before[0] if self.affine else 0

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.instance_norm`` and ``InstanceNormalization``, whose scale may be missing."""
        return cls(affine=bool(call.weight_shape))


InstanceNorm.examples = (Example("2-d", InstanceNorm(), (3, 4, 4), "InstanceNorm2d(3)"),)
