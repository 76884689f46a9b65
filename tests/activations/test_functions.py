"""Single activations: published constants and kernels, parameters, and their way through iid."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from symvar import enclose, propagate, sequential
from symvar.activations import all_activations
from symvar.activations.leaky_relu import LeakyRectifier
from symvar.activations.selu import Selu, selu_alpha, selu_scale
from symvar.activations.shifted_relu import ShiftedRectifier
from symvar.errors import ArgumentError, NeedsFact, UnsupportedOperator
from symvar.integrals import GaussianProduct, leaky_gamma, leaky_tau
from symvar.layers import Activate, AvgPool, Conv, Dense, MaxPool
from symvar.layers.base import Call
from symvar.symbols import forward, slope_below, x

R = sp.Rational


def activation(name):
    return all_activations()[name]()


def test_the_constants_of_selu_are_the_published_ones():
    """Klambauer et al. print 1.0507009873554805 and 1.6732632423543772 (rounded to doubles)."""
    assert float(enclose(selu_scale(), 20)) == 1.0507009873554805
    assert float(enclose(selu_alpha(), 20)) == 1.6732632423543772


def test_the_constants_of_selu_solve_their_conditions():
    """Newton's method on quadratures of the two conditions, to 60 digits."""
    with mpmath.workdps(70):

        def moment(power):
            return mpmath.quad(lambda z: mpmath.expm1(z) ** power * mpmath.npdf(z), [-40, -8, 0])

        alpha = mpmath.findroot(lambda a: mpmath.npdf(0) + a * moment(1), 1.7)
        scale = mpmath.findroot(lambda s: s**2 * (0.5 + alpha**2 * moment(2)) - 1, 1.05)
        for found, expected in ((selu_alpha(), alpha), (selu_scale(), scale)):
            assert abs(mpmath.mpf(enclose(found, 65).decimal(65)[0]) - expected) < 1e-60
    assert enclose(Selu().mean(1), 100).rad < 1e-100
    assert enclose(Selu().second_moment(1) - 1, 100).rad < 1e-100
    wrong = selu_alpha() + R(1, 10**20)
    low, high = enclose(wrong - selu_alpha(), 5).bounds()
    assert low > 0 or high < 0


def test_kernels_of_the_literature():
    """Williams' erf kernel; Cho and Saul's of order one, E[u+ v+]; Isserlis for squares."""
    c = R(1, 3)
    erf = activation("erf").product(forward, c).subs(forward, 2)
    assert erf == 2 * sp.asin(R(4, 15)) / sp.pi
    angle = sp.acos(c)
    cho_saul = (sp.sin(angle) + (sp.pi - angle) * c) / (2 * sp.pi)
    assert enclose(activation("relu").product(sp.Integer(1), c) - cho_saul, 40).rad < 1e-39
    assert activation("square").product(sp.Integer(3), c) == 9 * (1 + 2 * c**2)


@pytest.mark.parametrize("c", [R(1, 2), R(-1, 2)], ids=str)
@pytest.mark.parametrize("name", ["relu", "abs", "erf", "square", "leaky-relu", "identity"])
def test_closed_products_lie_in_the_series_of_mehler(name, c):
    chosen = activation(name)
    series = GaussianProduct(chosen.expression, x, 2, c)
    gap = enclose(chosen.product(sp.Integer(2), c) - series, 12)
    assert gap.rad < 1e-12
    low, high = enclose(chosen.product(sp.Integer(2), c + R(1, 10**6)) - series, 9).bounds()
    assert low > 0 or high < 0


def test_a_correlation_too_close_to_one_is_an_error_that_says_so():
    with pytest.raises(ArgumentError, match="Mehler's series"):
        enclose(GaussianProduct(sp.Max(0, x), x, 1, R(99, 100)), 30)
    with pytest.raises(ArgumentError, match="rho"):
        GaussianProduct(x, x, 1, 2)


def test_the_largest_magnitude_of_two_normals():
    """E[max(|u|, |v|)^2] = 1 + 2/pi, from max^2 = (u^2 + v^2 + |u^2 - v^2|)/2 and polar angles."""
    found = activation("abs").largest_second_moment(sp.Integer(1), 2)
    assert enclose(found - 1 - 2 / sp.pi, 40).rad < 1e-39
    fourth = activation("square").largest_second_moment(sp.Integer(1), 2)
    assert enclose(fourth - 3 - 8 / sp.pi, 40).rad < 1e-39


def test_a_symbolic_slope_stays_symbolic():
    leaky = LeakyRectifier(slope_below)
    assert sp.expand(leaky.second_moment(forward) - forward * (1 + slope_below**2) / 2) == 0
    for window in (1, 3):
        for moment in ("second_moment", "mean", "slope"):
            for value, known in ((0, "relu"), (1, "identity"), (-1, "abs")):
                found = getattr(leaky, moment)(sp.Integer(1), window).subs(slope_below, value)
                expected = getattr(activation(known), moment)(sp.Integer(1), window)
                assert enclose(sp.sympify(found - expected), 20).rad < 1e-18
    assert leaky.nondecreasing
    assert LeakyRectifier(0.2).nondecreasing
    assert not LeakyRectifier(-0.2).nondecreasing


