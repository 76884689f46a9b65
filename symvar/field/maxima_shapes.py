r"""What stands on a maximum: nothing, a ReLU, or any other function that never falls.

A window's maximum given $D_T$ is $sS + m$, S standard normal; a `Rising` f answers for
$f(sS + m)$: its moments and its coefficients in the normalised Hermite polynomials of S.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np

from symvar.field.normal import Array, density, distribution

_NODES = 64  # on each piece between kinks
_REACH = 8.5  # deviations of S: beyond is below 1e-16 of the mass


Sides: TypeAlias = tuple[Array, Array]
"""Above zero, and below."""


@dataclass(frozen=True, eq=False)
class Shaped:
    r"""$f(sS + m)$, one entry per window and node of the rule for $D_T$.

    Args:
        second: $\mathrm{E}[f^2]$.
        slopes: $\mathrm{E}[f']$ where the maximum is positive, and where it is not.
        squares: $\mathrm{E}[f'^2]$ likewise.
        chances: the probabilities of the two.
        coefficients: (..., K): $\mathrm{E}[f\,He_k(S)]/\sqrt{k!}$.
    """

    second: Array
    slopes: Sides
    squares: Sides
    chances: Sides
    coefficients: Array


class Rising(Protocol):
    """A function that never falls, so that it may be taken before or after a maximum.

    Args:
        homogeneous: whether f(ax) = a f(x) for every positive a.
    """

    @property
    def homogeneous(self) -> bool:
        """See the class."""

    def value(self, x: Array) -> Array:
        """f, elementwise."""

    def derivative(self, x: Array) -> Array:
        """f', elementwise."""

    def shaped(self, offset: Array, spread: Array, terms: int) -> Shaped:
        """The law of f(sS + m), for m and s of one shape."""

    def total(self, offsets: Array, weights: Array, spread: Array) -> Array:
        r"""$\mathrm{E}_S[(\mathrm{E}_D f(sS + m))^2]$; the rule's nodes on the last axis of m."""


class Unchanged:
    """The maximum itself."""

    homogeneous = True

    def value(self, x: Array) -> Array:
        """X itself."""
        return x

    def derivative(self, x: Array) -> Array:
        """One."""
        return np.ones_like(x)

    def shaped(self, offset: Array, spread: Array, terms: int) -> Shaped:
        """Two coefficients, m and s."""
        coefficients = np.zeros((*offset.shape, terms))
        coefficients[..., 0], coefficients[..., 1] = offset, spread
        sides = _sides(offset, spread)
        return Shaped(offset**2 + spread**2, sides, sides, sides, coefficients)

    def total(self, offsets: Array, weights: Array, spread: Array) -> Array:
        """The squared mean and s squared."""
        return (offsets @ weights) ** 2 + spread**2


class Rectified:
    """The maximum of the units and 0."""

    homogeneous = True

    def value(self, x: Array) -> Array:
        """The larger of x and 0."""
        return np.maximum(x, 0.0)

    def derivative(self, x: Array) -> Array:
        """One where x is positive."""
        return (x > 0).astype(np.float64)

    def shaped(self, offset: Array, spread: Array, terms: int) -> Shaped:
        r"""Closed: $(m^2 + s^2)\Phi(a) + ms\phi(a)$ and $\Phi(a)$ with $a = m/s$."""
        ratio = _ratio(offset, spread)
        below, height = distribution(ratio), density(ratio)
        coefficients = np.zeros((*offset.shape, terms))
        coefficients[..., 0] = spread * height + offset * below
        coefficients[..., 1] = spread * below
        before, here = np.zeros_like(ratio), height
        for k in range(2, terms):  # `here` is phi(a) He_{k-2}(-a) / sqrt((k-2)!)
            coefficients[..., k] = spread * here / math.sqrt(k * (k - 1))
            before, here = here, (-ratio * here - math.sqrt(k - 2) * before) / math.sqrt(k - 1)
        second = (offset**2 + spread**2) * below + offset * spread * height
        some = (below, np.zeros_like(below))
        return Shaped(second, some, some, _sides(offset, spread), coefficients)

    def total(self, offsets: Array, weights: Array, spread: Array) -> Array:
        """Closed: of two nodes the lower one says where both are positive."""
        low = np.minimum(offsets[..., :, None], offsets[..., None, :])
        high = np.maximum(offsets[..., :, None], offsets[..., None, :])
        size = np.broadcast_to(spread[..., None, None], low.shape)
        ratio = _ratio(low, size)
        product = (size**2 + low * high) * distribution(ratio) + size * high * density(ratio)
        return np.einsum("...ij,i,j->...", product, weights, weights)


@dataclass(frozen=True, eq=False)
class Sampled:
    """Any function that never falls, by quadrature on the pieces between its kinks.

    Args:
        function: has `value` and `derivative`.
        kinks: where the function or its derivative jumps.
        homogeneous: whether f(ax) = a f(x) for every positive a.
    """

    function: _Function
    kinks: tuple[float, ...] = ()
    homogeneous: bool = False

    def value(self, x: Array) -> Array:
        """The function."""
        return self.function.value(x)

    def derivative(self, x: Array) -> Array:
        """Its derivative."""
        return self.function.derivative(x)

    def shaped(self, offset: Array, spread: Array, terms: int) -> Shaped:
        """By Gauss-Legendre quadrature on each piece."""
        normal, weights = self._pieces(offset, spread)
        at = spread[..., None] * normal + offset[..., None]
        value, slope = self.function.value(at), self.function.derivative(at)
        coefficients = np.empty((*offset.shape, terms))
        before, here = np.zeros_like(normal), weights * value
        for k in range(terms):
            coefficients[..., k] = here.sum(-1)
            before, here = here, (normal * here - math.sqrt(k) * before) / math.sqrt(k + 1)
        above = weights * (at > 0)
        sides = (above, weights - above)
        return Shaped(
            second=(weights * value**2).sum(-1),
            slopes=_summed(sides, slope),
            squares=_summed(sides, slope**2),
            chances=_summed(sides, np.ones_like(slope)),
            coefficients=coefficients,
        )

    def total(self, offsets: Array, weights: Array, spread: Array) -> Array:
        """By the same quadrature, each node's mean of f in turn."""
        size = np.broadcast_to(spread[..., None], offsets.shape)
        normal, measure = self._pieces(offsets, size)
        total = np.zeros(spread.shape)
        for i, weight in enumerate(weights):
            at = spread[..., None] * normal[..., i, :]
            value = self.function.value(at[..., None, :] + offsets[..., :, None])
            mean = np.einsum("...jn,j->...n", value, weights)
            total += weight * (measure[..., i, :] * value[..., i, :] * mean).sum(-1)
        return total

    def _pieces(self, offset: Array, spread: Array) -> tuple[Array, Array]:
        """Nodes and weights for the normal law between the places where sS + m meets a kink."""
        edges = [np.full(offset.shape, -_REACH)]
        for kink in sorted({*self.kinks, 0.0}):
            edges.append(np.clip(_ratio(kink - offset, spread), -_REACH, _REACH))
        edges.append(np.full(offset.shape, _REACH))
        cuts = np.stack(edges, axis=-1)
        nodes, weights = np.polynomial.legendre.leggauss(_NODES)
        half = np.diff(cuts)[..., None] / 2
        middle = (cuts[..., 1:] + cuts[..., :-1])[..., None] / 2
        normal = (middle + half * nodes).reshape(*offset.shape, -1)
        measure = (half * weights).reshape(*offset.shape, -1) * density(normal)
        return normal, measure


def _summed(sides: Sides, value: Array) -> Sides:
    return (sides[0] * value).sum(-1), (sides[1] * value).sum(-1)


def _sides(offset: Array, spread: Array) -> Sides:
    ratio = _ratio(offset, spread)
    return distribution(ratio), distribution(-ratio)


class _Function(Protocol):
    def value(self, x: Array) -> Array: ...

    def derivative(self, x: Array) -> Array: ...


def _ratio(offset: Array, spread: Array) -> Array:
    """M / s, where s may be 0: then far on the side of m, and 0 where both are."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.clip(np.nan_to_num(offset / spread, nan=0.0), -40.0, 40.0)
