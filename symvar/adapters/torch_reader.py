"""Torch modules, through ``torch.export``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from symvar.adapters.operators import Missing, reading, refuse, takes
from symvar.errors import ArgumentError, GraphError, UnsupportedOperator
from symvar.extras import require_package
from symvar.graph.network import Network, Parameters
from symvar.layers.base import Call, Layer
from symvar.layers.input import Input


def read(module: Any, *example_inputs: Any) -> Network:
    """The network of a module (see ``symvar.from_torch``)."""
    return trace(module, *example_inputs).network()


def trace(module: Any, *example_inputs: Any) -> Reader:
    """The exported program of a module, ready to be read."""
    torch = require_package("torch", "torch")
    if not isinstance(module, torch.nn.Module):
        raise ArgumentError(
            "module",
            need="a torch.nn.Module",
            have=type(module).__name__,
            remedy="pass the module itself, then its example inputs",
        )
    return Reader(torch, _exported(torch, module, example_inputs))


def _exported(torch: Any, module: Any, example_inputs: tuple[Any, ...]) -> Any:
    if len(example_inputs) != 1 or not isinstance(example_inputs[0], torch.Tensor):
        raise ArgumentError(
            "example_inputs",
            need="one tensor, batch included",
            have=f"{len(example_inputs)} arguments",
            remedy="call with one example, e.g. torch.zeros(1, 3, 224, 224)",
        )
    try:
        return torch.export.export(module, example_inputs)
    except Exception as error:
        first_line = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise GraphError(
            type(module).__name__,
            need="a module that torch.export can trace with this input",
            have=first_line,
            remedy="check the input's shape; control flow must not depend on data",
        ) from None


@dataclass
class Reader:
    """One exported program being read.

    Args:
        torch: the torch package.
        program: the exported program.
    """

    torch: Any
    program: Any
    layers: dict[str, Layer] = field(default_factory=dict)

    def network(self) -> Network:
        """Every operator as a layer, every edge between them."""
        signature = self.program.graph_signature
        known = reading("torch")
        (data,) = signature.user_inputs
        name_of, edges, weights, missing = {}, [], {}, []
        for node in self.program.graph.nodes:
            if node.op == "placeholder" and node.name == data:
                name_of[node] = node.name
                self.layers[node.name] = Input(_shape(node))
            elif node.op == "call_function":
                fed = [each for each in _read_by(node) if each in name_of]
                if not fed:
                    continue  # bookkeeping of the module's own buffers
                name, operator = self._named(node), _operator(node)
                name_of[node] = name
                if operator not in known or not takes(known[operator], len(fed)):
                    missing.append(Missing(operator, name))
                    continue
                call = self._call(node, name, operator, fed[0])
                self.layers[name] = known[operator].from_torch(call)
                edges += [(name_of[each], name) for each in fed]
                if known[operator].weight_axes:
                    weights[name] = self._parameters(node)
        refuse(missing, "torch")
        return Network(self.layers, edges, weights)

    def _parameters(self, node: Any) -> Parameters:
        """The weight and bias of a node; one that is computed, not stored, is refused."""
        stored = self.program.graph_signature.inputs_to_parameters
        names = ["" if each is None else stored.get(each.name) for each in node.args[1:3]]
        if None in names:
            raise UnsupportedOperator(
                f"node {node.name!r} ({_operator(node)})",
                need="a weight and bias that are parameters of the module",
                have="one that the module computes",
                remedy="remove the parametrisation or buffer before importing",
            )
        return Parameters(*names)

    def _named(self, node: Any) -> str:
        """The path of the module the operator belongs to, or the operator's own name."""
        stack = list(node.meta.get("nn_module_stack", {}).values())
        path = stack[-1][0] if len(stack) > 1 else ""
        return path if path and path not in self.layers else node.name

    def _call(self, node: Any, name: str, operator: str, fed: Any) -> Call:
        schema = node.target._schema.arguments
        arguments = {each.name: each.default_value for each in schema if each.has_default_value()}
        arguments |= {each.name: value for each, value in zip(schema, node.args, strict=False)}
        arguments |= node.kwargs
        weight = arguments.get("weight")
        return Call(
            operator=operator,
            where=name,
            arguments=arguments,
            input_shape=_shape(fed),
            output_shape=_shape(node),
            weight_shape=() if weight is None else tuple(weight.meta["val"].shape),
            bias=arguments.get("bias") is not None,
        )


def _read_by(node: Any) -> Iterator[Any]:
    """The nodes an operator reads, in the order of its arguments, one as often as it is read."""
    for argument in (*node.args, *node.kwargs.values()):
        for each in argument if isinstance(argument, (list, tuple)) else (argument,):
            if each in node.all_input_nodes:
                yield each


def _operator(node: Any) -> str:
    """The operator without its overload: ``aten.conv2d``."""
    return str(node.target).rsplit(".", 1)[0] if "aten." in str(node.target) else str(node.target)


def _shape(node: Any) -> tuple[int, ...]:
    return tuple(int(size) for size in node.meta["val"].shape[1:])
