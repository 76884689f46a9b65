"""The expectation of a function of a Gaussian: in closed form, or under a name that has digits."""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import arb, ctx

from symvar.errors import ArgumentError
from symvar.integrals import expect_balls, gaussian, quadrature
from symvar.integrals.arguments import positive_integer
from symvar.integrals.balls import real_ball
from symvar.integrals.expect_closed import closed_form
from symvar.integrals.expect_growth import KNOWN
from symvar.integrals.expect_pieces import KINKED
from symvar.integrals.named import NamedConstant
from symvar.symbols import t
from symvar.symbols import x as argument


def expect(f: Any, x: Any, variance: Any = 1, mean: Any = 0) -> sp.Expr:
    r"""$\mathrm{E}[f(x)]$ for x Gaussian.

    Closed for polynomials, exp of quadratics, erf (up to two factors) and their products, and for
    the first two between the kinks of Abs, Max, Min, sign and Piecewise. Any other function made
    of these, tanh, log, sinh, cosh, sin, cos and quotients stays an `Expectation`.

    Args:
        f: the function, an expression in x.
        x: its argument, a symbol.
        variance: of x, a number or an expression, at least 0.
        mean: of x.

    Raises:
        ArgumentError: for what is no expression or no law, and for a function that no bound is
            known for, by its name.

    >>> from symvar.symbols import forward as q, x
    >>> expect(sp.Max(0, x)**2, x, q)
    q^{(\ell)}/2
    >>> expect(sp.erf(x)**2, x, q)
    2*asin(2*q^{(\ell)}/(2*q^{(\ell)} + 1))/pi
    >>> expect(sp.tanh(x)**2, x)
    Expectation(tanh(x)**2, x, 1, 0, 1)
    >>> expect(sp.tanh(x)**2, x).evalf(20)
    0.39429449039784117442
    """
    return Expectation(f, x, variance, mean).doit()


class Expectation(NamedConstant):
    r"""$\mathrm{E}[f(\mu + \sqrt{q}\,M_T)]$, $M_T$ the largest of T standard normals; T = 1: x.

    Args:
        f: the function, an expression in x.
        x: its argument, a symbol, bound in f.
        variance: q.
        mean: the mean of the Gaussian.
        window: T.

    Raises:
        ArgumentError: as `expect`.

    >>> from symvar.symbols import x
    >>> Expectation(x**2, x, 1, 0, 4).evalf(20)
    1.5513288954217920495
    """

    def __new__(
        cls, f: Any, x: Any, variance: Any = 1, mean: Any = 0, window: Any = 1
    ) -> Expectation:
        """Checks the arguments; the name stays unopened."""
        symbol = _symbol(x)
        function = _real(f, "f", {symbol}).xreplace({symbol: argument})
        _require_known(function)
        law = _variance(variance), _real(mean, "mean", set())
        return super().__new__(cls, function, argument, *law, positive_integer(window, "window"))

    @property
    def function(self) -> sp.Expr:
        """f, in `variable`."""
        return self.args[0]

    @property
    def variable(self) -> sp.Symbol:
        """The bound argument of f."""
        return self.args[1]

    @property
    def variance(self) -> sp.Expr:
        """The variance q of each Gaussian."""
        return self.args[2]

    @property
    def mean(self) -> sp.Expr:
        """The mean of each Gaussian."""
        return self.args[3]

    @property
    def window(self) -> sp.Expr:
        """How many Gaussians the maximum is over."""
        return self.args[4]

    @property
    def free_symbols(self) -> set[sp.Basic]:
        """Those of the law, and of f but for its argument."""
        law = self.variance.free_symbols | self.mean.free_symbols | self.window.free_symbols
        return law | (self.function.free_symbols - {self.variable})

    @property
    def bound_symbols(self) -> list[sp.Basic]:
        """The argument of f."""
        return [self.variable]

    def closed_form(self) -> sp.Expr | None:
        """The closed form of one Gaussian's expectation, where one is known; at q = 0 f(mean)."""
        if self.variance == 0:
            return self.function.subs(self.variable, self.mean)
        if self.window != 1:
            return None
        return closed_form(self.function, self.variable, self.variance, self.mean)

    def integral(self) -> sp.Expr:
        """The defining integral over the whole line."""
        point = self.mean + sp.sqrt(self.variance) * t
        value = self.function.subs(self.variable, point)
        density = self.window * gaussian.density(t) * gaussian.distribution(t) ** (self.window - 1)
        return sp.Integral(value * density, (t, -sp.oo, sp.oo))

    def _ball(self) -> arb:
        if self.variance == 0:
            return real_ball(self.doit())
        window = int(self.window)
        with quadrature.guarded(window), ctx.extraprec(20):
            law = real_ball(self.variance), real_ball(self.mean)
            if law[0] < 0:
                raise _negative(self.variance)
            weight = None if window == 1 else expect_balls.maximum(window)
            return expect_balls.expectation(self.function, self.variable, *law, weight)

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.function.is_nonnegative else None

    def _eval_subs(self, old: sp.Basic, new: sp.Basic) -> sp.Expr | None:
        if old != self.variable:
            return None
        law = (each.subs(old, new) for each in self.args[2:])
        return type(self)(self.function, self.variable, *law)

    def _name(self, printer: Any) -> str:
        f, law = printer._print(self.function), printer._print(self.variance)
        name, mean = printer._print(self.variable), printer._print(self.mean)
        maximum = "" if self.window == 1 else rf"\max_{{{printer._print(self.window)}}}\,"
        return (
            rf"\operatorname{{E}}_{{{name} \sim {maximum}\mathcal{{N}}\left({mean}, {law}\right)}}"
            rf"\left[{f}\right]"
        )


