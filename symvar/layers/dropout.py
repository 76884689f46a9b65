"""Dropout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from symvar.errors import ShapeError
from symvar.layers.base import Call, Example, Layer, Shape, exact
from symvar.primitives import Mask, Primitive, Rearrange
from symvar.reference import cite


@dataclass(frozen=True)
class Dropout(Layer):
    """A random mask in training, nothing in evaluation.

    Args:
        p: the probability of setting a unit to zero; the others are divided by 1 - p.
        training: whether the mask is drawn. A model exported for inference says no.
        channels: whether whole channels are set to zero.

    Raises:
        ShapeError: for a probability outside [0, 1).
    """

    p: Any = sp.Rational(1, 2)
    training: bool = True
    channels: bool = False

    name = "dropout"
    reference = cite("dropout", "section 4")
    torch = ("aten.dropout", "aten.dropout_", "aten.feature_dropout", "aten.feature_dropout_")
    onnx = ("Dropout",)

    def __post_init__(self) -> None:
        p = exact(self.p, "p")
        object.__setattr__(self, "p", p)
        if not (p.is_nonnegative and (1 - p).is_positive):
            raise ShapeError(
                "dropout", need="a probability in [0, 1)", have=f"p = {p}", remedy="use 0 <= p < 1"
            )

    def shape(self, before: Shape) -> Shape:
        """Unchanged."""
        return before

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """The mask in training, else the same units."""
        return (Mask(1 - self.p, self.channels) if self.training else Rearrange(),)

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.dropout``: the trace says whether the module was in training mode."""
        whole = "feature" in call.operator
        return cls(call.arguments["p"], bool(call.arguments["train"]), whole)

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``Dropout``: inactive unless the file sets its training mode (opset 12 and later)."""
        ratio = call.arguments.get("ratio", sp.Rational(1, 2))
        return cls(ratio, bool(call.arguments.get("training_mode", False)))


Dropout.examples = (
    Example("in training", Dropout(sp.Rational(1, 4)), (3, 2), "Dropout(0.25)"),
    Example("of channels", Dropout("1/4", channels=True), (3, 2, 2), "Dropout2d(0.25)"),
    Example("in evaluation", Dropout(training=False), (3, 2), "Dropout(0.5).eval()"),
)
