"""The uniform distribution."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from symvar.adapters.draws.base import Draw, Target
from symvar.reference import cite

if TYPE_CHECKING:
    import torch


class Uniform(Draw):
    r"""Uniform on $\pm\sqrt3\,\sigma_w$, whose variance is $\sigma_w^2$."""

    name = "uniform"
    reference = cite("glorot", "16")
    summary = "independent entries, uniform between plus and minus sqrt(3) sigma"

    def fill(self, weight: torch.Tensor, target: Target, generator: torch.Generator | None) -> None:
        """Independent uniform entries."""
        end = sqrt(3) * target.deviation
        weight.uniform_(-end, end, generator=generator)
