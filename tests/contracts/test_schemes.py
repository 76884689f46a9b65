"""Every scheme over depth, at the ends of a network, and its derivation line by line."""

from __future__ import annotations

import pytest
import sympy as sp

from symvar import gamma, propagate, sequential, symbols, tau
from symvar.derive import all_derivations
from symvar.derive.base import Step
from symvar.derive.scheme import backward_factor, forward_factor
from symvar.layers import AvgPool, Conv, MaxPool
from symvar.schemes import Init, all_schemes

SCHEMES = list(all_schemes())
C, W, P = symbols.size("C"), symbols.w, symbols.p
POOLS = {"max": MaxPool, "avg": AvgPool, "none": None}


def same(left, right):
    return sp.simplify(sp.expand(sp.together((sp.sympify(left) - right).doit()))) == 0


def stack(layers, pool, window=2):
    """conv, relu, pool again and again, channels and padding symbols, each map half the last."""
    blocks = []
    for _ in range(layers):
        blocks += [Conv(C, 2 * P + 1, padding=P), "relu"]
        blocks += [] if POOLS[pool] is None else [POOLS[pool](window)]
    return sequential(blocks, input=(C, W * window ** (layers if POOLS[pool] else 0)))


def alike(layers, pool, variance):
    """The stack with one variance everywhere, given in the symbols of one layer."""
    net = stack(layers, pool)
    return net, propagate(net, Init("alike", "iid", {n.name: variance for n in net.weighted}))


def factor(net, name, before, window, pool, variance, direction):
    """One layer's gain by the derivation's formula, its sizes put in."""
    (mix,) = net[name].primitives
    formula = (forward_factor if direction == "forward" else backward_factor)(variance)
    found = formula.subs(
        {
            symbols.connections: mix.connections,
            symbols.units: mix.outputs,
            symbols.units_before: mix.inputs,
        }
    )
    if pool == "avg":
        avg = {
            tau(symbols.window_before): tau(window, "avg"),
            gamma(symbols.window_here): gamma(window, "avg"),
        }
        return found.subs(avg)
    return found.subs({symbols.window_before: before, symbols.window_here: window})


@pytest.mark.parametrize("layers", [2, 3, 4])
@pytest.mark.parametrize("pool", ["max", "none"])
def test_moments_over_depth_are_powers_of_the_derivations_factor(layers, pool):
    """1x1 convolutions, so that all layers are alike: q and r are a^(L-1) times their start."""
    window = 1 if POOLS[pool] is None else 2
    blocks = []
    for _ in range(layers):
        blocks += [Conv(C, 1), "relu"]
        blocks += [] if POOLS[pool] is None else [MaxPool(window)]
    net = sequential(blocks, input=(C, W * window**layers))
    variance = sp.Symbol("v", positive=True)
    profile = propagate(net, Init("alike", "iid", {n.name: variance for n in net.weighted}))
    up = factor(net, f"conv{layers}", window, window, pool, variance, "forward")
    down = factor(net, f"conv{layers}", window, window, pool, variance, "backward")
    first, last = profile.rows[0], profile.rows[-1]
    assert same(last.forward, up ** (layers - 1) * first.forward)
    assert same(first.backward_input, down ** (layers - 1) * last.backward_input)
    assert same(up, variance * C * tau(window).doit())
    assert same(down, variance * C * gamma(window).doit())


@pytest.mark.parametrize("layers", [2, 3, 4])
@pytest.mark.parametrize("pool", POOLS)
def test_padded_stacks_multiply_the_factor_of_every_layer(layers, pool):
    """'same' convolutions of symbolic padding on shrinking maps: the product of their factors."""
    variance = sp.Symbol("v", positive=True)
    net, profile = alike(layers, pool, variance)
    window = 1 if POOLS[pool] is None else 2
    names = [node.name for node in net.weighted]
    expected = profile.rows[0].forward
    for name in names[1:]:
        expected *= factor(net, name, window, window, pool, variance, "forward")
        assert same(profile[name].forward, expected)
    expected = sp.Integer(1)
    for name in reversed(names):
        expected *= factor(net, name, window, window, pool, variance, "backward")
        assert same(profile[name].backward_input, expected)


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_over_a_stack_keeps_the_product_of_its_factors(scheme, pool):
    """Three layers, integer sizes; the factor holds each layer's own solved variance."""
    blocks = []
    for out in (4, 6, 5):
        blocks += [Conv(out, 3, padding=1), "relu"]
        blocks += [] if POOLS[pool] is None else [POOLS[pool](2)]
    net = sequential(blocks, input=(3, 16))
    profile = propagate(net, scheme)
    window = 1 if POOLS[pool] is None else 2
    expected = profile.rows[0].forward
    for row in profile.rows[1:]:
        expected *= factor(net, row.name, window, window, pool, row.weight_variance, "forward")
        assert same(row.forward, expected)
    if scheme in ("asv-forward", "exact-forward"):
        assert all(same(row.forward, 1) for row in profile.rows)
    if scheme in ("asv-backward", "exact-backward"):
        assert all(same(row.backward_input, 1) for row in profile.rows)
    if scheme not in ("asv-forward", "exact-forward") and pool == "max":
        assert not all(same(row.forward, 1) for row in profile.rows)


