"""Chebyshev series on an interval: nodes, coefficients, and the polynomials at many points."""

from __future__ import annotations

from math import pi

import numpy as np

from symvar.field.normal import Array


def nodes(low: float, high: float, count: int) -> Array:
    """The Chebyshev points of the first kind."""
    angles = pi * (np.arange(count) + 0.5) / count
    return (low + high) / 2 + (high - low) / 2 * np.cos(angles)


def coefficients(values: Array, axis: int) -> Array:
    """The series through the values at the nodes, along one axis."""
    count = values.shape[axis]
    orders = np.arange(count)
    transform = 2 / count * np.cos(pi / count * np.outer(orders, orders + 0.5))
    transform[0] /= 2
    return np.moveaxis(np.tensordot(transform, values, (1, axis)), 0, axis)


def polynomials(points: Array, low: float, high: float, count: int) -> Array:
    r"""$T_0 \dots T_{n-1}$ of the points, of shape (count, points)."""
    place = np.clip((2 * points - low - high) / (high - low), -1.0, 1.0)
    rows = np.ones((count, *place.shape))
    if count > 1:
        rows[1] = place
    double = 2 * place
    for order in range(2, count):
        np.multiply(double, rows[order - 1], out=rows[order])
        rows[order] -= rows[order - 2]
    return rows


def unresolved(series: Array, axis: int, tight: float) -> bool:
    """Whether the last two coefficients along an axis are not yet negligible."""
    return bool(np.abs(np.take(series, (-2, -1), axis)).max() > tight)


def trimmed(series: Array, tiny: float) -> Array:
    """The series without its trailing negligible coefficients, on every axis."""
    for axis in range(series.ndim):
        others = tuple(each for each in range(series.ndim) if each != axis)
        large = np.nonzero(np.abs(series).max(axis=others) > tiny)[0]
        series = np.take(series, range(int(large[-1]) + 1 if large.size else 1), axis)
    return series
