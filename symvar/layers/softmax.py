"""Softmax as the output."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.layers.base import Call, Example, Layer, Shape
from symvar.primitives import Primitive, Rearrange
from symvar.reference import cite


@dataclass(frozen=True)
class Softmax(Layer):
    """Softmax or its logarithm at the end of the network.

    The loss's cotangent is taken at the logits, its input, so it changes no moment; nothing may
    follow it.
    """

    name = "softmax"
    reference = cite("asv", "section 4.2")
    torch = ("aten.softmax", "aten.log_softmax")
    onnx = ("Softmax", "LogSoftmax")
    terminal = True

    def shape(self, before: Shape) -> Shape:
        """Unchanged."""
        return before

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """The logits, where the cotangent enters."""
        return (Rearrange(),)

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.softmax`` and ``aten.log_softmax``, over the features."""
        return cls()


Softmax.examples = (Example("over classes", Softmax(), (5,), "Softmax(1)"),)
