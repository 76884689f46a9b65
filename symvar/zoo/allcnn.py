"""The all-convolutional net: strided convolutions instead of pooling."""

from __future__ import annotations

from symvar.graph.builder import sequential
from symvar.graph.network import Network
from symvar.layers import Conv, Dropout, Flatten, GlobalAvgPool
from symvar.layers.base import Layer, Shape
from symvar.reference import cite
from symvar.zoo.base import Model, Published, longest_path


def all_cnn_c(input: Shape) -> Network:
    """All-CNN-C of tables 1 and 2; the seventh convolution is not padded (6x6 maps behind it)."""
    body: list[Layer | str] = [Dropout("1/5")]
    for width in (96, 192):
        for stride in (1, 1, 2):
            body += [Conv(width, 3, stride, padding=1), "relu"]
        body.append(Dropout())
    body += [Conv(192, 3), "relu", Conv(192, 1), "relu", Conv(10, 1), "relu"]
    return sequential([*body, GlobalAvgPool(), Flatten()], input=input)


MODELS = (
    Model(
        "allcnn-c",
        "All-CNN-C for CIFAR, dropout behind the input and the strided layers",
        cite("allcnn", "section 3.2, table 2"),
        (3, 32, 32),
        all_cnn_c,
        Published("1.4M", "table 3"),
        9,
        longest_path,
    ),
)
