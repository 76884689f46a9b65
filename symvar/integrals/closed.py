r"""The closed forms: exact sympy expressions, each checked in the tests against two other routes.

They come from the reduction: twice by parts, $\tau_T = 1 - 2^{-T} + T(T-1)[2^{-T}/\pi +
\tfrac12 (T-2) \int_0^\infty \phi^3 \Phi^{T-3}]$, and $\phi^3$ is a normal density of variance 1/3,
so the last integral is the probability of an orthant.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb

import sympy as sp

from symvar.integrals import orthants
from symvar.integrals.arguments import CLOSED_TO

_PI = sp.pi
_QUARTER = sp.asin(sp.Rational(1, 4))
_R = sp.Rational


def rectified_maximum(window: int) -> sp.Expr | None:
    r"""$\tau_T$ of max-pooling independent units, to T = 7 (asv, eq. (12))."""
    if window > 7:
        return None
    half, pairs = _R(1, 2**window), window * (window - 1)
    return sp.expand(1 - half + pairs * half / _PI + _cubed(window, orthants.beside))


def negative_maximum(window: int) -> sp.Expr | None:
    r"""$\tau^-_T = E[M^2; M<0]$, to T = 7."""
    whole, positive = second_moment(window), rectified_maximum(window)
    return None if whole is None or positive is None else sp.expand(whole - positive)


def first_moment(window: int) -> sp.Expr | None:
    r"""$E[M_T] = T(T-1)/(2\sqrt\pi)\,P_{T-2}(1/3)$, to T = 7: phi^2 has variance 1/2."""
    if window > 7:
        return None
    if window == 1:
        return sp.Integer(0)
    orthant = orthants.few_equal(window - 2, _R(1, 3))
    return sp.expand(_R(window * (window - 1), 2) / sp.sqrt(_PI) * orthant)


def second_moment(window: int) -> sp.Expr | None:
    """$E[M_T^2]$ of the largest of T independent standard normals, to T = 8."""
    if window > 8:
        return None
    return sp.expand(1 + _cubed(window, lambda count, _: orthants.few_equal(count, _R(1, 4))))


def rectified_first_moment(window: int) -> sp.Expr | None:
    r"""$E[M_T^+] = T[\phi(0) 2^{1-T} + (T-1) \int_0^\infty \phi^2 \Phi^{T-2}]$, to T = 6."""
    if window > 6:
        return None
    edge = window * _R(2, 2**window) / sp.sqrt(2 * _PI)
    if window == 1:
        return edge
    orthant = orthants.beside(window - 2, sp.sqrt(3) / 3)
    return sp.expand(edge + _R(window * (window - 1), 2) / sp.sqrt(_PI) * orthant)


def absolute_first(window: int) -> sp.Expr | None:
    r"""$E[\max|u|] = 4T(T-1) \int_0^\infty \phi^2 (2\Phi-1)^{T-2}$, to T = 6."""
    if window > 6:
        return None
    if window == 1:
        return sp.sqrt(2 / _PI)
    weight = 2 * window * (window - 1) / sp.sqrt(_PI)
    return sp.expand(weight * _within(window - 2, sp.sqrt(3) / 3))


def absolute_second(window: int) -> sp.Expr | None:
    r"""$E[\max|u|^2] = 1 + 4T(T-1)(T-2) \int_0^\infty \phi^3 (2\Phi-1)^{T-3}$, to T = 7."""
    if window > 7:
        return None
    if window == 2:
        return 1 + 2 / _PI
    weight = _R(2 * window * (window - 1) * (window - 2), 3) * sp.sqrt(3) / _PI
    return sp.expand(1 + weight * _within(window - 3, _R(1, 2))) if weight else sp.Integer(1)


def _within(count: int, link: sp.Expr) -> sp.Expr:
    """Z is positive and n others are below its size: (2 Phi - 1)^n multiplied out."""
    terms = (
        comb(count, each) * 2**each * (-1) ** (count - each) * orthants.beside(each, link)
        for each in range(count + 1)
    )
    return sp.Add(*terms)


def _cubed(window: int, orthant: Callable[[int, sp.Expr], sp.Expr]) -> sp.Expr:
    """T(T-1)(T-2)/2 times the integral of phi^3 Phi^(T-3): phi^3 is a normal of variance 1/3."""
    if window < 3:
        return sp.Integer(0)
    weight = _R(window * (window - 1) * (window - 2), 12) * sp.sqrt(3) / _PI
    return weight * orthant(window - 3, _R(1, 2))


def correlated_maximum(window: int, rho: sp.Expr) -> sp.Expr | None:
    r"""$\tau_T(\rho)$ of max-pooling units of common correlation rho, to T = 5."""
    if rho == 1 or window == 1:
        return _R(1, 2)
    if rho == 0:
        return rectified_maximum(window)
    if window > CLOSED_TO:
        return None
    return 1 - orthants.few_equal(window, rho) + tied(window, rho)


def tied(window: int, rho: sp.Expr) -> sp.Expr:
    r"""What is in $\tau_T(\rho)$ beside $1 - P_T(\rho)$, for T = 2 to 5: elementary."""
    total = _R(window * (window - 1), 4) * sp.sqrt(1 - rho**2) / _PI * _given_pair(window, rho)
    if window > 2:
        corner = _R(window * (window - 1) * (window - 2), 12) * sp.sqrt(3) / _PI
        total += corner * (1 - rho) * _given_triple(window, rho)
    return total


def _given_pair(window: int, rho: sp.Expr) -> sp.Expr:
    """The other T - 2 units positive, given that two are tied at zero."""
    return sp.Integer(1) if window == 2 else orthants.few_equal(window - 2, rho / (1 + 2 * rho))


def _given_triple(window: int, rho: sp.Expr) -> sp.Expr:
    """The orthant of T - 2 normals that the part with phi^3 becomes."""
    if window == 3:
        return _R(1, 2)
    link = sp.sqrt(1 - rho) / (2 * sp.sqrt(1 + 2 * rho))
    if window == 4:
        return orthants.few_equal(2, link)
    return _R(1, 8) + (_QUARTER + 2 * sp.asin(link)) / (4 * _PI)


def rectified_pair(rho: sp.Expr) -> sp.Expr:
    r"""$E[u^+ v^+] = (\sqrt{1-\rho^2} + \rho(\pi/2 + \arcsin\rho)) / (2\pi)$."""
    return (sp.sqrt(1 - rho**2) + rho * (_PI / 2 + sp.asin(rho))) / (2 * _PI)


def rectified_average(window: sp.Expr, rho: sp.Expr) -> sp.Expr:
    r"""$\tau_T$ of average pooling, every T: independent $(1 + (T-1)/\pi)/(2T)$, asv, eq. (13)."""
    if rho == 0:
        return (1 + (window - 1) / _PI) / (2 * window)
    return _R(1, 2) / window + (window - 1) / window * rectified_pair(rho)


def backward_maximum(window: sp.Expr, rho: sp.Expr) -> sp.Expr | None:
    r"""$\gamma_T = (1 - P_T(\rho))/T$; independent $(1 - 2^{-T})/T$, asv, eq. (15)."""
    positive = orthants.equal(window, rho)
    return None if positive is None else (1 - positive) / window
