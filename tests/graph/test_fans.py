"""Exact fans beside torch's own helper, on every example of every weighted layer."""

import json

import pytest
import sympy as sp

from symvar import from_torch, propagate, sequential
from symvar.graph.fans import GROUPS, STRIDE, TRANSPOSED, fans, warnings
from symvar.layers import Conv, ConvTranspose, Dense, DenseEach, all_layers
from symvar.symbols import c_in, c_out, k, s, w

pytestmark = pytest.mark.filterwarnings("ignore:Using padding=.same. with even")  # torch's own

EXAMPLES = [
    pytest.param(each, id=f"{name}: {each.about}")
    for name, layer in all_layers().items()
    for each in layer.examples
    if layer.weight_axes
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_helper_is_what_torch_says(example):
    torch = pytest.importorskip("torch")
    from torch.nn.init import _calculate_fan_in_and_fan_out

    module = eval(example.torch, dict(vars(torch.nn)))
    (found,) = fans(from_torch(module, torch.zeros(1, *example.shape)))
    assert (found.helper_fan_in, found.helper_fan_out) == _calculate_fan_in_and_fan_out(
        module.weight
    )
    differ = (found.fan_in, found.fan_out) != (found.helper_fan_in, found.helper_fan_out)
    assert bool(found.warnings) == differ


def one(layer, shape):
    (found,) = fans(sequential([layer], input=shape))
    return found


@pytest.mark.parametrize(
    ("layer", "shape", "why"),
    [
        (Conv(8, 3, padding=1), (4, 8, 8), ()),
        (Conv(8, 3, stride=2), (4, 9, 9), (STRIDE,)),
        (Conv(8, 3, groups=4), (4, 9, 9), (GROUPS,)),
        (Conv(4, 3, stride=(1, 2), groups=4), (4, 9, 9), (STRIDE, GROUPS)),
        (ConvTranspose(8, 3, 2), (4, 9, 9), (TRANSPOSED,)),
        (ConvTranspose(4, 3), (4, 9, 9), ()),  # as many channels as before, stride one
        (Dense(7), (4,), ()),
        (DenseEach(7), (3, 4), ()),
    ],
)
def test_a_warning_says_why_they_differ(layer, shape, why):
    assert one(layer, shape).warnings == why
    net = sequential([("it", layer)], input=shape)
    assert warnings(fans(net)) == dict.fromkeys(why, ("it",))
    profile = propagate(net)
    assert profile.fans == fans(net)
    assert profile.warnings == warnings(fans(net))
    told = json.loads(profile.to_json())
    assert told["warnings"] == {text: ["it"] for text in why}
    assert told["fans"][0]["helper_fan_in"] == profile.fans[0].helper_fan_in


def test_the_border_factor_is_counted():
    """3 taps at 5 places, one lost at either end: 13 of 15 along an axis."""
    assert one(Conv(2, 3, padding=1), (3, 5, 5)).border == sp.Rational(13, 15) ** 2
    assert one(Conv(2, 3), (3, 5, 5)).border == 1
    assert one(Dense(3), (5,)).border == 1


def test_fans_in_symbols():
    found = one(Conv(c_out, k, stride=s), (c_in, w))
    assert (found.fan_in, found.helper_fan_in) == (c_in * k, c_in * k)
    assert sp.simplify(found.fan_out * s - found.helper_fan_out) == 0
    assert found.warnings == (STRIDE,)
