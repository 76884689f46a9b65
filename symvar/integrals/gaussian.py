"""The standard normal density and distribution, and the integrals that define the constants."""

from __future__ import annotations

import sympy as sp

from symvar.symbols import t


def density(x: sp.Expr) -> sp.Expr:
    r"""$\phi(x) = e^{-x^2/2} / \sqrt{2\pi}$."""
    return sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)


def distribution(x: sp.Expr) -> sp.Expr:
    r"""$\Phi(x) = (1 + \operatorname{erf}(x/\sqrt 2)) / 2$."""
    return (1 + sp.erf(x / sp.sqrt(2))) / 2


def maximum_moment(window: sp.Expr, power: int, lower: sp.Expr) -> sp.Expr:
    r"""$T \int_a^\infty t^k \phi(t) \Phi(t)^{T-1} dt$: a moment of the largest of T normals."""
    integrand = t**power * density(t) * distribution(t) ** (window - 1)
    return window * sp.Integral(integrand, (t, lower, sp.oo))


def minimum_moment(window: sp.Expr) -> sp.Expr:
    r"""$T \int_0^\infty t^2 \phi(t)\,\Phi(-t)^{T-1} dt$: what the largest of T adds below zero."""
    integrand = t**2 * density(t) * distribution(-t) ** (window - 1)
    return window * sp.Integral(integrand, (t, 0, sp.oo))


def absolute_moment(window: sp.Expr, power: int) -> sp.Expr:
    r"""$2T \int_0^\infty t^k \phi(t)\,(2\Phi(t)-1)^{T-1} dt$: of the largest |u| of T normals."""
    within = sp.erf(t / sp.sqrt(2)) ** (window - 1)
    return 2 * window * sp.Integral(t**power * density(t) * within, (t, 0, sp.oo))


def excess(window: sp.Expr, level: sp.Expr, power: int) -> sp.Expr:
    r"""$T \int_0^\infty t^k \phi(t+\mu) \Phi(t+\mu)^{T-1} dt$: a moment of the largest above mu."""
    s = t + level
    return window * sp.Integral(
        t**power * density(s) * distribution(s) ** (window - 1), (t, 0, sp.oo)
    )


def correlated_maximum(window: sp.Expr, rho: sp.Expr) -> sp.Expr:
    r"""$T \int \phi(m) \Phi(m)^{T-1} h(\sqrt{1-\rho}\,m)\,dm$, for 0 < rho < 1.

    With $h(x) = (x^2+\rho) \Phi(x/\sqrt\rho) + x \sqrt\rho\,\phi(x/\sqrt\rho)$, the second moment
    of the rectified $x + \sqrt\rho\,g$: the units are $\sqrt\rho\,g + \sqrt{1-\rho}\,e_i$.
    """
    root, x = sp.sqrt(rho), sp.sqrt(1 - rho) * t
    rectified = (x**2 + rho) * distribution(x / root) + x * root * density(x / root)
    integrand = density(t) * distribution(t) ** (window - 1) * rectified
    return window * sp.Integral(integrand, (t, -sp.oo, sp.oo))


def all_positive(window: sp.Expr, rho: sp.Expr) -> sp.Expr:
    r"""$P_T(\rho) = \int \phi(t)\,\Phi(\sqrt{\rho/(1-\rho)}\,t)^T dt$, for 0 <= rho < 1."""
    scaled = sp.sqrt(rho / (1 - rho)) * t
    return sp.Integral(density(t) * distribution(scaled) ** window, (t, -sp.oo, sp.oo))


def rectified_product(rho: sp.Expr) -> sp.Expr:
    r"""$E[u^+ v^+]$ for two standard normals of correlation -1 < rho < 1, given u.

    $\int_0^\infty t \phi(t) [\rho t\,\Phi(\rho t/\sigma) + \sigma \phi(\rho t/\sigma)]\,dt$ with
    $\sigma = \sqrt{1-\rho^2}$.
    """
    sigma = sp.sqrt(1 - rho**2)
    mean = rho * t * distribution(rho * t / sigma) + sigma * density(rho * t / sigma)
    return sp.Integral(t * density(t) * mean, (t, 0, sp.oo))


def rectified_square() -> sp.Expr:
    r"""$E[(u^+)^2] = \int_0^\infty t^2 \phi(t)\,dt$, one half."""
    return sp.Integral(t**2 * density(t), (t, 0, sp.oo))


def rectified() -> sp.Expr:
    r"""$E[u^+] = \int_0^\infty t \phi(t)\,dt$."""
    return sp.Integral(t * density(t), (t, 0, sp.oo))


def positive() -> sp.Expr:
    r"""$P(u > 0) = \int_0^\infty \phi(t)\,dt$, one half."""
    return sp.Integral(density(t), (t, 0, sp.oo))
