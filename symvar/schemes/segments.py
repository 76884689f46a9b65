r"""Runs of weighted layers in series, where moments are products whatever the theory.

Between two layers of a segment nothing stands but maps with f(cx) = c f(x), nothing joins and
nothing leaves. So scaling one layer's weight variance scales the forward moments behind it in the
segment, and the backward moments before it, by the same factor; $q^{(\ell)} r^{(\ell)}$, r at the
input of the next layer, changes by one common factor T for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from symvar.graph.network import Network, Node
from symvar.primitives import (
    Affine,
    Average,
    Blend,
    Copy,
    Mask,
    Mix,
    Pointwise,
    PowerMean,
    Primitive,
    Rearrange,
    WindowMax,
)

HOMOGENEOUS = (Mix, Average, WindowMax, PowerMean, Mask, Copy, Blend, Rearrange)


@dataclass(frozen=True)
class Segment:
    """A run of weighted layers in series.

    Args:
        names: the layers, in order.
        starts: whether it reads the network's input.
        ends: whether it gives the network's only output.
    """

    names: tuple[str, ...]
    starts: bool
    ends: bool

    @property
    def whole(self) -> bool:
        """Whether it is all of a network."""
        return self.starts and self.ends


def segments(net: Network) -> tuple[Segment, ...]:
    """The longest runs of weighted layers in series, in topological order; no biases assumed."""
    runs: dict[str, list[str]] = {}  # by their last layer
    starts: dict[str, bool] = {}  # by their first
    for node in net.weighted:
        before = _before(net, node)
        run = runs.pop(before, []) if before is not None else []
        starts.setdefault(run[0] if run else node.name, before == net.input.name)
        runs[node.name] = [*run, node.name]
    alone = len(net.outputs) == 1
    return tuple(
        Segment(tuple(run), starts[run[0]], alone and _ends(net, net[last]))
        for last, run in runs.items()
    )


def in_series(net: Network) -> bool:
    """Whether the whole network is one segment."""
    found = segments(net)
    return len(found) == 1 and found[0].whole


def _before(net: Network, node: Node) -> str | None:
    """The weighted layer or input that a node alone reads, through homogeneous maps alone."""
    if not _homogeneous(node):
        return None
    while True:
        (name,) = net.feeding(node.name) if len(net.feeding(node.name)) == 1 else (None,)
        if name is None or net.graph.out_degree(name) != 1:
            return None
        node = net[name]
        if node.mix is not None or node is net.input:
            return name
        if not _homogeneous(node):
            return None


def _ends(net: Network, node: Node) -> bool:
    """Whether nothing but homogeneous maps stands between a node and the output."""
    while True:
        after = list(net.graph.successors(node.name))
        if not after:
            return True
        if len(after) > 1 or net.graph.out_degree(node.name) > 1:
            return False
        node = net[after[0]]
        if len(net.feeding(node.name)) != 1 or not _homogeneous(node):
            return False


def _homogeneous(node: Node) -> bool:
    return all(map(_scales, node.primitives))


def _scales(primitive: Primitive) -> bool:
    if isinstance(primitive, Pointwise):
        return primitive.activation.homogeneous
    if isinstance(primitive, Affine):
        return primitive.shift == 0
    return isinstance(primitive, HOMOGENEOUS)
