"""Torch modules, through ``torch.export``."""

from __future__ import annotations

import operator as python_operators
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy as sp

from symvar.adapters.kinds import KIND_OF
from symvar.adapters.ops import Constant, FullShape, Op, Program
from symvar.adapters.reading import assemble
from symvar.adapters.torch_export import exported
from symvar.adapters.torch_sizes import Sizes
from symvar.errors import ShapeError
from symvar.graph.network import Network, Parameters
from symvar.numbers import as_written

OF_TWO = ("add", "sub", "mul", "div", "pow", "max", "min")
"""Operators whose second operand may be a number."""

MOST_ENTRIES = 4096
"""Stored tensors up to this size are looked into for one number that all entries are."""


def read(
    module: Any, *example_inputs: Any, dynamic_shapes: Any = None, partial: bool = False
) -> Network:
    """The network of a module (see ``symvar.from_torch``)."""
    return trace(module, *example_inputs, dynamic_shapes=dynamic_shapes).network(partial)


def trace(module: Any, *example_inputs: Any, dynamic_shapes: Any = None) -> Reader:
    """The exported program of a module, ready to be read."""
    torch, program = exported(module, example_inputs, dynamic_shapes)
    return Reader(torch, program, dynamic_shapes)


@dataclass
class Reader:
    """One exported program being read.

    Args:
        torch: the torch package.
        program: the exported program.
        dynamic_shapes: which sizes of the input are symbols, as ``torch.export`` takes it.
    """

    torch: Any
    program: Any
    dynamic_shapes: Any = None

    def network(self, partial: bool = False) -> Network:
        """Every operator as a layer, every edge between them."""
        return assemble(self._told(), partial)

    def _told(self) -> Program:
        """The program without torch's own types."""
        (data,) = self.program.graph_signature.user_inputs
        nodes = list(self.program.graph.nodes)
        entry = next(node for node in nodes if node.op == "placeholder" and node.name == data)
        self._entry = entry
        size = self._shape(entry)
        if len(size) < 2:
            raise ShapeError(
                "example_inputs",
                need="a tensor with a batch and at least one more axis",
                have=f"one of shape {size}",
                remedy="add the batch axis, e.g. x[None]",
            )
        told = Program("torch", data, size)
        signals = {entry}
        for node in nodes:
            if node.op == "output":
                told.outputs = tuple(each.name for each in node.all_input_nodes if each in signals)
            elif node.op == "call_function" and _tensors(node) and self._moved(node, signals):
                signals.add(node)
                if _is_tensor(node):
                    told.ops[node.name] = self._op(node, signals)
        return told

    def _moved(self, node: Any, signals: set[Any]) -> bool:
        """Whether a node's output depends on the input."""
        return any(each in signals for each in node.all_input_nodes)

    def _op(self, node: Any, signals: set[Any]) -> Op:
        """One node; the part of a several-valued operator that it takes, as that operator."""
        real, part = node, None
        if node.target is python_operators.getitem:
            real, part = node.args
        arguments = _arguments(real)
        if part is not None:
            arguments["part"] = part
        name = _operator(real)
        kind, inputs = KIND_OF.get(name, ""), tuple(self._inputs(real, signals))
        if name == "aten.rsub" and arguments.get("alpha", 1) == 1:
            kind, inputs = "sub", inputs[::-1]
        return Op(
            key=node.name,
            operator=name,
            kind=kind,
            inputs=inputs,
            arguments=arguments,
            shape=self._shape(node),
            path=_path(real),
            weight=self._stored_shape(arguments.get("weight")),
            bias=arguments.get("bias") is not None,
            parameters=self._parameters(arguments),
            whole=not (node.meta["val"].is_floating_point() or node.meta["val"].is_complex()),
        )

    def _inputs(self, node: Any, signals: set[Any]) -> Iterator[str | Constant]:
        """What an operator reads, in order: signals by name, constants, and numbers of a sum."""
        name = _operator(node)
        numbers = KIND_OF.get(name) in OF_TWO or name == "aten.rsub"
        for argument in (*node.args, *node.kwargs.values()):
            for each in argument if isinstance(argument, (list, tuple)) else (argument,):
                if each in signals:
                    yield each.name
                elif each in node.all_input_nodes and _is_tensor(each):
                    yield self._constant(each)
                elif numbers and argument in node.args[:2] and _is_number(each):
                    yield Constant(value=as_written(each))

    def _constant(self, node: Any) -> Constant:
        """A stored tensor: a parameter, a buffer or a constant of the trace."""
        shape = tuple(int(size) for size in node.meta["val"].shape)
        name = self._stored_parameters.get(node.name)
        if name is not None:
            return Constant(shape, name, learnt=True, value=self._one_number(name))
        name = self._other_stored.get(node.name)
        if name is None:
            return Constant(shape, computed=True)
        return Constant(shape, name, value=self._one_number(name))

    def _one_number(self, name: str) -> sp.Expr | None:
        stored: Any = self._values.get(name)
        plain = type(stored) in (self.torch.Tensor, self.torch.nn.Parameter)
        if not plain or stored.is_meta or not 0 < stored.numel() <= MOST_ENTRIES:
            return None
        first = stored.flatten()[0]
        return as_written(first.item()) if bool((stored == first).all()) else None

    def _stored_shape(self, node: Any) -> tuple[int, ...]:
        return () if node is None else tuple(int(size) for size in node.meta["val"].shape)

    def _parameters(self, arguments: Mapping[str, Any]) -> Parameters:
        """The names of the weight and the bias, empty where they are no parameters."""
        stored = self._stored_parameters
        given = (arguments.get(name) for name in ("weight", "bias"))
        return Parameters(*(stored.get(getattr(each, "name", ""), "") for each in given))

    def _shape(self, node: Any) -> FullShape:
        return tuple(self._sizes.plain(size) for size in node.meta["val"].shape)

    @cached_property
    def _stored_parameters(self) -> dict[str, str]:
        """Parameters by the names of their nodes."""
        return dict(self.program.graph_signature.inputs_to_parameters)

    @cached_property
    def _other_stored(self) -> dict[str, str]:
        """Buffers and constants of the trace by the names of their nodes."""
        signature = self.program.graph_signature
        return {**signature.inputs_to_lifted_tensor_constants, **signature.inputs_to_buffers}

    @cached_property
    def _values(self) -> dict[str, Any]:
        return {**self.program.constants, **self.program.state_dict}

    @cached_property
    def _sizes(self) -> Sizes:
        return Sizes.of(self._entry.meta["val"].shape, self.dynamic_shapes)


def _arguments(node: Any) -> dict[str, Any]:
    """A node's arguments by name, defaults filled in."""
    schema = getattr(node.target, "_schema", None)
    if schema is None:
        return dict(node.kwargs)
    given = schema.arguments
    arguments = {each.name: each.default_value for each in given if each.has_default_value()}
    arguments |= {each.name: value for each, value in zip(given, node.args, strict=False)}
    return arguments | dict(node.kwargs)


def _operator(node: Any) -> str:
    """The operator without its overload: ``aten.conv2d``."""
    name = str(node.target)
    return name.rsplit(".", 1)[0] if "aten." in name else getattr(node.target, "__name__", name)


def _path(node: Any) -> str:
    """The path of the module an operator belongs to."""
    stack = list(node.meta.get("nn_module_stack", {}).values())
    return str(stack[-1][0]) if len(stack) > 1 else ""


def _is_tensor(node: Any) -> bool:
    return hasattr(node.meta.get("val"), "is_floating_point")


def _tensors(node: Any) -> bool:
    """Whether a node gives a tensor or several."""
    value = node.meta.get("val")
    return _is_tensor(node) or (isinstance(value, (tuple, list)) and len(value) > 0)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
