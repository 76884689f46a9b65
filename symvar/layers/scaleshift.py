"""Scale and shift: of every channel and trainable, or of every unit and fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from symvar.errors import ShapeError
from symvar.geometry import Size
from symvar.layers.base import Example, Layer, Shape, exact
from symvar.primitives import Affine, Primitive
from symvar.reference import cite


@dataclass(frozen=True)
class ScaleShift(Layer):
    r"""$a z + b$; importers read it off a product, quotient, sum or difference with a constant.

    A trainable scale starts at one and a trainable shift at zero, one for each channel; a stored
    model's own values are those after training, so they are not read.

    Args:
        scale: a; its first value where it is trainable.
        shift: b; its first value where it is trainable.
        learnt: how many numbers for each channel are trainable, 0, 1 or 2.

    Raises:
        ShapeError: for a scale of zero, which would end the signal, or a count out of range.
    """

    scale: Any = sp.Integer(1)
    shift: Any = sp.Integer(0)
    learnt: int = 0

    name = "scaleshift"
    reference = cite("batchnorm", "section 3")

    def __post_init__(self) -> None:
        for name in ("scale", "shift"):
            object.__setattr__(self, name, exact(getattr(self, name), name))
        if self.scale == 0 or self.learnt not in (0, 1, 2):
            raise ShapeError(
                "scaleshift",
                need="a scale that is not zero, and at most 2 trainable numbers",
                have=f"scale {self.scale}, learnt {self.learnt}",
                remedy="leave the branch out, or set the scale to its first value that is not zero",
            )

    def shape(self, before: Shape) -> Shape:
        """Unchanged."""
        return before

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """A scale and a shift."""
        return (Affine(self.scale, self.shift, bool(self.learnt)),)

    def parameter_count(self, before: Shape) -> Size:
        """So many for each channel."""
        return self.learnt * before[0]


ScaleShift.examples = (
    Example("fixed", ScaleShift(sp.Rational(1, 2), 3), (2, 3), "lambda x: x * 0.5 + 3"),
    Example("turned over", ScaleShift(-2), (2, 2), "lambda x: -2 * x"),
    Example("trainable", ScaleShift(learnt=2), (3, 2), "Identity()"),
)
