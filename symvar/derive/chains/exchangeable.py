"""The exchangeable recursion: second moment and cross moment of a layer's units, with pooling."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.claims import (
    Cov,
    E,
    Gaussian,
    HasLaw,
    Independent,
    Var,
    random_family,
    random_variable,
)  # fmt: skip
from symvar.derive.base import Chain, Step, same
from symvar.derive.notation import T, i, j, k, rho, total, var_w, weights
from symvar.integrals import tau
from symvar.reference import cite

one, other = random_family("z"), random_family("z'")
common, own = random_variable("g"), random_family("e")
v, c = sp.symbols("v c", positive=True)
square, cross = sp.symbols("E X", positive=True)
WEIGHTS = (HasLaw(weights, Gaussian(0, var_w)), Independent(weights))
STANDARD = Gaussian(0, 1)
FACTS = (HasLaw(common, STANDARD), HasLaw(own, STANDARD), Independent(own),
         Independent(common, own))  # fmt: skip
MODEL = (
    r"a window's units are $u_k = \sqrt c\,g + \sqrt{v-c}\,e_k$: exchangeable and jointly "
    "Gaussian, variance v and covariance c"
)


class Exchangeable(Chain):
    """Two numbers per edge: what a weighted layer, a rectifier and a pool do to them."""

    name = "exchangeable"
    title = "the exchangeable recursion through convolution, ReLU and pooling"
    notation = (
        (one[i], "signals that a unit reads, and z' those of another unit of the channel"),
        (v, "variance of the pre-activations of a window, and c the covariance of two of them"),
        (common, "what the units of a window share; e what each has of its own"),
        (rho, "correlation of two pre-activations, c/v"),
        (T, "units in a window"),
    )
    source_notation = ((T, r"T_{\ell}"),)

    def steps(self) -> Iterator[Step]:
        """The weighted layer; a window taken apart; two windows; the average."""
        yield from self.weighted()
        yield from self.window()
        yield from self.average()

    def weighted(self) -> Iterator[Step]:
        """One kernel, two places."""
        here, there = (total(weights[i] * family[i]) for family in (one, other))
        apart_ = Independent(weights, one, other)
        variance = Step(
            same(E(here**2), var_w * total(E(one[i] ** 2))),
            "a unit of the next layer",
            given=(*WEIGHTS, Independent(weights, one)),
            reference=cite("asv", "B.5"),
        )
        yield variance
        yield Step(
            same(Cov(here, there), var_w * total(E(one[i]) * E(other[i]))),
            "two units of a channel share their kernel. Were their inputs independent they would "
            "still be correlated, as rectified inputs have a mean",
            given=(*WEIGHTS, apart_),
            follows=(variance,),
            reference=cite("asv", "section 4.1"),
            result=True,
        )
        together = Independent(weights, (one, other))
        yield Step(
            same(Cov(here, there), var_w * total(E(one[i] * other[i]))),
            r"in general the cross moments of the inputs enter: with $E$ and $X$ the second and "
            r"the cross moment of the inputs the correlation becomes $X/E$",
            given=(*WEIGHTS, together),
            result=True,
        )

    def window(self) -> Iterator[Step]:
        """The mean of a window is independent of the deviations from it."""
        units = sp.sqrt(c) * common + sp.sqrt(v - c) * own[i]
        mean = total(units, T) / T
        unit = sp.sqrt(c) * common + sp.sqrt(v - c) * own[k]
        inside = (sp.Ge(k, 1), sp.Le(k, T), sp.Gt(v, c))
        spread = Step(
            same(Var(mean), (v + (T - 1) * c) / T),
            "the mean of a window: its variance $s^2$",
            given=(*FACTS, sp.Gt(v, c)),
            assumptions=(MODEL,),
        )
        yield spread
        free = Step(
            same(Cov(mean, unit - mean), 0),
            "it is uncorrelated with each deviation from it, so independent of them all, as they "
            "are jointly Gaussian",
            given=(*FACTS, *inside),
            assumptions=(MODEL,),
        )
        yield free
        left = Step(
            same(Var(unit - mean), (v - c) * (1 - 1 / T)),
            r"the deviations are $\sqrt{v-c}$ times those of independent standard normals from "
            r"their mean",
            given=(*FACTS, *inside),
            assumptions=(MODEL,),
        )
        yield left
        base = sp.sqrt(c) * common + sp.sqrt(v - c) * own[k]
        shift = sp.sqrt(c) * common + sp.sqrt(v - c) * total(own[i], T) / T
        split = Step(
            same(E((base - shift) ** 2), (v - c) * E((own[k] - total(own[i], T) / T) ** 2)),
            r"so the largest unit is $s\,S + \sqrt{v-c}\,D_T$, exactly: $S$ standard normal, "
            "$D_T$ the largest of T standard normals less their mean, independent of it",
            given=(*FACTS, *inside),
            assumptions=(MODEL,),
            follows=(spread, free, left),
            result=True,
        )
        yield split
        others = random_family("e'")
        shared = sp.sqrt(c) * common
        here = total(shared + sp.sqrt(v - c) * own[i], T) / T
        there = total(shared + sp.sqrt(v - c) * others[j], T, j) / T
        linked = Step(
            same(Cov(here, there), c),
            "two windows whose units have the same covariance c across: that of their means",
            given=(*FACTS, HasLaw(others, STANDARD), Independent(others),
                   Independent(common, own, others), sp.Gt(v, c)),
            assumptions=(MODEL,),
        )  # fmt: skip
        yield linked
        ratio = T * rho / (1 + (T - 1) * rho)
        yield Step(
            same(c / ((v + (T - 1) * c) / T), ratio),
            r"so the means of two windows have the correlation $R$, larger than $\rho$: pooling "
            "raises correlation",
            same(T * c * (1 + (T - 1) * rho), T * rho * (v + (T - 1) * c)),
            given=(sp.Eq(c, rho * v),),
            follows=(linked, spread),
            result=True,
        )

    def average(self) -> Iterator[Step]:
        """Average pooling, and the constants of a max-pool at both ends."""
        shared, single = random_variable("g"), random_family("e")
        facts = (
            Independent(single),
            Independent(shared, single),
            HasLaw(single, Gaussian(0, square - cross)),
            sp.Eq(E(shared**2), cross),
            sp.Gt(square, cross),
        )
        mean = total(shared + single[i], T) / T
        yield Step(
            same(E(mean**2), square / T + (1 - 1 / T) * cross),
            r"average pooling of signals of second moment E and cross moment X; the cross moment "
            "of two windows stays X",
            given=facts,
            reference=cite("asv", "13"),
            result=True,
        )
        yield Step(
            same(tau(T, "avg", rho), tau(T, "avg") + (1 - 1 / T) * (KERNEL - 1 / (2 * sp.pi))),
            r"with ReLU before it, $X = v\,k(\rho)$ (see average-pooling): what correlation adds",
            same(tau(T, "avg", rho).doit(),
                 tau(T, "avg").doit() + (1 - 1 / T) * (KERNEL - 1 / (2 * sp.pi))),
            reference=cite("chosaul", "section 2"),
            result=True,
        )  # fmt: skip


KERNEL = (sp.sqrt(1 - rho**2) + rho * (sp.pi / 2 + sp.asin(rho))) / (2 * sp.pi)
