"""The law of a rectified maximum at every position, as nodes with probabilities."""

from __future__ import annotations

import numpy as np

from symvar.field.maxima import deviation_rule, distinct
from symvar.field.normal import density, distribution
from symvar.field.pools import Pool
from symvar.field.signals import refused
from symvar.field.steps import Array
from symvar.field.walks import Laws, Places

NODES = 24
REACH = 8.0
ALIKE = 1e-6


def law_of(pool: Pool) -> tuple[Laws, Places]:
    r"""The laws of $\max(0, sS + m)$ by class of positions, and each position's class.

    Raises:
        NeedsFact: for another function, or an ensemble of inputs.
    """
    if pool.function is None or not pool.function.rectifies or len(pool.source.variance) > 1:
        raise refused("a rectified maximum of one kind of input", "another maximum before a sum")
    rows = np.zeros((int(np.prod(pool.space)), 3))
    for group, (variance, covariance) in zip(pool.groups, pool.exchangeable(), strict=True):
        size = np.full(len(variance), group.inputs.shape[1])
        rows[group.outputs] = np.stack([variance, covariance, size], axis=1)
    pick, classes = distinct(rows, ALIKE)
    made = [_law(*rows[each]) for each in pick]
    count = max(len(nodes) for nodes, _ in made)
    laws = [Laws(nodes[None], masses[None]).padded(count) for nodes, masses in made]
    nodes = np.concatenate([each.nodes for each in laws])
    return Laws(nodes, np.concatenate([each.masses for each in laws])), classes.astype(np.intp)


def _law(variance: float, covariance: float, size: float) -> tuple[Array, Array]:
    offsets, weights = deviation_rule(int(size))
    offsets = offsets * np.sqrt(max(variance - covariance, 0.0))
    spread = np.sqrt(max(variance + (size - 1) * covariance, 0.0) / size)
    places, rule = np.polynomial.legendre.leggauss(NODES)
    low = np.clip(-offsets / spread, -REACH, REACH)
    half = (REACH - low) / 2
    normal = low[:, None] + half[:, None] * (1 + places)
    nodes = spread * normal + offsets[:, None]
    masses = weights[:, None] * half[:, None] * rule * density(normal)
    closed = float(weights @ distribution(low))
    at = np.concatenate([[0.0], nodes.reshape(-1)])
    return at, np.concatenate([[closed], masses.reshape(-1)])
