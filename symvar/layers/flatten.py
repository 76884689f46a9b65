"""Channels and positions in one row."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.geometry import plain, prod
from symvar.layers.base import Call, Example, Layer, Shape
from symvar.primitives import Primitive, Rearrange
from symvar.reference import cite


@dataclass(frozen=True)
class Flatten(Layer):
    """The same units as a flat signal."""

    name = "flatten"
    reference = cite("asv", "A.2")
    torch = ("aten.flatten", "aten.view", "aten.reshape")
    onnx = ("Flatten", "Reshape")

    def shape(self, before: Shape) -> Shape:
        """``(units,)``."""
        return (plain(prod(before)),)

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """A rearrangement."""
        return (Rearrange(),)

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """Any reshaping whose output is flat."""
        call.require(
            call.output_shape == cls().shape(call.input_shape),
            "a reshape to (batch, units)",
            f"{call.input_shape} to {call.output_shape} behind the batch",
        )
        return cls()


Flatten.examples = (
    Example("an image", Flatten(), (2, 3, 4), "Flatten()"),
    Example("a map of one position", Flatten(), (3, 1), "Flatten()"),
)
