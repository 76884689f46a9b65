"""Moments of small piecewise linear maps of independent normals, without a formula of symvar.

For u of n independent standard normals, the signs and the ranking of the magnitudes are n! 2^n
equally likely patterns, independent of the sorted magnitudes. On one pattern a map made of ReLU,
maxima and means of units is linear in the sorted magnitudes, z = sum_k b_k |u|_(k), so
E[z^2] = mean over patterns of b' S b with S the product moments of the order statistics of n
half-normals, and sum_j E[(dz/du_j)^2] = mean over patterns of b'b, a rational number.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import pairwise, permutations, product
from math import comb, erf, exp, factorial, pi, sqrt

import numpy as np

GAP = 1000  # distance between two magnitudes of a representative: a step of 1 changes no ranking


@cache
def patterns(units):
    """(representatives, rank of each unit): one row per pattern of signs and ranking."""
    rows, ranks = [], []
    for order in permutations(range(units)):
        for signs in product((1, -1), repeat=units):
            rows.append([sign * GAP * (rank + 1) for sign, rank in zip(signs, order, strict=True)])
            ranks.append(order)
    return np.array(rows), np.array(ranks)


def slopes(function, units):
    """b of every output on every pattern: ``(patterns, outputs, units)``, exact fractions."""
    rows, ranks = patterns(units)
    base = function(rows.astype(object)).reshape(len(rows), -1)
    found = np.empty((*base.shape, units), dtype=object)
    for rank in range(units):
        stepped = rows + np.sign(rows) * (ranks == rank)
        moved = function(stepped.astype(object)).reshape(len(rows), -1)
        found[:, :, rank] = moved - base
    scale = np.array([GAP * (rank + 1) for rank in range(units)], dtype=object)
    assert (base == (found * scale).sum(axis=-1)).all(), "not linear on a pattern"
    return found


def gram(found):
    """The mean over patterns and outputs of b b', exact."""
    count = found.shape[0] * found.shape[1]
    rows = found.reshape(count, -1)
    total = sum((np.outer(row, row) for row in rows), start=np.zeros((rows.shape[1],) * 2, int))
    return [[Fraction(entry) / count for entry in row] for row in total]


def moments(function, units):
    """(mean over outputs of E[z^2], mean over outputs of sum_j E[(dz/du_j)^2], outputs)."""
    found = slopes(function, units)
    mean = gram(found)
    weights = np.array([[float(entry) for entry in row] for row in mean])
    second = float((weights * order_products(units)).sum())
    return second, sum(mean[k][k] for k in range(units)), found.shape[1]


@cache
def order_products(units, nodes=60):
    """S[i, j] = E[|u|_(i) |u|_(j)] by Gauss-Legendre on the joint density of two order statistics.

    For i < j the density of (x, y), x < y, is n! / (i! (j-i-1)! (n-1-j)!) F(x)^i
    (F(y)-F(x))^(j-i-1) (1-F(y))^(n-1-j) f(x) f(y), counting from 0.
    """
    points, weights = np.polynomial.legendre.leggauss(nodes)
    high = 12.0
    panels = np.linspace(0, high, 7)
    x = np.concatenate([(b - a) / 2 * points + (a + b) / 2 for a, b in pairwise(panels)])
    v = np.concatenate([(b - a) / 2 * weights for a, b in pairwise(panels)])
    table = np.zeros((units, units))
    for i in range(units):
        table[i, i] = (v * x**2 * _marginal(x, i, units)).sum()
    for y, weight in zip(x, v, strict=True):  # inner variable on [0, y]
        inner, inner_weight = y / 2 * (points + 1), y / 2 * weights
        small, large = _cdf(inner), _cdf(np.array([y]))
        for i in range(units):
            for j in range(i + 1, units):
                many = factorial(units) // (
                    factorial(i) * factorial(j - i - 1) * factorial(units - 1 - j)
                )
                density = small**i * (large - small) ** (j - i - 1) * _pdf(inner)
                tail = (1 - large[0]) ** (units - 1 - j) * _pdf(np.array([y]))[0]
                table[i, j] += weight * many * y * tail * (inner_weight * inner * density).sum()
    return table + np.triu(table, 1).T


def _marginal(x, i, units):
    below, above = _cdf(x) ** i, (1 - _cdf(x)) ** (units - 1 - i)
    return units * comb(units - 1, i) * below * above * _pdf(x)


def _pdf(x):
    return np.array([2 / sqrt(2 * pi) * exp(-each * each / 2) for each in x])


def _cdf(x):
    return np.array([erf(each / sqrt(2)) for each in x])
