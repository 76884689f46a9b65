"""The product of several signals, as in channel attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symvar.errors import ShapeError
from symvar.layers.base import AbstractJoin, Example, Shape
from symvar.primitives import Join, Product
from symvar.reference import cite


@dataclass(frozen=True)
class Multiply(AbstractJoin):
    """The product of what feeds it, unit by unit; an axis of size one is repeated."""

    name = "multiply"
    reference = cite("senet", "4")
    torch = ("aten.mul", "aten.mul_")
    onnx = ("Mul",)

    def joined(self, befores: Sequence[Shape]) -> Shape:
        """The largest size of each axis.

        Raises:
            ShapeError: where two sizes differ and neither is one.
        """
        axes = len(befores[0])
        fits = all(len(shape) == axes for shape in befores)
        largest = tuple(
            next((size for size in along if size != 1), along[0])
            for along in zip(*befores, strict=False)
        )
        if not fits or any(
            size not in (1, most)
            for shape in befores
            for size, most in zip(shape, largest, strict=True)
        ):
            raise ShapeError(
                "factors",
                need="signals of one shape, or of size one along an axis",
                have=", ".join(map(str, befores)),
                remedy="reshape the gate to (channels, 1, ..., 1)",
            )
        return largest

    def join(self, befores: Sequence[Shape]) -> Join:
        """A product."""
        return Product()


Multiply.examples = (
    Example("a gate of each channel", Multiply(), ((3, 4, 4), (3, 1, 1)), "lambda a, b: a * b"),
    Example("unit by unit", Multiply(), ((2, 3), (2, 3)), "lambda a, b: a * b"),
)
