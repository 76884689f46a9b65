"""Random small modules: every shape as torch runs it, every connection as its Jacobian has it."""

import random
from math import prod

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

from symvar import from_torch  # noqa: E402
from symvar.graph.fans import helper_fans  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even")  # torch's own


def conv(draw, axes, channels):
    groups = draw.choice([each for each in (1, 2, 3) if channels % each == 0])
    out = groups * draw.randint(1, 3)
    kernel = tuple(draw.randint(1, 3) for _ in range(axes))
    stride = tuple(draw.randint(1, 3) for _ in range(axes))
    kind = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}[axes]
    if draw.random() < 0.2:
        return kind(channels, out, kernel, 1, "same", draw.randint(1, 2), groups), out
    mode = draw.choice(["zeros", "zeros", "circular", "replicate"])
    padding = tuple(draw.randint(0, 1) for _ in range(axes))
    dilation = draw.randint(1, 2)
    bias = draw.random() < 0.5
    return kind(channels, out, kernel, stride, padding, dilation, groups, bias, mode), out


def transposed(draw, axes, channels):
    groups = draw.choice([each for each in (1, 2) if channels % each == 0])
    out, stride = groups * draw.randint(1, 3), draw.randint(1, 3)
    kind = {1: nn.ConvTranspose1d, 2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}[axes]
    kernel = draw.randint(1, 3)
    extra = draw.randint(0, stride - 1)
    return kind(channels, out, kernel, stride, draw.randint(0, 1), extra, groups), out


def other(draw, axes, channels):
    name = draw.choice(["MaxPool", "AvgPool", "AdaptiveAvgPool", "AdaptiveMaxPool", "BatchNorm"])
    kind = getattr(nn, f"{name}{axes}d")
    if name == "BatchNorm":
        return kind(channels), channels
    if "Adaptive" in name:
        return kind(tuple(draw.randint(1, 4) for _ in range(axes))), channels
    window = draw.randint(1, 3)
    padding = draw.randint(0, window // 2)
    up = draw.random() < 0.5
    return kind(window, draw.randint(1, 3), padding, ceil_mode=up), channels


def rearranging(draw, axes, channels):
    choices = [(nn.ReLU(), channels), (nn.Upsample(scale_factor=2), channels)]
    if axes == 2:
        choices.append((nn.ZeroPad2d((1, 0, 2, 1)), channels))
        for groups in (2, 3):
            if channels % groups == 0 and channels > groups:
                choices.append((nn.ChannelShuffle(groups), channels))
        if channels % 4 == 0:
            choices.append((nn.PixelShuffle(2), channels // 4))
    return draw.choice(choices)


def module(seed):
    """A chain of random layers that fit their input, and the input's shape."""
    draw = random.Random(seed)
    axes, channels = draw.randint(1, 3), draw.randint(1, 4)
    shape = (channels, *(draw.randint(4, 7) for _ in range(axes)))
    layers, signal = [], torch.zeros(2, *shape)
    while len(layers) < 5:
        make = draw.choice([conv, conv, transposed, other, rearranging])
        layer, after = make(draw, axes, channels)
        try:
            result = layer(signal)
        except (RuntimeError, ValueError):
            continue  # a kernel larger than its map, or a window of padding alone
        if not 0 < result.numel() <= 20_000:
            continue
        layers.append(layer)
        signal, channels = result, after
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(prod(signal.shape[1:]), 3)), shape


@pytest.mark.parametrize("seed", range(20))
def test_every_shape_is_the_one_torch_runs(seed):
    made, shape = module(seed)
    found = {}
    for name, layer in made.named_children():
        layer.register_forward_hook(
            lambda _, __, out, name=name: found.__setitem__(name, tuple(out.shape[1:]))
        )
    made(torch.zeros(2, *shape))
    net = from_torch(made, torch.zeros(2, *shape))
    nodes = {node.name: node for node in net}
    alone = [name for name in found if name in nodes]
    assert len(alone) > len(found) // 2
    for name in alone:
        layer = made.get_submodule(name)
        fused = isinstance(layer, nn.ZeroPad2d)
        assert fused or nodes[name].after == found[name]
    assert net.outputs[0].after == (3,)
    for node in net.weighted:
        weight = made.get_parameter(node.parameters.weight)
        assert node.layer.weight_shape(node.before) == tuple(weight.shape)
        assert helper_fans(node) == nn.init._calculate_fan_in_and_fan_out(weight)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("kind", [conv, transposed])
def test_the_connections_are_the_entries_of_the_jacobian(kind, seed):
    draw = random.Random(seed)
    axes, channels = draw.randint(1, 3), draw.randint(1, 4)
    shape = (channels, *(draw.randint(3, 5) for _ in range(axes)))
    while True:
        layer, _ = kind(draw, axes, channels)
        try:
            layer(torch.zeros(1, *shape))
        except RuntimeError:
            continue
        if getattr(layer, "padding_mode", "zeros") == "zeros":
            break
    with torch.no_grad():
        for name, parameter in layer.double().named_parameters():
            parameter.fill_(0.0 if name.endswith("bias") else 1.0)
        units = torch.eye(prod(shape), dtype=torch.float64).reshape(-1, *shape)
        entries = int((layer(units) != 0).sum())
    net = from_torch(layer, torch.zeros(1, *shape, dtype=torch.float64))
    assert net.weighted[-1].mix.connections == entries
