r"""Residual sums whose skip is the identity: $s_k = f(s_{k-1}) + b_k$, b_k Gaussian fields.

Every channel goes its own way: the skip keeps what it was, so that neither means nor second
moments of the summands are enough. The law of the sum at each position is carried along
(`symvar.field.walks`), positions that never differed sharing one; backward, the gradient's
second moment is carried as a function of the sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from symvar.errors import ArgumentError
from symvar.field.maps import ActivationMap
from symvar.field.normal import Array
from symvar.field.walks import Laws, Places, Sum

_ALIKE = 1e-9
"""The relative difference of variances at positions that share a law."""


@dataclass(frozen=True, eq=False)
class Stream:
    """The sum at every position: a known law, and a Gaussian added since.

    Args:
        space: the shape of the positions, P of them.
        laws: those of the known part, by class.
        classes: (P,), the class of each position.
        added: (P,), the variance of the Gaussian.
        before: the stream without its last summand, or before its last function.
        function: what it was made by, unless by a sum.
        sum: what that function was applied to.

    >>> from symvar.field.maps import Bent
    >>> relu = Bent(0, 1)
    >>> stream = Stream.start((2,)).plus([1.0, 4.0]).apply(relu).plus([1.0, 4.0])
    >>> stream.second().round(8).tolist()
    [1.5, 6.0]
    >>> gradient = Cotangent.of(stream.apply(relu), 1.0).back().back().back()
    >>> gradient.second().round(8).tolist()
    [0.375, 0.375]
    """

    space: tuple[int, ...]
    laws: Laws
    classes: Places
    added: Array
    before: Stream | None = None
    function: ActivationMap | None = None
    sum: Sum | None = None

    @classmethod
    def start(cls, space: tuple[int, ...]) -> Stream:
        """The stream that is 0 at every position of that shape."""
        return cls.known(space, Laws.zero(), np.zeros(prod(space), np.intp))

    @classmethod
    def known(cls, space: tuple[int, ...], laws: Laws, classes: Places) -> Stream:
        """A stream of given laws.

        Args:
            space: the shape of the positions.
            laws: by class.
            classes: (P,), the class of each position.
        """
        return cls(tuple(space), laws, classes, np.zeros(prod(space)))

    def plus(self, variance: Any) -> Stream:
        """An independent Gaussian field added, of this variance map (or number).

        Raises:
            ArgumentError: another shape; a negative variance.
        """
        added = self.added + variance_map(variance, self.space)
        return Stream(self.space, self.laws, self.classes, added, self)

    def apply(self, function: ActivationMap) -> Stream:
        """Through a function of every unit.

        Raises:
            ArgumentError: a Gaussian summand too small beside the skip, but not none.
        """
        parents, variance, classes = _refined(self.classes, self.added)
        made = Sum.of(self.laws.of(parents), variance, function.kinks)
        laws, nothing = made.laws.through(function), np.zeros_like(self.added)
        return Stream(self.space, laws, classes, nothing, self, function, made)

    def second(self) -> Array:
        r"""$\mathrm{E}[s^2]$ at every position."""
        return self._mean(self.laws.nodes**2) + self.added.reshape(self.space)

    def mean(self) -> Array:
        r"""$\mathrm{E}[s]$ at every position."""
        return self._mean(self.laws.nodes)

    def _mean(self, function: Array) -> Array:
        return self.laws.mean(function)[self.classes].reshape(self.space)


@dataclass(frozen=True, eq=False)
class Cotangent:
    """The gradient's second moment at a stream, as a function of the stream.

    Args:
        stream: where it stands.
        values: (P, n) at the nodes; (P, 1) where it is no function of the stream.
        sum: whose nodes, where the stream's last summand is part of them.
        classes: (P,), of the positions there.
    """

    stream: Stream
    values: Array
    sum: Sum | None = None
    classes: Places | None = None

    @classmethod
    def of(cls, stream: Stream, variance: Any) -> Cotangent:
        """One that is independent of the stream, of this variance map (or number)."""
        return cls(stream, variance_map(variance, stream.space)[:, None])

    def plus(self, variance: Any) -> Cotangent:
        """Another one added, uncorrelated and independent of the stream: that of the branch."""
        values = self.values + variance_map(variance, self.stream.space)[:, None]
        return Cotangent(self.stream, values, self.sum, self.classes)

    def back(self) -> Cotangent:
        """At the stream before: before the function that made this one, or its last summand.

        Raises:
            ArgumentError: at the first stream.
        """
        stream, before = self.stream, self.stream.before
        if before is None:
            raise ArgumentError(
                "cotangent", need="a stream with one before it", have="the first", remedy="stop"
            )
        if stream.function is not None:
            assert stream.sum is not None
            slopes = stream.function.derivative(stream.sum.laws.nodes) ** 2
            values = self.values * slopes[stream.classes]
            return Cotangent(before, values, stream.sum, stream.classes)
        summed = before.function is None and before.before is not None
        if self.sum is None or summed:
            return Cotangent(before, self.values, self.sum, self.classes)
        assert self.classes is not None
        return Cotangent(before, self.sum.back(self.values, self.classes))

    def second(self) -> Array:
        """Its mean over channels at every position."""
        if self.values.shape[1] == 1:
            found = self.values[:, 0]
        else:
            laws = self.stream.laws if self.sum is None else self.sum.laws
            classes = self.stream.classes if self.classes is None else self.classes
            found = np.einsum("pn,pn->p", laws.masses[classes], self.values)
        return found.reshape(self.stream.space)


def variance_map(variance: Any, space: tuple[int, ...]) -> Array:
    """Variances at all positions, (P,), from a map or one number.

    Raises:
        ArgumentError: another shape; a negative variance.
    """
    given = np.asarray(variance, np.float64)
    if given.shape not in ((), tuple(space)):
        raise ArgumentError(
            "stream",
            need=f"a number or a map of shape {space}",
            have=f"shape {given.shape}",
            remedy="pass the variance at every position",
        )
    if not (given >= 0).all():
        raise ArgumentError(
            "stream",
            need="variances of at least 0",
            have=f"{given.min():.6g}",
            remedy="pass a covariance that is positive semi-definite",
        )
    return np.broadcast_to(given, space).reshape(-1)


def _refined(classes: Places, added: Array) -> tuple[Places, Array, Places]:
    """Classes that also tell variances apart: their parents, variances, and positions."""
    order = np.argsort(added, kind="stable")
    ordered = added[order]
    fresh = np.diff(ordered, prepend=ordered[:1]) > _ALIKE * ordered
    label = np.empty(added.size, np.intp)
    label[order] = np.cumsum(fresh)
    pairs = np.stack([classes, label], axis=1)
    _, first, inverse = np.unique(pairs, axis=0, return_index=True, return_inverse=True)
    return classes[first], added[first], inverse.reshape(-1)
