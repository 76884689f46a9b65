"""LeNet-5: convolutions, averages with a trainable coefficient, a table of connections."""

from __future__ import annotations

from itertools import pairwise

from symvar.graph.builder import Builder, sequential
from symvar.graph.network import Network
from symvar.layers import AvgPool, Concat, Conv, Dense, Flatten, ScaleShift, Slice
from symvar.layers.base import Layer, Shape
from symvar.reference import cite
from symvar.zoo.base import Model, Published, longest_path

READS = (
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5), (0, 1, 2, 3, 4, 5),
)  # fmt: skip
"""The maps of S2 that each map of C3 reads (table I)."""

SQUASH: tuple[Layer | str, ...] = (ScaleShift("2/3"), "tanh", ScaleShift("1.7159"))
"""1.7159 tanh(2x/3) (section II.B and appendix A)."""


def subsample(maps: int) -> tuple[Layer | str, ...]:
    """The mean of four, a trainable coefficient and bias for each map."""
    return (AvgPool(2), ScaleShift(learnt=2 * maps), *SQUASH)


def runs(maps: tuple[int, ...]) -> list[tuple[int, int]]:
    """Consecutive maps, as first and one past the last.

    >>> runs((0, 1, 4))
    [(0, 2), (4, 5)]
    """
    cuts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(maps)) if b > a + 1), len(maps)]
    return [(maps[low], maps[high - 1] + 1) for low, high in pairwise(cuts)]


def lenet5(input: Shape) -> Network:
    """Up to F6: the ten units behind it measure distances to fixed codes and train nothing."""
    net = Builder(input)
    s2 = net.chain([("c1", Conv(6, 5)), *SQUASH, *subsample(6)], "input")
    maps = []
    for index, read in enumerate(READS):
        parts = [net.node(Slice(0, low, high), s2) for low, high in runs(read)]
        whole = parts[0] if len(parts) == 1 else net.node(Concat(), *parts)
        maps.append(net.node(Conv(1, 5), whole, name=f"c3/{index}"))
    s4 = net.chain([*SQUASH, *subsample(16)], net.node(Concat(), *maps, name="c3"))
    net.chain([("c5", Conv(120, 5)), *SQUASH, Flatten(), ("f6", Dense(84)), *SQUASH], s4)
    return net.network()


def lenet5_dense(input: Shape) -> Network:
    """The network as it is usually built now."""
    body: list[Layer | str] = []
    for width in (6, 16):
        body += [Conv(width, 5), "tanh", AvgPool(2)]
    head = [Conv(120, 5), "tanh", Flatten(), Dense(84), "tanh", Dense(10)]
    return sequential([*body, *head], input=input)


def _stages(net: Network) -> int:
    """Weighted layers in a row, subsampling layers, and the output that trains nothing."""
    subsampling = sum(isinstance(node.layer, ScaleShift) and node.layer.learnt > 0 for node in net)
    return net.depth + subsampling + 1


MODELS = (
    Model(
        "lenet5",
        "C3 by its table, trainable subsampling, up to F6 (the output's codes are fixed)",
        cite("lenet", "section II.B"),
        (1, 32, 32),
        lenet5,
        Published("60000", "section II.B"),
        7,
        _stages,
    ),
    Model(
        "lenet5-dense",
        "as usually built now: C3 reads all maps, plain averages, tanh, a dense output",
        cite("lenet", "section II.B"),
        (1, 32, 32),
        lenet5_dense,
        Published("61706", "the count of its many reimplementations"),
        5,
        longest_path,
    ),
)
