"""The schemes of further sources: their formulas, and what they reduce to."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from symvar import check, propagate, sequential, symbols
from symvar.errors import ArgumentError, NeedsFact
from symvar.graph.builder import Builder
from symvar.integrals import enclose
from symvar.layers import Activate, Add, BatchNorm, Concat, Conv, Dense, Flatten, MaxPool
from symvar.schemes import all_schemes, find
from symvar.schemes.ng import Ng
from symvar.schemes.zhang_bn import ZhangBn

W, K, S, G = symbols.w, symbols.k, symbols.s, symbols.g
C0, C1, C2 = symbols.c_in, symbols.size("C_1"), symbols.c_out
A = symbols.slope_below


def between(activation, *, layer=None):
    """conv, activation, conv: every size a symbol."""
    second = Conv(C2, K, S, 0, 1, G) if layer is None else layer
    return sequential(
        [("first", Conv(C1, K, S)), ("f", activation), ("second", second)], input=(C0, W)
    )


def leaky(slope):
    return Activate("leaky-relu", {"below": slope})


def variance(net, scheme, name):
    return propagate(net, scheme)[name].weight_variance


def proved(left, right):
    return check(sp.Eq(left, right, evaluate=False)).status == "proved"


def test_zhang_forward_is_2_over_1_plus_a_squared_n_and_he_at_slope_zero():
    fan = C1 * K / G
    found = variance(between(leaky(A)), "zhang-forward", "second")
    assert proved(found, 2 / ((1 + A**2) * fan))
    he = variance(between("relu"), "kaiming-fan-in", "second")
    assert proved(found.subs(A, 0), he)
    assert variance(between("relu"), "zhang-forward", "second") == he
    printed = check(sp.Eq(found, (1 + A**2) / fan, evaluate=False))
    assert printed.status == "refuted"


def test_zhang_forward_of_the_first_layer_is_lecun():
    net = between("relu")
    assert variance(net, "zhang-forward", "first") == variance(net, "lecun", "first")


def test_zhang_backward_looks_behind_the_layer():
    fan = C1 * K / S
    net = between(leaky(A))
    found = variance(net, "zhang-backward", "first")
    assert proved(found, 2 / ((1 + A**2) * fan))
    he = variance(between("relu"), "kaiming-fan-out", "first")
    assert proved(found.subs(A, 0), he)
    assert check(sp.Eq(found, (1 + A**2) / fan, evaluate=False)).status == "refuted"
    assert proved(variance(net, "zhang-backward", "second"), G * S / (C2 * K))


@pytest.mark.parametrize(
    ("name", "function"),
    [("tanh", mpmath.tanh), ("sigmoid", lambda u: 1 / (1 + mpmath.exp(-u)))],
)
def test_zhang_takes_the_moments_of_any_activation_at_unit_variance(name, function):
    def mean(f):
        return mpmath.quad(lambda u: f(u) * mpmath.npdf(u), [-12, 0, 12])

    net = sequential([Dense(3), name, Dense(5)], input=(7,))
    forward = variance(net, "zhang-forward", "dense2")
    backward = variance(net, "zhang-backward", "dense1")
    gain = mean(lambda u: function(u) ** 2)
    slope = mean(lambda u: mpmath.diff(function, u) ** 2)
    assert float(enclose(forward, 15).mid) == pytest.approx(float(1 / (3 * gain)), rel=1e-9)
    assert float(enclose(backward, 15).mid) == pytest.approx(float(1 / (3 * slope)), rel=1e-7)


def test_the_nearest_activation_counts_and_poolings_are_passed_over():
    net = sequential([Conv(4, 1), "relu", MaxPool(2), Conv(6, 3)], input=(2, 8, 8))
    assert variance(net, "zhang-forward", "conv2") == sp.Rational(2, 36)
    net = sequential([Conv(4, 1), "relu", "identity", BatchNorm(), Conv(6, 3)], input=(2, 8, 8))
    assert variance(net, "zhang-forward", "conv2") == sp.Rational(2, 36)


def test_branches_of_one_activation_agree_and_of_two_are_refused():
    def joined(one, other):
        build = Builder((2, 4, 4))
        ends = [build.chain([Conv(3, 1), each], "input") for each in (one, other)]
        build.chain([("last", Conv(5, 1))], build.node(Concat(), *ends))
        return build.network()

    assert variance(joined("relu", "relu"), "zhang-forward", "last") == sp.Rational(2, 6)
    with pytest.raises(NeedsFact, match=r"node 'last': need one activation before.*relu, tanh"):
        propagate(joined("relu", "tanh"), "zhang-forward")
    build = Builder((2, 4, 4))
    stem = build.node(Conv(3, 1), "input", name="stem")
    ends = [build.chain([each, Conv(3, 1)], stem) for each in ("relu", "tanh")]
    build.node(Concat(), *ends)
    with pytest.raises(NeedsFact, match=r"node 'stem': need one activation behind"):
        propagate(build.network(), "zhang-backward")


def normed():
    return sequential(
        [Conv(4, 3), BatchNorm(), "relu", Conv(6, 3), "relu", Flatten(), Dense(10)],
        input=(2, 8, 8),
    )


def test_zhang_bn_is_proportional_to_the_rate_and_he_at_the_base_rate():
    rate = sp.Symbol("eta", positive=True)
    base = sp.Symbol("eta_0", positive=True)
    net = normed()
    found = variance(net, ZhangBn(rate, base), "conv1")
    assert proved(found, 2 * rate / (base * 4 * 9))
    assert proved(found.subs(rate, base), variance(net, "kaiming-fan-out", "conv1"))
    assert variance(net, "zhang-bn", "conv1") == sp.Rational(5, 36)  # the source's 5/m at 0.1


def test_zhang_bn_leaves_layers_without_a_norm_behind_them_to_zhang_forward():
    net = normed()
    for name in ("conv2", "dense1"):
        assert variance(net, "zhang-bn", name) == variance(net, "zhang-forward", name)


def test_zhang_bn_keeps_the_relative_step_that_its_name_promises():
    """The step is rate/(n v) times what does not depend on v: see zhang, prose:rule."""
    net = normed()
    steps = {
        rate / variance(net, ZhangBn(rate, "1/25"), "conv1")
        for rate in (sp.Rational(1, 100), sp.Rational(1, 10), sp.Integer(1))
    }
    assert len(steps) == 1


def test_ng_has_the_variance_of_its_uniform_law_and_is_xavier_at_root_six():
    scale = sp.Symbol("s", positive=True)
    net = between(Activate("shifted-relu"), layer=Conv(C2, K))
    found = variance(net, Ng(scale), "second")
    u = sp.Symbol("u", real=True)
    end = scale / sp.sqrt(C1 * K + C2 * K)
    law = sp.integrate(u**2 / (2 * end), (u, -end, end))
    assert proved(found, law)
    assert proved(found.subs(scale, sp.sqrt(6)), variance(net, "xavier", "second"))
    assert variance(net, "ng", "second") == variance(net, "xavier", "second")
    assert find("ng").distribution == "uniform"


@pytest.mark.parametrize(("rows", "columns"), [(3, 3), (2, 5), (5, 2)])
def test_orthogonal_has_the_mean_square_of_a_matrix_with_orthonormal_rows_or_columns(rows, columns):
    """Gram-Schmidt on integers gives an exact one."""
    large, small = max(rows, columns), min(rows, columns)
    vectors = [sp.Matrix([(i + 2) ** j + (i == j) for i in range(large)]) for j in range(small)]
    basis = sp.Matrix.hstack(*sp.GramSchmidt(vectors, orthonormal=True))
    assert (basis.T * basis).applyfunc(sp.simplify) == sp.eye(small)
    mean_square = sp.nsimplify(sp.simplify(sum(each**2 for each in basis)) / (rows * columns))
    net = sequential([Dense(rows)], input=(columns,))
    assert variance(net, "orthogonal", "dense1") == mean_square
    assert variance(net, "delta-orthogonal", "dense1") == mean_square


def residual(blocks, layers, project=False, *, width=4):
    """A stem, residual blocks of ``layers`` convolutions, a classifier."""
    build = Builder((3, 8, 8))
    at = build.chain([("stem", Conv(width, 3, padding=1)), "relu"], "input")
    for block in range(blocks):
        end = at
        for layer in range(layers):
            if layer:
                end = build.node("relu", end)
            end = build.node(Conv(width, 3, padding=1), end, name=f"b{block}.{layer}")
        short = build.node(Conv(width, 1), at, name=f"s{block}") if project else at
        at = build.node("relu", build.node(Add(), end, short))
    build.chain([Flatten(), ("classifier", Dense(10))], at)
    return build.network()


@pytest.mark.parametrize("project", [False, True])
@pytest.mark.parametrize(("blocks", "layers"), [(1, 2), (5, 2), (4, 3), (9, 3)])
def test_fixup_scales_residual_branches_and_zeroes_their_ends(blocks, layers, project):
    net = residual(blocks, layers, project)
    found, he = (
        {row.name: row.weight_variance for row in propagate(net, name).rows}
        for name in ("fixup", "kaiming-fan-in")
    )
    for block in range(blocks):
        assert found[f"b{block}.{layers - 1}"] == 0
        for layer in range(layers - 1):
            ratio = sp.sqrt(found[f"b{block}.{layer}"] / he[f"b{block}.{layer}"])
            assert sp.simplify(ratio - sp.Integer(blocks) ** sp.Rational(-1, 2 * layers - 2)) == 0
        if project:
            assert found[f"s{block}"] == he[f"s{block}"]
    assert found["stem"] == he["stem"]
    assert found["classifier"] == 0


def test_fixup_of_a_plain_network_is_kaiming_with_a_zero_classifier():
    net = sequential([Conv(4, 3), "relu", Conv(4, 3), Flatten(), Dense(3)], input=(3, 8, 8))
    fixup, he = (propagate(net, name).rows for name in ("fixup", "kaiming-fan-in"))
    assert [row.weight_variance for row in fixup[:-1]] == [row.weight_variance for row in he[:-1]]
    assert fixup[-1].weight_variance == 0


def test_fixup_of_a_branch_of_one_layer_is_zero():
    assert variance(residual(3, 1), "fixup", "b1.0") == 0


def test_fixup_refuses_norms_and_sums_without_a_shortcut():
    with pytest.raises(NeedsFact, match=r"need one branch with more weighted layers"):
        propagate(residual(2, 1, project=True), "fixup")
    build = Builder((4, 8, 8))
    end = build.chain([Conv(4, 1), BatchNorm(), "relu", Conv(4, 1)], "input")
    build.node(Add(), end, "input")
    with pytest.raises(NeedsFact, match=r"batchnorm.*without norms"):
        propagate(build.network(), "fixup")


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: ZhangBn(rate=0), "rate: need a positive rate; have 0"),
        (lambda: ZhangBn(base_rate=-1), "base_rate: need a positive rate"),
        (lambda: ZhangBn(rate="fast"), "rate: need a real number"),
        (lambda: Ng(scale=0), "scale: need a positive scale"),
    ],
)
def test_parameters_outside_their_domain_are_refused(made, words):
    with pytest.raises(ArgumentError, match=words):
        made()


def test_every_scheme_says_what_it_assumes_and_what_it_becomes():
    for name, scheme in all_schemes().items():
        assert scheme.assumes, name
        assert scheme.becomes, name
