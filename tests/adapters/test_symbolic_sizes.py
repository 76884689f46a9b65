"""Sizes that a trace leaves open: symbols, and what they give when numbers are put in."""

import pytest
import sympy as sp

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.export import Dim  # noqa: E402

from symvar import from_torch, propagate  # noqa: E402
from symvar.errors import ShapeError  # noqa: E402
from symvar.symbols import size  # noqa: E402


def chain():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 4, 3),
        nn.ConvTranspose2d(4, 5, 2, 2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(5, 7),
    )


DIMS = ({0: Dim("n"), 2: Dim("h", min=16, max=512), 3: Dim("w", min=16, max=512)},)


def at(expression, h, w):
    return sp.sympify(expression).subs({size("h"): h, size("w"): w})


@pytest.mark.parametrize("spec", [DIMS, {"input": DIMS[0]}])
def test_every_shape_and_count_at_numbers_is_that_of_the_numbers(spec):
    net = from_torch(chain(), torch.zeros(2, 3, 32, 48), dynamic_shapes=spec)
    assert net.input.after == (3, size("h"), size("w"))
    for h, w in ((32, 48), (33, 50), (17, 64)):
        fixed = from_torch(chain(), torch.zeros(2, 3, h, w))
        for one, other in zip(net, fixed, strict=True):
            assert tuple(at(each, h, w) for each in one.after) == other.after
        for one, other in zip(net.weighted, fixed.weighted, strict=True):
            assert at(one.mix.connections, h, w) == other.mix.connections


def test_moments_are_formulas_in_the_sizes():
    module = nn.Sequential(nn.Conv1d(2, 4, 3, padding=1, bias=False), nn.ReLU(), nn.Conv1d(4, 2, 1))
    net = from_torch(module, torch.zeros(1, 2, 9), dynamic_shapes=({2: Dim("w", min=4)},))
    row = propagate(net, "kaiming-fan-in")["0"]
    assert row.forward.free_symbols == {size("w")}
    for w in (4, 9, 20):
        fixed = propagate(from_torch(module, torch.zeros(1, 2, w)), "kaiming-fan-in")["0"]
        assert sp.simplify(at(row.forward, 1, w) - fixed.forward) == 0


def test_axes_without_a_name_get_one():
    spec = ({2: Dim.DYNAMIC},)
    net = from_torch(nn.Conv1d(2, 4, 1), torch.zeros(1, 2, 9), dynamic_shapes=spec)
    assert net.outputs[0].after == (4, size("n2"))


def test_what_needs_numbers_names_the_layer():
    module = nn.Sequential(nn.Conv2d(3, 4, 1), nn.Upsample(scale_factor=2))
    with pytest.raises(ShapeError, match=r"node '1' \(upsample\).*integer sizes"):
        from_torch(module, torch.zeros(1, 3, 8, 8), dynamic_shapes=({2: Dim("h", min=4)},))
