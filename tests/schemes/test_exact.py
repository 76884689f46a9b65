"""Exact schemes: what they promise holds under every theory there is."""

from __future__ import annotations

import json

import pytest
import sympy as sp

from symvar import propagate, sequential, symbols
from symvar.errors import NeedsFact
from symvar.graph.builder import Builder
from symvar.layers import Add, BatchNorm, Conv, Dense, Flatten, GlobalAvgPool, MaxPool
from symvar.lookup import number
from symvar.schemes import find
from symvar.schemes.base import Held
from symvar.theories import all_theories
from symvar.theories import find as find_theory
from symvar.zoo import load

THEORIES = sorted(all_theories())


def pooled():
    blocks = [Conv(4, 3, padding=1), "relu", MaxPool(2), Conv(6, 3, padding=1), "relu"]
    return sequential([*blocks, Flatten(), Dense(5)], input=(3, 8, 8))


def curved():
    blocks = [Conv(4, 3, padding=1), "tanh", Conv(6, 3, padding=1), "silu"]
    return sequential([*blocks, Flatten(), Dense(5)], input=(3, 6, 6))


def residual(blocks=2, width=4, project=False):
    """Blocks of two convolutions beside an identity, rectified behind the sum."""
    build = Builder((3, 8, 8))
    at = build.chain([("stem", Conv(width, 3, padding=1)), "relu"], "input")
    for _ in range(blocks):
        end = build.chain([Conv(width, 3, padding=1), "relu", Conv(width, 3, padding=1)], at)
        short = build.node(Conv(width, 1), at) if project else at
        at = build.node("relu", build.node(Add(), end, short))
    build.chain([GlobalAvgPool(), Flatten(), Dense(10)], at)
    return build.network()


NETS = {
    "pooled": pooled,
    "curved": curved,
    "residual": residual,
    "projected": lambda: residual(project=True),
    "resnet20": lambda: load("resnet20"),
    "vgg19": lambda: load("vgg19", (3, 32, 32)),
}


def profile_of(net, scheme, theory):
    try:
        return propagate(net, scheme, theory)
    except NeedsFact as error:
        if theory == "iid" or not error.have:
            raise
        pytest.skip(f"{theory} does not speak of this network: {error}")


@pytest.mark.parametrize("theory", THEORIES)
@pytest.mark.parametrize("net", NETS)
def test_exact_forward_makes_every_forward_moment_one(net, theory):
    for row in profile_of(NETS[net](), "exact-forward", theory).rows:
        assert number(row.forward) == pytest.approx(1, rel=1e-12), row.name


@pytest.mark.parametrize("theory", THEORIES)
@pytest.mark.parametrize("net", [name for name in NETS if name != "resnet20"])
def test_exact_backward_makes_every_gradient_at_an_input_one(net, theory):
    for row in profile_of(NETS[net](), "exact-backward", theory).rows:
        assert number(row.backward_input) == pytest.approx(1, rel=1e-9), row.name


def test_under_iid_they_are_exact_and_those_of_the_source():
    for name in ("forward", "backward"):
        for net in (pooled(), load("plain20")):
            ours, source = (propagate(net, f"{one}-{name}") for one in ("exact", "asv"))
            for row in ours.rows:
                difference = row.weight_variance - source[row.name].weight_variance
                assert sp.simplify(difference) == 0
                assert getattr(row, "forward" if name == "forward" else "backward_input") == 1


def test_a_chain_of_symbolic_sizes_is_solved_in_symbols():
    w, c = symbols.w, symbols.size("C")
    net = sequential([Conv(c, 3, padding=1), "relu", Conv(c, 3, padding=1)], input=(c, w))
    first, last = propagate(net, "exact-backward").rows
    assert sp.simplify(first.weight_variance - 2 * w / (c * (3 * w - 2))) == 0
    assert sp.simplify(last.weight_variance - w / (c * (3 * w - 2))) == 0


