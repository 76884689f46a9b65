r"""Max- and average-pooling after a leaky rectifier, whose slope below zero is a symbol.

Units u, f(u) = u for u > 0 and a u below. For a >= 0 f is increasing, so the largest f(u) is f of
the largest u, M: above zero it counts as for ReLU, below zero a^2 times.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import arb

from symvar.integrals import closed, gaussian, quadrature
from symvar.integrals.arguments import nonnegative, pool_name, positive_integer
from symvar.integrals.composed import ComposedConstant
from symvar.integrals.large_window import negative_part
from symvar.integrals.named import NamedConstant
from symvar.integrals.pooling import gamma, tau


class tau_minus(NamedConstant):
    r"""$\tau^-_T = E[M^2; M < 0]$, M the largest of T standard normals: $E[M^2] = \tau + \tau^-$.

    By parts twice $2^{-T} - T(T-1) [2^{-T}/\pi - \tfrac12 (T-2) \int_0^\infty \phi^3 Q^{T-3}]$,
    Q = 1 - Phi; closed to T = 7, certified beyond.

    Raises:
        ArgumentError: T no positive integer.

    >>> tau_minus(3).doit()
    -3/(4*pi) + 1/8 + sqrt(3)/(4*pi)
    """

    def __new__(cls, T: Any) -> tau_minus:
        """Checks the argument; the name stays unopened."""
        return super().__new__(cls, positive_integer(T, "window T"))

    @property
    def window(self) -> sp.Expr:
        """How many units are pooled."""
        return self.args[0]

    def closed_form(self) -> sp.Expr | None:
        """The closed form, to T = 7."""
        return closed.negative_maximum(int(self.window)) if self.window.is_Integer else None

    def continued(self) -> sp.Expr:
        """For limits in T."""
        return negative_part(self.window)

    def integral(self) -> sp.Expr:
        r"""$T \int_0^\infty t^2 \phi(t)\,\Phi(-t)^{T-1} dt$."""
        return gaussian.minimum_moment(self.window)

    def _ball(self) -> arb:
        window = int(self.window)
        with quadrature.guarded(window):
            return quadrature.rectified_second_moment(window, -1)

    def _name(self, printer: Any) -> str:
        return rf"\tau^{{-}}_{{{printer._print(self.window)}}}"

    def _eval_is_positive(self) -> bool:
        return True


class _LeakyConstant(ComposedConstant):
    letter: str

    def __new__(cls, T: Any, slope: Any, pool: Any = "max") -> _LeakyConstant:
        """Checks the arguments; the name stays unopened."""
        window, name = positive_integer(T, "window T"), pool_name(pool)
        return super().__new__(cls, window, nonnegative(slope, "slope"), name)

    @property
    def window(self) -> sp.Expr:
        """How many units are pooled."""
        return self.args[0]

    @property
    def slope(self) -> sp.Expr:
        """The slope a below zero."""
        return self.args[1]

    @property
    def pool(self) -> str:
        """``"max"`` or ``"avg"``."""
        return self.args[2].name

    def _arguments(self) -> tuple[Any, ...]:
        return tuple(self.args[: 3 if self.pool != "max" else 2])

    def _name(self, printer: Any) -> str:
        above = r"^{\mathrm{lrelu}}" if self.pool == "max" else r"^{\mathrm{lrelu,avg}}"
        window, slope = map(printer._print, self.args[:2])
        return rf"{self.letter}{above}_{{{window}}}\left({slope}\right)"

    def _eval_is_positive(self) -> bool:
        return True


class leaky_tau(_LeakyConstant):
    r"""Forward constant after a leaky rectifier of slope a >= 0.

    Max-pooling $\tau_T + a^2 \tau^-_T$; average pooling
    $[(1+a^2)/2 + (T-1)(1-a)^2/(2\pi)]/T$, as E[f] = (1-a)/sqrt(2 pi). Independent units.

    Raises:
        ArgumentError: T no positive integer, a slope that may be negative, an unknown pool.

    >>> from symvar.symbols import slope_below
    >>> leaky_tau(2, slope_below).doit()
    -a**2/(2*pi) + a**2/4 + 1/(2*pi) + 3/4
    """

    letter = r"\tau"

    def parts(self) -> sp.Expr:
        """By ReLU's constants."""
        window, slope = self.window, self.slope
        if self.pool == "max":
            return tau(window) + slope**2 * tau_minus(window)
        apart = (window - 1) * (1 - slope) ** 2 / (2 * sp.pi)
        return ((1 + slope**2) / 2 + apart) / window

    def integral(self) -> sp.Expr:
        """Over both half-lines."""
        if self.pool == "max":
            return super().integral()
        window, slope = self.window, self.slope
        square, mean = gaussian.rectified_square(), gaussian.rectified()
        return ((1 + slope**2) * square + (window - 1) * (1 - slope) ** 2 * mean**2) / window


class leaky_gamma(_LeakyConstant):
    r"""Backward constant after a leaky rectifier of slope a >= 0, for windows that tile.

    Max-pooling $(1 - 2^{-T} + a^2 2^{-T})/T = \gamma_T + a^2 (1/T - \gamma_T)$; average pooling
    $(1 + a^2)/(2T^2)$. Independent units.

    Raises:
        ArgumentError: T no positive integer, a slope that may be negative, an unknown pool.

    >>> leaky_gamma(2, sp.Rational(1, 2)).doit()
    13/32
    """

    letter = r"\gamma"

    def parts(self) -> sp.Expr:
        """By ReLU's constants."""
        window, slope = self.window, self.slope
        if self.pool == "max":
            return gamma(window) + slope**2 * (1 / window - gamma(window))
        return (1 + slope**2) * gamma(window, "avg")
