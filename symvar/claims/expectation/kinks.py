"""Rectifiers, absolute values and steps, written with indicators of the sign of one variable."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims.random import RandomMember, RandomVariable, is_random

ZERO, ONE = sp.Integer(0), sp.Integer(1)


class Positive(sp.Function):
    """One where the variable is positive, else zero."""

    nargs = 1
    is_nonnegative = True
    is_real = True


class Zero(sp.Function):
    """One where the variable is zero, else zero."""

    nargs = 1
    is_nonnegative = True
    is_real = True


class Indicator(sp.Function):
    """One where the event happens, else zero; for events that are no sign of one variable."""

    nargs = 1
    is_nonnegative = True
    is_real = True


def opened(expr: sp.Expr) -> sp.Expr:
    """The expression with every kink of a single random variable written with indicators."""
    if isinstance(expr, (sp.Add, sp.Mul)):
        return expr.func(*map(opened, expr.args))
    if isinstance(expr, sp.Pow) and expr.exp.is_Integer and expr.exp.is_positive:
        return opened(expr.base) ** expr.exp
    if isinstance(expr, sp.Sum):
        return expr.func(opened(expr.function), *expr.limits)
    if isinstance(expr, sp.Piecewise):
        return _piecewise(expr)
    if isinstance(expr, sp.Heaviside):
        return indicator(expr.args[0] > 0) + expr.args[1] * indicator(sp.Eq(expr.args[0], 0))
    if isinstance(expr, (sp.Max, sp.Min)) and len(expr.args) == 2 and 0 in expr.args:
        (other,) = (arg for arg in expr.args if arg != 0)
        if _single(other):
            above = _positive(other)
            return other * above if isinstance(expr, sp.Max) else other - other * above
    if isinstance(expr, (sp.Abs, sp.sign)) and _single(expr.args[0]):
        inner = expr.args[0]
        if isinstance(expr, sp.Abs):
            return inner * (2 * _positive(inner) - 1)
        return 2 * _positive(inner) + _zero(inner) - 1
    return expr


def closed(expr: sp.Expr) -> sp.Expr:
    """The same with sympy's own functions again, for laws that integrate."""
    events = {
        Positive: lambda variable: variable > 0,
        Zero: lambda variable: sp.Eq(variable, 0),
        Indicator: lambda event: event,
    }
    for kind, event in events.items():
        expr = expr.replace(
            kind, lambda inner, event=event: sp.Piecewise((1, event(inner)), (0, True))
        )
    return expr


def reduced(expr: sp.Expr) -> sp.Expr:
    """A sum of products with powers of indicators dropped, and products that vanish."""
    return sp.Add(*map(_idempotent, sp.Add.make_args(expr)))


def _idempotent(body: sp.Expr) -> sp.Expr:
    """Powers of indicators dropped, and products that are never other than zero."""
    powers = body.as_powers_dict()
    for base in list(powers):
        if isinstance(base, (Positive, Zero)):
            powers[base] = sp.Integer(1)
            if isinstance(base, Zero) and (
                base.args[0] in powers or Positive(base.args[0]) in powers
            ):
                return sp.Integer(0)
    return sp.Mul(*(base**power for base, power in powers.items()))


def indicator(event: Any) -> sp.Expr:
    """One where the event happens, else zero, as a polynomial in simpler indicators."""
    if event in (sp.true, sp.false):
        return ONE if event == sp.true else ZERO
    if isinstance(event, sp.And):
        return sp.Mul(*map(indicator, event.args))
    if isinstance(event, sp.Or):
        return 1 - sp.Mul(*(1 - indicator(part) for part in event.args))
    if isinstance(event, sp.Not):
        return 1 - indicator(event.args[0])
    if isinstance(event, sp.core.relational.Relational):
        return _relation(event)
    return Indicator(event)


def _relation(event: Any) -> sp.Expr:
    """Signs of one variable become Positive and Zero; the others one canonical Indicator each."""
    left, right = event.lhs, event.rhs
    if isinstance(event, (sp.Lt, sp.Ge)):
        below = indicator(sp.Gt(right, left, evaluate=False))
        return below if isinstance(event, sp.Lt) else 1 - below
    if isinstance(event, sp.Le):
        return 1 - indicator(sp.Gt(left, right, evaluate=False))
    if isinstance(event, sp.Ne):
        return 1 - indicator(sp.Eq(left, right, evaluate=False))
    if isinstance(event, sp.Eq):
        for one, other in ((left, right), (right, left)):
            if other == 0 and _single(one):
                return _zero(one)
        return Indicator(event) if is_random(event) else sp.Piecewise((1, event), (0, True))
    if right == 0 and _single(left):
        return _positive(left)
    if left == 0 and _single(right):
        return 1 - _positive(right) - _zero(right)
    return Indicator(event) if is_random(event) else sp.Piecewise((1, event), (0, True))


def _piecewise(expr: sp.Piecewise) -> sp.Expr:
    total, still = ZERO, ONE
    for value, condition in expr.args:
        here = indicator(condition)
        total += reduced(sp.expand(opened(value) * here * still))
        still = reduced(sp.expand(still * (1 - here)))
    # Where no piece applies the value is no number: leave it as it is.
    return total if expr.args[-1][1] == sp.true else expr


def _single(expr: Any) -> bool:
    return isinstance(expr, sp.Expr) and _scaled(expr) is not None


def _scaled(expr: sp.Expr) -> tuple[bool, sp.Expr] | None:
    """Whether a single variable's factor is positive, and the variable."""
    factor, rest = expr.as_independent(RandomVariable, RandomMember, as_Add=False)
    if isinstance(rest, sp.Pow) and rest.exp.is_odd and rest.exp.is_positive:
        rest = rest.base
    if not isinstance(rest, (RandomVariable, RandomMember)):
        return None
    if factor.is_positive or factor.is_negative:
        return bool(factor.is_positive), rest
    return None


def _positive(expr: sp.Expr) -> sp.Expr:
    found = _scaled(expr)
    assert found is not None
    upward, variable = found
    if variable.is_positive:
        return ONE if upward else ZERO
    above = Positive(variable)
    return above if upward else 1 - above - _zero(variable)


def _zero(expr: sp.Expr) -> sp.Expr:
    found = _scaled(expr)
    assert found is not None
    return ZERO if found[1].is_zero is False else Zero(found[1])
