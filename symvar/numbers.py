"""Numbers as they were written: a decimal is the exact decimal, not the nearest double."""

from __future__ import annotations

from typing import Any

import sympy as sp


def as_written(number: Any) -> sp.Expr | None:
    """The exact number, an expression as it is, or None for what is no number.

    >>> as_written(0.1), as_written("2/3"), as_written("x")
    (1/10, 2/3, None)
    """
    if isinstance(number, sp.Expr):
        return number
    try:
        return sp.Rational(str(number))
    except (TypeError, ValueError):
        return None
