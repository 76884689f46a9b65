"""What an ONNX file stores or computes without its input: weights, shapes, levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import sympy as sp

from symvar.adapters.ops import Constant
from symvar.numbers import as_written

SHAPES = ("Shape", "Size")
"""Operators whose output is no signal even where they read one."""

MOST_ENTRIES = 65_536
"""Larger tensors are weights and are not looked into."""


class Constants:
    """The constant values of a file, read when they are asked for.

    Args:
        onnx: the onnx package.
        model: the model.
        shapes: the shape of every value, where it is known.
    """

    def __init__(self, onnx: Any, model: Any, shapes: Mapping[str, Sequence[Any]]) -> None:
        self._onnx, self._model, self._shapes = onnx, model, shapes
        self._stored = {each.name: each for each in model.graph.initializer}
        self._found: dict[str, Any] = {}

    @cached_property
    def names(self) -> frozenset[str]:
        """Every value that is constant."""
        held = set(self._stored)
        for node in self._model.graph.node:
            inputs = [each for each in node.input if each]
            if node.op_type in SHAPES or all(each in held for each in inputs):
                held.update(node.output)
        return frozenset(held)

    @cached_property
    def _makers(self) -> dict[str, Any]:
        return {out: node for node in self._model.graph.node for out in node.output}

    def told(self, name: str) -> Constant:
        """A constant as the rewritings see it."""
        shape = tuple(int(size) for size in self.shape(name))
        return Constant(shape, name, value=self._one_number(name, shape), computed=False)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a constant; empty where it is not known."""
        if name in self._stored:
            return tuple(self._stored[name].dims)
        known = self._shapes.get(name)
        if known is not None and all(isinstance(size, int) for size in known):
            return tuple(known)
        value = self.value(name)
        return () if value is None else tuple(value.shape)

    def value(self, name: str) -> Any:
        """A constant as an array; None where it is large, kept outside the file or not known."""
        if name not in self._found:
            self._found[name] = self._read(name)
        return self._found[name]

    def _one_number(self, name: str, shape: tuple[int, ...]) -> sp.Expr | None:
        """The number that all entries are; of a tensor of channels only where it says so itself."""
        if prod(shape) != 1:
            return None
        value = self.value(name)
        if value is None:
            return None
        number = value.reshape(-1)[0]
        return as_written(np.float32(number) if value.dtype == np.float32 else number)

    def _read(self, name: str) -> Any:
        if name in self._stored:
            return self._array(self._stored[name])
        node = self._makers.get(name)
        if node is None:
            return None
        if node.op_type == "Constant":
            return self._attribute(node.attribute[0])
        if node.op_type in SHAPES:
            shape = self._shapes.get(node.input[0])
            if shape is None or not all(isinstance(size, int) for size in shape):
                return None
            return np.array(shape if node.op_type == "Shape" else prod(shape), dtype=np.int64)
        return self._computed(node, name)

    def _array(self, tensor: Any) -> Any:
        outside = tensor.data_location == self._onnx.TensorProto.EXTERNAL
        if outside or prod(tensor.dims) > MOST_ENTRIES:
            return None
        return self._onnx.numpy_helper.to_array(tensor)

    def _attribute(self, attribute: Any) -> Any:
        value = self._onnx.helper.get_attribute_value(attribute)
        return self._array(value) if attribute.HasField("t") else np.array(value)

    def _computed(self, node: Any, name: str) -> Any:
        """An operator on constants, run by the reference of the onnx package."""
        sizes = [size for size in self._shapes.get(name) or () if isinstance(size, int)]
        if prod(sizes) > MOST_ENTRIES:
            return None
        inputs = {each: self.value(each) for each in node.input if each}
        if any(each is None for each in inputs.values()):
            return None
        from onnx.reference import ReferenceEvaluator

        helper, types = self._onnx.helper, self._onnx.helper.np_dtype_to_tensor_dtype
        given = [
            helper.make_tensor_value_info(each, types(value.dtype), value.shape)
            for each, value in inputs.items()
        ]
        given_back = [
            helper.make_value_info(out, self._onnx.TypeProto()) for out in node.output if out
        ]
        graph = helper.make_graph([node], "constant", given, given_back)
        opsets = self._model.opset_import
        model = helper.make_model(graph, opset_imports=opsets, ir_version=self._model.ir_version)
        try:
            results = ReferenceEvaluator(model).run(None, inputs)
        except Exception:
            return None
        return dict(zip((out for out in node.output if out), results, strict=True)).get(name)
