"""The network: layers as nodes of a networkx graph, with their shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

from symvar import registry
from symvar.errors import GraphError, located, nearest
from symvar.geometry import Size, plain
from symvar.layers.base import AbstractJoin, Layer, Shape
from symvar.layers.input import Input
from symvar.primitives import Mix, Primitive

if TYPE_CHECKING:
    from symvar.emit.drawing import Drawing
    from symvar.graph.profile import Profile


LARGEST_DRAWN = 2000
"""A network of more nodes shows itself as text."""


@dataclass(frozen=True)
class Parameters:
    """What a layer's weight and bias are called in the model the network was read from.

    Args:
        weight: the weight's name; empty if built by hand.
        bias: the bias's name; empty without one.
    """

    weight: str = ""
    bias: str = ""


@dataclass(frozen=True)
class Node:
    """A layer in its place.

    Args:
        name: its name in the network.
        layer: the layer.
        befores: the shapes it is given: one, or one for each layer that a join reads.
        after: the shape it gives.
        primitives: what it lowers to.
        parameters: its weight and bias in the model it was read from.
    """

    name: str
    layer: Layer
    befores: tuple[Shape, ...]
    after: Shape
    primitives: tuple[Primitive, ...]
    parameters: Parameters = Parameters()

    @property
    def before(self) -> Shape:
        """The shape it is given; of the first layer that feeds it, where several do."""
        return self.befores[0] if self.befores else ()

    @property
    def place(self) -> str:
        """How errors name it."""
        return f"node {self.name!r} ({self.layer.name})"

    @property
    def mix(self) -> Mix | None:
        """The node's weighted map, if it has one."""
        return next((each for each in self.primitives if isinstance(each, Mix)), None)