def _symbol(x: Any) -> sp.Symbol:
    if isinstance(x, sp.Symbol):
        return x
    raise ArgumentError("x", need="a symbol", have=repr(x), remedy="use symvar.symbols.x")


def _real(value: Any, where: str, bound: set[sp.Symbol]) -> sp.Expr:
    try:
        expr = sp.sympify(value, strict=True)
    except sp.SympifyError:
        expr = None
    if isinstance(expr, sp.Expr) and (_named(expr) or _may_be_real(expr)):
        return expr.xreplace({each: sp.Rational(each) for each in expr.atoms(sp.Float)})
    need = "a real expression" + (f" in {', '.join(map(str, bound))}" if bound else "")
    raise ArgumentError(where, need=need, have=repr(value), remedy="build it with sympy")


def _named(expr: sp.Expr) -> bool:
    """Whether a name is in it: sympy would ask for its digits to tell the sign; balls do later."""
    return expr.has(NamedConstant)


def _may_be_real(expr: sp.Expr) -> bool:
    return expr.is_finite is not False and expr.is_real is not False


def _variance(value: Any) -> sp.Expr:
    expr = _real(value, "variance", set())
    undeclared = expr.is_Symbol and not expr.is_nonnegative
    if not undeclared and (_named(expr) or not expr.is_negative):
        return expr
    raise _negative(expr)


def _negative(variance: sp.Expr) -> ArgumentError:
    remedy = "declare the symbol positive" if variance.free_symbols else "use variance >= 0"
    return ArgumentError("variance", need="at least 0", have=str(variance), remedy=remedy)


def _require_known(f: sp.Expr) -> None:
    """Refuse a function of the argument that no bound is known for, by its name."""
    known = (*KNOWN, *KINKED, NamedConstant)
    for part in sp.preorder_traversal(f):
        unknown = isinstance(part, sp.Function) and not isinstance(part, known)
        if unknown and argument in part.free_symbols:
            raise ArgumentError(
                "f",
                need=f"functions known to expect: {_names()}",
                have=f"{part.func}, in {part}",
                remedy="rewrite it with these",
            )


def _names() -> str:
    return ", ".join(sorted(each.__name__ for each in (*KNOWN, *KINKED)))
