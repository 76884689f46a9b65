"""The pooling constants of the paper: tau forward, gamma backward."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import sympy as sp
from flint import arb

from symvar.integrals import closed, gaussian, quadrature
from symvar.integrals.arguments import CLOSED_TO, common_correlation, pool_name, positive_integer
from symvar.integrals.balls import real_ball
from symvar.integrals.large_window import correlated_square, none_positive, square_of_largest
from symvar.integrals.named import NamedConstant

_EVERY = (0, sp.Rational(1, 2), 1)  # correlations at which gamma is closed for every T


class PoolingConstant(NamedConstant):
    """A constant of a window of T units under max- or average-pooling after ReLU.

    Args:
        T: the window's size, a positive integer or a symbol declared one.
        pool: ``"max"`` or ``"avg"``.
        rho: the units' common correlation; ``None`` and 0 are independent units.
    """

    letter: str
    slopes_close = False  # whether every derivative in rho is closed at rho = 0
    is_positive = True

    def __new__(cls, T: Any, pool: Any = "max", rho: Any = None) -> PoolingConstant:
        """Checks the arguments; the name stays unopened."""
        window, name = positive_integer(T, "window T"), pool_name(pool)
        return super().__new__(cls, window, name, common_correlation(rho, window, name.name))

    @property
    def window(self) -> sp.Expr:
        """How many units are pooled."""
        return self.args[0]

    @property
    def pool(self) -> str:
        """``"max"`` or ``"avg"``."""
        return self.args[1].name

    @property
    def rho(self) -> sp.Expr:
        """The units' common correlation, 0 where they are independent."""
        return self.args[2]

    def _arguments(self) -> tuple[Any, ...]:
        count = 3 if self.rho != 0 else 2 if self.pool != "max" else 1
        return tuple(self.args[:count])

    def _name(self, printer: Any) -> str:
        above = "" if self.pool == "max" else r"^{\mathrm{avg}}"
        given = "" if self.rho == 0 else rf"\left({printer._print(self.rho)}\right)"
        return rf"{self.letter}{above}_{{{printer._print(self.window)}}}{given}"

    def _eval_derivative(self, symbol: sp.Symbol) -> sp.Expr:
        """In rho."""
        if self.window.has(symbol):
            return super()._eval_derivative(symbol)
        if self.pool == "avg":
            return self.doit().diff(symbol)
        return self._slope() * self.rho.diff(symbol)

    @abstractmethod
    def _slope(self) -> sp.Expr:
        """The derivative in rho of max-pooling's constant."""
        raise NotImplementedError

    def _eval_as_leading_term(self, x: sp.Symbol, logx: Any, cdir: Any) -> sp.Expr:
        """Its value at x = 0: it is continuous in rho and positive, so limits in rho follow."""
        return self.subs(x, 0)

    def _eval_nseries(self, x: sp.Symbol, n: int, logx: Any, cdir: Any = 0) -> sp.Expr:
        """Of the closed form in rho, of the continued function in T."""
        opened = self._continued() if self.window.has(x) else self.closed_form()
        if opened is None and not (self.slopes_close and self.window.is_Integer):
            raise NotImplementedError(f"a series of {self}: no closed form is known")
        if opened is not None and not opened.has(sp.polylog):
            return opened._eval_nseries(x, n=n, logx=logx, cdir=cdir)
        return self.subs(x, 0) + _taylor(self, x, n)

    def _ball(self) -> arb:
        known = self.pool == "avg" or self.rho == 1 or self.rho.is_negative
        if known:
            return real_ball(self.doit())
        window = int(self.window)
        with quadrature.guarded(window):
            return self._maximum(window)

    @abstractmethod
    def _maximum(self, window: int) -> arb:
        """The ball for max-pooling, by a route of its own: never the closed form."""
        raise NotImplementedError


def _between_ends(rho: sp.Expr) -> bool:
    """A number between 0 and 1: a symbol's powers of T have no known order."""
    return bool(rho.is_number and rho.is_positive and (1 - rho).is_positive)


def _taylor(constant: PoolingConstant, x: sp.Symbol, n: int) -> sp.Expr:
    """Without its first term: a dilogarithm's derivatives are elementary, its series is not known.

    Raises:
        NotImplementedError: at an end of the range of rho, where there is a root.
    """
    total, slope = sp.Order(x**n, x), constant
    for power in range(1, n):
        slope = slope.diff(x).doit()
        value = slope.subs(x, 0).doit()
        if not value.is_finite:
            raise NotImplementedError("a series at an end of the correlations")
        total += sp.simplify(value) * x**power / sp.factorial(power)
    return total


