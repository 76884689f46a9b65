r"""Moments of the largest of T normals as functions of a real T, for sympy's limits.

sympy takes a limit at infinity by a comparison of growth, and asks each function for its expansion
there. With $y = \log T$ and $c = 2y + 2\gamma - \log 2\pi$ the expansion of
`symvar.integrals.asymptotic`, $w + \log w = c$ solved, reads

$$c - \log c + \frac{\log c - 2}{c} +
  \frac{\tfrac12 \log^2 c - 3 \log c + 7 + \pi^2/3}{c^2} + O\!\left(\frac{\log^3 c}{c^3}\right).$$
"""

from __future__ import annotations

from typing import Any

import sympy as sp


class square_of_largest(sp.Function):
    r"""$\tau_{e^y}$, continued to real y: what a limit in T makes of `tau`.

    >>> y = sp.Symbol("y", positive=True)
    >>> sp.limit(square_of_largest(y) / y, y, sp.oo)
    2
    """

    nargs = 1

    def _eval_is_positive(self) -> bool:
        return True

    def _power(self, x: sp.Symbol) -> sp.Expr:
        """The argument, which must grow like a power: sympy drops terms beside a logarithm's."""
        if any(each.has(x) for each in self.args[0].atoms(sp.log)):
            raise NotImplementedError("an expansion in a logarithm")
        return self.args[0]

    def _eval_as_leading_term(self, x: sp.Symbol, logx: Any, cdir: Any) -> sp.Expr:
        leading = self._power(x).as_leading_term(x, logx=logx, cdir=cdir)
        return 2 * leading if leading.subs(x, 0).is_infinite else self.func(leading)

    def _eval_aseries(self, n: int, args0: Any, x: sp.Symbol, logx: Any) -> sp.Expr:
        if args0[0] != sp.oo:
            return super()._eval_aseries(n, args0, x, logx)
        y = self._power(x)
        c = 2 * y + 2 * sp.EulerGamma - sp.log(2 * sp.pi)
        bend = sp.log(c)
        terms = (
            c - bend,
            (bend - 2) / c,
            (bend**2 / 2 - 3 * bend + 7 + sp.pi**2 / 3) / c**2,
        )
        kept = sp.Add(*terms[: max(1, min(n, len(terms)))])
        rest = sp.Order(sp.log(y) ** min(n, 3) / y ** min(n, 3), x)
        return kept._eval_nseries(x, n, logx) + rest


class mean_of_largest(sp.Function):
    r"""$\mathrm{E}[M_{e^y}]$, continued to real y: $\sqrt c\,(1 + O(\log c/c))$."""

    nargs = 1

    def _eval_is_positive(self) -> bool:
        return True

    def _eval_as_leading_term(self, x: sp.Symbol, logx: Any, cdir: Any) -> sp.Expr:
        if any(each.has(x) for each in self.args[0].atoms(sp.log)):
            raise NotImplementedError("an expansion in a logarithm")
        leading = self.args[0].as_leading_term(x, logx=logx, cdir=cdir)
        return sp.sqrt(2 * leading) if leading.subs(x, 0).is_infinite else self.func(leading)

    def _eval_aseries(self, n: int, args0: Any, x: sp.Symbol, logx: Any) -> sp.Expr:
        if args0[0] != sp.oo:
            return super()._eval_aseries(n, args0, x, logx)
        y = self.args[0]
        return sp.sqrt(2 * y) + sp.Order(sp.log(y) / sp.sqrt(y), x)


class variance_of_largest(sp.Function):
    r"""$\mathrm{Var}\,M_{e^y}$, continued to real y: $\pi^2/(12 y)\,(1 + O(\log y/y))$, Gumbel's.

    >>> y = sp.Symbol("y", positive=True)
    >>> sp.limit(y * variance_of_largest(y), y, sp.oo)
    pi**2/12
    """

    nargs = 1

    def _eval_is_positive(self) -> bool:
        return True

    def _eval_as_leading_term(self, x: sp.Symbol, logx: Any, cdir: Any) -> sp.Expr:
        if any(each.has(x) for each in self.args[0].atoms(sp.log)):
            raise NotImplementedError("an expansion in a logarithm")
        leading = self.args[0].as_leading_term(x, logx=logx, cdir=cdir)
        if leading.subs(x, 0).is_infinite:
            return sp.pi**2 / (12 * leading)
        return self.func(leading)

    def _eval_aseries(self, n: int, args0: Any, x: sp.Symbol, logx: Any) -> sp.Expr:
        if args0[0] != sp.oo:
            return super()._eval_aseries(n, args0, x, logx)
        y = self.args[0]
        return sp.pi**2 / (12 * y) + sp.Order(sp.log(y) / y**2, x)


