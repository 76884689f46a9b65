"""The backward recursion of the Conv+Pool layer with max-pooling."""

from __future__ import annotations

from collections.abc import Iterator

from symvar.claims import E
from symvar.derive.base import Chain, Step, same
from symvar.derive.integration import ByAntiderivative
from symvar.derive.normal import Phi, phi
from symvar.derive.notation import T, gradients, i, over, r, s
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


class BackwardMax(Chain):
    """From the layer's definition: a sum over outputs, each behind the gate of its window."""

    name = "backward-max"
    title = "the backward variance recursion of a Conv+Pool layer with max-pooling"
    notation = (
        *TABLE,
        (gradients[i], "gradients at the units that an input feeds"),
        (passed, "the gradient at a pooled unit, second moment r"),
        (gate, "its gate: one where the unit is the positive maximum of its window"),
        (T, "units in a window; windows tile the layer"),
    )
    source_notation = (*SOURCE, (T, r"T_{\ell}"), (gamma(T), r"\gamma_{\ell}"))

    def steps(self) -> Iterator[Step]:
        """The gradient of an input; the gate; both; the mean over the inputs."""
        mixed, behind = backward_unit()
        yield from (mixed, behind)
        winning = over(phi(s) * Phi(s) ** (T - 1))
        chance = Step(
            same(winning, gamma(T)),
            r"the gate is its own square: the chance that the unit has a value $t > 0$ and the "
            r"others lie below (see gamma, also for correlated units)",
            ByAntiderivative(winning, gamma(T).doit(), Phi(s) ** T / T),
            assumptions=("the units of a window are independent Gaussians of mean zero",),
            reference=cite("asv", "B.26"),
        )
        yield chance
        opened = Step(
            same(E(gate**2), gamma(T)),
            "so the second moment of the gate",
            same(winning, gamma(T)),
            follows=(chance,),
            reference=cite("asv", "15"),
        )
        yield opened
        moment = Step(
            same(E(gradients[1] ** 2), r * gamma(T)),
            "the gradient at a unit of the layer",
            same(r * E(gate**2), r * gamma(T)),
            follows=(behind, opened),
        )
        yield moment
        unit = input_gradient(mixed, moment, gamma(T))
        yield unit
        yield average_backward(unit, gamma(T))
