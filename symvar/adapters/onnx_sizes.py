"""Shapes of the values of an ONNX file, with named sizes as symbols."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sympy as sp

from symvar import symbols
from symvar.adapters.operators import reading
from symvar.adapters.ops import FullShape, Op, Program
from symvar.errors import SymvarError
from symvar.geometry import Size, plain, prod
from symvar.layers.base import AbstractJoin

UNNAMED = re.compile(r"unk__\d+")
SAME_SHAPE = ("add", "sub", "mul", "div", "pow", "max", "min")


def size_of(dimension: Any) -> Size | None:
    """A size as stated: a number, a symbol of its name, or None."""
    if dimension.dim_value:
        return int(dimension.dim_value)
    name = dimension.dim_param
    return symbols.size(name) if name and not UNNAMED.fullmatch(name) else None


def known(shape: Sequence[Size | None] | None, axes: int = 1) -> bool:
    """Whether every size behind the batch is known."""
    return shape is not None and len(shape) > axes and None not in shape[axes:]


def worked_out(program: Program, op: Op) -> FullShape | None:
    """The shape an operator gives where the file's inference does not know it."""
    if not op.signals:
        return None
    befores = [program.shape(key) for key in op.signals]
    if not all(map(known, befores)):
        return None
    first = befores[0]
    if op.kind in SAME_SHAPE:
        return max(befores, key=lambda shape: len(shape))
    if op.operator in ("Flatten", "Reshape"):
        return _reshaped(op, first)
    kind = reading("onnx").get(op.operator)
    if kind is None:
        return first if op.kind else None
    try:
        layer = kind.from_onnx(program.call(op))
        if isinstance(layer, AbstractJoin):
            return (first[0], *layer.joined([shape[1:] for shape in befores]))
        return (first[0], *layer.shape(first[1:]))
    except (SymvarError, ValueError, KeyError, TypeError, IndexError):
        return None


def _reshaped(op: Op, before: FullShape) -> FullShape | None:
    units = plain(sp.sympify(prod(before[1:])))
    if op.operator == "Flatten":
        return (before[0], units) if op.arguments.get("axis", 1) == 1 else None
    wanted = op.arguments.get("shape")
    if wanted is None:
        return None
    sizes = [before[place] if size == 0 else int(size) for place, size in enumerate(wanted)]
    behind = sizes[1:]
    if -1 in behind:
        rest = prod(size for size in behind if size != -1)
        behind[behind.index(-1)] = plain(sp.cancel(sp.sympify(units) / rest))
    return (before[0], *behind)
