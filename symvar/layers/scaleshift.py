"""Scale and shift: of every channel and trainable, or of every unit and fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from symvar.geometry import Size, require_size
from symvar.layers.base import Example, Layer, Shape, exact
from symvar.primitives import Affine, Primitive
from symvar.reference import cite


@dataclass(frozen=True)
class ScaleShift(Layer):
    r"""$a z + b$; importers read it off a product, quotient, sum or difference with a constant.

    A trainable scale is what the model holds where all its entries are one number. Where they are
    not, or nothing is held, it is one, and a shift zero: a stored model's own values are those
    after training.

    Args:
        scale: a; its first value where it is trainable.
        shift: b; its first value where it is trainable.
        learnt: how many trainable numbers it has.

    Raises:
        ShapeError: for a number of trainable numbers that is none.
    """

    scale: Any = sp.Integer(1)
    shift: Any = sp.Integer(0)
    learnt: Size = 0

    name = "scaleshift"
    reference = cite("batchnorm", "section 3")

    def __post_init__(self) -> None:
        for name in ("scale", "shift"):
            object.__setattr__(self, name, exact(getattr(self, name), name))
        require_size("learnt", self.learnt, positive=False)

    def shape(self, before: Shape) -> Shape:
        """Unchanged."""
        return before

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """A scale and a shift."""
        return (Affine(self.scale, self.shift, self.learnt != 0),)

    def parameter_count(self, before: Shape) -> Size:
        """As many as are trainable."""
        return self.learnt


ScaleShift.examples = (
    Example("fixed", ScaleShift(sp.Rational(1, 2), 3), (2, 3), "lambda x: x * 0.5 + 3"),
    Example("turned over", ScaleShift(-2), (2, 2), "lambda x: -2 * x"),
    Example("trainable", ScaleShift(learnt=6), (3, 2), "Identity()"),
)
