"""Moments of maxima over windows whose units are normals of one common correlation and mean."""

from __future__ import annotations

from abc import abstractmethod
from functools import lru_cache
from typing import Any

import sympy as sp
from flint import arb, ctx

from symvar.integrals import closed, gaussian
from symvar.integrals.arguments import common_correlation, positive_integer
from symvar.integrals.balls import real_ball
from symvar.integrals.common_normals import Moments, moments
from symvar.integrals.expectation import Expectation
from symvar.integrals.named import NamedConstant
from symvar.integrals.order import rectified_mean
from symvar.integrals.pooling import gamma, tau
from symvar.symbols import t, x

_PAIR = sp.Integer(2)
_OF_ONE = sp.Max(0, x)


def window_mean(T: Any, rho: Any = 0, level: Any = 0) -> sp.Expr:
    r"""$\mathrm{E}[M^+]$, M the largest of T normals of variance 1, mean level and correlation rho.

    >>> window_mean(1).doit()
    sqrt(2)/(2*sqrt(pi))
    >>> window_mean(4, sp.Rational(1, 2)).evalf(12)
    0.822340065590
    """
    window, rho, level = _arguments(T, rho, level)
    window = sp.Integer(1) if rho == 1 else window
    if rho == 0 or window == 1:
        if level == 0:
            return rectified_mean(window).doit() if window == 1 else rectified_mean(window)
        return Expectation(_OF_ONE, x, 1, level, window)
    return CommonMean(window, rho, level)


def window_positive(T: Any, rho: Any = 0, level: Any = 0) -> sp.Expr:
    r"""$P(M > 0)$; at level 0 it is $T \gamma_T(\rho)$."""
    window, rho, level = _arguments(T, rho, level)
    window = sp.Integer(1) if rho == 1 else window
    if level == 0:
        return sp.Rational(1, 2) if window == 1 else window * gamma(window, "max", rho)
    if rho == 0 or window == 1:
        return 1 - gaussian.distribution(-level) ** window
    return CommonPositive(window, rho, level)


def window_square(T: Any, rho: Any = 0, level: Any = 0) -> sp.Expr:
    r"""$\mathrm{E}[(M^+)^2]$; at level 0 it is $\tau_T(\rho)$."""
    window, rho, level = _arguments(T, rho, level)
    window = sp.Integer(1) if rho == 1 else window
    if level == 0:
        return sp.Rational(1, 2) if window == 1 else tau(window, "max", rho)
    if rho == 0 or window == 1:
        return Expectation(_OF_ONE**2, x, 1, level, window)
    return CommonSquare(window, rho, level)


def window_product(T: Any, rho: Any, level: Any = 0, other: Any = None) -> sp.Expr:
    r"""$\mathrm{E}[M^+ M'^+]$ of two windows, every two units of correlation rho.

    >>> window_product(1, sp.Rational(1, 2)).doit()
    (sqrt(3)/2 + pi/3)/(2*pi)
    """
    window, rho, level, other = _pair(T, rho, level, other)
    if rho == 0:
        return window_mean(window, 0, level) * window_mean(other, 0, level)
    return window_square(1, 0, level) if rho == 1 else CommonProduct(window, rho, level, other)


def window_both(T: Any, rho: Any, level: Any = 0, other: Any = None) -> sp.Expr:
    r"""$P(M > 0, M' > 0)$ of two windows, every two units of correlation rho.

    >>> window_both(1, sp.Rational(1, 2)).doit()
    1/3
    """
    window, rho, level, other = _pair(T, rho, level, other)
    if rho == 0:
        return window_positive(window, 0, level) * window_positive(other, 0, level)
    return window_positive(1, 0, level) if rho == 1 else CommonBoth(window, rho, level, other)


def window_moments(T: sp.Expr, rho: sp.Expr, level: sp.Expr, other: sp.Expr) -> Moments:
    """All moments of two windows at flint's precision, kept, as theories ask for several."""
    return _moments(T, rho, level, other, ctx.prec)


@lru_cache(maxsize=1024)
def _moments(
    window: sp.Expr, rho: sp.Expr, level: sp.Expr, other: sp.Expr, precision: int
) -> Moments:
    return moments(int(window), int(other), real_ball(rho), real_ball(level))


