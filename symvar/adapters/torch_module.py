"""A network as a torch module that runs its primitives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch.nn import functional

from symvar.adapters.torch_primitives import Signals, function_of
from symvar.errors import ShapeError, UnsupportedOperator, located
from symvar.geometry import is_number
from symvar.graph.network import Network, Node
from symvar.primitives import Mix


class Tap(Protocol):
    """What watches the weighted layers while a model runs."""

    def before(self, name: str, signal: torch.Tensor) -> torch.Tensor:
        """The signal that a weighted node reads instead of this one."""
        ...

    def behind(self, name: str, signal: torch.Tensor) -> None:
        """Take note of what a weighted node gives."""
        ...


class NetworkModule(torch.nn.Module):
    """Runs a network: one parameter pair for each weighted node, norms with scale one.

    Weights are normal with variance 1/fan-in until they are set, biases zero.

    Args:
        net: the network; its sizes must be numbers.

    Raises:
        ShapeError: for symbolic sizes.
        UnsupportedOperator: for a primitive or weight layout that no rule runs, naming the node.
    """

    def __init__(self, net: Network) -> None:
        super().__init__()
        self.net = net
        self.tap: Tap | None = None
        self.owners: dict[str, str] = {}
        self._steps: list[tuple[Node, tuple[Any, ...]]] = []
        for node in net:
            with located(node.place):
                self._steps.append((node, self._functions(node)))

    def forward(self, signal: torch.Tensor) -> Any:
        """The signals at the outputs: one tensor, or a tuple of several."""
        found = {self.net.input.name: signal}
        for node, functions in self._steps:
            if functions:
                read: Signals = [found[name] for name in self.net.feeding(node.name)]
                for function in functions:
                    weighted = isinstance(function, Weighted)
                    read = [self._watched(node, function, read) if weighted else function(read)]
                found[node.name] = read[0].reshape(len(read[0]), *node.after)
        outputs = tuple(found[node.name] for node in self.net.outputs)
        return outputs[0] if len(outputs) == 1 else outputs

    def weight(self, name: str) -> torch.nn.Parameter:
        """The weight of a node."""
        found: torch.nn.Parameter = self.get_submodule(self.owners[name]).weight
        return found

    def _watched(self, node: Node, weighted: Weighted, read: Signals) -> torch.Tensor:
        if self.tap is None:
            return weighted(read)
        given = weighted([self.tap.before(node.name, read[0])])
        self.tap.behind(node.name, given)
        return given

    def _functions(self, node: Node) -> tuple[Any, ...]:
        if node is self.net.input:
            if not all(map(is_number, node.after)):
                raise ShapeError(
                    "input",
                    need="sizes that are numbers, to run the network",
                    have=str(node.after),
                    remedy="build the network on an input of numbers",
                )
            return ()
        return tuple(
            self._owner(node, each) if isinstance(each, Mix) else function_of(each)
            for each in node.primitives
        )

    def _owner(self, node: Node, mix: Mix) -> Weighted:
        name = node.name.replace(".", "_")
        while name in self._modules or hasattr(self, name):
            name += "_"
        owner = Weighted(node, mix)
        self.add_module(name, owner)
        self.owners[node.name] = name
        return owner


class Weighted(torch.nn.Module):
    """The weight and bias of a node, and how they are applied.

    Args:
        node: the node.
        mix: its weighted map.
    """

    def __init__(self, node: Node, mix: Mix) -> None:
        super().__init__()
        layer = node.layer
        shape = tuple(map(int, layer.weight_shape(node.before)))
        self.weight = torch.nn.Parameter(torch.randn(shape) / float(mix.fan_in) ** 0.5)
        channels = shape[0] if layer.weight_axes[0] == "out" else int(node.after[0])
        self.bias = torch.nn.Parameter(torch.zeros(channels)) if mix.bias else None
        rule = RULES.get(layer.weight_axes)
        if rule is None:
            raise UnsupportedOperator(
                "torch",
                need="a weight laid out like a dense, convolution or transposed one",
                have=f"axes {layer.weight_axes}",
                remedy="measure a torch module instead of the network read from it",
            )
        self.rule = rule(node, shape)

    def forward(self, signals: Signals) -> torch.Tensor:
        """What the node gives."""
        return self.rule(signals[0], self.weight, self.bias)


Rule = Callable[[torch.Tensor, torch.Tensor, torch.Tensor | None], torch.Tensor]


def _dense(node: Node, shape: tuple[int, ...]) -> Rule:
    return functional.linear


def _convolution(node: Node, shape: tuple[int, ...]) -> Rule:
    axes = _axes(node)
    convolve = (functional.conv1d, functional.conv2d, functional.conv3d)[len(axes) - 1]
    stride, dilation = _along(axes, "stride"), _along(axes, "dilation")
    lows, highs = _along(axes, "low"), _along(axes, "high")
    groups = int(node.before[0]) // shape[1]
    sides = [
        side for low, high in zip(lows[::-1], highs[::-1], strict=True) for side in (low, high)
    ]

    def applied(
        signal: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None
    ) -> torch.Tensor:
        if lows == highs:
            return convolve(signal, weight, bias, stride, lows, dilation, groups)
        padded = functional.pad(signal, sides)
        return convolve(padded, weight, bias, stride, 0, dilation, groups)

    return applied


def _transposed(node: Node, shape: tuple[int, ...]) -> Rule:
    axes = _axes(node)
    names = (functional.conv_transpose1d, functional.conv_transpose2d, functional.conv_transpose3d)
    convolve = names[len(axes) - 1]
    stride, dilation = _along(axes, "stride"), _along(axes, "dilation")
    groups = int(node.after[0]) // shape[1]
    sizes, lows = _along(axes, "size"), _along(axes, "low")

    def applied(
        signal: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None
    ) -> torch.Tensor:
        whole = convolve(signal, weight, None, stride, 0, 0, groups, dilation)
        cuts = [-low for low in lows]
        along = zip(sizes, lows, whole.shape[2:], strict=True)
        ends = [size + low - full for size, low, full in along]
        cut = functional.pad(whole, _innermost_first(cuts, ends))
        return cut if bias is None else cut + bias.reshape(-1, *(1 for _ in axes))

    return applied


RULES: dict[tuple[str, ...], Callable[[Node, tuple[int, ...]], Rule]] = {
    ("out", "in"): _dense,
    ("out", "in/groups", "kernel"): _convolution,
    ("in", "out/groups", "kernel"): _transposed,
}
"""How a weight is applied, by the roles of its axes."""


def _axes(node: Node) -> tuple[Any, ...]:
    axes: tuple[Any, ...] = node.layer.windows(node.before).axes  # type: ignore[attr-defined]
    return axes


def _along(axes: tuple[Any, ...], name: str) -> list[int]:
    return [int(getattr(axis, name)) for axis in axes]


def _innermost_first(lows: list[int], highs: list[int]) -> list[int]:
    """The sides as torch's padding counts them: from the last axis on."""
    pairs = zip(reversed(lows), reversed(highs), strict=True)
    return [side for pair in pairs for side in pair]
