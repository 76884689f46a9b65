"""ResNets for 224x224 images."""

from __future__ import annotations

from collections.abc import Callable

from symvar.graph.builder import Builder
from symvar.graph.network import Network
from symvar.layers import Add, BatchNorm, Conv, Dense, Flatten, GlobalAvgPool, MaxPool
from symvar.layers.base import Layer, Shape
from symvar.reference import cite
from symvar.zoo.base import Model, Published, longest_path

TORCHVISION = "torchvision's documentation of its model"


def conv(out: int, kernel: int, stride: int = 1) -> list[Layer | str]:
    """A convolution that keeps the size but for its stride, without bias, and batch norm."""
    return [Conv(out, kernel, stride, padding=kernel // 2, bias=False), BatchNorm()]


def basic(width: int, stride: int) -> list[Layer | str]:
    """Two 3x3 convolutions (figure 5, left)."""
    return [*conv(width, 3, stride), "relu", *conv(width, 3)]


def bottleneck(width: int, stride: int) -> list[Layer | str]:
    """1x1, 3x3, 1x1 convolutions, the first with the stride (figure 5, right)."""
    return [*conv(width, 1, stride), "relu", *conv(width, 3), "relu", *conv(4 * width, 1)]


Block = Callable[[int, int], list[Layer | str]]


def resnet(depths: tuple[int, ...], block: Block, expansion: int) -> Callable[[Shape], Network]:
    """The builder with so many blocks per stage; projections where the shape changes."""

    def build(input: Shape) -> Network:
        net = Builder(input)
        last = net.chain([*conv(64, 7, 2), "relu", MaxPool(3, stride=2, padding=1)], "input")
        channels = 64
        for stage, depth in enumerate(depths):
            width = 64 * 2**stage
            for index in range(depth):
                stride = 2 if stage and not index else 1
                branch = net.chain(block(width, stride), last)
                if stride > 1 or channels != width * expansion:
                    last = net.chain(conv(width * expansion, 1, stride), last)
                channels = width * expansion
                last = net.node("relu", net.node(Add(), branch, last))
        net.chain([GlobalAvgPool(), Flatten(), Dense(1000)], last)
        return net.network()

    return build


def _model(layers: int, depths: tuple[int, ...], deep: bool, count: str) -> Model:
    return Model(
        f"resnet{layers}",
        f"{'bottleneck' if deep else 'basic'} blocks, projections where the shape changes",
        cite("resnet", "section 4.1, table 1"),
        (3, 224, 224),
        resnet(depths, bottleneck, 4) if deep else resnet(depths, basic, 1),
        Published(count, TORCHVISION),
        layers,
        longest_path,
    )


MODELS = (
    _model(18, (2, 2, 2, 2), False, "11689512"),
    _model(34, (3, 4, 6, 3), False, "21797672"),
    _model(50, (3, 4, 6, 3), True, "25557032"),
    _model(152, (3, 8, 36, 3), True, "60192808"),
)
