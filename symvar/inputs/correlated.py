"""Smooth Gaussian noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from symvar.errors import ArgumentError
from symvar.inputs.base import Array, Input

if TYPE_CHECKING:
    from symvar.field.kernels import Kernel


MANY_CHANNELS = 64
"""From so many channels on, their mean products are the covariance."""

CANDIDATES = 512


@dataclass(frozen=True)
class Correlated(Input):
    r"""Standard normal units of correlation $e^{-|p - p'|^2 / (2 \ell^2)}$, channels independent.

    Args:
        length: $\ell$, in pixels.

    Raises:
        ArgumentError: for a length that is not positive and finite.
    """

    length: float = 2.0

    name = "correlated"
    summary = "smooth Gaussian noise: correlated:LENGTH, in pixels"

    def __post_init__(self) -> None:
        if not (self.length > 0 and math.isfinite(self.length)):
            raise ArgumentError(
                "input",
                need="a positive correlation length in pixels",
                have=str(self.length),
                remedy="use e.g. correlated:2",
            )

    @classmethod
    def from_words(cls, argument: str) -> Input:
        """``LENGTH``; 2 pixels if left out.

        Raises:
            ArgumentError: for what is no number.
        """
        try:
            return cls(float(argument)) if argument else cls()
        except ValueError:
            raise ArgumentError(
                "input",
                need="a correlation length in pixels behind the colon",
                have=f"{argument!r}",
                remedy="use e.g. correlated:2",
            ) from None

    @property
    def second_moment(self) -> sp.Expr:
        """One."""
        return sp.Integer(1)

    @property
    def mean_squared(self) -> sp.Expr:
        """Zero."""
        return sp.Integer(0)

    def kernel(self, shape: Sequence[int]) -> Kernel:
        """Its covariance; of few channels, that of each of a spread of seeded draws.

        What few channels share differs from draw to draw, and the layers behind are not linear.
        """
        from symvar.field.kernels import Kernel

        if shape[0] < MANY_CHANNELS:
            from symvar.inputs.images import Images

            batch = self.draw(shape, CANDIDATES, np.random.default_rng(0))
            return Images(batch / np.sqrt((batch**2).mean())).kernel(shape)
        along = []
        for size in shape[1:]:
            away = np.arange(-(size - 1), size) / self.length
            along.append(np.exp(-(away**2) / 2))
        cosines = np.array(1.0)
        for each in along:
            cosines = np.multiply.outer(cosines, each)
        return Kernel.stationary(shape[1:], cosines)

    def draw(self, shape: Sequence[int], count: int, rng: np.random.Generator) -> Array:
        """White noise, coloured along one axis after the other."""
        values = rng.standard_normal((count, *shape))
        for axis, size in enumerate(shape[1:], start=2):
            root = _root(size, self.length)
            values = np.moveaxis(np.tensordot(root, values, axes=(1, axis)), 0, axis)
        return np.ascontiguousarray(values)

    def __str__(self) -> str:
        return f"{self.name}:{self.length:g}"


@lru_cache(maxsize=16)
def _root(size: int, length: float) -> Array:
    """A root of the correlation along an axis."""
    away = (np.arange(size)[:, None] - np.arange(size)) / length
    values, vectors = np.linalg.eigh(np.exp(-(away**2) / 2))
    root: Array = vectors * np.sqrt(np.maximum(values, 0.0))
    return root
