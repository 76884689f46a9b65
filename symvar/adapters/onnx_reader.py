"""ONNX files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from symvar.adapters.operators import Missing, reading, refuse
from symvar.errors import GraphError, ModelFileError, ShapeError
from symvar.extras import require_package
from symvar.graph.network import Network, Parameters
from symvar.layers.base import Call, Layer
from symvar.layers.input import Input

CONSTANTS = ("Constant", "ConstantOfShape")


def read(path: str | PathLike[str]) -> Network:
    """The network in an ONNX file (see ``symvar.from_onnx``)."""
    onnx = require_package("onnx", "onnx")
    return Reader(onnx, fspath(path), _load(onnx, Path(path))).network()


def _load(onnx: Any, path: Path) -> Any:
    try:
        model = onnx.load(str(path), load_external_data=False)
        return onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    except OSError as error:
        have = error.strerror or "unreadable"
        raise _unreadable(path, have, "check the path") from None
    except Exception as error:
        first_line = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise _unreadable(path, f"one that onnx rejects: {first_line}", "export it again") from None


def _unreadable(path: Path, have: str, remedy: str) -> ModelFileError:
    return ModelFileError(str(path), need="a whole, valid ONNX file", have=have, remedy=remedy)


@dataclass(frozen=True)
class Reader:
    """One file being read.

    Args:
        onnx: the onnx package.
        path: the file, for errors.
        model: the model with inferred shapes.
    """

    onnx: Any
    path: str
    model: Any

    def network(self) -> Network:
        """Every operator as a layer, every edge between them."""
        shapes, weights = self._shapes(), self._weights()
        data = self._data_input(weights)
        known = reading("onnx")
        layers: dict[str, Layer] = {data: Input(tuple(shapes[data][1:]))}
        producer, edges, parameters, missing = {data: data}, [], {}, []
        operators = [each for each in self.model.graph.node if each.op_type not in CONSTANTS]
        names = {id(node): self._name(node, data) for node in operators}
        for node in operators:
            producer |= dict.fromkeys(node.output, names[id(node)])
        for node in operators:
            name = names[id(node)]
            fed = [each for each in node.input if each in producer]
            if node.op_type not in known or len(fed) != 1:
                missing.append(Missing(node.op_type, name))
                continue
            call = self._call(node, name, fed[0], shapes, weights)
            reader = known[node.op_type]
            layers[name] = reader.from_onnx(call)
            edges.append((producer[fed[0]], name))
            if reader.weight_axes:
                parameters[name] = Parameters(*node.input[1:3])
        refuse(missing, "onnx")
        net = Network(layers, edges, parameters)
        made = {node.output[0]: names[id(node)] for node in operators}
        self._check_shapes(net, made, shapes)
        return net

    def _shapes(self) -> dict[str, list[int]]:
        graph = self.model.graph
        shapes = {each.name: list(each.dims) for each in graph.initializer}
        for value in (*graph.input, *graph.value_info, *graph.output):
            tensor = value.type.tensor_type
            if tensor.HasField("shape"):
                shapes[value.name] = [dim.dim_value for dim in tensor.shape.dim]
        return shapes

    def _weights(self) -> set[str]:
        graph = self.model.graph
        made = [node for node in graph.node if node.op_type in CONSTANTS]
        return {each.name for each in graph.initializer} | {out for n in made for out in n.output}

    def _data_input(self, weights: set[str]) -> str:
        inputs = [each.name for each in self.model.graph.input if each.name not in weights]
        if len(inputs) != 1:
            raise GraphError(
                self.path,
                need="one data input",
                have=", ".join(inputs) or "none",
                remedy="export the model with a single input and its weights as initialisers",
            )
        return inputs[0]

    def _name(self, node: Any, data: str) -> str:
        name = node.name or node.output[0]
        return f"{name}_{node.op_type}" if name == data else name

    def _call(
        self, node: Any, name: str, fed: str, shapes: dict[str, list[int]], weights: set[str]
    ) -> Call:
        for value in (fed, node.output[0]):
            if 0 in shapes.get(value, [0])[1:]:
                raise ShapeError(
                    f"node {name!r} ({node.op_type})",
                    need=f"a known size of every axis but the batch of {value!r}",
                    have=str(shapes.get(value, "no shape")),
                    remedy="export the model with a fixed input size",
                )
        arguments = {each.name: self._value(each) for each in node.attribute}
        if node.op_type == "Dropout" and len(node.input) > 2:
            mode = node.input[2]
            arguments["training_mode"] = mode not in weights or self._constant(mode)
        others = [each for each in node.input if each in weights]
        return Call(
            operator=node.op_type,
            where=name,
            arguments=arguments,
            input_shape=tuple(shapes[fed][1:]),
            output_shape=tuple(shapes[node.output[0]][1:]),
            weight_shape=tuple(shapes[others[0]]) if others and others[0] in shapes else (),
            bias=len(others) > 1,
        )

    def _value(self, attribute: Any) -> Any:
        value = self.onnx.helper.get_attribute_value(attribute)
        if isinstance(value, float):
            import numpy as np

            return float(str(np.float32(value)))
        return list(value) if attribute.ints else value

    def _constant(self, name: str) -> bool:
        for tensor in self.model.graph.initializer:
            if tensor.name == name:
                return bool(self.onnx.numpy_helper.to_array(tensor))
        for node in self.model.graph.node:
            if name in node.output and node.op_type == "Constant":
                return bool(self.onnx.numpy_helper.to_array(node.attribute[0].t))
        return True

    def _check_shapes(
        self, net: Network, made: Mapping[str, str], shapes: Mapping[str, list[int]]
    ) -> None:
        """Our shapes against those the file states, by output value and node name."""
        for output, name in made.items():
            stated = tuple(shapes[output][1:])
            if net[name].after != stated:
                raise ShapeError(
                    net[name].place,
                    need=f"the shape the file states, {stated}",
                    have=f"{net[name].after} by its attributes",
                    remedy="the file contradicts itself: export it again",
                )