class near_one(sp.Function):
    r"""What is $1 + O(\log x / x)$ of a large x, continued to real x.

    Args:
        x: T or log T.
        which: a number; different factors have different ones, so that they do not cancel.
    """

    nargs = 2

    def _eval_is_positive(self) -> bool:
        return True

    def _eval_as_leading_term(self, x: sp.Symbol, logx: Any, cdir: Any) -> sp.Expr:
        size, which = self.args
        if any(each.has(x) for each in size.atoms(sp.log)):
            raise NotImplementedError("an expansion in a logarithm")
        leading = size.as_leading_term(x, logx=logx, cdir=cdir)
        return sp.Integer(1) if leading.subs(x, 0).is_infinite else self.func(leading, which)

    def _eval_aseries(self, n: int, args0: Any, x: sp.Symbol, logx: Any) -> sp.Expr:
        if args0[0] != sp.oo:
            return super()._eval_aseries(n, args0, x, logx)
        size = self.args[0]
        return 1 + sp.Order(sp.log(size) / size, x)


def negative_part(window: sp.Expr) -> sp.Expr:
    r"""$\tau^-_T = \pi\,2^{-T} T^{-2} (1 + O(1/T))$, for $\Phi(-t) \approx e^{-2\phi(0)t}/2$."""
    return sp.pi * sp.Integer(2) ** -window / window**2 * near_one(window, 0)


def negative_mean(window: sp.Expr) -> sp.Expr:
    r"""$\mathrm{E}[M_T^-] = \int_0^\infty \Phi(-t)^T dt = \sqrt{\pi/2}\,2^{-T}/T\,(1 + O(1/T))$."""
    return sp.sqrt(sp.pi / 2) * sp.Integer(2) ** -window / window * near_one(window, 1)


def largest_absolute(window: sp.Expr, power: int) -> sp.Expr:
    r"""The largest of T absolute values: nearly the largest of 2T normals.

    $\mathrm{E}|M|^k - \mathrm{E} M_{2T}^k = \int k s^{k-1} [\Phi^{2T} - (2\Phi-1)^T] ds$, where the
    bracket is about $T Q^2 e^{-2TQ}$ and $ds = -dQ/(Q s)$: with $s^2 \approx 2 \log T$ that is
    $1/(2T)$ for k = 2 and $1/(4 T \sqrt{2 \log T})$ for k = 1, to a factor $1 + O(1/\log T)$.
    """
    y = sp.log(window)
    if power == 2:
        return square_of_largest(sp.log(2 * window)) + near_one(y, 2) / (2 * window)
    return mean_of_largest(sp.log(2 * window)) + near_one(y, 3) / (4 * window * sp.sqrt(2 * y))


def none_positive(window: sp.Expr, rho: sp.Expr) -> sp.Expr:
    r"""$P_T(\rho)$, the chance that all T units have one sign, $0 < \rho < 1$ (Laplace's method).

    With $\beta = (1-\rho)/\rho$ it is $\int (1-Q(x))^T \phi(\sqrt\beta x) \sqrt\beta\,dx$; put
    $e^{-x^2/2} = \sqrt{2\pi}\,x Q$ and $dx = -dQ/(xQ)$, x about $\sqrt{2 \log T}$:
    $\sqrt\beta\,\Gamma(\beta) (4 \pi \log T)^{(\beta-1)/2} T^{-\beta}$, to a factor
    $1 + O(\log\log T/\log T)$.
    """
    y, beta = sp.log(window), (1 - rho) / rho
    factor = sp.sqrt(beta) * sp.gamma(beta) * (4 * sp.pi * y) ** ((beta - 1) / 2)
    return factor * window**-beta * near_one(y, 4)


def correlated_square(window: sp.Expr, rho: sp.Expr) -> sp.Expr:
    r"""$\tau_T(\rho)$, $0 < \rho < 1$: the largest unit is $\sqrt\rho\,g + \sqrt{1-\rho}\,M_T$.

    Its square has mean $\rho + (1-\rho) \mathrm{E} M_T^2$; the part below zero is about
    $P_T(\rho)\,\rho^2/((1-\rho) \log T)$: beyond the chance each level costs
    $e^{-\sqrt{1-\rho}\,x s/\rho}$, and $\int 2 s\,e^{-a s} ds = 2/a^2$.
    """
    y = sp.log(window)
    square = square_of_largest(y) + negative_part(window)
    below = none_positive(window, rho) * rho**2 / ((1 - rho) * y) * near_one(y, 5)
    return rho + (1 - rho) * square - below


def standardised_excess() -> sp.Expr:
    r"""$\mathrm{E}[((G - \gamma)^+)^2]\,6/\pi^2$, G of Gumbel's law: the limit of `normalised_tau`.

    With $a = e^{-\gamma}$ it is
    $\int_0^\infty 2x (1 - e^{-a e^{-x}}) dx = 2 \sum_n (-1)^{n+1} a^n / (n!\,n^2)$.
    """
    a = sp.exp(-sp.EulerGamma)
    return 12 / sp.pi**2 * a * sp.hyper((1, 1, 1), (2, 2, 2), -a)


def chance_above_mean() -> sp.Expr:
    r"""$\Pr[G > \gamma] = 1 - e^{-e^{-\gamma}}$, G of Gumbel's law."""
    return 1 - sp.exp(-sp.exp(-sp.EulerGamma))
