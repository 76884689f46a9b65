"""The second moment of an Lp pool in balls; `symvar.integrals.lp_grid` has the formulas."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp
from flint import arb, ctx, fmpz_poly

from symvar.integrals.balls import real_ball
from symvar.integrals.lp_grid import Grid, moment_of_sum, plan

_ORDER = 3


def sum_to_power(window: int, power: sp.Expr, rectified: bool) -> arb:
    r"""$E[S^{2/p}]$ at flint's current precision, $S = \sum_i |u_i|^p$ or $\sum_i (u_i^+)^p$."""
    grid = plan(window, float(power), _ORDER, ctx.prec)
    with ctx.workprec(grid.bits + 40):
        p, h = real_ball(power), arb(grid.step)
        alpha = 2 / p
        moments = [_scaled(grid, p, k, rectified) for k in range(grid.order + 1)]
        total = arb(0)
        for at, values in enumerate(zip(*moments, strict=True), start=grid.first):
            whole = moment_of_sum(window, grid.order, values, arb.__pow__)
            total += (-alpha * h * at).exp() * whole
        cut = arb(0).union(_left(grid, window, p) + _right(grid, window, p, rectified))
        wide = 2 * arb(grid.outer_angle).cos() ** (alpha - grid.order)
        relative = 2 * wide * _smallness(grid.outer_angle, h)
        return h * (total + cut) * (1 + arb(0, relative.upper())) / (grid.order - alpha).gamma()


def _smallness(angle: float, h: arb) -> arb:
    """What the trapezoidal rule's error is a multiple of."""
    return 1 / ((2 * arb.pi() * arb(angle) / h).exp() - 1)


def _scaled(grid: Grid, p: arb, k: int, rectified: bool) -> list[arb]:
    """t^k m_k(t) at all nodes; for k = 0 it is one minus a moment of 1 - e^-s, which falls off."""
    h = arb(grid.step)
    places = [(h / p * at).exp() for at in range(grid.inner_first, grid.inner_last + 1)]
    scale = h / p * (2 * arb.pi()).rsqrt()
    weights = [(-(x * x) / 2).exp() * x * scale for x in reversed(places)]
    kernel = _kernel(k)
    first, skipped = grid.inner_first + grid.first, len(places) - 1
    count = grid.last - grid.first + 1
    values = [kernel((h * at).exp()) for at in range(first, first + skipped + count)]
    error = arb(0, _inner_error(grid, p, k).upper())
    sides = 1 if rectified else 2
    found = [sides * (each + error) for each in _products(weights, values)[skipped:][:count]]
    return [1 - each for each in found] if k == 0 else found


def _products(one: list[arb], other: list[arb]) -> list[arb]:
    """The coefficients of the product of two polynomials, of coefficients between 0 and 2.

    By whole multiples of a unit: flint's product of balls takes apart what differs in size. A
    sum of N products of numbers that are off by e each is off by at most N (4 e + e^2).
    """
    whole = [fmpz_poly([_multiple(each) for each in factor]) for factor in (one, other)]
    off = max(each.rad().upper() for each in (*one, *other)) + arb(2) ** -ctx.prec
    radius = arb(0, (len(one) * off * (4 + off)).upper())
    unit = arb(2) ** (-2 * ctx.prec)
    found = [int(each) for each in (whole[0] * whole[1]).coeffs()]
    found += [0] * (len(one) + len(other) - 1 - len(found))
    return [unit * each + radius for each in found]


def _multiple(ball: arb) -> int:
    """The centre in units of the current precision, rounded down."""
    mantissa, exponent = (int(part) for part in ball.mid().man_exp())
    shift = exponent + ctx.prec
    return mantissa << shift if shift >= 0 else mantissa >> -shift


def _kernel(k: int) -> Callable[[arb], arb]:
    if k == 0:
        return lambda s: -(-s).expm1()
    return lambda s: s**k * (-s).exp()


def _inner_error(grid: Grid, p: arb, k: int) -> arb:
    r"""Of the rule, and of what lies before the first node and behind the last.

    Before it $s^k e^{-s} \le ((k-1)/e)^{k-1} s$ for k > 0, and $1 - e^{-s} \le s$; behind it
    $\phi(e^w) e^w$ falls, so the sum is at most $Q(e^w)$ times the largest kernel.
    """
    h, angle = arb(grid.step), arb(grid.angle)
    narrow = (4 * (2 * angle / p).cos()).rsqrt()
    rule = 2 * narrow * _most(k, angle.cos()) * _smallness(grid.angle, h)
    slope = h + h / p
    before = (grid.last * h + slope * grid.inner_first).exp() / (slope.exp() - 1) * (h / p)
    before *= _steepest(k) * (2 * arb.pi()).rsqrt()
    last = (h / p * grid.inner_last).exp()
    behind = (last / arb(2).sqrt()).erfc() / 2 * _most(k, arb(1))
    return rule + before + behind


def _most(k: int, cosine: arb) -> arb:
    """The largest |s^k e^-s|, or |1 - e^-s|, at such an angle."""
    return arb(2) if k == 0 else (k / (arb(1).exp() * cosine)) ** k


def _steepest(k: int) -> arb:
    return arb(1) if k < 2 else ((k - 1) / arb(1).exp()) ** (k - 1)


def _left(grid: Grid, window: int, p: arb) -> arb:
    r"""The sum before the first node, at most that of $e^{(n-a)y} E[S^n]$."""
    rate = (grid.order - 2 / p) * arb(grid.step)
    moments = [arb(1), *(_absolute(p * k) for k in range(1, grid.order + 1))]
    whole = moment_of_sum(window, grid.order, moments, arb.__pow__)
    return whole * (rate * grid.first).exp() / (rate.exp() - 1)


def _right(grid: Grid, window: int, p: arb, rectified: bool) -> arb:
    r"""The sum behind the last node, t > 1: $m_k \le b_k t^{-k-1/p}$ and $m_0 \le 1$.

    Each product in $E[S^n e^{-tS}]$ has a factor with k > 0, so it is at most $t^{-n-1/p}$ times
    the same polynomial in 1, b_1, ..., b_n.
    """
    sides = 1 if rectified else 2
    bounds = [
        sides * (k + 1 / p).gamma() / p * (2 * arb.pi()).rsqrt() for k in range(1, grid.order + 1)
    ]
    whole = moment_of_sum(window, grid.order, [arb(1), *bounds], arb.__pow__)
    rate = 3 / p * arb(grid.step)
    return whole * (-rate * grid.last).exp() / (rate.exp() - 1)


def _absolute(order: arb) -> arb:
    r"""$E|u|^c = 2^{c/2} \Gamma(\tfrac{c+1}2)/\sqrt\pi$, which is no less than $E(u^+)^c$."""
    return (order / 2 * arb(2).log()).exp() * ((order + 1) / 2).gamma() / arb.pi().sqrt()
