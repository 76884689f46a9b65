"""The zoo against pytorchcv's definitions, read through torch: every weighted layer.

Its modules are imported one by one: that needs torch alone, not the packages its wheel asks for.
"""

from __future__ import annotations

from collections import Counter
from importlib import import_module

import pytest

from symvar import from_torch, zoo

torch = pytest.importorskip("torch")
pytest.importorskip("pytorchcv.models.common", reason="pytorchcv is not installed")

SAME = {
    "densenet100": ("densenet_cifar", "densenet100_k12_bc_cifar10"),
    "densenet121": ("densenet", "densenet121"),
    "preresnet164": ("preresnet_cifar", "preresnet164bn_cifar10"),
    "resnet18": ("resnet", "resnet18"),
    "resnet34": ("resnet", "resnet34"),
    "resnet50": ("resnet", "resnet50"),
    "resnet152": ("resnet", "resnet152"),
    "squeezenet1.0": ("squeezenet", "squeezenet_v1_0"),
    "squeezenet1.1": ("squeezenet", "squeezenet_v1_1"),
    "vgg16": ("vgg", "vgg16"),
    "vgg16-bn": ("vgg", "bn_vgg16b"),
    "vgg19": ("vgg", "vgg19"),
    "vgg19-bn": ("vgg", "bn_vgg19b"),
    "wideresnet28-10": ("wrn_cifar", "wrn28_10_cifar10"),
}
PROJECTIONS = Counter(
    {
        ((32, 16, 1, 1), (32, 16, 16), 16 * 32 * 16**2): 1,
        ((64, 32, 1, 1), (64, 8, 8), 32 * 64 * 8**2): 1,
    }
)


def layers(net):
    """Weight shape, output shape and connections of every weighted layer."""
    return Counter(
        (node.layer.weight_shape(node.before), node.after, node.mix.connections)
        for node in net.weighted
    )


def theirs(module, function, input):
    with torch.device("meta"):
        model = getattr(import_module(f"pytorchcv.models.{module}"), function)(pretrained=False)
    return from_torch(model, torch.zeros(2, *input, device="meta")), model


@pytest.mark.parametrize("name", SAME)
def test_every_weighted_layer_is_theirs(name):
    ours = zoo.load(name)
    net, model = theirs(*SAME[name], ours.input.after)
    assert layers(ours) == layers(net)
    count = sum(each.numel() for each in model.parameters())
    assert ours.parameter_count == net.parameter_count == count
    assert ours.depth == net.depth


@pytest.mark.parametrize(
    ("family", "depth"), [("resnet", 20), ("resnet", 56), ("resnet", 110), ("preresnet", 110)]
)
def test_shortcuts_padded_with_zeros_lack_their_two_projections(family, depth):
    ours = zoo.load(f"{family}{depth}")
    net, _ = theirs(f"{family}_cifar", f"{family}{depth}_cifar10", (3, 32, 32))
    assert layers(net) - layers(ours) == PROJECTIONS
    assert not layers(ours) - layers(net)


def test_mobilenet_is_theirs_but_for_a_classifier_that_is_a_convolution():
    net, _ = theirs("mobilenetv2", "mobilenetv2b_w1", (3, 224, 224))
    dense = ((1000, 1280), (1000,), 1280 * 1000)
    conv = ((1000, 1280, 1, 1), (1000, 1, 1), 1280 * 1000)
    ours = layers(zoo.load("mobilenet-v2"))
    assert ours - layers(net) == Counter([dense])
    assert layers(net) - ours == Counter([conv])
