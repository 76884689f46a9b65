"""Gaussian noise of a covariance of your own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from symvar.errors import ArgumentError
from symvar.inputs.base import Array, Input

if TYPE_CHECKING:
    from symvar.field.kernels import Kernel

ROUNDING = 1e-10
"""An eigenvalue below zero by less than this share of the largest is rounding."""


@dataclass(frozen=True, eq=False)
class Covariance(Input):
    """Gaussian units of mean zero with this covariance over positions, channels independent.

    Args:
        matrix: (positions, positions), symmetric and positive semi-definite.

    Raises:
        ArgumentError: for a matrix that is no covariance.
    """

    matrix: Array

    name = "covariance"
    summary = "Gaussian noise of a covariance matrix over positions (from Python)"

    def __post_init__(self) -> None:
        matrix = np.asarray(self.matrix, np.float64)
        object.__setattr__(self, "matrix", matrix)
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not len(matrix):
            raise _bad("a square matrix (positions, positions)", f"shape {matrix.shape}")
        if not np.isfinite(matrix).all():
            raise _bad("finite numbers", f"{np.sum(~np.isfinite(matrix))} that are not")
        scale = np.abs(matrix).max()
        if np.abs(matrix - matrix.T).max() > ROUNDING * scale:
            raise _bad("a symmetric matrix", f"{np.abs(matrix - matrix.T).max():.3g} apart")
        smallest = float(np.linalg.eigvalsh(matrix)[0])
        if smallest < -ROUNDING * scale * len(matrix):
            raise _bad("a positive semi-definite matrix", f"the eigenvalue {smallest:.6g}")

    @classmethod
    def from_words(cls, argument: str) -> Input:
        """A matrix cannot be said in words.

        Raises:
            ArgumentError: always.
        """
        raise _bad("a matrix, from Python", f"{cls.name}:{argument}")

    @property
    def second_moment(self) -> sp.Expr:
        """The mean of the diagonal."""
        return sp.Float(float(np.diag(self.matrix).mean()))

    @property
    def mean_squared(self) -> sp.Expr:
        """Zero."""
        return sp.Integer(0)

    def kernel(self, shape: Sequence[int]) -> Kernel:
        """The matrix over the positions of the shape; different inputs are independent."""
        from symvar.field.kernels import Kernel

        space = tuple(shape[1:])
        self._check(space)
        return Kernel.of(self.matrix.reshape(1, *space, *space))

    def draw(self, shape: Sequence[int], count: int, rng: np.random.Generator) -> Array:
        """White noise times a root of the matrix."""
        self._check(tuple(shape[1:]))
        values, vectors = np.linalg.eigh(self.matrix)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        noise = rng.standard_normal((count, shape[0], len(root)))
        return np.ascontiguousarray((noise @ root.T).reshape(count, *shape))

    def _check(self, space: tuple[int, ...]) -> None:
        if prod(space) != len(self.matrix):
            raise _bad(f"{prod(space)} positions, those of the input", f"{len(self.matrix)}")


def _bad(need: str, have: str) -> ArgumentError:
    return ArgumentError(
        "covariance", need=need, have=have, remedy="give E[x_p x_p'] of one channel"
    )
