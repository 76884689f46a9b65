r"""Moments of maxima over very many units, with what the error is at most.

The largest of T normals lies at M with $T Q(M)$ close to an exponential variable E. From
$\log Q(s) = -s^2/2 - \tfrac12 \log(2\pi s^2) + \log(1 - s^{-2} + 3 s^{-4} - \dots)$, $y = M^2$
solves $y + \log y + 2/y - 5/y^2 + O(y^{-3}) = 2\log T - 2\log E - \log 2\pi$, whose right side
has mean $c = 2\log T + 2\gamma - \log 2\pi$ and variance $2\pi^2/3$, gamma Euler's constant.
With w + log w = c, $y = w - 2/w + 7/w^2 + O(w^{-3})$ at the mean, and the curvature
$y'' = 1/y^2 + O(y^{-3})$ adds $\tfrac12 \cdot \tfrac{2\pi^2}{3} / w^2$:

$$\tau_T = w - \frac2w + \frac{7 + \pi^2/3}{w^2} + O(w^{-3}), \qquad
  w = W\!\left(\frac{e^{2\gamma} T^2}{2\pi}\right).$$

In the same way $\sqrt y$, whose curvature is about $-1/(4 y^{3/2})$, has mean
$\sqrt w - (1 + \pi^2/12) w^{-3/2} + O(w^{-5/2})$, and with both the variance of the largest is
$\pi^2/(6w) + O(w^{-2})$. The largest of T absolute values is nearly that of 2T normals; the
standardised largest tends to Gumbel's law, and what is below zero falls like $2^{-T}$.

The order of each error is derived, its constant is measured, as in $|\mathrm{error}| \le 66/w^3$:
it is enclosed in balls, in the tests, for every T from 1 to 32 (tau: 256) and for T = 10^k,
k = 4, 5, 6, 10, 30, 100, 300 (to 10^30 where a variance divides, to 2000 for what is below zero).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from symvar.errors import ArgumentError
from symvar.integrals.absolute import absolute_moment
from symvar.integrals.arguments import positive_integer
from symvar.integrals.large_window import chance_above_mean, standardised_excess
from symvar.integrals.leaky import tau_minus
from symvar.integrals.normalised import normalised_gamma, normalised_tau
from symvar.integrals.order import order_moment, order_variance, rectified_mean
from symvar.integrals.pooling import tau

Expansion = tuple[sp.Expr, sp.Expr]


def tau_asymptotic(T: Any) -> Expansion:
    r"""The expansion of $\tau_T$ of max-pooling independent units, and its error term.

    Args:
        T: the window, a positive integer or a symbol declared one.

    Returns:
        The expansion to $w^{-2}$, and $66/w^3$, which bounds the error for every T that was
        enclosed: 1 to 256, and powers of ten from 10^4 to 10^300.

    Raises:
        ArgumentError: T no positive integer.

    >>> value, error = tau_asymptotic(10**6)
    >>> value.evalf(6), error.evalf(2)
    (23.7129, 0.0049)
    """
    return _second(positive_integer(T, "window T"))


def expansion(constant: sp.Expr) -> Expansion:
    r"""The expansion of a moment of a maximum for a large window, and its error term.

    Args:
        constant: `tau` of independent max-pooled units, `tau_minus`, `order_moment`,
            `order_variance`, `rectified_mean`, `absolute_moment`, `normalised_tau` or
            `normalised_gamma`, its window a number or a symbol.

    Returns:
        The expansion, and a bound of its error wherever that was enclosed; see the module.

    Raises:
        ArgumentError: another constant.

    >>> from symvar.symbols import window
    >>> value, error = expansion(order_moment(10**6, 1))
    >>> value.evalf(6), error.evalf(2)
    (4.86063, 0.0033)
    """
    found = _EXPANSIONS.get(type(constant))
    if found is None or (isinstance(constant, tau) and (constant.pool, constant.rho) != ("max", 0)):
        raise ArgumentError(
            "expansion",
            need="one of " + ", ".join(sorted(each.__name__ for each in _EXPANSIONS)),
            have=str(constant),
            remedy="sympy.limit(constant, T, oo) knows the leading behaviour of more of them",
        )
    return found(constant)


def _gumbel(window: sp.Expr) -> sp.Expr:
    return sp.LambertW(sp.exp(2 * sp.EulerGamma) * window**2 / (2 * sp.pi))


def _second(window: sp.Expr) -> Expansion:
    w = _gumbel(window)
    return w - 2 / w + (7 + sp.pi**2 / 3) / w**2, 66 / w**3


def _first(window: sp.Expr) -> Expansion:
    w = _gumbel(window)
    return sp.sqrt(w) - (1 + sp.pi**2 / 12) / w ** sp.Rational(3, 2), 9 / w ** sp.Rational(5, 2)


def _variance(constant: order_variance) -> Expansion:
    w = _gumbel(constant.window)
    return sp.pi**2 / (6 * w), 6 / w**2


def _negative(constant: tau_minus) -> Expansion:
    leading = sp.pi * sp.Integer(2) ** -constant.window / constant.window**2
    return leading, 3 * leading / constant.window


def _forward(constant: normalised_tau) -> Expansion:
    return standardised_excess(), sp.Rational(3, 5) / _gumbel(constant.window)


def _backward(constant: normalised_gamma) -> Expansion:
    window = constant.window
    spread = sp.pi**2 / (6 * _gumbel(window))
    return chance_above_mean() / (window * spread), sp.Rational(6, 5) / window


_EXPANSIONS: dict[type[sp.Expr], Callable[[Any], Expansion]] = {
    tau: lambda constant: _second(constant.window),
    tau_minus: _negative,
    order_moment: lambda constant: (_first, _second)[constant.power - 1](constant.window),
    order_variance: _variance,
    rectified_mean: lambda constant: _first(constant.window),
    absolute_moment: lambda constant: (_first, _second)[constant.power - 1](2 * constant.window),
    normalised_tau: _forward,
    normalised_gamma: _backward,
}
