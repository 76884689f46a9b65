r"""The closed forms: exact sympy expressions, each checked in the tests against two other routes.

They come from the reduction: twice by parts, $\tau_T = 1 - 2^{-T} + T(T-1)[2^{-T}/\pi +
\tfrac12 (T-2) \int_0^\infty \phi^3 \Phi^{T-3}]$, and $\phi^3$ is a normal density of variance 1/3,
so the last integral is the probability of an orthant.
"""

from __future__ import annotations

import sympy as sp

from symvar.integrals.arguments import CLOSED_TO

_PI = sp.pi
_QUARTER = sp.asin(sp.Rational(1, 4))
_THIRD = sp.asin(sp.Rational(1, 3))
_ROOT_THIRD = sp.asin(sp.sqrt(3) / 3)
_R = sp.Rational
_WRITTEN_OUT = 10**6  # largest T whose 2^-T sympy is asked for: it writes the fraction out


def rectified_maximum(window: int) -> sp.Expr | None:
    r"""$\tau_T$ of max-pooling independent units, to T = 5 (asv, eq. (12))."""
    root3 = sp.sqrt(3)
    forms = {
        1: _R(1, 2),
        2: _R(3, 4) + 1 / (2 * _PI),
        3: _R(7, 8) + 3 / (4 * _PI) + root3 / (4 * _PI),
        4: _R(15, 16) + 3 / (4 * _PI) + 2 * root3 / (3 * _PI),
        5: _R(31, 32)
        + 5 / (8 * _PI)
        + 25 * root3 / (24 * _PI)
        + 5 * root3 * _QUARTER / (4 * _PI**2),
    }
    return forms.get(window)


def first_moment(window: int) -> sp.Expr | None:
    """$E[M_T]$ of the largest of T independent standard normals, to T = 5."""
    root = sp.sqrt(_PI)
    forms = {
        1: sp.Integer(0),
        2: 1 / root,
        3: 3 / (2 * root),
        4: 3 / (2 * root) + 3 * _THIRD / (_PI * root),
        5: 5 / (4 * root) + 15 * _THIRD / (2 * _PI * root),
    }
    return forms.get(window)


def second_moment(window: int) -> sp.Expr | None:
    """$E[M_T^2]$ of the largest of T independent standard normals, to T = 5."""
    root3 = sp.sqrt(3)
    forms = {
        1: sp.Integer(1),
        2: sp.Integer(1),
        3: 1 + root3 / (2 * _PI),
        4: 1 + root3 / _PI,
        5: 1 + 5 * root3 / (4 * _PI) + 5 * root3 * _QUARTER / (2 * _PI**2),
    }
    return forms.get(window)


def rectified_first_moment(window: int) -> sp.Expr | None:
    r"""$E[M_T^+] = T[\phi(0) 2^{1-T} + (T-1) \int_0^\infty \phi^2 \Phi^{T-2}]$, to T = 4.

    T = 5 needs the orthant of four normals with correlations 1/sqrt(3) and 1/3.
    """
    root, root2 = sp.sqrt(_PI), sp.sqrt(2 * _PI)
    forms = {
        1: 1 / root2,
        2: 1 / root2 + 1 / (2 * root),
        3: 3 / (4 * root2) + 3 / (4 * root) + 3 * _ROOT_THIRD / (2 * _PI * root),
        4: 1 / (2 * root2)
        + 3 / (4 * root)
        + 3 * _ROOT_THIRD / (_PI * root)
        + 3 * _THIRD / (2 * _PI * root),
    }
    return forms.get(window)


def orthant(count: sp.Expr, rho: sp.Expr) -> sp.Expr | None:
    r"""$P_n(\rho)$: n standard normals of common correlation rho are all positive.

    Elementary to n = 3; n = 4 is a spherical tetrahedron (Schläfli, Coxeter) and has four
    dilogarithms; n = 5 follows from n <= 4 by inclusion and exclusion. For every n, symbolic too:
    $P_n(0) = 2^{-n}$ (not as a fraction of over a million bits), $P_n(1/2) = 1/(n+1)$ and
    $P_n(1) = 1/2$.
    """
    if rho == 0:
        return None if count.is_Integer and count > _WRITTEN_OUT else sp.Integer(2) ** -count
    if rho == 1:
        return _R(1, 2)
    if rho == _R(1, 2):
        return 1 / (count + 1)
    return _positive(int(count), rho) if count.is_Integer and count <= CLOSED_TO else None


def _positive(count: int, rho: sp.Expr) -> sp.Expr:
    """P_n for n <= 5 and rho < 1."""
    return (_one, _two, _three, _four, _five)[count - 1](rho)


def _one(rho: sp.Expr) -> sp.Expr:
    return _R(1, 2)


def _two(rho: sp.Expr) -> sp.Expr:
    return _R(1, 4) + sp.asin(rho) / (2 * _PI)


def _three(rho: sp.Expr) -> sp.Expr:
    return _R(1, 8) + 3 * sp.asin(rho) / (4 * _PI)


def _four(rho: sp.Expr) -> sp.Expr:
    """12 V / pi^2, V the orthoscheme of angles pi/3, pi/3 and arccos(sqrt((1-rho)/2))."""
    if rho == _R(1, 2):
        return _R(1, 5)  # the dilogarithms add up, which sympy does not see
    wide, narrow = sp.sqrt(1 + 3 * rho), sp.sqrt(1 - rho)
    ratio = (wide - narrow) / (wide + narrow)
    sixth = (1 + sp.I * sp.sqrt(3)) / 2
    turn = rho + sp.I * sp.sqrt(1 - rho**2)
    dilogs = sum(
        sign * sp.re(sp.polylog(2, ratio * point))
        for sign, point in ((1, sixth), (-1, sixth - 1), (1, turn), (-1, sp.Integer(1)))
    )
    return 3 * (dilogs + _PI**2 / 12 - sp.acos(rho) ** 2 / 4) / _PI**2


def _five(rho: sp.Expr) -> sp.Expr:
    return 5 * (_two(rho) - _three(rho)) + 5 * _four(rho) / 2 - _R(3, 4)


def correlated_maximum(window: int, rho: sp.Expr) -> sp.Expr | None:
    r"""$\tau_T(\rho)$ of max-pooling units of common correlation rho, to T = 5."""
    if rho == 1 or window == 1:
        return _R(1, 2)
    if rho == 0:
        return rectified_maximum(window)
    if window > CLOSED_TO:
        return None
    edge = _R(window * (window - 1), 4) * sp.sqrt(1 - rho**2) / _PI
    total = 1 - _positive(window, rho) + edge * _given_pair(window, rho)
    if window > 2:
        corner = _R(window * (window - 1) * (window - 2), 12) * sp.sqrt(3) / _PI
        total += corner * (1 - rho) * _given_triple(window, rho)
    return total


def _given_pair(window: int, rho: sp.Expr) -> sp.Expr:
    """The other T - 2 units positive, given that two are tied at zero."""
    return sp.Integer(1) if window == 2 else _positive(window - 2, rho / (1 + 2 * rho))


def _given_triple(window: int, rho: sp.Expr) -> sp.Expr:
    """The orthant of T - 2 normals that the part with phi^3 becomes."""
    if window == 3:
        return _R(1, 2)
    link = sp.sqrt(1 - rho) / (2 * sp.sqrt(1 + 2 * rho))
    if window == 4:
        return _two(link)
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
    positive = orthant(window, rho)
    return None if positive is None else (1 - positive) / window
