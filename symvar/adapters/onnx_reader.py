"""ONNX files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from os import PathLike, fspath
from typing import Any

import networkx as nx
import numpy as np

from symvar.adapters.operators import Missing, reading, refuse, takes
from symvar.errors import GraphError, ModelFileError, ShapeError
from symvar.extras import require_package
from symvar.graph.network import Network, Parameters, require_acyclic
from symvar.layers.base import Call, Layer, Shape
from symvar.layers.input import Input

CONSTANTS = ("Constant", "ConstantOfShape")
AGAIN = "export or download it again"


def read(path: str | PathLike[str]) -> Network:
    """The network in an ONNX file (see ``symvar.from_onnx``)."""
    onnx = require_package("onnx", "onnx")
    try:
        model = onnx.load(fspath(path), load_external_data=False)
    except OSError as error:
        raise _unreadable(path, error.strerror or "unreadable", "check the path") from None
    except Exception as error:
        raise _unreadable(path, f"one that does not parse: {_first_line(error)}", AGAIN) from None
    return Reader(onnx, fspath(path), model).network()


def _unreadable(path: str | PathLike[str], have: str, remedy: str) -> ModelFileError:
    return ModelFileError(fspath(path), need="a whole, valid ONNX file", have=have, remedy=remedy)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


@dataclass(frozen=True)
class Reader:
    """One file being read.

    Args:
        onnx: the onnx package.
        path: the file, for errors.
        model: the model as it lies in the file.
    """

    onnx: Any
    path: str
    model: Any

    def network(self) -> Network:
        """Every operator as a layer, every edge between them."""
        self._refuse_unknown()
        require_acyclic(self._flow)
        data = self.data_input
        layers: dict[str, Layer] = {data: Input(self._shape(data, data))}
        edges, parameters = [], {}
        for name, node in self.operators.items():
            fed = self._fed(node)
            reader = reading("onnx")[node.op_type]
            layers[name] = reader.from_onnx(self._call(node, name, fed[0]))
            edges += [(self._producers[value], name) for value in fed]
            if reader.weight_axes:
                parameters[name] = Parameters(*node.input[1:3])
        net = Network(layers, edges, parameters)
        self._check_shapes(net)
        return net

    @cached_property
    def constants(self) -> frozenset[str]:
        """The values that are stored or made from nothing: weights, and shapes of reshapes."""
        graph = self.model.graph
        made = (out for node in graph.node if node.op_type in CONSTANTS for out in node.output)
        return frozenset((*(each.name for each in graph.initializer), *made))

    @cached_property
    def data_input(self) -> str:
        """The one input that is no weight."""
        inputs = [each.name for each in self.model.graph.input if each.name not in self.constants]
        if len(inputs) != 1:
            raise GraphError(
                self.path,
                need="one data input",
                have=", ".join(inputs) or "none",
                remedy="export the model with a single input and its weights as initialisers",
            )
        return inputs[0]

    @cached_property
    def operators(self) -> dict[str, Any]:
        """The nodes that compute, by a name of their own."""
        found: dict[str, Any] = {}
        for node in self.model.graph.node:
            if node.op_type not in CONSTANTS:
                name = node.name or node.output[0]
                taken = name in found or name == self.data_input
                found[f"{name}_{len(found)}" if taken else name] = node
        return found

    @cached_property
    def _producers(self) -> dict[str, str]:
        """The node that gives each value; a node's further outputs (masks, indices) are none."""
        made = {node.output[0]: name for name, node in self.operators.items()}
        return {self.data_input: self.data_input} | made

    @cached_property
    def _flow(self) -> nx.MultiDiGraph[str]:
        flow: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for name, node in self.operators.items():
            flow.add_edges_from((self._producers[value], name) for value in self._fed(node))
        return flow

    @cached_property
    def _shapes(self) -> dict[str, list[int]]:
        """Every value's shape with the batch; 0 for a size that is not fixed."""
        try:
            model = self.onnx.shape_inference.infer_shapes(
                self.model, strict_mode=True, data_prop=True
            )
        except Exception as error:
            have = f"one whose shapes contradict: {_first_line(error)}"
            raise _unreadable(self.path, have, AGAIN) from None
        shapes = {each.name: list(each.dims) for each in model.graph.initializer}
        for value in (*model.graph.input, *model.graph.value_info, *model.graph.output):
            tensor = value.type.tensor_type
            if tensor.HasField("shape"):
                shapes[value.name] = [dim.dim_value for dim in tensor.shape.dim]
        return shapes

    def _fed(self, node: Any) -> list[str]:
        return [value for value in node.input if value in self._producers]

    def _refuse_unknown(self) -> None:
        known, missing = reading("onnx"), []
        for name, node in self.operators.items():
            count = len(self._fed(node))
            if node.op_type not in known:
                missing.append(Missing(node.op_type, name))
            elif not takes(known[node.op_type], count):
                missing.append(Missing(f"{node.op_type} of {count} signals", name))
        refuse(missing, "onnx")

    def _shape(self, value: str, name: str) -> Shape:
        shape = self._shapes.get(value, [])
        if len(shape) < 2 or 0 in shape[1:]:
            raise ShapeError(
                f"node {name!r}",
                need=f"a batch and a fixed size of every other axis of {value!r}",
                have=f"sizes {shape} (0: not fixed)",
                remedy="export the model with a fixed input size",
            )
        return tuple(shape[1:])

    def _call(self, node: Any, name: str, fed: str) -> Call:
        arguments = {each.name: self._value(each) for each in node.attribute}
        if node.op_type == "Dropout" and len(node.input) > 2:
            arguments["training_mode"] = self._flag(node.input[2])
        others = [each for each in node.input[1:] if each]
        return Call(
            operator=node.op_type,
            where=name,
            arguments=arguments,
            input_shape=self._shape(fed, name),
            output_shape=self._shape(node.output[0], name),
            weight_shape=tuple(self._shapes.get(others[0], ())) if others else (),
            bias=len(others) > 1,
        )

    def _value(self, attribute: Any) -> Any:
        value = self.onnx.helper.get_attribute_value(attribute)
        if isinstance(value, float):
            return float(str(np.float32(value)))  # the decimal that was meant
        return list(value) if attribute.ints else value

    def _flag(self, name: str) -> bool:
        """A stored truth value; true where it is computed."""
        graph = self.model.graph
        stored = {each.name: each for each in graph.initializer}
        made = (node for node in graph.node if node.op_type == "Constant")
        stored |= {node.output[0]: node.attribute[0].t for node in made}
        return bool(self.onnx.numpy_helper.to_array(stored[name])) if name in stored else True

    def _check_shapes(self, net: Network) -> None:
        for name, node in self.operators.items():
            stated = self._shape(node.output[0], name)
            if net[name].after != stated:
                raise ShapeError(
                    net[name].place,
                    need=f"the shape the file states, {stated}",
                    have=f"{net[name].after} by its attributes",
                    remedy="the file contradicts itself: export it again",
                )
