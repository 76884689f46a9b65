"""Raise the working precision until a ball is as small as it was asked to be."""

from __future__ import annotations

from collections.abc import Callable

from flint import arb, ctx

from symvar.errors import ArgumentError

_GUARD = 32


def refine(compute: Callable[[], arb], bits: int, where: str) -> arb:
    """The first ball of relative radius below 2^-bits, at precisions doubled each time.

    A ball around zero has no relative radius: it is taken from the second precision on, once its
    absolute radius is below 2^-bits.

    Args:
        compute: gives a ball of the constant at flint's current precision.
        bits: the relative accuracy asked for.
        where: what is computed, for the error.

    Raises:
        ArgumentError: no precision tried was enough, as for a value that is not finite.
    """
    precision, limit = bits + _GUARD, 4 * bits + 2048
    attempt = 0
    while precision <= limit:
        with ctx.workprec(precision):
            ball = compute()
            if _is_small(ball, bits, around_zero=attempt > 0):
                return ball
        precision, attempt = 2 * precision, attempt + 1
    raise ArgumentError(
        where,
        need=f"a real, finite value that {limit} bits of precision pin down",
        have=f"{ball.str(5)} at the last precision tried",
        remedy="look for a pole, a branch cut or a vanishing part, or ask for fewer digits",
    )


def _is_small(ball: arb, bits: int, *, around_zero: bool) -> bool:
    if not ball.is_finite():
        return False
    if ball.is_exact() or ball.rel_accuracy_bits() >= bits:
        return True
    return bool(around_zero and ball.contains(0) and ball.abs_upper() < arb(2) ** -bits)
