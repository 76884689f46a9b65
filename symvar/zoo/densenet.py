"""DenseNets with bottlenecks and compression (BC)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symvar.graph.builder import Builder
from symvar.graph.network import Network
from symvar.layers import (
    AvgPool,
    BatchNorm,
    Concat,
    Conv,
    Dense,
    Flatten,
    GlobalAvgPool,
    MaxPool,
)
from symvar.layers.base import Layer, Shape
from symvar.reference import cite
from symvar.zoo.base import Model, Published, longest_path


def conv(out: int, kernel: int) -> list[Layer | str]:
    """Batch norm, ReLU and a convolution without bias."""
    return [BatchNorm(), "relu", Conv(out, kernel, padding=kernel // 2, bias=False)]


def densenet(
    stem: Sequence[Layer | str], depths: tuple[int, ...], growth: int, classes: int
) -> Callable[[Shape], Network]:
    """The builder with 2k channels behind the stem and so many layers per dense block."""

    def build(input: Shape) -> Network:
        net = Builder(input)
        last, channels = net.chain(stem, "input"), 2 * growth
        for block, depth in enumerate(depths):
            if block:
                channels //= 2
                last = net.chain([*conv(channels, 1), AvgPool(2)], last)
            for _ in range(depth):
                new = net.chain([*conv(4 * growth, 1), *conv(growth, 3)], last)
                last = net.node(Concat(), last, new)
                channels += growth
        head = [BatchNorm(), "relu", GlobalAvgPool(), Flatten(), Dense(classes)]
        net.chain(head, last)
        return net.network()

    return build


SMALL = (Conv(24, 3, padding=1, bias=False),)
LARGE = (
    Conv(64, 7, stride=2, padding=3, bias=False),
    BatchNorm(),
    "relu",
    MaxPool(3, stride=2, padding=1),
)

MODELS = (
    Model(
        "densenet100",
        "DenseNet-BC for CIFAR, growth 12, compression 1/2; ReLU in the transitions",
        cite("densenet", "section 3"),
        (3, 32, 32),
        densenet(SMALL, (16, 16, 16), 12, 10),
        Published("0.8M", "table 2"),
        100,
        longest_path,
    ),
    Model(
        "densenet121",
        "DenseNet-BC for 224x224 images, growth 32; ReLU in the transitions",
        cite("densenet", "section 3, table 1"),
        (3, 224, 224),
        densenet(LARGE, (6, 12, 24, 16), 32, 1000),
        Published("7978856", "torchvision's documentation of its model"),
        121,
        longest_path,
    ),
)
