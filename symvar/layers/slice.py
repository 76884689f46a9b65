"""Part of a signal along one axis: slices, splits, chunks and crops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symvar.errors import ShapeError
from symvar.geometry import Size, is_number
from symvar.layers.base import Call, Example, Layer, Shape, whole_sizes
from symvar.primitives import Copy, Primitive
from symvar.reference import cite

ENDLESS = 2**31 - 1
"""What exporters write for the end of an axis, or more."""


@dataclass(frozen=True)
class Slice(Layer):
    """The units from ``start`` up to ``stop``, in steps, along one axis.

    Args:
        axis: the axis behind the batch, 0 for channels.
        start: the first index; counted from the end where negative.
        stop: the index it stops before; the axis's end where None.
        step: the distance between two indices, positive.
        drop: whether the axis, then of size one, goes away.
    """

    axis: int
    start: int = 0
    stop: int | None = None
    step: int = 1
    drop: bool = False

    name = "slice"
    reference = cite("unet", "section 2")
    torch = (
        "aten.slice",
        "aten.narrow",
        "aten.select",
        "aten.split",
        "aten.split_with_sizes",
        "aten.chunk",
        "aten.tensor_split",
        "aten.unbind",
    )
    onnx = ("Slice", "Split")

    def indices(self, size: int) -> range:
        """The indices kept along an axis of this size."""
        return range(size)[self.start : self.stop : self.step]

    def shape(self, before: Shape) -> Shape:
        """The axis shortened.

        Raises:
            ShapeError: for an axis that is not there, or a slice that holds nothing.
        """
        if not (0 <= self.axis < len(before) and self.step > 0):
            raise ShapeError(
                "axis",
                need=f"an axis from 0 to {len(before) - 1} and a positive step",
                have=f"axis {self.axis}, step {self.step}",
                remedy="count the axes behind the batch from 0",
            )
        kept = len(self.indices(whole_sizes((before[self.axis],), "slice")[0]))
        if not kept or (self.drop and kept > 1):
            raise ShapeError(
                "slice",
                need="one index, to drop the axis" if kept else "at least one index",
                have=f"{kept} of the {before[self.axis]} along axis {self.axis}",
                remedy="change start and stop",
            )
        rest = () if self.drop else (kept,)
        return (*before[: self.axis], *rest, *before[self.axis + 1 :])

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """Copies of what is kept."""
        self.shape(before)
        sizes = whole_sizes(before, "slice")
        sources = [tuple(range(size)) for size in sizes]
        sources[self.axis] = tuple(self.indices(sizes[self.axis]))
        return (Copy(sizes, tuple(sources)),)

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """Slices, and the one part of a split that is read (``index`` of the call)."""
        given, axes = call.arguments, len(call.input_shape) + 1
        axis = int(given.get("dim", 0)) % axes - 1
        call.require(axis >= 0, "a slice behind the batch", "one along the batch")
        size, index = _number(call, axis), int(given.get("part", 0))
        match call.operator:
            case "aten.slice":
                start, stop = (_index(given.get(end), size) for end in ("start", "end"))
                return cls(axis, start or 0, stop, int(given.get("step", 1)))
            case "aten.narrow":
                start = int(given["start"]) % size
                return cls(axis, start, start + int(given["length"]))
            case "aten.select":
                start = int(given["index"]) % size
                return cls(axis, start, start + 1, drop=True)
            case "aten.unbind":
                return cls(axis, index, index + 1, drop=True)
        return cls.part(axis, size, _lengths(call, size), index)

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``Slice`` along one axis, and one output of ``Split``."""
        given, axes = call.arguments, len(call.input_shape) + 1
        if call.operator == "Split":
            axis = int(given.get("axis", 0)) % axes - 1
            call.require(axis >= 0, "a split behind the batch", "one along the batch")
            size, index = _number(call, axis), int(given["part"])
            parts = int(given.get("num_outputs", given.get("parts", 1)))
            even = -(-size // parts)
            lengths = given.get("split") or [min(even, size - even * i) for i in range(parts)]
            return cls.part(axis, size, list(map(int, lengths)), index)
        known = "starts" in given and "ends" in given
        call.require(known, "starts and ends that are constants", "some that are computed")
        starts, ends = given["starts"], given["ends"]
        count = len(starts)
        along = [int(each) % axes - 1 for each in given.get("axes") or range(count)]
        steps = list(map(int, given.get("steps") or [1] * count))
        sizes = [call.input_shape[axis] if axis >= 0 else 0 for axis in along]
        kept = [
            (axis, int(start), int(stop), step)
            for axis, start, stop, step, size in zip(along, starts, ends, steps, sizes, strict=True)
            if not (start == 0 and step == 1 and (axis < 0 or _reaches(stop, size)))
        ]
        call.require(len(kept) <= 1, "a slice along one axis", f"one along {len(kept)}")
        if not kept:
            return cls(0)
        axis, start, stop, step = kept[0]
        call.require(axis >= 0 and step > 0, "a slice behind the batch, forward", f"axis {axis}")
        return cls(axis, start, None if _reaches(stop, sizes[along.index(axis)]) else stop, step)

    @classmethod
    def part(cls, axis: int, size: int, lengths: list[int], index: int) -> Slice:
        """One of consecutive parts of these lengths."""
        start = sum(lengths[:index])
        stop = start + lengths[index]
        return cls(axis, start, None if stop >= size else stop)


def _lengths(call: Call, size: int) -> list[int]:
    """The lengths of the parts of a torch split."""
    given: Any = call.arguments
    if call.operator == "aten.split_with_sizes":
        return list(map(int, given["split_sizes"]))
    if call.operator == "aten.split":
        asked = given.get("split_size", given.get("split_sizes"))
        if not isinstance(asked, int):
            return list(map(int, asked))
        return [min(asked, size - start) for start in range(0, size, asked)]
    if call.operator == "aten.chunk":
        each = -(-size // int(given["chunks"]))
        return [min(each, size - start) for start in range(0, size, each)]
    call.require("sections" in given, "a split into a number of sections", str(dict(given)))
    parts = int(given["sections"])
    return [size // parts + (place < size % parts) for place in range(parts)]


def _number(call: Call, axis: int) -> int:
    """The size of an axis that is to be cut."""
    size = call.input_shape[axis]
    call.require(is_number(size), "a number as the size of the axis that is cut", str(size))
    return int(size)


def _reaches(stop: int, size: Size) -> bool:
    """Whether a slice goes on to the end of an axis, whatever its size."""
    return int(stop) >= (int(size) if is_number(size) else ENDLESS)


def _index(value: int | None, size: int) -> int | None:
    return None if value is None or value >= size else int(value)


Slice.examples = (
    Example("the later channels", Slice(0, 2), (5, 3), "lambda x: x[:, 2:]"),
    Example("every other row", Slice(1, 0, None, 2), (2, 5, 2), "lambda x: x[:, :, ::2]"),
    Example("cut off at the end", Slice(2, 1, -1), (1, 2, 4), "lambda x: x[:, :, :, 1:-1]"),
    Example("one half", Slice(0, 0, 2), (4, 2), "lambda x: x.chunk(2, 1)[0]"),
    Example("a part of its own size", Slice(0, 1), (5,), "lambda x: x.split([1, 4], 1)[1]"),
    Example("one place", Slice(1, 1, 2, drop=True), (3, 4), "lambda x: x[:, :, 1]"),
)
