"""A batch of the user's own images."""

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

ENSEMBLE = 2**22
"""Pairs of positions that are followed image by image; of a larger batch a spread of images."""


@dataclass(frozen=True, eq=False)
class Images(Input):
    """A batch of images, each as likely as any other.

    Args:
        batch: (images, channels, *positions).

    Raises:
        ArgumentError: for a batch of another shape, or numbers that are not finite.
    """

    batch: Array

    name = "images"
    summary = "a batch of images of your own: images:FILE.npy"

    def __post_init__(self) -> None:
        batch = np.asarray(self.batch, np.float64)
        object.__setattr__(self, "batch", batch)
        if batch.ndim < 2 or not batch.size:
            raise _bad("a batch (images, channels, *positions)", f"shape {batch.shape}")
        if not np.isfinite(batch).all():
            raise _bad("finite numbers", f"{np.sum(~np.isfinite(batch))} that are not")
        if not batch.any():
            raise _bad("an image that is not zero", "zeros alone")

    @classmethod
    def from_words(cls, argument: str) -> Input:
        """The array of a ``.npy`` file; nothing in it is unpickled.

        Raises:
            ArgumentError: for a file that is not there or holds no array of numbers.
        """
        try:
            return cls(np.load(argument, allow_pickle=False))
        except (OSError, ValueError) as error:
            need, have = "a .npy file of numbers behind the colon", f"{argument!r} ({error})"
            raise _bad(need, have) from None

    @property
    def second_moment(self) -> sp.Expr:
        """The mean square over images, channels and positions."""
        return sp.Float(float((self.batch**2).mean()))

    @property
    def mean_squared(self) -> sp.Expr:
        """The mean over channels and positions of the squared mean over images."""
        return sp.Float(float((self.batch.mean(axis=0) ** 2).mean()))

    def kernel(self, shape: Sequence[int]) -> Kernel:
        """Image by image; the channels of each averaged.

        Of a larger batch a spread from the faintest to the strongest, with the whole's energy.
        """
        from symvar.field.images import kernel_of

        self._check(shape)
        count = len(self.batch)
        most = min(count, max(16, ENSEMBLE // prod(shape[1:]) ** 2))
        energy = (self.batch**2).reshape(count, -1).mean(axis=1)
        middles = ((np.arange(most) + 0.5) * count / most).astype(int)
        chosen = np.argsort(energy, kind="stable")[middles]
        scale = np.sqrt(energy.mean() / energy[chosen].mean())
        return kernel_of(self.batch[chosen] * scale)

    def draw(self, shape: Sequence[int], count: int, rng: np.random.Generator) -> Array:
        """Images of the batch, none twice before each has come once."""
        self._check(shape)
        rounds = [rng.permutation(len(self.batch)) for _ in range(-(-count // len(self.batch)))]
        return self.batch[np.concatenate(rounds)[:count]]

    def _check(self, shape: Sequence[int]) -> None:
        if tuple(shape) != self.batch.shape[1:]:
            raise _bad(f"images of shape {tuple(shape)}", f"{self.batch.shape[1:]}")

    def __str__(self) -> str:
        return f"{self.name} ({len(self.batch)})"


def _bad(need: str, have: str) -> ArgumentError:
    return ArgumentError(
        "images", need=need, have=have, remedy="give images like those the network is for"
    )
