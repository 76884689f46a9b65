"""Activations and maxima of the signals of the field theory, in either order."""

from __future__ import annotations

from symvar.field.functions import Function
from symvar.field.kernels import Kernel
from symvar.field.pools import Pool
from symvar.field.residual import Streamed, activated_stream
from symvar.field.signals import Activated, Gaussian, Largest, Signal, refused
from symvar.geometry import Windows
from symvar.listed import Listed

FOLLOWED = 256
"""Behind a maximum, an ensemble of inputs on a larger map is averaged."""


def activated(signal: Signal, function: Function) -> Signal:
    """A function applied to every unit.

    Raises:
        NeedsFact: for units of which only the moments are known.
    """
    if function.identity or (function.rectifies and signal.nonnegative):
        return signal
    if isinstance(signal, Gaussian):
        return _behind(signal, function)
    if isinstance(signal, Streamed):
        return activated_stream(signal, function)
    if isinstance(signal, Largest) and _rises(signal, function):
        return _largest(signal.source, Pool(signal.source.kernel, signal.pool.windows, function))
    raise refused(
        "units that are Gaussian, or the largest of such, before an activation",
        f"{signal.words} before {function.activation.name}",
    )


def largest(signal: Signal, windows: Windows) -> Signal:
    """The largest of each window.

    Raises:
        NeedsFact: for a maximum of anything but Gaussian units behind a nondecreasing function.
    """
    if isinstance(signal, Gaussian):
        return _largest(signal, Pool(signal.kernel, windows))
    if isinstance(signal, Activated) and signal.function.activation.nondecreasing:
        source = signal.source
        return _largest(source, Pool(source.kernel, windows, signal.function))
    if isinstance(signal, Largest):
        both = _composed(signal.pool.windows, windows)
        return _largest(signal.source, Pool(signal.source.kernel, both, signal.pool.function))
    raise refused(
        "Gaussian units, behind a nondecreasing activation or none, before a maximum", signal.words
    )


def _rises(signal: Largest, function: Function) -> bool:
    return signal.pool.function is None and function.activation.nondecreasing


def _behind(signal: Gaussian, function: Function) -> Activated:
    kernel = signal.kernel
    moments = function.map.within(*kernel.range)

    def pull(gradient: Kernel) -> Kernel:
        return gradient.gated(kernel, moments.slope, moments.slope_product)

    return Activated(
        signal.channels, kernel.mapped(moments.second, moments.product), signal.origins,
        source=signal, function=function, before=signal, pull=pull,
        nonnegative=function.nonnegative,
    )  # fmt: skip


def _largest(source: Gaussian, pool: Pool) -> Largest:
    kernel = pool.kernel
    if len(kernel.variance) > 1 and kernel.positions > FOLLOWED:
        kernel = kernel.averaged()
    return Largest(
        source.channels, kernel, source.origins, source=source, pool=pool, before=source,
        pull=pool.pull, nonnegative=pool.function is not None and pool.function.nonnegative,
    )  # fmt: skip


def _composed(first: Windows, second: Windows) -> Windows:
    """The windows of a maximum of maxima: unions of the first ones."""
    axes = []
    for inner, outer in zip(first.axes, second.axes, strict=True):
        unions = tuple(
            tuple(sorted({each for place in outer.reads(output) for each in inner.reads(place)}))
            for output in range(int(outer.outputs))
        )
        axes.append(Listed(int(inner.size), unions, tuple(map(len, unions))))
    return Windows(tuple(axes))
