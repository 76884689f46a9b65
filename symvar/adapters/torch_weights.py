"""Weights for a network that is no torch module: from the zoo, a file or a builder."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import torch

from symvar.adapters.draws import Draw, Target
from symvar.adapters.draws import find as find_draw
from symvar.adapters.torch_checks import require_nodes
from symvar.errors import GraphError
from symvar.graph.network import Network, Node
from symvar.graph.profile import Profile, Setting
from symvar.graph.propagate import propagate
from symvar.lookup import number, stored_constants
from symvar.schemes import Init, Scheme
from symvar.schemes import find as find_scheme
from symvar.theories import Theory


def weights(
    net: Network,
    scheme: str | Scheme | Init = "asv-forward",
    theory: str | Theory = "iid",
    distribution: str | Draw | None = None,
    generator: torch.Generator | None = None,
    dtype: torch.dtype = torch.float32,
) -> tuple[dict[str, torch.Tensor], Profile]:
    """Weights and biases of every weighted node, by name, and the predicted moments.

    The names are those of the model the network was read from; a network built by hand has
    ``NODE.weight`` and ``NODE.bias``. Norms need nothing: they start as the identity.

    Args:
        net: the network.
        scheme: the scheme, its name, or variances already solved.
        theory: the theory the scheme is solved under, or its name.
        distribution: as in `symvar.torch.init_`.
        generator: the source of randomness; torch's own where None.
        dtype: of the weights.

    Raises:
        GraphError: for a weight that two layers share but the scheme wants different variances for.
        SymvarError: as `symvar.propagate`.

    >>> from symvar import sequential
    >>> from symvar.layers import Dense
    >>> drawn, _ = weights(sequential([Dense(3)], input=(5,)))
    >>> {name: tuple(each.shape) for name, each in drawn.items()}
    {'dense1.weight': (3, 5), 'dense1.bias': (3,)}
    """
    require_nodes(net)
    chosen = scheme if isinstance(scheme, Init) else find_scheme(scheme)
    own = chosen.distribution if isinstance(chosen, Scheme) else "normal"
    draw = find_draw(own if distribution is None else distribution)
    with stored_constants():
        profile = propagate(net, chosen, theory)
    targets = _targets(net, profile)
    settings: dict[str, Setting] = {}
    found: dict[str, torch.Tensor] = {}
    wide = torch.float64 if dtype == torch.float64 else torch.float32
    place = "cpu" if generator is None else generator.device
    for name, target in targets.items():
        settings[name] = Setting("weight", draw.name, draw.deviation(target))
        canvas = torch.zeros(target.shape, dtype=wide, device=place)
        if target.deviation:
            draw.fill(canvas, target, generator)
        found[name] = canvas.to(dtype)
        bias = target.node.parameters.bias or f"{target.node.name}.bias"
        if target.node.mix is not None and target.node.mix.bias:
            found[bias] = torch.zeros(_channels(target), dtype=dtype, device=place)
            settings[bias] = Setting("bias", "zero", None)
    return found, replace(profile, parameters=settings)


def _targets(net: Network, profile: Profile) -> dict[str, Target]:
    found: dict[str, Target] = {}
    for row in profile.rows:
        node = net[row.name]
        name = node.parameters.weight or f"{node.name}.weight"
        deviation = sqrt(number(row.weight_variance))
        shape = _weight_shape(node)
        shared = found.setdefault(name, Target(node, shape, deviation))
        if abs(shared.deviation - deviation) > 1e-9 * deviation or shared.shape != shape:
            raise GraphError(
                f"node {row.name!r}",
                need=f"one variance for the shared weight {name!r}",
                have=f"{shared.deviation**2:.6g} and {deviation**2:.6g}",
                remedy="untie the weight, or use a scheme that treats both layers alike",
            )
    return found


def _weight_shape(node: Node) -> tuple[int, ...]:
    return tuple(map(int, node.layer.weight_shape(node.before)))


def _channels(target: Target) -> int:
    """The entries of a bias: the output channels."""
    return int(
        target.shape[0] if target.node.layer.weight_axes[0] == "out" else target.node.after[0]
    )
