"""Transposed convolution: the adjoint of a convolution's map."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symvar.errors import ShapeError
from symvar.geometry import Axis, Size, Windows, is_number, plain, prod
from symvar.layers.base import (
    Call,
    Example,
    Layer,
    Padding,
    PerAxis,
    Shape,
    per_axis,
    require_groups,
    sides,
)
from symvar.primitives import Mix, Primitive
from symvar.reference import cite


@dataclass(frozen=True)
class ConvTranspose(Layer):
    r"""Each input position adds its kernel to the outputs that a convolution would read there.

    The pairs joined are those of the convolution from the output to the input. The roles swap:
    interior fan-in $C_\text{in}/g \cdot \prod k/s$, fan-out $C_\text{out}/g \cdot \prod k$.

    Args:
        out: number of output channels.
        kernel: taps per axis.
        stride: distance between the kernels of two neighbouring inputs, per axis.
        padding: outputs cut off per axis; ``(low, high)`` pairs where the sides differ.
        extra: outputs added at the end of each axis, less than the stride.
        dilation: distance between taps per axis.
        groups: number of groups the channels are split into.
        bias: whether a bias is added.

    >>> ConvTranspose(4, 2, stride=2).shape((8, 5, 5))
    (4, 10, 10)
    """

    out: Size
    kernel: PerAxis
    stride: PerAxis = 1
    padding: Padding = 0
    extra: PerAxis = 0
    dilation: PerAxis = 1
    groups: Size = 1
    bias: bool = True

    name = "convtranspose"
    reference = cite("ye", "section 7.3.2")
    torch = ("aten.conv_transpose1d", "aten.conv_transpose2d", "aten.conv_transpose3d")
    onnx = ("ConvTranspose",)
    weight_axes = ("in", "out/groups", "kernel")

    def windows(self, before: Shape) -> Windows:
        """The convolution's windows over the output: one for each input position.

        Raises:
            ShapeError: without spatial axes, or where the sizes do not fit.
        """
        axes = len(before) - 1
        if axes < 1:
            raise ShapeError(
                "input",
                need="channels and at least one spatial axis",
                have=f"shape {before}",
                remedy="move this layer before the flatten",
            )
        lows, highs = sides(self.padding, axes)
        along = zip(
            before[1:],
            per_axis(self.kernel, axes, "kernel"),
            per_axis(self.stride, axes, "stride"),
            lows,
            highs,
            per_axis(self.extra, axes, "extra"),
            per_axis(self.dilation, axes, "dilation"),
            strict=True,
        )
        return Windows(tuple(_axis(*each) for each in along))

    def shape(self, before: Shape) -> Shape:
        """``(out, *positions)``."""
        self.weight_shape(before)
        return (self.out, *(axis.size for axis in self.windows(before).axes))

    def weight_shape(self, before: Shape) -> Shape:
        """``(in, out/groups, *kernel)``.

        Raises:
            ShapeError: for channels that the groups do not divide, or no positive size.
        """
        require_groups(self.groups, before[0], self.out)
        share = sp.sympify(self.out) / self.groups
        return (before[0], plain(share), *per_axis(self.kernel, len(before) - 1, "kernel"))

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """A mix: the convolution's connections with the roles swapped."""
        channels, share, *_ = self.weight_shape(before)
        windows = self.windows(before)
        positions = prod(axis.size for axis in windows.axes)
        return (
            Mix(
                inputs=plain(channels * prod(before[1:])),
                outputs=plain(self.out * positions),
                connections=plain(channels * share * windows.pairs),
                fan_in=plain(sp.sympify(channels) / self.groups * windows.size / windows.stride),
                fan_out=plain(share * windows.size),
                bias=self.bias,
                assumes=windows.assume,
                windows=windows,
                groups=self.groups,
                transposed=True,
            ),
        )

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.conv_transposeNd``: the weight lies as declared."""
        kernel = call.weight_shape[2:]
        axes, groups = len(kernel), int(call.arguments.get("groups", 1))
        return cls(
            out=call.weight_shape[1] * groups,
            kernel=kernel,
            stride=call.integers("stride", axes, 1),
            padding=call.integers("padding", axes, 0),
            extra=call.integers("output_padding", axes, 0),
            dilation=call.integers("dilation", axes, 1),
            groups=groups,
            bias=call.bias,
        )

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``ConvTranspose`` with explicit pads: the weight lies as declared."""
        kernel = call.weight_shape[2:]
        axes, groups = len(kernel), int(call.arguments.get("group", 1))
        for name in ("auto_pad", "output_shape"):
            stated = call.arguments.get(name)
            plainly = stated in (None, b"NOTSET", "NOTSET")
            call.require(plainly, f"explicit pads and no {name}", f"{name} {stated}")
        pads = call.integers("pads", 2 * axes, 0)
        return cls(
            out=call.weight_shape[1] * groups,
            kernel=kernel,
            stride=call.integers("strides", axes, 1),
            padding=tuple((pads[axis], pads[axis + axes]) for axis in range(axes)),
            extra=call.integers("output_padding", axes, 0),
            dilation=call.integers("dilations", axes, 1),
            groups=groups,
            bias=call.bias,
        )


def _axis(
    inputs: Size, kernel: Size, stride: Size, low: Size, high: Size, extra: Size, dilation: Size
) -> Axis:
    """The convolution's axis: its size is the output's, its outputs are the inputs."""
    size = (inputs - 1) * stride - low - high + dilation * (kernel - 1) + 1 + extra
    if is_number(extra) and is_number(stride) and int(extra) >= int(stride):
        raise ShapeError(
            "extra",
            need=f"less than the stride {stride}",
            have=str(extra),
            remedy="pad the output instead",
        )
    whole = size if isinstance(size, int) else plain(sp.expand(size))
    return Axis(whole, kernel, stride, low, high, dilation)


ConvTranspose.examples = (
    Example("doubling", ConvTranspose(3, 2, 2), (2, 3, 4), "ConvTranspose2d(2, 3, 2, 2)"),
    Example(
        "overlapping, cut, with extra outputs",
        ConvTranspose(4, (3,), (2,), (1,), (1,)),
        (2, 5),
        "ConvTranspose1d(2, 4, 3, 2, 1, 1)",
    ),
    Example(
        "grouped, dilated, not square",
        ConvTranspose(4, (2, 3), (1, 2), (0, 1), (0, 0), (2, 1), 2, False),
        (6, 3, 3),
        "ConvTranspose2d(6, 4, (2, 3), (1, 2), (0, 1), 0, 2, False, (2, 1))",
    ),
)
