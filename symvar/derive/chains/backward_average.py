"""The backward recursion of the Conv+Pool layer with average pooling."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.claims import E
from symvar.derive.base import Chain, Step, same
from symvar.derive.notation import T, gradients, i, indicator, normal_units, q, r, units
from symvar.derive.recursion import (
    SOURCE,
    TABLE,
    average_backward,
    backward_unit,
    gate,
    input_gradient,
    passed,
)
from symvar.integrals import gamma
from symvar.reference import cite


class BackwardAverage(Chain):
    """From the layer's definition: a sum over outputs, each behind the gate of its window."""

    name = "backward-average"
    title = "the backward variance recursion of a Conv+Pool layer with average pooling"
    notation = (
        *TABLE,
        (gradients[i], "gradients at the units that an input feeds"),
        (passed, "the gradient at a pooled unit, second moment r"),
        (gate, "its gate: 1/T where the unit is positive, else zero"),
        (T, "units in a window; windows tile the layer"),
    )
    source_notation = (*SOURCE, (T, r"T_{\ell}"), (gamma(T, "avg"), r"\gamma_{\ell}"))

    def steps(self) -> Iterator[Step]:
        """The gradient of an input; the gate; both; the mean over the inputs."""
        mixed, behind = backward_unit()
        yield from (mixed, behind)
        slope = indicator(sp.Ge(units[1], 0)) / T
        opened = Step(
            same(E(gate**2), gamma(T, "avg")),
            "the gate is $1/T$ where the unit is positive, which it is with chance one half. "
            "Correlation does not enter",
            same(E(slope**2), gamma(T, "avg").doit()),
            given=normal_units(q),
            reference=cite("asv", "B.28"),
        )
        yield opened
        moment = Step(
            same(E(gradients[1] ** 2), r * gamma(T, "avg")),
            "the gradient at a unit of the layer",
            same(r * E(gate**2), r * gamma(T, "avg")),
            follows=(behind, opened),
        )
        yield moment
        unit = input_gradient(mixed, moment, gamma(T, "avg"))
        yield unit
        yield average_backward(unit, gamma(T, "avg"))
