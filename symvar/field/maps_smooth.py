r"""Maps of functions that are smooth but for a kink at zero: exact quadrature, tabulated.

In polar coordinates $u = \sqrt v\,r\cos\varphi$, $u' = \sqrt{v'}\,r\cos(\varphi - \theta)$ with
$c = \cos\theta$: the plane falls into four sectors in which f(u) f(u') is smooth, whatever
theta, so Gauss rules are as good at c = 1 as at c = 0. The mean product is smooth in log v,
log v' and theta: Chebyshev series in the three, over the range of variances that is asked for,
serve arrays of any size.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import cache, lru_cache, partial
from itertools import pairwise
from math import ceil, floor, log2, pi, sqrt
from typing import Any, TypeAlias

import numpy as np

from symvar.errors import ArgumentError, NeedsFact
from symvar.field import chebyshev
from symvar.field.maps import ActivationMap, correlations, variances
from symvar.field.normal import Array
from symvar.field.pointwise import Branch, Function, piecewise

Range: TypeAlias = tuple[float, float]
"""Base-2 logarithms of the least and the largest variance."""

Chosen: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

_REACH = 9.0  # standard deviations: beyond lies 1e-18 of the mass
_WIDE = 13.0  # the same for the square roots of the density, which Hermite functions leave over
_TERMS = 400
_TIGHT = 1e-11  # of the root of the second moments
_TINY = 1e-13
_DEGREES = (4, 6, 9, 13, 19, 28, 41, 60)
_ANGLES = (24, 36, 54, 80, 120)
_LEVELS = (1, 2, 3, 5, 7, 10, 14)
_NODES = 12  # of each Gauss rule
_CHUNK = 2048


class Smooth(ActivationMap):
    """A function whose only kink, if any, is at zero. A variance of 0 is the limit towards it.

    Args:
        name: of the activation, for errors.
        parts: its smooth pieces.

    Raises:
        NeedsFact: for another kink.
    """

    _span: Range | None

    def __init__(self, name: str, parts: tuple[Branch, ...]) -> None:
        kinks = [part.low for part in parts[1:]]
        if any(kinks):
            raise NeedsFact(
                name,
                need="polynomials between its kinks, or no kink but at zero",
                have=f"kinks at {', '.join(f'{kink:.4g}' for kink in kinks)}",
                remedy="measure it, or write the activation as a piecewise polynomial",
            )
        self._name, self._span = name, None
        self.kinks = tuple(kinks)
        self._value, self._slope = piecewise(parts, "value"), piecewise(parts, "slope")
        self._square: Function = lambda points: self._value(points) ** 2
        functions = (self._value, self._slope, self._square)
        self._still = {f: _stilled(f) for f in functions}
        self._row = lru_cache(maxsize=256)(self._made_row)
        self._table = lru_cache(maxsize=128)(self._made_table)

    def value(self, points: Any) -> Array:
        """F itself."""
        return self._value(points)

    def derivative(self, points: Any) -> Array:
        """Its derivative."""
        return self._slope(points)

    def second(self, v: Any) -> Array:
        """A series of its logarithm in log v."""
        return self._squares(self._value, v)

    def mean(self, v: Any) -> Array:
        """A series in log v, relative to the root of the second moment."""
        return self._relative(self._value, v) * np.sqrt(self.second(v))

    def slope(self, v: Any) -> Array:
        """A series of its logarithm in log v."""
        return self._squares(self._slope, v)

    def within(self, low: float, high: float) -> Smooth:
        """The same with its tables over one range of variances, whatever is asked for in it."""
        known = copy(self)
        known._span = _halves(low, high)
        return known

    def _ranges(self, v: Array) -> list[tuple[Chosen, Range, bool]]:
        """The variances that are 0, and the others: where they are, and half octaves about them."""
        still = v == 0
        found: list[tuple[Chosen, Range, bool]] = []
        if still.any():
            found.append((still, (-0.5, 0.5), False))
        if not still.all():
            some = v[~still]
            own = _halves(float(some.min()), float(some.max()))
            known = self._span
            inside = known is not None and known[0] <= own[0] and own[1] <= known[1]
            found.append((~still, known if known is not None and inside else own, True))
        return found

    def product(self, v: Any, v2: Any, c: Any) -> Array:
        """From the table of f."""
        return self._product(self._value, v, v2, c)

    def slope_product(self, v: Any, v2: Any, c: Any) -> Array:
        """From the table of f'."""
        return self._product(self._slope, v, v2, c)

    def square_product(self, v: Any, v2: Any, c: Any) -> Array:
        """From the table of f^2."""
        return self._product(self._square, v, v2, c)

    def _squares(self, f: Function, v: Any) -> Array:
        found = np.exp(self._evaluated(f, True, v))
        return np.where(np.asarray(v) == 0, self._resting(f)[0], found)

    def _relative(self, f: Function, v: Any) -> Array:
        square, mean = self._resting(f)
        still = mean / sqrt(square) if square else 0.0
        return np.where(np.asarray(v) == 0, still, self._evaluated(f, False, v))

    def _resting(self, f: Function) -> tuple[float, float]:
        """The second moment and the mean where the variance is 0."""
        square, mean = _line(self._still[f], np.ones(1), 1)
        return square.item(), mean.item()

    def _evaluated(self, f: Function, squared: bool, v: Any) -> Array:
        given = variances(v)
        logs, out = _logs(given).reshape(-1), np.zeros(given.size)
        for part, span, moving in self._ranges(given.reshape(-1)):
            if moving:
                series = self._row(f, squared, span)
                out[part] = series @ chebyshev.polynomials(logs[part], *span, len(series))
        return out.reshape(given.shape)

    def _product(self, f: Function, v: Any, v2: Any, c: Any) -> Array:
        angles = np.arccos(correlations(c))
        one, other = variances(v), variances(v2)
        shape = np.broadcast_shapes(one.shape, other.shape, angles.shape)
        logs = _logs(one), _logs(other)
        out = np.empty(shape)
        wide = [np.broadcast_to(each, shape) for each in (*logs, angles)]
        for rows, span, moving in self._ranges(one):
            for columns, span2, moving2 in self._ranges(other):
                left, right = (f if moves else self._still[f] for moves in (moving, moving2))
                where = np.broadcast_to(rows, shape) & np.broadcast_to(columns, shape)
                series = self._table(left, right, span, span2)
                if where.all():
                    out = _summed(series, span, span2, logs[0], logs[1], angles)
                elif where.any():
                    out[where] = _summed(series, span, span2, *(each[where] for each in wide))
        return out * (np.sqrt(self._squares(f, one)) * np.sqrt(self._squares(f, other)))

    def _made_row(self, f: Function, squared: bool, span: Range) -> Array:
        """The series in log2 v of log E f^2, or of E f / (E f^2)^(1/2)."""
        levels = self._levels(f, f, span[1], span[1])
        for count in _DEGREES:
            scales = np.exp2(chebyshev.nodes(*span, count) / 2)
            square, mean = _line(f, scales, levels)
            made = np.log(square) if squared else mean / np.sqrt(square)
            series = chebyshev.coefficients(made, 0)
            if not chebyshev.unresolved(series, 0, _TIGHT):
                return chebyshev.trimmed(series, _TINY)
        raise self._unresolved(span)

    def _made_table(self, f: Function, f2: Function, span: Range, span2: Range) -> Array:
        """The series of E f f' / (E f^2 E f'^2)^(1/2) in log2 v, log2 v' and theta."""
        levels = self._levels(f, f2, span[1], span2[1])
        plane = None if self.kinks else _mehler(f, f2, span, span2)
        plane = plane or partial(_plane, f, f2, levels=levels)
        sizes = [_first(span), _first(span2), 0]
        choices = (_DEGREES, _DEGREES, _ANGLES)
        while True:
            counts = [choice[size] for choice, size in zip(choices, sizes, strict=True)]
            scales = np.exp2(chebyshev.nodes(*span, counts[0]) / 2)
            scales2 = np.exp2(chebyshev.nodes(*span2, counts[1]) / 2)
            series = plane(scales, scales2, chebyshev.nodes(0, pi, counts[2]))
            norms = (
                _line(f, scales, levels)[0][:, None, None] * _line(f2, scales2, levels)[0][:, None]
            )
            series = series / np.sqrt(np.maximum(norms, 1e-300))
            for axis in range(3):
                series = chebyshev.coefficients(series, axis)
            short = [a for a in range(3) if chebyshev.unresolved(series, a, _TIGHT)]
            if not short:
                return chebyshev.trimmed(series, _TINY)
            for axis in short:
                sizes[axis] += 1
                if sizes[axis] == len(choices[axis]):
                    raise self._unresolved(span if axis != 1 else span2)

    def _levels(self, f: Function, f2: Function, log: float, log2: float) -> int:
        """How finely the quadrature is graded towards zero, at the largest variances."""
        scales = [np.exp2(np.array([each / 2])) for each in (log, log2)]
        angles = np.array([0.3, 1.2, 2.7])
        coarse = _plane(f, f2, scales[0], scales[1], angles, _LEVELS[0])
        for levels, finer in pairwise(_LEVELS):
            fine = _plane(f, f2, scales[0], scales[1], angles, finer)
            norm = sqrt((_line(f, scales[0], finer)[0] * _line(f2, scales[1], finer)[0]).item())
            if np.abs(fine - coarse).max() <= _TIGHT * norm:
                return levels
            coarse = fine
        raise self._unresolved((log, log))

    def _unresolved(self, span: Range) -> ArgumentError:
        return ArgumentError(
            self._name,
            need="variances for which doubles resolve the function",
            have=f"{2.0 ** span[0]:.3g} to {2.0 ** span[1]:.3g}",
            remedy="scale the weights down, or ask for fewer layers",
        )


