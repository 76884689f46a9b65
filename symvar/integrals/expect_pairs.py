r"""$\mathrm{E}[f(u) f(v)]$ of two correlated Gaussians, by Mehler's series with a proven rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from flint import arb, ctx

from symvar.errors import ArgumentError
from symvar.integrals import gaussian
from symvar.integrals.arguments import common_correlation
from symvar.integrals.balls import real_ball
from symvar.integrals.expect_balls import expectation, hermite
from symvar.integrals.expectation import Expectation
from symvar.integrals.named import NamedConstant
from symvar.symbols import t

_MOST_TERMS = 256


class GaussianProduct(NamedConstant):
    r"""$\mathrm{E}[f(u) f(v)]$, u and v Gaussian of mean 0, variance q and correlation c.

    Mehler: $\sum_n a_n^2 c^n$, $a_n = \mathrm{E}[f(\sqrt q Z)\,\mathrm{He}_n(Z)]/\sqrt{n!}$. What
    is left out after n terms is at most $|c|^n (\mathrm{E}[f^2] - \sum_{k<n} a_k^2)$.

    Args:
        f: the function, an expression in x.
        x: its argument, a symbol, bound in f.
        variance: q.
        correlation: c.

    Raises:
        ArgumentError: as `expect`; a correlation outside [-1, 1].

    >>> from symvar.symbols import x
    >>> GaussianProduct(sp.tanh(x), x, 1, sp.Rational(1, 2)).evalf(15)
    0.186324413203448
    """

    def __new__(cls, f: Any, x: Any, variance: Any, correlation: Any) -> GaussianProduct:
        """Checks the arguments; the name stays unopened."""
        single = Expectation(f, x, variance)
        c = common_correlation(correlation, sp.Integer(2), "max")
        return super().__new__(cls, *single.args[:3], c)

    @property
    def single(self) -> Expectation:
        """$E[f(u)]$."""
        return Expectation(*self.args[:3])

    @property
    def free_symbols(self) -> set[sp.Basic]:
        """Those of the law, and of f but for its argument."""
        return self.single.free_symbols | self.args[3].free_symbols

    @property
    def bound_symbols(self) -> list[sp.Basic]:
        """The argument of f."""
        return [self.args[1]]

    def closed_form(self) -> sp.Expr | None:
        """At c = 0 and c = 1, where one Gaussian's expectation has a closed form."""
        f, x, variance, correlation = self.args
        if correlation == 0:
            mean = self.single.closed_form()
            return None if mean is None else mean**2
        return Expectation(f**2, x, variance).closed_form() if correlation == 1 else None

    def integral(self) -> sp.Expr:
        """The double integral over two independent normals."""
        f, x, variance, c = self.args
        other, scale = sp.Dummy("s", real=True), sp.sqrt(variance)
        u, v = scale * t, scale * (c * t + sp.sqrt(1 - c**2) * other)
        weight = gaussian.density(t) * gaussian.density(other)
        whole = ((each, -sp.oo, sp.oo) for each in (other, t))
        return sp.Integral(f.subs(x, u) * f.subs(x, v) * weight, *whole)

    def _ball(self) -> arb:
        f, x = self.args[:2]
        with ctx.extraprec(30):
            q, c = real_ball(self.args[2]), real_ball(self.args[3])
            square = expectation(f**2, x, q, arb(0))
            if self.args[3] in (-1, 1):
                return square if self.args[3] == 1 else expectation(f * f.subs(x, -x), x, q, arb(0))
            return _mehler(lambda n: expectation(f, x, q, arb(0), hermite(n)), square, c)

    def _eval_subs(self, old: sp.Basic, new: sp.Basic) -> sp.Expr | None:
        f, x, variance, correlation = self.args
        if old != x:
            return None
        return type(self)(f, x, variance.subs(old, new), correlation.subs(old, new))

    def _name(self, printer: Any) -> str:
        f, x, variance, correlation = map(printer._print, self.args)
        return rf"\operatorname{{K}}_{{{x} \mapsto {f}}}\left({variance}, {correlation}\right)"


def _mehler(coefficient: Callable[[int], arb], square: arb, c: arb) -> arb:
    """The series, until the rest is below the working precision."""
    small = arb(2) ** (-ctx.prec + 30)
    total, left, power = arb(0), square, arb(1)
    for n in range(_MOST_TERMS):
        rest = (abs(power) * left).upper()
        if rest < small or not rest.is_finite():
            return total + arb(0, rest)
        with ctx.extraprec(n):  # Hermite polynomials lose about a bit per order
            term = coefficient(n) ** 2
        total, left, power = total + term * power, left - term, power * c
    raise ArgumentError(
        "enclose",
        need=f"a correlation for which {_MOST_TERMS} terms of Mehler's series are enough",
        have=f"{c.str(5)}, with a rest of {rest.str(3)}",
        remedy="ask for fewer digits, or for a correlation further from 1",
    )
