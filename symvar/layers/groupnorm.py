"""Group normalisation."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.errors import ShapeError
from symvar.geometry import Size, is_number, require_size
from symvar.layers.base import Call, Example, Layer, Shape
from symvar.primitives import Primitive, Standardise
from symvar.reference import cite


@dataclass(frozen=True)
class GroupNorm(Layer):
    """Each group of channels centred and divided by its deviation over these and positions.

    Args:
        groups: how many groups the channels are split into.
        affine: whether each channel has a trainable scale and shift.
    """

    groups: Size
    affine: bool = True

    name = "groupnorm"
    reference = cite("groupnorm", "section 3.1")
    torch = ("aten.group_norm",)
    onnx = ("GroupNormalization",)

    def shape(self, before: Shape) -> Shape:
        """Unchanged.

        Raises:
            ShapeError: for channels that the groups do not divide.
        """
        require_size("groups", self.groups)
        numbers = is_number(before[0]) and is_number(self.groups)
        if numbers and int(before[0]) % int(self.groups):
            raise ShapeError(
                "groups",
                need=f"a number that divides the {before[0]} channels",
                have=str(self.groups),
                remedy="change the channels or the groups",
            )
        return before

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """Mean and deviation of each group."""
        return (Standardise(("channels", "positions"), self.groups),)

    def parameter_count(self, before: Shape) -> Size:
        """A scale and a shift for each channel."""
        return 2 * before[0] if self.affine else 0

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.group_norm``."""
        return cls(int(call.arguments["num_groups"]), bool(call.weight_shape))

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``GroupNormalization``."""
        return cls(int(call.arguments["num_groups"]))


GroupNorm.examples = (
    Example("two groups", GroupNorm(2), (4, 3, 3), "GroupNorm(2, 4)"),
    Example("one channel each", GroupNorm(3), (3, 5), "GroupNorm(3, 3)"),
)
