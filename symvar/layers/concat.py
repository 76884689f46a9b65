"""Signals side by side along the channels, as in dense blocks and U-Nets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp

from symvar.errors import ShapeError
from symvar.geometry import plain
from symvar.layers.base import AbstractJoin, Call, Example, Layer, Shape
from symvar.primitives import Concat as Concatenation
from symvar.primitives import Join
from symvar.reference import cite


@dataclass(frozen=True)
class Concat(AbstractJoin):
    """The channels of what feeds it, one signal's after the other's."""

    name = "concat"
    reference = cite("densenet", "2")
    torch = ("aten.cat",)
    onnx = ("Concat",)

    def joined(self, befores: Sequence[Shape]) -> Shape:
        """The channels added, the spatial axes as all have them.

        Raises:
            ShapeError: for signals whose spatial axes differ.
        """
        first = befores[0]
        if any(shape[1:] != first[1:] for shape in befores):
            raise ShapeError(
                "signals",
                need="the same spatial axes",
                have=", ".join(map(str, befores)),
                remedy="pad, crop or resize them to one size before the concatenation",
            )
        return (plain(sp.Add(*(shape[0] for shape in befores))), *first[1:])

    def join(self, befores: Sequence[Shape]) -> Join:
        """Side by side."""
        return Concatenation()

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.cat`` along the channels."""
        dim = int(call.arguments.get("dim", 0))
        call.require(dim in (1, -len(call.output_shape)), "the channel axis", f"axis {dim}")
        return cls()

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``Concat`` along the channels."""
        axis = int(call.arguments.get("axis", 1))
        call.require(axis in (1, -len(call.output_shape)), "the channel axis", f"axis {axis}")
        return cls()


Concat.examples = (
    Example("channels of two", Concat(), ((2, 3), (1, 3)), "lambda a, b: torch.cat([a, b], 1)"),
    Example("flat", Concat(), ((2,), (3,)), "lambda a, b: torch.cat([a, b], 1)"),
)
