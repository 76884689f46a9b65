"""Pre-activation ResNets for 32x32 images: norm and ReLU before each convolution."""

from __future__ import annotations

from collections.abc import Callable

from symvar.graph.builder import Builder
from symvar.graph.network import Network
from symvar.layers import Add, BatchNorm, Conv, Dense, Flatten, GlobalAvgPool
from symvar.layers.base import Layer, Shape
from symvar.reference import cite
from symvar.zoo.base import Model, Published, longest_path
from symvar.zoo.resnet_cifar import WIDTHS, shortcut


def conv(out: int, kernel: int, stride: int = 1) -> Conv:
    """A convolution that keeps the size but for its stride, without bias."""
    return Conv(out, kernel, stride, padding=kernel // 2, bias=False)


Block = Callable[[int, int], list[Layer | str]]


def basic(width: int, stride: int) -> list[Layer | str]:
    """What follows the first norm and ReLU of a block of two 3x3 convolutions."""
    return [conv(width, 3, stride), BatchNorm(), "relu", conv(width, 3)]


def bottleneck(width: int, stride: int) -> list[Layer | str]:
    """The same of 1x1, 3x3 and 1x1 convolutions."""
    middle = [BatchNorm(), "relu", conv(width, 3, stride), BatchNorm(), "relu"]
    return [conv(width, 1), *middle, conv(4 * width, 1)]


def preresnet(
    blocks: int, block: Block, widths: tuple[int, ...], expansion: int, projected: bool
) -> Callable[[Shape], Network]:
    """The builder with so many blocks per stage.

    Where the shape changes, a block's norm and ReLU also feed the projection of the shortcut; or
    the shortcut is padded with zeros.
    """

    def build(input: Shape) -> Network:
        net = Builder(input)
        last, channels = net.node(conv(16, 3), "input"), 16
        for stage, width in enumerate(widths):
            for index in range(blocks):
                stride = 2 if stage and not index else 1
                active = net.chain([BatchNorm(), "relu"], last)
                branch = net.chain(block(width, stride), active)
                if channels != width * expansion:
                    if projected:
                        last = net.node(conv(width * expansion, 1, stride), active)
                    else:
                        last = net.chain(shortcut(channels), last)
                    channels = width * expansion
                last = net.node(Add(), branch, last)
        net.chain([BatchNorm(), "relu", GlobalAvgPool(), Flatten(), Dense(10)], last)
        return net.network()

    return build


MODELS = (
    Model(
        "preresnet110",
        "for CIFAR, two 3x3 convolutions per block, shortcuts padded with zeros",
        cite("preresnet", "section 3.2"),
        (3, 32, 32),
        preresnet(18, basic, WIDTHS, 1, projected=False),
        Published("1.7M", "resnet, table 6: the norms alone are placed differently"),
        110,
        longest_path,
    ),
    Model(
        "preresnet164",
        "for CIFAR, bottleneck blocks, projections where the shape changes",
        cite("preresnet", "section 4"),
        (3, 32, 32),
        preresnet(18, bottleneck, WIDTHS, 4, projected=True),
        Published("1.7M", "table 4"),
        164,
        longest_path,
    ),
)
