"""A layer, a network and a profile come back as they were from text and from bytes."""

import copy
import json
import pickle

import sympy as sp

from symvar import integrals, layers, propagate, sequential
from symvar.layers import all_layers
from symvar.layers.activate import Activate
from symvar.symbols import c_in, c_out, p, w

NAMES = {cls.__name__: cls for cls in all_layers().values()} | vars(sp)


def test_every_example_comes_back(example):
    assert eval(repr(example.layer), NAMES) == example.layer
    assert pickle.loads(pickle.dumps(example.layer)) == example.layer
    assert copy.deepcopy(example.layer) == example.layer


def test_a_symbolic_network_comes_back_with_its_symbols():
    same = layers.Conv(c_out, 2 * p + 1, padding=p)
    net = sequential([same, Activate("relu"), same], input=(c_in, w))
    back = pickle.loads(pickle.dumps(net))
    assert [node.primitives for node in back] == [node.primitives for node in net]
    difference = propagate(back)["conv2"].forward - propagate(net)["conv2"].forward
    assert sp.expand(difference) == 0


def test_exact_entries_of_a_profile_come_back_from_its_srepr():
    net = sequential(
        [layers.Conv(4, 3), "relu", layers.MaxPool(2), layers.Conv(2, 2)], input=(3, 8, 8)
    )
    profile = propagate(net, "kaiming-fan-in")
    table = json.loads(profile.to_json())
    for row, stored in zip(profile.rows, table["rows"], strict=True):
        for name, value in row.exact().items():
            entry = stored[name]
            back = (
                eval(entry["srepr"], vars(sp) | vars(integrals))
                if isinstance(entry, dict)
                else entry
            )
            assert back == value
