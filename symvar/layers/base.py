"""What a layer says of itself, and what an importer hands it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import sympy as sp

from symvar.errors import ShapeError, UnsupportedOperator
from symvar.geometry import Size, Windows, is_number, plain, prod, require_size, sliding
from symvar.numbers import as_written
from symvar.primitives import Mix, Primitive
from symvar.reference import Reference

Shape: TypeAlias = tuple[Size, ...]
"""Channels, then the spatial axes; no batch axis. A flat signal is ``(features,)``."""

PerAxis: TypeAlias = Size | tuple[Size, ...]
"""One size for every spatial axis, or one for each."""

Padding: TypeAlias = Size | tuple[Size | tuple[Size, Size], ...]
"""One padding for every side, one for each axis, or (low, high) for each axis."""


@dataclass(frozen=True)
class Example:
    """A layer on an input, from which the contract tests are made.

    Args:
        about: what it shows, in a few words.
        layer: the layer.
        shape: the input it is given; for a join the inputs, one shape each.
        torch: the same layer as an expression in the names of ``torch.nn``; for a join a function
            of the tensors.
    """

    about: str
    layer: Layer
    shape: Any
    torch: str


@dataclass(frozen=True)
class Call:
    """One operator of an imported model, told without the framework's own types.

    Args:
        operator: the framework's name of it.
        where: the node that holds it.
        arguments: attributes and non-tensor arguments by the framework's names, defaults filled in.
        input_shape: shape of the data input, without the batch.
        output_shape: shape of the output, without the batch.
        weight_shape: shape of the weight as it lies in the framework.
        bias: whether a bias is added.
    """

    operator: str
    where: str
    arguments: Mapping[str, Any]
    input_shape: Shape
    output_shape: Shape
    weight_shape: tuple[int, ...] = ()
    bias: bool = False

    def require(self, good: bool, need: str, have: str) -> None:
        """Refuse the call unless ``good``."""
        if not good:
            raise self.refusal(need, have)

    def refusal(self, need: str, have: str) -> UnsupportedOperator:
        """The error that refuses the call."""
        return UnsupportedOperator(
            f"node {self.where!r} ({self.operator})",
            need=need,
            have=have,
            remedy="replace or fold this operator before importing; symvar cannot read it yet",
        )

    def integers(self, argument: str, axes: int, default: int) -> tuple[int, ...]:
        """An argument given per axis, once for all axes, or (empty or absent) by default."""
        value = self.arguments.get(argument)
        if value is None or value == [] or value == ():
            return (default,) * axes
        if isinstance(value, int):
            return (value,) * axes
        entries = tuple(int(entry) for entry in value)
        return entries * axes if len(entries) == 1 else entries


class Layer(ABC):
    """A node of the network; final subclasses are frozen dataclasses.

    Attributes:
        name: the operation, as it stands in tables.
        reference: where its definition or its variance rule comes from.
        examples: at least one; contract tests run over them.
        torch: the ``torch.export`` operators it reads, overload left out.
        onnx: the ONNX operators it reads.
        weight_axes: the role of each axis of its weight, empty without weights.
        terminal: whether nothing may follow it.
    """

    required: ClassVar[tuple[str, ...]] = ("reference", "examples")
    name: ClassVar[str]
    reference: ClassVar[Reference]
    examples: ClassVar[tuple[Example, ...]] = ()
    torch: ClassVar[tuple[str, ...]] = ()
    onnx: ClassVar[tuple[str, ...]] = ()
    weight_axes: ClassVar[tuple[str, ...]] = ()
    terminal: ClassVar[bool] = False

    @abstractmethod
    def shape(self, before: Shape) -> Shape:
        """The output shape for an input shape."""

    @abstractmethod
    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """The primitives the layer is made of on an input of this shape, in order."""

    def weight_shape(self, before: Shape) -> Shape:
        """The shape of the weight in the order of ``weight_axes``; empty without weights."""
        return ()

    def parameter_count(self, before: Shape) -> Size:
        """Trainable numbers: weights, and a bias for each output channel where there is one."""
        weights = self.weight_shape(before)
        biased = any(isinstance(each, Mix) and each.bias for each in self.lower(before))
        return plain(prod(weights) * bool(weights) + (self.shape(before)[0] if biased else 0))

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """The layer a ``torch.export`` operator stands for."""
        return cls()

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """The layer an ONNX operator stands for."""
        return cls.from_torch(call)


class AbstractJoin(Layer):
    """A layer that several layers feed: a sum, a concatenation."""

    @abstractmethod
    def joined(self, befores: Sequence[Shape]) -> Shape:
        """The output shape for the input shapes, in the order of the edges."""

    @abstractmethod
    def join(self, befores: Sequence[Shape]) -> Primitive:
        """The primitive that makes one signal of several."""

    def shape(self, before: Shape) -> Shape:
        """The shape of one signal, joined with nothing."""
        return self.joined((before,))

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """The join of one signal."""
        return (self.join((before,)),)


def exact(number: Any, argument: str) -> sp.Expr:
    """A layer's number as it was written.

    Raises:
        ShapeError: for what is no number.
    """
    found = as_written(number)
    if found is None:
        raise ShapeError(
            argument, need="a number", have=repr(number), remedy="write it as a decimal or fraction"
        )
    return found


def per_axis(value: PerAxis, axes: int, argument: str) -> tuple[Size, ...]:
    """One entry for each axis.

    >>> per_axis(3, 2, "kernel")
    (3, 3)
    """
    if not isinstance(value, tuple):
        return (value,) * axes
    if len(value) != axes:
        raise ShapeError(
            argument,
            need=f"one number, or {axes} of them (the input has {axes} spatial axes)",
            have=str(value),
            remedy=f"give {axes} entries",
        )
    return value


def sides(padding: Padding, axes: int) -> tuple[tuple[Size, ...], tuple[Size, ...]]:
    """The low and high padding of each axis.

    >>> sides(((0, 1), 2), 2)
    ((0, 2), (1, 2))
    """
    entries: Sequence[Any] = per_axis(padding, axes, "padding")
    pairs = [entry if isinstance(entry, tuple) else (entry, entry) for entry in entries]
    return tuple(low for low, _ in pairs), tuple(high for _, high in pairs)


def whole_sizes(before: Shape, where: str) -> tuple[int, ...]:
    """The sizes of a shape as integers, for layers that say which unit goes where.

    Raises:
        ShapeError: for a symbolic size.
    """
    if not all(map(is_number, before)):
        raise ShapeError(
            where,
            need="integer sizes, to say which unit each output is",
            have=f"shape {before}",
            remedy="give the input its sizes as numbers",
        )
    return tuple(map(int, before))


def windows_over(
    before: Shape,
    kernel: PerAxis,
    stride: PerAxis,
    padding: Padding,
    dilation: PerAxis = 1,
) -> Windows:
    """The windows of a kernel over the spatial axes of a shape.

    Raises:
        ShapeError: without spatial axes, or where the kernel does not fit.
    """
    axes = len(before) - 1
    if axes < 1:
        raise ShapeError(
            "input",
            need="channels and at least one spatial axis",
            have=f"shape {before}",
            remedy="move this layer before the flatten",
        )
    low, high = sides(padding, axes)
    return sliding(
        before[1:],
        per_axis(kernel, axes, "kernel"),
        per_axis(stride, axes, "stride"),
        low,
        high,
        per_axis(dilation, axes, "dilation"),
    )


def onnx_padding(call: Call, kernel: Sequence[int], dilation: Sequence[int]) -> Padding:
    """The ``pads`` or ``auto_pad`` of an ONNX operator as (low, high) per axis."""
    axes = len(kernel)
    mode = call.arguments.get("auto_pad", "NOTSET")
    mode = mode.decode() if isinstance(mode, bytes) else mode
    if mode == "VALID":
        return 0
    if mode == "NOTSET":
        pads = call.integers("pads", 2 * axes, 0)
        return tuple((pads[axis], pads[axis + axes]) for axis in range(axes))
    call.require(mode in ("SAME_UPPER", "SAME_LOWER"), "auto_pad in the ONNX standard", repr(mode))
    stride = call.integers("strides", axes, 1)
    padding = []
    for axis in range(axes):
        size = int(call.input_shape[axis + 1])
        extent = dilation[axis] * (kernel[axis] - 1) + 1
        total = max(0, (-(-size // stride[axis]) - 1) * stride[axis] + extent - size)
        small, large = total // 2, total - total // 2
        padding.append((small, large) if mode == "SAME_UPPER" else (large, small))
    return tuple(padding)


def require_groups(groups: Size, inputs: Size, outputs: Size) -> None:
    """Groups that divide the channels on both sides; symbols are taken to.

    Raises:
        ShapeError: for groups that do not, or no positive size.

    >>> require_groups(2, 4, 6)
    """
    require_size("out", outputs)
    require_size("groups", groups)
    for side, channels in (("input", inputs), ("output", outputs)):
        numbers = is_number(channels) and is_number(groups)
        if numbers and int(channels) % int(groups):
            raise ShapeError(
                "groups",
                need=f"a number that divides the {channels} {side} channels",
                have=str(groups),
                remedy="change the channels or the groups",
            )
