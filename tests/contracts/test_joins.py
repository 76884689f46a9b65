"""Every example of every join: its shape, against torch, in a network and in the wrong shape."""

from __future__ import annotations

import pytest

from symvar import Builder, propagate
from symvar.errors import NeedsFact, ShapeError
from symvar.layers import Conv, Dense, GlobalAvgPool


def branches(example):
    """The join behind one weighted layer per signal, all fed by one input."""
    first = example.shape[0]
    build = Builder((4, *first[1:]))
    ends = []
    for shape in example.shape:
        end = build.node(Dense(shape[0]) if len(shape) == 1 else Conv(shape[0], 1), "input")
        ends.append(build.node(GlobalAvgPool(), end) if shape[1:] != first[1:] else end)
    return build, ends


def test_the_shape_is_what_torch_gives(joining):
    torch = pytest.importorskip("torch")
    made = eval(joining.torch, {"torch": torch})(*(torch.zeros(1, *s) for s in joining.shape))
    assert joining.layer.joined(joining.shape) == tuple(made.shape[1:])


def test_it_joins_branches_of_a_network(joining):
    build, ends = branches(joining)
    joined = build.node(joining.layer, *ends)
    net = build.network()
    assert net[joined].befores == joining.shape
    assert net.feeding(joined) == tuple(ends)
    profile = propagate(net, "kaiming-fan-in")
    linear = joining.layer.name != "multiply"
    assert all(row.backward > 0 for row in profile.rows)
    assert all(row.backward == 1 for row in profile.rows) == linear


def test_signals_that_do_not_fit_are_refused(joining):
    build, ends = branches(joining)
    other = build.node(Conv(3, 2) if len(joining.shape[0]) > 1 else Dense(9), "input")
    if len(joining.shape[0]) == 1 and joining.layer.name == "concat":
        pytest.skip("flat signals of any length are concatenated")
    if joining.layer.name == "boundary":
        pytest.skip("anything may end at a boundary")
    build.node(joining.layer, *ends, other)
    with pytest.raises(ShapeError, match=joining.layer.name):
        build.network()


def test_two_functions_of_the_same_units_are_no_independent_summands():
    from symvar.layers import Add

    build = Builder((4,))
    dense = build.node(Dense(4), "input")
    build.node(Add(), dense, build.node("relu", dense))
    with pytest.raises(NeedsFact, match="different weights"):
        propagate(build.network(), "lecun")
