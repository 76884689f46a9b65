"""Primitives as functions of tensors: what a network needs to run in torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import singledispatch
from typing import Any, TypeAlias

import torch

from symvar.adapters.torch_functions import of_activation, of_expression
from symvar.errors import UnsupportedOperator
from symvar.geometry import Axis, Windows
from symvar.primitives import (
    Affine,
    Average,
    Blend,
    Concat,
    Copy,
    Mask,
    Normalise,
    Pointwise,
    PowerMean,
    Primitive,
    Product,
    Rearrange,
    Standardise,
    Sum,
    WindowMax,
)

Signals: TypeAlias = Sequence[torch.Tensor]
"""What a primitive reads: one signal, or several for a join; batch first."""

EPSILON = 1e-5
"""What torch's norms add to a variance, by default."""


@singledispatch
def function_of(primitive: Primitive) -> Callable[[Signals], torch.Tensor]:
    """The primitive as a function of the signals it reads.

    Raises:
        UnsupportedOperator: for one that no rule here runs.
    """
    raise UnsupportedOperator(
        "torch",
        need="primitives that can be run",
        have=type(primitive).__name__,
        remedy="measure a torch module instead of the network read from it",
    )


@function_of.register
def _(primitive: Pointwise) -> Callable[[Signals], torch.Tensor]:
    apply = of_activation(primitive.activation)
    return lambda signals: apply(signals[0])


@function_of.register
def _(primitive: Mask) -> Callable[[Signals], torch.Tensor]:
    dropped = 1 - float(primitive.keep)
    draw = torch.feature_dropout if primitive.channels else torch.dropout
    return lambda signals: draw(signals[0], dropped, True)


@function_of.register
def _(primitive: Affine) -> Callable[[Signals], torch.Tensor]:
    scale, shift = float(primitive.scale), float(primitive.shift)
    return lambda signals: signals[0] * scale + shift


@function_of.register
def _(primitive: Sum) -> Callable[[Signals], torch.Tensor]:
    return lambda signals: _folded(torch.add, signals)


@function_of.register
def _(primitive: Product) -> Callable[[Signals], torch.Tensor]:
    return lambda signals: _folded(torch.mul, signals)


@function_of.register
def _(primitive: Concat) -> Callable[[Signals], torch.Tensor]:
    return lambda signals: torch.cat(list(signals), dim=1)


@function_of.register
def _(primitive: Rearrange) -> Callable[[Signals], torch.Tensor]:
    split, order = tuple(map(int, primitive.split)), primitive.order

    def rearranged(signals: Signals) -> torch.Tensor:
        (signal,) = signals
        if split:
            signal = signal.reshape(len(signal), *split)
        if order:
            signal = signal.permute(0, *(axis + 1 for axis in order))
        return signal

    return rearranged


@function_of.register
def _(primitive: Copy) -> Callable[[Signals], torch.Tensor]:
    axes = [
        None if source == tuple(range(size)) else [size if at is None else at for at in source]
        for size, source in zip(primitive.sizes, primitive.sources, strict=True)
    ]

    def copied(signals: Signals) -> torch.Tensor:
        (signal,) = signals
        for axis, source in enumerate(axes, start=1):
            if source is not None:
                signal = _picked(signal, axis, source, 0.0)
        return signal

    return copied


@function_of.register
def _(primitive: Blend) -> Callable[[Signals], torch.Tensor]:
    matrices = []
    for size, outputs in zip(primitive.sizes[1:], primitive.taps, strict=True):
        matrix = torch.zeros(size, len(outputs), dtype=torch.float64)
        for place, taps in enumerate(outputs):
            for source, weight in taps:
                matrix[source, place] += float(weight)
        matrices.append(matrix)

    def blended(signals: Signals) -> torch.Tensor:
        (signal,) = signals
        for axis, matrix in enumerate(matrices, start=2):
            signal = (signal.movedim(axis, -1) @ matrix.to(signal)).movedim(-1, axis)
        return signal

    return blended


@function_of.register
def _(primitive: WindowMax) -> Callable[[Signals], torch.Tensor]:
    return _over_windows(primitive.windows, float("-inf"), lambda taps: taps.amax(-1))


