"""MobileNet-v2: inverted residuals with linear bottlenecks."""

from __future__ import annotations

from symvar.graph.builder import Builder
from symvar.graph.network import Network
from symvar.layers import Add, BatchNorm, Conv, Dense, Dropout, Flatten, GlobalAvgPool
from symvar.layers.base import Layer, Shape
from symvar.reference import cite
from symvar.zoo.base import Model, Published, longest_path

BOTTLENECKS = (
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
    (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
)  # fmt: skip
"""Expansion, channels, repeats and first stride: rows of table 2."""


def conv(out: int, kernel: int, stride: int = 1, groups: int = 1) -> list[Layer | str]:
    """A convolution without bias and batch norm."""
    layer = Conv(out, kernel, stride, padding=kernel // 2, groups=groups, bias=False)
    return [layer, BatchNorm()]


def mobilenet_v2(input: Shape) -> Network:
    """The network of table 2 at width 1."""
    net = Builder(input)
    channels = 32
    last = net.chain([*conv(channels, 3, 2), "relu6"], "input")
    for expansion, out, repeats, first in BOTTLENECKS:
        for index in range(repeats):
            stride, inner = first if index == 0 else 1, expansion * channels
            widen = [*conv(inner, 1), "relu6"] if expansion > 1 else []
            branch = [*widen, *conv(inner, 3, stride, inner), "relu6", *conv(out, 1)]
            end = net.chain(branch, last)
            last = net.node(Add(), end, last) if stride == 1 and channels == out else end
            channels = out
    head = [*conv(1280, 1), "relu6", GlobalAvgPool(), Flatten(), Dropout("1/5"), Dense(1000)]
    net.chain(head, last)
    return net.network()


MODELS = (
    Model(
        "mobilenet-v2",
        "width 1, a dense classifier (3.4M in the source's table 4, without norms and rounded off)",
        cite("mobilenetv2", "section 4, table 2"),
        (3, 224, 224),
        mobilenet_v2,
        Published("3504872", "torchvision's documentation of its model"),
        53,
        longest_path,
    ),
)
