"""Channels and positions in one row."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.geometry import plain, prod
from symvar.layers.base import Example, Layer, Shape
from symvar.primitives import Primitive, Rearrange
from symvar.reference import cite


@dataclass(frozen=True)
class Flatten(Layer):
    """The same units as a flat signal; importers read it as a reshape to one axis."""

    name = "flatten"
    reference = cite("asv", "A.2")

    def shape(self, before: Shape) -> Shape:
        """``(units,)``."""
        return (plain(prod(before)),)

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """A rearrangement."""
        return (Rearrange(),)


Flatten.examples = (
    Example("an image", Flatten(), (2, 3, 4), "Flatten()"),
    Example("a map of one position", Flatten(), (3, 1), "Flatten()"),
)
