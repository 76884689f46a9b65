"""MetaInit: norms of weights by gradient descent on a measure of curvature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from symvar.adapters.fits.base import Data, Fit, require_positive
from symvar.adapters.fits.steps import Best, require_number, seeded_runs
from symvar.reference import cite

if TYPE_CHECKING:
    import torch

    from symvar.adapters.torch_plan import Plan


@dataclass(frozen=True)
class MetaInit(Fit):
    r"""Norms of the weights that make the gradient change least under a gradient step.

    The objective is the gradient quotient, the mean over all parameters of
    $|(g - Hg)/(g \pm \epsilon) - 1|$, that is of $|Hg/g|$ but for $\epsilon$, with g the gradient
    of the loss and H its Hessian: it is small where a gradient step hardly changes the gradient.
    Only the norm of each weight moves, by the sign of its slope, with momentum. The weights of the
    least quotient met are kept.

    Args:
        steps: how many.
        rate: of each step, in units of the norm.
        momentum: of the norms.
        floor: epsilon, added to the size of every entry of the gradient.
    """

    steps: int = 100
    rate: float = 0.1
    momentum: float = 0.9
    floor: float = 1e-5

    name = "metainit"
    reference = cite("metainit", "section 3")
    summary = "norms of weights that make the gradient change least over a step"
    assumes = (
        "a twice differentiable loss: rectifiers count by their curvature away from the kinks",
        "the batch stands for the data; its labels may be random",
    )
    becomes = "its start where no step lowers the gradient quotient, as in a linear loss"
    start = "kaiming-fan-in"

    def __post_init__(self) -> None:
        require_positive("steps", self.steps)
        require_positive("rate", self.rate)
        require_positive("floor", self.floor)

    def fit(self, plan: Plan, data: Data) -> tuple[tuple[float, ...], float]:
        """The gradient quotient at the start and after every step."""
        import torch

        trained = [each for each in plan.module.parameters() if each.requires_grad]
        names = dict(plan.module.named_parameters())
        scaled = [names[name] for name in plan.targets if bool(names[name].any())]
        speeds = [0.0] * len(scaled)
        best, history = Best(scaled), list[float]()
        for step in range(self.steps + 1):
            with seeded_runs(data):
                loss = data.loss(plan.module(data.batch), data.targets)
                quotient = gradient_quotient(loss, trained, self.floor)
            require_number("gradient quotient", quotient, step)
            history.append(float(quotient.detach()))
            best.offer(history[-1])
            if step == self.steps or not quotient.requires_grad:
                break
            slopes = torch.autograd.grad(quotient, scaled, allow_unused=True)
            with torch.no_grad():
                for place, (weight, slope) in enumerate(zip(scaled, slopes, strict=True)):
                    uphill = 0.0 if slope is None else float((weight * slope).sum().sign())
                    norm = float(weight.norm())
                    speeds[place] = self.momentum * speeds[place] - self.rate * uphill
                    weight.mul_(max(norm + speeds[place], norm / 10) / norm)
        best.restore()
        return tuple(history), min(history)


def gradient_quotient(
    loss: torch.Tensor, parameters: Sequence[torch.Tensor], floor: float
) -> torch.Tensor:
    r"""The mean over all entries of $|(g - Hg)/(g \pm \epsilon) - 1|$, epsilon away from zero."""
    import torch

    gradients = torch.autograd.grad(loss, parameters, create_graph=True, allow_unused=True)
    used = [(p, g) for p, g in zip(parameters, gradients, strict=True) if g is not None]
    energy = sum(((g**2).sum() for _, g in used), start=loss.new_zeros(())) / 2
    inputs = [p for p, _ in used]
    products: Sequence[torch.Tensor | None] = [None] * len(inputs)
    if energy.requires_grad:  # not for a linear loss, whose gradient is constant
        products = torch.autograd.grad(energy, inputs, create_graph=True, allow_unused=True)
    count, total = 0, loss.new_zeros(())
    for (_, gradient), product in zip(used, products, strict=True):
        ahead = gradient if product is None else gradient - product
        away = torch.where(gradient.detach() >= 0, floor, -floor)
        total = total + (ahead / (gradient + away) - 1).abs().sum()
        count += gradient.numel()
    return total / count
