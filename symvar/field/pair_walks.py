r"""What two positions of a residual sum share: two correlated walks, at low-discrepancy points.

$s_k = f(s_{k-1}) + b_k$ at both positions, with the correlation of $b_k$ between them. The
result depends smoothly on these correlations, so a few displacements stand for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from symvar.field.kernels import Kernel
from symvar.field.lazy import Lazy
from symvar.field.maps import ActivationMap, Bent
from symvar.field.normal import density, distribution
from symvar.field.pairs import FULL_POSITIONS, Apart, Displaced, Pairs, displaced, filled
from symvar.field.steps import Array

WORK = 2**16
"""Points times steps."""

GENERATOR = 1571

SHOWN = 24
"""Displacements that are walked; between them the result is interpolated."""


@dataclass(frozen=True, eq=False)
class Step:
    """One summand of a stream, and what is done to the sum behind it.

    Args:
        kernel: of the summand; of what the stream starts from, if it is the first.
        function: applied to the sum, or none.
    """

    kernel: Kernel
    function: ActivationMap | None


def rectified_alike(kernel: Kernel) -> Step:
    """A rectified Gaussian field with the second moments of a field that is never negative."""
    relu = Bent(0, 1)
    grid = np.linspace(-1.0, 1.0, 2001)
    curve = 2 * relu.product(1.0, 1.0, grid)

    def before(pairs: Pairs, same: bool) -> Pairs:
        cosines = displaced(pairs, kernel.variance, same).cosines
        return Displaced(np.interp(cosines, curve, grid))

    source = Kernel(
        2 * kernel.variance,
        Lazy(lambda pairs: before(pairs, True), [kernel.pairs]),
        Lazy(lambda pairs: before(pairs, False), [kernel.across]),
    )
    return Step(source, relu)


def walked(steps: Sequence[Step], variance: Array, same: bool) -> Pairs:
    """The second moments of pairs behind the last step.

    Args:
        steps: from the start of the stream.
        variance: (1, *space): the second moment there.
        same: whether both positions are of one input.
    """
    space = variance.shape[1:]
    pairs = [(each.kernel.pairs if same else each.kernel.across).value for each in steps]
    if all(isinstance(each, Apart) for each in pairs) and all(s.function is None for s in steps):
        return Apart()
    along = [
        displaced(each, step.kernel.variance, same).cosines[0].reshape(-1)
        for each, step in zip(pairs, steps, strict=True)
    ]
    cosines = _interpolated(steps, np.stack(along))
    shape = tuple(2 * size - 1 for size in space)
    found = cosines.reshape(1, *shape)
    if same:
        found[(0, *(size - 1 for size in space))] = 1.0
    known = Displaced(found)
    small = variance[0].size <= FULL_POSITIONS
    return filled(known, variance, same) if small else known


def _interpolated(steps: Sequence[Step], correlations: Array) -> Array:
    """(D,) cosines of the sum from the (steps, D) correlations of its summands."""
    weights = np.array([step.kernel.mean for step in steps])
    order_by = weights @ correlations / weights.sum()
    order = np.argsort(order_by)
    count = min(SHOWN, len(order))
    places = order[np.unique(np.linspace(0, len(order) - 1, count).astype(int))]
    values = _cosines(steps, correlations[:, places])
    knots, first = np.unique(order_by[places], return_index=True)
    return np.interp(order_by, knots, values[first])


def _cosines(steps: Sequence[Step], correlations: Array) -> Array:
    count = 2 ** int(np.log2(np.clip(WORK / len(steps), 512, 4096)))
    one, two = np.zeros((count, 1)), np.zeros((count, correlations.shape[1]))
    first, second = _points(len(steps), count)
    for index, step in enumerate(steps):
        size = np.sqrt(step.kernel.mean)
        shared = np.clip(correlations[index], -1.0, 1.0)
        own = np.sqrt(1 - shared**2)
        one = one + size * first[:, index, None]
        two = two + size * (shared * first[:, index, None] + own * second[:, index, None])
        if step.function is not None:
            one, two = step.function.value(one), step.function.value(two)
    products = (one * two).mean(axis=0)
    sizes = np.sqrt((one**2).mean() * (two**2).mean(axis=0))
    return np.asarray(products / sizes)


@lru_cache(maxsize=256)
def _points(steps: int, count: int) -> tuple[Array, Array]:
    """Standard normals (count, steps) of two walks: a lattice in their principal components."""
    powers = np.array([pow(GENERATOR, power, count) for power in range(2 * steps)])
    places = (np.outer(np.arange(count), powers) + 0.5) / count % 1.0
    components = quantiles(places)
    sums = np.tril(np.ones((steps, steps)))
    values, vectors = np.linalg.eigh(sums @ sums.T)
    order = np.argsort(values)[::-1]
    turn = np.linalg.solve(sums, vectors[:, order] * np.sqrt(values[order]))
    return components[:, 0::2] @ turn.T, components[:, 1::2] @ turn.T


def quantiles(shares: Array) -> Array:
    """Of the standard normal, by Newton's method from a table."""
    table = np.linspace(-9.0, 9.0, 1801)
    found = np.interp(shares, distribution(table), table)
    for _ in range(3):
        found = found - (distribution(found) - shares) / np.maximum(density(found), 1e-300)
    return np.asarray(found)
