"""Every example of every layer: shape, connections, fans, weight and lowering.

Expected values come from plain loops (``naive``) and, where torch is installed, from torch.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np
import pytest
import sympy as sp

from symvar import symbols
from symvar.layers import (
    Activate,
    Conv,
    ConvTranspose,
    Dense,
    DenseEach,
    Dropout,
    Flatten,
    GlobalAvgPool,
    Input,
    LocalResponseNorm,
    PixelShuffle,
    Reshape,
    Slice,
    all_layers,
)
from symvar.primitives import Affine, Blend, Copy, PowerMean, Rearrange, Standardise
from tests.contracts import naive

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even")  # torch's own

SEED = 20220520
HIGHLY_DIVISIBLE = 60  # means over up to 6 of these integers are integers, so floats stay exact


def integers(shape, batch=2, step=HIGHLY_DIVISIBLE):
    drawn = np.random.default_rng(SEED).integers(-9, 10, size=(batch, *shape))
    return step * drawn.astype(float)


def random_masks(layer):
    return isinstance(layer, Dropout) and layer.training


def module(torch, example):
    """The example's torch module, in double precision."""
    names = {"torch": torch, "F": torch.nn.functional, "places": places, **vars(torch.nn)}
    made = eval(example.torch, names)
    if isinstance(made, torch.nn.Module):
        return made.double()
    return type("Applied", (torch.nn.Module,), {"forward": lambda _, x: made(x)})()


def places(x, window, rest=0):
    """The first place of every window, as the indices a pool gives; ``rest`` rows more."""
    import torch

    rows, columns = ((torch.arange(size) * window) for size in x.shape[2:])
    width = x.shape[3] * window
    found = rows[:, None] * width + columns[None, :]
    return found.expand(x.shape)


def weights_of(layer, before):
    shape = layer.weight_shape(before)
    return integers(shape, batch=1, step=1)[0] if shape else None


def brute_shape(layer, before):
    """Channels are the layer's own field; positions are counted window by window."""
    if isinstance(layer, Flatten):
        return (sum(1 for _ in np.ndindex(before)),)
    if isinstance(layer, ConvTranspose):
        return (layer.out, *naive.spread(layer, before))
    if isinstance(layer, (DenseEach, GlobalAvgPool, PixelShuffle, Reshape, Slice)):
        return naive.run(
            layer, before, np.zeros((1, *before)), weight=weights_of(layer, before)
        ).shape[1:]
    if layer.weight_axes:
        axes = layer.windows(before).axes if len(before) > 1 else ()
        return (layer.out, *naive.output_shape(axes))
    for primitive in layer.lower(before):
        if isinstance(primitive, Rearrange):
            laid = primitive.split or before
            before = tuple(laid[axis] for axis in primitive.order or range(len(laid)))
        if isinstance(primitive, Copy):
            before = tuple(len(axis) for axis in primitive.sources)
        if isinstance(primitive, Blend):
            before = (before[0], *(len(axis) for axis in primitive.taps))
        if hasattr(primitive, "windows"):
            before = (before[0], *naive.output_shape(primitive.windows.axes))
    return before


def test_shape_is_the_shape_of_what_plain_loops_give(example):
    after = example.layer.shape(example.shape)
    assert all(type(size) is int for size in after)
    assert after == brute_shape(example.layer, example.shape)


def test_shape_is_the_shape_torch_gives(example):
    torch = pytest.importorskip("torch")
    given = torch.zeros(2, *example.shape, dtype=torch.float64)
    assert tuple(module(torch, example)(given).shape) == (2, *example.layer.shape(example.shape))


def test_connections_are_those_of_the_connection_list(mixing):
    (mix,) = mixing.layer.lower(mixing.shape)
    joined = naive.connections(mixing.layer, mixing.shape)
    assert len(set(joined)) == len(joined)
    assert mix.connections == len(joined)
    assert (mix.inputs, mix.outputs) == (
        prod(mixing.shape),
        prod(mixing.layer.shape(mixing.shape)),
    )


