"""Layer-sequential unit variance."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from symvar.adapters.fits.base import Data, Fit, require_positive
from symvar.errors import ArgumentError
from symvar.reference import cite

if TYPE_CHECKING:
    import torch

    from symvar.adapters.torch_plan import Plan


@dataclass(frozen=True)
class Lsuv(Fit):
    r"""Orthonormal weights, then each layer in turn divided by its output's standard deviation.

    The variance is that of all entries of the layer's output on the batch, about their mean. Since
    biases are zero, one division is enough up to rounding; the source allows ten.

    Args:
        tolerance: how far from 1 a variance may stay; the source's value.
        steps: divisions per layer at most.
    """

    tolerance: float = 0.1
    steps: int = 10

    name = "lsuv"
    reference = cite("lsuv", "section 3")
    summary = "orthonormal weights, each layer then scaled to unit output variance on a batch"
    assumes = (
        "the batch stands for the data",
        "a layer's output scales with its weights: zero bias, no weight shared with a layer before",
    )
    becomes = "the variances of lecun or kaiming-fan-in in wide layers without border, mean zero"
    start = "orthogonal"
    needs_loss = False

    def __post_init__(self) -> None:
        require_positive("tolerance", self.tolerance)
        require_positive("steps", self.steps)

    def fit(self, plan: Plan, data: Data) -> tuple[tuple[float, ...], float]:
        """The largest distance of a variance from 1, before its layer is scaled and after."""
        import torch

        from symvar.adapters.torch_taps import watched

        parameters = dict(plan.module.named_parameters(remove_duplicate=False))
        first, last, done = [], [], set[int]()
        for node in plan.network.weighted:
            weight = parameters[node.parameters.weight]
            if id(weight) in done or not weight.requires_grad:
                continue
            done.add(id(weight))
            for step in range(self.steps + 1):
                watch = _Variance(node.name)
                looking = watched(plan.module, plan.network, watch)
                with torch.no_grad(), suppress(_Reached), looking:
                    plan.module(data.batch)
                gap = abs(watch.variance - 1)
                if step == 0:
                    first.append(gap)
                if gap <= self.tolerance or step == self.steps:
                    break
                _require_scale(node.place, watch.variance)
                with torch.no_grad():
                    weight.div_(watch.variance**0.5)
            last.append(gap)
        history = max(first, default=0.0), max(last, default=0.0)
        return history, history[-1]


class _Reached(Exception):
    """The layer looked at has given its output: the rest of the model need not run."""


class _Variance:
    """Takes the variance of one node's output and stops the run there."""

    def __init__(self, name: str) -> None:
        self.name, self.variance = name, float("nan")

    def before(self, name: str, signal: torch.Tensor) -> torch.Tensor:
        """The signal as it is."""
        return signal

    def behind(self, name: str, signal: torch.Tensor) -> None:
        """Note the variance at the node wanted."""
        if name == self.name:
            self.variance = float(signal.double().var(correction=0))
            raise _Reached


def _require_scale(place: str, variance: float) -> None:
    if not 0 < variance < float("inf"):
        raise ArgumentError(
            place,
            need="an output that varies over the batch",
            have=f"variance {variance}",
            remedy="use more and different examples, and inputs of ordinary size",
        )
