"""GradInit: scales of parameters by the loss after one step of the optimiser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from symvar.adapters.fits.base import Data, Fit, require_positive
from symvar.adapters.fits.steps import Best, require_number, seeded_runs
from symvar.errors import ArgumentError, nearest
from symvar.reference import cite

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

    from symvar.adapters.torch_plan import Plan

OPTIMISERS = {"sgd": 2, "adam": 1}
"""The norm that bounds the gradient, for each optimiser whose first step is looked at."""


@dataclass(frozen=True)
class GradInit(Fit):
    r"""One factor per parameter, such that the first step of the optimiser lowers the loss most.

    With $g$ the gradient on one part of the batch and $A(g)$ what the optimiser makes of it (g for
    plain gradient descent, its signs for Adam's first step), the objective is the loss on another
    part, half of it new, at $\theta - \eta A(g)$, subject to $\|g\| \leq \gamma$: while the norm is
    larger, the norm is what goes down. The factors are moved by Adam and kept above a lower bound.
    The factors of the least objective met are kept: any that meet the bound before those that do
    not.

    Args:
        steps: how many.
        rate: of the factors.
        step_size: $\eta$, of the optimiser that will train.
        bound: $\gamma$.
        least: the lower bound of a factor.
        optimiser: ``"sgd"`` (Euclidean norm) or ``"adam"`` (sum of absolute values).
    """

    steps: int = 100
    rate: float = 0.01
    step_size: float = 0.1
    bound: float = 1.0
    least: float = 0.01
    optimiser: str = "sgd"

    name = "gradinit"
    reference = cite("gradinit", "section 3")
    summary = "scales of parameters that make the optimiser's first step lower the loss most"
    assumes = (
        "the optimiser and its step size are those of the training to come",
        "a twice differentiable loss; labels that mean something",
    )
    becomes = "its start where every factor stays one, as where no step lowers the objective"
    start = "kaiming-fan-in"

    def __post_init__(self) -> None:
        for name in ("steps", "rate", "step_size", "bound", "least"):
            require_positive(name, getattr(self, name))
        if self.optimiser not in OPTIMISERS:
            raise ArgumentError(
                "optimiser",
                need="an optimiser whose first step is known here",
                have=repr(self.optimiser),
                remedy=nearest(self.optimiser, OPTIMISERS),
            )

    def fit(self, plan: Plan, data: Data) -> tuple[tuple[float, ...], float]:
        """The loss after one step of the optimiser."""
        import torch

        trained = {n: each for n, each in plan.module.named_parameters() if each.requires_grad}
        fixed = {name: each.detach().clone() for name, each in trained.items()}
        factors = {name: each.new_ones((), requires_grad=True) for name, each in fixed.items()}
        adam = torch.optim.Adam(list(factors.values()), lr=self.rate)
        best, history = Best(list(factors.values())), list[float]()
        for step in range(self.steps + 1):
            with seeded_runs(data):
                norm, after = self._after_one_step(plan, data, fixed, factors)
            require_number("loss after a step", after, step)
            excess = float(norm.detach()) - self.bound
            history.append(float(after.detach()))
            best.offer((excess > 0, excess if excess > 0 else history[-1], history[-1]))
            if step == self.steps:
                break
            adam.zero_grad()
            (norm if excess > 0 else after).backward()
            adam.step()
            with torch.no_grad():
                for factor in factors.values():
                    factor.clamp_(min=self.least)
        best.restore()
        with torch.no_grad():
            for name, parameter in trained.items():
                parameter.copy_(factors[name] * fixed[name])
        return tuple(history), best.objective[-1]

    def _after_one_step(
        self,
        plan: Plan,
        data: Data,
        fixed: Mapping[str, torch.Tensor],
        factors: Mapping[str, torch.Tensor],
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The gradient's norm on one part of the batch, the loss on another after one step."""
        import torch
        from torch.func import functional_call

        here, there = _parts(len(data.batch))
        values = {name: factors[name] * fixed[name] for name in fixed}
        outputs = functional_call(plan.module, values, (data.batch[here],))
        loss = data.loss(outputs, data.targets[here])
        gradients = torch.autograd.grad(
            loss, list(values.values()), create_graph=True, allow_unused=True
        )
        found = {n: g for n, g in zip(values, gradients, strict=True) if g is not None}
        flat = torch.cat([each.flatten() for each in found.values()])
        norm = torch.linalg.vector_norm(flat, OPTIMISERS[self.optimiser])
        moved = dict(values)
        for name, gradient in found.items():
            way = gradient if self.optimiser == "sgd" else gradient.sign()
            moved[name] = values[name] - self.step_size * way
        outputs = functional_call(plan.module, moved, (data.batch[there],))
        return norm, data.loss(outputs, data.targets[there])


def _parts(count: int) -> tuple[slice, slice]:
    """Two thirds of a batch each, the middle in both; all of a batch of less than three."""
    third = count // 3
    return slice(0, count - third), slice(third, count)
