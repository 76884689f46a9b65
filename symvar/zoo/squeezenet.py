"""SqueezeNet: fire modules."""

from __future__ import annotations

from collections.abc import Callable

from symvar.graph.builder import Builder
from symvar.graph.network import Network
from symvar.layers import Concat, Conv, Dropout, Flatten, GlobalAvgPool, MaxPool
from symvar.layers.base import Shape
from symvar.reference import cite
from symvar.zoo.base import Model, Published, longest_path

WIDTHS = {2: (16, 64), 3: (16, 64), 4: (32, 128), 5: (32, 128)} | {
    6: (48, 192), 7: (48, 192), 8: (64, 256), 9: (64, 256),
}  # fmt: skip
"""Filters of the squeeze layer and of each half of the expand layer, by fire module."""


def fire(net: Builder, index: int, after: str) -> str:
    """A 1x1 layer, then 1x1 and 3x3 layers side by side."""
    squeezed, expanded = WIDTHS[index]

    def conv(label: str, width: int, kernel: int, after: str) -> str:
        layer = Conv(width, kernel, padding=kernel // 2)
        return net.chain([(f"fire{index}/{label}", layer), "relu"], after)

    squeeze = conv("squeeze1x1", squeezed, 1, after)
    expands = (conv(f"expand{k}x{k}", expanded, k, squeeze) for k in (1, 3))
    return net.node(Concat(), *expands, name=f"fire{index}")


def squeezenet(
    width: int, kernel: int, pools: frozenset[int], padding: int = 0
) -> Callable[[Shape], Network]:
    """The builder with such a first layer, pooling behind it and behind the modules named."""

    def build(input: Shape) -> Network:
        net = Builder(input)
        first = Conv(width, kernel, stride=2, padding=padding)
        last = net.chain([first, "relu", MaxPool(3, stride=2)], "input")
        for index in WIDTHS:
            last = fire(net, index, last)
            if index in pools:
                last = net.node(MaxPool(3, stride=2), last)
        net.chain([Dropout(), Conv(1000, 1), "relu", GlobalAvgPool(), Flatten()], last)
        return net.network()

    return build


MODELS = (
    Model(
        "squeezenet1.0",
        "no bypass; on 227x227 inputs, of which the printed 111x111 maps are made, not 224x224",
        cite("squeezenet", "section 3.3, table 1"),
        (3, 227, 227),
        squeezenet(96, 7, frozenset({4, 8})),
        Published("1248424", "table 1"),
        18,
        longest_path,
    ),
    Model(
        "squeezenet1.1",
        "no bypass, earlier pooling",
        cite("squeezenet", "section 3.3, the authors' repository"),
        (3, 224, 224),
        squeezenet(64, 3, frozenset({3, 5})),
        Published("1235496", "torchvision's documentation of its model"),
        18,
        longest_path,
    ),
)
