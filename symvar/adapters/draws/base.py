"""What a distribution is: a way to fill a weight with entries of a given variance."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from symvar.errors import ArgumentError
from symvar.graph.network import Node
from symvar.layers.base import Shape
from symvar.reference import Reference

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Target:
    r"""A weight to be drawn.

    Args:
        node: the layer it belongs to.
        shape: of the weight.
        deviation: $\sigma_w$, of independent entries with the moments wanted.
    """

    node: Node
    shape: tuple[int, ...]
    deviation: float

    @property
    def groups(self) -> int:
        """How many groups of channels do not meet.

        Raises:
            ArgumentError: for a weight that is not (one side, other side per group, kernel).
        """
        sides: dict[tuple[str, ...], Shape] = {
            ("out", "in"): self.node.before,
            ("out", "in/groups"): self.node.before,
            ("in", "out/groups"): self.node.after,
        }
        shape = sides.get(self.node.layer.weight_axes[:2])
        if shape is None:
            raise ArgumentError(
                self.node.place,
                need="a matrix or a kernel to make orthogonal",
                have=f"a weight with axes {self.node.layer.weight_axes}",
                remedy='use distribution="normal"',
            )
        return int(shape[0]) // self.shape[1]

    @property
    def kernel(self) -> tuple[int, ...]:
        """Taps along each axis; empty for a dense layer."""
        return self.shape[2:]


class Draw(ABC):
    """A distribution; entries have mean zero, and one variance over the draws.

    Attributes:
        name: the name users call it by.
        reference: where it comes from.
        summary: what it is, in one line.
    """

    required: ClassVar[tuple[str, ...]] = ("reference", "summary")
    name: ClassVar[str]
    reference: ClassVar[Reference]
    summary: ClassVar[str]

    def deviation(self, target: Target) -> float:
        """The root mean square of the entries drawn, over the whole weight.

        Raises:
            ArgumentError: for a weight it cannot draw.
        """
        return target.deviation

    @abstractmethod
    def fill(self, weight: torch.Tensor, target: Target, generator: torch.Generator | None) -> None:
        """Fill a float32 or float64 weight of the target's shape."""
