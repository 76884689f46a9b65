"""Channels of groups interleaved, as between grouped convolutions."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.errors import ShapeError
from symvar.geometry import require_size
from symvar.layers.base import Call, Example, Layer, Shape, whole_sizes
from symvar.primitives import Copy, Primitive
from symvar.reference import cite


@dataclass(frozen=True)
class ChannelShuffle(Layer):
    """The first channel of every group, then the second of every group, and so on.

    Importers also read it off a reshape to groups, their exchange and a reshape back.

    Args:
        groups: how many groups the channels are split into.
    """

    groups: int

    name = "channelshuffle"
    reference = cite("shufflenet", "section 3.1")
    torch = ("aten.channel_shuffle",)

    def shape(self, before: Shape) -> Shape:
        """Unchanged.

        Raises:
            ShapeError: for channels that the groups do not divide.
        """
        require_size("groups", self.groups)
        if whole_sizes(before[:1], "channelshuffle")[0] % self.groups:
            raise ShapeError(
                "groups",
                need=f"a number that divides the {before[0]} channels",
                have=str(self.groups),
                remedy="change the channels or the groups",
            )
        return before

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """Copies of channels."""
        self.shape(before)
        sizes = whole_sizes(before, "channelshuffle")
        share = sizes[0] // self.groups
        channels = tuple(
            group * share + place for place in range(share) for group in range(self.groups)
        )
        return (Copy(sizes, (channels, *(tuple(range(size)) for size in sizes[1:]))),)

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.channel_shuffle``."""
        return cls(int(call.arguments["groups"]))


ChannelShuffle.examples = (
    Example("two groups", ChannelShuffle(2), (6, 2, 2), "ChannelShuffle(2)"),
    Example("three groups", ChannelShuffle(3), (6, 1, 2), "ChannelShuffle(3)"),
)
