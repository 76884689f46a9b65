"""The same number everywhere."""

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
class Constant(Input):
    """Every unit is one."""

    name = "constant"
    summary = "every unit is one"

    @property
    def second_moment(self) -> sp.Expr:
        """One."""
        return sp.Integer(1)

    @property
    def mean_squared(self) -> sp.Expr:
        """One."""
        return sp.Integer(1)

    def kernel(self, shape: Sequence[int]) -> Kernel:
        """One for every two positions, of two inputs as well."""
        from symvar.field.kernels import Kernel

        return Kernel.shared(shape[1:])

    def draw(self, shape: Sequence[int], count: int, rng: np.random.Generator) -> Array:
        """Ones."""
        return np.ones((count, *shape))
