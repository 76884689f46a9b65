"""The axes in another order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from symvar.errors import ShapeError
from symvar.layers.base import Call, Example, Layer, Shape
from symvar.primitives import Primitive, Rearrange
from symvar.reference import cite


@dataclass(frozen=True)
class Permute(Layer):
    """The same units with their axes in another order; the batch stays first.

    Args:
        order: the axes behind the batch in their new order, counted from 0.
    """

    order: tuple[int, ...]

    name = "permute"
    reference = cite("asv", "A.2")
    torch = ("aten.permute", "aten.transpose", "aten.movedim", "aten.swapaxes", "aten.swapdims")
    onnx = ("Transpose",)

    def shape(self, before: Shape) -> Shape:
        """The sizes in the new order.

        Raises:
            ShapeError: for an order that is none of these axes.
        """
        if sorted(self.order) != list(range(len(before))):
            raise ShapeError(
                "order",
                need=f"each of the axes {tuple(range(len(before)))} once",
                have=str(self.order),
                remedy="name every axis behind the batch once",
            )
        return tuple(before[axis] for axis in self.order)

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """A rearrangement by the order."""
        self.shape(before)
        return (Rearrange(before, self.order),)

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """Any permutation that leaves the batch alone."""
        order = full_order(call.arguments, len(call.input_shape) + 1)
        call.require(order[0] == 0, "an order that leaves the batch first", f"order {order}")
        return cls(tuple(axis - 1 for axis in order[1:]))


def full_order(given: Mapping[str, Any], axes: int) -> list[int]:
    """The order of all axes, the batch included, from an operator's arguments.

    >>> full_order({"dim0": 1, "dim1": -1}, 4)
    [0, 3, 2, 1]
    """
    if "dims" in given:
        return [int(each) % axes for each in given["dims"]]
    if "source" in given:
        ends = (given[name] for name in ("source", "destination"))
        pairs = [[each] if isinstance(each, int) else list(each) for each in ends]
        moved = {to % axes: at % axes for at, to in zip(*pairs, strict=True)}
        rest = iter(axis for axis in range(axes) if axis not in moved.values())
        return [moved[axis] if axis in moved else next(rest) for axis in range(axes)]
    for one, other in (("dim0", "dim1"), ("axis0", "axis1")):
        if one in given:
            swap = {given[one] % axes: given[other] % axes, given[other] % axes: given[one] % axes}
            return [swap.get(axis, axis) for axis in range(axes)]
    return [int(each) for each in given.get("perm", reversed(range(axes)))]


Permute.examples = (
    Example("channels last", Permute((1, 2, 0)), (3, 4, 5), "lambda x: x.permute(0, 2, 3, 1)"),
    Example("two axes swapped", Permute((1, 0)), (3, 2), "lambda x: x.transpose(1, 2)"),
    Example("one axis moved", Permute((2, 0, 1)), (2, 3, 4), "lambda x: x.movedim(-1, 1)"),
)
