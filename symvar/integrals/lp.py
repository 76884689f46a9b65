r"""Lp pooling: $z = (T^{-1} \sum_i |u_i|^p)^{1/p}$, or of $u_i^+$, where ReLU comes before.

Average at p = 1, max at infinity. At p = 2, z^2 is an average of squares: $\tau = 1/2$. As
dz/du_i = u_i^+/(T z), the squares of a window's T derivatives add up to 1/T where z > 0:
$\gamma = (1 - 2^{-T})/T^2$. For two units and any whole p the angle of (u, v) is uniform and its
radius has mean square 2, which leaves one integral over the tangent; for any other window and
p the one of `symvar.integrals.lp_grid`, of powers of another. Independent units.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Self

import sympy as sp
from flint import acb, arb, ctx

from symvar.integrals import gaussian
from symvar.integrals.absolute import absolute_moment
from symvar.integrals.arguments import norm_power, positive_integer
from symvar.integrals.balls import real_ball
from symvar.integrals.composed import ComposedConstant
from symvar.integrals.lp_balls import sum_to_power
from symvar.integrals.lp_grid import moment_of_sum
from symvar.integrals.named import NamedConstant
from symvar.integrals.pooling import gamma, tau
from symvar.symbols import t, x


class LpConstant(NamedConstant):
    """The second moment of an Lp pool.

    Args:
        T: the window, a positive integer or a symbol declared one.
        p: a real number, 1 or more, or ``sympy.oo``; a float is the number it is.

    Raises:
        ArgumentError: T or p out of range; when digits are asked for, where p and their number
            are so large together that the grid of nodes would be.
    """

    @property
    @abstractmethod
    def rectified(self) -> bool:
        """Whether the units are cut at zero."""
        raise NotImplementedError

    @abstractmethod
    def known(self) -> sp.Expr | None:
        """The constant that this one is, by another name or in closed form."""
        raise NotImplementedError

    @abstractmethod
    def _of_tangent(self, body: Any, pi: Any) -> Any:
        """The moment of two units' sums, from the integral over the tangent."""
        raise NotImplementedError

    def __new__(cls, T: Any, p: Any) -> Self:
        """Checks the arguments; the name stays unopened."""
        return super().__new__(cls, positive_integer(T, "window T"), norm_power(p))

    @property
    def window(self) -> sp.Expr:
        """How many units are pooled."""
        return self.args[0]

    @property
    def power(self) -> sp.Expr:
        """The norm's p."""
        return self.args[1]

    @property
    def on_tangent(self) -> bool:
        """Whether one integral over the tangent gives it."""
        return bool(self.window == 2 and self.power.is_Integer)

    def closed_form(self) -> sp.Expr | None:
        """The closed form: at p = 1, 2, at 4 of two units, and at infinity where max has one."""
        known = self.known()
        opened = None if known is None else known.doit()
        return None if opened is None or opened.has(NamedConstant) else opened

    def integral(self) -> sp.Expr:
        """The defining integral, over the tangent of the angle for two units and a whole p."""
        known, power = self.known(), self.power
        if known is not None and known.has(NamedConstant):
            return known.rewrite(sp.Integral)
        if self.window == 1 or power == 2:
            return gaussian.rectified_square() * (1 if self.rectified else 2)
        if self.on_tangent:
            inside = (1 + t**power) ** (2 / power) / (1 + t**2) ** 2
            return self._of_tangent(sp.Integral(inside, (t, 0, 1)), sp.pi) / 2 ** (2 / power)
        return self._laplace() / self.window ** (2 / power)

    def _laplace(self) -> sp.Expr:
        r"""$\Gamma(n-a)^{-1} \int_0^\infty t^{n-a-1} E[S^n e^{-tS}]\,dt$, a = 2/p, least n."""
        alpha = 2 / self.power
        order = int(sp.floor(alpha)) + 1
        sides = 1 if self.rectified else 2
        decay = gaussian.density(x) * sp.exp(-t * x**self.power)
        moments = [
            sides * sp.Integral(x ** (k * self.power) * decay, (x, 0, sp.oo))
            for k in range(order + 1)
        ]
        if self.rectified:
            moments[0] += sp.Rational(1, 2)
        whole = moment_of_sum(self.window, order, moments, sp.Pow)
        body = sp.Integral(t ** (order - alpha - 1) * whole, (t, 0, sp.oo))
        return body / sp.gamma(order - alpha)

    def _ball(self) -> arb:
        known = self.known()
        if known is not None:
            return real_ball(known)
        if self.on_tangent:
            return self._tangent_ball(int(self.power))
        value = sum_to_power(int(self.window), self.power, self.rectified)
        return value * arb(int(self.window)) ** real_ball(-2 / self.power)

    def _tangent_ball(self, power: int) -> arb:
        with ctx.extraprec(20):
            share = arb(2) / power

            def integrand(s: acb, analytic: bool) -> acb:
                total = 1 + s**power
                if analytic and not total.real > 0:
                    return acb(arb.nan())
                return total.pow(share) / (1 + s * s) ** 2

            body = acb.integral(integrand, 0, 1).real
            return arb(self._of_tangent(body, arb.pi())) / arb(2) ** share

    def _eval_is_positive(self) -> bool:
        return True


