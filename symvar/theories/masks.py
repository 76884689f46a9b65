"""Random masks: units set to zero at random, the others scaled up."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import sympy as sp

from symvar.errors import NeedsFact
from symvar.geometry import Windows, is_number
from symvar.theories.laws import Extreme, Law, Moments, maximum


def masked(law: Law, keep: sp.Expr, channels: bool) -> Law:
    """The law of units, or whole channels, kept with this probability and divided by it."""
    if channels:  # the units of a channel share a mask, so an average of them is another
        law = replace(law, independent=False, tangled=True)
    if isinstance(law, Extreme):
        return replace(law, keep=law.keep * keep)
    assert isinstance(law, Moments)
    return replace(law, second=law.second / keep, gain=law.gain / keep)


def largest(law: Law, windows: Windows) -> Law:
    r"""The law of the maximum over windows, masked units included.

    Where no unit is negative, the masked ones matter only by their number: of T units
    $n \sim \mathrm{Binomial}(T, p)$ are kept, and the maximum is that of n, each divided by p; zero
    for n = 0.

    Raises:
        NeedsFact: for masked units that may be negative or are maxima themselves, and where
            :func:`symvar.theories.laws.maximum` cannot say.
    """
    if not isinstance(law, Extreme) or law.keep == 1:
        return maximum(law, windows)
    sizes = windows.shares()
    rectified = law.positive and law.activation.homogeneous and law.activation.nondecreasing
    if not (rectified and law.plain and law.independent and all(is_number(n) for n, _ in sizes)):
        raise NeedsFact(
            "theory iid",
            need="independent units that never are negative, or no random mask before a maximum",
            have=f"units set to zero at random: {law!r}",
            remedy="put the dropout behind the pooling",
        )
    shares: Counter[int] = Counter()
    for size, share in sizes:
        for kept in range(1, int(size) + 1):
            chance = sp.binomial(int(size), kept) * law.keep**kept
            shares[kept] += share * chance * (1 - law.keep) ** (int(size) - kept)
    scaled = replace(law, keep=sp.Integer(1)).scaled(1 / law.keep)
    assert isinstance(scaled, Extreme)
    return replace(scaled, shares=tuple(sorted(shares.items())), independent=windows.tile)