def _first(span: Range) -> int:
    """The degree to begin with: the wider the range, the higher."""
    width = span[1] - span[0]
    return min(len(_DEGREES) - 2, 2 + int(width > 0.5) + int(width // 3))


def _stilled(f: Function) -> Function:
    """What f(sZ) tends to for small s: its value on the side of zero that Z is on."""
    below, above = f(np.array([-1e-200, 1e-200])).round(30).tolist()
    return lambda points: np.where(points > 0, above, below)


def _logs(v: Array) -> Array:
    return np.log2(np.where(v > 0, v, 1.0))


def _halves(low: float, high: float) -> Range:
    """Half octaves about a range of variances."""
    first = floor(2 * log2(low)) / 2
    return first, max(ceil(2 * log2(high)) / 2, first + 0.5)


def _summed(
    series: Array, span: Range, span2: Range, logs: Array, logs2: Array, angles: Array
) -> Array:
    """The series at arrays that broadcast."""
    shape = np.broadcast_shapes(logs.shape, logs2.shape, angles.shape)
    if logs.size == 1:
        series = np.tensordot(_rows(logs, span, len(series))[:, 0], series, 1)[None]
    if logs2.size == 1:
        weights = _rows(logs2, span2, series.shape[1])[:, 0]
        series = np.tensordot(weights, series, (0, 1))[:, None]
    flat = [np.broadcast_to(each, shape).reshape(-1) for each in (logs, logs2, angles)]
    out = np.empty(flat[0].size)
    rank, rank2, rank3 = series.shape
    table = np.ascontiguousarray(series.reshape(-1, rank3))
    for start in range(0, out.size, _CHUNK):
        one, other, angle = (each[start : start + _CHUNK] for each in flat)
        sums = (table @ _rows(angle, (0, pi), rank3)).reshape(rank, rank2, -1)
        sums = (sums * _rows(other, span2, rank2)).sum(axis=1) if rank2 > 1 else sums[:, 0]
        sums = (sums * _rows(one, span, rank)).sum(axis=0) if rank > 1 else sums[0]
        out[start : start + _CHUNK] = sums
    return out.reshape(shape)


def _rows(points: Array, span: Range, count: int) -> Array:
    return chebyshev.polynomials(points.reshape(-1), *span, count)


def _mehler(
    f: Function, f2: Function, span: Range, span2: Range
) -> Callable[[Array, Array, Array], Array] | None:
    r"""Mehler's series $\sum_k a_k a'_k c^k$ in place of `_plane`, where it converges at c = 1."""
    for each, log in ((f, span[1]), (f2, span2[1])):
        terms = _hermite(each, np.exp2(np.array([log / 2])))[0]
        squares = terms * terms
        if squares[-8:].sum() > _TIGHT / 100 * squares.sum():
            return None

    def plane(scales: Array, scales2: Array, angles: Array) -> Array:
        powers = np.cos(angles) ** np.arange(_TERMS)[:, None]
        left = _hermite(f, scales)[:, None, :] * _hermite(f2, scales2)
        return left @ powers

    return plane


def _hermite(f: Function, scales: Array) -> Array:
    r"""$\mathrm{E}[f(s Z) \mathrm{He}_k(Z)]/\sqrt{k!}$ for every scale s, of shape (s, k)."""
    points, functions = _hermite_functions()
    return f(np.outer(scales, points)) @ functions.T


@cache
def _hermite_functions() -> tuple[Array, Array]:
    """The points of a trapezoidal rule, and there He_k phi / sqrt(k!) times the step."""
    step = 1 / 24
    points = np.arange(-_WIDE, _WIDE + step / 2, step)
    root = np.exp(-points * points / 4) / (2 * pi) ** 0.25
    rows = np.empty((_TERMS, len(points)))
    rows[0], rows[1] = root, points * root
    for k in range(2, _TERMS):
        rows[k] = (points * rows[k - 1] - sqrt(k - 1) * rows[k - 2]) / sqrt(k)
    return points, rows * (root * step)


@cache
def _graded(levels: int) -> tuple[Array, Array]:
    """A Gauss rule on [0, 1] whose panels halve towards 0."""
    places, weights = np.polynomial.legendre.leggauss(_NODES)
    edges = [0.0, *(2.0**-level for level in range(levels, -1, -1))]
    spans = np.array([(low, high - low) for low, high in pairwise(edges)])
    points = spans[:, :1] + spans[:, 1:] * (places + 1) / 2
    return points.reshape(-1), (spans[:, 1:] * weights / 2).reshape(-1)


def _line(f: Function, scales: Array, levels: int) -> tuple[Array, Array]:
    """E f(s Z)^2 and E f(s Z) for every scale s."""
    places, weights = _graded(levels)
    points = _REACH * places
    mass = _REACH * weights * np.exp(-points * points / 2) / sqrt(2 * pi)
    at = f(np.outer(scales, np.concatenate([-points, points])))
    both = np.concatenate([mass, mass])
    return at * at @ both, at @ both


def _plane(
    f: Function, f2: Function, scales: Array, scales2: Array, angles: Array, levels: int
) -> Array:
    """E f(s Z) f(s' Z') for every scale, other scale and angle between Z and Z'."""
    places, weights = _graded(levels)
    radii = _REACH * places
    mass = _REACH * weights * radii * np.exp(-radii * radii / 2) / (2 * pi)
    ends = np.concatenate([places / 2, 1 - places / 2])
    shares = np.concatenate([weights, weights]) / 2
    out = np.empty((len(scales), len(scales2), len(angles)))
    for index, angle in enumerate(angles):
        width = np.repeat([angle, pi - angle, angle, pi - angle], len(ends))
        start = np.repeat([0.0, angle, pi, pi + angle], len(ends)) - pi / 2
        turn = start + width * np.tile(ends, 4)
        weight = np.outer(width * np.tile(shares, 4), mass)
        at = f(np.multiply.outer(scales, np.outer(np.cos(turn), radii)))
        at2 = f2(np.multiply.outer(scales2, np.outer(np.cos(turn - angle), radii)))
        flat = (at * weight).reshape(len(scales), -1)
        out[:, :, index] = flat @ at2.reshape(len(scales2), -1).T
    return out
