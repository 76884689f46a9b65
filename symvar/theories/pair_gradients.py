"""How two second moments of a gradient pass back: of one unit, and of two units of a channel."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import product

import sympy as sp

from symvar.geometry import Windows
from symvar.theories.reach import Reach

ZERO, ONE = sp.Integer(0), sp.Integer(1)


@dataclass(frozen=True)
class Back:
    """A linear map of the pair (of one unit, of two units), the mean over the units before.

    Args:
        own: from one unit to one unit.
        shared: from two units to one, which both read.
        split: from one unit to two, which it reads.
        apart: from two units to two.
    """

    own: sp.Expr = ONE
    shared: sp.Expr = ZERO
    split: sp.Expr = ZERO
    apart: sp.Expr = ONE

    def of(self, one: sp.Expr, two: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
        """The pair before, of the pair behind."""
        return self.own * one + self.shared * two, self.split * one + self.apart * two

    def then(self, before: Back) -> Back:
        """This map, and behind it on the way back another."""
        own, split = before.of(self.own, self.split)
        shared, apart = before.of(self.shared, self.apart)
        return Back(own, shared, split, apart)

    def times(self, factor: sp.Expr) -> Back:
        """Everything times a number."""
        return Back(*(factor * each for each in (self.own, self.shared, self.split, self.apart)))


UNCHANGED = Back()


@dataclass(frozen=True)
class Layout:
    """How many windows there are over how many places.

    Args:
        places: N, before.
        windows: n, behind.
    """

    places: sp.Expr
    windows: sp.Expr

    @property
    def ratio(self) -> sp.Expr:
        """n/N."""
        return self.windows / self.places

    def pairs(self, weight: sp.Expr, shared: sp.Expr) -> sp.Expr:
        """The mean over two places, of a weight for two windows; what one place gets is left out.

        One place has no other; the limit of many stands for it, two inputs being meant.
        """
        if self.places == 1:
            return weight
        every = self.windows * (self.windows - 1) * weight - self.places * shared
        return every / (self.places * (self.places - 1))


def meetings(reach: Reach) -> Counter[tuple[int, int]]:
    """For two windows that share places: how many they share, and how many they have together."""
    counts: Counter[tuple[int, int, int, bool]] = Counter({(1, 1, 1, True): 1})
    for axis in reach:
        along: Counter[tuple[int, int, int, bool]] = Counter()
        for (i, one), (j, two) in product(enumerate(map(set, axis)), repeat=2):
            if one & two:
                along[len(one & two), len(one), len(two), i == j] += 1
        before, counts = counts, Counter()
        for (old, times), (new, here) in product(before.items(), along.items()):
            both = (old[0] * new[0], old[1] * new[1], old[2] * new[2], old[3] and new[3])
            counts[both] += times * here
    found: Counter[tuple[int, int]] = Counter()
    for (shared, one_size, two_size, same), times in counts.items():
        if not same:
            found[shared, one_size + two_size - shared] += times
    return found


def of_average(windows: Windows, counts_padding: bool) -> Back:
    """Means over windows."""
    layout = layout_of(windows)
    places = layout.places
    parts = [tuple(map(sp.sympify, part)) for part in windows.divided(counts_padding)]
    own = sp.Add(*(share * units / by**2 for units, by, share in parts))
    weight = sp.Add(*(share * units / by for units, by, share in parts))
    inside = sp.Add(*(share * units * (units - 1) / by**2 for units, by, share in parts))
    divisor = sp.Add(*(share / by**2 for _, by, share in parts))
    shared = divisor * _twice_read(windows)
    split = layout.ratio * inside / (places - 1)
    return Back(layout.ratio * own, shared, split, layout.pairs(weight**2, shared))


def layout_of(windows: Windows) -> Layout:
    """The places and windows of a pool."""
    places = sp.Mul(*(sp.sympify(axis.size) for axis in windows.axes))
    return Layout(places, sp.Mul(*map(sp.sympify, windows.outputs)))


def _twice_read(windows: Windows) -> sp.Expr:
    """Pairs of windows that read a place, the mean over places."""
    if windows.tile:
        return ZERO
    if not windows.numeric:
        times = sp.sympify(windows.size) * layout_of(windows).ratio
        return times * (times - 1)
    once = twice = places = ONE
    for axis in windows.axes:
        read = Counter(at for out in range(int(axis.outputs)) for at in axis.reads(out))
        once, twice = once * sum(read.values()), twice * sum(n * n for n in read.values())
        places *= int(axis.size)
    return (twice - once) / places
