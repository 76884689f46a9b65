"""Moments of the largest absolute value of T independent standard normals."""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import arb

from symvar.integrals import closed, gaussian, quadrature
from symvar.integrals.large_window import largest_absolute
from symvar.integrals.moment import MomentConstant


class absolute_moment(MomentConstant):
    r"""$E[(\max_i |u_i|)^k] = 2T \int_0^\infty s^k \phi(s) (2\Phi(s)-1)^{T-1} ds$, k = 1, 2.

    By parts once, $4T(T-1) \int_0^\infty \phi^2 (2\Phi-1)^{T-2}$ for T > 1, or twice,
    $1 + 4T(T-1)(T-2) \int_0^\infty \phi^3 (2\Phi-1)^{T-3}$ for T > 2; the powers, multiplied out,
    are orthants. Closed to T = 6 (k = 1) and 7 (k = 2), certified beyond.

    Raises:
        ArgumentError: T no positive integer, or k neither 1 nor 2.

    >>> absolute_moment(2, 2).doit()
    2/pi + 1
    """

    def closed_form(self) -> sp.Expr | None:
        """The closed form, to T = 6 for the mean and T = 7 for the second moment."""
        if not self.window.is_Integer:
            return None
        form = closed.absolute_first if self.power == 1 else closed.absolute_second
        return form(int(self.window))

    def continued(self) -> sp.Expr:
        """For limits in T."""
        return largest_absolute(self.window, self.power)

    def integral(self) -> sp.Expr:
        """The defining integral over the positive half-line."""
        return gaussian.absolute_moment(self.window, self.power)

    def _ball(self) -> arb:
        window = int(self.window)
        with quadrature.guarded(window):
            moment = (
                quadrature.absolute_first_moment
                if self.power == 1
                else quadrature.absolute_second_moment
            )
            return moment(window)

    def _name(self, printer: Any) -> str:
        power = "" if self.power == 1 else "^{2}"
        return rf"\mathrm{{E}}\left[|M|_{{{printer._print(self.window)}}}{power}\right]"

    def _eval_is_positive(self) -> bool:
        return True
