"""The fully connected layer at every position of a signal whose last axis holds the features."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.errors import ShapeError
from symvar.geometry import Size, plain, prod, require_size
from symvar.layers.base import Example, Layer, Shape
from symvar.primitives import Mix, Primitive
from symvar.reference import cite


@dataclass(frozen=True)
class DenseEach(Layer):
    """The same map of the last axis at every position: a convolution of one tap, channels last.

    Args:
        out: number of output features.
        bias: whether a bias is added.
    """

    out: Size
    bias: bool = True

    name = "denseeach"
    reference = cite("convnext", "section 2.6")
    weight_axes = ("out", "in")

    def shape(self, before: Shape) -> Shape:
        """``(*positions, out)``."""
        self.weight_shape(before)
        return (*before[:-1], self.out)

    def weight_shape(self, before: Shape) -> Shape:
        """``(out, in)``.

        Raises:
            ShapeError: for a flat input.
        """
        require_size("out", self.out)
        if len(before) < 2:
            raise ShapeError(
                "input",
                need="positions, and features on the last axis",
                have=f"shape {before}",
                remedy="use Dense",
            )
        return (self.out, before[-1])

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """A mix of the features at each position."""
        out, into = self.weight_shape(before)
        places = prod(before[:-1])
        return (
            Mix(
                inputs=plain(places * into),
                outputs=plain(places * out),
                connections=plain(places * into * out),
                fan_in=into,
                fan_out=out,
                bias=self.bias,
            ),
        )

    def parameter_count(self, before: Shape) -> Size:
        """The weight, and a bias for each output feature."""
        return plain(prod(self.weight_shape(before)) + (self.out if self.bias else 0))


DenseEach.examples = (
    Example("one row of positions", DenseEach(4), (3, 2), "Linear(2, 4)"),
    Example("a map, no bias", DenseEach(2, bias=False), (2, 3, 5), "Linear(5, 2, False)"),
)
