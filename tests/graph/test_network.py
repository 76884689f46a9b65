"""Networks: what is a graph of layers, and what is not."""

import networkx as nx
import pytest
from sympy import Ge

from symvar import Network, propagate, sequential
from symvar.errors import ArgumentError, GraphError, ShapeError
from symvar.layers import (
    Conv,
    Dense,
    Dropout,
    Flatten,
    Input,
    LocalResponseNorm,
    MaxPool,
    Softmax,
)
from symvar.layers.activate import Activate
from symvar.symbols import c_in, c_out, k, s, w

LAYERS = [Conv(8, 3, padding=1), "relu", MaxPool(2), Flatten(), Dense(10), Softmax()]


def test_layers_are_nodes_of_a_networkx_graph():
    net = sequential(LAYERS, input=(3, 8, 8))
    assert isinstance(net.graph, nx.MultiDiGraph)
    assert nx.is_directed_acyclic_graph(net.graph)
    assert list(net.graph) == [node.name for node in net]
    assert net["maxpool1"].after == (8, 4, 4)
    assert [node.name for node in net.weighted] == ["conv1", "dense1"]
    assert [node.name for node in net.outputs] == ["softmax1"]


def test_the_order_follows_the_edges_not_the_mapping():
    layers = {"out": Dense(2), "mid": Dense(3), "in": Input((4,))}
    net = Network(layers, [("mid", "out"), ("in", "mid")])
    assert [node.name for node in net] == ["in", "mid", "out"]


def test_a_network_shows_itself():
    shown = sequential(LAYERS, input=(3, 8, 8))._repr_mimebundle_()
    assert "conv1: Conv(out=8" in shown["text/plain"]
    assert shown["text/vnd.mermaid"].count("-->") == len(LAYERS)


def test_names_may_be_given():
    net = sequential([("stem", Conv(4, 3)), ("act", Activate("relu"))], input=(3, 8, 8))
    assert [node.name for node in net] == ["input", "stem", "act"]


@pytest.mark.parametrize(
    ("layers", "shape", "error", "words"),
    [
        ([Conv(4, 9)], (3, 5, 5), ShapeError, r"'conv1' \(conv\).*at most 5.*have kernel 9"),
        ([Conv(4, 3, dilation=4)], (3, 8, 8), ShapeError, r"'conv1'.*dilation 4, which spans 9"),
        ([Conv(4, 3, groups=2)], (3, 8, 8), ShapeError, r"'conv1' \(conv\), groups: .*the 3 input"),
        ([Conv(5, 3, groups=2)], (4, 8, 8), ShapeError, r"groups: .*divides the 5 output"),
        ([Conv(4, 3, groups=0)], (4, 8, 8), ShapeError, r"groups: .*have 0"),
        ([Conv(0, 3)], (3, 8, 8), ShapeError, r"node 'conv1'.*out: need a positive integer"),
        ([Dense(-1)], (3,), ShapeError, r"node 'dense1'.*out: need a positive integer"),
        ([MaxPool(0)], (3, 8, 8), ShapeError, r"node 'maxpool1' \(maxpool\), kernel: .*have 0"),
        ([MaxPool(-2)], (3, 8, 8), ShapeError, r"have -2"),
        ([MaxPool(2, 0)], (3, 8, 8), ShapeError, r"stride: need a positive integer.*have 0"),
        ([MaxPool(2.5)], (3, 8, 8), ShapeError, r"have 2\.5"),
        ([MaxPool(2, padding=-1)], (3, 8, 8), ShapeError, r"padding: need a nonnegative integer"),
        ([Conv(4, (3, 3, 3))], (3, 8, 8), ShapeError, r"kernel: need one number, or 2"),
        ([Dense(4)], (3, 8, 8), ShapeError, r"node 'dense1' \(dense\).*flat input.*Flatten"),
        ([MaxPool(2)], (8,), ShapeError, r"at least one spatial axis"),
        ([Softmax(), Dense(2)], (8,), GraphError, r"node 'dense1'.*'softmax1'.*must be the output"),
        (["rellu"], (8,), ArgumentError, r"did you mean 'relu'\?"),
        ([3], (8,), ArgumentError, r"layers, names of activations"),
        ([("a", Dense(2)), ("a", Dense(2))], (8,), GraphError, r"node 'a': need a name of its own"),
        ([Dense(2)], (0,), ShapeError, r"node 'input'.*positive integer"),
    ],
)  # fmt: skip
def test_bad_layers_are_one_line_that_names_the_node(layers, shape, error, words):
    with pytest.raises(error, match=words) as caught:
        sequential(layers, input=shape)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("layers", "edges", "words"),
    [
        (
            {"in": Input((3,)), "a": Dense(3), "b": Dense(3)},
            [("a", "b"), ("b", "a")],
            "cycle (a -> b -> a|b -> a -> b)",
        ),
        ({"in": Input((3,)), "a": Dense(3)}, [("a", "a")], "cycle a -> a"),
        ({"in": Input((3,)), "a": Dense(3)}, [("in", "aa")], "no node 'aa'; did you mean 'a'"),
        ({"in": Input((3,)), "a": Dense(3)}, [], r"node 'a' \(dense\): need one node before it"),
        ({"a": Dense(3)}, [], "need one Input; have none"),
        ({}, [], "need one Input; have none"),
        ({"a": Input((3,)), "b": Input((3,))}, [], "need one Input; have 'a', 'b'"),
        (
            {"in": Input((3,)), "a": Dense(3), "b": Dense(3)},
            [("in", "a"), ("in", "b"), ("a", "b")],
            r"node 'b' \(dense\): need one node before it; have 'in', 'a'",
        ),
    ],
)
def test_what_is_no_network(layers, edges, words):
    with pytest.raises(GraphError, match=words):
        Network(layers, edges)


