r"""Lp pooling after ReLU: $z = (T^{-1} \sum_i (u_i^+)^p)^{1/p}$, average at p = 1, max at infinity.

At p = 2, z^2 is an average of squares: $\tau = 1/2$. As dz/du_i = u_i^+/(T z), the squares of a
window's T derivatives add up to 1/T where z > 0: $\gamma = (1 - 2^{-T})/T^2$. For two units and
any whole p the angle of (u, v) is uniform and its radius has mean square 2, which leaves one
integral over the tangent. Independent units.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import acb, arb, ctx

from symvar.errors import ArgumentError
from symvar.integrals import gaussian
from symvar.integrals.arguments import positive_integer
from symvar.integrals.balls import real_ball
from symvar.integrals.composed import ComposedConstant
from symvar.integrals.named import NamedConstant
from symvar.integrals.pooling import gamma, tau
from symvar.symbols import t


class lp_tau(NamedConstant):
    r"""Forward constant of Lp pooling; closed at p = 1, 2 and infinity, certified for T = 2.

    $\tau_2 = 2^{-2/p}\,[\tfrac12 + \tfrac2\pi \int_0^1 (1+s^p)^{2/p} (1+s^2)^{-2} ds]$.

    Args:
        T: the window, a positive integer or a symbol declared one.
        p: a positive integer or ``sympy.oo``.

    Raises:
        ArgumentError: T or p out of range, and p > 2 for three units or more.

    >>> lp_tau(7, 2).doit(), lp_tau(2, 1).doit().equals(tau(2, "avg").doit())
    (1/2, True)
    """

    def __new__(cls, T: Any, p: Any) -> lp_tau:
        """Checks the arguments; the name stays unopened."""
        window = positive_integer(T, "window T")
        power = sp.oo if p == sp.oo else positive_integer(p, "p")
        if power not in (1, 2, sp.oo) and window not in (1, 2):
            raise ArgumentError(
                "p",
                need="p = 1, 2 or oo for three units or more",
                have=str(p),
                remedy="no single integral is known otherwise",
            )
        return super().__new__(cls, window, power)

    def _known(self) -> sp.Expr | None:
        """The constant that this one is, by another name."""
        window, power = self.args
        if power == 2 or window == 1:
            return sp.Rational(1, 2)
        return {sp.Integer(1): tau(window, "avg"), sp.oo: tau(window)}.get(power)

    def closed_form(self) -> sp.Expr | None:
        """The closed form at p = 1, 2 and, where max-pooling has one, infinity."""
        known = self._known()
        opened = None if known is None else known.doit()
        return None if opened is None or opened.has(NamedConstant) else opened

    def integral(self) -> sp.Expr:
        """The defining integral, over the tangent of the angle for two units."""
        known, power = self._known(), self.args[1]
        if known is None:
            inside = (1 + t**power) ** (2 / power) / (1 + t**2) ** 2
            body = sp.Integral(inside, (t, 0, 1))
            return (sp.Rational(1, 2) + 2 * body / sp.pi) / 2 ** (2 / power)
        return (
            known.rewrite(sp.Integral) if known.has(NamedConstant) else gaussian.rectified_square()
        )

    def _ball(self) -> arb:
        known = self._known()
        if known is not None:
            return real_ball(known)
        power = int(self.args[1])
        with ctx.extraprec(20):
            share = arb(2) / power

            def integrand(s: acb, analytic: bool) -> acb:
                total = 1 + s**power
                if analytic and not total.real > 0:
                    return acb(arb.nan())
                return total.pow(share) / (1 + s * s) ** 2

            body = acb.integral(integrand, 0, 1).real
            return (arb(1) / 2 + 2 * body / arb.pi()) / arb(2) ** share

    def _name(self, printer: Any) -> str:
        window, power = map(printer._print, self.args)
        return rf"\tau^{{L^{{{power}}}}}_{{{window}}}"

    def _eval_is_positive(self) -> bool:
        return True


class l2_gamma(ComposedConstant):
    r"""Backward constant of L2 pooling, for windows that tile: $(1-2^{-T})/T^2 = \gamma_T/T$.

    Raises:
        ArgumentError: T no positive integer.

    >>> l2_gamma(2).doit()
    3/16
    """

    def __new__(cls, T: Any) -> l2_gamma:
        """Checks the argument; the name stays unopened."""
        return super().__new__(cls, positive_integer(T, "window T"))

    def parts(self) -> sp.Expr:
        """By max-pooling's constant."""
        return gamma(self.args[0]) / self.args[0]

    def _name(self, printer: Any) -> str:
        return rf"\gamma^{{L^{{2}}}}_{{{printer._print(self.args[0])}}}"

    def _eval_is_positive(self) -> bool:
        return True
