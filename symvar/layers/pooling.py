"""What max- and average-pooling share: windows with a size, a stride and a padding."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, Self

from symvar.geometry import Windows
from symvar.layers.base import (
    Call,
    Layer,
    Padding,
    PerAxis,
    Shape,
    onnx_padding,
    windows_over,
)


@dataclass(frozen=True)
class AbstractPool(Layer):
    """A layer that makes one unit of each window.

    Args:
        window: window size per axis.
        stride: step per axis; the window size where None, so that windows tile.
        padding: positions beyond the border per axis.
    """

    window: PerAxis
    stride: PerAxis | None = None
    padding: Padding = 0

    @abstractmethod
    def windows(self, before: Shape) -> Windows:
        """Which positions each output position reads."""

    def shape(self, before: Shape) -> Shape:
        """``(channels, *positions)``."""
        return (before[0], *self.windows(before).outputs)

    def sliding(self, before: Shape, dilation: PerAxis = 1) -> Windows:
        """The windows over a shape; they tile where no stride is given."""
        stride = self.window if self.stride is None else self.stride
        return windows_over(before, self.window, stride, self.padding, dilation)

    @classmethod
    def of_torch(cls, call: Call, **more: Any) -> Self:
        """The layer of an ``aten`` pooling operator; ``more`` are fields of its own.

        Raises:
            UnsupportedOperator: where rounding up gives outputs that rounding down does not.
        """
        axes = len(call.input_shape) - 1
        window = call.integers("kernel_size", axes, 1)
        stride = call.integers("stride", axes, 0)
        padding = call.integers("padding", axes, 0)
        layer = cls(window, stride if any(stride) else window, padding, **more)
        return layer.rounding_down(call)

    @classmethod
    def of_onnx(cls, call: Call, spacing: tuple[int, ...], **more: Any) -> Self:
        """The layer of an ONNX pooling operator of dilation ``spacing``; ``more`` as above.

        Raises:
            UnsupportedOperator: where rounding up gives outputs that rounding down does not.
        """
        axes = len(call.input_shape) - 1
        window = call.integers("kernel_shape", axes, 1)
        padding = onnx_padding(call, window, spacing)
        return cls(window, call.integers("strides", axes, 1), padding, **more).rounding_down(call)

    def rounding_down(self, call: Call) -> Self:
        """The layer itself, unless the call rounds up to outputs it does not give."""
        rounds_up = bool(call.arguments.get("ceil_mode"))
        same = not rounds_up or self.shape(call.input_shape) == call.output_shape
        call.require(same, "windows that end inside the padded input", "ceil_mode=True")
        return self
