"""The forward recursion of the Conv+Pool layer with average pooling."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.claims import E
from symvar.derive.base import Chain, Step, same
from symvar.derive.notation import T, i, normal_units, positive_part, q, signals, total, units
from symvar.derive.recursion import SOURCE, TABLE, average_forward, one_unit, unit_variance
from symvar.integrals import tau
from symvar.reference import cite


class ForwardAverage(Chain):
    """From the layer's definition: a sum over signals, each a mean of rectified units."""

    name = "forward-average"
    title = "the forward variance recursion of a Conv+Pool layer with average pooling"
    notation = (
        *TABLE,
        (units[i], "pre-activations of one window of the layer before, variance q"),
        (T, "units in a window"),
    )
    source_notation = (*SOURCE, (T, r"T_{\ell-1}"), (tau(T, "avg"), r"\tau_{\ell-1}"))

    def steps(self) -> Iterator[Step]:
        """The variance of a unit; the moment of a pooled unit; both; the mean over units."""
        mean, mixed, crossed, variance = unit_variance()
        yield from (mean, mixed, crossed, variance)
        rectified = positive_part(units[i])
        first = Step(
            same(E(positive_part(units[1])), sp.sqrt(q / (2 * sp.pi))),
            "the mean of a rectified Gaussian",
            given=normal_units(q),
            reference=cite("asv", "B.14"),
        )
        second = Step(
            same(E(positive_part(units[1]) ** 2), q / 2),
            "its second moment, by symmetry half the Gaussian's",
            given=normal_units(q),
            reference=cite("asv", "B.15"),
        )
        yield from (first, second)
        average = total(rectified, T) / T
        by_parts = q / (2 * T) + (T - 1) / T * q / (2 * sp.pi)
        moment = Step(
            same(E(average**2), by_parts),
            "$T$ squares and $T(T-1)$ products of two means",
            given=normal_units(q),
            follows=(first, second),
            reference=cite("asv", "B.16"),
        )
        yield moment
        constant = Step(
            same(by_parts, q * tau(T, "avg")),
            "the constant of the source",
            same(by_parts, q * tau(T, "avg").doit()),
            reference=cite("asv", "13"),
        )
        yield constant
        pooled = Step(
            same(E(signals[1] ** 2), q * tau(T, "avg")),
            "a signal is such a pooled unit",
            same(E(average**2), q * tau(T, "avg")),
            given=normal_units(q),
            follows=(moment, constant),
        )
        yield pooled
        unit = one_unit(variance, pooled, q * tau(T, "avg"))
        yield unit
        yield average_forward(unit, q * tau(T, "avg"))
