"""What adaptive pools share: an output size, and windows that make it."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.errors import ShapeError
from symvar.geometry import Axis, Windows, is_number, require_size
from symvar.layers.base import Call, Layer, PerAxis, Shape, per_axis
from symvar.listed import Listed


@dataclass(frozen=True)
class AbstractAdaptive(Layer):
    """A layer that makes a map of a given size, whatever the input's.

    Args:
        size: outputs per axis.
    """

    size: PerAxis

    def windows(self, before: Shape) -> Windows:
        """Windows of the same size where that divides the input's, else longer and shorter ones.

        Raises:
            ShapeError: without spatial axes, and for a symbolic size of more than one output.
        """
        if len(before) < 2:
            raise ShapeError(
                "input",
                need="channels and at least one spatial axis",
                have=f"shape {before}",
                remedy="move this layer before the flatten",
            )
        axes: list[Axis | Listed] = []
        for size, outputs in zip(
            before[1:], per_axis(self.size, len(before) - 1, "size"), strict=True
        ):
            require_size("size", outputs)
            if outputs == 1:
                axes.append(Axis(size, size))
                continue
            if not (is_number(size) and is_number(outputs)):
                raise ShapeError(
                    "size",
                    need="integer sizes, to say what each window reads",
                    have=f"{outputs} outputs of {size} inputs",
                    remedy="give the input its sizes as numbers, or pool to one position",
                )
            whole, rest = divmod(int(size), int(outputs))
            even = Axis(int(size), whole, whole) if whole and not rest else None
            axes.append(even or Listed.adaptive(int(size), int(outputs)))
        return Windows(tuple(axes))

    def shape(self, before: Shape) -> Shape:
        """``(channels, *size)``."""
        return (before[0], *self.windows(before).outputs)

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """An adaptive pool to the size of its output."""
        return cls(call.output_shape[1:])
