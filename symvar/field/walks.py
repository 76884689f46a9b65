r"""Laws of $s_k = f(s_{k-1}) + b_k$, one for each class of positions, by Gauss rules.

Nodes and probabilities stand for a law; adding a Gaussian is a matrix of densities between the
nodes before and after, whose transpose takes functions of $s_k$ back to functions of $s_{k-1}$.
Panels end at the kinks of the function that comes next, so that the rules are as good as for
smooth functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from symvar.errors import ArgumentError
from symvar.field.maps import ActivationMap
from symvar.field.normal import Array, density

Places = npt.NDArray[np.intp]

_REACH = 7.0  # standard deviations
_WIDTH = 2.5  # of a panel, in standard deviations of the summand
_NODES = 8  # of a panel
_PANELS = 400  # at most, between two kinks
_RARE = 1e-14  # what may be left out on either side
_CELLS = 1 << 20  # of a matrix at a time


@dataclass(frozen=True, eq=False)
class Laws:
    """Laws of real numbers, as many as there are classes C.

    Args:
        nodes: (C, n), where they are known.
        masses: (C, n), the probability of each.
    """

    nodes: Array
    masses: Array

    @classmethod
    def zero(cls) -> Laws:
        """One class: the number 0."""
        return cls(np.zeros((1, 1)), np.ones((1, 1)))

    def mean(self, function: Array) -> Array:
        """(C,): the means of a function, given at the nodes."""
        return np.einsum("cn,cn->c", self.masses, function)

    def through(self, f: ActivationMap) -> Laws:
        """The laws of the function of them."""
        return Laws(f.value(self.nodes), self.masses)

    def padded(self, count: int) -> Laws:
        """With further nodes of probability 0, up to a number."""
        more = ((0, 0), (0, count - self.nodes.shape[1]))
        return Laws(np.pad(self.nodes, more, mode="edge"), np.pad(self.masses, more))

    def of(self, classes: Places) -> Laws:
        """Those of some classes."""
        return Laws(self.nodes[classes], self.masses[classes])

    def ends(self) -> tuple[Array, Array]:
        """The outermost nodes but for those in the tails."""
        order = np.argsort(self.nodes, axis=1)
        nodes, masses = (np.take_along_axis(a, order, 1) for a in (self.nodes, self.masses))
        first = np.argmax(np.cumsum(masses, axis=1) > _RARE, axis=1)
        last = np.argmax(np.cumsum(masses[:, ::-1], axis=1) > _RARE, axis=1)
        rows = np.arange(len(nodes))
        return nodes[rows, first], nodes[rows, nodes.shape[1] - 1 - last]


@dataclass(frozen=True, eq=False)
class Sum:
    """Laws with independent Gaussians added.

    Args:
        given: the laws before.
        variance: (C,), what is added; none at all for some.
        laws: of the sums.
        weights: (C, n'), of the quadrature rule.
    """

    given: Laws
    variance: Array
    laws: Laws
    weights: Array

    @classmethod
    def of(cls, given: Laws, variance: Array, kinks: Sequence[float] = ()) -> Sum:
        """The sum.

        Args:
            given: the laws before.
            variance: (C,), at least 0.
            kinks: of the function that comes next.

        Raises:
            ArgumentError: a variance too small beside what it is added to.
        """
        some = np.nonzero(variance > 0)[0]
        if not some.size:
            return cls(given, variance, given, np.ones_like(given.nodes))
        moved, deviation = given.of(some), np.sqrt(variance[some])
        low, high = moved.ends()
        low, high = low - _REACH * deviation, high + _REACH * deviation
        cuts = [low, *(np.clip(kink, low, high) for kink in sorted(kinks)), high]
        nodes, rule = _panels(np.stack(cuts, axis=1), deviation)
        count = max(nodes.shape[1], given.nodes.shape[1])
        laws, weights = given.padded(count), np.ones((len(variance), count))
        masses = np.empty_like(nodes)
        for part, step in _steps(nodes, moved.nodes, deviation):
            masses[part] = np.einsum("cji,ci->cj", step, moved.masses[part]) * rule[part]
        made = Laws(nodes, masses).padded(count)
        laws.nodes[some], laws.masses[some] = made.nodes, made.masses
        weights[some] = np.pad(rule, ((0, 0), (0, count - rule.shape[1])))
        return cls(given, variance, laws, weights)

    def back(self, functions: Array, classes: Places) -> Array:
        """Functions of the sums as functions of what was there: the means given it.

        Args:
            functions: (F, n') at the nodes of the sums.
            classes: (F,), the class of each function.

        Returns:
            (F, n) at the nodes of the laws before.
        """
        out = functions[:, : self.given.nodes.shape[1]].copy()
        some = np.nonzero(self.variance > 0)[0]
        order = np.argsort(classes, kind="stable")
        starts = np.searchsorted(classes[order], np.arange(len(self.variance) + 1))
        after, before = self.laws.nodes[some], self.given.nodes[some]
        for part, step in _steps(after, before, np.sqrt(self.variance[some])):
            for index, matrix in zip(some[part], step, strict=True):
                rows = order[starts[index] : starts[index + 1]]
                out[rows] = (functions[rows] * self.weights[index]) @ matrix
        return out


def _panels(cuts: Array, deviation: Array) -> tuple[Array, Array]:
    """Gauss rules between the cuts (C, cuts) of each class, as many panels for all."""
    places, gauss = np.polynomial.legendre.leggauss(_NODES)
    nodes, weights = [], []
    for low, high in zip(cuts.T[:-1], cuts.T[1:], strict=True):
        count = max(1, ceil(float(((high - low) / deviation).max()) / _WIDTH))
        if count > _PANELS:
            raise ArgumentError(
                "residual sum",
                need="a summand of at least 1e-4 of the skip's second moment, or none",
                have=f"a standard deviation of {float(deviation.min()):.3g}",
                remedy="scale the branch up, or leave it out",
            )
        half = (high - low)[:, None] / (2 * count)
        steps = np.repeat(2 * np.arange(count) + 1, _NODES) + np.tile(places, count)
        nodes.append(low[:, None] + half * steps)
        weights.append(half * np.tile(gauss, count))
    return np.concatenate(nodes, axis=1), np.concatenate(weights, axis=1)


def _steps(after: Array, before: Array, deviation: Array) -> Iterator[tuple[slice, Array]]:
    """The densities (c, n', n) of nodes after given nodes before, a few classes at a time."""
    count = max(1, _CELLS // (after.shape[1] * before.shape[1]))
    for start in range(0, len(after), count):
        part = slice(start, min(start + count, len(after)))
        scale = deviation[part, None]
        ahead, behind = after[part] / scale, before[part] / scale
        yield part, density(ahead[:, :, None] - behind[:, None, :]) / scale[:, None]
