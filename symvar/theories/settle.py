"""Numbers of a recursion: exact while they are short, balls with their radius from there on."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b

import sympy as sp
from flint import acb, arb, ctx

from symvar.integrals.balls import ball_of
from symvar.integrals.known import Known

LONGEST_RATIONAL = 2048
"""Bits of numerator and denominator together of the longest rational kept exactly."""

MOST_PARTS = 60
"""Parts of the largest formula of numbers kept exactly."""

PRECISION = 320
"""Bits a ball is computed with."""

LEAST_ACCURACY = 120
"""Bits a ball must prove; a number that cannot be proven so far stays a formula."""


def settled(value: sp.Expr) -> sp.Expr:
    """The value itself while it is short or holds symbols, else the number as a ball.

    So a recursion of any depth does a bounded amount of work in each layer. A ball is at most
    $2^{-120}$ of its centre wide.

    >>> settled(sp.Rational(2, 3))
    2/3
    >>> long = settled(sp.Rational(2, 3) ** 2000)
    >>> type(long).__name__, bool(abs(long / sp.Rational(2, 3)**2000 - 1) < sp.Rational(1, 2**100))
    ('Known', True)
    """
    value = sp.sympify(value)
    return value if _short(value) else approached(value)


def approached(value: sp.Expr) -> sp.Expr:
    """A number that is no rational as a ball; what holds symbols stays as it is.

    For formulas that would go into others time and again.

    >>> approached(sp.Rational(2, 3)), type(approached(sp.sqrt(2))).__name__
    (2/3, 'Known')
    """
    value = sp.sympify(value)
    if (value.is_Rational and _short(value)) or isinstance(value, Known) or value.free_symbols:
        return value
    with ctx.workprec(PRECISION):
        ball = _real(value)
    if ball is None or not ball > 0 or ball.rel_accuracy_bits() < LEAST_ACCURACY:
        return value
    return Known.of(ball, digest(value))


def _short(value: sp.Expr) -> bool:
    stack, parts = [value], 0
    while stack:
        part = stack.pop()
        parts += 1
        if part.is_Rational and part.p.bit_length() + part.q.bit_length() > LONGEST_RATIONAL:
            return False
        if parts > MOST_PARTS:
            return False
        stack.extend(part.args)
    return True


def _real(value: sp.Expr) -> arb | None:
    constants = {each: shipped()[each] for each in value.atoms(sp.Function) if each in shipped()}
    ball: acb = ball_of(value.xreplace(constants))
    return ball.real if ball.imag.contains(0) and ball.is_finite() else None


@cache
def shipped() -> dict[sp.Expr, Known]:
    """The constants of the table that ships with the package, as the balls it proves."""
    from symvar.integrals import gamma, tau
    from symvar.tables import shipped as table

    makers = {"tau": tau, "gamma": gamma}
    return {
        makers[entry.name](entry.window, entry.pool): Known(
            sp.Rational(entry.value),
            sp.Rational(entry.radius),
            f"{entry.name}-{entry.pool}-{entry.window}",
        )
        for entry in table().entries
    }


def digest(value: sp.Basic) -> str:
    """A name of the exact form: its parts in their canonical order."""
    digest, stack = blake2b(digest_size=12), [value]
    while stack:
        part = stack.pop()
        text = type(part).__name__ if part.args else _leaf(part)
        digest.update(f"{text}/{len(part.args)};".encode())
        stack.extend(part.args)
    return digest.hexdigest()


def _leaf(part: sp.Basic) -> str:
    if isinstance(part, Known):
        return part.tag
    return f"{part.p:x}/{part.q:x}" if part.is_Rational else sp.srepr(part)