class Network:
    """An acyclic graph of layers with one input.

    Args:
        layers: the layers by node name.
        edges: pairs of node names, from a layer to one that reads it.
        parameters: weights and biases in the model the network was read from, by node name.

    Raises:
        GraphError: for a cycle, an edge to nowhere, a node that is not fed, or no single input.
        ShapeError: for a layer that does not fit what it is given, naming the node.

    >>> from symvar.layers import Conv, Input
    >>> net = Network({"in": Input((3, 8, 8)), "conv": Conv(4, 3)}, [("in", "conv")])
    >>> net["conv"].after
    (4, 6, 6)
    """

    def __init__(
        self,
        layers: Mapping[str, Layer],
        edges: Iterable[tuple[str, str]],
        parameters: Mapping[str, Parameters] | None = None,
    ) -> None:
        self.graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        self.graph.add_nodes_from(layers)
        self._feeding: dict[str, list[str]] = {name: [] for name in layers}
        for edge in edges:
            for end in edge:
                if end not in layers:
                    raise GraphError(
                        f"edge {edge[0]!r} -> {edge[1]!r}",
                        need="two nodes of the network",
                        have=f"no node {end!r}",
                        remedy=nearest(end, layers),
                    )
            self.graph.add_edge(*edge)
            self._feeding[edge[1]].append(edge[0])
        require_acyclic(self.graph)
        rank = {name: index for index, name in enumerate(layers)}
        self._names = list(nx.lexicographical_topological_sort(self.graph, key=rank.__getitem__))
        self._check_one_input(layers)
        for name in self._names:
            names = (parameters or {}).get(name, Parameters())
            self.graph.nodes[name]["node"] = self._placed(name, layers[name], names)

    def __getitem__(self, name: str) -> Node:
        node: Node = registry.pick(self.graph.nodes, name, "node")["node"]
        return node

    def __iter__(self) -> Iterator[Node]:
        """The nodes in topological order."""
        return map(self.__getitem__, self._names)

    def __len__(self) -> int:
        return len(self.graph)

    def __repr__(self) -> str:
        lines = (f"  {node.name}: {node.layer} -> {node.after}" for node in self)
        return "Network(\n" + "\n".join(lines) + "\n)"

    def feeding(self, name: str) -> tuple[str, ...]:
        """The nodes that feed a node, in the order of its edges."""
        return tuple(self._feeding[name])

    @property
    def input(self) -> Node:
        """The node where the signal enters."""
        return self[self._names[0]]

    @property
    def outputs(self) -> tuple[Node, ...]:
        """The nodes nothing reads."""
        return tuple(node for node in self if self.graph.out_degree(node.name) == 0)

    @property
    def weighted(self) -> tuple[Node, ...]:
        """The nodes with weights, in topological order."""
        return tuple(node for node in self if node.mix is not None)

    @property
    def parameter_count(self) -> Size:
        """Trainable numbers: weights, biases, scales and shifts of norms."""
        counts = (
            node.layer.parameter_count(node.before)
            for node in self
            if not isinstance(node.layer, AbstractJoin)
        )
        return plain(sum(counts, 0))

    @property
    def depth(self) -> int:
        """The weighted layers on the longest path: what the literature calls the layers."""
        found: dict[str, int] = {}
        for node in self:
            before = max((found[name] for name in self._feeding[node.name]), default=0)
            found[node.name] = before + (node.mix is not None)
        return max(found.values())

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        arrows = [f'  n{i}["{node.name}: {node.layer.name}"]' for i, node in enumerate(self)]
        index = {node.name: f"n{i}" for i, node in enumerate(self)}
        arrows += [f"  {index[a]} --> {index[b]}" for a, b in self.graph.edges()]
        shown = {
            "text/plain": repr(self),
            "text/vnd.mermaid": "graph TD\n" + "\n".join(arrows) + "\n",
        }
        return shown | ({"text/html": self.draw().html} if len(self) <= LARGEST_DRAWN else {})

    def draw(self, profile: Profile | None = None) -> Drawing:
        """The network as a picture, weighted nodes coloured by their moments.

        Args:
            profile: where the moments come from; boxes alone if left out.

        Raises:
            ArgumentError: for a profile that holds symbols.
        """
        from symvar.emit.drawing import Drawing, Moments, svg

        return Drawing(svg(self, None if profile is None else Moments.of(profile)))

    def _check_one_input(self, layers: Mapping[str, Layer]) -> None:
        inputs = [name for name in self._names if isinstance(layers[name], Input)]
        if len(inputs) != 1:
            raise GraphError(
                "network",
                need="one Input",
                have=", ".join(map(repr, inputs)) or "none",
                remedy="start the network at one Input layer",
            )

    def _placed(self, name: str, layer: Layer, parameters: Parameters) -> Node:
        place = f"node {name!r} ({layer.name})"
        self._check_feeds(name, layer, place)
        befores = tuple(self[each].after for each in self._feeding[name])
        with located(place):
            if isinstance(layer, AbstractJoin):
                joined, join = layer.joined(befores), layer.join(befores)
                return Node(name, layer, befores, joined, (join,), parameters)
            before = befores[0] if befores else ()
            after, primitives = layer.shape(before), layer.lower(before)
            return Node(name, layer, befores, after, primitives, parameters)

    def _check_feeds(self, name: str, layer: Layer, place: str) -> None:
        feeding = list(dict.fromkeys(self._feeding[name]))
        wanted = 0 if isinstance(layer, Input) else 1
        count = len(self._feeding[name])
        if count != wanted and not (isinstance(layer, AbstractJoin) and count > 1):
            raise GraphError(
                place,
                need="no node before it" if wanted == 0 else "one node before it",
                have=", ".join(map(repr, feeding)) or "none",
                remedy="start at an Input" if wanted else "an Input starts the network",
            )
        ended = [f"{each!r}" for each in feeding if self[each].layer.terminal]
        if ended:
            raise GraphError(
                place,
                need="a layer that may be read on",
                have=f"{ended[0]} ({self[feeding[0]].layer.name}), which must be the output",
                remedy="move it to the end of the network",
            )


def require_acyclic(graph: nx.MultiDiGraph[str]) -> None:
    """Refuse a graph with a cycle, naming its nodes.

    Raises:
        GraphError: for a cycle.
    """
    if nx.is_directed_acyclic_graph(graph):
        return
    cycle = [edge[0] for edge in nx.find_cycle(graph)]
    raise GraphError(
        f"node {cycle[0]!r}",
        need="an acyclic graph",
        have=f"a cycle {' -> '.join([*cycle, cycle[0]])}",
        remedy="unroll or cut the cycle; recurrent networks are not supported",
    )
