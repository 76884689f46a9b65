"""What the constants accept: a window, a pooling, a common correlation."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.symbol import Str

from symvar.errors import ArgumentError, nearest
from symvar.integrals.known import Known

POOLS = ("avg", "max")
CLOSED_TO = 5  # largest window whose correlated maximum is known in closed form

_DECLARE = "declare it like symvar.symbols.window, Symbol('T', positive=True, integer=True)"


def _sympified(value: Any, where: str, need: str) -> sp.Expr:
    """The value as a sympy expression; text is refused, for sympy would run it."""
    if not isinstance(value, bool):
        try:
            expr = sp.sympify(value, strict=True)
        except sp.SympifyError:
            expr = None
        if isinstance(expr, sp.Expr):
            return expr
    raise ArgumentError(where, need=need, have=repr(value), remedy="pass a number or an expression")


def positive_integer(value: Any, where: str) -> sp.Expr:
    """A positive integer, or an expression that its assumptions make one.

    Raises:
        ArgumentError: for anything else.

    >>> positive_integer(4, "T")
    4
    >>> positive_integer(2.5, "T")
    Traceback (most recent call last):
        ...
    symvar.errors.ArgumentError: T: need a positive integer; have 2.5; use T >= 1, a whole number
    """
    expr = _sympified(value, where, "a positive integer")
    if not expr.is_Float and expr.is_integer and expr.is_positive:
        return expr
    remedy = _DECLARE if expr.free_symbols else f"use {where} >= 1, a whole number"
    raise ArgumentError(where, need="a positive integer", have=str(value), remedy=remedy)


def moment_power(value: Any) -> sp.Expr:
    """The order k of a moment that has a name here, 1 or 2.

    Raises:
        ArgumentError: for anything else.
    """
    power = positive_integer(value, "k")
    if power in (1, 2):
        return power
    raise ArgumentError("k", need="1 or 2", have=str(value), remedy="ask for E[M] or E[M^2]")


def nonnegative(value: Any, where: str) -> sp.Expr:
    """A real number that is not negative, a float as the number it is, or a symbol declared so.

    Raises:
        ArgumentError: for anything else.
    """
    need = "a real number, 0 or more"
    expr = _sympified(value, where, need)
    if expr.is_Float and expr.is_finite:
        expr = sp.Rational(expr)
    if expr.is_nonnegative and expr.is_finite is not False:
        return expr
    remedy = "declare it nonnegative" if expr.free_symbols else f"use {where} >= 0"
    raise ArgumentError(where, need=need, have=str(value), remedy=remedy)


def norm_power(value: Any) -> sp.Expr:
    """The p of an Lp norm: a real number, 1 or more, or infinity; a float is the number it is.

    Raises:
        ArgumentError: for anything else.
    """
    need = "a real number, 1 or more, or oo"
    expr = _sympified(value, "p", need)
    if expr.is_Float and expr.is_finite:
        expr = sp.Rational(expr)
    if expr == sp.oo or expr == sp.Float("inf"):
        return sp.oo
    if not expr.free_symbols and expr.is_real and (expr >= 1) == True:  # noqa: E712
        return expr
    remedy = "put a number for p" if expr.free_symbols else "below 1 it is no norm: use p >= 1"
    raise ArgumentError("p", need=need, have=str(value), remedy=remedy)


def pool_name(pool: Any) -> Str:
    """The pooling's name, as the sympy atom that expressions store.

    Raises:
        ArgumentError: for an unknown name; the nearest known one is given.
    """
    name = pool.name if isinstance(pool, Str) else pool
    if isinstance(name, str) and name in POOLS:
        return Str(name)
    raise ArgumentError("pool", need="a pooling", have=repr(name), remedy=nearest(str(name), POOLS))


def common_correlation(rho: Any, window: sp.Expr, pool: str) -> sp.Expr:
    """The units' common correlation; ``None`` is 0, and a float is taken as the number it is.

    Raises:
        ArgumentError: outside [-1/(T-1), 1], where no such units exist, and for negative
            correlations of a maximum over more than five units, where no closed form is known.
    """
    need = "a correlation in [-1/(T-1), 1]"
    expr = sp.Integer(0) if rho is None else _sympified(rho, "rho", need)
    if expr.is_Float and expr.is_finite:
        expr = sp.Rational(expr)
    if window == 1:
        return sp.Integer(0)  # one unit has no partner
    declared = all(symbol.is_real for symbol in expr.free_symbols)
    if expr.free_symbols and declared and expr.is_real is not False:  # a quotient has a pole
        return expr
    remedy = "declare it real" if expr.free_symbols else _range_remedy(expr, window, pool)
    if remedy:
        raise ArgumentError("rho", need=need, have=str(rho), remedy=remedy)
    return expr


def _range_remedy(rho: sp.Expr, window: sp.Expr, pool: str) -> str:
    """What to do about a number that is no correlation here; empty where it is one."""
    rho = rho.mid if isinstance(rho, Known) else rho
    if not rho.is_real or rho > 1:
        return "use a real rho <= 1"
    if rho >= 0:
        return ""
    if not window.is_Integer:
        return "use rho >= 0: for a symbolic T no negative rho is allowed for every T"
    lowest = sp.Rational(-1, window - 1)
    if rho < lowest:
        return f"use rho >= {lowest}, the least common correlation of {window} units"
    if pool == "max" and window > CLOSED_TO:
        return f"use rho >= 0 or T <= {CLOSED_TO}: no closed form is known for a negative rho here"
    return ""
