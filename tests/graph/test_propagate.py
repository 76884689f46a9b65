"""Profiles: what they hold, and what they refuse."""

import json

import pytest
import sympy as sp

from symvar import enclose, propagate, sequential, tau
from symvar.errors import ArgumentError, NeedsFact
from symvar.layers import AvgPool, Conv, Dense, Flatten, MaxPool, Softmax
from symvar.schemes import Init, all_schemes
from symvar.symbols import bias_variance, weight_variance

LAYERS = [Conv(8, 3, padding=1), "relu", MaxPool(2), Flatten(), Dense(10), Softmax()]


@pytest.fixture
def net():
    return sequential(LAYERS, input=(3, 8, 8))


def test_the_first_layer_reads_the_input_and_the_last_the_cotangent(net):
    profile = propagate(net, "lecun")
    first, last = profile.rows
    # e counted by hand: per axis 3 taps at 8 places, less 2 at the border
    assert first.connections == 3 * 8 * 22 * 22
    assert first.forward == sp.Rational(3 * 22 * 22, 64) / 27
    assert last.backward == 1
    assert last.backward_input == sp.Rational(10, 128)
    assert (first.window, last.window) == (4, 1)
    assert {row.correlation for row in profile.rows} == {0}


def test_without_a_scheme_every_variance_is_a_symbol(net):
    profile = propagate(net)
    first, last = profile.rows
    one, two = (weight_variance(name) for name in ("conv1", "dense1"))
    b_one, b_two = (bias_variance(name) for name in ("conv1", "dense1"))
    q = one * sp.Rational(3 * 22 * 22, 64) + b_one
    assert sp.expand(last.forward - (128 * two * tau(4) * q + b_two)) == 0
    assert sp.expand(first.backward.doit() - 10 * two * sp.Rational(15, 64)) == 0
    assert profile.scheme is None


def test_a_layer_without_bias_has_no_bias_symbol():
    profile = propagate(sequential([Conv(4, 3, bias=False)], input=(3, 5, 5)))
    assert profile.rows[0].forward.free_symbols == {weight_variance("conv1")}


def test_variances_may_be_given(net):
    given = Init("mine", "iid", {"conv1": sp.Rational(1, 5), "dense1": sp.Integer(1)})
    assert propagate(net, given)["conv1"].weight_variance == sp.Rational(1, 5)
    with pytest.raises(ArgumentError, match="none for dense1"):
        propagate(net, Init("mine", "iid", {"conv1": sp.Integer(1)}))


def test_a_constant_input_has_the_same_first_layer_but_averages_to_itself():
    net = sequential([AvgPool(2), Conv(4, 3)], input=(3, 8, 8))
    assert propagate(net, "lecun", input="white").rows[0].forward == sp.Rational(1, 4)
    assert propagate(net, "lecun", input="constant").rows[0].forward == 1


def test_json_holds_exact_entries_and_proven_digits(net):
    table = json.loads(propagate(net, "kaiming-fan-in").to_json())
    assert table["schema"] == "symvar/profile/1"
    assert table["assumptions"]
    entry = table["rows"][1]["forward"]
    exact = propagate(net, "kaiming-fan-in").rows[1].forward
    assert entry["exact"] == str(exact)
    ball = enclose(exact, 40)
    low, high = ball.bounds()
    value, radius = sp.Rational(entry["value"]), sp.Rational(entry["radius"])
    assert value - radius <= sp.Rational(low) <= sp.Rational(high) <= value + radius
    assert len(entry["value"].replace(".", "").lstrip("0")) == 17


def test_profiles_are_the_same_to_the_byte(net):
    one, two = (propagate(net, "asv-backward") for _ in range(2))
    assert one.to_json() == two.to_json()
    assert one.to_latex() == two.to_latex()
    assert str(one) == str(two)


def test_a_frame_holds_the_exact_rows(net):
    pytest.importorskip("pandas")
    frame = propagate(net, "lecun").to_frame()
    assert list(frame["name"]) == ["conv1", "dense1"]
    assert frame["weight_variance"][0] == sp.Rational(1, 27)


def test_a_profile_shows_itself(net):
    shown = propagate(net, "lecun")._repr_mimebundle_()
    assert "conv1" in shown["text/plain"]
    assert shown["text/html"].count("<tr>") == 3


@pytest.mark.parametrize("scheme", sorted(all_schemes()))
def test_every_scheme_solves_a_symbolic_and_a_numeric_network(scheme, net):
    variances = propagate(net, scheme).rows
    *inner, last = (row.weight_variance for row in variances)
    assert all(variance.is_positive for variance in inner)
    assert last.is_zero if scheme == "fixup" else last.is_positive  # a classifier of zeros


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"scheme": "kaiming"}, "did you mean 'kaiming-fan-in'"),
        ({"scheme": "asv-foward"}, "did you mean 'asv-forward'"),
        ({"theory": "idd"}, "did you mean 'iid'"),
        ({"input": "whit"}, "did you mean 'white'"),
    ],
)
def test_unknown_names_come_with_the_nearest(net, arguments, words):
    with pytest.raises(ArgumentError, match=words):
        propagate(net, **arguments)


def test_what_the_theory_cannot_say_names_the_node():
    net = sequential([("p", MaxPool(2)), Conv(4, 3)], input=(3, 8, 8))
    with pytest.raises(NeedsFact, match=r"node 'p' \(maxpool\), theory iid: need units that are"):
        propagate(net, "lecun")


def test_floats_of_a_symbolic_profile_are_refused(net):
    with pytest.raises(ArgumentError):
        propagate(net).floats("forward")