def roomy(layer, before):
    """A map on which some windows touch no border, and a stretch of one stride per axis amid it.

    The stretch lies on the side that is longer by the stride: outputs of a transposed convolution.
    """
    if isinstance(layer, (Dense, DenseEach)):
        return before, ()
    axes = layer.windows(before).axes
    spans = [axis.dilation * (axis.kernel - 1) + 1 for axis in axes]
    sizes = [2 * span + 2 * axis.stride for span, axis in zip(spans, axes, strict=True)]
    middles = [slice(span, span + axis.stride) for span, axis in zip(spans, axes, strict=True)]
    return (before[0], *sizes), tuple(middles)


def incidence(layer, before):
    after = layer.shape(before)
    matrix = np.zeros((prod(after), prod(before)), dtype=int)
    for out, into in naive.connections(layer, before):
        matrix[out, into] += 1
    return matrix


def assert_fans(layer, before, matrix, middles):
    """One fan is the fullest row or column, the other the mean over one stride amid the map.

    Of a convolution several inputs, of a transposed one several outputs, share that stretch.
    """
    (mix,) = layer.lower(before)
    reads, feeds = matrix.sum(axis=1), matrix.sum(axis=0)
    varied, space = feeds.reshape(before), mix.fan_out
    fullest, whole = reads, mix.fan_in
    if isinstance(layer, ConvTranspose):
        varied, space = reads.reshape(layer.shape(before)), mix.fan_in
        fullest, whole = feeds, mix.fan_out
    amid = varied[(slice(None), *middles)]
    assert whole == fullest.max()
    assert sp.sympify(space) == sp.Rational(int(amid.sum()), amid.size)


def test_fans_are_the_interior_counts_of_the_connection_list(mixing):
    before, middles = roomy(mixing.layer, mixing.shape)
    assert_fans(mixing.layer, before, incidence(mixing.layer, before), middles)


def jacobian_pattern(torch, example, before):
    """A linear module on every unit vector: the columns of its Jacobian, weights one, bias zero."""
    real = module(torch, example)
    with torch.no_grad():
        for name, parameter in real.named_parameters():
            parameter.fill_(0.0 if name.endswith("bias") else 1.0)
        units = torch.eye(prod(before), dtype=torch.float64).reshape(-1, *before)
        assert not real(0 * units[:1]).any()
        return (real(units).reshape(len(units), -1).T != 0).int().numpy()


def test_connections_and_fans_are_those_of_the_jacobian_of_torch(mixing):
    torch = pytest.importorskip("torch")
    (mix,) = mixing.layer.lower(mixing.shape)
    assert jacobian_pattern(torch, mixing, mixing.shape).sum() == mix.connections
    before, middles = roomy(mixing.layer, mixing.shape)
    assert_fans(mixing.layer, before, jacobian_pattern(torch, mixing, before), middles)


def test_the_counts_refute_a_wrong_layer(mixing):
    if isinstance(mixing.layer, (Dense, DenseEach)):
        wrong = type(mixing.layer)(mixing.layer.out + 1)
    else:
        plain = {"dilation": 1, "padding": 0, "stride": 1, "groups": 1, "kernel": 1}
        extra = {"extra": 0} if isinstance(mixing.layer, ConvTranspose) else {}
        wrong = replace(mixing.layer, **plain, **extra)
    assert wrong.lower(mixing.shape)[0].connections != len(
        naive.connections(mixing.layer, mixing.shape)
    )


def test_weight_lies_as_declared(mixing):
    torch = pytest.importorskip("torch")
    layer, before = mixing.layer, mixing.shape
    assert layer.weight_shape(before) == tuple(module(torch, mixing).weight.shape)
    assert (module(torch, mixing).bias is not None) is layer.bias
    last = -1 if isinstance(layer, DenseEach) else 0
    roles = {"out": layer.shape(before)[last], "in": before[last]}
    for role in ("in", "out"):
        roles[f"{role}/groups"] = roles[role] // getattr(layer, "groups", 1)
    for role, size in zip(layer.weight_axes, layer.weight_shape(before), strict=False):
        assert role == "kernel" or roles[role] == size


