"""Convolution in any number of axes."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symvar.geometry import Size, Windows
from symvar.layers.base import (
    Call,
    Example,
    Layer,
    Padding,
    PerAxis,
    Shape,
    onnx_padding,
    per_axis,
    require_groups,
    windows_over,
)
from symvar.primitives import Mix, Primitive
from symvar.reference import cite


@dataclass(frozen=True)
class Conv(Layer):
    r"""Convolution with zero padding.

    $e = C_\text{in} C_\text{out}/g \cdot \prod$ of the pairs along each axis.

    Args:
        out: number of output channels.
        kernel: taps per axis.
        stride: step per axis.
        padding: zeros per axis; ``(low, high)`` pairs where the sides differ.
        dilation: distance between taps per axis.
        groups: number of groups the channels are split into.
        bias: whether a bias is added.

    >>> from symvar.symbols import w, p, c_in, c_out
    >>> layer = Conv(c_out, 2 * p + 1, padding=p)
    >>> layer.shape((c_in, w, w))
    (C_out, w, w)
    >>> import sympy
    >>> sympy.factor(layer.lower((c_in, w))[0].connections)
    -C_in*C_out*(p**2 - 2*p*w + p - w)
    """

    out: Size
    kernel: PerAxis
    stride: PerAxis = 1
    padding: Padding = 0
    dilation: PerAxis = 1
    groups: Size = 1
    bias: bool = True

    name = "conv"
    reference = cite("asv", "A.5")
    torch = ("aten.conv1d", "aten.conv2d", "aten.conv3d")
    onnx = ("Conv",)
    weight_axes = ("out", "in/groups", "kernel")

    def windows(self, before: Shape) -> Windows:
        """Which positions each output position reads."""
        return windows_over(before, self.kernel, self.stride, self.padding, self.dilation)

    def shape(self, before: Shape) -> Shape:
        """``(out, *positions)``."""
        self.weight_shape(before)
        return (self.out, *self.windows(before).outputs)

    def weight_shape(self, before: Shape) -> Shape:
        """``(out, in/groups, *kernel)``.

        Raises:
            ShapeError: for channels that the groups do not divide, or no positive size.
        """
        require_groups(self.groups, before[0], self.out)
        share = sp.sympify(before[0]) / self.groups
        kernel = per_axis(self.kernel, len(before) - 1, "kernel")
        return (self.out, int(share) if share.is_Integer else share, *kernel)

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """A mix over its windows."""
        self.weight_shape(before)
        return (Mix.over(self.windows(before), before[0], self.out, self.groups, self.bias),)

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.convNd`` and its ``padding="same"`` overload; the weight lies as declared."""
        kernel = call.weight_shape[2:]
        axes = len(kernel)
        dilation = call.integers("dilation", axes, 1)
        padding: Padding
        match call.arguments.get("padding"):
            case "same":
                spans = [step * (taps - 1) for step, taps in zip(dilation, kernel, strict=True)]
                padding = tuple((span // 2, span - span // 2) for span in spans)
            case "valid":
                padding = 0
            case _:
                padding = call.integers("padding", axes, 0)
        return cls(
            out=call.weight_shape[0],
            kernel=kernel,
            stride=call.integers("stride", axes, 1),
            padding=padding,
            dilation=dilation,
            groups=int(call.arguments.get("groups", 1)),
            bias=call.bias,
        )

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``Conv``: the weight lies as declared."""
        kernel = call.weight_shape[2:]
        dilation = call.integers("dilations", len(kernel), 1)
        return cls(
            out=call.weight_shape[0],
            kernel=kernel,
            stride=call.integers("strides", len(kernel), 1),
            padding=onnx_padding(call, kernel, dilation),
            dilation=dilation,
            groups=int(call.arguments.get("group", 1)),
            bias=call.bias,
        )


Conv.examples = (
    Example("1-d", Conv(3, (2,)), (2, 5), "Conv1d(2, 3, 2)"),
    Example(
        "3x3, padded",
        Conv(4, (3, 3), (1, 1), (1, 1), (1, 1)),
        (3, 5, 4),
        "Conv2d(3, 4, 3, padding=1)",
    ),
    Example(
        "strided, dilated, grouped, not square",
        Conv(4, (3, 2), (2, 3), (2, 1), (2, 1), groups=2, bias=False),
        (6, 7, 8),
        "Conv2d(6, 4, (3, 2), (2, 3), (2, 1), (2, 1), 2, False)",
    ),
    Example(
        "depthwise",
        Conv(6, (3, 3), padding=(1, 1), groups=3),
        (3, 4, 4),
        "Conv2d(3, 6, 3, padding=1, groups=3)",
    ),
    Example(
        "same size from an even kernel",
        Conv(2, (4,), padding=((1, 2),)),
        (2, 6),
        "Conv1d(2, 2, 4, padding='same')",
    ),
    Example(
        "3-d",
        Conv(2, (2, 3, 1), padding=(1, 0, 0)),
        (2, 3, 4, 2),
        "Conv3d(2, 2, (2, 3, 1), padding=(1, 0, 0))",
    ),
)
