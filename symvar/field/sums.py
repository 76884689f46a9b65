"""Sums of signals of the field theory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symvar.field.kernels import total
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
    skips = [each for each in biased if isinstance(each, Activated | Largest | Streamed)]
    if skips and len(branches) == len(signals) - 1:
        return continued(skips[0], branches, origins)
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
        found = _sum([_at(each, start) for each in signals])
        parts.append(replace(found, channels=end - start))
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
