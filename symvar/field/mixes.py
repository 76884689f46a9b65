"""Independent weights between the signals of the field theory: second moments through a mix."""

from __future__ import annotations

from symvar.field.kernels import Kernel
from symvar.field.signals import Edge, Signal, refused
from symvar.field.steps import Array, taps_of
from symvar.primitives import Mix


def through(mix: Mix, edge: Edge, variance: float) -> Kernel:
    """The field behind, for this variance of every weight and no bias.

    Raises:
        NeedsFact: for a mix of which only the counts are known, behind more than one position.
    """
    windows, kernel = mix.windows, edge.kernel
    if windows is None:
        if kernel.positions > 1:
            raise refused("a primitive it has a rule for", repr(mix))
        return kernel.scaled(variance * float(mix.reads_per_output))
    gain = variance * edge.channels / int(mix.groups)
    if not windows.axes:
        return kernel.summed(gain)
    return kernel.tapped(taps_of(windows, mix.transposed), gain)


def back_through(mix: Mix, edge: Edge, gradient: Kernel, variance: float) -> Kernel:
    """The gradient's field before, from the one behind."""
    windows = mix.windows
    if windows is None:
        return gradient.scaled(variance * float(mix.feeds_per_input))
    channels = int(mix.outputs) // gradient.positions
    gain = variance * channels / int(mix.groups)
    if not windows.axes:
        return gradient.spread(edge.kernel.space, gain)
    taps = [each.turned for each in taps_of(windows, mix.transposed)]
    return gradient.tapped(taps, gain)


def counted(mix: Mix, signal: Signal) -> Array:
    """How much each position before a mix counts in the mean behind it."""
    behind = through(mix, signal, 1.0)
    back = back_through(mix, signal, Kernel.independent(behind.space), 1.0)
    return back.averaged().variance[0]
