"""Layer normalisation."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.errors import ShapeError
from symvar.geometry import Size, plain, prod
from symvar.layers.base import Call, Example, Layer, Shape
from symvar.primitives import Primitive, Rearrange, Standardise
from symvar.reference import cite


@dataclass(frozen=True)
class LayerNorm(Layer):
    """Each signal centred and divided by its standard deviation over its last axes.

    Scale and shift start at one and zero.

    Args:
        affine: whether each unit of these axes has a trainable scale and shift.
        last: how many axes, from the last; all behind the batch where None.

    Raises:
        ShapeError: for more axes than there are.
    """

    affine: bool = True
    last: int | None = None

    name = "layernorm"
    reference = cite("layernorm", "4")
    torch = ("aten.layer_norm",)
    onnx = ("LayerNormalization",)

    def shape(self, before: Shape) -> Shape:
        """Unchanged."""
        self._split(before)
        return before

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """Mean and deviation of the whole signal, or of each of its parts as of a group."""
        outer, inner = self._split(before)
        if not outer:
            return (Standardise(("channels", "positions")),)
        parts = plain(prod(outer))
        norm = Standardise(("channels", "positions"), parts)
        return (Rearrange((parts, *inner)), norm, Rearrange(before))

    def parameter_count(self, before: Shape) -> Size:
        """A scale and a shift for each unit of the axes it is taken over."""
        return plain(2 * prod(self._split(before)[1])) if self.affine else 0

    def _split(self, before: Shape) -> tuple[Shape, Shape]:
        """The axes left alone, and those the norm is taken over."""
        last = len(before) if self.last is None else self.last
        if not 0 < last <= len(before):
            raise ShapeError(
                "last",
                need=f"at least one of the {len(before)} axes",
                have=str(last),
                remedy="leave it out for a norm over all axes behind the batch",
            )
        return before[: len(before) - last], before[len(before) - last :]

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.layer_norm`` over the last axes, every axis behind the batch or fewer."""
        over = tuple(call.arguments["normalized_shape"])
        last = tuple(call.input_shape)[-len(over) :]
        call.require(over == last, f"a norm over the last axes of {call.input_shape}", str(over))
        whole = len(over) == len(call.input_shape)
        return cls(bool(call.weight_shape), None if whole else len(over))

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``LayerNormalization`` from an axis behind the batch on."""
        axes, axis = len(call.input_shape) + 1, int(call.arguments.get("axis", -1))
        first = axis % axes
        call.require(first > 0, "a norm that leaves the batch alone", f"axis {axis}")
        return cls(bool(call.weight_shape), None if first == 1 else axes - first)


LayerNorm.examples = (
    Example("flat", LayerNorm(), (6,), "LayerNorm(6)"),
    Example("an image", LayerNorm(), (3, 4, 5), "LayerNorm((3, 4, 5))"),
    Example("features last", LayerNorm(last=1), (2, 3, 5), "LayerNorm(5)"),
)
