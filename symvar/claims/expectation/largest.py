"""Moments of the largest of independent variables, and which of them it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from symvar.claims.expectation.kinks import Indicator, closed, indicator
from symvar.claims.expectation.terms import Term
from symvar.claims.moments import E
from symvar.claims.random import Largest, RandomMember, elements, is_random

if TYPE_CHECKING:
    from symvar.claims.expectation.normal import Normaliser


def largest_mean(body: sp.Expr, normaliser: Normaliser, term: Term) -> sp.Expr | None:
    r"""E of a product in which a maximum stands; None where no rule applies.

    $\Pr[\max_i x_i \le t] = \prod_i \Pr[x_i \le t]$ for independent members. For independent
    members of one continuous law each is the largest with probability $1/n$, whatever the value
    of the largest. For one law, the law of its maximum.
    """
    found = body.atoms(Largest)
    if len(found) != 1:
        return None
    (largest,) = found
    if len(largest.limits) != 1 or not isinstance(largest.function, RandomMember):
        return None
    member, (index, low, high) = largest.function, largest.limits[0]
    if member.indices != (index,) or not normaliser.known.independent_members(member.family):
        return None
    number = high - low + 1
    rest = _without_winner(body, largest, normaliser)
    if rest is not None:
        sure = rest == 1
        return (1 if sure else _mean_of_function(rest, largest, normaliser, term)) / number
    return _mean_of_function(body, largest, normaliser, term)


def _without_winner(body: sp.Expr, largest: Largest, normaliser: Normaliser) -> sp.Expr | None:
    """The product without the indicator that one member is the largest."""
    family = largest.function.family
    ends = largest.limits[0][1:]
    for factor in sp.Mul.make_args(body):
        event = factor.args[0] if isinstance(factor, Indicator) else None
        if not isinstance(event, sp.Eq) or largest not in event.args:
            continue
        (other,) = set(event.args) - {largest}
        here = isinstance(other, RandomMember) and other.family == family
        if not here or not normaliser.inside(other.indices[0], ends):
            continue
        if normaliser.known.iid(family) and normaliser.known.continuous(family[1]):
            normaliser.known.used.add("each of independent members of one law wins equally often")
            rest = body / factor
            return rest if set(elements(rest)) <= {family} else None
    return None


def _mean_of_function(
    body: sp.Expr, largest: Largest, normaliser: Normaliser, term: Term
) -> sp.Expr:
    value = sp.Dummy("x", real=True)
    function = body.xreplace({largest: value})
    if is_random(function):
        return E(body)
    event = body.args[0] if isinstance(body, Indicator) else None
    if isinstance(event, sp.Gt) and largest in event.args:
        upward = event.lhs == largest
        level = event.rhs if upward else event.lhs
        none = _all_below(largest, level, upward, normaliser, term)
        normaliser.known.used.add("the largest is below where all are")
        return 1 - none if upward else none
    family = largest.function.family
    law = normaliser.known.law(family[1])
    if law is not None and normaliser.known.iid(family):
        _, low, high = largest.limits[0]
        known = law.of_largest(closed(function), value, high - low + 1)
        if known is not None:
            return known
    return E(body)


def _all_below(
    largest: Largest, level: sp.Expr, weakly: bool, normaliser: Normaliser, term: Term
) -> sp.Expr:
    index, low, high = largest.limits[0]
    relation = sp.Le if weakly else sp.Lt
    event = sp.expand(indicator(relation(largest.function, level, evaluate=False)))
    one = sp.Add(*(normaliser.mean(part, term) for part in sp.Add.make_args(event)))
    if one.has(index):
        return sp.Product(one, largest.limits[0])
    return one ** (high - low + 1)
