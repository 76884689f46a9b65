"""ONNX files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from os import PathLike, fspath
from typing import Any

import networkx as nx
import numpy as np

from symvar.adapters.kinds import KIND_OF
from symvar.adapters.onnx_constants import Constants
from symvar.adapters.onnx_sizes import known, size_of, worked_out
from symvar.adapters.operators import reading
from symvar.adapters.ops import Constant, FullShape, Op, Program
from symvar.adapters.reading import assemble
from symvar.errors import GraphError, ModelFileError, ShapeError
from symvar.extras import require_package
from symvar.geometry import Size
from symvar.graph.network import Network, Parameters, require_acyclic

AGAIN = "export or download it again"
STANDARD = ("", "ai.onnx")
FLOATING = ("FLOAT", "FLOAT16", "DOUBLE", "BFLOAT16")

ARGUMENTS = {
    "Clip": ("min", "max"),
    "Dropout": ("ratio", "training_mode"),
    "Pad": ("pads", "value", "axes"),
    "ReduceMean": ("axes",),
    "Reshape": ("shape",),
    "Resize": ("roi", "scales", "sizes"),
    "Slice": ("starts", "ends", "axes", "steps"),
    "Split": ("split",),
    "Squeeze": ("axes",),
    "Unsqueeze": ("axes",),
    "Upsample": ("scales",),
}
"""What these read behind the data: attributes of earlier opsets, by their names."""


def read(path: str | PathLike[str], partial: bool = False) -> Network:
    """The network in an ONNX file (see ``symvar.from_onnx``)."""
    onnx = require_package("onnx", "onnx")
    try:
        model = onnx.load(fspath(path), load_external_data=False)
    except OSError as error:
        raise _unreadable(path, error.strerror or "unreadable", "check the path") from None
    except Exception as error:
        raise _unreadable(path, f"one that does not parse: {_first_line(error)}", AGAIN) from None
    if model.functions:
        from onnx import inliner

        model = inliner.inline_local_functions(model)
    return Reader(onnx, fspath(path), model).network(partial)


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

    def network(self, partial: bool = False) -> Network:
        """Every operator as a layer, every edge between them."""
        return assemble(self._told(), partial)

    def _told(self) -> Program:
        """The program without ONNX's own types."""
        data = self.data_input
        told = Program("onnx", data, self._stated(data, data))
        told.outputs = tuple(
            each.name for each in self.model.graph.output if each.name not in self.constants.names
        )
        for node in self._in_order():
            for place, output in enumerate(node.output):
                if output and output not in self.constants.names:
                    self._enter(told, node, place)
        return told

    def _enter(self, told: Program, node: Any, place: int) -> None:
        """One output of a node, with its shape as stated or as its layer gives it."""
        op = self._op(node, place)
        if op.whole and not op.signals:
            return
        shape: Any = self._shapes.get(op.key)
        if not known(shape, 0 if op.whole else 1):
            unknown = Op(**{**vars(op), "shape": ()})
            shape = worked_out(told, unknown) if not op.whole else (1,)
        if shape is None:
            unread = op.operator not in reading("onnx") and not op.kind
            if not unread and all(told.shape(key) for key in op.signals):
                raise self._not_fixed(op.key, op.label)
            shape = ()
        told.ops[op.key] = Op(**{**vars(op), "shape": tuple(shape)})

    @cached_property
    def constants(self) -> Constants:
        """What is stored or computed without the input."""
        return Constants(self.onnx, self.model, self._shapes)

    @cached_property
    def data_input(self) -> str:
        """The one input that is no weight."""
        stored = {each.name for each in self.model.graph.initializer}
        made = {out for node in self.model.graph.node for out in node.output}
        inputs = [
            each.name
            for each in self.model.graph.input
            if each.name not in stored and each.name not in made
        ]
        if len(inputs) != 1:
            raise GraphError(
                self.path,
                need="one data input",
                have=", ".join(inputs) or "none",
                remedy="export the model with a single input and its weights as initialisers",
            )
        return inputs[0]

    def _in_order(self) -> Iterator[Any]:
        """The nodes that compute, each after what it reads.

        Raises:
            GraphError: for a cycle, or a value that nothing gives.
        """
        nodes = list(self.model.graph.node)
        labels = self._labels(nodes)
        maker = {out: index for index, node in enumerate(nodes) for out in node.output if out}
        flow: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        flow.add_nodes_from(labels)
        for index, node in enumerate(nodes):
            for value in node.input:
                if value in maker:
                    flow.add_edge(labels[maker[value]], labels[index])
                elif value and value != self.data_input and value not in self.constants.names:
                    raise GraphError(
                        f"node {labels[index]!r}",
                        need="inputs that some node gives",
                        have=f"no {value!r}",
                        remedy=AGAIN,
                    )
        require_acyclic(flow)
        rank = {label: index for index, label in enumerate(labels)}
        for label in nx.lexicographical_topological_sort(flow, key=rank.__getitem__):
            yield nodes[rank[label]]

    def _labels(self, nodes: list[Any]) -> list[str]:
        """A name of its own for every node."""
        found: dict[str, None] = {}
        for node in nodes:
            name = node.name or next(iter(node.output), node.op_type)
            found[f"{name}_{len(found)}" if name in found else name] = None
        return list(found)

    @cached_property
    def _inferred(self) -> Any:
        infer = self.onnx.shape_inference.infer_shapes
        try:
            return infer(self.model, strict_mode=not self._strange, data_prop=True)
        except Exception as error:
            if self._strange:
                return self.model  # the operators are named later, all of them
            have = f"one whose shapes contradict: {_first_line(error)}"
            raise _unreadable(self.path, have, AGAIN) from None

    @property
    def _strange(self) -> bool:
        """Whether a node is of a domain the standard's inference does not know."""
        return any(node.domain not in STANDARD for node in self.model.graph.node)

    @cached_property
    def _values(self) -> dict[str, Any]:
        graph = self._inferred.graph
        every = (*graph.input, *graph.value_info, *graph.output)
        return {value.name: value.type.tensor_type for value in every}

    @cached_property
    def _shapes(self) -> dict[str, tuple[Size | None, ...]]:
        """Every value's shape with the batch; None for a size that is neither fixed nor named."""
        shapes: dict[str, tuple[Size | None, ...]] = {
            name: tuple(map(size_of, kind.shape.dim))
            for name, kind in self._values.items()
            if kind.HasField("shape")
        }
        stored = {each.name: tuple(each.dims) for each in self.model.graph.initializer}
        return shapes | stored

    def _stated(self, value: str, name: str) -> FullShape:
        shape = self._shapes.get(value)
        if shape is None or not known(shape):
            raise self._not_fixed(value, name)
        return tuple(1 if size is None else size for size in shape)

    def _not_fixed(self, value: str, name: str) -> ShapeError:
        sizes = ", ".join(
            "?" if each is None else str(each) for each in self._shapes.get(value, ())
        )
        return ShapeError(
            f"node {name!r}",
            need=f"a batch and a fixed or named size of every other axis of {value!r}",
            have=f"sizes ({sizes})" if sizes else "none that the file's shape inference finds",
            remedy="export the model with a fixed input size",
        )

    def _op(self, node: Any, place: int) -> Op:
        """One output of one node."""
        operator = node.op_type
        if node.domain not in STANDARD and operator in reading("onnx"):
            operator = f"{node.domain}.{operator}"
        arguments = {each.name: self._attribute(each) for each in node.attribute}
        names = ARGUMENTS.get(operator, ())
        for name, value in zip(names, node.input[1:], strict=False):
            stored = self.constants.value(value) if value in self.constants.names else None
            if value and stored is not None:
                arguments[name] = self._plain(stored)
            elif value:
                arguments[name] = None
        if operator == "Dropout" and arguments.get("training_mode", False) is None:
            arguments["training_mode"] = True  # it is computed, so it may be set
        if operator == "Split":
            arguments |= {"part": place, "parts": len(node.output)}
        if operator in ("Slice", "Pad"):
            arguments = {name: value for name, value in arguments.items() if value is not None}
        first = node.input[:1] if names else node.input
        inputs = tuple(
            self.constants.told(value) if value in self.constants.names else value
            for value in first
            if value
        )
        kind = KIND_OF.get(operator, "")
        if operator == "Cast" and not self._floating(node.output[0]):
            kind = ""
        stored_names = [each.name for each in inputs if isinstance(each, Constant)]
        weighted = not names and not kind and operator in reading("onnx")
        weight = inputs[1].shape if self._second_stored(inputs) else ()
        return Op(
            key=node.output[place],
            operator=operator,
            kind=kind,
            inputs=inputs,
            arguments=arguments,
            shape=(),
            path=node.name or node.output[place],
            label=node.name or node.output[place],
            weight=weight,
            bias=len(stored_names) > 1,
            parameters=Parameters(*stored_names[:2])
            if (weighted or kind == "matmul") and stored_names
            else Parameters(),
            whole=not self._floating(node.output[place]) or (operator == "MaxPool" and place > 0),
        )

    def _second_stored(self, inputs: tuple[str | Constant, ...]) -> bool:
        return len(inputs) > 1 and isinstance(inputs[1], Constant)

    def _floating(self, value: str) -> bool:
        """Whether a value holds real numbers, as far as the file says."""
        kind = self._values.get(value)
        if kind is None or not kind.elem_type:
            return True
        return self.onnx.TensorProto.DataType.Name(kind.elem_type) in FLOATING

    def _attribute(self, attribute: Any) -> Any:
        value = self.onnx.helper.get_attribute_value(attribute)
        if isinstance(value, float):
            return _decimal(value)
        return list(value) if attribute.ints or attribute.floats else value

    def _plain(self, stored: Any) -> Any:
        """A stored argument as a number, a truth value or a list."""
        if stored.dtype == bool:
            return bool(stored.reshape(-1)[0])
        entries = [
            _decimal(each) if np.issubdtype(stored.dtype, np.floating) else int(each)
            for each in stored.reshape(-1)
        ]
        return entries if stored.shape else entries[0]


def _decimal(number: float) -> float:
    """The decimal that was meant by a single-precision number."""
    return float(str(np.float32(number)))
