"""Wide ResNets: pre-activation blocks with many channels."""

from __future__ import annotations

from symvar.reference import cite
from symvar.zoo.base import Model, Published, convolutions
from symvar.zoo.preresnet import basic, preresnet

MODELS = (
    Model(
        "wideresnet28-10",
        "for CIFAR, no dropout in the blocks; 28 convolutions, three projections among them",
        cite("wideresnet", "section 3, table 1"),
        (3, 32, 32),
        preresnet(4, basic, (160, 320, 640), 1, projected=True),
        Published("36.5M", "table 4"),
        28,
        convolutions,
    ),
)