class lp_tau(LpConstant):
    r"""Forward constant of Lp pooling after ReLU, $E[(T^{-1} \sum_i (u_i^+)^p)^{2/p}]$.

    Closed at p = 1, 2 and infinity, and for two units at p = 4, an elliptic integral; certified
    for every T and real p >= 1.

    >>> lp_tau(7, 2).doit(), lp_tau(2, 1).doit().equals(tau(2, "avg").doit())
    (1/2, True)
    >>> lp_tau(9, 3).evalf(20)
    0.76707690887817923615
    """

    @property
    def rectified(self) -> bool:
        """They are."""
        return True

    def known(self) -> sp.Expr | None:
        """Average, half a square's mean, max, or the elliptic case."""
        window, power = self.args
        if power == 2 or window == 1:
            return sp.Rational(1, 2)
        if (window, power) == (2, 4):
            return self._of_tangent(_QUARTIC, sp.pi) / sp.sqrt(2)
        return {sp.Integer(1): tau(window, "avg"), sp.oo: tau(window)}.get(power)

    def _of_tangent(self, body: Any, pi: Any) -> Any:
        return (1 + 4 * body / pi) / 2

    def _name(self, printer: Any) -> str:
        window, power = map(printer._print, self.args)
        return rf"\tau^{{L^{{{power}}}}}_{{{window}}}"


class lp_absolute(LpConstant):
    r"""The same without ReLU, $E[(T^{-1} \sum_i |u_i|^p)^{2/p}]$.

    As so many of T units are positive as heads of T coins, $T^{2/p} \tau_T$ is the mean of
    $k^{2/p}$ times this for k units, k binomial.

    >>> lp_absolute(7, 2).doit(), lp_absolute(2, 1).doit()
    (1, 1/pi + 1/2)
    """

    @property
    def rectified(self) -> bool:
        """They are not."""
        return False

    def known(self) -> sp.Expr | None:
        """Mean of |u| and of squares, largest |u|, or the elliptic case."""
        window, power = self.args
        if power == 2 or window == 1:
            return sp.Integer(1)
        if power == 1:
            return (1 + (window - 1) * 2 / sp.pi) / window
        if (window, power) == (2, 4):
            return self._of_tangent(_QUARTIC, sp.pi) / sp.sqrt(2)
        return absolute_moment(window, 2) if power == sp.oo else None

    def _of_tangent(self, body: Any, pi: Any) -> Any:
        return 8 * body / pi

    def _name(self, printer: Any) -> str:
        window, power = map(printer._print, self.args)
        return rf"\mathrm{{E}}\left[|u|_{{L^{{{power}}},{window}}}^{{2}}\right]"


def _quartic() -> sp.Expr:
    r"""$\int_0^1 \sqrt{1+s^4} (1+s^2)^{-2} ds = E(m = \tfrac12)/2$, by the lemniscate's period."""
    period = sp.gamma(sp.Rational(1, 4)) ** 2
    return (sp.pi ** sp.Rational(3, 2) / period + period / (8 * sp.sqrt(sp.pi))) / 2


_QUARTIC = _quartic()


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
