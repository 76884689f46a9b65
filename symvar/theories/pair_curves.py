"""Moments of two units behind an activation that is not straight on either side of zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy as sp

from symvar.activations.base import Activation
from symvar.integrals import Expectation, GaussianProduct
from symvar.symbols import x
from symvar.theories.pair_numbers import approached

if TYPE_CHECKING:
    from symvar.field.maps import ActivationMap

DIGITS = 15


@dataclass(frozen=True)
class Curve:
    """An activation of two Gaussians of mean zero.

    Exact where a closed form is known; else, of numbers, what two Gaussians give are doubles,
    and what one gives are balls.

    Args:
        activation: f.
        variance: of each Gaussian.
        rho: their correlation.
    """

    activation: Activation
    variance: sp.Expr
    rho: sp.Expr

    def second(self) -> sp.Expr:
        """E[f²]."""
        return approached(self.activation.second_moment(self._argument))

    def mean(self) -> sp.Expr:
        """E[f]."""
        function = self.activation.expression
        if sp.expand(function.subs(x, -x) + function) == 0:
            return sp.Integer(0)
        return self.activation.mean(self._argument)

    def slope(self) -> sp.Expr:
        """E[f'²]."""
        return approached(self.activation.slope(self._argument))

    def product(self) -> sp.Expr:
        """E[f(u) f(u')]."""
        if self.rho == 0:
            return self.mean() ** 2
        if self.rho == 1:
            return self.second()
        closed = self.activation.product(self._argument, self.rho)
        if not closed.has(GaussianProduct) or closed.free_symbols:
            return closed
        variance, rho = float(self.variance), float(self.rho)
        return _double(self._map().product(variance, variance, rho))

    def slope_product(self) -> sp.Expr:
        """E[f'(u) f'(u')]."""
        if self.rho == 1:
            return self.slope()
        derivative = sp.diff(self.activation.expression, x)
        if self.rho == 0:
            return Expectation(derivative, x, self._argument) ** 2
        named = GaussianProduct(derivative, x, self._argument, self.rho)
        if named.free_symbols:
            return named
        variance, rho = float(self.variance), float(self.rho)
        return _double(self._map().slope_product(variance, variance, rho))

    @property
    def _argument(self) -> sp.Expr:
        return approached(self.variance)

    def _map(self) -> ActivationMap:
        from symvar.field.maps import map_of

        return map_of(self.activation)


def _double(value: Any) -> sp.Float:
    return sp.Float(float(value), DIGITS)
