"""Channels of zeros added to a signal, as in the shortcuts of residual nets without projections."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.geometry import Size, plain, require_size
from symvar.layers.base import Example, Layer, Shape, whole_sizes
from symvar.primitives import Copy, Primitive
from symvar.reference import cite


@dataclass(frozen=True)
class PadChannels(Layer):
    """Zeros before and behind the channels.

    Args:
        low: channels of zeros before.
        high: channels of zeros behind.

    >>> PadChannels(0, 16).shape((16, 8, 8))
    (32, 8, 8)
    """

    low: Size = 0
    high: Size = 0

    name = "padchannels"
    reference = cite("resnet", "section 4.1, option A")

    def shape(self, before: Shape) -> Shape:
        """``(low + channels + high, *positions)``."""
        for side in (self.low, self.high):
            require_size("padding", side, positive=False)
        return (plain(self.low + before[0] + self.high), *before[1:])

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """Copies, and zeros around them."""
        sizes = whole_sizes(before, "padchannels")
        low, high = whole_sizes((self.low, self.high), "padchannels")
        channels = ((None,) * low) + tuple(range(sizes[0])) + ((None,) * high)
        return (Copy(sizes, (channels, *(tuple(range(size)) for size in sizes[1:]))),)


PadChannels.examples = (
    Example("behind", PadChannels(0, 2), (2, 3), "lambda x: F.pad(x, (0, 0, 0, 2))"),
    Example("on both sides", PadChannels(1, 1), (2, 2, 2), "lambda x: F.pad(x, (0,) * 4 + (1, 1))"),
)
