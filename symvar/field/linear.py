"""Fixed linear maps of the signals of the field theory: averages, copies, masks, scales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from symvar.field.kernels import Kernel
from symvar.field.lazy import Lazy
from symvar.field.nonlinear import activated, largest
from symvar.field.pairs import Displaced, Pairs
from symvar.field.residual import Streamed, copied_stream
from symvar.field.signals import (
    Activated,
    Edge,
    Gaussian,
    Joint,
    Largest,
    Signal,
    derived,
    parts_of,
    refused,
)
from symvar.field.steps import Matrices, averaging, blending, copy_matrices, copying
from symvar.field.unitwise import diagonal_set
from symvar.geometry import Windows
from symvar.primitives import Affine, Blend, Copy
from symvar.theories.origins import Origins


def averaged(signal: Signal, windows: Windows, counts_padding: bool) -> Signal:
    """The mean over each window."""
    return _weighted(signal, averaging(windows, counts_padding))


def blended(signal: Signal, primitive: Blend) -> Signal:
    """Interpolated between positions."""
    return _weighted(signal, blending(primitive))


def copied(edge: Edge, primitive: Copy) -> Edge:
    """Positions copied, left out or filled with zeros; channels too."""
    chosen = _chosen(edge, primitive.sources[0])
    space = tuple(map(len, primitive.sources[1:]))
    parts = [
        _zeros(count, space) if part is None
        else part if primitive.places_kept
        else _placed(part, primitive)
        for part, count in chosen
    ]  # fmt: skip
    return parts[0] if len(parts) == 1 else Joint(tuple(parts))


def _chosen(edge: Edge, sources: Sequence[int | None]) -> list[tuple[Signal | None, int]]:
    """Runs of channels of one kind, None for zeros, and how many there are."""
    owners = [part for part in parts_of(edge) for _ in range(part.channels)]
    kinds = [None if source is None else owners[source] for source in sources]
    runs = [(part, len(list(run))) for part, run in groupby(kinds, key=lambda each: each)]
    return [(None if part is None else _fewer(part, count), count) for part, count in runs]


def _zeros(channels: int, space: tuple[int, ...]) -> Gaussian:
    empty = Kernel.independent(space, 0.0)
    return Gaussian(channels, empty, Origins(), centred=True, nonnegative=True)


def scaled(signal: Signal, primitive: Affine) -> Signal:
    """Times a number.

    Raises:
        NeedsFact: for a number that is added.
    """
    if primitive.shift != 0:
        raise refused("no constant added to every unit", f"the shift {primitive.shift}")
    factor = float(primitive.scale) ** 2
    if factor == 1:
        return signal
    if isinstance(signal, Activated | Largest) and primitive.scale.is_positive:
        found = _scaled_before(signal, factor)
        if found is not None:
            return found
    return derived(signal, signal.kernel.scaled(factor), lambda g: g.scaled(factor), keeps_law=True)


def _scaled_before(signal: Activated | Largest, factor: float) -> Signal | None:
    """A positive scale taken before a function or maximum that it passes through."""
    source = signal.source
    scaled_source = derived(
        source, source.kernel.scaled(factor), lambda g: g.scaled(factor), keeps_law=True
    )
    function = signal.function if isinstance(signal, Activated) else signal.pool.function
    passes = function is None or function.activation.homogeneous
    if not passes or not isinstance(scaled_source, Gaussian):
        return None
    if isinstance(signal, Activated):
        return activated(scaled_source, signal.function)
    behind = scaled_source if function is None else activated(scaled_source, function)
    return largest(behind, signal.pool.windows)


def masked(signal: Signal, keep: float, channels: bool) -> Signal:
    """Each unit, or whole channel, kept with a probability and divided by it."""
    if keep == 1:
        return signal
    if channels:
        return derived(
            signal, _without_across(signal.kernel.scaled(1 / keep), signal.kernel),
            lambda g: g.scaled(1 / keep), keeps_law=False,
        )  # fmt: skip
    kernel = signal.kernel
    variance = kernel.variance / keep

    def own(pairs: Pairs) -> Pairs:
        return diagonal_set(pairs, variance, keep)

    after = Kernel(variance, Lazy(own, [kernel.pairs]), _diluted(kernel, keep))

    def pull(gradient: Kernel) -> Kernel:
        behind = gradient.variance / keep
        pairs = Lazy(lambda each: diagonal_set(each, behind, keep), [gradient.pairs])
        return Kernel(behind, pairs, gradient.across)

    return derived(signal, after, pull, keeps_law=False)


def _without_across(after: Kernel, before: Kernel) -> Kernel:
    """Masks of two inputs are independent, so their products keep their mean."""
    return Kernel(after.variance, after.pairs, before.across)


def _diluted(kernel: Kernel, keep: float) -> Lazy[Pairs]:
    """Mean products are unchanged; as cosines they are of larger variances."""

    def of(pairs: Pairs) -> Pairs:
        return Displaced(pairs.cosines * keep) if isinstance(pairs, Displaced) else pairs

    return Lazy(of, [kernel.across])


def _fewer(signal: Signal, channels: int) -> Signal:
    """Some of the channels, or several copies of them."""
    if channels == signal.channels:
        return signal
    share = channels / signal.channels  # of a channel's copies, the gradients add up
    found = derived(signal, signal.kernel, lambda g: g.scaled(share), keeps_law=True)
    return replace(found, channels=channels)


def _placed(signal: Signal, primitive: Copy) -> Signal:
    found = copied_stream(signal, copying(primitive)) if isinstance(signal, Streamed) else None
    return found or _weighted(signal, copy_matrices(primitive))


def _weighted(signal: Signal, matrices: Matrices) -> Signal:
    turned = tuple(np.ascontiguousarray(rows.T) for rows in matrices)
    return derived(
        signal, signal.kernel.weighted(matrices), lambda g: g.weighted(turned), keeps_law=True
    )
