"""What max- and average-pooling share: windows with a size, a stride and a padding."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field, replace
from typing import Any, Self

from symvar.errors import ShapeError
from symvar.geometry import Axis, Windows
from symvar.layers.base import (
    Call,
    Layer,
    Padding,
    PerAxis,
    Shape,
    onnx_padding,
    windows_over,
)
from symvar.listed import Listed


@dataclass(frozen=True)
class AbstractPool(Layer):
    """A layer that makes one unit of each window.

    Args:
        window: window size per axis.
        stride: step per axis; the window size where None, so that windows tile.
        padding: positions beyond the border per axis.
        ceil: whether the number of windows is rounded up: one that begins inside the input, or
            the padding before it, may end beyond.
    """

    window: PerAxis
    stride: PerAxis | None = None
    padding: Padding = 0
    ceil: bool = field(default=False, kw_only=True)

    @abstractmethod
    def windows(self, before: Shape) -> Windows:
        """Which positions each output position reads."""

    def shape(self, before: Shape) -> Shape:
        """``(channels, *positions)``."""
        return (before[0], *self.windows(before).outputs)

    def sliding(self, before: Shape, dilation: PerAxis = 1) -> Windows:
        """The windows over a shape; they tile where no stride is given."""
        stride = self.window if self.stride is None else self.stride
        windows = windows_over(before, self.window, stride, self.padding, dilation)
        return Windows(tuple(map(_rounded_up, windows.axes))) if self.ceil else windows

    @classmethod
    def of_torch(cls, call: Call, **more: Any) -> Self:
        """The layer of an ``aten`` pooling operator; ``more`` are fields of its own."""
        axes = len(call.input_shape) - 1
        window = call.integers("kernel_size", axes, 1)
        stride = call.integers("stride", axes, 0)
        padding = call.integers("padding", axes, 0)
        up = bool(call.arguments.get("ceil_mode"))
        layer = cls(window, stride if any(stride) else window, padding, ceil=up, **more)
        return layer.simplest(call.input_shape)

    @classmethod
    def of_onnx(cls, call: Call, spacing: tuple[int, ...], **more: Any) -> Self:
        """The layer of an ONNX pooling operator of dilation ``spacing``; ``more`` as above."""
        axes = len(call.input_shape) - 1
        window = call.integers("kernel_shape", axes, 1)
        padding = onnx_padding(call, window, spacing)
        up = bool(call.arguments.get("ceil_mode"))
        layer = cls(window, call.integers("strides", axes, 1), padding, ceil=up, **more)
        return layer.simplest(call.input_shape)

    def simplest(self, before: Shape) -> Self:
        """Rounding down where that gives the same windows."""
        down = replace(self, ceil=False)
        numeric = self.ceil and down.windows(before).numeric
        return down if numeric and down.shape(before) == self.shape(before) else self


def _rounded_up(axis: Axis | Listed) -> Axis | Listed:
    """The windows rounded up; the same where rounding down gives them too, or sizes are symbols."""
    if isinstance(axis, Listed) or (axis.unpadded and axis.kernel == axis.stride == 1):
        return axis
    if not axis.numeric:
        raise ShapeError(
            "ceil",
            need="integer sizes, to round the number of windows up",
            have=f"an axis of size {axis.size}",
            remedy="give the input its sizes as numbers, or round down",
        )
    listed = Listed.rounded_up(axis)
    return axis if listed.outputs == axis.outputs else listed
