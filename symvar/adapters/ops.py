"""An imported program, told without the framework: operators, what they read, what they give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sympy as sp

from symvar.geometry import Size
from symvar.graph.network import Parameters
from symvar.layers.base import Call, Layer

FullShape = tuple[Size, ...]
"""A shape with the batch."""


@dataclass(frozen=True)
class Constant:
    """A number or tensor that is no signal.

    Args:
        shape: its shape; empty for a number.
        name: what the model stores it under; empty if nothing.
        learnt: whether it is a parameter.
        value: the one number all entries are, where that is known.
        computed: whether the model computes it from others.
    """

    shape: tuple[int, ...] = ()
    name: str = ""
    learnt: bool = False
    value: sp.Expr | None = None
    computed: bool = False


@dataclass(frozen=True)
class Op:
    """One operator with one output.

    Args:
        key: what other operators read its output by.
        operator: the framework's name of it.
        kind: the same for both frameworks, where a rewriting needs to know it.
        inputs: what it reads, in order: keys, or constants.
        arguments: attributes and other arguments by the framework's names.
        shape: of its output, with the batch; empty where not known.
        path: the module it belongs to, if any.
        label: what errors call it; its key if empty.
        weight: the shape of its weight as it lies in the framework.
        bias: whether a bias is added.
        parameters: weight and bias in the model.
        whole: whether its output holds whole numbers, such as indices, and is no signal.
        layer: the layer a rewriting made of it.
        refusal: why no layer reads it, where a rewriting or reading found out.
    """

    key: str
    operator: str
    kind: str
    inputs: tuple[str | Constant, ...]
    arguments: Mapping[str, Any]
    shape: FullShape
    path: str = ""
    label: str = ""
    weight: tuple[int, ...] = ()
    bias: bool = False
    parameters: Parameters = field(default_factory=Parameters)
    whole: bool = False
    layer: Layer | None = None
    refusal: str = ""

    @property
    def signals(self) -> tuple[str, ...]:
        """The keys it reads."""
        return tuple(each for each in self.inputs if isinstance(each, str))

    @property
    def constants(self) -> tuple[Constant, ...]:
        """The constants it reads."""
        return tuple(each for each in self.inputs if isinstance(each, Constant))

    def reads(self, *keys: str, layer: Layer, parameters: Parameters | None = None) -> Op:
        """The same place, taken by a layer that reads these."""
        return replace(
            self, inputs=keys, layer=layer, weight=(), parameters=parameters or Parameters()
        )


@dataclass
class Program:
    """Operators in an order in which each comes after what it reads.

    Args:
        framework: ``"torch"`` or ``"onnx"``.
        data: the key of the input.
        size: its shape, with the batch.
        ops: the operators by key.
        outputs: the keys the model returns.
    """

    framework: str
    data: str
    size: FullShape
    ops: dict[str, Op] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()

    def shape(self, key: str) -> FullShape:
        """The shape of a signal, with the batch."""
        return self.size if key == self.data else self.ops[key].shape

    def readers(self) -> dict[str, list[str]]:
        """The operators that read each key."""
        found: dict[str, list[str]] = {key: [] for key in (self.data, *self.ops)}
        for op in self.ops.values():
            for key in op.signals:
                found[key].append(op.key)
        return found

    def bypass(self, keys: Iterable[str]) -> None:
        """Take out operators whose output is their first signal."""
        stand_in: dict[str, str] = {}
        for key in keys:
            source = self.ops[key].signals[0]
            stand_in[key] = stand_in.get(source, source)
        self.ops = {
            key: replace(op, inputs=_renamed(op.inputs, stand_in))
            for key, op in self.ops.items()
            if key not in stand_in
        }
        self.outputs = tuple(stand_in.get(key, key) for key in self.outputs)

    def keep_living(self) -> None:
        """Take out operators that no output depends on."""
        living, pending = set(), list(self.outputs)
        while pending:
            key = pending.pop()
            if key in self.ops and key not in living:
                living.add(key)
                pending += self.ops[key].signals
        self.ops = {key: op for key, op in self.ops.items() if key in living}

    def call(self, op: Op) -> Call:
        """The operator as a layer's reader wants it."""
        return Call(
            operator=op.operator,
            where=op.label or op.key,
            arguments=op.arguments,
            input_shape=self.shape(op.signals[0])[1:],
            output_shape=op.shape[1:],
            weight_shape=op.weight,
            bias=op.bias,
        )


def _renamed(
    inputs: tuple[str | Constant, ...], stand_in: Mapping[str, str]
) -> tuple[str | Constant, ...]:
    return tuple(stand_in.get(each, each) if isinstance(each, str) else each for each in inputs)
