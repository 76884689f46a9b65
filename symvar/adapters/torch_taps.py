"""Watching the weighted layers of a model while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from symvar.adapters.torch_module import NetworkModule, Tap
from symvar.errors import GraphError
from symvar.graph.network import Network
from symvar.layers import all_layers


class Recorder:
    """The second moments at every weighted node of one run, forward and backward.

    A node's output is looked at before an activation may overwrite it. Its input is an alias, so
    that the gradient there is this node's own share; a gradient that never arrives is zero.
    """

    def __init__(self) -> None:
        self.forward: dict[str, float] = {}
        self.backward: dict[str, float] = {}
        self.backward_input: dict[str, float] = {}

    def before(self, name: str, signal: torch.Tensor) -> torch.Tensor:
        """An alias of the signal, whose gradient is taken note of."""
        alias = signal.view_as(signal)
        self._follow(alias, name, self.backward_input)
        return alias

    def behind(self, name: str, signal: torch.Tensor) -> None:
        """Take note of the signal's second moment, and of its gradient's when it comes."""
        self.forward[name] = second_moment(signal)
        self._follow(signal, name, self.backward)

    def _follow(self, signal: torch.Tensor, name: str, into: dict[str, float]) -> None:
        into[name] = 0.0

        def note(gradient: torch.Tensor) -> None:
            into[name] = second_moment(gradient)

        if signal.requires_grad:
            signal.register_hook(note)


def second_moment(signal: torch.Tensor) -> float:
    """The mean square of all entries, summed in double precision."""
    norm = torch.linalg.vector_norm(signal.detach(), dtype=torch.float64)
    return norm.item() ** 2 / signal.numel()


class Interceptor(TorchFunctionMode):
    """Recognises a model's weighted layers by the weight that an operator is called with.

    So a layer is found however it is called, by a module or by a function, once or several times.
    Softmax at the end passes the logits on: that is where the cotangent enters.

    Args:
        tap: what watches.
        nodes: for the id of each weight, the nodes that use it, in the order of the calls.
        logits: whether softmax is left out.
    """

    def __init__(self, tap: Tap, nodes: Mapping[int, Sequence[str]], logits: bool) -> None:
        super().__init__()
        self.tap, self.nodes, self.logits = tap, nodes, logits
        self.calls = dict.fromkeys(nodes, 0)

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Called for every torch function inside."""
        named, name = dict(kwargs or {}), getattr(func, "__name__", "")
        if self.logits and name in TERMINAL:
            return args[0] if args else named["input"]
        if name not in WEIGHTED:
            return func(*args, **named)
        weight = args[1] if len(args) > 1 else named.get("weight")
        node = self._node(weight)
        if node is None:
            return func(*args, **named)
        if args:
            args = (self.tap.before(node, args[0]), *args[1:])
        else:
            named["input"] = self.tap.before(node, named["input"])
        given = func(*args, **named)
        self.tap.behind(node, given)
        return given

    def _node(self, weight: Any) -> str | None:
        key = id(weight)
        if key not in self.nodes:
            return None
        place = self.calls[key]
        self.calls[key] += 1
        known = self.nodes[key]
        if place >= len(known):
            raise GraphError(
                f"node {known[-1]!r}",
                need=f"as many calls of its weight as the trace saw ({len(known)})",
                have="one more",
                remedy="make the number of calls independent of the data",
            )
        return known[place]


def _operators(*, terminal: bool) -> frozenset[str]:
    layers = (each for each in all_layers().values() if each.terminal == terminal)
    wanted = (each for each in layers if terminal or each.weight_axes)
    return frozenset(name.removeprefix("aten.") for each in wanted for name in each.torch)


WEIGHTED = _operators(terminal=False)
"""The functions that apply a weight."""

TERMINAL = _operators(terminal=True)
"""The functions that end a network."""


@contextmanager
def watched(model: torch.nn.Module, net: Network, recorder: Tap) -> Iterator[None]:
    """Everything run inside is recorded.

    Args:
        model: the module that is run.
        net: the network read from it.
        recorder: what takes note.
    """
    if isinstance(model, NetworkModule):
        model.tap = recorder
        try:
            yield
        finally:
            model.tap = None
        return
    parameters = dict(model.named_parameters(remove_duplicate=False))
    nodes: dict[int, list[str]] = {}
    for node in net.weighted:
        nodes.setdefault(id(parameters[node.parameters.weight]), []).append(node.name)
    logits = any(node.layer.terminal for node in net)
    with Interceptor(recorder, nodes, logits):
        yield
