"""Theorem 1 of ng as an identity, with what its bounds are worth."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.derive.base import Chain, Step, same
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


MEAN_A, MEAN_Z = units(a[i]), inputs(z[j])
VAR_A, VAR_Z = units((a[i] - MEAN_A) ** 2), inputs((z[j] - MEAN_Z) ** 2)
CHANGE = -eta * a[i] * z[j]
VAR_CHANGE = both(CHANGE**2) - both(CHANGE) ** 2
BRACKET = VAR_A * MEAN_Z**2 + VAR_Z * VAR_A + VAR_Z * MEAN_A**2
ONE = "one example: the changes are products of the two vectors; means are over units and weights"


class NgTheorem(Chain):
    """The variance is half of the upper bound, exactly."""

    name = "ng-theorem"
    title = "the variance of the weights' changes: Theorem 1 of ng as an identity"
    notation = (
        (a[i], "derivatives of the loss by the m units of a layer"),
        (z[j], "activations of the n units before"),
        (eta, "learning rate; the changes are $-\\eta a_i z_j$"),
    )
    source_notation = ()

    def steps(self) -> Iterator[Step]:
        """Two moments, the identity, both bounds, zero means."""
        mean = Step(
            same(both(CHANGE), -eta * MEAN_A * MEAN_Z),
            "the mean over all pairs is the product of the means",
            assumptions=(ONE,),
        )
        yield mean
        square = Step(
            same(both(CHANGE**2), eta**2 * units(a[i] ** 2) * inputs(z[j] ** 2)),
            "so is the mean square",
            assumptions=(ONE,),
        )
        yield square
        split = Step(
            same(units(a[i] ** 2), VAR_A + MEAN_A**2),
            "a mean square is a variance and a squared mean; likewise for $z$",
        )
        yield split
        identity = Step(
            same(VAR_CHANGE, eta**2 * BRACKET),
            "the variance of the changes, exactly, for every m and n",
            assumptions=(ONE,),
            follows=(mean, square, split),
            reference=cite("ng", "section 2.2.1"),
            result=True,
        )
        yield identity
        lower = eta**2 * MEAN_A**2 * VAR_Z
        yield Step(
            same(VAR_CHANGE - lower, eta**2 * VAR_A * (MEAN_Z**2 + VAR_Z)),
            "what the lower bound leaves out: it is reached where the derivatives are all equal "
            "or all activations zero, and nowhere else",
            assumptions=(ONE,),
            follows=(identity,),
            reference=cite("ng", "4"),
            result=True,
        )
        yield Step(
            sp.Le(lower, VAR_CHANGE, evaluate=False),
            "so the lower bound holds",
            assumptions=(ONE,),
            follows=(identity,),
            reference=cite("ng", "4"),
            result=True,
        )
        yield Step(
            sp.Le(VAR_CHANGE, 2 * eta**2 * BRACKET, evaluate=False),
            "the upper bound holds as well, and is twice the variance",
            assumptions=(ONE,),
            follows=(identity,),
            reference=cite("ng", "4"),
            result=True,
        )
        yield Step(
            sp.Ge(VAR_CHANGE, eta**2 * VAR_A * VAR_Z, evaluate=False),
            "both variances kept, the variance of the changes is smallest at zero means, where the "
            "lower bound is zero and says nothing",
            assumptions=(ONE,),
            follows=(identity,),
            reference=cite("ng", "section 2.2.1"),
            result=True,
        )
