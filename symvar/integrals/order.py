"""Moments of the largest of T independent standard normals."""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import arb

from symvar.integrals import closed, gaussian, quadrature
from symvar.integrals.arguments import positive_integer
from symvar.integrals.composed import ComposedConstant
from symvar.integrals.large_window import (
    mean_of_largest,
    negative_mean,
    negative_part,
    square_of_largest,
    variance_of_largest,
)
from symvar.integrals.moment import MomentConstant
from symvar.integrals.named import NamedConstant


class order_moment(MomentConstant):
    r"""$E[M_T^k] = T \int s^k \phi(s) \Phi(s)^{T-1} ds$, M_T the largest of T normals, k = 1, 2.

    Closed to T = 7 (k = 1) and 8 (k = 2): by parts once or twice, $\phi^2$ and $\phi^3$ are normal
    densities of variance 1/2 and 1/3, and what is left are orthant probabilities, with
    dilogarithms from T = 6 and 7 on. Certified beyond.

    Raises:
        ArgumentError: T no positive integer, or k neither 1 nor 2.

    >>> order_moment(3, 1).doit()
    3/(2*sqrt(pi))
    >>> order_moment(4, 2).doit()
    sqrt(3)/pi + 1
    """

    def closed_form(self) -> sp.Expr | None:
        """The closed form, to T = 7 for the mean and T = 8 for the second moment."""
        if not self.window.is_Integer:
            return None
        form = closed.first_moment if self.power == 1 else closed.second_moment
        return form(int(self.window))

    def continued(self) -> sp.Expr:
        """For limits in T."""
        if self.power == 1:
            return mean_of_largest(sp.log(self.window))
        return square_of_largest(sp.log(self.window)) + negative_part(self.window)

    def integral(self) -> sp.Expr:
        """The defining integral over the whole line."""
        return gaussian.maximum_moment(self.window, self.power, -sp.oo)

    def _ball(self) -> arb:
        window = int(self.window)
        if window == self.power == 1:
            return arb(0)
        with quadrature.guarded(window):
            parts = (
                quadrature.rectified_first_moment
                if self.power == 1
                else quadrature.rectified_second_moment
            )
            negative = parts(window, -1)
            return parts(window, 1) + (negative if self.power == 2 else -negative)

    def _name(self, printer: Any) -> str:
        power = "" if self.power == 1 else "^{2}"
        return rf"\mathrm{{E}}\left[M_{{{printer._print(self.window)}}}{power}\right]"

    def _eval_is_nonnegative(self) -> bool:
        return True


class order_variance(ComposedConstant):
    r"""$\mathrm{Var}\,M_T = E[M_T^2] - E[M_T]^2$, M_T the largest of T; closed to T = 7.

    Raises:
        ArgumentError: T no positive integer.

    >>> order_variance(2).doit()
    1 - 1/pi
    """

    def __new__(cls, T: Any) -> order_variance:
        """Checks the argument; the name stays unopened."""
        return super().__new__(cls, positive_integer(T, "T"))

    @property
    def window(self) -> sp.Expr:
        """How many normals the maximum is over."""
        return self.args[0]

    def parts(self) -> sp.Expr:
        """By the first two moments."""
        return order_moment(self.window, 2) - order_moment(self.window, 1) ** 2

    def continued(self) -> sp.Expr:
        """For limits in T."""
        return variance_of_largest(sp.log(self.window))

    def _name(self, printer: Any) -> str:
        return rf"\mathrm{{Var}}\left[M_{{{printer._print(self.window)}}}\right]"

    def _eval_is_positive(self) -> bool:
        return True


class rectified_mean(NamedConstant):
    r"""$E[\max(0, M_T)] = T \int_0^\infty s\,\phi(s) \Phi(s)^{T-1} ds$.

    By parts $T [2^{1-T} \phi(0) + (T-1) \int_0^\infty \phi^2 \Phi^{T-2}]$; closed to T = 6,
    certified beyond.

    Raises:
        ArgumentError: T no positive integer.

    >>> rectified_mean(2).doit()
    1/(2*sqrt(pi)) + sqrt(2)/(2*sqrt(pi))
    """

    def __new__(cls, T: Any) -> rectified_mean:
        """Checks the argument; the name stays unopened."""
        return super().__new__(cls, positive_integer(T, "T"))

    @property
    def window(self) -> sp.Expr:
        """How many normals the maximum is over."""
        return self.args[0]

    def closed_form(self) -> sp.Expr | None:
        """The closed form, to T = 6."""
        if not self.window.is_Integer:
            return None
        return closed.rectified_first_moment(int(self.window))

    def continued(self) -> sp.Expr:
        """For limits in T."""
        return mean_of_largest(sp.log(self.window)) + negative_mean(self.window)

    def integral(self) -> sp.Expr:
        """The defining integral over the positive half-line."""
        return gaussian.maximum_moment(self.window, 1, sp.Integer(0))

    def _ball(self) -> arb:
        window = int(self.window)
        with quadrature.guarded(window):
            return quadrature.rectified_first_moment(window, 1)

    def _name(self, printer: Any) -> str:
        return rf"\mathrm{{E}}\left[M_{{{printer._print(self.window)}}}^{{+}}\right]"

    def _eval_is_positive(self) -> bool:
        return True
