"""The plain nets of 20 to 56 layers: 3x3 convolutions with max-pooling between the stages."""

from __future__ import annotations

from collections.abc import Callable

from symvar.graph.builder import sequential
from symvar.graph.network import Network
from symvar.layers import Conv, Dense, Flatten, GlobalAvgPool, MaxPool
from symvar.layers.base import Layer, Shape
from symvar.reference import cite
from symvar.zoo.base import Model, Published, longest_path


def plain(repeats: int) -> Callable[[Shape], Network]:
    """The builder with so many convolutions per stage, behind one that widens the input."""

    def build(input: Shape) -> Network:
        body: list[Layer | str] = [Conv(16, 3, padding=1), "relu"]
        for stage, width in enumerate((16, 32, 64)):
            body += [MaxPool(2)] if stage else []
            body += [Conv(width, 3, padding=1), "relu"] * repeats
        return sequential([*body, GlobalAvgPool(), Flatten(), Dense(10)], input=input)

    return build


def _model(layers: int, published: str) -> Model:
    return Model(
        f"plain{layers}",
        "ReLU in place of the source's activations, biases, no batch norm",
        cite("ng", "section 3, table 1"),
        (3, 32, 32),
        plain((layers - 2) // 3),
        Published(published, "resnet, table 6: a plain net has the parameters of its ResNet"),
        layers,
        longest_path,
    )


MODELS = (
    _model(20, "0.27M"),
    _model(32, "0.46M"),
    _model(44, "0.66M"),
    _model(56, "0.85M"),
)
