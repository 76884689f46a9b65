"""ResNets for 32x32 images, shortcuts without projections."""

from __future__ import annotations

from collections.abc import Callable

from symvar.graph.builder import Builder
from symvar.graph.network import Network
from symvar.layers import Add, Dense, Flatten, GlobalAvgPool, PadChannels, Slice
from symvar.layers.base import Layer, Shape
from symvar.reference import cite
from symvar.zoo.base import Model, Published, longest_path
from symvar.zoo.resnet import basic, conv

WIDTHS = (16, 32, 64)


def shortcut(channels: int) -> tuple[Layer, ...]:
    """Every other position, and as many channels of zeros as there are (option A)."""
    return Slice(1, step=2), Slice(2, step=2), PadChannels(0, channels)


def resnet(blocks: int) -> Callable[[Shape], Network]:
    """The builder with so many blocks of two convolutions per stage."""

    def build(input: Shape) -> Network:
        net = Builder(input)
        last = net.chain([*conv(WIDTHS[0], 3), "relu"], "input")
        for stage, width in enumerate(WIDTHS):
            for index in range(blocks):
                narrower = stage > 0 and index == 0
                branch = net.chain(basic(width, 2 if narrower else 1), last)
                last = net.chain(shortcut(width // 2), last) if narrower else last
                last = net.node("relu", net.node(Add(), branch, last))
        net.chain([GlobalAvgPool(), Flatten(), Dense(10)], last)
        return net.network()

    return build


def _model(layers: int, published: str) -> Model:
    return Model(
        f"resnet{layers}",
        "for CIFAR, shortcuts padded with zeros (option A); also the ResNet of ng, table 2"
        if layers < 110
        else "for CIFAR, shortcuts padded with zeros (option A)",
        cite("resnet", "section 4.2"),
        (3, 32, 32),
        resnet((layers - 2) // 6),
        Published(published, "table 6"),
        layers,
        longest_path,
    )


MODELS = (
    _model(20, "0.27M"),
    _model(32, "0.46M"),
    _model(44, "0.66M"),
    _model(56, "0.85M"),
    _model(110, "1.7M"),
)
