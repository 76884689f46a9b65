r"""Maps of piecewise polynomials: hard tanh, ReLU6, hard swish, the square, and their like.

About 0 the function is a polynomial; at each kink outwards a sum of truncated powers of the
distance sets in. Products of a polynomial follow from its Hermite coefficients, those of two
truncated powers from `symvar.field.orthants`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import factorial, perm
from typing import Any

import numpy as np
import sympy as sp

from symvar.field.maps import ActivationMap, correlations, variances
from symvar.field.normal import Array, density
from symvar.field.orthants import truncated, truncated_products
from symvar.field.pointwise import Branch, piecewise
from symvar.symbols import x

_CHUNK = 1 << 14
_LEAST = 1e-100  # a standard deviation that stands for 0


@dataclass(frozen=True)
class Power:
    r"""What sets in at a kink: $\sum_m c_m (\pm x - \tau)_+^m$.

    Args:
        side: 1 above zero, -1 below.
        threshold: tau, at least 0.
        coefficients: c_m by m.
    """

    side: int
    threshold: float
    coefficients: tuple[float, ...]


@dataclass(frozen=True)
class Expansion:
    """A polynomial about 0, and what sets in at the kinks.

    Args:
        middle: the coefficients of the polynomial, the constant one first.
        outer: the truncated powers.
    """

    middle: tuple[float, ...]
    outer: tuple[Power, ...]

    @property
    def powers(self) -> int:
        """The highest power."""
        rows = (self.middle, *(each.coefficients for each in self.outer))
        return max(len(row) for row in rows) - 1

    def mean(self, scale: Array) -> Array:
        """The mean at a Gaussian of that standard deviation."""
        total = _hermite(self.middle, scale)[0]
        for each in self.outer:
            total = total + _sum(each, scale, truncated(each.threshold / scale, self.powers))
        return total

    def product(self, scale: Array, scale2: Array, c: Array) -> Array:
        """The mean product at two Gaussians; all of one shape."""
        total = np.zeros(c.shape)
        middles = [_hermite(self.middle, each) for each in (scale, scale2)]
        for k, (one, other) in enumerate(zip(*middles, strict=True)):
            total += factorial(k) * one * other * c**k
        for each in self.outer:
            ends = ((middles[0], scale2), (middles[1], scale))
            for middle, far in ends:
                level = each.threshold / far
                whole = truncated(level, self.powers)
                for k, one in enumerate(middle):
                    seen = [_derived(level, whole, k, m) for m in range(len(each.coefficients))]
                    total += one * (each.side * c) ** k * _sum(each, far, seen)
        return total + self._outer_products(scale, scale2, c)

    def _outer_products(self, scale: Array, scale2: Array, c: Array) -> Array:
        total = np.zeros(c.shape)
        known: dict[tuple[float, float, int], list[list[Array]]] = {}
        for one, other in product(self.outer, repeat=2):
            key = (one.threshold, other.threshold, one.side * other.side)
            if key not in known:
                levels = one.threshold / scale, other.threshold / scale2
                known[key] = truncated_products(*levels, key[2] * c, self.powers)
            for m, row in enumerate(known[key][: len(one.coefficients)]):
                weight = one.coefficients[m] * scale**m
                total += weight * _sum(other, scale2, row)
        return total


class Pieces(ActivationMap):
    """A function that is a polynomial between kinks. A variance of 0 is the limit towards it.

    Args:
        parts: its pieces, as `polynomial` accepts them.

    >>> from symvar.activations.hard_tanh import HardTanh
    >>> from symvar.field.pointwise import branches
    >>> round(float(Pieces(branches(HardTanh())).second(1.0)), 9)
    0.516058551
    """

    def __init__(self, parts: tuple[Branch, ...]) -> None:
        self.kinks = tuple(part.low for part in parts[1:])
        self._value, self._slope = piecewise(parts, "value"), piecewise(parts, "slope")
        rows = [_coefficients(part.expression) for part in parts]
        self._function = _expanded(self.kinks, rows)
        slopes = [[k * a for k, a in enumerate(row)][1:] or [0.0] for row in rows]
        self._derivative = _expanded(self.kinks, slopes)
        squares = [np.convolve(row, row).tolist() for row in rows]
        self._square = _expanded(self.kinks, squares)

    def value(self, points: Any) -> Array:
        """F itself."""
        return self._value(points)

    def derivative(self, points: Any) -> Array:
        """Its derivative."""
        return self._slope(points)

    def mean(self, v: Any) -> Array:
        """From truncated moments."""
        return self._function.mean(_scale(v))

    def second(self, v: Any) -> Array:
        """The product at a correlation of 1."""
        return self.product(v, v, 1.0)

    def slope(self, v: Any) -> Array:
        """The product of the slopes at a correlation of 1."""
        return self.slope_product(v, v, 1.0)

    def product(self, v: Any, v2: Any, c: Any) -> Array:
        """See the module."""
        return _chunked(self._function, v, v2, c)

    def slope_product(self, v: Any, v2: Any, c: Any) -> Array:
        """See the module."""
        return _chunked(self._derivative, v, v2, c)

    def square_product(self, v: Any, v2: Any, c: Any) -> Array:
        """See the module."""
        return _chunked(self._square, v, v2, c)


def polynomial(parts: tuple[Branch, ...]) -> bool:
    """Whether every piece is a polynomial."""
    return all(part.expression.is_polynomial(x) for part in parts)


def _coefficients(expression: sp.Expr) -> list[float]:
    return [float(each) for each in reversed(sp.Poly(expression, x).all_coeffs())]


def _expanded(kinks: Sequence[float], rows: Sequence[Sequence[float]]) -> Expansion:
    """The pieces, left to right, about the one that holds 0, or begins there."""
    centre = sum(kink <= 0 for kink in kinks)
    size = max(map(len, rows))
    padded = [np.pad(row, (0, size - len(row))) for row in map(np.asarray, rows)]
    outer = []
    for index, kink in enumerate(kinks):
        side = 1 if index >= centre else -1
        change = (padded[index + 1] - padded[index]) * side
        outer.append(Power(side, side * kink, _shifted(change, kink, side)))
    return Expansion(tuple(padded[centre].tolist()), tuple(outer))


def _shifted(row: Array, kink: float, side: int) -> tuple[float, ...]:
    """A polynomial's coefficients in powers of side (x - kink)."""
    found = np.polynomial.Polynomial(row)
    size = len(row)
    return tuple(
        float(found.deriv(m)(kink) if m else found(kink)) * side**m / factorial(m)
        for m in range(size)
    )


