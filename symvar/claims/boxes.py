"""An expression over a box of values, as a ball."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import sympy as sp
from flint import acb

from symvar.integrals.balls import FUNCTIONS, ball_of


def ball_over(expr: Any, values: Mapping[sp.Symbol, acb]) -> acb:
    """A ball that holds every value the expression takes while its symbols stay in their balls.

    Args:
        expr: made of numbers, symbols, elementary functions and symvar's constants.
        values: a ball for each of its symbols.

    Raises:
        ArgumentError: for a part that no ball is known for.
    """
    if expr in values:
        return values[expr]
    if not expr.free_symbols:
        return ball_of(expr)
    if isinstance(expr, sp.Pow) and expr.exp.is_Integer:
        base = ball_over(expr.base, values)
        if expr.exp.is_even and base.imag == 0:
            base = acb(abs(base.real))  # a square is never below zero
        return base ** int(expr.exp)
    parts = [ball_over(part, values) for part in expr.args]
    if isinstance(expr, sp.Add):
        return reduce(lambda one, other: one + other, parts)
    if isinstance(expr, sp.Mul):
        return reduce(lambda one, other: one * other, parts)
    if isinstance(expr, sp.Pow):
        base, exponent = parts
        return base.sqrt() if expr.exp == sp.Rational(1, 2) else base**exponent
    if expr.func in FUNCTIONS:
        return FUNCTIONS[expr.func](*parts)
    return ball_of(expr)
