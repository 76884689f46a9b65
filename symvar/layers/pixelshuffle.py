"""Channels into positions, and positions into channels."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.errors import ShapeError
from symvar.geometry import require_size
from symvar.layers.base import Call, Example, Layer, Shape, whole_sizes
from symvar.primitives import Primitive, Rearrange
from symvar.reference import cite


@dataclass(frozen=True)
class PixelShuffle(Layer):
    """A block of positions out of the channels at one position, or back.

    Args:
        factor: the block's size along each axis.
        back: whether blocks of positions become channels.
        depth_first: whether the block's channels lie further apart than the others (ONNX's mode
            ``DCR``).
    """

    factor: int
    back: bool = False
    depth_first: bool = False

    name = "pixelshuffle"
    reference = cite("ye", "section 7.3.2")
    torch = ("aten.pixel_shuffle", "aten.pixel_unshuffle")
    onnx = ("DepthToSpace", "SpaceToDepth")

    def shape(self, before: Shape) -> Shape:
        """Channels divided and positions multiplied by the block, or the other way round.

        Raises:
            ShapeError: for sizes that the block does not divide.
        """
        require_size("factor", self.factor)
        channels, *space = whole_sizes(before, "pixelshuffle")
        block = self.factor ** len(space)
        divided = [each % self.factor for each in space] if self.back else [channels % block]
        if not space or any(divided):
            raise ShapeError(
                "factor",
                need=f"positions or channels that blocks of {self.factor} per axis divide",
                have=f"shape {before}",
                remedy="change the sizes or the factor",
            )
        if self.back:
            return (channels * block, *(each // self.factor for each in space))
        return (channels // block, *(each * self.factor for each in space))

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """A rearrangement of blocks."""
        channels, *space = whole_sizes(before, "pixelshuffle")
        axes, by = len(space), self.factor
        if self.back:
            split = (channels, *(part for each in space for part in (each // by, by)))
            inner = tuple(2 * axis + 2 for axis in range(axes))
            outer = tuple(2 * axis + 1 for axis in range(axes))
            order = (*inner, 0, *outer) if self.depth_first else (0, *inner, *outer)
            return (Rearrange(split, order),)
        rest = channels // by**axes
        blocks = (by,) * axes
        split = (*blocks, rest, *space) if self.depth_first else (rest, *blocks, *space)
        first = axes if self.depth_first else 0
        start = 0 if self.depth_first else 1
        pairs = (part for axis in range(axes) for part in (axes + 1 + axis, start + axis))
        return (Rearrange(split, (first, *pairs)),)

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.pixel_shuffle`` and ``aten.pixel_unshuffle``."""
        back = "unshuffle" in call.operator
        return cls(int(call.arguments["downscale_factor" if back else "upscale_factor"]), back)

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``DepthToSpace`` in both modes, and ``SpaceToDepth``."""
        mode = call.arguments.get("mode", b"DCR")
        mode = mode.decode() if isinstance(mode, bytes) else mode
        back = call.operator == "SpaceToDepth"
        return cls(int(call.arguments["blocksize"]), back, back or mode == "DCR")


PixelShuffle.examples = (
    Example("to positions", PixelShuffle(2), (8, 2, 3), "PixelShuffle(2)"),
    Example("to channels", PixelShuffle(2, back=True), (2, 4, 2), "PixelUnshuffle(2)"),
)
