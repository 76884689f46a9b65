"""Numbers of the exchangeable recursion: constants at a correlation that is itself a ball."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

import sympy as sp
from flint import arb, ctx

from symvar.integrals import Known, NamedConstant, gamma, tau
from symvar.integrals.correlated import window_moments
from symvar.theories import settle

PRECISION = 192
"""Bits at which a constant of correlated units is computed."""


def opened(value: sp.Expr) -> sp.Expr:
    """The value with each constant whose arguments are balls replaced by its own ball.

    A constant of exact arguments keeps its name.
    """
    value = sp.sympify(value)
    if not value.has(Known):
        return value
    named = (each for each in value.atoms(NamedConstant) if each.has(Known))
    return value.xreplace({each: _ball(each) for each in named if not each.free_symbols})


def settled(value: sp.Expr) -> sp.Expr:
    """Exact while it is short, then a ball: :func:`symvar.theories.settle.settled`."""
    return settle.settled(opened(value))


def approached(value: sp.Expr) -> sp.Expr:
    """A number that is no rational as a ball: :func:`symvar.theories.settle.approached`."""
    return settle.approached(opened(value))


@lru_cache(maxsize=4096)
def _ball(constant: NamedConstant) -> sp.Expr:
    with ctx.workprec(PRECISION):
        ball = _computed(constant)
    if not ball > 0 or ball.rel_accuracy_bits() < settle.LEAST_ACCURACY:
        return constant
    return Known.of(ball, blake2b(sp.srepr(constant).encode(), digest_size=12).hexdigest())


def _computed(constant: NamedConstant) -> arb:
    """Through the moments of windows, which share their tables, where it is one of these."""
    if isinstance(constant, tau | gamma) and constant.pool == "max" and constant.rho.is_positive:
        found = window_moments(constant.window, constant.rho, sp.Integer(0), constant.window)
        share = found.positive / int(constant.window)
        return found.square if isinstance(constant, tau) else share
    return constant.ball()
