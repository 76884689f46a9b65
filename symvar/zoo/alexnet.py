"""AlexNet: overlapping pools, response normalisation, two groups for two processors."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from symvar.graph.builder import sequential
from symvar.graph.network import Network
from symvar.layers import Conv, Dense, Dropout, Flatten, LocalResponseNorm, MaxPool
from symvar.layers.base import Shape
from symvar.reference import cite
from symvar.zoo.base import Model, Published, longest_path


def response_norm() -> LocalResponseNorm:
    """The source's numbers: k = 2, n = 5, alpha = 1e-4 of each square, beta = 3/4 (section 3.3)."""
    return LocalResponseNorm(5, alpha=sp.Rational(5, 10**4), bias=2)


def alexnet(groups: int) -> Callable[[Shape], Network]:
    """The builder with so many groups in the second, fourth and fifth convolution."""

    def build(input: Shape) -> Network:
        pool = MaxPool(3, stride=2)
        body = [
            Conv(96, 11, stride=4), "relu", response_norm(), pool,
            Conv(256, 5, padding=2, groups=groups), "relu", response_norm(), pool,
            Conv(384, 3, padding=1), "relu",
            Conv(384, 3, padding=1, groups=groups), "relu",
            Conv(256, 3, padding=1, groups=groups), "relu", pool,
        ]  # fmt: skip
        head = [Dense(4096), "relu", Dropout(), Dense(4096), "relu", Dropout(), Dense(1000)]
        return sequential([*body, Flatten(), *head], input=input)

    return build


MODELS = (
    Model(
        "alexnet",
        "two groups; on 227x227 inputs, of which the printed 55x55 maps are made, not 224x224",
        cite("alexnet", "section 3.5"),
        (3, 227, 227),
        alexnet(2),
        Published("60M", "abstract, cut rather than rounded"),
        8,
        longest_path,
    ),
    Model(
        "alexnet-ungrouped",
        "the same without groups",
        cite("alexnet", "section 3.5"),
        (3, 227, 227),
        alexnet(1),
        Published("62378344", "Caffe users' count of the network without groups"),
        8,
        longest_path,
    ),
)
