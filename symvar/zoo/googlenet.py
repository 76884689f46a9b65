"""GoogLeNet: nine inception modules."""

from __future__ import annotations

from symvar.graph.builder import Builder
from symvar.graph.network import Network
from symvar.layers import (
    AvgPool,
    Concat,
    Conv,
    Dense,
    Dropout,
    Flatten,
    LocalResponseNorm,
    MaxPool,
)
from symvar.layers.base import Shape
from symvar.reference import cite
from symvar.zoo.base import Model, Published, longest_path

Widths = tuple[int, int, int, int, int, int]
"""1x1; 3x3 reduced, 3x3; 5x5 reduced, 5x5; behind the pool: a row of table 1."""

STAGES: tuple[dict[str, Widths], ...] = (
    {"3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64)},
    {
        "4a": (192, 96, 208, 16, 48, 64),
        "4b": (160, 112, 224, 24, 64, 64),
        "4c": (128, 128, 256, 24, 64, 64),
        "4d": (112, 144, 288, 32, 64, 64),
        "4e": (256, 160, 320, 32, 128, 128),
    },
    {"5a": (256, 160, 320, 32, 128, 128), "5b": (384, 192, 384, 48, 128, 128)},
)

HALVING = MaxPool(3, stride=2, padding=((0, 1), (0, 1)))
"""Windows that may reach one beyond the end, so that 112 positions become 56."""


def inception(net: Builder, name: str, widths: Widths, after: str) -> str:
    """Four branches side by side (figure 2b)."""
    one, reduce3, three, reduce5, five, pooled = widths

    def conv(label: str, width: int, kernel: int, after: str) -> str:
        layer = Conv(width, kernel, padding=kernel // 2)
        return net.chain([(f"inception{name}/{label}", layer), "relu"], after)

    branches = (
        conv("1x1", one, 1, after),
        conv("3x3", three, 3, conv("3x3_reduce", reduce3, 1, after)),
        conv("5x5", five, 5, conv("5x5_reduce", reduce5, 1, after)),
        conv("pool_proj", pooled, 1, net.node(MaxPool(3, stride=1, padding=1), after)),
    )
    return net.node(Concat(), *branches, name=f"inception{name}")


def googlenet(input: Shape) -> Network:
    """The network of table 1 without the two classifiers that only help training."""
    net = Builder(input)
    norm = LocalResponseNorm(5)
    stem = [
        Conv(64, 7, stride=2, padding=3), "relu", HALVING, norm,
        Conv(64, 1), "relu", Conv(192, 3, padding=1), "relu", norm, HALVING,
    ]  # fmt: skip
    last = net.chain(stem, "input")
    for index, stage in enumerate(STAGES):
        if index:
            last = net.node(HALVING, last)
        for name, widths in stage.items():
            last = inception(net, name, widths, last)
    net.chain([AvgPool(7, stride=1), Dropout("2/5"), Flatten(), Dense(1000)], last)
    return net.network()


MODELS = (
    Model(
        "googlenet",
        "inception v1, auxiliary classifiers left out; response norm of strength 1e-4",
        cite("googlenet", "section 5, table 1"),
        (3, 224, 224),
        googlenet,
        Published("6998552", "the published model file, auxiliary classifiers left out"),
        22,
        longest_path,
    ),
)
