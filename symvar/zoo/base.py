"""What an entry of the zoo says of itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from symvar.errors import DefinitionError
from symvar.geometry import Size
from symvar.graph.network import Network
from symvar.layers.base import Shape
from symvar.reference import Reference

SCALES = {"K": 10**3, "M": 10**6}


@dataclass(frozen=True)
class Published:
    """A number of parameters as a source prints it.

    Args:
        count: the number as printed: ``"1.7M"``, ``"60000"``.
        where: the place that prints it.

    Raises:
        DefinitionError: for anything but digits and a scale.

    >>> Published("1.7M", "table 6").agrees(1_727_962)
    True
    >>> Published("1.7M", "table 6").agrees(1_649_999)
    False
    """

    count: str
    where: str

    def __post_init__(self) -> None:
        digits = self.count.rstrip("KM").replace(".", "", 1)
        if not digits.isdigit():
            raise DefinitionError(
                "published count", need="digits, then K or M or nothing", have=self.count,
                remedy="write it as the source prints it",
            )  # fmt: skip

    def agrees(self, count: int) -> bool:
        """Whether a count is the printed one, rounded to its last digit or cut there."""
        scale = SCALES.get(self.count[-1], 1)
        digits = self.count.rstrip("KM")
        places = len(digits.partition(".")[2])
        unit = scale // 10**places
        printed = round(float(digits) * 10**places)
        return -unit <= 2 * (count - printed * unit) < 2 * unit


@dataclass(frozen=True)
class Model:
    """A network of the literature, built as its source says.

    Args:
        name: what users call it by.
        summary: what it is, in one line, with what the source leaves open.
        reference: the source and the place that defines it.
        input: channels and spatial axes it is built for.
        build: the network on an input of a given shape.
        published: how many parameters a source prints.
        layers: how many layers the source counts.
        counted: how it counts them.
    """

    name: str
    summary: str
    reference: Reference
    input: Shape
    build: Callable[[Shape], Network]
    published: Published
    layers: int
    counted: Callable[[Network], int]

    def network(self, input: Shape | Sequence[Size] | None = None) -> Network:
        """The network on this input, by default the one of its source."""
        return self.build(self.input if input is None else tuple(input))


def longest_path(net: Network) -> int:
    """Weighted layers on the longest path: projections beside a block are not counted."""
    return net.depth


def weighted_layers(net: Network) -> int:
    """All weighted layers."""
    return len(net.weighted)


def convolutions(net: Network) -> int:
    """All convolutions, projections and transposed ones included; dense layers are not."""
    return sum(node.layer.name in ("conv", "convtranspose") for node in net.weighted)
