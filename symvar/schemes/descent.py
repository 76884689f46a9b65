"""The worst moment of a network made smaller, linear programme by linear programme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
import numpy.typing as npt
import sympy as sp

from symvar.errors import NeedsFact
from symvar.schemes.minimax import Array, strict
from symvar.schemes.optimum import Direction, Optimum, of_segment
from symvar.schemes.passes import Moments, Passes, logarithms, written
from symvar.schemes.segments import segments

NUDGE = 1e-4
"""The change of a log variance that slopes are measured with."""

UNMOVED = 1e-7
"""Slopes below are zero."""

FARTHEST = 4.0
"""The largest change of a log variance in the first step."""

NEAREST = 1e-6
"""The search ends where steps of this size gain nothing."""

GAIN = 1e-7
"""The search ends where a linear programme promises less."""

STEPS = 60


@dataclass(frozen=True)
class Landscape:
    """The logarithms of all moments as a function of those of the free variances.

    Args:
        passes: the network.
        names: the nodes whose variances are free.
        fixed: the variances of the others.
    """

    passes: Passes
    names: Sequence[str]
    fixed: Mapping[str, sp.Expr]

    @property
    def rows(self) -> list[tuple[str, Direction]]:
        """What each logarithm is of."""
        layers = [node.name for node in self.passes.net.weighted]
        sides: tuple[Direction, Direction] = ("forward", "backward")
        return [(name, side) for side in sides for name in layers]

    def variances(self, place: Array) -> dict[str, sp.Expr]:
        """All variances, by node."""
        pairs = zip(self.names, place, strict=True)
        return {**self.fixed, **{name: written(exp(each)) for name, each in pairs}}

    def moments(self, place: Array) -> Moments:
        """All moments."""
        return self.passes.moments(self.variances(place))

    def values(self, place: Array) -> Array:
        """The logarithms of all moments."""
        found = self.moments(place)
        layers = [node.name for node in self.passes.net.weighted]
        sides = (found.forward, found.backward)
        return np.concatenate([logarithms(side, layers) for side in sides])

    def slopes(self, place: Array, values: Array) -> Array:
        """How each moment moves with each variance, by a small change of one at a time."""
        moved = (self.values(place + NUDGE * unit) for unit in np.eye(len(place)))
        found = np.stack([(each - values) / NUDGE for each in moved], axis=1)
        found[np.abs(found) < UNMOVED] = 0.0
        return found


def descend(
    passes: Passes, start: Mapping[str, sp.Expr], fixed: Mapping[str, sp.Expr]
) -> tuple[dict[str, sp.Expr], Optimum]:
    """Variances with the worst logarithm of a moment as small as steps from a start make it.

    Each step solves the linear programme of the slopes, within a radius that shrinks where it
    promised too much; slopes are kept from step to step, corrected by what was found, and measured
    anew before the search ends.

    Args:
        passes: the network.
        start: the variances to start from.
        fixed: those that stay as they are.

    Raises:
        NeedsFact: where no variance is free, and for moments that are no positive numbers.
    """
    names = [name for name in start if name not in fixed]
    if not names:
        raise NeedsFact(
            "scheme 'exact-compromise'", need="a weight that may be changed",
            have="none: all are frozen", remedy="unfreeze one",
        )  # fmt: skip
    land = Landscape(passes, names, fixed)
    place, gain, reached = _searched(land, logarithms(start, names))
    return land.variances(place), _optimum(land, place, gain, reached)


def _searched(land: Landscape, place: Array) -> tuple[Array, float, npt.NDArray[np.bool_]]:
    """The place, what its linear programme still promises, and which moments move at all."""
    values = land.values(place)
    slopes, fresh = land.slopes(place, values), True
    reached = np.asarray(slopes.any(axis=1), dtype=bool)
    radius = FARTHEST
    for _ in range(STEPS):
        step = strict(values[reached], slopes[reached], radius)
        gain = _worst(values[reached]) - step.worst
        small = gain < GAIN and np.abs(step.move).max() < NEAREST
        if fresh and (small or radius < NEAREST):
            break
        after = land.values(place + step.move)
        if _better(after[reached], values[reached]):
            error = after - values - slopes @ step.move
            slopes += np.outer(error, step.move) / (step.move @ step.move)
            place, values, fresh = place + step.move, after, False
            radius = max(radius, 2 * np.abs(step.move).max())
        elif not fresh:
            slopes, fresh = land.slopes(place, values), True
        else:
            radius = min(radius, np.abs(step.move).max()) / 4
    return place, max(gain, 0.0), reached


def _worst(values: Array) -> float:
    return float(np.abs(values).max())


def _better(after: Array, before: Array) -> bool:
    """Whether the worst is smaller, or as small and the others smaller together."""
    change = _worst(after) - _worst(before)
    if abs(change) > GAIN / 10:
        return change < 0
    return float(after @ after) < float(before @ before) * (1 - GAIN)


def _optimum(land: Landscape, place: Array, gain: float, reached: npt.NDArray[np.bool_]) -> Optimum:
    moments = land.moments(place)
    values = land.values(place)[reached]
    bounds = []
    if not land.passes.biases:
        found = (of_segment(each, moments) for each in segments(land.passes.net))
        bounds = [each for each in found if each is not None]
    best = max(bounds, key=lambda each: float(each.value.evalf()), default=None)
    fixed = tuple(row for row, moves in zip(land.rows, reached, strict=True) if not moves)
    worst = sp.Float(_worst(values))
    if best is None:
        return Optimum(worst, sp.Integer(0), (), gain, fixed)
    return Optimum(worst, sp.Float(best.value.evalf()), best.proof, gain, fixed)
