"""The forward recursion of the Conv+Pool layer with max-pooling."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.claims import E, Largest
from symvar.derive.base import Chain, Step, same
from symvar.derive.integration import BySubstitution
from symvar.derive.normal import Phi, phi
from symvar.derive.notation import T, i, normal_units, over, q, s, signals, units, y
from symvar.derive.recursion import SOURCE, TABLE, average_forward, one_unit, unit_variance
from symvar.integrals import tau
from symvar.reference import cite


class ForwardMax(Chain):
    """From the layer's definition: a sum over signals, each a rectified maximum."""

    name = "forward-max"
    title = "the forward variance recursion of a Conv+Pool layer with max-pooling"
    notation = (
        *TABLE,
        (units[i], "pre-activations of one window of the layer before, variance q"),
        (T, "units in a window"),
    )
    source_notation = (*SOURCE, (T, r"T_{\ell-1}"), (tau(T), r"\tau_{\ell-1}"))

    def steps(self) -> Iterator[Step]:
        """The variance of a unit; the moment of a pooled unit; both; the mean over units."""
        mean, mixed, crossed, variance = unit_variance()
        yield from (mean, mixed, crossed, variance)
        scaled = s / sp.sqrt(q)
        before = over(s**2 * T / sp.sqrt(q) * phi(scaled) * Phi(scaled) ** (T - 1))
        after = q * T * over(y**2 * phi(y) * Phi(y) ** (T - 1), y)
        substituted = Step(
            same(before, after),
            r"the second moment of the rectified maximum by its density (see density-of-maximum), "
            r"with $t = \sqrt q\,y$",
            BySubstitution(before, after, sp.sqrt(q) * y),
            reference=cite("asv", "B.12"),
        )
        yield substituted
        largest = sp.Max(0, Largest(units[i], (i, 1, T)))
        moment = Step(
            same(E(largest**2), q * tau(T)),
            r"the integral is the constant $\tau_T$ (see tau). The rectifier may be taken before "
            "or after the maximum",
            given=normal_units(q),
            follows=(substituted,),
            reference=cite("asv", "12"),
        )
        yield moment
        pooled = Step(
            same(E(signals[1] ** 2), q * tau(T)),
            "a signal is such a pooled unit",
            same(E(largest**2), q * tau(T)),
            given=normal_units(q),
            follows=(moment,),
        )
        yield pooled
        unit = one_unit(variance, pooled, q * tau(T))
        yield unit
        yield average_forward(unit, q * tau(T))
