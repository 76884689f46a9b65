"""Signals of the theory exchangeable: one law for the channels of an edge, or one for each part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import groupby
from math import prod
from operator import or_
from typing import TypeAlias

import sympy as sp

from symvar.geometry import Size, plain
from symvar.primitives import Blend, Copy
from symvar.theories.pair_gradients import UNCHANGED, Back
from symvar.theories.pairs import ONE, ZERO, Moments, Unit, Window, refused

Origins: TypeAlias = frozenset[object]
"""Where randomness came in: the input, and the weights of each mix."""


@dataclass(frozen=True, eq=False)
class Branch:
    """Which signal of a concatenation a part of channels came from.

    Args:
        place: the signal's place in it.
        outer: the same for the concatenation before that one.
    """

    place: int
    outer: Branch | None


@dataclass(frozen=True)
class Signal:
    """Channels of one law.

    Args:
        law: one unit and another of its channel.
        units: number of units.
        origins: the randomness it is a function of, given the signals before the last mix.
        flat: whether a channel has one place, so that another place would hold another channel.
        part: the part of the channels of its pre-activations that it is a function of.
        branch: the concatenation it is a part of, where it is one.
    """

    law: Unit
    units: Size
    origins: Origins = field(default=frozenset(), compare=False)
    flat: bool = False
    part: sp.Expr = ONE
    branch: Branch | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Joint:
    """Channels of several laws side by side.

    Args:
        parts: the signals, in the order of the channels.
        ordered: whether they still stand in that order, channel by channel.
    """

    parts: tuple[Signal, ...]
    ordered: bool = True

    @property
    def simplest(self) -> Edge:
        """The one part, where there is only one."""
        return self.parts[0] if len(self.parts) == 1 else self


Edge: TypeAlias = Signal | Joint


def parts_of(signal: Edge) -> tuple[Signal, ...]:
    """The parts of a signal; itself if it has one law."""
    return signal.parts if isinstance(signal, Joint) else (signal,)


def each_part(signal: Edge, change: Callable[[Signal], Signal]) -> Edge:
    """The signal with every part changed."""
    if isinstance(signal, Joint):
        return replace(signal, parts=tuple(map(change, signal.parts)))
    return change(signal)


def side_by_side(signals: Sequence[Edge]) -> Joint:
    """Signals concatenated along the channels; each part knows which one it came from."""
    return Joint(
        tuple(
            replace(part, branch=Branch(place, part.branch))
            for place, signal in enumerate(signals)
            for part in parts_of(signal)
        )
    )


def of_branch(signal: Edge, place: int) -> Edge | None:
    """What has become of one signal of the last concatenation; None if nothing is left."""
    found = tuple(
        replace(part, branch=part.branch.outer)
        for part in parts_of(signal)
        if part.branch is not None and part.branch.place == place
    )
    return Joint(found).simplest if found else None


def mean_over(signal: Edge, of: Callable[[Unit], sp.Expr]) -> sp.Expr:
    """The mean over all units of what their law says."""
    parts = parts_of(signal)
    if len(parts) == 1:
        return of(parts[0].law)
    units = sp.Add(*(part.units for part in parts))
    return sp.Add(*(part.units * of(part.law) for part in parts)) / units


def second_of(signal: Edge) -> sp.Expr:
    """The mean second moment."""
    return mean_over(signal, lambda law: law.second_moment())


def cross_of(signal: Edge) -> sp.Expr:
    """The mean product of two units of a channel."""
    return mean_over(signal, lambda law: law.cross_moment())


def gaussian(signal: Edge) -> bool:
    """Whether every unit is a Gaussian of mean zero."""
    laws = (part.law for part in parts_of(signal))
    return all(isinstance(law, Window) and law.bare and law.centre == 0 for law in laws)


def at_places(signal: Edge) -> Edge:
    """The signal laid out over places: units of a flat layer were independent of each other."""
    return each_part(
        signal,
        lambda part: replace(part, law=part.law.elsewhere(), flat=False) if part.flat else part,
    )


def gathered(terms: Iterable[tuple[sp.Expr, sp.Expr, Edge]]) -> tuple[sp.Expr, sp.Expr]:
    """The gradient's two moments at the pre-activations, of those at functions of them."""
    ones, twos = [], []
    for one, two, edge in terms:
        for part in parts_of(edge):
            own, apart = part.law.back().of(one, two)
            ones.append(part.part * own)
            twos.append(part.part * apart)
    return sp.Add(*ones), sp.Add(*twos)


def all_origins(signals: Iterable[Edge]) -> Origins:
    """Those of all parts."""
    sets = (part.origins for signal in signals for part in parts_of(signal))
    return reduce(or_, sets, frozenset())


def disjoint_origins(signals: Sequence[Edge], need: str) -> Origins:
    """Those of signals that share none.

    Raises:
        NeedsFact: where they do.
    """
    seen: Origins = frozenset()
    for each in signals:
        own = all_origins((each,))
        if seen & own:
            raise refused(need, "two functions of the same units")
        seen |= own
    return seen


def blended(primitive: Blend, signal: Signal) -> Signal:
    r"""Weighted sums of units: $\sum a^2 (E - X) + (\sum a)^2 X$, and $(\sum a)^2 X$ of two."""
    law, units = signal.law, _resized(signal.units, primitive.outputs, primitive.inputs)
    if law.tangled or law.moved:
        raise refused("a unit of its own at every place, to interpolate", "copies or mixtures")
    squares, totals, gradient = primitive.squares, primitive.totals, _of_blend(primitive)
    second, cross = law.second_moment(), law.cross_moment()
    found = squares * (second - cross) + totals * cross
    scale = _mean_total(primitive)
    if isinstance(law, Window) and law.bare and law.centre == 0:
        made: Unit = Window(found, totals * cross / found,
                            linear=gradient.then(law.linear), tangled=True)  # fmt: skip
    else:
        made = Moments(found, totals * cross, scale * law.mean(), gradient.then(law.back()),
                       "an interpolation", tangled=True)  # fmt: skip
    return replace(signal, law=made, units=units)


