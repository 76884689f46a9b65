"""The same units in another shape."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symvar.errors import ShapeError
from symvar.geometry import prod, require_size
from symvar.layers.base import Call, Example, Layer, Shape
from symvar.layers.flatten import Flatten
from symvar.primitives import Primitive, Rearrange
from symvar.reference import cite


@dataclass(frozen=True)
class Reshape(Layer):
    """The units row by row in a new shape; the batch is left alone.

    Args:
        size: the new shape, without the batch.
    """

    size: Shape

    name = "reshape"
    reference = cite("asv", "A.2")
    torch = (
        "aten.flatten",
        "aten.view",
        "aten._unsafe_view",
        "aten.reshape",
        "aten.unflatten",
        "aten.squeeze",
        "aten.unsqueeze",
    )
    onnx = ("Flatten", "Reshape", "Squeeze", "Unsqueeze")

    def shape(self, before: Shape) -> Shape:
        """The new shape.

        Raises:
            ShapeError: for a shape of another number of units.
        """
        require_size("axes", len(self.size))
        for size in self.size:
            require_size("size", size)
        if sp.expand(prod(self.size) - sp.sympify(prod(before))) != 0:
            raise ShapeError(
                "size",
                need=f"a shape of {prod(before)} units",
                have=f"{self.size}, of {prod(self.size)}",
                remedy="keep the number of units, and the batch as it is",
            )
        return self.size

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """A rearrangement that keeps the order."""
        return (Rearrange(),)

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """Any change of shape that leaves the batch alone; to one axis it is a flattening."""
        flat = len(call.output_shape) == 1
        layer = Flatten() if flat else cls(call.output_shape)
        same = sp.expand(prod(call.output_shape) - sp.sympify(prod(call.input_shape))) == 0
        call.require(
            same and bool(call.output_shape),
            "a reshape that leaves the batch alone",
            f"{call.input_shape} to {call.output_shape} behind the batch",
        )
        return layer


Reshape.examples = (
    Example("to an image", Reshape((2, 3, 2)), (12,), "Unflatten(1, (2, 3, 2))"),
    Example("channels in groups", Reshape((2, 3, 4)), (6, 4), "Unflatten(1, (2, 3))"),
)
