"""Batch normalisation with the statistics of the batch at hand."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.geometry import Size
from symvar.layers.base import Call, Example, Layer, Shape
from symvar.primitives import Primitive, Standardise
from symvar.reference import cite


@dataclass(frozen=True)
class BatchNorm(Layer):
    r"""Each channel centred and divided by its standard deviation over batch and positions.

    Scale and shift start at one and zero, so nothing else happens at initialisation. A model in
    evaluation is read the same way: its running statistics are those of no data yet.

    Args:
        affine: whether each channel has a trainable scale and shift.
    """

    affine: bool = True

    name = "batchnorm"
    reference = cite("batchnorm", "section 3")
    torch = ("aten.batch_norm",)
    onnx = ("BatchNormalization",)

    def shape(self, before: Shape) -> Shape:
        """Unchanged."""
        return before

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """Mean and deviation of each channel."""
        return (Standardise(("batch", "positions")),)

    def parameter_count(self, before: Shape) -> Size:
        """A scale and a shift for each channel."""
        return 2 * before[0] if self.affine else 0

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.batch_norm`` and ``BatchNormalization``, whose scale may be missing."""
        return cls(affine=bool(call.weight_shape))


BatchNorm.examples = (
    Example("2-d", BatchNorm(), (3, 4, 4), "BatchNorm2d(3)"),
    Example("flat", BatchNorm(), (5,), "BatchNorm1d(5)"),
)
