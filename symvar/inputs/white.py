"""White noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from symvar.inputs.base import Array, Input

if TYPE_CHECKING:
    from symvar.field.kernels import Kernel


@dataclass(frozen=True)
class White(Input):
    """Independent standard normal units."""

    name = "white"
    summary = "independent standard normal units"

    @property
    def second_moment(self) -> sp.Expr:
        """One."""
        return sp.Integer(1)

    @property
    def mean_squared(self) -> sp.Expr:
        """Zero."""
        return sp.Integer(0)

    def kernel(self, shape: Sequence[int]) -> Kernel:
        """Variance one, no two positions correlated."""
        from symvar.field.kernels import Kernel

        return Kernel.independent(shape[1:])

    def draw(self, shape: Sequence[int], count: int, rng: np.random.Generator) -> Array:
        """Standard normals."""
        return rng.standard_normal((count, *shape))
