"""What an input says of itself: its moments, its covariance over positions, and draws of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt
import sympy as sp

from symvar.errors import ArgumentError

if TYPE_CHECKING:
    from symvar.field.kernels import Kernel

Array = npt.NDArray[np.float64]


class Input(ABC):
    """The signal a network starts from.

    Attributes:
        name: the name users call it by.
        summary: what it is, in one line.
    """

    required: ClassVar[tuple[str, ...]] = ("summary",)
    name: ClassVar[str]
    summary: ClassVar[str]

    @classmethod
    def from_words(cls, argument: str) -> Input:
        """The input, from what stands behind the colon of its name; most take nothing.

        Raises:
            ArgumentError: for an argument where none is taken.
        """
        if argument:
            raise ArgumentError(
                "input", need=f"{cls.name} alone", have=f"{cls.name}:{argument}",
                remedy="leave out what is behind the colon",
            )  # fmt: skip
        return cls()

    @property
    @abstractmethod
    def second_moment(self) -> sp.Expr:
        """The mean square of a unit."""

    @property
    @abstractmethod
    def mean_squared(self) -> sp.Expr:
        """The square of a unit's mean."""

    @abstractmethod
    def kernel(self, shape: Sequence[int]) -> Kernel:
        """The second moments of every two positions, for a shape (channels, *positions).

        Raises:
            ArgumentError: for a shape that is not this input's.
        """

    @abstractmethod
    def draw(self, shape: Sequence[int], count: int, rng: np.random.Generator) -> Array:
        """So many draws of it, (count, *shape).

        Raises:
            ArgumentError: for a shape that is not this input's.
        """

    def __str__(self) -> str:
        return self.name
