"""Setting the weights of a torch module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from symvar.adapters.torch_reader import read
from symvar.errors import ArgumentError, GraphError
from symvar.graph.network import Network
from symvar.graph.profile import Profile
from symvar.graph.propagate import propagate
from symvar.schemes import Scheme
from symvar.theories import Theory


def init_(
    module: torch.nn.Module,
    *example_inputs: Any,
    scheme: str | Scheme = "asv-forward",
    theory: str | Theory = "iid",
    generator: torch.Generator | None = None,
) -> Profile:
    r"""Draw every weight of a module from $\mathcal{N}(0, \sigma_w^2)$, in place; biases to zero.

    Args:
        module: the module.
        example_inputs: what its ``forward`` is called with, batch included.
        scheme: the scheme that gives $\sigma_w^2$, or its name.
        theory: the theory the scheme is solved under, or its name.
        generator: the source of randomness; torch's own where None.

    Returns:
        The predicted moments of every weighted layer.

    Raises:
        UnsupportedOperator: naming every operator symvar cannot read. Nothing is changed then.
        GraphError: for a weight that two layers share but the scheme wants different variances
            for. Nothing is changed then.

    >>> import torch
    >>> net = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU())
    >>> profile = init_(net, torch.zeros(1, 3, 8, 8), generator=torch.Generator().manual_seed(0))
    >>> profile["0"].weight_variance
    1/27
    """
    net = read(module, *example_inputs)
    profile = propagate(net, scheme, theory)
    deviations = _deviations(net, profile)
    parameters = dict(module.named_parameters(remove_duplicate=False))
    for name, parameter in parameters.items():
        if parameter.is_meta:
            raise ArgumentError(
                f"parameter {name!r}",
                need="memory behind it",
                have="a parameter on the meta device",
                remedy="call module.to_empty(device='cpu') first",
            )
    with torch.no_grad():
        for name, deviation in deviations.items():
            parameters[name].normal_(0.0, deviation, generator=generator)
        for node in net.weighted:
            if node.parameters.bias:
                parameters[node.parameters.bias].zero_()
    return profile


def _deviations(net: Network, profile: Profile) -> Mapping[str, float]:
    """The standard deviation of every weight by parameter name."""
    found: dict[str, float] = {}
    exact: dict[str, Any] = {}
    for row, variance in zip(profile.rows, profile.floats("weight_variance"), strict=True):
        parameter = net[row.name].parameters.weight
        if exact.setdefault(parameter, row.weight_variance) != row.weight_variance:
            raise GraphError(
                f"node {row.name!r}",
                need=f"one variance for the shared weight {parameter!r}",
                have=f"{exact[parameter]} and {row.weight_variance}",
                remedy="untie the weight, or use a scheme that treats both layers alike",
            )
        found[parameter] = variance**0.5
    return found
