"""A network of the zoo written as a user would in torch, to be read back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from symvar import Network
from symvar.layers.base import Layer, sides

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "relu6": nn.ReLU6,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}


class Written(nn.Module):
    """Runs torch's own layers along the graph.

    Args:
        net: a network of the zoo.
    """

    def __init__(self, net: Network) -> None:
        super().__init__()
        self.net = net
        for node in net:
            make = MODULES.get(node.layer.name)
            if make is not None:
                self.add_module(node.name.replace(".", "_"), make(node.layer, node.before))

    def forward(self, signal: torch.Tensor) -> Any:
        found = {self.net.input.name: signal}
        modules = dict(self.named_children())
        for node in self.net:
            if node is self.net.input:
                continue
            read = [found[name] for name in self.net.feeding(node.name)]
            module = modules.get(node.name.replace(".", "_"))
            if module is None:
                found[node.name] = FUNCTIONS[node.layer.name](node.layer, read)
            else:
                found[node.name] = module(*read)
        outputs = tuple(found[node.name] for node in self.net.outputs)
        return outputs[0] if len(outputs) == 1 else outputs


def _conv(layer: Any, before: tuple[Any, ...]) -> nn.Module:
    return nn.Conv2d(
        before[0], layer.out, layer.kernel, layer.stride, layer.padding, layer.dilation,
        layer.groups, layer.bias,
    )  # fmt: skip


def _transposed(layer: Any, before: tuple[Any, ...]) -> nn.Module:
    return nn.ConvTranspose2d(
        before[0], layer.out, layer.kernel, layer.stride, layer.padding, layer.extra,
        layer.groups, layer.bias, layer.dilation,
    )  # fmt: skip


def _maxpool(layer: Any, before: tuple[Any, ...]) -> nn.Module:
    lows, highs = sides(layer.padding, 2)  # torch pads a side more only by rounding up
    ceil = layer.ceil or lows != highs
    return nn.MaxPool2d(layer.window, layer.stride, lows, layer.dilation, ceil_mode=ceil)


def _avgpool(layer: Any, before: tuple[Any, ...]) -> nn.Module:
    return nn.AvgPool2d(layer.window, layer.stride, layer.padding, layer.ceil, layer.counts_padding)


def _response(layer: Any, before: tuple[Any, ...]) -> nn.Module:
    numbers = (float(each) for each in (layer.alpha, layer.beta, layer.bias))
    return nn.LocalResponseNorm(layer.size, *numbers)


class _Scaled(nn.Module):
    def __init__(self, layer: Any) -> None:
        super().__init__()
        self.by, self.shift = float(layer.scale), float(layer.shift)
        if layer.learnt:
            size = (int(layer.learnt) // 2, 1, 1)
            self.factor = nn.Parameter(torch.full(size, self.by))
            self.summand = nn.Parameter(torch.full(size, self.shift))

    def forward(self, signal: torch.Tensor) -> torch.Tensor:
        if hasattr(self, "factor"):
            return signal * self.factor + self.summand
        return signal * self.by + self.shift if self.shift else signal * self.by


MODULES: dict[str, Callable[[Any, tuple[Any, ...]], nn.Module]] = {
    "conv": _conv,
    "convtranspose": _transposed,
    "dense": lambda layer, before: nn.Linear(before[0], layer.out, layer.bias),
    "activate": lambda layer, before: ACTIVATIONS[layer.function](),
    "batchnorm": lambda layer, before: nn.BatchNorm2d(before[0]),
    "maxpool": _maxpool,
    "avgpool": _avgpool,
    "globalavgpool": lambda layer, before: nn.AdaptiveAvgPool2d(1),
    "dropout": lambda layer, before: nn.Dropout(float(layer.p)),
    "localresponsenorm": _response,
    "scaleshift": lambda layer, before: _Scaled(layer),
}


def _sliced(layer: Any, read: list[torch.Tensor]) -> torch.Tensor:
    cut = [slice(None)] * (1 + layer.axis) + [slice(layer.start, layer.stop, layer.step)]
    return read[0][tuple(cut)]


FUNCTIONS: dict[str, Callable[[Layer, list[torch.Tensor]], torch.Tensor]] = {
    "add": lambda layer, read: read[0] + read[1],
    "concat": lambda layer, read: torch.cat(read, dim=1),
    "flatten": lambda layer, read: torch.flatten(read[0], 1),
    "padchannels": lambda layer, read: nn.functional.pad(
        read[0], (0, 0, 0, 0, layer.low, layer.high)
    ),
    "slice": _sliced,
}
