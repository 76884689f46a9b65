"""VGG: 3x3 convolutions in five stages, with and without batch normalisation."""

from __future__ import annotations

from collections.abc import Callable

from symvar.graph.builder import Builder
from symvar.graph.network import Network
from symvar.layers import BatchNorm, Conv, Dense, Dropout, Flatten, MaxPool
from symvar.layers.base import Layer, Shape
from symvar.reference import cite
from symvar.zoo.base import Model, Published, longest_path

WIDTHS = (64, 128, 256, 512, 512)
TABLE_2 = "table 2"
TORCHVISION = "torchvision's documentation of its model"


def vgg(depths: tuple[int, ...], norm: bool) -> Callable[[Shape], Network]:
    """The builder of a net with so many convolutions per stage."""

    def build(input: Shape) -> Network:
        net = Builder(input)
        body: list[Layer | str] = []
        for depth, width in zip(depths, WIDTHS, strict=True):
            for _ in range(depth):
                body += [Conv(width, 3, padding=1), *([BatchNorm()] if norm else []), "relu"]
            body.append(MaxPool(2))
        head = [Dense(4096), "relu", Dropout(), Dense(4096), "relu", Dropout(), Dense(1000)]
        net.chain([*body, Flatten(), *head], "input")
        return net.network()

    return build


def _model(name: str, depths: tuple[int, ...], published: Published, norm: bool) -> Model:
    return Model(
        name,
        f"configuration {'D' if sum(depths) == 13 else 'E'}"
        + (", batch norm before every ReLU (not in the source)" if norm else ""),
        cite("vgg", "section 2, table 1"),
        (3, 224, 224),
        vgg(depths, norm),
        published,
        sum(depths) + 3,
        longest_path,
    )


MODELS = (
    _model("vgg16", (2, 2, 3, 3, 3), Published("138M", TABLE_2), norm=False),
    _model("vgg19", (2, 2, 4, 4, 4), Published("144M", TABLE_2), norm=False),
    _model("vgg16-bn", (2, 2, 3, 3, 3), Published("138365992", TORCHVISION), norm=True),
    _model("vgg19-bn", (2, 2, 4, 4, 4), Published("143678248", TORCHVISION), norm=True),
)
