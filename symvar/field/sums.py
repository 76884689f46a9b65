"""Sums and products of signals of the field theory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import or_

from symvar.field.kernels import Kernel, total
from symvar.field.residual import Streamed, continued
from symvar.field.signals import (
    Activated,
    Edge,
    Gaussian,
    Joint,
    Largest,
    Signal,
    parts_of,
    refused,
)
from symvar.theories.origins import Origins


def added(signals: Sequence[Edge]) -> Edge:
    """The sum, unit by unit.

    Raises:
        NeedsFact: for summands that share randomness, or more than one of which has a mean.
    """
    if any(isinstance(each, Joint) for each in signals):
        return _joint(signals)
    return _sum([each for each in signals if isinstance(each, Signal)])


def _sum(signals: Sequence[Signal]) -> Signal:
    origins = Origins()
    for each in signals:
        if origins.meets(each.origins):
            raise refused("summands that share no weights", "one that another is made of")
        origins |= each.origins
    biased = [each for each in signals if not each.centred]
    if len(biased) > 1:
        raise refused(
            "at most one summand with a mean",
            " and ".join(each.words for each in biased),
        )
    branches = [each for each in signals if isinstance(each, Gaussian)]
    if len(branches) == len(signals) - 1 and isinstance(biased[0], Activated | Largest | Streamed):
        return continued(biased[0], branches, origins)
    kind = Gaussian if len(branches) == len(signals) else Signal
    return kind(
        signals[0].channels, total([each.kernel for each in signals]), origins,
        centred=not biased, summands=tuple((each, each) for each in signals),
    )  # fmt: skip


def _joint(signals: Sequence[Edge]) -> Edge:
    """Part by part, cut where any of them changes."""
    ends = sorted({end for each in signals for end in _ends(each)})
    starts = [0, *ends[:-1]]
    parts = []
    for start, end in zip(starts, ends, strict=True):
        rows = [_at(each, start) for each in signals]
        found = _sum(rows)
        parts.append(_resized(found, end - start))
    return Joint(tuple(parts))


def _ends(edge: Edge) -> list[int]:
    found, place = [], 0
    for part in parts_of(edge):
        place += part.channels
        found.append(place)
    return found


def _at(edge: Edge, channel: int) -> Signal:
    for part, end in zip(parts_of(edge), _ends(edge), strict=True):
        if channel < end:
            return part
    raise AssertionError(channel)


def _resized(signal: Signal, channels: int) -> Signal:
    return replace(signal, channels=channels)


def multiplied(signals: Sequence[Edge]) -> Edge:
    """The product, unit by unit, a signal without positions repeated at every one.

    Raises:
        NeedsFact: for factors that share weights.
    """
    raise refused("sums and concatenations", f"a product of {len(signals)} signals")


def origins_of(edge: Edge) -> Origins:
    """All the randomness of an edge."""
    return reduce(or_, (part.origins for part in parts_of(edge)))


__all__ = ["Kernel", "added", "multiplied", "origins_of"]
