"""The normal form against enumeration: equal in every finite model that satisfies the facts."""

from __future__ import annotations

import random

import pytest
import sympy as sp

from symvar.claims import (
    Cov,
    E,
    IdenticallyDistributed,
    Independent,
    Largest,
    NoAtomAtZero,
    Symmetric,
    Uncorrelated,
    Var,
    ZeroMean,
    random_family,
    random_variable,
)
from symvar.claims.expectation.instance import unrolled
from symvar.claims.expectation.models import LAWS, patterns, space
from symvar.claims.expectation.normal import Normaliser
from symvar.claims.expectation.satisfied import satisfied
from symvar.claims.expectation.search import counterexample
from symvar.claims.facts import gathered
from symvar.symbols import size

n = size("n")
i, j = sp.symbols("i j", integer=True)
x, y, b = map(random_variable, ("x", "y", "b"))
w, s = random_family("w"), random_family("s")
ENTITIES = (x, y, b, w, s)
FACTS = (
    Independent(x, y),
    Independent(x, y, b),
    Independent(w, s),
    Independent(w, (s, x)),
    Independent((w, s), (x, y, b)),
    Independent(w),
    Independent(s),
    Independent((w, s)),
    Uncorrelated(x, y),
    Uncorrelated(w),
    ZeroMean(x),
    ZeroMean(w),
    Symmetric(x),
    Symmetric(w, s),
    NoAtomAtZero(x, w),
    IdenticallyDistributed(w),
    IdenticallyDistributed(s, x),
    IdenticallyDistributed((w, s)),
    IdenticallyDistributed((w, s), (x, y)),
)


def factor(dice: random.Random, indices: tuple[sp.Symbol, ...]) -> sp.Expr:
    base = dice.choice([x, y, b, *(f[k] for f in (w, s) for k in indices)])
    shape = dice.choice(["plain", "plain", "plain", "square", "relu", "abs", "step", "leaky"])
    return {
        "plain": base,
        "square": base**2,
        "relu": sp.Max(0, base),
        "abs": sp.Abs(base),
        "step": sp.Piecewise((1, base > 0), (0, True)),
        "leaky": sp.Piecewise((base, base >= 0), (-2 * base, True)),
    }[shape]


def term(dice: random.Random, doubles: bool) -> sp.Expr:
    doubled = ["square of a sum", "double", "off diagonal"] if doubles else []
    kind = dice.choice(["plain", "sum", "sum", *doubled])
    if kind == "plain":
        return sp.Mul(*(factor(dice, (sp.Integer(1),)) for _ in range(dice.randint(1, 3))))
    if kind in ("sum", "square of a sum"):
        single = sp.Mul(*(factor(dice, (i,)) for _ in range(dice.randint(1, 3))))
        total = sp.Sum(single, (i, 1, n))
        return total if kind == "sum" else total**2
    both = sp.Mul(*(factor(dice, (i, j)) for _ in range(dice.randint(2, 3))))
    weight = 1 - sp.KroneckerDelta(i, j) if kind == "off diagonal" else 1
    return sp.Sum(both * weight, (i, 1, n), (j, 1, n))


def compound(dice: random.Random) -> sp.Expr:
    """A kinked function of a sum, a maximum, an event about one."""
    first = sp.Mul(*(dice.choice([w[i], s[i], x, y]) for _ in range(dice.randint(1, 2))))
    inner = sp.Sum(first, (i, 1, n)) + dice.choice([0, b, 2 * x])
    largest = Largest(dice.choice([w, s])[i], (i, 1, n))
    one = sp.Integer(1)
    return dice.choice(
        [
            sp.Max(0, inner) ** dice.randint(1, 2),
            sp.Abs(inner) * dice.choice([1, x, b**2]),
            sp.Piecewise((inner, inner > 0), (-2 * inner, True)) ** 2,
            sp.Piecewise((1, inner > 0), (0, True)),
            sp.Max(0, largest) ** 2,
            largest * dice.choice([1, x]),
            sp.Piecewise((1, largest > dice.choice([0, 1])), (0, True)) * dice.choice([one, b]),
            sp.Piecewise((1, largest <= 0), (0, True)),
        ]
    )


def conditional(dice: random.Random) -> sp.Expr:
    """The mean of a product with a conditional mean, or the law of total variance's parts."""
    given = dice.choice([x, y, w[1]])
    product = sp.Mul(*(factor(dice, (sp.Integer(1),)) for _ in range(2)))
    inner = dice.choice([E, Var])(product + dice.choice([0, 1, b]), given=given)
    return dice.choice([E(inner * dice.choice([1, given**2, b])), Var(inner)])


def moment(dice: random.Random) -> sp.Expr:
    kind = dice.choice(["mean", "mean", "variance", "covariance", "compound", "conditional"])
    if kind == "compound":
        return dice.choice([E, E, Var])(compound(dice))
    if kind == "conditional":
        return conditional(dice)
    doubles = kind != "variance"
    one = term(dice, doubles) + dice.choice([0, 1, dice.randint(-2, 2) * term(dice, doubles)])
    if kind == "covariance":
        return Cov(one, factor(dice, (sp.Integer(1),)))
    return E(one) if kind == "mean" else Var(one)


def model(dice: random.Random, length: int):
    members = {x: (x,), y: (y,), b: (b,)}
    members |= {f: tuple(f[k] for k in range(1, length + 1)) for f in (w, s)}
    chosen, laws = {}, {}
    for rank, entity in enumerate(members):
        chosen[entity] = dice.choice(
            patterns(entity, list(members)[:rank]) + 6 * [patterns(entity, ())[0]]
        )
        laws[entity] = dice.choice(LAWS[:6])
    names = tuple(name for group in members.values() for name in group)
    return space(members, laws, chosen), names


@pytest.mark.parametrize("seed", range(40))
def test_the_normal_form_has_the_value_of_what_it_stands_for(seed):
    dice = random.Random(seed)
    length = dice.choice([1, 2, 2, 3])
    here = None
    while here is None:
        here, names = model(dice, length)
    facts = [fact for fact in FACTS if satisfied(fact, here, names) and dice.random() < 0.8]
    normaliser = Normaliser(gathered(facts))
    for _ in range(5):
        stated = moment(dice)
        normal = normaliser.value(stated)
        values = [here.value(unrolled(each, {n: sp.Integer(length)})) for each in (stated, normal)]
        assert values[0] == values[1], (stated, facts, normal)


@pytest.mark.parametrize("seed", range(100, 112))
def test_no_counterexample_is_found_to_what_follows_from_the_facts(seed):
    """The search looks among models of its own, dependent ones too; the facts must filter them."""
    dice = random.Random(seed)
    here = None
    while here is None:
        here, names = model(dice, 2)
    facts = gathered(f for f in FACTS if satisfied(f, here, names) and dice.random() < 0.6)
    normaliser = Normaliser(facts)
    stated = moment(dice)
    true = sp.Eq(stated, normaliser.value(stated), evaluate=False)
    assert counterexample(true, facts, normaliser.known) is None
