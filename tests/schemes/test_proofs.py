"""What the schemes are, proved in symbols for all sizes at once."""

from __future__ import annotations

import pytest
import sympy as sp

from symvar import check, propagate, sequential, symbols
from symvar.activations.identity import Identity
from symvar.geometry import Axis
from symvar.layers import Conv, Dense
from symvar.schemes import all_schemes, find
from symvar.schemes.base import WeightedLayer
from symvar.theories import find as find_theory

W, H, K, S, P, D, G = (getattr(symbols, name) for name in ("w", "h", "k", "s", "p", "d", "g"))
C0, C1, C2 = symbols.c_in, symbols.size("C_1"), symbols.c_out
DEPTH = symbols.size("n_z")


def unpooled(second, space):
    """conv, relu, conv: the second reads rectified units; the first keeps every position."""
    first = Dense(C1) if not space else Conv(C1, 1)
    return sequential([("first", first), "relu", ("second", second)], input=(C0, *space))


UNPADDED = {
    "1-d": (Conv(C2, K, S, 0, D, G), (W,)),
    "2-d": (Conv(C2, K, S, 0, D, G), (W, H)),
    "3-d": (Conv(C2, K, S, 0, D, G), (W, H, DEPTH)),
    "2-d, every axis its own": (
        Conv(C2, (K, P + 1), (S, D), 0, (D, S), G),
        (W, H),
    ),
    "dense": (Dense(C2), ()),
}


def zero(expression):
    return sp.simplify(sp.expand(sp.together(expression))) == 0


@pytest.mark.parametrize("case", UNPADDED)
def test_asv_forward_without_padding_and_pooling_is_kaiming_fan_in(case):
    net = unpooled(*UNPADDED[case])
    asv, kaiming = (propagate(net, name)["second"] for name in ("asv-forward", "kaiming-fan-in"))
    assert asv.weight_variance.free_symbols
    assert zero(asv.weight_variance - kaiming.weight_variance)
    layer, space = UNPADDED[case]
    taps = {"1-d": K, "2-d": K**2, "3-d": K**3, "dense": 1}.get(case, K * (P + 1))
    groups = 1 if case == "dense" else G
    assert zero(asv.weight_variance - 2 * groups / (C1 * taps))  # he (10): 2 / fan-in
    assert len(space) == len(net["second"].before) - 1
    assert net["second"].layer is layer


def test_asv_forward_with_padding_is_another_scheme():
    net = unpooled(Conv(C2, 2 * P + 1, padding=P), (W,))
    asv, kaiming = (propagate(net, name)["second"] for name in ("asv-forward", "kaiming-fan-in"))
    ratio = sp.simplify(asv.weight_variance / kaiming.weight_variance)
    assert zero(ratio - W * (2 * P + 1) / (W * (2 * P + 1) - P * (P + 1)))
    verdict = check(sp.Eq(asv.weight_variance, kaiming.weight_variance, evaluate=False))
    assert verdict.status == "refuted"
    assert verdict.counterexample[P] > 0


def backward_pair(layer, space):
    """A convolution with a ReLU behind it, under both schemes."""
    net = sequential([("first", layer), "relu"], input=(C0, *space))
    asv, kaiming = (propagate(net, name)["first"] for name in ("asv-backward", "kaiming-fan-out"))
    return net, asv, kaiming


@pytest.mark.parametrize(
    ("layer", "axes"),
    [
        pytest.param(Conv(C2, K, S, 0, D, G), 1, id="1-d"),
        pytest.param(Conv(C2, K, S, 0, D, G), 2, id="2-d"),
        pytest.param(Conv(C2, 2 * P + 1, padding=P), 1, id="same"),
        pytest.param(Conv(C2, K, S, P, 1, G), 1, id="padded"),
    ],
)
def test_asv_backward_is_kaiming_fan_out_times_units_and_fan_over_connections(layer, axes):
    """Ratio M n_out / e; per axis w k / (s pairs)."""
    space = (W, H)[:axes]
    net, asv, kaiming = backward_pair(layer, space)
    (mix,) = net["first"].primitives
    ratio = asv.weight_variance / kaiming.weight_variance
    assert zero(ratio - mix.inputs * sp.sympify(mix.fan_out) / mix.connections)
    windows = layer.windows((C0, *space)).axes
    per_axis = [a.size * a.kernel / (sp.sympify(a.stride) * a.pairs) for a in windows]
    assert zero(ratio - sp.Mul(*per_axis))


def test_stride_one_meets_kaiming_fan_out_exactly_for_paddings_k_minus_1_and_k():
    """pairs - w k = -(p - k)(p - k + 1): zero for p = k - 1 and p = k, negative below."""
    axis = Axis(W, K, 1, P, P)
    surplus = sp.expand(axis.pairs - W * K)
    assert surplus == sp.expand(-(P - K) * (P - K + 1))
    roots = sp.solve(surplus, P)
    assert {sp.expand(root) for root in roots} == {K - 1, K}
    below = symbols.size("m")  # p = k - 1 - m, m >= 1
    assert sp.factor(surplus.subs(P, K - 1 - below)) == -below * (below + 1)
    assert set(axis.pairs_assume) == {
        sp.Ge(W + 2 * P, K),
        sp.Le(P, K),
        sp.Le(P, W + 2 * P - K + 1),
    }


