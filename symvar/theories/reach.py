"""Which units a maximum of maxima is taken over, axis by axis."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import TypeAlias

import sympy as sp

from symvar.geometry import Windows

Reach: TypeAlias = tuple[tuple[tuple[int, ...], ...], ...]
"""For each axis and output place, the places read; a window is their product over the axes."""


def joined(before: Reach | None, windows: Windows) -> Reach:
    """What windows reach through what their inputs reach, or themselves.

    >>> from symvar.geometry import Axis
    >>> joined((((0, 1), (1, 2), (2, 3)),), Windows((Axis(3, 2),)))
    (((0, 1, 2), (1, 2, 3)),)
    """
    along = []
    for place, axis in enumerate(windows.axes):
        read = (axis.reads(output) for output in range(int(axis.outputs)))
        if before is None:
            along.append(tuple(map(tuple, read)))
            continue
        through = before[place]
        along.append(tuple(tuple(sorted({u for at in each for u in through[at]})) for each in read))
    return tuple(along)


def sizes(reach: Reach) -> tuple[tuple[int, sp.Rational], ...]:
    """The sizes of the windows, and the share of the outputs with each."""
    counts: Counter[int] = Counter({1: 1})
    for axis in reach:
        along, before = Counter(map(len, axis)), counts
        counts = Counter()
        for (size, many), (here, times) in product(before.items(), along.items()):
            counts[size * here] += many * times
    total = sum(counts.values())
    return tuple((size, sp.Rational(many, total)) for size, many in sorted(counts.items()))


def disjoint(reach: Reach) -> bool:
    """Whether no unit is read by two windows."""
    for axis in reach:
        read = [place for each in axis for place in each]
        if len(read) != len(set(read)):
            return False
    return True
