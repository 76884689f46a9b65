"""From a network, a scheme and a theory to the moments of every weighted layer."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.errors import ArgumentError
from symvar.geometry import Size, plain
from symvar.graph.fans import fans
from symvar.graph.network import Network, Node
from symvar.graph.profile import Profile, Row
from symvar.graph.propagation import Forward, WeightOf, backward, forward
from symvar.inputs import Input
from symvar.inputs import find as find_input
from symvar.layers.boundary import Boundary
from symvar.primitives import Average, WindowMax
from symvar.schemes import Init, Scheme
from symvar.schemes import find as find_scheme
from symvar.schemes.base import unsolved
from symvar.theories import Theory, Weight
from symvar.theories import find as find_theory


def propagate(
    net: Network,
    scheme: str | Scheme | Init | None = None,
    theory: str | Theory = "iid",
    input: str | Input = "white",
) -> Profile:
    r"""The forward and backward moments of every weighted layer.

    Args:
        net: the network.
        scheme: a scheme, its name, the variances themselves, or None to keep every weight and
            bias variance as a symbol.
        theory: a theory or its name.
        input: ``"white"`` (independent standard normals), ``"constant"`` (ones), another kind by
            name, or an :class:`symvar.inputs.Input` such as your own images.

    Raises:
        ArgumentError: for an unknown name.
        NeedsFact: where the theory cannot say, naming the node.

    >>> from symvar import sequential
    >>> from symvar.layers import Conv, MaxPool
    >>> net = sequential([Conv(8, 3), "relu", MaxPool(2), Conv(8, 3)], input=(3, 8, 8))
    >>> propagate(net, "kaiming-fan-in")["conv2"].forward
    4*tau(4)
    """
    rules, given = find_theory(theory), find_input(input)
    init, passed = scheme if isinstance(scheme, Init) else None, None
    if isinstance(scheme, str | Scheme):
        solution = find_scheme(scheme).solution(net, rules, given)
        init, passed = solution.init, solution.passed
    weight_of = unsolved if init is None else _weights(net, init)
    if passed is None:
        passed = forward(net, rules, given, weight_of)
    cotangents = backward(net, rules, passed, weight_of)
    windows = pooling_behind(net)
    rows = tuple(
        _row(node, rules, passed, cotangents[node.name], weight_of, windows[node.name])
        for node in net.weighted
    )
    name = None if init is None else init.scheme
    stops = tuple(node.name for node in net if isinstance(node.layer, Boundary))
    assumed = _assumptions(rules, passed)
    return Profile(
        rows, name, rules.name, str(given), assumed, fans=fans(net), boundaries=stops,
        optimum=None if init is None else init.optimum,
    )  # fmt: skip


def _weights(net: Network, init: Init) -> WeightOf:
    missing = [node.name for node in net.weighted if node.name not in init]
    if missing:
        raise ArgumentError(
            "scheme",
            need="a variance for every weighted node",
            have=f"none for {', '.join(missing)}",
            remedy="solve the scheme on this network",
        )
    return lambda node, mix, _: Weight(
        init[node.name], init.bias_variances.get(node.name, sp.Integer(0))
    )


def _row(
    node: Node,
    theory: Theory,
    passed: Forward,
    cotangents: tuple[Any, Any],
    weight_of: WeightOf,
    window: Size,
) -> Row:
    mix = node.mix
    assert mix is not None
    behind, before = cotangents
    return Row(
        name=node.name,
        op=node.layer.name,
        fan_in=mix.fan_in,
        fan_out=mix.fan_out,
        connections=mix.connections,
        window=window,
        weight_variance=weight_of(node, mix, None).variance,
        forward=theory.moment(passed.signals[node.name]),
        backward=theory.moment_at_mix(behind),
        backward_input=theory.moment_here(before),
        correlation=theory.correlation(passed.signals[node.name]),
    )


def pooling_behind(net: Network) -> dict[str, Size]:
    """The units in the window of the pooling between each node and the next weighted; 1 if none.

    Where several layers read a node, the largest.
    """
    found: dict[str, Size] = {}
    for node in reversed(list(net)):
        sizes: list[Size] = []
        for name in dict.fromkeys(net.graph.successors(node.name)):
            after = net[name]
            if after.mix is None:
                own = (
                    each.windows.size
                    for each in after.primitives
                    if isinstance(each, (Average, WindowMax))
                )
                sizes.append(plain(sp.Mul(*own) * found[name]))
        found[node.name] = plain(sp.Max(1, *sizes)) if len(sizes) != 1 else sizes[0]
    return found


def _assumptions(theory: Theory, passed: Forward) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {each: [] for each in theory.assumes}
    for name, steps in passed.steps.items():
        for step in steps:
            for note in theory.notes(step.primitive, step.before):
                found.setdefault(note, []).append(name)
    return {note: tuple(names) for note, names in found.items()}