class Common(NamedConstant):
    r"""A moment of one or two windows: $u_i = \mu + \sqrt\rho\,g + \sqrt{1-\rho}\,e_i$.

    Args:
        T: units of the window.
        rho: the correlation of any two units, of two windows too.
        level: their mean, in deviations.
        other: T', the units of the other window.
    """

    letter: str
    is_positive = True

    def __new__(cls, T: Any, rho: Any, level: Any, other: Any = None) -> Common:
        """Checks the arguments; the name stays unopened."""
        window, rho, level, other = _pair(T, rho, level, other)
        return super().__new__(cls, window, rho, level, other)

    @abstractmethod
    def found(self, of: Moments) -> arb:
        """The moment among all."""
        raise NotImplementedError

    @abstractmethod
    def given(self, shared: sp.Expr) -> sp.Expr:
        """Its mean given what the units share."""
        raise NotImplementedError

    def closed_form(self) -> sp.Expr | None:
        """None but for single units."""
        return None

    def integral(self) -> sp.Expr:
        """Over what all units share, and over the largest of the rest."""
        return sp.Integral(gaussian.density(t) * self.given(t), (t, -sp.oo, sp.oo))

    def _ball(self) -> arb:
        window, rho, level, other = self.args
        return self.found(window_moments(window, rho, level, other))

    def _over(self, window: sp.Expr, shared: sp.Expr, power: int) -> sp.Expr:
        r"""The mean of $(M^+)^k$ of a window given what its units share."""
        _, rho, level, _ = self.args
        own = sp.Dummy("s", real=True)
        value = level + sp.sqrt(rho) * shared + sp.sqrt(1 - rho) * own
        weight = window * gaussian.density(own) * gaussian.distribution(own) ** (window - 1)
        what = sp.Max(0, value) ** power if power else sp.Heaviside(value)
        return sp.Integral(what * weight, (own, -sp.oo, sp.oo))

    def _name(self, printer: Any) -> str:
        window, rho, level, other = map(printer._print, self.args)
        sizes = window if other == window else f"{window},{other}"
        given = rho if self.args[2] == 0 else f"{rho},{level}"
        return rf"{self.letter}_{{{sizes}}}\left({given}\right)"


class CommonMean(Common):
    r"""$\mathrm{E}[M^+]$."""

    letter = r"\mu^+"

    def found(self, of: Moments) -> arb:
        """The mean."""
        return of.mean

    def given(self, shared: sp.Expr) -> sp.Expr:
        """That of one window."""
        return self._over(self.args[0], shared, 1)


class CommonPositive(Common):
    r"""$P(M > 0)$."""

    letter = r"\pi^+"

    def found(self, of: Moments) -> arb:
        """The chance."""
        return of.positive

    def given(self, shared: sp.Expr) -> sp.Expr:
        """That of one window."""
        return self._over(self.args[0], shared, 0)


class CommonSquare(Common):
    r"""$\mathrm{E}[(M^+)^2]$."""

    letter = r"\tau"

    def found(self, of: Moments) -> arb:
        """The second moment."""
        return of.square

    def given(self, shared: sp.Expr) -> sp.Expr:
        """That of one window."""
        return self._over(self.args[0], shared, 2)


class CommonProduct(Common):
    r"""$\mathrm{E}[M^+ M'^+]$; of single units Cho and Saul's arc-cosine kernel."""

    letter = r"\chi"

    def found(self, of: Moments) -> arb:
        """The product's mean."""
        return of.product

    def given(self, shared: sp.Expr) -> sp.Expr:
        """Independent given what they share."""
        return self._over(self.args[0], shared, 1) * self._over(self.args[3], shared, 1)

    def closed_form(self) -> sp.Expr | None:
        """Of single units at level 0."""
        window, rho, level, other = self.args
        return closed.rectified_pair(rho) if (window, level, other) == (1, 0, 1) else None

    def _ball(self) -> arb:
        """At a ball of correlations: its centre's value, as the slope is below one half."""
        if self.closed_form() is None:
            return super()._ball()
        rho = real_ball(self.args[1])
        centre = arb(rho.mid())
        value = (1 - centre**2).sqrt() + centre * (arb.pi() / 2 + centre.asin())
        return value / (2 * arb.pi()) + arb(0, (arb(rho.rad()) / 2).upper())


class CommonBoth(Common):
    r"""$P(M > 0, M' > 0)$; of single units an orthant of two."""

    letter = r"\pi^{++}"

    def found(self, of: Moments) -> arb:
        """The chance of both."""
        return of.both

    def given(self, shared: sp.Expr) -> sp.Expr:
        """Independent given what they share."""
        return self._over(self.args[0], shared, 0) * self._over(self.args[3], shared, 0)

    def closed_form(self) -> sp.Expr | None:
        """Of single units at level 0."""
        window, rho, level, other = self.args
        if (window, level, other) != (1, 0, 1):
            return None
        return sp.Rational(1, 4) + sp.asin(rho) / (2 * sp.pi)

    def _ball(self) -> arb:
        opened = self.closed_form()
        return super()._ball() if opened is None else real_ball(opened)


def _arguments(T: Any, rho: Any, level: Any) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    window = positive_integer(T, "window T")
    return window, common_correlation(rho, window, "max"), sp.sympify(level)


def _pair(T: Any, rho: Any, level: Any, other: Any) -> tuple[sp.Expr, ...]:
    window = positive_integer(T, "window T")
    beside = window if other is None else positive_integer(other, "window T'")
    both = _PAIR if window == beside == 1 else window + beside
    return window, common_correlation(rho, both, "max"), sp.sympify(level), beside
