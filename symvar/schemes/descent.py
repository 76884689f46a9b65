"""The worst moment of a network made smaller, linear programme by linear programme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp

import numpy as np
import numpy.typing as npt
import sympy as sp

from symvar.errors import NeedsFact
from symvar.schemes.curved import curved_minimax
from symvar.schemes.minimax import Array, least_worst, strict
from symvar.schemes.optimum import Bound, Direction, Optimum, Share, of_segment
from symvar.schemes.passes import Moments, Passes, logarithms, written
from symvar.schemes.segments import in_series, segments

NUDGE = 1e-4
"""The change of a log variance that slopes are measured with."""

UNMOVED = 1e-7
"""Slopes below are zero."""

FARTHEST = 4.0
"""The largest change of a log variance in a step of a linear programme."""

NEAREST = 1e-6
"""The search ends where a linear programme moves no variance by more."""

GAIN = 1e-7
"""The search ends where a model promises less."""

STEPS = 60


@dataclass(frozen=True)
class Landscape:
    """The logarithms of all moments as a function of those of the free variances.

    Args:
        passes: the network.
        names: the nodes whose variances are free.
        fixed: the variances of the others.
        reached: the moments that count; all of them where None.
    """

    passes: Passes
    names: Sequence[str]
    fixed: Mapping[str, sp.Expr]
    reached: npt.NDArray[np.bool_] | None = None

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
        """The logarithms of the moments that count."""
        found = self.moments(place)
        layers = [node.name for node in self.passes.net.weighted]
        sides = (found.forward, found.backward)
        every = np.concatenate([logarithms(side, layers) for side in sides])
        return every if self.reached is None else np.asarray(every[self.reached])

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

    First steps of linear programmes, their slopes corrected by what each step found: where the
    moments are linear, as with norms or frozen layers in a chain, the first of them is the answer.
    Then, where the moments are curved, steps of a quadratic model.

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
    land, place = Landscape(passes, names, fixed), logarithms(start, names)
    everything = land.slopes(place, land.values(place))
    land = replace(land, reached=np.asarray(everything.any(axis=1), dtype=bool))
    place, straight = _straight(land, place)
    if not straight:
        place = curved_minimax(land.values, land.slopes, place, GAIN, STEPS)
    return land.variances(place), _optimum(land, place)


def _straight(land: Landscape, place: Array) -> tuple[Array, bool]:
    """Linear programmes as long as they keep what they promise; whether they ended at the goal."""
    values = land.values(place)
    slopes, fresh = land.slopes(place, values), True
    for _ in range(STEPS):
        step = strict(values, slopes, FARTHEST)
        gain = _worst(values) - step.worst
        if fresh and gain < GAIN and np.abs(step.move).max() < NEAREST:
            return place, True
        after = land.values(place + step.move)
        if _better(after, values):
            error = after - values - slopes @ step.move
            slopes += np.outer(error, step.move) / (step.move @ step.move)
            place, values, fresh = place + step.move, after, False
        elif not fresh:
            slopes, fresh = land.slopes(place, values), True
        else:
            break
    return place, False


def _worst(values: Array) -> float:
    return float(np.abs(values).max())


def _better(after: Array, before: Array) -> bool:
    """Whether the worst is smaller, or as small and the others smaller together."""
    change = _worst(after) - _worst(before)
    if abs(change) > GAIN / 10:
        return change < 0
    return float(after @ after) < float(before @ before) * (1 - GAIN)


def _optimum(land: Landscape, place: Array) -> Optimum:
    moments, values = land.moments(place), land.values(place)
    slopes = land.slopes(place, values)
    assert land.reached is not None
    rows = zip(land.rows, land.reached, strict=True)
    fixed = tuple(row for row, moves in rows if not moves)
    worst = sp.Float(_worst(values))
    gain = max(_worst(values) - least_worst(values, slopes, 1.0).worst, 0.0)
    if land.passes.biases:
        return Optimum(worst, sp.Integer(0), (), gain, fixed)
    if in_series(land.passes.net):
        return Optimum(worst, *_of_line(land, values, np.round(slopes)), gain, fixed)
    found = (of_segment(each, moments) for each in segments(land.passes.net))
    best = max(
        (each for each in found if each is not None),
        key=lambda each: float(each.value.evalf()),
        default=Bound(sp.Integer(0), (), sp.Integer(0)),
    )
    return Optimum(worst, sp.Float(best.value.evalf()), best.proof, gain, fixed)


def _of_line(land: Landscape, values: Array, slopes: Array) -> tuple[sp.Expr, tuple[Share, ...]]:
    """What the linear programme of a chain proves; its slopes are zeros and ones."""
    best = least_worst(values, slopes, FARTHEST)
    assert land.reached is not None
    rows = [row for row, moves in zip(land.rows, land.reached, strict=True) if moves]
    parts = zip(rows, best.shares, strict=True)
    proof = tuple(Share(*row, sp.Float(share)) for row, share in parts if share)
    return sp.Float(best.shares @ values), proof
