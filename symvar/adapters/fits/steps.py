"""What fits by gradient descent share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from symvar.adapters.fits.base import Data
from symvar.errors import ArgumentError

if TYPE_CHECKING:
    import torch


class Best:
    """The values of some tensors at the least objective met.

    Args:
        tensors: what is watched.
    """

    def __init__(self, tensors: Sequence[torch.Tensor]) -> None:
        self.tensors = tensors
        self.objective: Any = None
        self.values: list[torch.Tensor] = []

    def offer(self, objective: Any) -> None:
        """Take note of the values now, if the objective is the least so far."""
        if self.objective is None or objective < self.objective:
            self.objective = objective
            self.values = [each.detach().clone() for each in self.tensors]

    def restore(self) -> None:
        """Put the noted values back."""
        import torch

        with torch.no_grad():
            for tensor, value in zip(self.tensors, self.values, strict=True):
                tensor.copy_(value)


@contextmanager
def seeded_runs(data: Data) -> Iterator[None]:
    """Every run inside draws the same dropout masks; torch's own stream is left alone."""
    import torch

    devices = [data.batch.device] if data.batch.device.type == "cuda" else []
    seed = 0 if data.generator is None else data.generator.initial_seed()
    with torch.random.fork_rng(devices):
        torch.manual_seed(seed)
        yield


def require_number(what: str, value: torch.Tensor, step: int) -> None:
    """Refuse an objective that is not finite.

    Raises:
        ArgumentError: naming the step.
    """
    import torch

    if not bool(torch.isfinite(value)):
        raise ArgumentError(
            f"step {step}",
            need=f"a finite {what}",
            have=f"{float(value.detach())}",
            remedy="use a smaller rate, or another start",
        )
