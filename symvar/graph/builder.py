"""Building a network node by node, with branches."""

from __future__ import annotations

from collections.abc import Sequence

from symvar.activations import all_activations
from symvar.errors import ArgumentError, GraphError, nearest
from symvar.graph.network import Network
from symvar.layers.activate import Activate
from symvar.layers.base import Layer, Shape
from symvar.layers.input import Input


class Builder:
    """Nodes are added after nodes that are there; each call returns the new node's name.

    Args:
        input: channels and spatial axes of the input, without the batch.

    >>> from symvar.layers import Add, Conv
    >>> build = Builder((8, 4, 4))
    >>> branch = build.chain([Conv(8, 3, padding=1), "relu", Conv(8, 3, padding=1)], "input")
    >>> _ = build.node(Add(), branch, "input")
    >>> [node.name for node in build.network()]
    ['input', 'conv1', 'relu1', 'conv2', 'add1']
    """

    def __init__(self, input: Shape | Sequence[int]) -> None:
        self._layers: dict[str, Layer] = {"input": Input(tuple(input))}
        self._edges: list[tuple[str, str]] = []
        self._counts: dict[str, int] = {}

    def node(self, layer: Layer | str, *after: str, name: str | None = None) -> str:
        """Add a layer behind the nodes named.

        Args:
            layer: the layer, or the name of an activation.
            after: what feeds it: one node, or several for a join.
            name: of the node; the operation and its count if left out.

        Raises:
            GraphError: for a name that is taken, or a node that is not there.
        """
        made = named_layer(layer)
        label = name or self._numbered(made)
        if label in self._layers:
            raise GraphError(
                f"node {label!r}",
                need="a name of its own",
                have="one that is taken",
                remedy="rename it",
            )
        for source in after:
            if source not in self._layers:
                raise GraphError(
                    f"node {label!r}",
                    need="nodes added before it",
                    have=f"no node {source!r}",
                    remedy=nearest(source, self._layers),
                )
        self._layers[label] = made
        self._edges += [(source, label) for source in after]
        return label

    def chain(self, layers: Sequence[Layer | str | tuple[str, Layer]], after: str) -> str:
        """Add layers one behind the other; the name of the last, or ``after`` if none."""
        for entry in layers:
            name, layer = entry if isinstance(entry, tuple) else (None, entry)
            after = self.node(layer, after, name=name)
        return after

    def network(self) -> Network:
        """The network so far."""
        return Network(self._layers, self._edges)

    def _numbered(self, layer: Layer) -> str:
        stem = getattr(layer, "function", layer.name)
        self._counts[stem] = self._counts.get(stem, 0) + 1
        return f"{stem}{self._counts[stem]}"


def named_layer(entry: Layer | str) -> Layer:
    """A layer, or the activation of that name.

    Raises:
        ArgumentError: for anything else, with the nearest known name.
    """
    if isinstance(entry, str):
        entry = Activate(entry)
    if not isinstance(entry, Layer):
        raise ArgumentError(
            "layers",
            need="layers, names of activations or (name, layer) pairs",
            have=repr(entry),
            remedy=nearest(str(entry), all_activations()),
        )
    return entry


def sequential(
    layers: Sequence[Layer | str | tuple[str, Layer]], *, input: Shape | Sequence[int]
) -> Network:
    """A chain of layers.

    Args:
        layers: layers, names of activations, or (node name, layer) pairs.
        input: channels and spatial axes of the input, without the batch.

    Raises:
        GraphError: for a node name used twice.
        ShapeError: for a layer that does not fit, naming its node.

    >>> from symvar.layers import Conv, Dense, Flatten, MaxPool
    >>> net = sequential([Conv(8, 3, padding=1), "relu", MaxPool(2), Flatten(), Dense(10)],
    ...                  input=(3, 8, 8))
    >>> [node.name for node in net]
    ['input', 'conv1', 'relu1', 'maxpool1', 'flatten1', 'dense1']
    """
    build = Builder(input)
    build.chain(layers, "input")
    return build.network()
