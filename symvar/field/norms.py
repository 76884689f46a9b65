"""Normalisation by statistics of the draw at hand: over a batch, or within one input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from symvar.field.kernels import Kernel
from symvar.field.lazy import Lazy
from symvar.field.pairs import Apart, Displaced, Full, Pairs, at_zero, displaced, filled, roots
from symvar.field.signals import Edge, Signal, derived, each_part, refused
from symvar.field.steps import Array
from symvar.primitives import Standardise


def standardised(edge: Edge, primitive: Standardise) -> Edge:
    """Units less a mean, over a standard deviation, both taken where the primitive says.

    Raises:
        NeedsFact: for statistics of few units: positions of one channel of one input.
    """
    over = set(primitive.over)
    if over == {"batch", "positions"}:
        return each_part(edge, _over_batch)
    if over == {"channels", "positions"}:
        return _within(edge, over_positions=True)
    if over == {"channels"}:
        return _within(edge, over_positions=False)
    raise refused("statistics over a batch or over channels", f"over {' and '.join(sorted(over))}")


def _over_batch(signal: Signal) -> Signal:
    r"""$(K - a_p - a_{p'} + m)/\sigma^2$, a the covariance with the channel's mean, m its square.

    A channel's mean over a large batch has second moment m, the mean of what two positions of
    two inputs share; its variance is $\sigma^2 = \bar v - m$ in the mean over channels. Gradients
    are divided by each channel's own: with what positions of different inputs still share,
    $k_{pp'}$, its relative variance is $w = 2 \overline{k^2}/\sigma^4$, and
    $\mathrm{E}[1/\sigma_c^2] = 1/(\sigma^2 (1 - w))$ as of a gamma law.
    """
    kernel = signal.kernel
    with_mean, shared = _shared(kernel)
    spread = kernel.mean - shared
    if not spread > 1e-12 * kernel.mean:
        raise refused(
            "units that vary over the batch", "a channel that is the same for every input"
        )
    after = _centred(kernel, with_mean, shared, spread)
    factor = 1 / (spread * (1 - min(_scatter(after), 0.5)))
    found = derived(signal, after, lambda g: g.scaled(factor), keeps_law=True)
    return replace(found, nonnegative=False, centred=True)


def _scatter(after: Kernel) -> float:
    """The relative variance over channels of a channel's variance over the batch."""
    pairs = after.across.value
    if isinstance(pairs, Full):
        return 2 * float((pairs.values**2).mean())
    if isinstance(pairs, Displaced):
        return 2 * float((pairs.cosines**2).mean())
    return 0.0


def _shared(kernel: Kernel) -> tuple[Array, float]:
    """The mean over p' of what p and p' share across inputs, (*space); and the mean of that."""
    pairs = kernel.across.value
    space = kernel.space
    if isinstance(pairs, Apart):
        return np.zeros(space), 0.0
    axes = tuple(range(len(space) + 1, 2 * len(space) + 1))
    if isinstance(pairs, Full):
        means = pairs.values.mean(axis=(0, *axes))
        return means, float(means.mean())
    deviation = np.sqrt(kernel.variance.mean(axis=0))
    means = deviation * _convolved(deviation, pairs.cosines.mean(axis=0)) / kernel.positions
    return means, float(means.mean())


def _convolved(deviation: Array, cosines: Array) -> Array:
    r"""$\sum_{p'} c(p' - p) d_{p'}$."""
    sizes = tuple(2 * size - 1 + size - 1 for size in deviation.shape)
    axes = tuple(range(deviation.ndim))
    turned = cosines[(slice(None, None, -1),) * deviation.ndim]
    spectrum = np.fft.rfftn(deviation, sizes, axes) * np.fft.rfftn(turned, sizes, axes)
    whole = np.fft.irfftn(spectrum, sizes, axes)
    return np.asarray(whole[tuple(slice(size - 1, 2 * size - 1) for size in deviation.shape)])


def _centred(kernel: Kernel, with_mean: Array, shared: float, spread: float) -> Kernel:
    variance = np.maximum((kernel.variance - 2 * with_mean + shared) / spread, 0.0)
    axes = with_mean.ndim

    def of(pairs: Pairs, same: bool) -> Pairs:
        if isinstance(pairs, Apart) and not shared:
            return pairs
        if kernel.small:
            both = (with_mean.reshape(*with_mean.shape, *(1,) * axes) + with_mean) - shared
            return Full((filled(pairs, kernel.variance, same).values - both) / spread)
        mean = kernel.mean
        cosines = (displaced(pairs, kernel.variance, same).cosines * mean - shared) / spread
        if same:
            at_zero(cosines)[...] = 1.0
        return Displaced(cosines)

    return Kernel(
        variance,
        Lazy(lambda pairs: of(pairs, True), [kernel.pairs]),
        Lazy(lambda pairs: of(pairs, False), [kernel.across]),
    )


def _within(edge: Edge, over_positions: bool) -> Edge:
    """Over channels of one input, with positions or at each: of mean zero, so only scaled."""
    if not isinstance(edge, Signal) or not edge.centred:
        raise refused(
            "channels that are alike and of mean zero over the weights, before a norm over them",
            "channels of several kinds" if not isinstance(edge, Signal) else edge.words,
        )
    kernel = edge.kernel
    axes = tuple(range(1, kernel.variance.ndim))
    energy = kernel.variance.mean(axis=axes, keepdims=True) if over_positions else kernel.variance
    scale = np.broadcast_to(1 / energy, kernel.variance.shape)
    return derived(edge, _rescaled(kernel, scale), lambda g: _rescaled(g, scale), keeps_law=True)


def _rescaled(kernel: Kernel, scale: Array) -> Kernel:
    """Every position times the root of a number of its own."""
    variance = kernel.variance * scale

    def of(pairs: Pairs) -> Pairs:
        return Full(pairs.values * roots(scale)) if isinstance(pairs, Full) else pairs

    return Kernel(variance, Lazy(of, [kernel.pairs]), Lazy(of, [kernel.across]))
