r"""A proven bound on how fast a function grows, so that the tail of an integral can be bounded.

For real x on one side of zero, $|f(x)| \leq c\,(1+|x|)^k e^{a|x| + b x^2}$ with $a, b \geq 0$.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce

import sympy as sp
from flint import arb

from symvar.errors import ArgumentError
from symvar.integrals.balls import ball_of, real_ball

_BOUNDED = {sp.tanh: 1, sp.erf: 1, sp.sin: 1, sp.cos: 1, sp.erfc: 2}
_LEAST = {sp.tanh: -1, sp.erf: -1, sp.sin: -1, sp.cos: -1, sp.erfc: 0, sp.exp: 0, sp.cosh: 1}
KNOWN = (*_BOUNDED, sp.exp, sp.log, sp.sinh, sp.cosh)
"""The functions of x that a bound is known for."""


_ZERO = arb(0)


@dataclass(frozen=True)
class Growth:
    """The constants of the bound.

    Args:
        c: the factor.
        k: the power of 1 + |x|.
        a: the rate in |x|.
        b: the rate in x².
    """

    c: arb
    k: int = 0
    a: arb = _ZERO
    b: arb = _ZERO

    def __add__(self, other: Growth) -> Growth:
        """The bound of a sum."""
        most = (max(self.k, other.k), _larger(self.a, other.a), _larger(self.b, other.b))
        return Growth(self.c + other.c, *most)

    def __mul__(self, other: Growth) -> Growth:
        """The bound of a product."""
        return Growth(self.c * other.c, self.k + other.k, self.a + other.a, self.b + other.b)

    def tail(self, start: float, mean: arb, deviation: arb) -> arb:
        r"""$\int_{|z| > L} |f(\mu + \sigma z)| \phi(z)\,dz$ at most, both sides bounded alike.

        With $(1+y)^k \leq k!\,e^{1+y}$ the exponent is $\alpha z - \beta z^2/2$ and a constant, so
        one side is $K e^{\alpha^2/(2\beta)} Q(\sqrt\beta (L - \alpha/\beta)) / \sqrt\beta$.
        """
        alpha, beta, factor = self.exponent(mean, deviation)
        distance = beta.sqrt() * (arb(start) - alpha / beta)
        return factor * (distance / arb(2).sqrt()).erfc() / beta.sqrt()

    def start(self, bits: int, mean: arb, deviation: arb) -> float:
        """Where the tail is about below 2^-bits: only a guess, `tail` proves it."""
        alpha, beta, factor = self.exponent(mean, deviation)
        excess = max(0.0, float(factor.log().mid())) if factor > 0 else 0.0
        reach = math.sqrt(2 * (bits * math.log(2) + excess)) + 1
        width = math.sqrt(float(beta.mid()))
        return float(alpha.mid()) / width**2 + reach / width

    def exponent(self, mean: arb, deviation: arb) -> tuple[arb, arb, arb]:
        r"""$\alpha$, $\beta$ and the factor $K e^{\alpha^2/(2\beta)}$.

        Raises:
            ArgumentError: where $e^{b x^2}$ outgrows the Gaussian.
        """
        beta = 1 - 2 * self.b * deviation**2
        if not beta > 0:
            raise ArgumentError(
                "expect",
                need="a function that grows slower than the Gaussian density falls",
                have=f"growth like exp({self.b.str(5)} x^2) under variance {(deviation**2).str(5)}",
                remedy="use a smaller variance",
            )
        rate = self.a + (1 if self.k else 0)
        size = abs(mean)
        alpha = rate * deviation + 2 * self.b * size * deviation
        constant = rate * size + self.b * size**2 + (1 if self.k else 0)
        factor = self.c * math.factorial(self.k) * constant.exp()
        return alpha, beta, factor * (alpha**2 / (2 * beta)).exp()


def growth(f: sp.Expr, x: sp.Symbol, side: int) -> Growth:
    """A bound for real x >= 0 (side 1) or x <= 0 (side -1).

    Raises:
        ArgumentError: for a function that no bound is known for, by its name.
    """
    if x not in f.free_symbols:
        return Growth(abs(ball_of(f)).upper())
    if f == x:
        return Growth(arb(1), 1)
    if isinstance(f, sp.Add):
        return reduce(Growth.__add__, (growth(each, x, side) for each in f.args))
    if isinstance(f, sp.Mul):
        return reduce(Growth.__mul__, (growth(each, x, side) for each in f.args))
    if isinstance(f, sp.Pow) and f.exp.is_Rational:
        return _power(f.base, f.exp, x, side)
    if f.func in _BOUNDED:
        return Growth(arb(_BOUNDED[f.func]))
    if isinstance(f, sp.exp):
        return _exponential(f.args[0], x, side)
    if isinstance(f, sp.sinh | sp.cosh):
        return _grown(growth(f.args[0], x, side), f)
    if isinstance(f, sp.log):
        depth = abs(_positive(f.args[0], x).log().min(arb(0))).upper()
        return Growth(depth) + growth(f.args[0], x, side)
    raise unbounded(f)


def _power(base: sp.Expr, exponent: sp.Rational, x: sp.Symbol, side: int) -> Growth:
    power = real_ball(exponent)
    if exponent < 0:
        return Growth((_positive(base, x) ** power).upper())
    inner = growth(base, x, side)
    factor = (inner.c**power).upper()
    return Growth(factor, math.ceil(inner.k * exponent), inner.a * power, inner.b * power)


def _exponential(inner: sp.Expr, x: sp.Symbol, side: int) -> Growth:
    poly = inner.as_poly(x)
    if poly is None or poly.degree() > 2:
        return _grown(growth(inner, x, side), sp.exp(inner))
    c, a, b = (real_ball(poly.nth(i)) for i in range(3))
    return Growth(c.exp(), 0, _larger(side * a, arb(0)), _larger(b, arb(0)))


def _grown(inner: Growth, f: sp.Expr) -> Growth:
    """The bound of exp of something at most inner: $(1+|x|)^2 = 1 + 2|x| + x^2$."""
    if inner.k > 2 or inner.a != 0 or inner.b != 0:
        raise unbounded(f)
    linear, square = ((0, 0), (1, 0), (2, 1))[inner.k]
    return Growth(inner.c.exp(), 0, linear * inner.c, square * inner.c)


def _positive(f: sp.Expr, x: sp.Symbol) -> arb:
    """A positive lower bound of |f| on the line, for quotients and logarithms."""
    least = _least(f, x)
    if least is None or not least > 0:
        raise ArgumentError(
            "expect",
            need="divisors and arguments of logarithms with a positive lower bound",
            have=f"{f}",
            remedy="write it as a positive constant plus terms that are never negative",
        )
    return least


def _least(f: sp.Expr, x: sp.Symbol) -> arb | None:
    """A lower bound on the line, where one is seen from the parts."""
    if x not in f.free_symbols:
        return real_ball(f)
    if isinstance(f, sp.Add | sp.Mul):
        parts = [part for part in (_least(each, x) for each in f.args) if part is not None]
        if len(parts) < len(f.args):
            return None
        if isinstance(f, sp.Add):
            return reduce(arb.__add__, parts)
        return reduce(arb.__mul__, parts) if all(part >= 0 for part in parts) else None
    if isinstance(f, sp.Pow) and f.exp.is_Integer and f.exp > 0:
        inner = _least(f.base, x)
        if inner is not None and inner >= 0:
            return inner ** int(f.exp)
        return arb(0) if f.exp % 2 == 0 else None
    return arb(_LEAST[f.func]) if f.func in _LEAST else None


def _larger(a: arb, b: arb) -> arb:
    return a.max(b)


def unbounded(f: sp.Expr) -> ArgumentError:
    """The refusal of a part that is none of `KNOWN`, by its name."""
    names = ", ".join(sorted(each.__name__ for each in KNOWN))
    return ArgumentError(
        "expect",
        need=f"polynomials, {names} and their sums, products and compositions",
        have=f"{f.func.__name__}, in {f}" if f.is_Function else str(f),
        remedy="rewrite it with these",
    )
