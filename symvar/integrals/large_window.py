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
    r"""$\tau^-_T\,2^T T^2/\pi$, continued to real T: $1 + O(1/T)$ (Laplace's method at zero)."""

    nargs = 1

    def _eval_is_positive(self) -> bool:
        return True

    def _eval_as_leading_term(self, x: sp.Symbol, logx: Any, cdir: Any) -> sp.Expr:
        leading = self.args[0].as_leading_term(x, logx=logx, cdir=cdir)
        return sp.Integer(1) if leading.subs(x, 0).is_infinite else self.func(leading)

    def _eval_aseries(self, n: int, args0: Any, x: sp.Symbol, logx: Any) -> sp.Expr:
        if args0[0] != sp.oo:
            return super()._eval_aseries(n, args0, x, logx)
        return 1 + sp.Order(1 / self.args[0], x)


def negative_part(window: sp.Expr) -> sp.Expr:
    r"""$\tau^-_T = \pi\,2^{-T} T^{-2} (1 + O(1/T))$, for $\Phi(-t) \approx e^{-2\phi(0)t}/2$."""
    return sp.pi * sp.Integer(2) ** -window / window**2 * near_one(window)