def test_lowering_does_what_torch_does(example):
    torch = pytest.importorskip("torch")
    layer, before = example.layer, example.shape
    if random_masks(layer):
        pytest.skip("a random mask: test_layer_moments.py enumerates it")
    step = 1 if layer.terminal else HIGHLY_DIVISIBLE
    x, real, weight = integers(before, step=step), module(torch, example), weights_of(layer, before)
    if weight is not None:
        with torch.no_grad():
            real.weight.copy_(torch.from_numpy(weight))
            if real.bias is not None:
                real.bias.zero_()
    with torch.no_grad():
        expected = real(torch.from_numpy(x)).numpy()
    if layer.terminal:  # lowers to the logits: its output fixes them up to one constant a row
        shift = np.log(expected) - naive.run(layer, before, x)
        np.testing.assert_allclose(np.ptp(shift, axis=1), 0, atol=1e-9)
        assert np.ptp(expected, axis=1).min() > 0
        return
    if isinstance(layer, LocalResponseNorm):
        pytest.skip("its own test below: a power is not exact in doubles")
    if isinstance(layer, Activate):
        pytest.skip("test_activations.py compares the functions")
    found = naive.run(layer, before, x, weight=weight)
    if any(isinstance(each, Standardise) for each in layer.lower(before)):
        np.testing.assert_allclose(found, expected, rtol=1e-6)  # torch adds 1e-5 to the variance
        return
    if any(isinstance(each, (Blend, PowerMean)) for each in layer.lower(before)):
        np.testing.assert_allclose(found, expected, rtol=1e-14)  # thirds are not exact in doubles
        return
    np.testing.assert_array_equal(found, expected)


def test_local_response_norm_divides_by_the_mean_square():
    torch = pytest.importorskip("torch")
    for example in LocalResponseNorm.examples:
        x = integers(example.shape)
        expected = module(torch, example)(torch.from_numpy(x)).numpy()
        found = naive.run(example.layer, example.shape, x)
        assert np.abs(found - x).max() > 1  # it does something here
        np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_reading_the_torch_module_gives_the_example(example):
    torch = pytest.importorskip("torch")
    import symvar

    real, before = module(torch, example), example.shape
    given = torch.zeros(2, *before, dtype=torch.float64)
    if isinstance(real, torch.nn.Identity):  # leaves no operator behind, so something must follow
        net = symvar.from_torch(torch.nn.Sequential(real, torch.nn.Flatten()), given)
        assert [node.layer for node in net] == [Input(before), Flatten()]
        return
    nodes = list(symvar.from_torch(real, given))[1:]
    found = tuple(each for node in nodes for each in node.primitives)
    if all(isinstance(each, Affine) for each in found):  # scale and shift are two operators
        assert combined(found) == combined(example.layer.lower(before))
        return
    (node,) = nodes
    assert type(node.layer) is type(example.layer)
    assert found == example.layer.lower(before)
    assert node.layer.weight_shape(before) == example.layer.weight_shape(before)


def combined(affine):
    """The scale and the shift of one after the other."""
    scale, shift = 1, 0
    for each in affine:
        scale, shift = scale * each.scale, shift * each.scale + each.shift
    return scale, shift


c0, c1, k, s, p, d, g = (getattr(symbols, n) for n in ("c_in", "c_out", "k", "s", "p", "d", "g"))
SYMBOLIC = {
    "conv": [
        (Conv(c1, k, s, 0, d, g), (c0, symbols.w, symbols.h)),
        (Conv(c1, k, s, p, d, g), (c0, symbols.w)),
        (Conv(c1, 2 * p + 1, padding=p), (c0, symbols.w, symbols.h)),
    ],
    "convtranspose": [
        (ConvTranspose(c1, k, s, 0, 0, d, g), (c0, symbols.w, symbols.h)),
        (ConvTranspose(c1, k, s, p), (c0, symbols.w)),
    ],
    "dense": [(Dense(c1), (c0,))],
    "denseeach": [(DenseEach(c1), (symbols.w, c0))],
}


@pytest.mark.parametrize("name", [name for name, each in all_layers().items() if each.weight_axes])
def test_symbolic_counts_typeset(katex, name):
    for layer, before in SYMBOLIC[name]:
        (mix,) = layer.lower(before)
        counts = (mix.connections, mix.fan_in, mix.fan_out, mix.inputs, mix.outputs)
        assert any(sp.sympify(count).free_symbols for count in counts)
        for count in (*counts, *mix.assumes):
            katex(sp.latex(count))
