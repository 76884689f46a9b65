r"""Minimax where the rows are curved: steps of a quadratic model.

A linear programme has its solution at a corner, with one row more at the worst value than there
are unknowns. Where rows are curved the least worst value is reached with fewer, and steps of linear
programmes creep. Here the curvature of $\sum_i \lambda_i s_i y_i$ is estimated from its slopes at
successive places (BFGS, damped), and a step minimises $t + \tfrac12 d^\top B d$ with
$|y_i + J_i d| \le t$.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from symvar.schemes.minimax import Array

FIRST_CURVATURE = 0.1
"""Of every unknown, before anything is known of it."""

ENOUGH = 1e-4
"""The part of the promised gain a step must keep."""

HALVINGS = 8

TINY = 1e-12


def curved_minimax(
    values: Callable[[Array], Array],
    slopes: Callable[[Array, Array], Array],
    start: Array,
    tolerance: float,
    most: int,
) -> Array:
    """A place where small changes do not make the largest absolute value smaller.

    Args:
        values: y at a place.
        slopes: J at a place, given y there.
        start: the first place.
        tolerance: the promised gain at which it ends.
        most: the steps at most.

    >>> def values(x): return np.array([x[0] ** 2 + 1.0, x[0] ** 2 - x[0]])
    >>> def slopes(x, y): return np.array([[2 * x[0]], [2 * x[0] - 1.0]])
    >>> bool(abs(curved_minimax(values, slopes, np.array([3.0]), 1e-12, 50)[0]) < 1e-6)
    True
    """
    place, here = start, values(start)
    slope = slopes(place, here)
    curvature = FIRST_CURVATURE * np.eye(len(place))
    for _ in range(most):
        move, shares = quadratic_step(here, slope, curvature)
        worst = np.abs(here).max()
        promised = worst - np.abs(here + slope @ move).max()
        if promised < tolerance:
            break
        for halving in range(HALVINGS):
            length = 0.5**halving
            after = values(place + length * move)
            if np.abs(after).max() <= worst - ENOUGH * length * promised:
                break
        else:
            break
        place, here = place + length * move, after
        turned = slopes(place, here)
        _learn(curvature, length * move, (turned - slope).T @ shares)
        slope = turned
    return place


def quadratic_step(values: Array, slopes: Array, curvature: Array) -> tuple[Array, Array]:
    r"""The d that minimises $\max_i |y_i + J_i d| + \tfrac12 d^\top B d$, and the signed shares.

    Its dual, $\max_\lambda \lambda^\top c - \tfrac12 \lambda^\top Q \lambda$ over shares of the
    signed rows, is solved by adding and dropping rows one at a time.

    >>> move, shares = quadratic_step(np.array([2.0, 0.0]), np.eye(2), np.eye(2))
    >>> move.round(9).tolist(), shares.round(9).tolist()
    ([-1.0, 0.0], [1.0, 0.0])
    """
    signed, heights = np.vstack([slopes, -slopes]), np.concatenate([values, -values])
    spread = np.linalg.solve(curvature, signed.T)
    inner = signed @ spread
    shares = np.zeros(len(heights))
    support = [int(np.argmax(heights))]
    shares[support] = 1.0
    for _ in range(20 * len(heights)):
        wanted = _level(inner[np.ix_(support, support)], heights[support])
        if wanted.min() <= 0:
            now = shares[support]
            falling = wanted < now
            room = np.where(falling, now / np.where(falling, now - wanted, 1.0), np.inf)
            shares[support] = np.maximum(now + min(1.0, room.min()) * (wanted - now), 0.0)
            out = support.pop(int(np.argmin(room)))
            shares[out] = 0.0
            continue
        shares[:] = 0.0
        shares[support] = wanted
        left = heights - inner @ shares
        best = int(np.argmax(left))
        if best in support or left[best] <= left[support].max() + TINY * (1 + abs(left).max()):
            break
        support.append(best)
    return -spread @ shares, shares[: len(values)] - shares[len(values) :]


def _level(inner: Array, heights: Array) -> Array:
    """Shares, of any sign, that add up to one and bring these rows to one value."""
    count = len(heights)
    system = np.ones((count + 1, count + 1))
    system[:count, :count] = inner
    system[count, count] = 0.0
    found = np.linalg.lstsq(system, np.append(heights, 1.0), rcond=TINY)[0]
    return np.asarray(found[:count], dtype=np.float64)


def _learn(curvature: Array, move: Array, turn: Array) -> None:
    """Put what a move taught into the curvature, which stays positive."""
    bent = curvature @ move
    size = float(move @ bent)
    along = float(move @ turn)
    weight = 1.0 if along >= 0.2 * size else 0.8 * size / (size - along)
    turn = weight * turn + (1 - weight) * bent
    curvature += np.outer(turn, turn) / float(move @ turn) - np.outer(bent, bent) / size
