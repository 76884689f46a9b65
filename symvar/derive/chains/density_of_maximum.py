"""The law of the largest of T independent variables."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.claims import Independent, Prob, random_variable
from symvar.claims.closed_form import ClosedForm
from symvar.derive.base import Chain, Step, same
from symvar.derive.normal import Phi, phi
from symvar.derive.notation import T, i, q, s
from symvar.reference import cite

F = sp.Function("F", real=True, positive=True)
before = sp.Symbol("F'", real=True)
largest, following = random_variable(r"\hat{u}"), random_variable("u")


class DensityOfMaximum(Chain):
    """By induction on T, then by the chain rule; then for Gaussians."""

    name = "density-of-maximum"
    title = "the density of the largest of T independent variables"
    notation = (
        (largest, "the largest of some variables"),
        (following, "one more variable of the same law"),
        (F(s), "distribution function of each variable, positive and smooth at t"),
    )
    source_notation = ((T, r"T_{\ell-1}"), (q, r"q^{(\ell-1)}"))

    def steps(self) -> Iterator[Step]:
        """One more variable; all of them; the density; Gaussians of variance q."""
        both = sp.And(largest < s, following < s)
        one_more = Step(
            same(Prob(both), Prob(largest < s) * Prob(following < s)),
            "the largest of all lies below $t$ where the largest so far and one more variable do",
            given=(Independent(largest, following),),
            reference=cite("asv", "B.3"),
        )
        yield one_more
        first = sp.Symbol("F", positive=True)
        powers = ClosedForm(first**i, i, 1, first, first * before, before)
        all_of_them = Step(
            powers,
            "so the distribution function of the largest of $i$ is the $i$-th power of $F$",
            follows=(one_more,),
            reference=cite("asv", "B.3"),
        )
        yield all_of_them
        slope = T * F(s) ** (T - 1) * sp.Derivative(F(s), s)
        density = Step(
            same(sp.Derivative(F(s) ** T, s), slope),
            "its derivative: the density of the largest of $T$",
            same(sp.diff(F(s) ** T, s), slope),
            follows=(all_of_them,),
            reference=cite("asv", "B.4"),
            result=True,
        )
        yield density
        scaled = s / sp.sqrt(q)
        gaussian = T / sp.sqrt(q) * phi(scaled) * Phi(scaled) ** (T - 1)
        yield Step(
            same(sp.Derivative(Phi(scaled) ** T, s), gaussian),
            r"for Gaussians of variance $q$: $F(t) = \Phi(t/\sqrt q)$",
            same(sp.diff(Phi(scaled) ** T, s), gaussian),
            follows=(density,),
            reference=cite("asv", "B.11"),
            result=True,
        )