def _hermite(row: Sequence[float], scale: Array) -> list[Array]:
    r"""$\mathrm{E}[p(sZ)\,\mathrm{He}_k(Z)]/k!$ by k."""
    found = [np.zeros_like(scale) for _ in row]
    for power, coefficient in enumerate(row):
        for k in range(power, -1, -2):
            pairs = (power - k) // 2
            ways = factorial(power) / (2**pairs * factorial(pairs) * factorial(k))
            found[k] = found[k] + coefficient * ways * scale**power
    return found


def _derived(level: Array, whole: list[Array], k: int, m: int) -> Array:
    r"""$\mathrm{E}[\mathrm{He}_k(Z) (Z - h)_+^m]$, by parts."""
    if k <= m:
        return perm(m, k) * whole[m - k]
    order = [0.0] * (k - m - 1) + [1.0]
    with np.errstate(over="ignore", invalid="ignore"):
        edge = density(level) * np.polynomial.hermite_e.hermeval(level, order)
    return factorial(m) * np.where(level < 1e3, edge, 0.0)


def _sum(power: Power, scale: Array, moments: Sequence[Array]) -> Array:
    total = np.zeros(np.broadcast_shapes(scale.shape, moments[0].shape))
    for m, coefficient in enumerate(power.coefficients):
        if coefficient:
            total += coefficient * scale**m * moments[m]
    return total


def _scale(v: Any) -> Array:
    return np.maximum(np.sqrt(variances(v)), _LEAST)


def _chunked(expansion: Expansion, v: Any, v2: Any, c: Any) -> Array:
    given = _scale(v), _scale(v2), correlations(c)
    shape = np.broadcast_shapes(*(each.shape for each in given))
    flat = [np.broadcast_to(each, shape).reshape(-1) for each in given]
    out = np.empty(flat[0].size)
    with np.errstate(over="ignore", under="ignore"):
        for start in range(0, out.size, _CHUNK):
            part = slice(start, start + _CHUNK)
            out[part] = expansion.product(*(each[part] for each in flat))
    return out.reshape(shape)