def test_no_activation_before_the_first_layer_and_none_after_the_last():
    """tau = 1 there and gamma = 1 here: sigma^2 = M'/e and M/e, e = 3 C^2 w - 2 C^2."""
    net = sequential([Conv(C, 3, padding=1), "relu", Conv(C, 3, padding=1)], input=(C, W))
    connections = C**2 * (3 * W - 2)
    forward, backward = (propagate(net, name).rows for name in ("asv-forward", "asv-backward"))
    assert same(forward[0].weight_variance, C * W / connections)
    assert same(forward[1].weight_variance, 2 * C * W / connections)
    assert same(backward[0].weight_variance, 2 * C * W / connections)
    assert same(backward[1].weight_variance, C * W / connections)
    assert backward[1].backward == 1


def test_the_input_enters_with_second_moment_one_whatever_its_kind():
    net = sequential([Conv(C, 3, padding=1), "relu"], input=(C, W))
    white, constant = (propagate(net, "lecun", input=kind) for kind in ("white", "constant"))
    assert white.rows[0].forward == constant.rows[0].forward


@pytest.mark.parametrize("name", SCHEMES)
def test_every_step_of_every_derivation_is_proved(name, derived):
    derivation = derived(name)
    assert len(derivation.steps) >= 6
    for step in derivation.steps:
        assert step.verdict.status == "proved", step
        assert step.reason
        assert step.statement not in (sp.true, sp.false), "sympy judged it before the checker"


@pytest.mark.parametrize("name", SCHEMES)
def test_every_scheme_has_a_derivation_that_states_its_solution(name, derived):
    """The step that states the variance: the formula printed by its source."""
    printed = {
        "asv-forward": symbols.units / (tau(symbols.window_before) * symbols.connections),
        "asv-backward": symbols.units_before / (gamma(symbols.window_here) * symbols.connections),
        "exact-forward": symbols.units / (tau(symbols.window_before) * symbols.connections),
        "exact-backward": symbols.units_before / (gamma(symbols.window_here) * symbols.connections),
        "exact-compromise": sp.sqrt(symbols.units * symbols.units_before)
        / (symbols.connections * sp.sqrt(tau(symbols.window_before) * gamma(symbols.window_here))),
        "kaiming-fan-in": 2 / symbols.fan_in,
        "kaiming-fan-out": 2 / symbols.fan_out,
        "lecun": 1 / symbols.fan_in,
        "xavier": 2 / (symbols.fan_in + symbols.fan_out),
        "zhang-forward": 2 / symbols.fan_in,
        "zhang-backward": 2 / symbols.fan_out,
        "zhang-bn": 5 / symbols.fan_out,
        "ng": 2 / (symbols.fan_in + symbols.fan_out),
        "fixup": 2 / symbols.fan_in,
    }
    stated = [
        step.formula.rhs
        for step in derived(name).steps
        if isinstance(step.formula, sp.Eq) and step.formula.lhs == symbols.weight_var
    ]
    assert stated
    if name in printed:
        assert sp.simplify(stated[0] - printed[name]) == 0
    assert set(all_derivations()) >= set(SCHEMES)


@pytest.mark.parametrize("name", SCHEMES)
def test_a_wrong_step_is_refuted(name, derived):
    """Each identity with its right side off by a factor, a sign or a term."""
    checked = 0
    for step in derived(name).steps:
        if not isinstance(step.statement, sp.Eq):
            continue
        lhs, rhs = step.statement.args
        if rhs == 0:
            continue
        for wrong in (2 * rhs, -rhs, rhs + 1):
            false = Step(step.formula, step.reason, sp.Eq(lhs, wrong, evaluate=False), step.given)
            assert false.verdict.status == "refuted", (step.statement, wrong, false.verdict)
            checked += 1
    assert checked >= 12


def test_a_scheme_solved_on_a_real_network_satisfies_its_condition():
    """Kaiming's and LeCun's variances from the fans counted by hand: 3x3 kernels, 4 channels in."""
    net = sequential([Conv(4, 1), "relu", Conv(6, (3, 3), padding=1)], input=(2, 5, 5))
    expected = {
        "kaiming-fan-in": sp.Rational(2, 36),
        "kaiming-fan-out": sp.Rational(2, 54),
        "lecun": sp.Rational(1, 36),
        "xavier": sp.Rational(2, 36 + 54),
        "asv-forward": sp.Rational(2 * 6 * 25, 4 * 6 * 13**2),
        "asv-backward": sp.Rational(4 * 25, 4 * 6 * 13**2),
    }
    for name, variance in expected.items():
        assert propagate(net, name).rows[1].weight_variance == variance