@pytest.mark.parametrize("slope", [R(1, 4), R(1, 100), R(3, 2)])
@pytest.mark.parametrize("window", [1, 2, 4, 9])
def test_a_learnt_slope_has_the_constants_of_the_leaky_window(slope, window):
    """PReLU is read with the symbol of leaky_tau and leaky_gamma, and numbers take its place."""
    learnt = Activate.from_onnx(call("PRelu", {})).activation
    one = sp.Integer(1)
    for moment, constant in (
        (learnt.second_moment(one, window), leaky_tau(window, slope_below)),
        (learnt.slope(one, window), window * leaky_gamma(window, slope_below)),
        (learnt.largest_second_moment(one, window), leaky_tau(window, slope_below)),
    ):
        assert moment.free_symbols == {slope_below}
        gap = enclose((moment - constant).subs(slope_below, slope), 25)
        assert gap.arb.contains(0)
        assert gap.rad < 1e-24
    number = LeakyRectifier(slope)
    for name in ("second_moment", "mean", "slope"):
        gap = getattr(number, name)(one, window) - getattr(learnt, name)(one, window)
        assert enclose(sp.sympify(gap).subs(slope_below, slope), 25).rad < 1e-24


def test_the_shifted_rectifier_is_a_relu_at_zero_and_linear_far_below():
    relu, linear = activation("relu"), activation("identity")
    zero, far = ShiftedRectifier(0), ShiftedRectifier(-40)
    assert zero.homogeneous
    assert not far.homogeneous
    for moment in ("second_moment", "slope", "mean"):
        one = getattr(zero, moment)(sp.Integer(1)) - getattr(relu, moment)(sp.Integer(1))
        other = getattr(far, moment)(sp.Integer(1)) - getattr(linear, moment)(sp.Integer(1))
        assert enclose(one, 30).rad < 1e-29
        assert abs(enclose(other, 30).mid) < 1e-300


BAD = [
    (lambda: Activate("tanhh"), "did you mean 'tanh'"),
    (lambda: Activate("leaky-relu", {"slop": 1}), "parameter of leaky-relu.*known: below"),
    (lambda: Activate("tanh", {"slope": 1}), "a known parameter of tanh"),
    (lambda: Activate("leaky-relu", {"below": "steep"}), "below: need a real number"),
    (lambda: Activate("elu", {"alpha": -1}), "alpha: need at least 0"),
    (lambda: Activate("softplus", {"beta": 0}), "beta: need a positive"),
    (lambda: Activate("hard-tanh", {"low": 2}), "need low < high"),
    (lambda: Activate("leaky-relu", {"below": sp.oo}), "a real number"),
]


@pytest.mark.parametrize(("call", "words"), BAD, ids=[words for _, words in BAD])
def test_bad_parameters_are_one_line(call, words):
    with pytest.raises(ArgumentError, match=words):
        call()


def test_parameters_at_their_default_are_the_default():
    assert Activate("leaky-relu", {"below": 0.01}) == Activate("leaky-relu")
    assert Activate("hard-tanh", {"low": 0, "high": 6}).activation == activation("relu6")
    assert hash(Activate("elu", {"alpha": 2})) == hash(Activate("elu", (("alpha", 2),)))


READ = [
    ("aten.leaky_relu", {"negative_slope": 0.2}, Activate("leaky-relu", {"below": R(1, 5)})),
    ("aten.prelu", {}, Activate("leaky-relu", {"below": slope_below})),
    ("PRelu", {}, Activate("leaky-relu", {"below": slope_below})),
    ("LeakyRelu", {}, Activate("leaky-relu")),
    ("LeakyRelu", {"alpha": 0.3}, Activate("leaky-relu", {"below": R(3, 10)})),
    ("Elu", {"alpha": 0.5}, Activate("elu", {"alpha": R(1, 2)})),
    ("aten.elu", {"alpha": 1.0, "scale": 1, "input_scale": 1}, Activate("elu")),
    ("Selu", {"alpha": 1.6732632, "gamma": 1.0507010}, Activate("selu")),
    ("aten.gelu", {"approximate": "none"}, Activate("gelu")),
    ("aten.gelu", {"approximate": "tanh"}, Activate("gelu-tanh")),
    ("Gelu", {"approximate": b"tanh"}, Activate("gelu-tanh")),
    ("Gelu", {}, Activate("gelu")),
    ("Clip", {"min": 0.0, "max": 6.0}, Activate("hard-tanh", {"low": 0, "high": 6})),
    ("aten.softplus", {"beta": 2, "threshold": 20}, Activate("softplus", {"beta": 2})),
    ("aten.threshold", {"threshold": -1, "value": -1}, Activate("shifted-relu")),
    *((name, {}, Activate(name.lower())) for name in ("Tanh", "Sigmoid", "Mish", "Erf", "Abs")),
    ("HardSwish", {}, Activate("hard-swish")),
    ("Softplus", {}, Activate("softplus")),
]
REFUSED = [
    ("aten.threshold", {"threshold": 0, "value": 5}),
    ("aten.softplus", {"beta": 1, "threshold": 2}),
    ("aten.elu", {"alpha": 1, "scale": 2, "input_scale": 1}),
    ("Clip", {}),
]


