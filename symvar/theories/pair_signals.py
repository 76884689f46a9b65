"""Signals of the theory exchangeable: one law for the channels of an edge, or one for each part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from math import prod
from operator import or_
from typing import TypeAlias

import sympy as sp

from symvar.geometry import Size, plain
from symvar.primitives import Blend, Copy
from symvar.theories import channels
from symvar.theories.channels import Branch, Joint, each_part, mean_over, parts_of, resized
from symvar.theories.origins import Origins
from symvar.theories.pair_gradients import UNCHANGED, Back
from symvar.theories.pairs import ONE, ZERO, Moments, Unit, Window, refused


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
    origins: Origins = field(default=Origins(), compare=False)
    flat: bool = False
    part: sp.Expr = ONE
    branch: Branch | None = field(default=None, compare=False)


Edge: TypeAlias = Signal | Joint[Signal]


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
    return reduce(or_, sets, Origins())


def disjoint_origins(signals: Sequence[Edge], need: str) -> Origins:
    """Those of signals that share none.

    Raises:
        NeedsFact: where they do.
    """
    seen = Origins()
    for each in signals:
        own = all_origins((each,))
        if seen.meets(own):
            raise refused(need, "two functions of the same units")
        seen |= own
    return seen


def blended(primitive: Blend, signal: Signal) -> Signal:
    r"""Weighted sums of units: $\sum a^2 (E - X) + (\sum a)^2 X$, and $(\sum a)^2 X$ of two."""
    law, units = signal.law, resized(signal.units, primitive.outputs, primitive.inputs)
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
    return channels.copied(primitive, signal, _copies, _narrowed, refused)


def _narrowed(signal: Signal, units: Size) -> Signal:
    """Some of the channels, of so many units."""
    return replace(signal, units=units, part=sp.Rational(units) / signal.units * signal.part)


def _copies(primitive: Copy, signal: Signal) -> list[Signal]:
    units = resized(signal.units, primitive.outputs, primitive.inputs)
    filled = resized(signal.units, primitive.filled, primitive.inputs)
    law = signal.law
    chosen = primitive.sources[0]
    if chosen != tuple(range(primitive.sizes[0])):
        used = sum(each is not None for each in chosen)
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
