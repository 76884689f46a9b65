"""Enlarging a map: by repetition, or by linear interpolation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import sympy as sp

from symvar.errors import ShapeError
from symvar.geometry import Size, require_size
from symvar.layers.base import Call, Example, Layer, PerAxis, Shape, per_axis, whole_sizes
from symvar.primitives import Blend, Copy, Primitive
from symvar.reference import cite

Mode = Literal["nearest", "linear"]
LINEAR = ("linear", "bilinear", "trilinear")


@dataclass(frozen=True)
class Upsample(Layer):
    """Every axis longer by a whole factor.

    Args:
        factor: per axis.
        mode: ``"nearest"`` repeats each unit; ``"linear"`` interpolates between the two nearest on
            each axis, the border repeated.
        corners: for ``"linear"``, whether the outer units keep their place; otherwise the centres
            of the units are laid over one another.

    Raises:
        ShapeError: for another mode.
    """

    factor: PerAxis
    mode: Mode = "nearest"
    corners: bool = False

    name = "upsample"
    reference = cite("ye", "section 7.3.2")
    torch = (
        "aten.upsample_nearest1d",
        "aten.upsample_nearest2d",
        "aten.upsample_nearest3d",
        "aten.upsample_linear1d",
        "aten.upsample_bilinear2d",
        "aten.upsample_trilinear3d",
    )
    onnx = ("Resize", "Upsample")

    def __post_init__(self) -> None:
        if self.mode not in get_args(Mode):
            raise ShapeError(
                "mode", need=", ".join(get_args(Mode)), have=repr(self.mode), remedy="use one"
            )

    def shape(self, before: Shape) -> Shape:
        """``(channels, *positions)``, each axis times its factor."""
        factors = self._factors(before)
        return (before[0], *(size * by for size, by in zip(before[1:], factors, strict=True)))

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """Copies, or sums of two neighbours along each axis."""
        sizes = whole_sizes(before, "upsample")
        factors = tuple(map(int, self._factors(before)))
        along = list(zip(sizes[1:], factors, strict=True))
        if self.mode == "nearest":
            repeated = (tuple(at // by for at in range(size * by)) for size, by in along)
            return (Copy(sizes, (tuple(range(sizes[0])), *repeated)),)
        taps = (tuple(self._taps(at, size, by) for at in range(size * by)) for size, by in along)
        return (Blend(sizes, tuple(taps)),)

    def _taps(self, at: int, size: int, by: int) -> tuple[tuple[int, sp.Rational], ...]:
        if self.corners:
            place = sp.Rational(at * (size - 1), max(size * by - 1, 1))
        else:
            place = max((at + sp.Rational(1, 2)) / by - sp.Rational(1, 2), sp.Integer(0))
        low = int(sp.floor(place))
        high, share = min(low + 1, size - 1), place - low
        return (
            ((low, 1 - share), (high, share)) if share and high > low else ((low, sp.Integer(1)),)
        )

    def _factors(self, before: Shape) -> tuple[Size, ...]:
        factors = per_axis(self.factor, len(before) - 1, "factor")
        for factor in factors:
            require_size("factor", factor)
        return factors

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.upsample_*`` by whole factors."""
        mode: Mode = "nearest" if "nearest" in call.operator else "linear"
        return cls._whole(call, mode, bool(call.arguments.get("align_corners")))

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``Resize`` and ``Upsample`` by whole factors."""
        mode = _text(call.arguments.get("mode", "nearest"))
        call.require(mode in ("nearest", *LINEAR), "nearest or linear interpolation", repr(mode))
        how = _text(call.arguments.get("coordinate_transformation_mode", "half_pixel"))
        known = ("half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel")
        call.require(how in known, f"one of {', '.join(known)}", repr(how))
        nearest = mode == "nearest"
        call.require(nearest or how != "asymmetric", "centres or corners laid over", repr(how))
        return cls._whole(call, "nearest" if nearest else "linear", how == "align_corners")

    @classmethod
    def _whole(cls, call: Call, mode: Mode, corners: bool) -> Layer:
        pairs = zip(call.output_shape[1:], call.input_shape[1:], strict=True)
        ratios = [sp.cancel(sp.sympify(after) / size) for after, size in pairs]
        whole = all(ratio.is_Integer for ratio in ratios)
        call.require(whole, "whole factors", f"{call.input_shape} to {call.output_shape}")
        return cls(tuple(map(int, ratios)), mode, corners)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


Upsample.examples = (
    Example("repeated", Upsample((2, 3)), (2, 2, 2), "Upsample(scale_factor=(2, 3))"),
    Example(
        "linear",
        Upsample((2,), "linear"),
        (1, 4),
        "Upsample(scale_factor=2, mode='linear', align_corners=False)",
    ),
    Example(
        "corners kept",
        Upsample((2, 2), "linear", corners=True),
        (1, 2, 3),
        "Upsample(scale_factor=2, mode='bilinear', align_corners=True)",
    ),
)