def _mean_total(primitive: Blend) -> sp.Expr:
    along = (
        sp.Rational(sum(weight for each in axis for _, weight in each), len(axis))
        for axis in primitive.taps
    )
    return sp.Mul(*along)


def _of_blend(primitive: Blend) -> Back:
    """Column sums of the taps, squared and over pairs."""
    places, outputs = prod(primitive.sizes[1:]), prod(map(len, primitive.taps))
    columns = every = ONE
    for size, axis in zip(primitive.sizes[1:], primitive.taps, strict=True):
        sums = [ZERO] * size
        for each in axis:
            for at, weight in each:
                sums[at] += weight
        columns *= sum(each**2 for each in sums)
        every *= sum(sums) ** 2
    own = primitive.squares * outputs
    totals = primitive.totals * outputs
    shared = columns - own
    if places == 1:
        return Back(own, shared, ZERO, ONE)
    pairs = sp.Integer(places) * (places - 1)
    return Back(own / places, shared / places, (totals - own) / pairs,
                (every - totals - shared) / pairs)  # fmt: skip


def copied(primitive: Copy, signal: Edge) -> Edge:
    """Copies keep their law; what is left out is zero.

    Raises:
        NeedsFact: for a choice among channels whose order is lost.
    """
    if isinstance(signal, Signal) and None in primitive.sources[0]:
        signal = Joint((signal,))
    if isinstance(signal, Signal) or primitive.channels_kept:
        found = [piece for part in parts_of(signal) for piece in _copies(primitive, part)]
        whole = primitive.filled == primitive.outputs
        ordered = whole and (isinstance(signal, Signal) or signal.ordered)
        return Joint(tuple(found), ordered).simplest
    if not signal.ordered:
        raise refused("channels in their order to choose among", "channels that were rearranged")
    return _chosen(primitive, signal)


def _chosen(primitive: Copy, signal: Joint) -> Edge:
    """Runs of channels with one law, in the order they are chosen."""
    across = prod(primitive.sizes[1:])
    owner = [
        place
        for place, part in enumerate(signal.parts)
        for _ in range(int(sp.sympify(part.units) / across))
    ]
    runs = [
        (place, len(list(run)))
        for place, run in groupby(None if at is None else owner[at] for at in primitive.sources[0])
    ]
    found: list[Signal] = []
    for place, channels in runs:
        part = signal.parts[place or 0]
        kept = tuple(range(channels)) if place is not None else (None,) * channels
        run = replace(
            primitive,
            sizes=(channels, *primitive.sizes[1:]),
            sources=(kept, *primitive.sources[1:]),
        )
        share = sp.Rational(channels * across) / part.units
        found += _copies(run, replace(part, units=channels * across, part=share * part.part))
    return Joint(tuple(found)).simplest


def _copies(primitive: Copy, signal: Signal) -> list[Signal]:
    units = _resized(signal.units, primitive.outputs, primitive.inputs)
    filled = _resized(signal.units, primitive.filled, primitive.inputs)
    law = signal.law
    channels = primitive.sources[0]
    if channels != tuple(range(primitive.sizes[0])):
        used = sum(each is not None for each in channels)
        signal = replace(signal, part=signal.part * sp.Rational(used, primitive.sizes[0]))
    gradient = _of_copies(primitive)
    subset = primitive.once and (not isinstance(law, Window) or law.plain)
    if isinstance(law, Window) and (law.bare or subset):
        made: Unit = replace(law, linear=gradient.then(law.linear))
    elif gradient == UNCHANGED:
        made = law
    else:
        made = Moments(law.second_moment(), law.cross_moment(), law.mean(),
                       gradient.then(law.back()), "copies", law.positive,
                       isinstance(law, Moments) and law.like_gaussian)  # fmt: skip
    cut = primitive.filled != primitive.outputs
    holes = any(None in axis for axis in primitive.sources[1:])
    tangled = law.tangled or not primitive.once or holes
    moved = law.moved or not (primitive.places_kept or subset)
    made = replace(made, tangled=tangled, moved=moved)
    if not cut:
        return [replace(signal, law=made, units=filled)]
    zeros = replace(
        signal,
        law=Moments(ZERO, ZERO, ZERO, Back(ZERO, ZERO, ZERO, ZERO), "zeros", tangled=holes),
        units=plain(sp.sympify(units) - filled),
    )
    return [replace(signal, law=made, units=filled), zeros] if primitive.filled else [zeros]


def _of_copies(primitive: Copy) -> Back:
    """The copies of a place: their number, the mean, and that of pairs of them.

    Behind a mix the gradients of two copies as far apart as the map is large are uncorrelated, as
    they come through different weights: with circular padding all are. In between, in proportion.
    """
    once = close = places = ONE
    for size, axis in zip(primitive.sizes[1:], primitive.sources[1:], strict=True):
        at: list[list[int]] = [[] for _ in range(size)]
        for here, source in enumerate(axis):
            if source is not None:
                at[source].append(here)
        once *= sum(map(len, at))
        close *= sum(
            sp.Rational(max(0, size - abs(one - two)), size)
            for copies in at
            for one in copies
            for two in copies
        )
        places *= size
    own, shared = once / places, (close - once) / places
    return Back(own, shared, ZERO, own + shared)


def _resized(units: Size, outputs: Size, inputs: Size) -> Size:
    return plain(sp.cancel(sp.sympify(units) * outputs / inputs))