@function_of.register
def _(primitive: Average) -> Callable[[Signals], torch.Tensor]:
    total = _over_windows(primitive.windows, 0.0, lambda taps: taps.sum(-1))
    counted = primitive.counts_padding
    along = [torch.tensor(_divisors(each, counted)) for each in primitive.windows.axes]
    divisor = along[0]
    for other in along[1:]:
        divisor = divisor[..., None] * other
    return lambda signals: total(signals) / divisor.to(signals[0])


@function_of.register
def _(primitive: PowerMean) -> Callable[[Signals], torch.Tensor]:
    total = _over_windows(primitive.windows, 0.0, lambda taps: taps.sum(-1))
    power = primitive.power
    return lambda signals: total([signals[0].abs() ** power]) ** (1 / power)


@function_of.register
def _(primitive: Normalise) -> Callable[[Signals], torch.Tensor]:
    (variable,) = primitive.divisor.variables
    divisor = of_expression(primitive.divisor.expr, variable)
    size = int(primitive.size)

    def normalised(signals: Signals) -> torch.Tensor:
        (signal,) = signals
        squares = signal.square().movedim(1, -1)
        padded = torch.nn.functional.pad(squares, (size // 2, (size - 1) // 2))
        energy = padded.unfold(-1, size, 1).mean(-1).movedim(-1, 1)
        return signal / divisor(energy)

    return normalised


@function_of.register
def _(primitive: Standardise) -> Callable[[Signals], torch.Tensor]:
    groups = int(primitive.groups)

    def standardised(signals: Signals) -> torch.Tensor:
        (signal,) = signals
        split = signal.reshape(len(signal), groups, signal.shape[1] // groups, *signal.shape[2:])
        axes = {"batch": (0,), "channels": (2,), "positions": tuple(range(3, split.dim()))}
        over = tuple(axis for name in primitive.over for axis in axes[name])
        variance, mean = torch.var_mean(split, dim=over, correction=0, keepdim=True)
        return ((split - mean) / torch.sqrt(variance + EPSILON)).reshape(signal.shape)

    return standardised


def _folded(
    operation: Callable[[torch.Tensor, torch.Tensor], torch.Tensor], signals: Signals
) -> torch.Tensor:
    result, *others = signals
    for other in others:
        result = operation(result, other)
    return result


def _picked(signal: torch.Tensor, axis: int, places: list[int], beyond: float) -> torch.Tensor:
    """The entries of an axis at these places; the place behind the last holds ``beyond``."""
    if max(places) == signal.shape[axis]:
        shape = list(signal.shape)
        shape[axis] = 1
        signal = torch.cat([signal, signal.new_full(shape, beyond)], dim=axis)
    return signal.index_select(axis, torch.tensor(places, device=signal.device))


def _over_windows(
    windows: Windows, beyond: float, reduced: Callable[[torch.Tensor], torch.Tensor]
) -> Callable[[Signals], torch.Tensor]:
    """A maximum or sum over windows, one axis after the other."""
    along: list[tuple[int, list[int]]] = []
    for axis in windows.axes:
        reads = [axis.reads(output) for output in range(int(axis.outputs))]
        longest = max(map(len, reads))
        empty = int(axis.size)
        along.append((longest, [at for read in reads for at in _filled(read, longest, empty)]))

    def pooled(signals: Signals) -> torch.Tensor:
        (signal,) = signals
        for axis, (longest, places) in enumerate(along, start=2):
            taps = _picked(signal, axis, places, beyond)
            signal = reduced(taps.unflatten(axis, (-1, longest)).movedim(axis + 1, -1))
        return signal

    return pooled


def _filled(read: list[int], longest: int, empty: int) -> list[int]:
    return read + [empty] * (longest - len(read))


def _divisors(axis: Any, counted: bool) -> list[float]:
    """What each output's sum along an axis is divided by."""
    outputs = range(int(axis.outputs))
    if not counted:
        return [float(len(axis.reads(output))) for output in outputs]
    if isinstance(axis, Axis):
        return [float(axis.kernel)] * len(outputs)
    return [float(axis.spans[output]) for output in outputs]
