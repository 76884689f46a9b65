"""A copy of a model, ready to be run many times."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
import sympy as sp
import torch
from torch.utils import _pytree

from symvar.adapters.draws import Draw, Target
from symvar.adapters.draws import find as find_draw
from symvar.adapters.torch_module import NetworkModule
from symvar.adapters.torch_plan import plan
from symvar.adapters.torch_reader import read
from symvar.adapters.torch_taps import Recorder, watched
from symvar.errors import ArgumentError, GraphError, NeedsFact
from symvar.graph.measurement import MOMENTS
from symvar.graph.network import Network
from symvar.inputs import Input, White
from symvar.primitives import Standardise
from symvar.schemes import Init, Scheme
from symvar.schemes import find as find_scheme
from symvar.schemes.base import WeightedLayer
from symvar.theories import Theory

ENOUGH = 256
"""Units a batch norm should take statistics from: theories leave out terms of order 1/n."""

LARGEST_BATCH = 64

OWN = "own weights"


@dataclass(frozen=True)
class Setup:
    """What a measurement asks for.

    Args:
        scheme: what weights are drawn with; None to keep the model's own.
        distribution: the distribution they are drawn from; the scheme's own where None.
        theory: the theory the scheme is solved under.
        input: what it is given; None for the example itself.
        dtype: the precision.
    """

    scheme: str | Scheme | Init | None
    distribution: str | Draw | None
    theory: Theory
    input: Input | None
    dtype: torch.dtype


@dataclass
class Session:
    """A copy of a model, and how it is run.

    Args:
        net: the network read from it.
        model: the copy.
        example: an input, batch first, in the precision it runs in.
        input: what it is given; None for the example itself.
        init: the variances its weights have, or are drawn with.
        notes: what a reader should know.
        draw_weights: called before each run.
    """

    net: Network
    model: torch.nn.Module
    example: torch.Tensor
    input: Input | None
    init: Init
    notes: list[str] = field(default_factory=list)
    draw_weights: Callable[[], Any] = lambda: None

    def draw(self, seed: int, number: int) -> list[list[float]]:
        """The moments of one draw of weights, input and cotangent, in the order of the nodes."""
        state = np.random.SeedSequence((seed, number)).generate_state(1, np.uint64)[0]
        recorder, device = Recorder(), self.example.device
        devices = [device] if device.type == "cuda" else []
        with torch.random.fork_rng(devices):
            torch.manual_seed(int(state) >> 1)
            self.draw_weights()
            self._run(recorder, np.random.default_rng((seed, number)))
        return [
            [self._number(recorder, column, node.name, number) for node in self.net.weighted]
            for column in MOMENTS
        ]

    def _run(self, recorder: Recorder, rng: np.random.Generator) -> None:
        leaf = self._input(rng).requires_grad_()
        with torch.enable_grad(), watched(self.model, self.net, recorder):
            given = self.model(leaf * 1)  # the model may overwrite its input
        tensors = (each for each in _pytree.tree_leaves(given) if isinstance(each, torch.Tensor))
        outputs = [each for each in tensors if each.requires_grad]
        cotangents = [torch.randn_like(each) for each in outputs]
        if outputs:
            torch.autograd.grad(outputs, leaf, cotangents, allow_unused=True)

    def _input(self, rng: np.random.Generator) -> torch.Tensor:
        if self.input is None:
            return self.example.clone()
        if isinstance(self.input, White):  # where the model runs
            return torch.randn_like(self.example)
        count, *shape = self.example.shape
        return torch.from_numpy(self.input.draw(shape, count, rng)).to(self.example)

    def _number(self, recorder: Recorder, column: str, name: str, draw: int) -> float:
        place, value = self.net[name].place, getattr(recorder, column).get(name)
        if value is None:
            raise GraphError(
                place,
                need="its weight to be used when the model runs",
                have="no call with that weight, though the trace saw one",
                remedy="make the calls independent of the data and of counters",
            )
        if not np.isfinite(value):
            raise GraphError(
                f"{place}, draw {draw}",
                need=f"a finite second moment ({column})",
                have=str(value),
                remedy="use dtype='float64', or look for infinite or NaN weights",
            )
        return float(value)


def of_module(model: torch.nn.Module, example_inputs: Sequence[Any], setup: Setup) -> Session:
    """A module's copy, in the precision wanted, on the module's device."""
    own = _copied(model, setup.dtype)
    dtypes = {each.dtype for each in own.parameters()} or {setup.dtype}
    given = [_converted(each, dtypes) for each in example_inputs]
    draw_weights: Callable[[], Any] = lambda: None  # noqa: E731
    if setup.scheme is None:
        net = read(own, *given)
        init = _own_init(net, dict(own.named_parameters(remove_duplicate=False)))
    else:
        scheme, theory, distribution = setup.scheme, setup.theory, setup.distribution
        prepared = plan(
            own, *given, scheme=scheme, theory=theory, distribution=distribution,
            input=setup.input or White(),
        )  # fmt: skip
        net, draw_weights = prepared.network, prepared.draw_
        variances = {row.name: row.weight_variance for row in prepared.profile.rows}
        init = Init(str(prepared.profile.scheme), theory.name, variances)
    _require_weights(net)
    example = _scaled(given[0], setup)
    session = Session(net, own.requires_grad_(False), example, setup.input, init)
    session.draw_weights = draw_weights
    others = {each.dtype for each in model.parameters()} - {setup.dtype}
    if others:
        names = ", ".join(sorted(map(_short, others)))
        session.notes.append(f"run in {_short(setup.dtype)}; the model's own is {names}")
    _judge_norms(session)
    return session


def of_network(net: Network, example_inputs: Sequence[Any], setup: Setup) -> Session:
    """A module that runs the network's primitives, on the example's device."""
    _require_weights(net)
    if setup.scheme is None:
        raise ArgumentError(
            "scheme",
            need="a scheme to draw weights with, as a network has none of its own",
            have="None",
            remedy="use e.g. scheme='kaiming-fan-in'",
        )
    batch = fitting_batch(net)
    example, *others = example_inputs or (torch.zeros(batch, *net.input.after),)
    if others or tuple(example.shape[1:]) != net.input.after:
        raise ArgumentError(
            "example_inputs",
            need=f"one batch of inputs of shape {net.input.after}, or nothing",
            have=" and ".join(str(tuple(each.shape)) for each in (example, *others)),
            remedy=f"give e.g. torch.zeros({batch}, {', '.join(map(str, net.input.after))})",
        )
    module = NetworkModule(net).to(example.device, setup.dtype).requires_grad_(False)
    scheme = setup.scheme if isinstance(setup.scheme, Init) else find_scheme(setup.scheme)
    init = scheme if isinstance(scheme, Init) else _solved(scheme, net, setup)
    named = scheme.distribution if isinstance(scheme, Scheme) else "normal"
    law = find_draw(named if setup.distribution is None else setup.distribution)
    session = Session(net, module, _scaled(example, setup), setup.input, init)
    session.draw_weights = _drawing(module, init, law)
    _judge_norms(session)
    return session


def _copied(model: torch.nn.Module, dtype: torch.dtype) -> torch.nn.Module:
    if not isinstance(model, torch.nn.Module):
        raise ArgumentError(
            "model",
            need="a torch.nn.Module or a Network",
            have=type(model).__name__,
            remedy="pass the model itself, then an example of its input",
        )
    for name, parameter in model.named_parameters():
        if parameter.is_meta:
            raise ArgumentError(
                f"parameter {name!r}",
                need="memory behind it, to run the model",
                have="a parameter on the meta device",
                remedy="call module.to_empty(device='cpu') first, or measure from_torch(module)",
            )
    return copy.deepcopy(model).to(dtype)


def _converted(example: Any, dtypes: set[torch.dtype]) -> Any:
    """The example in the precision of the copy; what is no tensor is judged by the reader."""
    if not isinstance(example, torch.Tensor) or not example.is_floating_point():
        return example
    return example.detach().to(dtypes.pop())


def _own_init(net: Network, parameters: Mapping[str, torch.Tensor]) -> Init:
    """The mean square of every weight and bias, exact as doubles are."""
    weights, biases = {}, {}
    for node in net.weighted:
        weights[node.name] = _mean_square(node.parameters.weight, parameters)
        if node.parameters.bias:
            biases[node.name] = _mean_square(node.parameters.bias, parameters)
    return Init(OWN, "", weights, biases)


def _mean_square(name: str, parameters: Mapping[str, torch.Tensor]) -> sp.Expr:
    mean = parameters[name].detach().double().square().mean().item()
    if not np.isfinite(mean):
        raise ArgumentError(
            f"parameter {name!r}",
            need="finite numbers",
            have="NaN or infinity among them",
            remedy="initialise the model, or measure it with a scheme",
        )
    return sp.Rational(mean)


def _solved(scheme: Scheme, net: Network, setup: Setup) -> Init:
    """The scheme's variances; one that looks at each layer alone needs no theory of the others."""
    try:
        return scheme.solve(net, setup.theory, setup.input or White())
    except NeedsFact:
        if scheme.direction != "local":
            raise
    layers = (
        WeightedLayer(node.name, node.mix, setup.theory, net=net)
        for node in net.weighted
        if node.mix
    )
    variances = {layer.name: scheme.solved(layer) for layer in layers}
    return Init(scheme.name, setup.theory.name, variances)


