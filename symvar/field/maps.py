r"""What an activation makes of two Gaussian units: second moments, slopes and mean products.

$u, u'$ are Gaussian of mean 0, variances v and v' and correlation c. A family of maps is one
file ``maps_*.py`` that knows a class of functions; `map_of` asks them in turn.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import lru_cache
from math import pi, sqrt
from typing import Any

import numpy as np

from symvar.activations.base import Activation
from symvar.errors import ArgumentError
from symvar.field.normal import Array
from symvar.field.pointwise import Branch, branches
from symvar.symbols import x

_ROUNDING = 1e-6
"""A correlation that exceeds 1 by less is rounding; by more, a covariance that is none."""


class ActivationMap(ABC):
    """Moments of f under Gaussians, elementwise on arrays of doubles that broadcast.

    Attributes:
        kinks: where f bends or jumps.
    """

    kinks: tuple[float, ...]

    @abstractmethod
    def value(self, points: Any) -> Array:
        """F itself."""

    @abstractmethod
    def derivative(self, points: Any) -> Array:
        """Its derivative; at a kink, that on the left."""

    @abstractmethod
    def second(self, v: Any) -> Array:
        r"""$\mathrm{E}[f(u)^2]$."""

    @abstractmethod
    def mean(self, v: Any) -> Array:
        r"""$\mathrm{E}[f(u)]$."""

    @abstractmethod
    def slope(self, v: Any) -> Array:
        r"""$\mathrm{E}[f'(u)^2]$."""

    @abstractmethod
    def product(self, v: Any, v2: Any, c: Any) -> Array:
        r"""$\mathrm{E}[f(u) f(u')]$."""

    def within(self, low: float, high: float) -> ActivationMap:
        """The same for variances from ``low`` to ``high``: what it tabulates serves them all.

        Args:
            low: the least variance that is not 0.
            high: the largest.
        """
        return self

    @abstractmethod
    def slope_product(self, v: Any, v2: Any, c: Any) -> Array:
        r"""$\mathrm{E}[f'(u) f'(u')]$."""

    @abstractmethod
    def square_product(self, v: Any, v2: Any, c: Any) -> Array:
        r"""$\mathrm{E}[f(u)^2 f(u')^2]$."""


class Bent(ActivationMap):
    r"""A straight line bent at zero, $f(x) = p x + m |x|$: every positively homogeneous function.

    $\mathrm{E}[f(u) f(u')] = \sqrt{v v'}\,(p^2 c + \tfrac{2 m^2}{\pi}(\sqrt{1-c^2} +
    c \arcsin c))$, the second part Cho and Saul's kernel of order one, folded; of the slopes
    $p^2 + \tfrac{2 m^2}{\pi} \arcsin c$.

    Args:
        below: the slope below zero.
        above: the slope above zero.

    >>> Bent(0, 1).product(2.0, 2.0, [0.0, 1.0]).round(12).tolist()
    [0.318309886184, 1.0]
    """

    def __init__(self, below: float, above: float) -> None:
        self._below, self._above = float(below), float(above)
        self._straight, self._folded = (above + below) / 2, (above - below) / 2
        self.kinks = (0.0,) if self._folded else ()

    def value(self, points: Any) -> Array:
        """F itself."""
        given = np.asarray(points, np.float64)
        if self._below == 0 and self._above == 1:
            return np.maximum(given, 0.0)
        return given * self.derivative(given)

    def derivative(self, points: Any) -> Array:
        """Its derivative; that on the left at zero."""
        return np.where(np.asarray(points) > 0, self._above, self._below)

    def second(self, v: Any) -> Array:
        """The mean of the squared slopes times v."""
        return np.asarray(v, np.float64) * ((self._above**2 + self._below**2) / 2)

    def mean(self, v: Any) -> Array:
        r"""$m\sqrt{2v/\pi}$."""
        return self._folded * sqrt(2 / pi) * np.sqrt(np.asarray(v, np.float64))

    def slope(self, v: Any) -> Array:
        """The mean of the squared slopes."""
        return np.full(np.shape(v), (self._above**2 + self._below**2) / 2)

    def product(self, v: Any, v2: Any, c: Any) -> Array:
        """See the class."""
        correlation = correlations(c)
        shape = correlation * self._straight**2
        if self._folded:
            bend = np.sqrt((1 - correlation) * (1 + correlation))
            bend += correlation * np.arcsin(correlation)
            shape = shape + bend * (2 / pi * self._folded**2)
        return np.sqrt(np.asarray(v, np.float64)) * np.sqrt(np.asarray(v2, np.float64)) * shape

    def slope_product(self, v: Any, v2: Any, c: Any) -> Array:
        """See the class."""
        correlation = correlations(c)
        shape = self._straight**2 + 2 / pi * self._folded**2 * np.arcsin(correlation)
        return np.broadcast_to(shape, np.broadcast_shapes(np.shape(v), np.shape(v2), shape.shape))

    def square_product(self, v: Any, v2: Any, c: Any) -> Array:
        r"""$v v' (a^2 (1 + 2c^2) + \tfrac{2 b^2}{\pi} (3 c \sqrt{1-c^2} + (1+2c^2) \arcsin c))$.

        With $f^2 = a x^2 + b x |x|$: the second part is Cho and Saul's kernel of order two, folded.
        """
        correlation = correlations(c)
        even = (self._above**2 + self._below**2) / 2
        odd = (self._above**2 - self._below**2) / 2
        paired = 1 + 2 * correlation**2
        shape = even**2 * paired
        if odd:
            bend = 3 * correlation * np.sqrt((1 - correlation) * (1 + correlation))
            bend += paired * np.arcsin(correlation)
            shape = shape + 2 / pi * odd**2 * bend
        return np.asarray(v, np.float64) * np.asarray(v2, np.float64) * shape


@lru_cache(maxsize=64)
def map_of(activation: Activation) -> ActivationMap:
    """The map of an activation, the same object for equal activations.

    Args:
        activation: any activation of symvar whose parameters are numbers.

    Raises:
        NeedsFact: a parameter that is no number; a kink off zero between pieces that are no
            polynomials.

    >>> from symvar.activations.relu import Rectifier
    >>> map_of(Rectifier()).second(3.0).item()
    1.5
    """
    from symvar.field.maps_pieces import Pieces, polynomial
    from symvar.field.maps_smooth import Smooth

    parts = branches(activation)
    if activation.homogeneous:
        return Bent(*_slopes(parts))
    if polynomial(parts):
        return Pieces(parts)
    return Smooth(activation.name, parts)


def _slopes(parts: tuple[Branch, ...]) -> tuple[float, float]:
    """Below and above zero, where nothing else bends."""
    below, above = parts[0].derivative.subs(x, -1), parts[-1].derivative.subs(x, 1)
    return float(below), float(above)


def correlations(c: Any) -> Array:
    """Correlations as doubles, those beyond 1 by rounding set to 1.

    Raises:
        ArgumentError: one beyond 1 by more, or no number.
    """
    given = np.asarray(c, np.float64)
    if given.size:
        low, high = float(given.min()), float(given.max())
        if not (low >= -1 - _ROUNDING and high <= 1 + _ROUNDING):
            raise ArgumentError(
                "correlation",
                need="numbers from -1 to 1",
                have=f"{low:.9g} to {high:.9g}",
                remedy="pass a covariance that is positive semi-definite",
            )
        if low < -1 or high > 1:
            given = np.clip(given, -1.0, 1.0)
    return given


def variances(v: Any) -> Array:
    """Variances as doubles.

    Raises:
        ArgumentError: one below 0, or not finite.
    """
    given = np.asarray(v, np.float64)
    if given.size and not (given.min() >= 0 and np.isfinite(given.max())):
        raise ArgumentError(
            "variance",
            need="finite numbers, at least 0",
            have=f"{given.min():.6g} to {given.max():.6g}",
            remedy="pass a covariance that is positive semi-definite",
        )
    return given
