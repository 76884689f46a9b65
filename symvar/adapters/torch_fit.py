"""Fitting a torch module's weights to a batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sympy as sp
import torch
from torch.nn import functional

from symvar import registry
from symvar.adapters.fits import Fit, Fitted, all_fits
from symvar.adapters.fits.base import Data, Loss
from symvar.adapters.torch_checks import require_finite, require_fittable
from symvar.adapters.torch_plan import Plan, plan
from symvar.errors import ArgumentError
from symvar.graph.profile import Profile, Setting
from symvar.graph.propagate import propagate
from symvar.schemes import Init, Scheme
from symvar.theories import Theory


def fit_(
    module: torch.nn.Module,
    batch: torch.Tensor,
    targets: torch.Tensor | None = None,
    *,
    scheme: str | Fit,
    start: str | Scheme | Init | None = None,
    loss: Loss | None = None,
    theory: str | Theory = "iid",
    generator: torch.Generator | None = None,
) -> Fitted:
    """Draw a module's weights and fit them to a batch, in place.

    Biases become zero and norms the identity, as in `symvar.torch.init_`; frozen parameters stay.
    The module runs in the mode it is in. Buffers (running statistics) are afterwards as if it had
    not run.

    Args:
        module: the module, in single or double precision.
        batch: inputs, batch first.
        targets: what the loss compares the outputs with; where None, classes drawn at random.
        scheme: ``"lsuv"``, ``"metainit"``, ``"gradinit"``, or one of them with its settings.
        start: the scheme the weights are drawn by first; the fit's own where None.
        loss: a function of outputs and targets; cross-entropy where None.
        theory: what predicts the returned moments from the variances found.
        generator: the source of randomness; torch's own where None.

    Raises:
        ArgumentError: for a batch with NaN, half precision, an unknown name, an objective that is
            not finite.
        SymvarError: as `symvar.torch.init_`.

    Nothing is changed where an error is raised.
    """
    chosen = scheme if isinstance(scheme, Fit) else registry.pick(all_fits(), scheme, "scheme")()
    if not isinstance(batch, torch.Tensor):
        raise ArgumentError(
            "batch", need="one tensor, batch first", have=type(batch).__name__, remedy="stack it"
        )
    require_finite(batch)
    prepared = plan(module, batch, scheme=start or chosen.start, theory=theory)
    require_fittable(module)
    with kept_on_error(module):
        prepared.draw_(generator)
        statistics = {n: each.clone() for n, each in module.named_buffers()}
        data = Data(batch, *_aim(chosen, prepared, batch, targets, loss, generator), generator)
        history, reached = chosen.fit(prepared, data)
        with torch.no_grad():
            for name, buffer in module.named_buffers():
                buffer.copy_(statistics[name])
    profile = _profile(prepared, chosen, theory)
    return Fitted(profile, history, reached)


@contextmanager
def kept_on_error(module: torch.nn.Module) -> Iterator[None]:
    """Put every parameter and buffer back if something goes wrong inside."""
    tensors = [*module.parameters(), *module.buffers()]
    values = [each.detach().clone() for each in tensors]
    try:
        yield
    except BaseException:
        with torch.no_grad():
            for tensor, value in zip(tensors, values, strict=True):
                tensor.copy_(value)
        raise


def _aim(
    chosen: Fit,
    prepared: Plan,
    batch: torch.Tensor,
    targets: torch.Tensor | None,
    loss: Loss | None,
    generator: torch.Generator | None,
) -> tuple[Any, Loss]:
    """The targets and the loss."""
    used = functional.cross_entropy if loss is None else loss
    if not chosen.needs_loss or targets is not None:
        return targets, used
    if loss is not None:
        raise ArgumentError(
            "targets",
            need="what the given loss compares the outputs with",
            have="none",
            remedy="pass targets, or leave the loss out for random classes and cross-entropy",
        )
    with (
        torch.no_grad(),
        torch.random.fork_rng([batch.device] if batch.device.type == "cuda" else []),
    ):
        outputs = prepared.module(batch)
    if not isinstance(outputs, torch.Tensor) or outputs.dim() < 2:
        raise ArgumentError(
            "targets",
            need="targets and a loss, as the model gives no class scores (batch, classes, ...)",
            have="neither",
            remedy="pass targets and loss",
        )
    place = batch.device if generator is None else generator.device
    shape = (len(batch), *outputs.shape[2:])
    drawn = torch.randint(outputs.shape[1], shape, generator=generator, device=place)
    return drawn.to(batch.device), used


def _profile(prepared: Plan, chosen: Fit, theory: str | Theory) -> Profile:
    """What theory says of the variances that the weights have now."""
    named = dict(prepared.module.named_parameters(remove_duplicate=False))

    def square(name: str) -> float:
        return float(named[name].detach().double().square().mean())

    variances = {
        node.name: sp.Rational(square(node.parameters.weight)) for node in prepared.network.weighted
    }
    profile = propagate(prepared.network, Init(chosen.name, str(theory), variances), theory)
    settings = {
        name: Setting(each.role, chosen.name, square(name) ** 0.5)
        if each.role == "weight" and each.law != "kept"
        else each
        for name, each in prepared.profile.parameters.items()
    }
    return replace(profile, parameters=settings)