@pytest.mark.parametrize("p", [1, 1.5, -0.1])
def test_dropout_needs_a_probability(p):
    with pytest.raises(ShapeError, match=r"probability in \[0, 1\)"):
        Dropout(p)


@pytest.mark.parametrize("number", ["x", None, float("nan")])
def test_what_is_no_number_is_refused(number):
    with pytest.raises(ShapeError, match="need a number"):
        Dropout(number)
    with pytest.raises(ShapeError, match="alpha: need a number"):
        LocalResponseNorm(5, alpha=number)


def test_an_unknown_layer_is_named_with_the_nearest():
    with pytest.raises(ImportError, match="Convv"):
        from symvar.layers import Convv  # noqa: F401
    import symvar

    with pytest.raises(AttributeError, match="did you mean 'Conv'"):
        symvar.layers.Convv  # noqa: B018


def test_symbolic_layers_stack_without_padding_and_state_what_they_assume():
    net = sequential(
        [Conv(c_out, k), "relu", Conv(c_out, k, stride=s), MaxPool(2)], input=(c_in, w)
    )
    assert net["conv1"].after == (c_out, w - k + 1)
    assert Ge(w, k) in net["conv1"].mix.assumes
    point = {w: 17, k: 3, s: 2, c_in: 1, c_out: 1}
    numbers = sequential([Conv(1, 3), "relu", Conv(1, 3, stride=2), MaxPool(2)], input=(1, 17))
    for name in ("conv2", "maxpool1"):
        assert net[name].after[1].subs(point) == numbers[name].after[1]
    assert net["conv2"].mix.connections.subs(point) == numbers["conv2"].mix.connections


def test_an_unknown_node_is_named_with_the_nearest():
    net = sequential(LAYERS, input=(3, 8, 8))
    with pytest.raises(ArgumentError, match="did you mean 'conv1'"):
        net["conv"]
    with pytest.raises(ArgumentError, match="did you mean 'dense1'"):
        propagate(net, "lecun")["dense"]
