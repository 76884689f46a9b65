"""An initialisation worked out before anything is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import isclose, sqrt
from time import perf_counter
from typing import Any

import sympy as sp
import torch

from symvar.adapters.draws import Draw, Target
from symvar.adapters.draws import find as find_draw
from symvar.adapters.torch_checks import require_drawable, require_weights
from symvar.adapters.torch_reader import trace
from symvar.adapters.torch_roles import Roles, roles
from symvar.errors import ArgumentError, GraphError
from symvar.graph.network import Network
from symvar.graph.profile import Profile, Row, Setting
from symvar.graph.propagate import propagate
from symvar.inputs import Input
from symvar.lookup import number, stored_constants
from symvar.schemes import Init, Scheme
from symvar.schemes import find as find_scheme
from symvar.schemes.base import Held
from symvar.symbols import slope_below
from symvar.theories import Theory
from symvar.theories import find as find_theory

FROZEN = "frozen weights and biases: independent, of mean zero, their mean square as variance"
CONSTANTS = {"bias": 0.0, "norm shift": 0.0, "norm scale": 1.0}


@dataclass(frozen=True)
class Plan:
    """Everything an initialisation will do to a module; only `draw_` changes it.

    Args:
        module: the module.
        network: what was read from it.
        profile: the predicted moments, and what every parameter will be set to.
        draw: the distribution.
        targets: the weights to be drawn by name, in the order of the network.
        statistics: buffers of norms to be reset, with their values.
        trace_seconds: what tracing the module took.
    """

    module: torch.nn.Module
    network: Network
    profile: Profile
    draw: Draw
    targets: Mapping[str, Target]
    statistics: Mapping[str, float]
    trace_seconds: float

    def draw_(self, generator: torch.Generator | None = None) -> Profile:
        """Draw the weights and set all else, in place; as often as wanted.

        Args:
            generator: the source of randomness, torch's own where None. One on another device
                than a weight draws there, so a seed gives the same weights on every device.
        """
        parameters = dict(self.module.named_parameters(remove_duplicate=False))
        buffers = dict(self.module.named_buffers(remove_duplicate=False))
        require_drawable({name: parameters[name] for name in self.targets})
        with torch.no_grad():
            for name, target in self.targets.items():
                _fill(parameters[name], target, self.draw, generator)
            for name, setting in self.profile.parameters.items():
                if setting.law in ("zero", "one"):
                    parameters[name].fill_(1.0 if setting.law == "one" else 0.0)
            for name, value in self.statistics.items():
                buffers[name].fill_(value)
        return self.profile


def plan(
    module: torch.nn.Module,
    *example_inputs: Any,
    scheme: str | Scheme | Init = "asv-forward",
    theory: str | Theory = "iid",
    distribution: str | Draw | None = None,
    input: str | Input = "white",
) -> Plan:
    """Trace a module, solve the scheme on it and check that every weight can be drawn.

    Tracing is by far the slowest part, and needs doing once: ``plan(...).draw_(generator)`` draws
    again and again. The arguments are those of `symvar.torch.init_`, as are the errors; ``input``
    is the kind of input the scheme is solved for (see ``propagate``).
    """
    chosen = scheme if isinstance(scheme, Init) else find_scheme(scheme)
    named = chosen.distribution if isinstance(chosen, Scheme) else "normal"
    draw = find_draw(named if distribution is None else distribution)
    start = perf_counter()
    reader = trace(module, *example_inputs)
    net, found = reader.network(), roles(reader)
    seconds = perf_counter() - start
    parameters = dict(module.named_parameters(remove_duplicate=False))
    require_weights(module, net, parameters)
    rules = find_theory(theory)
    held = dict(_held(net, parameters))
    with stored_constants():
        init = chosen if isinstance(chosen, Init) else chosen.solve(net, rules, input, held)
        profile = _with_slopes(propagate(net, init, rules, input), found, parameters)
    if held:
        profile = replace(profile, assumptions={**profile.assumptions, FROZEN: tuple(held)})
    targets = _targets(net, profile, parameters)
    require_drawable({name: parameters[name] for name in targets})
    _require_apart(targets, parameters)
    settings = _settings(module, found, targets, draw)
    profile = replace(profile, parameters=settings)
    statistics = dict(_statistics(module, found, parameters))
    return Plan(module, net, profile, draw, targets, statistics, seconds)


def _held(net: Network, parameters: Mapping[str, torch.Tensor]) -> Iterator[tuple[str, Held]]:
    """The frozen weights and biases, by node."""
    for node in net.weighted:
        weight, bias = node.parameters.weight, node.parameters.bias
        fixed = _frozen_square(parameters, weight)
        shift = _frozen_square(parameters, bias) or sp.Integer(0)
        if fixed is not None or shift:
            yield node.name, Held(fixed, shift)


def _frozen_square(parameters: Mapping[str, torch.Tensor], name: str) -> sp.Expr | None:
    """The mean square of a frozen parameter; None of a free one."""
    if not name or parameters[name].requires_grad:
        return None
    square = float(parameters[name].detach().double().square().mean())
    if square != square or square in (float("inf"), float("-inf")):
        raise ArgumentError(
            f"parameter {name!r}",
            need="finite entries, as it is frozen and stays",
            have="entries that are not",
            remedy="unfreeze it, or load weights into it first",
        )
    return sp.Rational(square)


def _with_slopes(profile: Profile, found: Roles, parameters: Mapping[str, torch.Tensor]) -> Profile:
    """The profile with the slopes that the module's parametric rectifiers have."""
    names = [name for name, role in found.parameters.items() if role == "slope"]
    values = {float(each) for name in names for each in parameters[name].detach().flatten()}
    if not values:
        return profile
    if len(values) > 1:
        raise ArgumentError(
            f"parameter {names[0]!r}",
            need="one slope for all parametric rectifiers",
            have=f"slopes from {min(values):.4g} to {max(values):.4g}",
            remedy="set them alike first; 0.25 is where torch starts them",
        )
    slope = {slope_below: sp.Rational(values.pop())}
    rows = (
        {
            name: value.xreplace(slope) if isinstance(value, sp.Expr) else value
            for name, value in row.exact().items()
        }
        for row in profile.rows
    )
    return replace(profile, rows=tuple(Row(**row) for row in rows))


