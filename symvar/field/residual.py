"""Residual sums whose skip is the identity, as signals: forward, and the gradient back through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from symvar.field.functions import Function
from symvar.field.kernels import Kernel, total
from symvar.field.lazy import Lazy
from symvar.field.pair_walks import Walk
from symvar.field.pairs import Apart
from symvar.field.signals import Activated, Gaussian, Largest, Pull, Signal, refused
from symvar.field.steps import NOWHERE, Taps
from symvar.field.streams import Cotangent, Stream
from symvar.field.window_laws import law_of
from symvar.theories.origins import Origins


@dataclass(frozen=True, eq=False)
class Streamed(Signal):
    """A function of several independent Gaussian fields, added and activated in turn.

    Args:
        stream: its law at every position.
        walk: what two positions share.
    """

    stream: Stream = field(kw_only=True)
    walk: Walk = field(kw_only=True)

    words = "a residual sum"


def followed(signal: Signal) -> Streamed:
    """A summand with a mean, as the stream that a sum goes on from.

    Raises:
        NeedsFact: for one whose law is not known.
    """
    if isinstance(signal, Streamed):
        return signal
    if isinstance(signal, Activated):
        kernel = signal.source.kernel.averaged()
        start = Stream.start(kernel.space).plus(kernel.variance[0])
        stream = start.apply(signal.function.map)
        walk = Walk.start().plus(kernel).apply(signal.function.map)

        def pull(gradient: Kernel) -> Kernel:
            return _plain(_along(gradient, stream).back())

    elif isinstance(signal, Largest):
        laws, classes = law_of(signal.pool)
        stream = Stream.known(signal.kernel.space, laws, classes)
        walk = Walk.known(signal.kernel, laws, classes)

        def pull(gradient: Kernel) -> Kernel:
            cotangent = _along(gradient, stream)
            alive = Cotangent(stream, cotangent.values * (stream.laws.nodes[classes] > 0))
            open_share = Cotangent(stream, (stream.laws.nodes[classes] > 0).astype(float))
            through = alive.second() / np.maximum(open_share.second(), 1e-300)
            return signal.pool.pull(Kernel(through[None], Lazy.of(Apart()), Lazy.of(Apart())))

    else:
        raise refused("a skip that is Gaussian, activated or a maximum", signal.words)
    return _streamed(signal, stream, walk, signal.source, pull)


def continued(skip: Signal, branches: Sequence[Gaussian], origins: Origins) -> Streamed:
    """A skip with Gaussian branches added.

    Raises:
        NeedsFact: for a skip whose law is not known.
    """
    stand_in = followed(skip)
    kernel = total([each.kernel for each in branches]).averaged()
    stream = stand_in.stream.plus(kernel.variance[0])
    found = _streamed(stand_in, stream, stand_in.walk.plus(kernel), None, None)
    summands = ((skip, stand_in), *((each, each) for each in branches))
    return replace(found, origins=origins, nonnegative=False, summands=summands)


def gradient_of(summand: Signal, behind: Signal, gradient: Kernel) -> Kernel:
    """At a summand, what arrives at the sum: at the skip a function of the stream still."""
    if isinstance(summand, Streamed) and isinstance(behind, Streamed):
        return _plain(_along(gradient, behind.stream).back(), keep=True)
    return replace(gradient, along=None)


def activated_stream(signal: Streamed, function: Function) -> Streamed:
    """A function of every unit of the sum."""
    stream = signal.stream.apply(function.map)
    walk = signal.walk.apply(function.map)

    def pull(gradient: Kernel) -> Kernel:
        return _plain(_along(gradient, stream).back(), keep=True)

    found = _streamed(signal, stream, walk, signal, pull)
    return replace(found, nonnegative=function.nonnegative)


def copied_stream(signal: Streamed, taps: Sequence[Taps]) -> Streamed | None:
    """Some of the positions; None where positions are filled with zeros."""
    if any((each.maps[0] == NOWHERE).any() for each in taps):
        return None
    places = np.arange(signal.kernel.positions).reshape(signal.kernel.space)
    for axis, along in enumerate(taps):
        places = np.take(places, along.maps[0], axis=axis)
    old = signal.stream
    stream = Stream.known(places.shape, old.laws, old.classes[places.reshape(-1)])
    walk = signal.walk.selected(taps)

    def pull(gradient: Kernel) -> Kernel:
        cotangent = _along(gradient, stream)
        values = np.zeros((signal.kernel.positions, cotangent.values.shape[1]))
        np.add.at(values, places.reshape(-1), cotangent.values)
        return _plain(Cotangent(old, values), keep=True)

    if old.added.any():
        return None
    return _streamed(signal, stream, walk, signal, pull)


def _streamed(
    like: Signal, stream: Stream, walk: Walk, before: Signal | None, pull: Pull | None
) -> Streamed:
    variance = stream.second()[None]
    kernel = Kernel(variance, walk.pairs(variance, same=True), walk.pairs(variance, same=False))
    return Streamed(
        like.channels, kernel, like.origins, stream=stream, walk=walk, before=before,
        pull=pull, nonnegative=like.nonnegative,
    )  # fmt: skip


def _along(gradient: Kernel, stream: Stream) -> Cotangent:
    """A gradient as a function of the stream it stands at."""
    known = gradient.along
    if isinstance(known, Cotangent) and known.stream is stream:
        return known
    return Cotangent.of(stream, gradient.averaged().variance[0])


def _plain(cotangent: Cotangent, keep: bool = False) -> Kernel:
    apart = Lazy.of(Apart())
    along = cotangent if keep else None
    return Kernel(cotangent.second()[None], apart, apart, along)  # type: ignore[arg-type]
