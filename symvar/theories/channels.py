"""Channels of several laws side by side, whatever a theory's signal of one law is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import prod
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import sympy as sp

from symvar.errors import NeedsFact
from symvar.geometry import Size, plain
from symvar.primitives import Copy


@dataclass(frozen=True, eq=False)
class Branch:
    """Which signal of a concatenation a part of channels came from.

    Args:
        place: the signal's place in it.
        outer: the same for the concatenation before that one.
    """

    place: int
    outer: Branch | None


class OneLaw(Protocol):
    """A signal whose channels have one law: a frozen dataclass of the theory's own."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def law(self) -> Any:
        """What the theory says of a unit."""

    @property
    def units(self) -> Size:
        """Their number."""

    @property
    def branch(self) -> Branch | None:
        """The concatenation it is a part of, where it is one."""


Part = TypeVar("Part", bound=OneLaw)


@dataclass(frozen=True)
class Joint(Generic[Part]):
    """Channels of several laws side by side.

    Args:
        parts: the signals, in the order of the channels.
        ordered: whether they still stand in that order, channel by channel.
    """

    parts: tuple[Part, ...]
    ordered: bool = True

    @property
    def simplest(self) -> Part | Joint[Part]:
        """The one part, where there is only one."""
        return self.parts[0] if len(self.parts) == 1 else self


def parts_of(signal: Part | Joint[Part]) -> tuple[Part, ...]:
    """The parts of a signal; itself if it has one law."""
    return signal.parts if isinstance(signal, Joint) else (signal,)


def each_part(signal: Part | Joint[Part], change: Callable[[Part], Part]) -> Part | Joint[Part]:
    """The signal with every part changed."""
    if isinstance(signal, Joint):
        return replace(signal, parts=tuple(map(change, signal.parts)))
    return change(signal)


def mean_over(signal: Part | Joint[Part], of: Callable[[Any], sp.Expr]) -> sp.Expr:
    """The mean over all units of what their law says."""
    parts = parts_of(signal)
    if len(parts) == 1:
        return of(parts[0].law)
    units = sp.Add(*(part.units for part in parts))
    return sp.Add(*(part.units * of(part.law) for part in parts)) / units


def side_by_side(signals: Sequence[Part | Joint[Part]]) -> Joint[Part]:
    """Signals concatenated along the channels; each part knows which one it came from."""
    return Joint(
        tuple(
            replace(part, branch=Branch(place, part.branch))
            for place, signal in enumerate(signals)
            for part in parts_of(signal)
        )
    )


def of_branch(signal: Part | Joint[Part], place: int) -> Part | Joint[Part] | None:
    """What has become of one signal of the last concatenation; None if nothing is left."""
    found = tuple(
        replace(part, branch=part.branch.outer)
        for part in parts_of(signal)
        if part.branch is not None and part.branch.place == place
    )
    return Joint(found).simplest if found else None


def copied(
    primitive: Copy,
    signal: Part | Joint[Part],
    copies: Callable[[Copy, Part], list[Part]],
    narrowed: Callable[[Part, Size], Part],
    refused: Callable[[str, str], NeedsFact],
) -> Part | Joint[Part]:
    """Copies of channels and places, part by part.

    Args:
        primitive: which of them.
        signal: what they are taken from.
        copies: those of one part; and the zeros beside them, where there are some.
        narrowed: some channels of a part, for the units these have.
        refused: the theory's error.

    Raises:
        NeedsFact: for a choice among channels whose order is lost.
    """
    if not isinstance(signal, Joint) and None in primitive.sources[0]:
        signal = Joint((signal,))
    if not isinstance(signal, Joint) or primitive.channels_kept:
        found = [piece for part in parts_of(signal) for piece in copies(primitive, part)]
        whole = primitive.filled == primitive.outputs
        ordered = whole and (not isinstance(signal, Joint) or signal.ordered)
        return Joint(tuple(found), ordered).simplest
    if not signal.ordered:
        raise refused("channels in their order to choose among", "channels that were rearranged")
    across = prod(primitive.sizes[1:])
    found = []
    for place, channels in _runs(primitive, signal, across):
        kept = tuple(range(channels)) if place is not None else (None,) * channels
        run = replace(
            primitive,
            sizes=(channels, *primitive.sizes[1:]),
            sources=(kept, *primitive.sources[1:]),
        )
        found += copies(run, narrowed(signal.parts[place or 0], channels * across))
    return Joint(tuple(found)).simplest


def _runs(primitive: Copy, signal: Joint[Part], across: int) -> list[tuple[int | None, int]]:
    """Runs of channels of one part, None for zeros, in the order they are chosen."""
    owner = [
        place
        for place, part in enumerate(signal.parts)
        for _ in range(int(sp.sympify(part.units) / across))
    ]
    chosen = (None if at is None else owner[at] for at in primitive.sources[0])
    return [(place, len(list(run))) for place, run in groupby(chosen)]


def resized(units: Size, outputs: Size, inputs: Size) -> Size:
    """So many units behind a map of ``inputs`` to ``outputs``."""
    return plain(sp.cancel(sp.sympify(units) * outputs / inputs))
