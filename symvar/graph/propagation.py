"""Carrying signals forward and cotangents backward along a network, under any theory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from symvar.errors import located
from symvar.graph.network import Network, Node
from symvar.inputs import Input
from symvar.primitives import Join, Mix, Primitive
from symvar.theories import Theory, Weight


@dataclass(frozen=True)
class Step:
    """One primitive of one node with the signals around it; before a join, all it reads."""

    node: Node
    primitive: Primitive
    before: Any
    after: Any
    weight: Weight | None


WeightOf = Callable[[Node, Mix, Any], Weight]
"""The weight of a node, from its mix and the signal (forward) or cotangent (backward) at hand."""


@dataclass(frozen=True)
class Forward:
    """A forward pass: the steps of each node, and the signal each node gives."""

    steps: dict[str, tuple[Step, ...]]
    signals: dict[str, Any]


def forward(net: Network, theory: Theory, kind: str | Input, weight_of: WeightOf) -> Forward:
    """Every node's signal, in topological order.

    Args:
        net: the network.
        theory: the interpreter.
        kind: the kind of input (see ``propagate``).
        weight_of: called once per weighted node with the signal it reads.

    Raises:
        NeedsFact: where the theory cannot say, naming the node.
    """
    steps: dict[str, tuple[Step, ...]] = {}
    signals: dict[str, Any] = {}
    for node in net:
        if node is net.input:
            signals[node.name], steps[node.name] = theory.start(node.after, kind), ()
            continue
        read = tuple(signals[name] for name in net.feeding(node.name))
        signal, done = read[0], []
        for primitive in node.primitives:
            weight = weight_of(node, primitive, signal) if isinstance(primitive, Mix) else None
            with located(node.place):
                if isinstance(primitive, Join):
                    signal, after = read, theory.join(primitive, read)
                else:
                    after = theory.forward(primitive, signal, weight)
            done.append(Step(node, primitive, signal, after, weight))
            signal = after
        signals[node.name], steps[node.name] = signal, tuple(done)
    return Forward(steps, signals)


def backward(
    net: Network, theory: Theory, passed: Forward, weight_of: WeightOf
) -> dict[str, tuple[Any, Any]]:
    """The cotangents (behind, before) every node, in reverse topological order.

    Args:
        net: the network.
        theory: the interpreter.
        passed: the forward pass.
        weight_of: called once per weighted node with the cotangent that arrives at it.
    """
    arriving: dict[str, list[Any]] = {node.name: [] for node in net}
    cotangents: dict[str, tuple[Any, Any]] = {}
    for node in net.outputs:
        arriving[node.name].append(theory.cotangent(passed.signals[node.name]))
    for node in reversed(list(net)):
        behind = cotangent = theory.add(arriving[node.name])
        shared: Sequence[Any] | None = None
        for step in reversed(passed.steps[node.name]):
            if isinstance(step.primitive, Join):
                shared = theory.split(step.primitive, step.before, cotangent)
                break
            weight = None
            if isinstance(step.primitive, Mix):
                weight = weight_of(node, step.primitive, cotangent)
            cotangent = theory.backward(step.primitive, step.before, cotangent, weight)
        cotangents[node.name] = (behind, cotangent)
        for place, name in enumerate(net.feeding(node.name)):
            arriving[name].append(cotangent if shared is None else shared[place])
    return cotangents
