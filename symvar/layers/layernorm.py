"""Layer normalisation."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.geometry import Size, plain, prod
from symvar.layers.base import Call, Example, Layer, Shape
from symvar.primitives import Primitive, Standardise
from symvar.reference import cite


@dataclass(frozen=True)
class LayerNorm(Layer):
    """Each signal centred and divided by its standard deviation over channels and positions.

    Scale and shift start at one and zero.

    Args:
        affine: whether each unit has a trainable scale and shift.
    """

    affine: bool = True

    name = "layernorm"
    reference = cite("layernorm", "4")
    torch = ("aten.layer_norm",)
    onnx = ("LayerNormalization",)

    def shape(self, before: Shape) -> Shape:
        """Unchanged."""
        return before

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """Mean and deviation of the whole signal."""
        return (Standardise(("channels", "positions")),)

    def parameter_count(self, before: Shape) -> Size:
        """A scale and a shift for each unit."""
        return plain(2 * prod(before)) if self.affine else 0

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.layer_norm`` over every axis behind the batch."""
        over = tuple(call.arguments["normalized_shape"])
        call.require(over == tuple(call.input_shape), f"a norm over {call.input_shape}", str(over))
        return cls(bool(call.weight_shape))

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``LayerNormalization`` over every axis behind the batch."""
        axis = int(call.arguments.get("axis", -1))
        first = axis if axis > 0 else axis + len(call.input_shape) + 1
        call.require(first == 1, "a norm over every axis behind the batch", f"axis {axis}")
        return cls()


LayerNorm.examples = (
    Example("flat", LayerNorm(), (6,), "LayerNorm(6)"),
    Example("an image", LayerNorm(), (3, 4, 5), "LayerNorm((3, 4, 5))"),
)
