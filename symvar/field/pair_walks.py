r"""What two positions of a residual sum share: $\mathrm{E}[s s']$, one summand after another.

$u = s_{k-1} + b_k$ is written $G(z)$ with z standard normal and G increasing, from the law of u at
a typical position. Two positions are taken to have jointly normal z, their correlation r set by
$\mathrm{E}[u u'] = \mathrm{E}[s_{k-1} s_{k-1}'] + \mathrm{E}[b b']$, which is exact; then
$\mathrm{E}[f(u) f(u')] = \sum_j g_j^2 r^j$ with the Hermite coefficients of $f \circ G$. Exact for
the first summand and for r at 0 and 1; held against simulated walks of up to 54 summands,
cosines are within 0.015, and within 0.03 where summands are correlated with opposite signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import pi, sqrt

import numpy as np
from numpy.polynomial.polynomial import polyval

from symvar.field.kernels import Kernel
from symvar.field.lazy import Lazy
from symvar.field.maps import ActivationMap
from symvar.field.normal import density, distribution
from symvar.field.pairs import FULL_POSITIONS, Displaced, Pairs, displaced, filled, tapped
from symvar.field.steps import Array, Taps
from symvar.field.walks import Laws, Places, Sum

TERMS = 32
"""Hermite coefficients; what they leave out goes to the next power of r."""

KNOTS = 2001
"""Correlations r at which a sum's mean product is known, denser at the ends."""


@dataclass(frozen=True, eq=False)
class Passage:
    """From the mean product of two sums to that of a function of both.

    Args:
        law: of the function of the sum.
        sums: (knots,) mean products of two sums, in ascending order.
        products: (knots,) of the function of both.
    """

    law: Laws
    sums: Array
    products: Array

    @classmethod
    def of(cls, law: Laws, added: float, functions: Sequence[ActivationMap]) -> Passage:
        """Through functions, one after another, of a known law with a Gaussian added."""
        kinks = [kink for each in functions for kink in each.kinks]
        summed = Sum.of(law, np.array([added]), sorted(set(kinks))).laws
        nodes, masses = summed.nodes[0], summed.masses[0]
        below = distribution((nodes[:, None] - law.nodes[0]) / sqrt(added)) @ law.masses[0]
        weighed = hermites(quantiles(np.clip(below, 1e-17, 1 - 1e-16))) * masses
        behind = summed
        for each in functions:
            behind = behind.through(each)
        correlations = np.sin(np.linspace(-pi / 2, pi / 2, KNOTS))
        sums, products = (
            np.asarray(polyval(correlations, _powers(values, masses, weighed)), np.float64)
            for values in (nodes, behind.nodes[0])
        )
        return cls(behind, sums, products)

    def __call__(self, products: Array) -> Array:
        """The mean products behind."""
        return np.interp(products, self.sums, self.products)


@dataclass(frozen=True, eq=False)
class Walk:
    r"""A stream at two typical positions, by their displacement.

    Args:
        law: of its known part at one position, one class.
        added: the variance of the Gaussian added since.
        within: $\mathrm{E}[s s']$ in one input, displacement 0 in the middle.
        between: likewise between two inputs.
        base: the walk before its last functions.
        functions: these, in turn.
    """

    law: Lazy[Laws]
    added: float
    within: Lazy[Array]
    between: Lazy[Array]
    base: Walk | None = None
    functions: tuple[ActivationMap, ...] = ()

    @classmethod
    def start(cls) -> Walk:
        """The walk that is 0 everywhere."""
        nothing = Lazy.of(np.zeros(()))
        return cls(Lazy.of(Laws.zero()), 0.0, nothing, nothing)

    @classmethod
    def known(cls, kernel: Kernel, laws: Laws, classes: Places) -> Walk:
        """A walk of which the law is known at every position."""
        share = np.bincount(classes, minlength=len(laws.nodes)) / classes.size
        nodes, masses = laws.nodes.reshape(1, -1), (laws.masses * share[:, None]).reshape(1, -1)
        zero = replace(cls.start(), law=Lazy.of(Laws(nodes, masses)))
        return replace(zero.plus(kernel), added=0.0)

    def plus(self, kernel: Kernel) -> Walk:
        """An independent Gaussian field added."""

        def sums(same: bool, known: Lazy[Array], pairs: Lazy[Pairs]) -> Lazy[Array]:
            return Lazy(
                lambda products, each: (
                    products + kernel.mean * displaced(each, kernel.variance, same).cosines[0]
                ),
                [known, pairs],
            )

        return Walk(
            self.law, self.added + kernel.mean,
            sums(True, self.within, kernel.pairs), sums(False, self.between, kernel.across),
        )  # fmt: skip

    def apply(self, function: ActivationMap) -> Walk:
        """Through a function of every unit."""
        if self.base is not None and not self.added:
            return self.base._through((*self.functions, function))
        return self._through((function,))

    def _through(self, functions: tuple[ActivationMap, ...]) -> Walk:
        passage = Lazy(lambda law: Passage.of(law, self.added, functions), [self.law])
        within, between = (
            Lazy(lambda step, products: step(products), [passage, each])
            for each in (self.within, self.between)
        )
        law = Lazy(lambda step: step.law, [passage])
        return Walk(law, 0.0, within, between, self, functions)

    def selected(self, taps: Sequence[Taps]) -> Walk:
        """At some of the positions."""
        if self.base is not None and not self.added:
            return self.base.selected(taps)._through(self.functions)

        def read(products: Array) -> Array:
            found = tapped(Displaced(products[None]), taps, 1.0)
            assert isinstance(found, Displaced)
            return found.cosines[0]

        return replace(self, within=Lazy(read, [self.within]), between=Lazy(read, [self.between]))

    def pairs(self, variance: Array, same: bool) -> Lazy[Pairs]:
        """The second moments of pairs.

        Args:
            variance: (1, *space): the second moment there.
            same: whether both positions are of one input.
        """

        def of(law: Laws, products: Array) -> Pairs:
            second = float(law.mean(law.nodes**2)[0]) + self.added
            cosines = np.clip(products / second, -1.0, 1.0)[None]
            if same:
                cosines[(0, *(size // 2 for size in products.shape))] = 1.0
            small = variance[0].size <= FULL_POSITIONS
            return filled(Displaced(cosines), variance, same) if small else Displaced(cosines)

        return Lazy(of, [self.law, self.within if same else self.between])


def _powers(values: Array, masses: Array, weighed: Array) -> Array:
    """The squared Hermite coefficients of a function, and what they leave of its square."""
    squares = (weighed @ values) ** 2
    return np.append(squares, max(float(masses @ values**2) - squares.sum(), 0.0))


def hermites(points: Array) -> Array:
    """(TERMS, points): the Hermite polynomials of norm one under the normal law."""
    rows = np.ones((TERMS, points.size))
    rows[1] = points
    for order in range(2, TERMS):
        rows[order] = points * rows[order - 1] - sqrt(order - 1) * rows[order - 2]
        rows[order] /= sqrt(order)
    return rows


def quantiles(shares: Array) -> Array:
    """Of the standard normal, by Newton's method from a table."""
    table = np.linspace(-9.0, 9.0, 1801)
    found = np.interp(shares, distribution(table), table)
    for _ in range(3):
        found = found - (distribution(found) - shares) / np.maximum(density(found), 1e-300)
    return np.asarray(found)
