"""Exact proofs: the difference of the sides, simplified without integrating and without digits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from symvar.integrals import NamedConstant

UNTRUSTED = (sp.Integral, sp.Sum, sp.Product, sp.Limit, sp.Derivative)
"""What sympy may open to a wrong value: kept closed, so that only equal ones cancel."""


def proof(statement: Any) -> str | None:
    """Why a relation holds for all values of its symbols where it is defined, or None."""
    for how, difference in _simplifications(_masked(statement.lhs - statement.rhs)):
        if difference == 0:
            exact = statement.func(sp.Integer(0), 0)
        elif isinstance(statement, (sp.Eq, sp.Ne)) and difference.free_symbols:
            exact = sp.false
        else:
            exact = statement.func(difference, 0) if _by_structure(difference) else sp.false
        if exact == sp.true:
            what = "zero" if difference == 0 else str(difference)
            return f"the difference of the sides is {what}, by {how}"
    return None


def undefined_where(statement: Any) -> tuple[sp.Expr, ...]:
    """Expressions whose vanishing would leave a side undefined, and that may vanish."""
    risky = []
    for side in (statement.lhs, statement.rhs):
        for part in sp.preorder_traversal(side):
            if isinstance(part, sp.Pow) and part.exp.is_nonnegative is not True:
                risky.append(part.base)
            elif isinstance(part, sp.log):
                risky.append(part.args[0])
    return tuple(dict.fromkeys(part for part in risky if part.is_zero is not False))


def _masked(difference: sp.Expr) -> sp.Expr:
    closed = difference.atoms(*UNTRUSTED)
    return difference.subs({each: sp.Dummy() for each in sorted(closed, key=sp.default_sort_key)})


def _simplifications(difference: sp.Expr) -> Iterator[tuple[str, sp.Expr]]:
    yield "expansion", sp.expand(difference)
    opened = difference.replace(
        lambda part: isinstance(part, NamedConstant), lambda part: part.doit()
    )
    yield "opening closed forms and expansion", sp.expand(opened)
    yield "simplification", _simplified(opened)
    yield "factoring", sp.factor(opened)
    yield "collecting powers", sp.powsimp(sp.expand_power_base(opened))


def _simplified(opened: sp.Expr) -> sp.Expr:
    """Simplified around named constants, whose own functions must stay ones they know."""
    names = {each: sp.Dummy(**each.assumptions0) for each in opened.atoms(NamedConstant)}
    plain = sp.simplify(opened.xreplace(names), doit=False)
    return plain.xreplace({name: each for each, name in names.items()})


def _by_structure(difference: sp.Expr) -> bool:
    """Whether its sign can be told without comparing digits of irrational constants."""
    if difference.is_Rational:
        return True
    if not difference.free_symbols:
        return False
    sums = (part for part in sp.preorder_traversal(difference) if isinstance(part, sp.Add))
    return not any(_constant_part(each) for each in sums)


def _constant_part(total: sp.Add) -> bool:
    constants = [term for term in total.args if not term.free_symbols]
    return any(not term.is_Rational for term in constants)
