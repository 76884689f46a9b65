"""What a torch module must have before its weights can be drawn."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from symvar.errors import ArgumentError
from symvar.graph.network import Network


def require_nodes(net: Network, what: str = "network") -> None:
    """Refuse a network without weighted layers.

    Raises:
        ArgumentError: naming what it has instead.
    """
    if not net.weighted:
        raise ArgumentError(
            what,
            need="a module with weighted layers",
            have="none among its operators: " + ", ".join(node.layer.name for node in net),
            remedy="pass the whole model, not its activations or poolings",
        )


def require_weights(
    module: torch.nn.Module, net: Network, parameters: Mapping[str, torch.Tensor]
) -> None:
    """Refuse a module without a weight that may be changed.

    Raises:
        ArgumentError: without weights, or with frozen ones only.
    """
    require_nodes(net, type(module).__name__)
    names = [node.parameters.weight for node in net.weighted]
    if not any(parameters[name].requires_grad for name in names):
        raise ArgumentError(
            type(module).__name__,
            need="a weight that may be changed",
            have=f"{len(set(names))} frozen weights (requires_grad=False)",
            remedy="module.requires_grad_(True) unfreezes them",
        )


def require_drawable(weights: Mapping[str, torch.Tensor]) -> None:
    """Refuse weights that cannot be written to, before any is.

    Raises:
        ArgumentError: naming the parameter.
    """
    for name, weight in weights.items():
        need, have, remedy = _fault(weight)
        if need:
            raise ArgumentError(f"parameter {name!r}", need=need, have=have, remedy=remedy)


def require_finite(batch: torch.Tensor) -> None:
    """Refuse a batch that a scheme fitted to data could learn nothing from.

    Raises:
        ArgumentError: for entries that are not finite, or none at all.
    """
    bad = int((~torch.isfinite(batch)).sum()) if batch.is_floating_point() else 0
    if bad or not batch.numel():
        raise ArgumentError(
            "batch",
            need="finite entries",
            have=f"{bad} of {batch.numel()} that are NaN or infinite" if bad else "an empty batch",
            remedy="clean the data; torch.isfinite finds the entries",
        )


def require_fittable(module: torch.nn.Module) -> None:
    """Refuse a module that cannot be run and differentiated well enough.

    Raises:
        ArgumentError: naming the parameter.
    """
    for name, parameter in module.named_parameters():
        if parameter.dtype not in (torch.float32, torch.float64):
            raise ArgumentError(
                f"parameter {name!r}",
                need="single or double precision, to be fitted to data",
                have=str(parameter.dtype),
                remedy="fit module.float() and convert it afterwards",
            )


def _fault(weight: torch.Tensor) -> tuple[str, str, str]:
    """Need, have and remedy of a weight that cannot be drawn; empty for a good one."""
    if weight.is_meta:
        return (
            "memory behind it",
            "a parameter on the meta device",
            "call module.to_empty(device='cpu') first",
        )
    if not weight.dtype.is_floating_point:
        return ("a real floating-point type", str(weight.dtype), "convert the module with .float()")
    if any(
        step == 0 and size > 1 for step, size in zip(weight.stride(), weight.shape, strict=True)
    ):
        return (
            "memory of its own for every entry",
            "an expanded tensor",
            "make it a parameter of its full size: nn.Parameter(weight.clone())",
        )
    if weight.is_inference():
        return (
            "a tensor that may be changed in place",
            "one made under torch.inference_mode",
            "build the module outside of it",
        )
    return ("", "", "")