def test_frozen_layers_stay_and_the_others_are_solved_around_them():
    held = {"conv1": Held(sp.Rational(1, 7))}
    for theory in THEORIES:
        rules = find_theory(theory)
        for scheme, column in (("forward", "forward"), ("backward", "backward_input")):
            init = find(f"exact-{scheme}").solve(pooled(), rules, held=held)
            assert init["conv1"] == sp.Rational(1, 7)
            found = {
                row.name: number(getattr(row, column))
                for row in propagate(pooled(), init, theory).rows
            }
            assert found.pop("conv1") != pytest.approx(1)
            assert found == pytest.approx(dict.fromkeys(found, 1.0), rel=1e-9)


def test_a_frozen_bias_leaves_the_rest_of_the_moment_to_the_weights():
    held = {"conv2": Held(None, sp.Rational(1, 4))}
    for theory in THEORIES:
        init = find("exact-forward").solve(pooled(), find_theory(theory), held=held)
        free = find("exact-forward").solve(pooled(), find_theory(theory))
        assert number(init["conv2"]) == pytest.approx(0.75 * number(free["conv2"]), rel=1e-12)


def test_gradients_behind_a_norm_are_refused_by_name():
    net = sequential([("a", Conv(4, 3)), BatchNorm(), "relu", ("b", Conv(4, 3))], input=(2, 8, 8))
    for theory in THEORIES:
        with pytest.raises(NeedsFact, match=r"node 'a'.*a norm behind the layer"):
            propagate(net, "exact-backward", theory)


def test_symbolic_sizes_before_tanh_are_refused():
    c = symbols.size("C")
    net = sequential([Dense(c), "tanh", Dense(c)], input=(c,))
    with pytest.raises(NeedsFact, match=r"need gates whose slope is known"):
        propagate(net, "exact-backward")


def test_gradients_that_cannot_be_one_are_refused_with_the_layer():
    """A bias of variance 100 before a saturating gate: no weights bring its gradients to one."""
    net = sequential([("a", Dense(4)), "hard-tanh", ("b", Dense(4))], input=(4,))
    with pytest.raises(NeedsFact, match=r"node 'a'.*need biases that leave room"):
        find("exact-backward").solve(
            net, find_theory("iid"), held={"a": Held(None, sp.Integer(100))}
        )


@pytest.mark.parametrize("theory", THEORIES)
def test_layers_that_nothing_reaches_are_refused_by_name(theory):
    for scheme, frozen, named in (("forward", "conv1", "conv2"), ("backward", "dense1", "conv2")):
        with pytest.raises(NeedsFact, match=named):
            find(f"exact-{scheme}").solve(
                pooled(), find_theory(theory), held={frozen: Held(sp.Integer(0))}
            )


@pytest.mark.parametrize("scheme", ["exact-forward", "exact-backward", "exact-compromise"])
def test_torch_modules_with_biases_and_frozen_layers(scheme):
    torch = pytest.importorskip("torch")
    import symvar.torch

    layers = [torch.nn.Conv2d(3, 6, 3, padding=1), torch.nn.ReLU(), torch.nn.Conv2d(6, 8, 3)]
    module = torch.nn.Sequential(*layers, torch.nn.ReLU(), torch.nn.Conv2d(8, 4, 1))
    module[2].weight.requires_grad = False
    before = module[2].weight.detach().clone()
    seed = torch.Generator().manual_seed(1)
    for theory in THEORIES:
        profile = symvar.torch.init_(
            module, torch.zeros(1, 3, 9, 9), scheme=scheme, theory=theory, generator=seed
        )
        assert torch.equal(module[2].weight, before)
        assert all((module[at].bias == 0).all() for at in (0, 2, 4))
        wanted = float(profile["0"].weight_variance) ** 0.5
        assert profile.parameters["0.weight"].deviation == pytest.approx(wanted)
        column = "backward_input" if scheme == "exact-backward" else "forward"
        if scheme != "exact-compromise":
            free = [number(getattr(profile[name], column)) for name in ("0", "4")]
            assert free == pytest.approx([1, 1], rel=1e-9)
        else:
            assert profile.optimum is not None
            assert json.loads(profile.to_json())["optimum"]["least"]