def call(operator, arguments):
    return Call(operator, "node", arguments, (2, 2), (2, 2))


@pytest.mark.parametrize(("operator", "arguments", "layer"), READ, ids=str)
def test_operators_are_read_with_their_arguments(operator, arguments, layer):
    assert Activate.from_onnx(call(operator, arguments)) == layer


@pytest.mark.parametrize(("operator", "arguments"), REFUSED, ids=str)
def test_arguments_that_make_another_function_are_refused(operator, arguments):
    with pytest.raises(UnsupportedOperator, match="a known activation"):
        Activate.from_onnx(call(operator, arguments))


def chain(name):
    return sequential([Dense(8), name, Dense(8), name, Dense(8)], input=(8,))


def smooth(name, q):
    """E[f^2] and E[f'^2] at variance q, by mpmath."""
    f = all_activations()[name]().expression
    value, slope = (sp.lambdify(x, each, "mpmath") for each in (f, sp.diff(f, x)))

    def mean(g):
        root = mpmath.sqrt(q)
        return mpmath.quad(lambda z: g(root * z) ** 2 * mpmath.npdf(z), [-14, -5, 0, 5, 14])

    return mean(value), mean(slope)


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "gelu", "silu", "mish", "softplus"])
def test_kaiming_follows_the_recursion_of_the_definition(name):
    """sigma^2 = 2/8 on eight units: q' = 2 E[f(sqrt q z)^2] and r = 2 E[f'^2] r'."""
    profile = propagate(chain(name), "kaiming-fan-in")
    variances, gains = [mpmath.mpf(2)], []
    for _ in range(2):
        square, gain = smooth(name, variances[-1])
        variances.append(2 * square)
        gains.append(2 * gain)
    assert profile.floats("forward") == pytest.approx([float(each) for each in variances], 1e-13)
    gradient = [gains[0] * gains[1], gains[1], 1]
    assert profile.floats("backward") == pytest.approx([float(each) for each in gradient], 1e-13)


@pytest.mark.parametrize("name", sorted(all_activations()))
def test_asv_forward_keeps_one_through_every_activation(name):
    profile = propagate(chain(name), "asv-forward")
    assert profile.floats("forward") == pytest.approx([1, 1, 1], abs=1e-15)


@pytest.mark.parametrize("name", sorted(all_activations()))
def test_asv_backward_keeps_one_or_names_the_node_whose_gate_it_cannot_know(name):
    net = chain(name)
    if activation(name).homogeneous:
        profile = propagate(net, "asv-backward")
        assert profile.floats("backward_input") == pytest.approx([1, 1, 1], abs=1e-15)
        return
    with pytest.raises(NeedsFact, match=r"at node 'dense[12]'.*slope depends on.*use asv-forward"):
        propagate(net, "asv-backward")


def test_pooling_with_other_activations():
    conv = Conv(8, 3)
    for name in ("tanh", "selu", "relu6"):
        either = [
            propagate(sequential([conv, *order, conv], input=(3, 8, 8)), "lecun")["conv2"].forward
            for order in ((name, MaxPool(2)), (MaxPool(2), name))
        ]
        assert either[0] == either[1]
    pooled_first = sequential([conv, MaxPool(2), "gelu", conv], input=(3, 8, 8))
    gelu = activation("gelu").second_moment(sp.Integer(1), 4)
    assert propagate(pooled_first, "lecun")["conv2"].forward == gelu
    averaged = sequential([conv, "tanh", AvgPool(2), conv], input=(3, 8, 8))
    tanh = activation("tanh").second_moment(sp.Integer(1))
    assert enclose(propagate(averaged, "lecun")["conv2"].forward - tanh / 4, 20).rad < 1e-19
    with pytest.raises(NeedsFact, match="nondecreasing activation around a maximum; have Gelu"):
        propagate(sequential([conv, "gelu", MaxPool(2), conv], input=(3, 8, 8)), "lecun")


def test_depth_does_not_double_formulas():
    """Twenty layers of GELU: the variance of each holds that of the one before once."""
    layers = [each for _ in range(20) for each in (Dense(4), "gelu")]
    profile = propagate(sequential([*layers, Dense(4)], input=(4,)), "kaiming-fan-in")
    assert len(str(profile.rows[-1].forward)) < 4000
    assert 0 < profile.floats("forward")[-1] < 2
