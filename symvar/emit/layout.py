"""Where the boxes of a network's drawing stand: ranks in columns, branches in lanes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from symvar.graph.network import Network, Node
from symvar.primitives import (
    Affine,
    Mask,
    Normalise,
    Pointwise,
    Primitive,
    Rearrange,
    Standardise,
)

IN_PLACE = (Affine, Mask, Normalise, Pointwise, Rearrange, Standardise)
"""What acts unit by unit, or on a whole signal, and so needs no box of its own."""

SHAPE = 0.2
"""The height of a column over its width that a drawing is given, times the boxes' own."""

SLACK = 0.25
"""How far from an even cut a column may end, where fewer signals cross."""


@dataclass(frozen=True)
class Box:
    """Nodes that are drawn together: the first, and what acts on its signal alone.

    Args:
        nodes: in order.
        rank: the boxes on the longest way from the input.
        lane: beside which others of the rank it stands, from 0.
    """

    nodes: tuple[Node, ...]
    rank: int = 0
    lane: int = 0

    @property
    def name(self) -> str:
        """The first node's."""
        return self.nodes[0].name


@dataclass(frozen=True)
class Layout:
    """Boxes with ranks and lanes, the edges between them, and where columns begin.

    Args:
        boxes: by name, in topological order.
        edges: pairs of box names.
        starts: the first rank of each column, and behind them the number of ranks.
    """

    boxes: Mapping[str, Box]
    edges: tuple[tuple[str, str], ...]
    starts: tuple[int, ...] = ()

    @property
    def ranks(self) -> int:
        """How many ranks there are."""
        return 1 + max(box.rank for box in self.boxes.values())

    def column(self, rank: int) -> int:
        """The column that holds a rank."""
        return sum(start <= rank for start in self.starts[1:-1])

    def free(self, lane: int, above: int, below: int) -> bool:
        """Whether no box stands in a lane at the ranks strictly between two."""
        return not any((rank, lane) in self.taken for rank in range(above + 1, below))

    @cached_property
    def taken(self) -> frozenset[tuple[int, int]]:
        """The places that hold a box."""
        return frozenset((box.rank, box.lane) for box in self.boxes.values())


def layout(net: Network) -> Layout:
    """The boxes of a network.

    >>> from symvar import sequential
    >>> from symvar.layers import Conv, Dense, Flatten, MaxPool
    >>> net = sequential([Conv(8, 3), "relu", MaxPool(2), Flatten(), Dense(2)], input=(3, 8, 8))
    >>> [(box.name, len(box.nodes), box.rank) for box in layout(net).boxes.values()]
    [('input', 1, 0), ('conv1', 2, 1), ('maxpool1', 2, 2), ('dense1', 1, 3)]
    """
    folded, home = _folded(net)
    edges = tuple(
        (home[source], name)
        for name, nodes in folded.items()
        for source in net.feeding(nodes[0].name)
    )
    feeding, read = _by(edges, 1), _by(edges, 0)
    ranks: dict[str, int] = {}
    for name in folded:
        ranks[name] = 1 + max((ranks[each] for each in feeding.get(name, ())), default=-1)
    lanes = _lanes(folded, feeding, read, ranks)
    boxes = {name: Box(nodes, ranks[name], lanes[name]) for name, nodes in folded.items()}
    found = Layout(boxes, edges)
    return Layout(boxes, edges, _starts(found))


def _folded(net: Network) -> tuple[dict[str, tuple[Node, ...]], dict[str, str]]:
    """Nodes by box, and the box that each node is in."""
    folded: dict[str, list[Node]] = {}
    home: dict[str, str] = {}
    for node in net:
        fed = net.feeding(node.name)
        alone = len(fed) == 1 and net.graph.out_degree(fed[0]) == 1
        if alone and fed[0] != net.input.name and _in_place(node.primitives):
            home[node.name] = home[fed[0]]
            folded[home[node.name]].append(node)
        else:
            home[node.name] = node.name
            folded[node.name] = [node]
    return {name: tuple(nodes) for name, nodes in folded.items()}, home


def _in_place(primitives: Iterable[Primitive]) -> bool:
    return all(isinstance(each, IN_PLACE) for each in primitives)


def _by(edges: Iterable[tuple[str, str]], end: int) -> dict[str, list[str]]:
    """The other ends of the edges by this one."""
    found: dict[str, list[str]] = {}
    for edge in edges:
        found.setdefault(edge[end], []).append(edge[1 - end])
    return found


def _lanes(
    names: Iterable[str],
    feeding: Mapping[str, Sequence[str]],
    read: Mapping[str, Sequence[str]],
    ranks: Mapping[str, int],
) -> dict[str, int]:
    """The longest way on keeps its lane; other branches get the nearest that is free."""
    height: dict[str, int] = {}
    for name in reversed(list(names)):
        height[name] = 1 + max((height[each] for each in read.get(name, ())), default=0)
    heir = {
        name: max(dict.fromkeys(others), key=lambda each: height[each])
        for name, others in read.items()
    }
    places = _Places()
    lanes: dict[str, int] = {}
    for name in names:
        fed = feeding.get(name, ())
        wanted = min((lanes[each] for each in fed), default=0)
        if len(set(fed)) == 1 and heir[fed[0]] != name:
            wanted += 1
        above = ranks[fed[0]] if fed and len(set(fed)) == 1 else ranks[name] - 1
        lanes[name] = places.take(wanted, above, ranks[name])
    return lanes


@dataclass
class _Places:
    """Which ranks of each lane hold a box or a line down to one."""

    taken: set[tuple[int, int]] = field(default_factory=set)

    def take(self, wanted: int, above: int, rank: int) -> int:
        span = range(above + 1, rank + 1)
        lane = wanted
        while any((each, lane) in self.taken for each in span):
            lane += 1
        self.taken |= {(each, lane) for each in span}
        return lane


def _starts(found: Layout) -> tuple[int, ...]:
    """Even columns, each cut where the fewest signals cross."""
    ranks = found.ranks
    lanes = 1 + max(box.lane for box in found.boxes.values())
    columns = max(1, round(math.sqrt(ranks * SHAPE / lanes)))
    across: list[set[str]] = [set() for _ in range(ranks + 1)]
    for source, target in found.edges:
        for rank in range(found.boxes[source].rank + 1, found.boxes[target].rank + 1):
            across[rank].add(source)
    crossing = [len(sources) for sources in across]
    starts, even = [0], ranks / columns
    for column in range(1, columns):
        middle = round(column * even)
        reach = int(even * SLACK)
        near = range(max(starts[-1] + 1, middle - reach), min(ranks - 1, middle + reach) + 1)
        starts.append(min(near, key=lambda rank: (crossing[rank], abs(rank - middle))))
    return (*starts, ranks)
