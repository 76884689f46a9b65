"""Where a partial import stops and starts anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symvar.geometry import require_size
from symvar.layers.base import AbstractJoin, Example, Shape
from symvar.primitives import Boundary as Stop
from symvar.primitives import Join
from symvar.reference import cite


@dataclass(frozen=True)
class Boundary(AbstractJoin):
    """An operator no layer reads, kept as the end of one network and the start of another.

    Behind it stand white units of second moment one, as at an input; what feeds it is an output,
    with a cotangent of its own.

    Args:
        size: channels and positions behind it.
        operator: what stands there in the model.
    """

    size: Shape
    operator: str

    name = "boundary"
    reference = cite("asv", "section 3.1")

    def joined(self, befores: Sequence[Shape]) -> Shape:
        """Its own size.

        Raises:
            ShapeError: for a size that is not positive, or none at all.
        """
        require_size("axes", len(self.size))
        for size in self.size:
            require_size("size", size)
        return self.size

    def join(self, befores: Sequence[Shape]) -> Join:
        """A stop."""
        return Stop(self.size, self.operator)


Boundary.examples = (
    Example("of one signal", Boundary((4,), "aten.cumsum"), ((4,),), "lambda a: a.cumsum(1)"),
    Example(
        "of two",
        Boundary((3, 2), "aten.atan2"),
        ((3, 2), (3, 2)),
        "lambda a, b: torch.atan2(a, b)",
    ),
)
