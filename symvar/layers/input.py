"""The network's input."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.geometry import require_size
from symvar.layers.base import Example, Layer, Shape
from symvar.primitives import Primitive
from symvar.reference import cite


@dataclass(frozen=True)
class Input(Layer):
    """Where the signal enters.

    Args:
        size: channels and spatial axes, without the batch.
    """

    size: Shape

    name = "input"
    reference = cite("asv", "section 3.1")

    def shape(self, before: Shape) -> Shape:
        """Its own size.

        Raises:
            ShapeError: for a size that is not positive, or none at all.
        """
        require_size("axes", len(self.size))
        for size in self.size:
            require_size("size", size)
        return self.size

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """Nothing: it is where a theory starts."""
        return ()


Input.examples = (
    Example("an image", Input((3, 4, 5)), (3, 4, 5), "Identity()"),
    Example("a vector", Input((7,)), (7,), "Identity()"),
)
