"""U-Net: a path down, a path up, and maps handed across."""

from __future__ import annotations

from collections.abc import Callable

from symvar.graph.builder import Builder
from symvar.graph.network import Network
from symvar.layers import Concat, Conv, ConvTranspose, Dropout, MaxPool, Slice
from symvar.layers.base import Layer, Shape
from symvar.reference import cite
from symvar.zoo.base import Model, Published, convolutions

WIDTHS = (64, 128, 256, 512, 1024)
COUNT = Published("31030658", "the sum of its figure's filters: no count is printed")


def double(width: int, padding: int) -> list[Layer | str]:
    """Two 3x3 convolutions with ReLU."""
    return [Conv(width, 3, padding=padding), "relu"] * 2


def cropped(net: Builder, name: str, size: tuple[int, ...], target: tuple[int, ...]) -> str:
    """The middle of a map."""
    for axis, (own, wanted) in enumerate(zip(size, target, strict=True), start=1):
        start = (own - wanted) // 2
        if own != wanted:
            name = net.node(Slice(axis, start, start + wanted), name)
    return name


def unet(padding: int) -> Callable[[Shape], Network]:
    """The builder with so much padding of the 3x3 convolutions."""

    def build(input: Shape) -> Network:
        net = Builder(input)
        last, size = "input", tuple(int(each) for each in input[1:])
        handed: list[tuple[str, tuple[int, ...]]] = []
        for width in WIDTHS:
            if handed:
                last, size = net.node(MaxPool(2), last), tuple(each // 2 for each in size)
            last = net.chain(double(width, padding), last)
            size = tuple(each - 4 * (1 - padding) for each in size)
            if width >= WIDTHS[-2]:
                last = net.node(Dropout(), last)
            handed.append((last, size))
        for width, (across, own) in zip(WIDTHS[-2::-1], handed[-2::-1], strict=True):
            up = net.node(ConvTranspose(width, 2, stride=2), last)
            size = tuple(2 * each for each in size)
            both = net.node(Concat(), cropped(net, across, own, size), up)
            last = net.chain(double(width, padding), both)
            size = tuple(each - 4 * (1 - padding) for each in size)
        net.node(Conv(2, 1), last)
        return net.network()

    return build


MODELS = (
    Model(
        "unet",
        "no padding, maps cropped: 572x572 to 388x388; dropout at the end of the way down",
        cite("unet", "section 2, figure 1"),
        (1, 572, 572),
        unet(0),
        COUNT,
        23,
        convolutions,
    ),
    Model(
        "unet-padded",
        "padded convolutions, so that nothing is cropped; otherwise the same",
        cite("unet", "section 2, figure 1"),
        (1, 512, 512),
        unet(1),
        COUNT,
        23,
        convolutions,
    ),
)