def test_equation_20_of_the_source_is_refuted():
    """asv (20): backward equals Kaiming's without padding and pooling. False as soon as k > 1."""
    _, asv, kaiming = backward_pair(Conv(C2, K), (W,))
    claim = sp.Eq(asv.weight_variance, kaiming.weight_variance, evaluate=False)
    verdict = check(claim, given=[sp.Ge(W, K), sp.Gt(K, 1)])
    assert verdict.status == "refuted"
    point = verdict.counterexample
    assert point[W] >= point[K] > 1
    wide, taps = int(point[W]), int(point[K])
    joined = sum(1 for _ in range(wide - taps + 1) for _ in range(taps))  # one channel each way
    assert sp.Rational(2 * wide, joined) == asv.weight_variance.subs(C0, 1).subs(C2, 1).subs(point)
    assert sp.Rational(2, taps) == kaiming.weight_variance.subs(C2, 1).subs(point)
    assert joined != wide * taps
    kept = check(claim.subs(K, 1))
    assert kept.status == "proved"


def test_unpadded_strides_meet_kaiming_fan_out_only_when_windows_tile_the_input():
    """w = s n, p = 0: pairs s = w k iff the dilated kernel is at most a stride long."""
    n = symbols.size("n")
    axis = Axis(S * n, K, S, dilation=D)
    assert zero(axis.pairs * S - axis.size * K - K * S * (axis.outputs - n))
    # so it is met iff there are n outputs, floor(n - extent/s) + 1 = n, that is extent <= s
    assert zero(axis.outputs - sp.floor(n - axis.extent / S) - 1)
    for stride in range(1, 5):
        for count in range(1, 6):
            for kernel in range(1, 7):
                for dilation in range(1, 4):
                    extent = dilation * (kernel - 1) + 1
                    if extent > stride * count:
                        continue
                    axis = Axis(stride * count, kernel, stride, dilation=dilation)
                    meets = axis.pairs * stride == axis.size * kernel
                    assert meets == (extent <= stride), axis


def test_xavier_is_the_harmonic_mean_of_lecun_and_its_backward_twin():
    net = unpooled(Conv(C2, K, S, 0, D, G), (W, H))
    node = net["second"]
    layer = WeightedLayer("second", node.mix, find_theory("iid")).model(Identity())
    forward, backward = (
        sp.solve(sp.Eq(gain, 1), layer.variance)[0]
        for gain in (layer.forward, layer.backward_input)
    )
    assert zero(forward - find("lecun").solved(layer))
    assert zero(forward - G / (C1 * K**2))
    assert zero(backward - G * S**2 / (C2 * K**2))
    xavier = propagate(net, "xavier")["second"].weight_variance
    assert zero(xavier - 2 / (1 / forward + 1 / backward))
    assert not zero(xavier - (forward + backward) / 2)  # not the arithmetic mean
    assert not zero(xavier - sp.sqrt(forward * backward))


@pytest.mark.parametrize("name", all_schemes())
def test_the_solution_satisfies_its_condition_and_scales_as_it_must(name):
    """Put back, it solves; and variance times fans is free of the fans' common scale."""
    mix = Conv(C2, K, S, P, 1, G).lower((C1, W))[0]
    theory = find_theory("iid")
    signal = theory.forward(mix, theory.preactivations(mix.inputs), _weight(mix))
    layer = WeightedLayer("l", mix, theory, signal=signal, cotangent=theory.cotangent(signal))
    scheme = find(name)
    solution = scheme.solved(layer)
    condition = scheme.condition(layer)
    put_back = condition.lhs.subs(layer.variance, solution) - condition.rhs
    assert zero(put_back)
    assert not zero(condition.lhs.subs(layer.variance, 2 * solution) - condition.rhs)
    doubled = sp.simplify(solution.subs({C1: 2 * C1, C2: 2 * C2}, simultaneous=True) / solution)
    assert doubled == sp.Rational(1, 2)


def _weight(mix):
    from symvar.theories import Weight

    return Weight(1 / mix.reads_per_output)


@pytest.mark.parametrize(
    ("space", "layer"), [((W,), Conv(C2, K, S)), ((W, H), Conv(C2, K, S, 0, D))], ids=["1-d", "2-d"]
)
def test_propagated_moments_stay_one_in_symbols(space, layer):
    """The two schemes keep what they promise on the network itself, every size a symbol."""
    net = sequential([("a", Conv(C1, 1)), "relu", ("b", layer)], input=(C0, *space))
    for row in propagate(net, "asv-forward").rows:
        assert zero(row.forward - 1)
    for row in propagate(net, "asv-backward").rows:
        assert zero(row.backward_input - 1)
