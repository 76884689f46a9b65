r"""Convolution, max-pooling, batch normalisation, ReLU: pooling before the norm.

The largest M of T units has mean $\mu_T$ and variance $v_T$; the norm makes of it
$(M-\mu_T)/\sqrt{v_T}$. The other orders need nothing new: batch normalisation before the pooling
leaves standard normal units, so conv-norm-ReLU-pool and conv-norm-pool-ReLU have `tau` and
`gamma`.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import arb

from symvar.integrals import gaussian, quadrature
from symvar.integrals.arguments import positive_integer
from symvar.integrals.balls import real_ball
from symvar.integrals.large_window import (
    chance_above_mean,
    near_one,
    standardised_excess,
)
from symvar.integrals.named import NamedConstant
from symvar.integrals.order import order_moment, order_variance


class _NormalisedConstant(NamedConstant):
    letter: str

    def __new__(cls, T: Any) -> _NormalisedConstant:
        """Checks the argument; the name stays unopened."""
        return super().__new__(cls, positive_integer(T, "window T"))

    @property
    def window(self) -> sp.Expr:
        """How many units are pooled."""
        return self.args[0]

    def _moments(self) -> tuple[sp.Expr, sp.Expr]:
        return order_moment(self.window, 1), order_variance(self.window)

    def closed_form(self) -> sp.Expr | None:
        """One half for T = 1, the norm of one unit; none known beyond."""
        return sp.Rational(1, 2) if self.window == 1 else None

    def _name(self, printer: Any) -> str:
        return rf"{self.letter}^{{\mathrm{{bn}}}}_{{{printer._print(self.window)}}}"

    def _eval_derivative(self, symbol: sp.Symbol) -> sp.Expr:
        """Left as it stands: the integral's end is a moment itself."""
        return sp.Derivative(self, symbol, evaluate=False)

    def _eval_is_positive(self) -> bool:
        return True


class normalised_tau(_NormalisedConstant):
    r"""Forward: $E[((M-\mu)^+)^2]/v = \frac{T}{v} \int_\mu^\infty (s-\mu)^2 \phi \Phi^{T-1} ds$.

    Raises:
        ArgumentError: T no positive integer.

    >>> normalised_tau(4).evalf(10)
    0.5351840424
    """

    letter = r"\tau"

    def continued(self) -> sp.Expr:
        """For limits in T: that of Gumbel's law."""
        return standardised_excess() * near_one(sp.log(self.window), 6)

    def integral(self) -> sp.Expr:
        """The defining integral, moved to start at zero."""
        mean, variance = self._moments()
        return gaussian.excess(self.window, mean, 2) / variance

    def _ball(self) -> arb:
        mean, variance = map(real_ball, self._moments())
        with quadrature.guarded(int(self.window)):
            return quadrature.excess(int(self.window), mean) / variance


class normalised_gamma(_NormalisedConstant):
    r"""Backward: $(1 - \Phi(\mu)^T)/(T v)$, for windows that tile.

    Raises:
        ArgumentError: T no positive integer.

    >>> normalised_gamma(4).evalf(10)
    0.2450804869
    """

    letter = r"\gamma"

    def continued(self) -> sp.Expr:
        """For limits in T: the chance of Gumbel's law, by the variance."""
        y = sp.log(self.window)
        spread = sp.pi**2 / (12 * y)
        return chance_above_mean() / (self.window * spread) * near_one(y, 7)

    def integral(self) -> sp.Expr:
        """The probability that the largest is above its mean, as an integral."""
        mean, variance = self._moments()
        return gaussian.excess(self.window, mean, 0) / (self.window * variance)

    def _ball(self) -> arb:
        mean, variance = self._moments()
        below = gaussian.distribution(mean) ** self.window
        with quadrature.guarded(int(self.window)):
            return real_ball((1 - below) / (self.window * variance))
