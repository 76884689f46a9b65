"""The exchangeable recursion: second moment and cross moment of a layer's units, with pooling."""

from __future__ import annotations

from collections.abc import Generator, Iterator

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
from symvar.derive.integration import ByAntiderivative
from symvar.derive.normal import Phi, phi
from symvar.derive.notation import T, i, j, k, over, rho, s, total, var_w, weights
from symvar.integrals import tau
from symvar.reference import cite

one, other = random_family("z"), random_family("z'")
common, own = random_variable("g"), random_family("e")
v, c = sp.symbols("v c", positive=True)
square, cross = sp.symbols("E X", positive=True)
wide, wide_other = sp.symbols("s s'", positive=True)
m, m_other = sp.symbols("m m'", real=True)
R = sp.Symbol("R", real=True)
MEAN = wide * phi(m / wide) + m * Phi(m / wide)
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
        (wide, "deviation of the mean of a window, and R the correlation of two such means"),
        (m, r"$\sqrt{v-c}\,D_T$, $D_T$ the largest of T standard normals less their mean"),
        (T, "units in a window"),
    )
    source_notation = ((T, r"T_{\ell}"),)

    def steps(self) -> Iterator[Step]:
        """The weighted layer; a window taken apart; two windows; the average."""
        yield from self.weighted()
        split, ratio = yield from self.window()
        yield from self.maximum(split)
        yield from self.two_maxima(ratio)
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

    def window(self) -> Generator[Step, None, tuple[Step, Step]]:
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
        two = (*FACTS, HasLaw(others, STANDARD), Independent(others),
               Independent(common, own, others), sp.Gt(v, c))  # fmt: skip
        linked = Step(
            same(Cov(here, there), c),
            "two windows whose units have the same covariance c across: that of their means",
            given=two,
            assumptions=(MODEL,),
        )
        yield linked
        elsewhere = shared + sp.sqrt(v - c) * others[k]
        apart = Step(
            same(Cov(unit - mean, elsewhere - there), 0),
            "and the deviations of the two from their means are independent",
            given=(*two, *inside[:2]),
            assumptions=(MODEL,),
        )
        yield apart
        quotient = T * rho / (1 + (T - 1) * rho)
        ratio = Step(
            same(c / ((v + (T - 1) * c) / T), quotient),
            r"so the means of two windows have the correlation $R$, larger than $\rho$: pooling "
            "raises correlation",
            same(T * c * (1 + (T - 1) * rho), T * rho * (v + (T - 1) * c)),
            given=(sp.Eq(c, rho * v),),
            follows=(linked, spread, apart),
            result=True,
        )
        yield ratio
        return split, ratio

    def maximum(self, split: Step) -> Iterator[Step]:
        r"""One window given its deviations: $M = \max(0, sS + m)$."""
        above, edge = wide * s + m, -m / wide
        moments = (
            (above * phi(s), MEAN, -wide * phi(s) + m * Phi(s), "its mean"),
            (above**2 * phi(s), (m**2 + wide**2) * Phi(m / wide) + m * wide * phi(m / wide),
             m**2 * Phi(s) - 2 * m * wide * phi(s) + wide**2 * (Phi(s) - s * phi(s)),
             r"its second moment, the mean of which over $D_T$ is $E$ behind the pool"),
            (phi(s), Phi(m / wide), Phi(s),
             r"the chance that it is positive; its mean over $D_T$ is $T\gamma_T$, see gamma"),
        )  # fmt: skip
        for place, (term, value, witness, words) in enumerate(moments):
            start = r"a rectified maximum $\max(0, sS + m)$ given $m = \sqrt{v-c}\,D_T$: "
            integral = over(term, s, edge)
            yield Step(
                same(integral, value),
                words if place else start + words,
                ByAntiderivative(integral, value, witness),
                follows=(split,),
                result=True,
            )

    def two_maxima(self, ratio: Step) -> Iterator[Step]:
        """The cross moment as a function of the correlation of the means."""
        mu, left = m_other + wide_other * R * s, wide_other * sp.sqrt(1 - R**2)
        given_one = MEAN.subs({m: mu, wide: left}, simultaneous=True)
        link = R / sp.sqrt(1 - R**2)
        moved = wide_other * (s * Phi(mu / left) - link * phi(mu / left))
        rate = Step(
            same(sp.Derivative(given_one, R), moved),
            r"two windows: given $S = t$, the mean of the other is normal with mean $Rt$ and "
            r"variance $1 - R^2$, so this is the mean of $M'$; how it moves with $R$",
            same(sp.diff(given_one, R), moved),
            given=(sp.Gt(1 - R**2, 0),),
            follows=(ratio,),
        )
        yield rate
        above, edge = wide * s + m, -m / wide
        cross = over(above * moved * phi(s), s, edge)
        both = wide * wide_other * over(Phi(mu / left) * phi(s), s, edge)
        price = Step(
            same(cross, both),
            r"so $\frac{d}{dR}\mathrm{E}[MM'] = s s' \Pr[M > 0, M' > 0]$ by parts with "
            r"$t\phi = -\phi'$, the terms in $\phi(\cdot)$ cancelling",
            ByAntiderivative(cross, both, -wide_other * above * Phi(mu / left) * phi(s)),
            given=(sp.Gt(1 - R**2, 0),),
            follows=(rate,),
        )
        yield price
        alone = MEAN.subs({m: m_other, wide: wide_other}, simultaneous=True)
        product = over(above * given_one.subs(R, 0) * phi(s), s, edge)
        witness = alone * (-wide * phi(s) + m * Phi(s))
        yield Step(
            same(product, MEAN * alone),
            r"and at $R = 0$ it is the product of the means. This, and the integral of the chance "
            r"up to $R$, is $\mathrm{E}[MM']$ given $m$ and $m'$; its mean over two independent "
            r"$D_T$ is $X$ behind the pool",
            ByAntiderivative(product, MEAN * alone, witness),
            follows=(price,),
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
