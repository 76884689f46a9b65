"""Fixed points x = f(x) of maps that cost a pass of the network each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

MEMORY = 5
"""Earlier steps that the next one is made of."""


def fixed_point(
    step: Callable[[Array], Array], start: Array, tolerance: float, most: int
) -> tuple[Array, Array]:
    """Anderson's mixing: the next x from the last ones, as if f were linear there.

    Args:
        step: f(x) - x.
        start: the first x.
        tolerance: the largest change at which it ends.
        most: the evaluations at most.

    Returns:
        The x with the least change, and that change.

    >>> found, change = fixed_point(lambda x: np.cos(x) - x, np.array([1.0]), 1e-12, 50)
    >>> round(float(found[0]), 10), bool(abs(change[0]) < 1e-12)
    (0.7390851332, True)
    """
    places: list[Array] = []
    changes: list[Array] = []
    best, least = start, np.full(start.shape, np.inf)
    place = start
    for _ in range(most):
        change = step(place)
        if np.abs(change).max(initial=0.0) < np.abs(least).max(initial=0.0):
            best, least = place, change
        if np.abs(change).max(initial=0.0) <= tolerance:
            return place, change
        places, changes = [*places[-MEMORY:], place], [*changes[-MEMORY:], change]
        place = place + change
        if len(changes) > 1:
            moved, turned = np.diff(places, axis=0), np.diff(changes, axis=0)
            mixed = np.linalg.lstsq(turned.T, change, rcond=1e-10)[0]
            place = place - (moved + turned).T @ mixed
    return best, least