def _drawing(module: NetworkModule, init: Init, law: Draw) -> Callable[[], None]:
    targets = {
        node.name: Target(
            node, tuple(module.weight(node.name).shape), float(init[node.name]) ** 0.5
        )
        for node in module.net.weighted
    }

    def draw() -> None:
        with torch.no_grad():
            for name, target in targets.items():
                law.fill(module.weight(name), target, None)

    return draw


def _require_weights(net: Network) -> None:
    if not net.weighted:
        raise ArgumentError(
            "model",
            need="at least one weighted layer",
            have="none",
            remedy="measure a model with a dense layer or a convolution",
        )


def _scaled(example: torch.Tensor, setup: Setup) -> torch.Tensor:
    """The example in its precision, scaled to second moment 1 where it is what is run."""
    example = example.detach().to(setup.dtype)
    if setup.input is not None:
        return torch.zeros_like(example)
    energy = example.double().square().mean().item()
    if not (np.isfinite(energy) and energy > 0):
        raise ArgumentError(
            "example_inputs",
            need="finite numbers that are not all zero, to measure on them",
            have="all zeros" if energy == 0 else "NaN or infinity among them",
            remedy="give a batch of real inputs, or leave input='example' out",
        )
    return example / energy**0.5


def batch_norms(net: Network) -> list[str]:
    """The nodes that take statistics over the batch."""
    return [
        node.name
        for node in net
        for each in node.primitives
        if isinstance(each, Standardise) and "batch" in each.over
    ]


def fitting_batch(net: Network) -> int:
    """Inputs per draw where the caller does not say: enough for every batch norm, else one."""
    positions = [prod(map(int, net[name].before[1:])) for name in batch_norms(net)]
    return min(LARGEST_BATCH, max(2, -(-ENOUGH // min(positions)))) if positions else 1


def _judge_norms(session: Session) -> None:
    """Batch norm needs a batch; in evaluation it does something else than predicted."""
    found = batch_norms(session.net)
    if not found:
        return
    if not session.model.training:
        session.notes.append(
            "batch norm in evaluation mode uses its running statistics, predictions the batch's"
        )
    elif len(session.example) == 1:
        raise ArgumentError(
            "example_inputs",
            need="a batch of several inputs for batch norm in training mode",
            have=f"a batch of 1, and batch norm at node {found[0]!r}",
            remedy="give e.g. a batch of 32, or call module.eval() first",
        )


def _short(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
