"""What a scheme fitted to data is: a start, and what is done with a batch from there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from symvar.errors import ArgumentError
from symvar.graph.profile import Profile
from symvar.reference import Reference

if TYPE_CHECKING:
    import torch

    from symvar.adapters.torch_plan import Plan

Loss = Callable[["torch.Tensor", "torch.Tensor"], "torch.Tensor"]


@dataclass(frozen=True)
class Fitted:
    """What a fit did.

    Args:
        profile: what theory predicts for the variances the weights ended with, and what every
            parameter was set to.
        objective: what was driven down, at the start and at every step.
        reached: the objective of the weights that were kept.
    """

    profile: Profile
    objective: tuple[float, ...]
    reached: float


@dataclass(frozen=True)
class Data:
    """The batch a scheme is fitted to.

    Args:
        batch: inputs, batch first.
        targets: what the loss compares the outputs with; None for schemes without a loss.
        loss: a function of outputs and targets.
        generator: the source of whatever is random.
    """

    batch: torch.Tensor
    targets: Any
    loss: Loss
    generator: torch.Generator | None


class Fit(ABC):
    """A scheme fitted to data; final subclasses are frozen dataclasses of its settings.

    Attributes:
        name: the name users call it by.
        reference: where it comes from.
        summary: what it does, in one line.
        assumes: what it takes for granted.
        becomes: what it equals, and when.
        start: the scheme the weights are drawn by first.
        needs_loss: whether it looks at a loss.
    """

    required: ClassVar[tuple[str, ...]] = ("reference", "summary", "assumes", "becomes", "start")
    name: ClassVar[str]
    reference: ClassVar[Reference]
    summary: ClassVar[str]
    assumes: ClassVar[tuple[str, ...]]
    becomes: ClassVar[str]
    start: ClassVar[str]
    needs_loss: ClassVar[bool] = True

    @abstractmethod
    def fit(self, plan: Plan, data: Data) -> tuple[tuple[float, ...], float]:
        """Change the weights of the plan's module and leave it at the best step.

        The caller undoes everything after an error.

        Returns:
            The objective at the start and after every step, and that of the weights kept.
        """


def require_positive(name: str, value: float) -> None:
    """Refuse a setting that is not positive.

    Raises:
        ArgumentError: naming it.
    """
    if not value > 0:
        raise ArgumentError(
            name, need="a positive number", have=repr(value), remedy="see the docstring's default"
        )
