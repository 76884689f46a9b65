r"""$\mathrm{E}[f(\mu + \sigma z) w(z)]$ in balls: quadrature between kinks, and a proven tail.

Between two kinks the function is one expression, holomorphic around the interval but for poles
and branch cuts, which its balls there do not survive; so flint's rigorous quadrature applies.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, reduce
from math import factorial

import sympy as sp
from flint import acb, acb_poly, arb, ctx

from symvar.integrals.balls import ball_of, real_ball
from symvar.integrals.expect_growth import Growth, growth, unbounded
from symvar.integrals.expect_pieces import Piece, pieces

Integrand = Callable[[acb, bool], acb]
"""A function of a complex ball; with the flag set, not finite unless it is holomorphic there."""

_ENTIRE = {
    sp.exp: acb.exp,
    sp.erf: acb.erf,
    sp.erfc: acb.erfc,
    sp.tanh: acb.tanh,
    sp.sin: acb.sin,
    sp.cos: acb.cos,
    sp.sinh: acb.sinh,
    sp.cosh: acb.cosh,
}


_ZERO = arb(0)


@dataclass(frozen=True)
class Weight:
    r"""An entire function beside the density, at most $c\,e^{b z^2}$ in size on the line.

    Args:
        function: the function.
        factor: c.
        square: b.
    """

    function: Callable[[acb], acb]
    factor: arb
    square: arb = _ZERO


def expectation(
    f: sp.Expr, x: sp.Symbol, variance: arb, mean: arb, weight: Weight | None = None
) -> arb:
    r"""$\int f(\mu + \sigma z)\,\phi(z) w(z) dz$ at flint's current precision; w is 1 if left out.

    Raises:
        ArgumentError: for a function that grows too fast or that no bound is known for.
    """
    deviation = variance.sqrt()
    parts = pieces(f, x)
    weight = weight or Weight(lambda z: acb(1), arb(1))
    bound = growth(parts[0].branch, x, -1) + growth(parts[-1].branch, x, 1)
    bound *= Growth(weight.factor, b=weight.square / variance)
    knots = [(real_ball(piece.high) - mean) / deviation for piece in parts[:-1]]
    reach = max(
        bound.start(ctx.prec, mean, deviation),
        *(abs(float(knot.mid())) + 1 for knot in knots),
        _past_zero(bound, mean, deviation),
    )
    ends = [arb(-reach), *knots, arb(reach)]
    total = arb(0)
    for piece, low, high in zip(parts, ends, ends[1:], strict=False):
        total += _over(piece, x, (mean, deviation), weight, (low, high))
    return total + arb(0, bound.tail(reach, mean, deviation).upper())


def _past_zero(bound: Growth, mean: arb, deviation: arb) -> float:
    """Beyond it x has the sign of z, as the bounds of the two sides take for granted."""
    return float((abs(mean) / deviation).mid()) + 1


def _over(
    piece: Piece, x: sp.Symbol, law: tuple[arb, arb], weight: Weight, ends: tuple[arb, arb]
) -> arb:
    """One piece, mapped to [0, 1] so that its ends may be balls."""
    (mean, deviation), (low, high) = law, ends
    function, width = compiled(piece.branch, x), high - low

    def integrand(t: acb, analytic: bool) -> acb:
        z = low + width * t
        density = (-(z * z) / 2).exp() * weight.function(z)
        return function(mean + deviation * z, analytic) * density

    return width / (2 * arb.pi()).sqrt() * acb.integral(integrand, 0, 1).real


def maximum(window: int) -> Weight:
    r"""$T \Phi(z)^{T-1}$: the largest of T normals instead of one."""
    root = arb(2).sqrt()
    return Weight(lambda z: window * ((-z / root).erfc() / 2) ** (window - 1), arb(window))


def hermite(n: int) -> Weight:
    r"""$\mathrm{He}_n(z)/\sqrt{n!}$, at most $1.0865\,e^{z^2/4}$ in size (Cramér)."""
    polynomial, scale = acb_poly(_hermite_coefficients(n)), arb(factorial(n)).rsqrt()
    return Weight(lambda z: polynomial(z) * scale, arb("1.0866"), arb("0.25"))


@cache
def _hermite_coefficients(n: int) -> list[int]:
    r"""$\mathrm{He}_n = z \mathrm{He}_{n-1} - (n-1) \mathrm{He}_{n-2}$, lowest power first."""
    if n == 0:
        return [1]
    found = [0, *_hermite_coefficients(n - 1)]
    for power, before in enumerate(_hermite_coefficients(n - 2) if n > 1 else []):
        found[power] -= (n - 1) * before
    return found


def compiled(f: sp.Expr, x: sp.Symbol) -> Integrand:
    """The expression as a function of a complex ball, its constants taken once."""
    if x not in f.free_symbols:
        value = ball_of(f)
        return lambda _, __: value
    if f == x:
        return lambda z, _: z
    parts = [compiled(each, x) for each in f.args]
    if isinstance(f, sp.Add | sp.Mul):
        fold = operator.add if isinstance(f, sp.Add) else operator.mul
        return lambda z, analytic: reduce(fold, [part(z, analytic) for part in parts])
    inner = parts[0]
    if isinstance(f, sp.Pow) and f.exp.is_Integer:
        power = int(f.exp)
        return lambda z, analytic: inner(z, analytic) ** power
    if isinstance(f, sp.Pow):
        exponent = ball_of(f.exp)
        return lambda z, analytic: inner(z, analytic).pow(exponent, analytic)
    if isinstance(f, sp.log):
        return lambda z, analytic: inner(z, analytic).log(analytic)
    function = _ENTIRE.get(f.func)
    if function is None:
        raise unbounded(f)
    return lambda z, analytic: function(inner(z, analytic))