class tau(PoolingConstant):
    r"""The forward pooling constant: E[z^2] of the pooled ReLU of unit-variance units.

    Max-pooling, asv, eq. (12): $\tau_T = T \int_0^\infty s^2 \phi(s) \Phi(s)^{T-1} ds$, closed to
    T = 7. Average pooling, asv, eq. (13): $\tau_T = (1 + (T-1)/\pi)/(2T)$. With a common
    correlation rho (not in the paper): average closed for every T, max closed to T = 5 and, for
    rho >= 0, certified beyond.

    Raises:
        ArgumentError: T no positive integer, an unknown pool, a rho that T units cannot have.

    >>> tau(4).doit()
    3/(4*pi) + 2*sqrt(3)/(3*pi) + 15/16
    >>> tau(4).evalf(30)
    1.54378501158570436999420997727
    >>> tau(3, "avg").doit()
    1/(3*pi) + 1/6
    """

    letter = r"\tau"

    def closed_form(self) -> sp.Expr | None:
        """The closed form: average pooling always, max-pooling to T = 7 (5 correlated), rho = 1."""
        if self.pool == "avg":
            return sp.expand(closed.rectified_average(self.window, self.rho))
        if self.rho == 1:
            return sp.Rational(1, 2)
        if not self.window.is_Integer:
            return None
        return closed.correlated_maximum(int(self.window), self.rho)

    def integral(self) -> sp.Expr:
        """The defining integral, asv, eq. (12) for independent max-pooled units."""
        window, rho = self.window, self.rho
        if rho == 1:
            return gaussian.rectified_square()
        if self.pool == "avg":
            return (
                gaussian.rectified_square() + (window - 1) * gaussian.rectified_product(rho)
            ) / window
        if rho == 0:
            return gaussian.maximum_moment(window, 2, sp.Integer(0))
        return gaussian.correlated_maximum(window, rho)

    def continued(self) -> sp.Expr | None:
        """The closed form; for max-pooled units a function of log T."""
        if self.pool == "avg" or self.rho == 1:
            return self.closed_form()
        if self.rho == 0:
            return square_of_largest(sp.log(self.window))
        return correlated_square(self.window, self.rho) if _between_ends(self.rho) else None

    def _slope(self) -> sp.Expr:
        r"""$1 - P_T$ is $T \gamma_T$, and the rest is elementary to T = 5."""
        window, variable = self.window, sp.Dummy(real=True)
        if window.is_Integer and 1 < window <= CLOSED_TO:
            rest = closed.tied(int(window), variable).diff(variable).subs(variable, self.rho)
            return window * gamma(window, "max", self.rho)._slope() + rest
        whole = tau(window, "max", variable).integral().diff(variable)
        return whole.subs(variable, self.rho)

    def _maximum(self, window: int) -> arb:
        if self.rho != 0:
            return quadrature.correlated_maximum(window, real_ball(self.rho))
        return quadrature.rectified_second_moment(window, 1)


class gamma(PoolingConstant):
    r"""The backward pooling constant, for windows that tile.

    Max-pooling, asv, eq. (15): $\gamma_T = (1 - 2^{-T})/T$. Average pooling, asv, eq. (16):
    $\gamma_T = 1/(2 T^2)$ at every rho. With a common correlation, max-pooling has
    $(1 - P_T(\rho))/T$, $P_T$ the probability that all T units are positive.

    Raises:
        ArgumentError: T no positive integer, an unknown pool, a rho that T units cannot have.

    >>> gamma(4).doit()
    15/64
    >>> gamma(4, "avg").doit()
    1/32
    """

    letter = r"\gamma"
    slopes_close = True

    def closed_form(self) -> sp.Expr | None:
        """The closed form; ``None`` where P_T has none, and where 2^-T has over a million bits."""
        if self.pool == "avg":
            return 1 / (2 * self.window**2)
        return closed.backward_maximum(self.window, self.rho)

    def integral(self) -> sp.Expr:
        """The share of windows with a positive unit, each counted over its T inputs."""
        window, rho = self.window, self.rho
        if self.pool == "avg":
            return gaussian.positive() / window**2
        if rho == 1:
            return gaussian.positive() / window
        return (1 - gaussian.all_positive(window, rho)) / window

    def continued(self) -> sp.Expr | None:
        """The closed form, where every T has one."""
        if self.pool == "avg" or self.rho in _EVERY:
            return self.closed_form()
        if not _between_ends(self.rho):
            return None
        return (1 - none_positive(self.window, self.rho)) / self.window

    def _slope(self) -> sp.Expr:
        r"""Plackett's: two units tied at zero, the other T - 2 positive given that.

        $P_T' = \binom T2 P_{T-2}(\tfrac{\rho}{1+2\rho})/(2\pi\sqrt{1-\rho^2})$; P is $1 - T\gamma$.
        """
        window, rho, fewer = self.window, self.rho, self.window - 2
        others = sp.Integer(1)
        if window != 2:
            if not fewer.is_positive:
                return self.integral().diff(rho)
            others -= fewer * gamma(fewer, "max", rho / (1 + 2 * rho))
        return -(window - 1) * others / (4 * sp.pi * sp.sqrt(1 - rho**2))

    def _maximum(self, window: int) -> arb:
        positive = (
            arb(2) ** -window
            if self.rho == 0
            else quadrature.all_positive(window, real_ball(self.rho))
        )
        return (1 - positive) / window
