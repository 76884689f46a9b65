r"""Linear minimax: the move d that makes the largest $|y_i + J_i d|$ as small as can be.

A linear programme, solved by the simplex method on its dual, whose solution is the proof: shares
$\lambda_i \ge 0$ of signed rows with $\sum_i \lambda_i = 1$ and $\sum_i \lambda_i s_i J_i = 0$, so
that $\max_i |y_i + J_i d| \ge \sum_i \lambda_i s_i y_i$ for every d.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symvar.errors import ArgumentError

Array = npt.NDArray[np.float64]

TINY = 1e-10
"""Reduced costs, pivots and shares up to this count as zero."""

NUDGE = 1e-7
"""How far the right-hand side is moved from zero while a solution is looked for."""

MOST_PIVOTS = 20_000
REFRESHED = 50
"""Pivots between two inversions of the basis, which is updated in between."""


@dataclass(frozen=True)
class Move:
    """A solution.

    Args:
        move: d.
        worst: the largest absolute value it leaves.
        shares: the signed share of every row in the proof, positive where the row is.
        edge: whether the limit on d takes part in it.
    """

    move: Array
    worst: float
    shares: Array
    edge: bool


def least_worst(values: Array, slopes: Array, radius: float) -> Move:
    r"""Minimise $\max_i |y_i + J_i d|$ over $|d_j| \le$ ``radius``.

    Args:
        values: y, of shape (rows,).
        slopes: J, of shape (rows, unknowns).
        radius: the limit on each unknown.

    Raises:
        ArgumentError: for entries that are not finite.

    >>> found = least_worst(np.array([1.0, -3.0]), np.array([[1.0], [1.0]]), 10.0)
    >>> float(found.worst), found.move.tolist(), found.shares.tolist()
    (2.0, [1.0], [0.5, -0.5])
    """
    if not (np.isfinite(values).all() and np.isfinite(slopes).all()):
        raise ArgumentError(
            "minimax", need="finite values and slopes", have="others among them",
            remedy="check the moments they were made of",
        )  # fmt: skip
    rows, unknowns = slopes.shape
    ones, unit = np.ones(rows), np.eye(unknowns)
    signed = np.vstack([np.hstack([slopes.T, -slopes.T]), np.hstack([ones, ones])])
    limits = np.vstack([np.hstack([unit, -unit]), np.zeros(2 * unknowns)])
    columns = np.hstack([signed, limits])
    gains = np.concatenate([values, -values, np.full(2 * unknowns, -radius)])
    first = int(np.argmax(np.abs(values)))
    first += rows if values[first] < 0 else 0
    nudged = _nudged(unknowns)
    sides = np.where(columns[:unknowns, first] > nudged[:-1], unknowns, 0)
    basis = np.append(2 * rows + sides + np.arange(unknowns), first)
    prices, amounts = _simplex(columns, gains, basis, nudged)
    shares = amounts[:rows] - amounts[rows : 2 * rows]
    edge = bool(amounts[2 * rows :].max(initial=0.0) > TINY)
    return Move(-prices[:-1], float(prices[-1]), shares, edge)


def strict(values: Array, slopes: Array, radius: float) -> Move:
    """The same, and among all such moves the next worst least, and so on: a single move.

    Rows that the moves left cannot change are passed over. The shares and ``worst`` are those of
    the first of these problems.
    """
    moved, free = np.zeros(slopes.shape[1]), np.eye(slopes.shape[1])
    left, first = np.arange(len(values)), None
    while free.shape[1]:
        reached = slopes[left] @ free
        alive = np.abs(reached).max(axis=1, initial=0.0) > TINY
        left, reached = left[alive], reached[alive]
        if not len(left):
            break
        found = least_worst(values[left] + slopes[left] @ moved, reached, radius)
        moved = moved + free @ found.move
        if first is None:
            shares = np.zeros(len(values))
            shares[left] = found.shares
            first = Move(moved, found.worst, shares, found.edge)
        if found.edge:
            break
        tight = np.abs(found.shares) > TINY
        tight |= found.worst < TINY
        free = free @ _kernel(reached[tight])
        left = left[~tight]
    if first is None:
        return Move(moved, 0.0, np.zeros(len(values)), False)
    return Move(moved, first.worst, first.shares, first.edge)


def _kernel(matrix: Array) -> Array:
    """An orthonormal basis of the vectors it maps to zero, as columns."""
    _, sizes, right = np.linalg.svd(matrix)
    rank = int((sizes > TINY * max(1.0, sizes.max(initial=0.0))).sum())
    return np.asarray(right[rank:].T)


def _nudged(unknowns: int) -> Array:
    """The last unit vector, each zero moved a little, by amounts with no simple relation.

    So that no two columns reach zero at once, which could send the method in circles.
    """
    spread = np.sqrt(np.arange(2.0, unknowns + 2.0)) % 1.0
    return np.append(NUDGE * (0.5 + spread), 1.0)


def _simplex(
    columns: Array, gains: Array, basis: npt.NDArray[np.intp], wanted: Array
) -> tuple[Array, Array]:
    """Maximise the gains of amounts of columns that add up to a vector.

    Args:
        columns: one per unknown amount.
        gains: of each column.
        basis: columns that give a solution to start from.
        wanted: the vector, nudged; the amounts returned add up to the last unit vector.

    Returns:
        The prices (the solution of the dual problem) and the amounts.
    """
    for pivot in range(MOST_PIVOTS):
        if pivot % REFRESHED == 0:
            inverse = np.linalg.inv(columns[:, basis])
        prices = gains[basis] @ inverse
        surplus = gains - prices @ columns
        surplus[basis] = 0.0
        entering = int(np.argmax(surplus))
        if surplus[entering] <= TINY * (1.0 + np.abs(prices).max()):
            found = np.zeros(len(gains))
            chosen = columns[:, basis]
            found[basis] = np.linalg.solve(chosen, np.eye(len(wanted))[-1]).clip(0.0)
            prices = np.linalg.solve(chosen.T, gains[basis])
            return np.asarray(prices, dtype=np.float64), found
        rates = inverse @ columns[:, entering]
        falling = np.flatnonzero(rates > TINY)
        leaving = falling[np.argmin((inverse @ wanted)[falling] / rates[falling])]
        basis[leaving] = entering
        row = inverse[leaving] / rates[leaving]
        inverse -= np.outer(rates, row)
        inverse[leaving] = row
    raise ArgumentError(
        "minimax", need=f"a problem solved in {MOST_PIVOTS} steps", have=f"{columns.shape} columns",
        remedy="report this as a defect of symvar",
    )  # fmt: skip
