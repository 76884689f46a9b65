"""Theorem 1 of ng as an identity, with what its bounds are worth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from symvar.derive.base import Chain, Step, same, spelled
from symvar.derive.notation import i, j, n
from symvar.reference import cite

a, z = (sp.IndexedBase(name, real=True) for name in ("a", "z"))
m = sp.Symbol("m", positive=True, integer=True)
eta = sp.Symbol(r"\eta", positive=True)


def units(term: sp.Expr) -> sp.Expr:
    """The mean over the m units of the layer."""
    return sp.Sum(term, (i, 1, m)) / m


def inputs(term: sp.Expr) -> sp.Expr:
    """The mean over the n units of the layer before."""
    return sp.Sum(term, (j, 1, n)) / n


def both(term: sp.Expr) -> sp.Expr:
    """The mean over the m n weights."""
    return sp.Sum(term, (j, 1, n), (i, 1, m)) / (m * n)


MEAN_A, MEAN_Z = sp.symbols(r"\bar{a} \bar{z}", real=True)
VAR_A, VAR_Z, VAR_CHANGE = sp.symbols("s_a^2 s_z^2 s_w^2", nonnegative=True)
CHANGE = -eta * a[i] * z[j]
MEANS = {MEAN_A: units(a[i]), MEAN_Z: inputs(z[j])}
NAMES = {
    **MEANS,
    VAR_A: units((a[i] - MEANS[MEAN_A]) ** 2),
    VAR_Z: inputs((z[j] - MEANS[MEAN_Z]) ** 2),
    VAR_CHANGE: both(CHANGE**2) - both(CHANGE) ** 2,
}
BRACKET = VAR_A * MEAN_Z**2 + VAR_Z * VAR_A + VAR_Z * MEAN_A**2
ONE = "one example: the changes are products of the two vectors; means are over units and weights"


def line(formula: Any, reason: str, **more: Any) -> Step:
    """A step whose means and variances are spelled out for the checker."""
    return Step(formula, reason, spelled(formula, NAMES), **more)


class NgTheorem(Chain):
    """The variance is half of the upper bound, exactly."""

    name = "ng-theorem"
    title = "the variance of the weights' changes: Theorem 1 of ng as an identity"
    notation = (
        (a[i], "derivatives of the loss by the m units of a layer"),
        (z[j], "activations of the n units before"),
        (eta, "learning rate; the changes are $-\\eta a_i z_j$"),
        (r"\bar{a},\ s_a^2", "mean and variance of the derivatives, over the units"),
        (r"\bar{z},\ s_z^2", "mean and variance of the activations, over the units before"),
        (VAR_CHANGE, "variance of the changes, over all weights: mean square less squared mean"),
    )
    source_notation = ()

    def steps(self) -> Iterator[Step]:
        """Two moments, the identity, both bounds, zero means."""
        mean = line(
            same(both(CHANGE), -eta * MEAN_A * MEAN_Z),
            "the mean over all pairs is the product of the means",
            assumptions=(ONE,),
        )
        yield mean
        square = line(
            same(both(CHANGE**2), eta**2 * units(a[i] ** 2) * inputs(z[j] ** 2)),
            "so is the mean square",
            assumptions=(ONE,),
        )
        yield square
        split = line(
            same(units(a[i] ** 2), VAR_A + MEAN_A**2),
            "a mean square is a variance and a squared mean; likewise for $z$",
        )
        yield split
        identity = line(
            same(VAR_CHANGE, eta**2 * BRACKET),
            "the variance of the changes, exactly, for every m and n",
            assumptions=(ONE,),
            follows=(mean, square, split),
            reference=cite("ng", "section 2.2.1"),
            result=True,
        )
        yield identity
        lower = eta**2 * MEAN_A**2 * VAR_Z
        yield line(
            same(VAR_CHANGE - lower, eta**2 * VAR_A * (MEAN_Z**2 + VAR_Z)),
            "what the lower bound leaves out: it is reached where the derivatives are all equal "
            "or all activations zero, and nowhere else",
            assumptions=(ONE,),
            follows=(identity,),
            reference=cite("ng", "4"),
            result=True,
        )
        yield line(
            sp.Le(lower, VAR_CHANGE, evaluate=False),
            "so the lower bound holds",
            assumptions=(ONE,),
            follows=(identity,),
            reference=cite("ng", "4"),
            result=True,
        )
        yield line(
            sp.Le(VAR_CHANGE, 2 * eta**2 * BRACKET, evaluate=False),
            "the upper bound holds as well, and is twice the variance",
            assumptions=(ONE,),
            follows=(identity,),
            reference=cite("ng", "4"),
            result=True,
        )
        yield line(
            sp.Ge(VAR_CHANGE, eta**2 * VAR_A * VAR_Z, evaluate=False),
            "both variances kept, the variance of the changes is smallest at zero means, where the "
            "lower bound is zero and says nothing",
            assumptions=(ONE,),
            follows=(identity,),
            reference=cite("ng", "section 2.2.1"),
            result=True,
        )
