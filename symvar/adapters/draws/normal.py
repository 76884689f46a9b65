"""The normal distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symvar.adapters.draws.base import Draw, Target
from symvar.reference import cite

if TYPE_CHECKING:
    import torch


class Normal(Draw):
    r"""$\mathcal{N}(0, \sigma_w^2)$."""

    name = "normal"
    reference = cite("he", "10")
    summary = "independent normal entries"

    def fill(self, weight: torch.Tensor, target: Target, generator: torch.Generator | None) -> None:
        """Independent normal entries."""
        weight.normal_(0.0, target.deviation, generator=generator)
