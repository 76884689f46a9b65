"""Every model under every scheme: finite positive moments, or a refusal that says why."""

from __future__ import annotations

import math

import pytest
import sympy as sp

from symvar import errors, propagate, zoo

NAMES = list(zoo.all_models())
SIGMOIDAL = {"lenet5", "lenet5-dense"}
PROJECTED = {name for name in NAMES if name.startswith(("resnet", "preresnet", "wideresnet"))}
NORMED = PROJECTED | {"densenet100", "densenet121", "mobilenet-v2", "vgg16-bn", "vgg19-bn"}


@pytest.mark.parametrize("name", NAMES)
def test_forward_schemes_give_every_layer_its_moments(name):
    net = zoo.load(name)
    for scheme in ("kaiming-fan-in", "asv-forward"):
        profile = propagate(net, scheme)
        assert len(profile.rows) == len(net.weighted)
        for column in ("weight_variance", "forward", "backward", "backward_input"):
            assert all(math.isfinite(each) and each > 0 for each in profile.floats(column))
    assert {row.forward for row in profile.rows} == {sp.Integer(1)}


@pytest.mark.parametrize("name", NAMES)
def test_asv_backward_keeps_the_gradient_or_says_why_it_cannot(name):
    net = zoo.load(name)
    if name in NORMED:
        with pytest.raises(errors.NeedsFact, match="a norm behind the layer"):
            propagate(net, "asv-backward")
    elif name in SIGMOIDAL:
        with pytest.raises(errors.NeedsFact, match="gates whose slope is known"):
            propagate(net, "asv-backward")
    else:
        profile = propagate(net, "asv-backward")
        assert profile.floats("backward_input") == pytest.approx([1.0] * len(profile.rows))
        assert all(math.isfinite(each) and each > 0 for each in profile.floats("forward"))


@pytest.mark.parametrize("name", ["vgg19", "alexnet", "plain56", "allcnn-c"])
def test_networks_of_moderate_depth_stay_exact(name):
    assert propagate(zoo.load(name), "kaiming-fan-in").enclosed == ()
