"""Seconds to build and to propagate against depth.

``python -m benchmarks.depth [LARGEST]`` prints, for chains of convolution and ReLU, for residual
chains and for residual chains with ReLU behind each sum, the processor's seconds of each scheme
and the seconds for 1000 nodes, which a linear time keeps. Every chain loses moment at its borders,
so that exact fractions grow with depth: the last column says how many rows are kept as balls.

With ReLU behind each sum, balls lose about a bit in every node. From some 250 nodes on they prove
less than is asked of a ball, moments stay formulas, and these grow: such chains end there.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from time import process_time

from symvar import Builder, Network, propagate, sequential
from symvar.errors import NeedsFact
from symvar.layers import Add, Conv

SCHEMES = ("kaiming-fan-in", "asv-forward", "asv-backward")
LARGEST = 100_000
SHALLOW = (60, 120, 240)


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
    yield f"python {platform.python_version()}, seconds of the processor"
    columns = f"{'network':<10} {'nodes':>7} {'build':>7} {'scheme':<15} {'all':>8}"
    yield f"{columns} {'per 1000':>9} balls"
    deep = [10**power for power in range(3, 7) if 10**power <= largest]
    kinds: dict[Callable[[int], Network], Sequence[int]] = {
        chain: deep, residual: deep, rectified: SHALLOW,
    }  # fmt: skip
    for make, sizes in kinds.items():
        for nodes in sizes:
            start = process_time()
            net = make(nodes)
            built = process_time() - start
            for scheme in SCHEMES:
                start = process_time()
                try:
                    balls = len(propagate(net, scheme).enclosed)
                except NeedsFact:
                    continue  # asv-backward: slopes behind sums with a mean depend on the weights
                taken = process_time() - start
                yield (
                    f"{make.__name__:<10} {len(net):>7} {built:>7.2f} {scheme:<15} {taken:>8.2f} "
                    f"{1000 * taken / len(net):>9.3f} {balls}"
                )


def main() -> None:
    for line in lines(int(sys.argv[1]) if len(sys.argv) > 1 else LARGEST):
        print(line, flush=True)


if __name__ == "__main__":
    main()
