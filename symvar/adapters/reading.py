"""From an imported program to a network: what both readers share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from symvar.adapters.kinds import NOT_YET
from symvar.adapters.operators import Missing, reading, refuse, takes
from symvar.adapters.ops import Constant, Op, Program
from symvar.adapters.padding import fuse_padding
from symvar.adapters.rewriting import rewrite
from symvar.errors import ShapeError, UnsupportedOperator
from symvar.geometry import is_number
from symvar.graph.network import Network, Parameters
from symvar.layers.base import Layer
from symvar.layers.boundary import Boundary
from symvar.layers.input import Input


def assemble(program: Program, partial: bool) -> Network:
    """The network of a program.

    Args:
        program: the program; it is rewritten in place.
        partial: whether operators that no layer reads become boundaries.

    Raises:
        UnsupportedOperator: naming all of them, unless ``partial``.
    """
    rewrite(program)
    _drop_places(program)
    layers: dict[str, Layer] = {program.data: Input(program.size[1:])}
    missing: list[Missing] = []
    for key, op in program.ops.items():
        if not op.shape and op.operator in reading(program.framework):
            continue  # it lies behind an operator of unknown output, which is missing
        found = _layer(program, op)
        if isinstance(found, Layer):
            layers[key] = found
            continue
        missing.append(found)
        if partial:
            layers[key] = _boundary(op, found)
    if not partial:
        refuse(missing, program.framework)
    edges = [(each, op.key) for op in program.ops.values() for each in _fed(program, op, layers)]
    fuse_padding(layers, edges)
    names = _names(program, layers)
    parameters = {
        names[key]: op.parameters
        for key, op in program.ops.items()
        if op.parameters != Parameters()
    }
    net = Network(
        {names[key]: layer for key, layer in layers.items()},
        [(names[one], names[other]) for one, other in edges],
        parameters,
    )
    _check_shapes(program, net, {key: names[key] for key in program.ops if key in names})
    return net


def _drop_places(program: Program) -> None:
    """Take out whole numbers, such as a pool's indices, that only help to read a signal."""
    readers = program.readers()
    for key, op in list(program.ops.items()):
        helping = op.whole and key not in program.outputs
        if helping and all(
            any(not _whole(program, each) for each in program.ops[reader].signals)
            for reader in readers[key]
        ):
            for reader in readers[key]:
                kept = tuple(each for each in program.ops[reader].inputs if each != key)
                program.ops[reader] = replace(program.ops[reader], inputs=kept)
            del program.ops[key]


def _check_shapes(program: Program, net: Network, names: Mapping[str, str]) -> None:
    """Refuse a program whose stated shapes are not those of the layers it was read as.

    Raises:
        ShapeError: for a shape in numbers that differs.
    """
    for key, name in names.items():
        stated = program.ops[key].shape[1:]
        numbers = all(map(is_number, stated)) and all(map(is_number, net[name].after))
        if numbers and net[name].after != stated:
            raise ShapeError(
                net[name].place,
                need=f"the shape the model states, {stated}",
                have=f"{net[name].after} by its attributes",
                remedy="the model contradicts itself: export it again",
            )


def _layer(program: Program, op: Op) -> Layer | Missing:
    """The layer an operator is, or why it is none."""
    if op.layer is not None:
        return op.layer
    where, known = op.label or op.key, reading(program.framework)
    if op.refusal:
        return Missing(op.operator, where, op.refusal)
    if op.operator not in known:
        return Missing(op.operator, where, NOT_YET.get(op.operator, ""))
    reader = known[op.operator]
    fed = [key for key in op.signals if not _whole(program, key)]
    if not fed:
        return Missing(op.operator, where, "it reads no signal")
    if not takes(reader, len(fed)):
        return Missing(f"{op.operator} of {len(fed)} signals", where)
    if reader.weight_axes and any(_fixed(program, each) for each in op.constants):
        why = "a weight or bias that is no parameter: the model computes it, or a buffer holds it"
        return Missing(op.operator, where, why)
    call = program.call(op)
    try:
        return reader.from_torch(call) if program.framework == "torch" else reader.from_onnx(call)
    except UnsupportedOperator as error:
        return Missing(op.operator, where, f"need {error.need}, have {error.have}")


def _fixed(program: Program, constant: Constant) -> bool:
    """Whether a tensor is no weight to be drawn; in a file any stored one is."""
    stored = constant.learnt or (program.framework == "onnx" and not constant.computed)
    return bool(constant.shape) and not stored


def _whole(program: Program, key: str) -> bool:
    return key != program.data and program.ops[key].whole


def _fed(program: Program, op: Op, layers: dict[str, Layer]) -> Sequence[str]:
    """The signals that feed a layer: whole numbers only where nothing else does."""
    keys = [key for key in op.signals if not _whole(program, key)]
    return keys if keys or not isinstance(layers[op.key], Boundary) else op.signals


def _boundary(op: Op, missing: Missing) -> Boundary:
    size = op.shape[1:]
    if not size or not op.signals or not all(not is_number(each) or each > 0 for each in size):
        raise UnsupportedOperator(
            f"node {missing.where!r} ({missing.operator})",
            need="a signal behind it, to start anew at",
            have=f"an output of shape {op.shape}",
            remedy="cut the model before this operator",
        )
    return Boundary(size, op.operator)


def _names(program: Program, layers: dict[str, Layer]) -> dict[str, str]:
    """Module paths where a module is one layer, of several layers for the one with weights."""
    names = {program.data: program.data}
    taken = {program.data}
    heavy = [key for key in program.ops if key in layers and layers[key].weight_axes]
    for keys in (heavy, program.ops):
        for key in keys:
            path = program.ops[key].path
            if key in layers and key not in names and path and path not in taken:
                names[key] = path
                taken.add(path)
    for key in program.ops:
        if key in layers and key not in names:
            own, count = program.ops[key].label or key, 1
            while own in taken:
                own, count = f"{program.ops[key].label or key}_{count}", count + 1
            names[key] = own
            taken.add(own)
    return names
