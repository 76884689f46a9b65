"""The theory exchangeable against networks that are run: circular padding, white input, 48 wide.

Stated interval: five standard errors of the mean over draws, and 4 % for the width.
"""

from __future__ import annotations

import pytest

from symvar import measure

SEED, DRAWS, WIDTH = 20261124, 40, 48
WITHIN = 0.04


def nets(torch):
    nn = torch.nn

    def conv(inputs, outputs=WIDTH):
        return nn.Conv2d(inputs, outputs, 3, padding=1, padding_mode="circular", bias=False)

    def stack(*between, first=3):
        layers, channels = [], first
        for each in between:
            layers += [conv(channels), *each]
            channels = WIDTH
        return nn.Sequential(*layers, conv(WIDTH))

    relu, leaky = nn.ReLU(), nn.LeakyReLU(0.2)
    return {
        "max": stack([relu, nn.MaxPool2d(2)], [relu, nn.MaxPool2d(2)], [relu]),
        "max before relu": stack([nn.MaxPool2d(2), relu], [nn.MaxPool2d(2), leaky]),
        "average": stack([relu, nn.AvgPool2d(2)], [relu, nn.AvgPool2d(2)], [relu]),
        "leaky": stack([leaky, nn.MaxPool2d(2)], [leaky, nn.MaxPool2d(2)]),
        "dropout": stack([relu, nn.Dropout(0.3)], [relu, nn.Dropout2d(0.3), nn.AvgPool2d(2)]),
        "repeated": stack([relu], [relu, nn.Upsample(scale_factor=2)], [relu]),
        "overlapping, one gradient for all": nn.Sequential(
            conv(3), relu, nn.MaxPool2d(3, 2, 1), conv(WIDTH), relu, nn.AvgPool2d(3, 2, 1),
            conv(WIDTH), relu, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(WIDTH, 32),
        ),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["max", "max before relu", "average", "leaky", "dropout",
                                  "repeated", "overlapping, one gradient for all"])  # fmt: skip
def test_every_layer_lies_in_the_interval(name):
    torch = pytest.importorskip("torch")
    torch.manual_seed(SEED)
    net = nets(torch)[name].train()
    found = measure(
        net, torch.randn(1, 3, 16, 16), scheme="kaiming-fan-in", theory="exchangeable",
        draws=DRAWS, seed=SEED,
    )  # fmt: skip
    predicted = found.predictions["exchangeable"]
    for direction in ("forward", "backward"):
        for place, row in enumerate(found.rows):
            value, error = getattr(row, direction), getattr(row, f"{direction}_se")
            gap = abs(predicted[direction][place] - value)
            assert gap < 5 * error + WITHIN * value, (direction, row.name)
