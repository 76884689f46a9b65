r"""The largest of T standard normals less their mean: a Gauss rule for its law.

The mean of a Gaussian sample is independent of its deviations from the mean, so the largest is
$M = \bar S + D$ with $\bar S \sim N(0, 1/T)$ independent of $D$. Averaging a Hermite polynomial
over $\bar S$ undoes it: $\mathrm{E}[D^n] = T^{-n/2}\,\mathrm{E}[He_n(\sqrt T M)]$.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from flint import arb, ctx

from symvar.errors import ArgumentError
from symvar.field.normal import Array

NODES = 6
"""Enough for 1e-6 of every moment a window of ReLUs is asked for."""

_MOST_NODES = 16
_BITS = 256  # the Hermite polynomials and the recurrence cancel
_REACH = 15.0  # what lies beyond is below e^-112
_DECAY = 80.0  # the trapezoidal rule's error is below e^-80


@lru_cache(maxsize=128)
def deviation_rule(window: int, nodes: int = NODES) -> tuple[Array, Array]:
    r"""Nodes and weights of the Gauss rule for $D_T = \max_i Z_i - \bar Z$, Z standard normals.

    $\sum_i w_i f(d_i) = \mathrm{E}[f(D_T)]$ for polynomials up to degree $2\,\mathrm{nodes} - 1$.

    Args:
        window: T.
        nodes: their number; one node 0 for T = 1, which has no deviation.

    Raises:
        ArgumentError: T below 1, or nodes outside 1 to 16.

    >>> d, w = deviation_rule(2)
    >>> round(float(w @ d**2), 12)
    0.5
    """
    if window < 1 or not 1 <= nodes <= _MOST_NODES:
        raise ArgumentError(
            "deviation_rule",
            need=f"a window of 1 or more and 1 to {_MOST_NODES} nodes",
            have=f"{window} and {nodes}",
            remedy="use the 6 nodes it takes by itself",
        )
    if window == 1:
        return _readonly(np.zeros(1)), _readonly(np.ones(1))
    with ctx.workprec(_BITS):
        diagonal, beside = _recurrence(_moments(window, 2 * nodes), nodes)
    values, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1))
    return _readonly(values), _readonly(vectors[0] ** 2)


def _moments(window: int, count: int) -> list[arb]:
    r"""E[D^n] for n below count, by the trapezoidal rule of step h.

    The error is the integrand's Fourier transform at $2\pi/h$, whose factor $\bar S$ alone is
    $e^{-2\pi^2/(T h^2)}$.
    """
    step = arb(math.pi * math.sqrt(2 / (_DECAY * window)))
    reach = int(_REACH / float(step))
    root, half, scale = arb(window).sqrt(), arb("0.5"), -arb("0.5").sqrt()
    sums = [arb(0)] * count
    for index in range(-reach, reach + 1):
        x = step * index
        weight = (-x * x * half).exp() * ((x * scale).erfc() * half) ** (window - 1)
        x, before, here = x * root, arb(0), weight
        for n in range(count):
            sums[n] += here
            before, here = here, x * here - n * before
    return [total / sums[0] / root**n for n, total in enumerate(sums)]


def _recurrence(moments: list[arb], nodes: int) -> tuple[list[float], list[float]]:
    """The orthogonal polynomials' three-term recurrence (Chebyshev's algorithm)."""
    diagonal, squares = [moments[1] / moments[0]], list[arb]()
    before, here = [arb(0)] * len(moments), moments
    for k in range(1, nodes):
        previous = squares[-1] if squares else arb(0)
        after = [arb(0)] * len(moments)
        for i in range(k, len(moments) - k):
            after[i] = here[i + 1] - diagonal[-1] * here[i] - previous * before[i]
        squares.append(after[k] / here[k - 1])
        diagonal.append(after[k + 1] / after[k] - here[k] / here[k - 1])
        before, here = here, after
    return [float(each) for each in diagonal], [math.sqrt(float(each)) for each in squares]


def _readonly(values: Array) -> Array:
    values.flags.writeable = False
    return values


def block_means(blocks: Array) -> tuple[Array, Array]:
    """(W,) and (W,): each block's mean variance and mean covariance.

    Args:
        blocks: (W, T, T); of a single unit the variance stands for both.
    """
    size = blocks.shape[1]
    variance = np.einsum("wii->w", blocks) / size
    if size == 1:
        return variance, variance
    covariance = (blocks.sum(axis=(1, 2)) - size * variance) / (size * (size - 1))
    return variance, covariance
