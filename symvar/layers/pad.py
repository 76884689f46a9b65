"""Padding as a layer of its own: zeros, or copies of what is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from symvar.errors import ShapeError
from symvar.geometry import plain, require_size
from symvar.layers.base import Call, Example, Layer, Padding, Shape, sides, whole_sizes
from symvar.layers.padchannels import PadChannels
from symvar.primitives import Copy, Primitive
from symvar.reference import cite

Mode = Literal["zero", "circular", "reflect", "replicate", "lowest"]


@dataclass(frozen=True)
class Pad(Layer):
    """Positions added around the map.

    Args:
        padding: positions per axis; ``(low, high)`` pairs where the sides differ.
        mode: what stands there: zeros, the other end of the axis, its mirror image without the
            border, the border itself, or, before a max-pool that takes it as its own, minus
            infinity (``"lowest"``).

    Raises:
        ShapeError: for another mode, or more padding than there is to copy.
    """

    padding: Padding
    mode: Mode = "zero"

    name = "pad"
    reference = cite("cotter", "section 1.3.1.1")
    torch = ("aten.pad", "aten.constant_pad_nd")
    onnx = ("Pad",)

    def __post_init__(self) -> None:
        if self.mode not in get_args(Mode):
            raise ShapeError(
                "mode", need=", ".join(get_args(Mode)), have=repr(self.mode), remedy="use one"
            )

    def shape(self, before: Shape) -> Shape:
        """``(channels, *positions)``, the padding included."""
        lows, highs = sides(self.padding, len(before) - 1)
        most = {"circular": 0, "reflect": -1}.get(self.mode)
        for size, low, high in zip(before[1:], lows, highs, strict=True):
            for zeros in (low, high):
                require_size("padding", zeros, positive=False)
                if most is not None and (size + most - zeros) < 0:
                    raise ShapeError(
                        "padding",
                        need=f"at most {size + most} for mode {self.mode}",
                        have=str(zeros),
                        remedy="pad less, or with zeros",
                    )
        space = zip(before[1:], lows, highs, strict=True)
        return (before[0], *(plain(size + low + high) for size, low, high in space))

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """Copies, and zeros for the mode of that name."""
        self.shape(before)
        if self.mode == "lowest":
            raise ShapeError(
                "padding",
                need="a max-pool straight behind padding by minus infinity",
                have="another reader of it",
                remedy="pad with zeros, or give the padding to the pool",
            )
        sizes = whole_sizes(before, "pad")
        lows, highs = sides(self.padding, len(sizes) - 1)
        along = [
            tuple(self._source(place, size) for place in range(-int(low), size + int(high)))
            for size, low, high in zip(sizes[1:], lows, highs, strict=True)
        ]
        return (Copy(sizes, (tuple(range(sizes[0])), *along)),)

    def _source(self, place: int, size: int) -> int | None:
        """The input at a place of the axis, which may lie beyond its ends."""
        match self.mode:
            case "circular":
                return place % size
            case "replicate":
                return min(max(place, 0), size - 1)
            case "reflect":
                return size - 1 - abs(size - 1 - abs(place))
        return place if 0 <= place < size else None

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.pad``: pairs from the last axis on; of channels alone, where it says so."""
        pads = list(call.arguments["pad"])
        mode = {"constant": "zero"}.get(call.arguments["mode"], call.arguments["mode"])
        value = call.arguments.get("value")
        call.require(mode in get_args(Mode), "a mode that is known", repr(mode))
        if mode == "zero" and value == float("-inf"):
            mode = "lowest"
        call.require(mode != "zero" or not value, "zeros as padding", f"value {value}")
        axes = len(call.input_shape) - 1
        if mode == "zero" and len(pads) == 2 * axes + 2 and not any(pads[:-2]):
            return PadChannels(*pads[-2:])
        pads += [0] * (2 * axes - len(pads))
        call.require(len(pads) == 2 * axes, "padding of positions alone", f"pad {pads}")
        low_high = [(pads[2 * i], pads[2 * i + 1]) for i in reversed(range(axes))]
        return cls(tuple(low_high), mode)

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``Pad``: every low side, then every high side, of all axes or of those named."""
        given, total = call.arguments, len(call.input_shape) + 1
        stated = given.get("pads", given.get("paddings"))
        call.require(stated is not None, "pads that are constants", "some that are computed")
        pads = [int(each) for each in stated or ()]
        axes = [int(axis) % total for axis in given.get("axes") or range(total)]
        name = given.get("mode", "constant")
        name = name.decode() if isinstance(name, bytes) else name
        modes: dict[str, Mode] = {
            "constant": "zero", "reflect": "reflect", "edge": "replicate", "wrap": "circular"
        }  # fmt: skip
        call.require(name in modes, f"one of {', '.join(modes)}", repr(name))
        value = given.get("value")
        lowest = name == "constant" and value is not None and float(value) == float("-inf")
        call.require(
            lowest or name != "constant" or not value, "zeros as padding", f"value {value}"
        )
        low_high = {axis: (pads[i], pads[i + len(axes)]) for i, axis in enumerate(axes)}
        outside = [low_high.get(axis, (0, 0)) for axis in (0, 1)]
        if name == "constant" and {axis for axis, pad in low_high.items() if any(pad)} == {1}:
            return PadChannels(*low_high[1])
        call.require(outside == [(0, 0)] * 2, "padding of positions alone", f"pads {pads}")
        return cls(tuple(low_high.get(axis, (0, 0)) for axis in range(2, total)),
                   "lowest" if lowest else modes[name])  # fmt: skip


Pad.examples = (
    Example("zeros", Pad(((1, 2), 1)), (2, 3, 4), "ZeroPad2d((1, 1, 1, 2))"),
    Example("circular", Pad(((1, 2),), "circular"), (2, 3), "CircularPad1d((1, 2))"),
    Example(
        "mirrored", Pad(((1, 1), (0, 2)), "reflect"), (1, 3, 4), "ReflectionPad2d((0, 2, 1, 1))"
    ),
    Example("the border again", Pad(((0, 3),), "replicate"), (2, 3), "ReplicationPad1d((0, 3))"),
)
