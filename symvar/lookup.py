"""Numbers from the lookup table that ships with symvar: no integral is evaluated.

>>> from symvar import tau
>>> number(2 / (9 * tau(4)))
0.14394635299248...
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from symvar.errors import ArgumentError
from symvar.integrals import NamedConstant, enclose, gamma, tau
from symvar.tables import shipped

DIGITS = 30
"""Digits carried while an expression is evaluated; the table has more."""


@cache
def table() -> dict[sp.Expr, sp.Float]:
    """The shipped constants by their names."""
    content, makers = shipped(), {"tau": tau, "gamma": gamma}
    return {
        makers[entry.name](entry.window, entry.pool): sp.Float(entry.value, content.digits)
        for entry in content.entries
    }


def number(value: sp.Expr) -> float:
    """A constant expression as a double.

    Every constant in it is taken from the table, or else from its closed form. Only one that has
    neither (a max-pooling window above the table's 64, the moment of an activation such as tanh)
    is enclosed by quadrature.

    Args:
        value: the expression.

    Raises:
        ArgumentError: where symbols are left in it.
    """
    if value.is_Rational:
        return float(value)
    if value.free_symbols:
        raise ArgumentError(
            "variance",
            need="a number",
            have=f"{value}, which depends on {', '.join(sorted(map(str, value.free_symbols)))}",
            remedy="give every size and parameter of the network as a number",
        )
    constants = value.atoms(NamedConstant)
    return float(value.xreplace({each: _constant(each) for each in constants}).evalf(DIGITS))


@cache
def _constant(constant: NamedConstant) -> sp.Expr:
    found = table().get(constant)
    if found is not None:
        return found
    opened = constant.doit()
    if not opened.has(sp.Integral, sp.Sum, NamedConstant):
        return opened
    return sp.Float(str(enclose(constant, DIGITS)), DIGITS)
