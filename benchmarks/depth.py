"""Seconds to build and to propagate against depth.

``python -m benchmarks.depth [LARGEST]`` prints, for chains of convolution and ReLU, for residual
chains and for residual chains with ReLU behind each sum, the seconds of each scheme and the
seconds for 1000 nodes, which a linear time keeps. Every chain loses moment at its borders, so
that exact fractions grow with depth: the last column says how many rows are kept as balls.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator
from time import perf_counter

from symvar import Builder, Network, propagate, sequential
from symvar.errors import NeedsFact
from symvar.layers import Add, Conv

SCHEMES = ("kaiming-fan-in", "asv-forward", "asv-backward")
LARGEST = 100_000
SLOW = 100  # a sum with a mean costs so much more than a convolution


def conv() -> Conv:
    return Conv(16, 3, padding=1, bias=False)


def chain(nodes: int) -> Network:
    return sequential([conv(), "relu"] * (nodes // 2), input=(16, 8, 8))


def residual(nodes: int, *behind: str) -> Network:
    build = Builder((16, 8, 8))
    last = build.node(conv(), "input")
    for _ in range(nodes // (2 + len(behind))):
        last = build.chain(behind, build.node(Add(), build.node(conv(), last), last))
    build.node(conv(), last)
    return build.network()


def rectified(nodes: int) -> Network:
    return residual(nodes, "relu")


def lines(largest: int) -> Iterator[str]:
    yield f"python {platform.python_version()}, seconds"
    columns = f"{'network':<10} {'nodes':>7} {'build':>7} {'scheme':<15} {'all':>8}"
    yield f"{columns} {'per 1000':>9} balls"
    kinds: dict[Callable[[int], Network], int] = {chain: 1, residual: 1, rectified: SLOW}
    for make, slow in kinds.items():
        nodes = 1000
        while nodes <= largest // slow:
            start = perf_counter()
            net = make(nodes)
            built = perf_counter() - start
            for scheme in SCHEMES:
                start = perf_counter()
                try:
                    balls = len(propagate(net, scheme).enclosed)
                except NeedsFact:
                    continue  # asv-backward: slopes behind sums with a mean depend on the weights
                taken = perf_counter() - start
                yield (
                    f"{make.__name__:<10} {len(net):>7} {built:>7.2f} {scheme:<15} {taken:>8.2f} "
                    f"{1000 * taken / len(net):>9.3f} {balls}"
                )
            nodes *= 10


def main() -> None:
    for line in lines(int(sys.argv[1]) if len(sys.argv) > 1 else LARGEST):
        print(line, flush=True)


if __name__ == "__main__":
    main()
