"""The fully connected layer."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.errors import ShapeError
from symvar.geometry import Size, Windows, require_size
from symvar.layers.base import Call, Example, Layer, Shape
from symvar.layers.denseeach import DenseEach
from symvar.primitives import Mix, Primitive
from symvar.reference import cite


@dataclass(frozen=True)
class Dense(Layer):
    """Every output reads every input: u = Wz + b.

    Args:
        out: number of output units.
        bias: whether a bias is added.
    """

    out: Size
    bias: bool = True

    name = "dense"
    reference = cite("asv", "A.22")
    torch = ("aten.linear",)
    onnx = ("Gemm", "MatMul")
    weight_axes = ("out", "in")

    def shape(self, before: Shape) -> Shape:
        """``(out,)``."""
        self.weight_shape(before)
        return (self.out,)

    def weight_shape(self, before: Shape) -> Shape:
        """``(out, in)``.

        Raises:
            ShapeError: for an input that is not flat.
        """
        require_size("out", self.out)
        if len(before) != 1:
            raise ShapeError(
                "input",
                need="a flat input (features,)",
                have=f"shape {before}",
                remedy="put a Flatten or GlobalAveragePool and Flatten before it",
            )
        return (self.out, before[0])

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """A mix without windows."""
        out, into = self.weight_shape(before)
        return (Mix.over(Windows(), into, out, 1, self.bias),)

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.linear``: the weight lies as (out, in); at every position where there are some."""
        kind = cls if len(call.input_shape) == 1 else DenseEach
        return kind(call.weight_shape[0], bias=call.bias)

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``MatMul``, whose weight lies as (in, out), and ``Gemm``, where transB turns it."""
        if call.operator == "MatMul":
            call.require(
                len(call.weight_shape) == 2, "a weight of two axes", str(call.weight_shape)
            )
            kind = cls if len(call.input_shape) == 1 else DenseEach
            return kind(call.weight_shape[1], bias=call.bias)
        call.require(not call.arguments.get("transA"), "the data as first factor", "transA=1")
        for factor in ("alpha", "beta"):
            scale = call.arguments.get(factor, 1.0)
            call.require(scale == 1, f"{factor}=1", f"{factor}={scale}")
        return cls(call.weight_shape[0 if call.arguments.get("transB") else 1], bias=call.bias)


Dense.examples = (
    Example("more inputs than outputs", Dense(3), (5,), "Linear(5, 3)"),
    Example("more outputs than inputs, no bias", Dense(4, bias=False), (2,), "Linear(2, 4, False)"),
)
