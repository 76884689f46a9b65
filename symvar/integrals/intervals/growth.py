r"""A proven bound on an integrand far out, in intervals.

For real x on one side of zero, $|f(x)| \le c\,(1+|x|)^k e^{a|x| + b x^2}$, and beyond L, as
$(1+x)^k \le k!\,e^{1+x}$, with $\alpha = a + 1$ (a, if k = 0) and $2bL + \alpha < 0$,

$$\int_L^\infty |f| \le c\,k!\,e\,\frac{e^{\alpha L + b L^2}}{-(\alpha + 2bL)}.$$
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import sympy as sp

from symvar.errors import ArgumentError
from symvar.integrals.intervals import numbers
from symvar.integrals.intervals.algebra import unknown
from symvar.integrals.intervals.numbers import Interval

Constant = Callable[[sp.Expr], Interval]

_BOUNDED = {sp.tanh: 1, sp.erf: 1, sp.sin: 1, sp.cos: 1, sp.erfc: 2}
_LEAST = {sp.tanh: -1, sp.erf: -1, sp.sin: -1, sp.cos: -1, sp.erfc: 0, sp.exp: 0, sp.cosh: 1}
_ODD = (sp.tanh, sp.erf, sp.sinh)  # and rising, so nowhere negative where x is not


@dataclass(frozen=True)
class Growth:
    """The constants of the bound.

    Args:
        c: the factor.
        k: the power of 1 + |x|.
        a: the rate in |x|, of either sign.
        b: the rate in x^2, of either sign.
    """

    c: Interval
    k: int
    a: Interval
    b: Interval

    def __add__(self, other: Growth) -> Growth:
        """The bound of a sum."""
        rates = (_larger(self.a, other.a), _larger(self.b, other.b))
        return Growth(self.c + other.c, max(self.k, other.k), *rates)

    def __mul__(self, other: Growth) -> Growth:
        """The bound of a product."""
        return Growth(self.c * other.c, self.k + other.k, self.a + other.a, self.b + other.b)

    def tail(self, start: int) -> Interval | None:
        """The integral beyond so far out, at most; ``None`` where the bound does not fall yet."""
        rate = self.a + (1 if self.k else 0)
        fall = -(rate + 2 * self.b * start)
        if not numbers.ends(fall)[0] > 0:
            return None
        factor = self.c * math.factorial(self.k) * (numbers.exp(numbers.ratio(1)) if self.k else 1)
        return factor * numbers.exp(rate * start + self.b * start**2) / fall


def growth(f: sp.Expr, x: sp.Symbol, side: int, constant: Constant) -> Growth:
    """A bound for real x >= 0 (side 1) or x <= 0 (side -1).

    Raises:
        ArgumentError: for a function that no bound is known for, by its name.
    """
    zero = numbers.ratio(0)

    def bound(part: sp.Expr) -> Growth:
        if x not in part.free_symbols:
            return Growth(_upper(abs(constant(part))), 0, zero, zero)
        if part == x:
            return Growth(numbers.ratio(1), 1, zero, zero)
        if isinstance(part, sp.Add):
            return reduce(Growth.__add__, map(bound, part.args))
        if isinstance(part, sp.Mul):
            return reduce(Growth.__mul__, map(bound, part.args))
        if isinstance(part, sp.exp):
            return exponential(part.args[0], part)
        if isinstance(part, sp.Pow) and part.exp.is_Rational:
            return raised(bound, part)
        if part.func in _BOUNDED:
            return Growth(numbers.ratio(_BOUNDED[part.func]), 0, zero, zero)
        if isinstance(part, sp.sinh | sp.cosh):
            return grown(bound(part.args[0]), part)
        if isinstance(part, sp.log):
            depth = abs(numbers.log(_positive(part.args[0], x, side, constant)))
            return Growth(_upper(depth), 0, zero, zero) + bound(part.args[0])
        raise unknown(part)

    def raised(inside: Callable[[sp.Expr], Growth], part: sp.Expr) -> Growth:
        power = constant(part.exp)
        if part.exp < 0:
            least = _positive(part.base, x, side, constant)
            return Growth(_upper(numbers.exp(power * numbers.log(least))), 0, zero, zero)
        inner = inside(part.base)
        factor = (
            inner.c ** int(part.exp)
            if part.exp.is_Integer
            else numbers.exp(power * numbers.log(inner.c))
        )
        return Growth(factor, math.ceil(inner.k * part.exp), inner.a * power, inner.b * power)

    def exponential(inner: sp.Expr, part: sp.Expr) -> Growth:
        poly = inner.as_poly(x)
        if poly is None or poly.degree() > 2:
            return grown(bound(inner), part)
        c, a, b = (constant(poly.nth(power)) for power in range(3))
        return Growth(_upper(numbers.exp(c)), 0, _upper(side * a), _upper(b))

    def grown(inner: Growth, part: sp.Expr) -> Growth:
        """Of exp of something at most inner: (1+|x|)^2 = 1 + 2|x| + x^2."""
        flat = all(numbers.ends(rate)[1] <= 0 for rate in (inner.a, inner.b))
        if inner.k > 2 or not flat:
            raise unknown(part)
        linear, square = ((0, 0), (1, 0), (2, 1))[inner.k]
        return Growth(_upper(numbers.exp(inner.c)), 0, linear * inner.c, square * inner.c)

    return bound(f)


def _positive(f: sp.Expr, x: sp.Symbol, side: int, constant: Constant) -> Interval:
    """A positive lower bound of f on the side, for quotients and logarithms."""
    least = _least(f, x, side, constant)
    if least is None or not numbers.ends(least)[0] > 0:
        raise ArgumentError(
            "expect",
            need="divisors and arguments of logarithms with a positive lower bound",
            have=f"{f}",
            remedy="write it as a positive constant plus terms that are never negative",
        )
    return least


def _least(f: sp.Expr, x: sp.Symbol, side: int, constant: Constant) -> Interval | None:
    """A lower bound on the side, where one is seen from the parts."""
    if x not in f.free_symbols:
        return constant(f)
    if f == x:
        return numbers.ratio(0) if side > 0 else None
    if isinstance(f, sp.exp):
        return numbers.ratio(0)
    if isinstance(f, sp.Add | sp.Mul):
        parts = [_least(each, x, side, constant) for each in f.args]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        if isinstance(f, sp.Add):
            return sum(known[1:], known[0])
        if any(numbers.ends(part)[0] < 0 for part in known):
            return None
        return reduce(lambda one, other: one * other, known)
    if isinstance(f, sp.Pow) and f.exp.is_Integer and f.exp > 0:
        inner = _least(f.base, x, side, constant)
        if inner is not None and numbers.ends(inner)[0] >= 0:
            return inner ** int(f.exp)
        return numbers.ratio(0) if f.exp % 2 == 0 else None
    if f.func in _ODD:
        inner = _least(f.args[0], x, side, constant)
        if inner is not None and numbers.ends(inner)[0] >= 0:
            return numbers.ratio(0)
    return numbers.ratio(_LEAST[f.func]) if f.func in _LEAST else None


def _larger(one: Interval, other: Interval) -> Interval:
    return one if numbers.ends(one)[1] >= numbers.ends(other)[1] else other


def _upper(value: Interval) -> Interval:
    return numbers.hull(value.b, value.b)