def _targets(
    net: Network, profile: Profile, parameters: Mapping[str, torch.Tensor]
) -> dict[str, Target]:
    """Every weight to be drawn, with its deviation; a shared one once."""
    found: dict[str, Target] = {}
    for row in profile.rows:
        node = net[row.name]
        name, deviation = node.parameters.weight, sqrt(number(row.weight_variance))
        if not parameters[name].requires_grad:
            continue
        shared = found.get(name)
        if shared is not None and not isclose(shared.deviation, deviation, rel_tol=1e-9):
            raise GraphError(
                f"node {row.name!r}",
                need=f"one variance for the shared weight {name!r}",
                have=f"{shared.deviation**2:.6g} and {deviation**2:.6g}",
                remedy="untie the weight, or use a scheme that treats both layers alike",
            )
        if shared is None:
            found[name] = Target(node, tuple(parameters[name].shape), deviation)
    return found


def _require_apart(targets: Mapping[str, Target], parameters: Mapping[str, torch.Tensor]) -> None:
    """Refuse weights that are different parameters on the same memory, unless drawn alike."""
    spans = []
    for name in targets:
        weight = parameters[name]
        start = weight.data_ptr()
        spans.append((start, start + weight.numel() * weight.element_size(), name))
    spans.sort()
    for (_, end, one), (start, _, other) in pairwise(spans):
        alike = isclose(targets[one].deviation, targets[other].deviation, rel_tol=1e-9)
        if start < end and not alike:
            raise GraphError(
                f"parameter {other!r}",
                need=f"one variance for it and {one!r}, which lie on the same memory",
                have=f"{targets[other].deviation ** 2:.6g} and {targets[one].deviation ** 2:.6g}",
                remedy="untie the weights, or use a scheme that treats both layers alike",
            )


def _settings(
    module: torch.nn.Module, found: Roles, targets: Mapping[str, Target], draw: Draw
) -> dict[str, Setting]:
    """What every parameter will be set to, under each of its names."""
    role_of = {id(module.get_parameter(name)): role for name, role in found.parameters.items()}
    drawn = {
        id(module.get_parameter(name)): draw.deviation(target) for name, target in targets.items()
    }
    settings = {}
    for name, parameter in module.named_parameters(remove_duplicate=False):
        role = role_of.get(id(parameter), "other")
        if id(parameter) in drawn:
            settings[name] = Setting(role, draw.name, drawn[id(parameter)])
        elif role in CONSTANTS and parameter.requires_grad:
            settings[name] = Setting(role, "one" if CONSTANTS[role] else "zero", None)
        else:
            root = float(parameter.detach().double().square().mean().sqrt())
            settings[name] = Setting(role, "kept", root)
    return settings


def _statistics(
    module: torch.nn.Module, found: Roles, parameters: Mapping[str, torch.Tensor]
) -> Iterable[tuple[str, float]]:
    """The running statistics of norms to be reset: all but those of norms frozen whole."""
    buffers = dict(module.named_buffers(remove_duplicate=False))
    for mean, variance, *affine in found.norms:
        trained = [parameters[name].requires_grad for name in affine if name]
        if trained and not any(trained):
            continue
        yield mean, 0.0
        yield variance, 1.0
        counter = mean.removesuffix("running_mean") + "num_batches_tracked"
        if counter in buffers:
            yield counter, 0.0


def _fill(
    weight: torch.Tensor, target: Target, draw: Draw, generator: torch.Generator | None
) -> None:
    """Draw a weight where the generator is, in single precision at least."""
    place = weight.device if generator is None else generator.device
    here = place.type == weight.device.type and place.index in (None, weight.device.index)
    wide = weight.dtype in (torch.float32, torch.float64)
    if target.deviation == 0:
        weight.zero_()
    elif here and wide:
        draw.fill(weight, target, generator)
    else:
        dtype = weight.dtype if wide else torch.float32
        canvas = torch.empty(target.shape, dtype=dtype, device=place)
        draw.fill(canvas, target, generator)
        weight.copy_(canvas)
