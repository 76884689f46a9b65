"""The sum of several signals, as in a residual block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symvar.errors import ShapeError
from symvar.layers.base import AbstractJoin, Call, Example, Layer, Shape
from symvar.primitives import Join, Sum
from symvar.reference import cite


@dataclass(frozen=True)
class Add(AbstractJoin):
    """The sum of what feeds it, unit by unit."""

    name = "add"
    reference = cite("resnet", "1")
    torch = ("aten.add", "aten.add_")
    onnx = ("Add", "Sum")

    def joined(self, befores: Sequence[Shape]) -> Shape:
        """The shape all summands have.

        Raises:
            ShapeError: for summands of different shapes.
        """
        first = befores[0]
        if any(shape != first for shape in befores):
            raise ShapeError(
                "summands",
                need="signals of one shape",
                have=", ".join(map(str, befores)),
                remedy="project or pad the shortcut to the shape of the branch",
            )
        return first

    def join(self, befores: Sequence[Shape]) -> Join:
        """A sum."""
        return Sum()

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.add`` with a factor of one."""
        alpha = call.arguments.get("alpha", 1)
        call.require(alpha == 1, "summands without a factor", f"alpha {alpha}")
        return cls()


Add.examples = (
    Example("a block and its shortcut", Add(), ((2, 3), (2, 3)), "lambda a, b: a + b"),
    Example("of three", Add(), ((2,), (2,), (2,)), "lambda a, b, c: a + b + c"),
)
