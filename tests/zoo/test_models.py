"""Every model: parameters, layers and shapes as its source has them, and how it is found."""

from __future__ import annotations

import pytest

from symvar import errors, models, zoo
from symvar.registry import pick
from symvar.zoo import Published

NAMES = list(zoo.all_models())


@pytest.mark.parametrize("name", NAMES)
def test_parameters_and_layers_are_the_published_ones(name):
    model = zoo.find(name)
    net = model.network()
    assert model.published.agrees(net.parameter_count)
    assert model.counted(net) == model.layers
    assert net.input.after == model.input


@pytest.mark.parametrize(
    ("name", "exactly"),
    [
        ("alexnet", 60_965_224),  # the model file of Caffe
        ("resnet20", 269_722),  # akamaster's reimplementation with option A prints both
        ("resnet110", 1_727_962),
        ("vgg16", 138_357_544),  # torchvision's documentation, with those below
        ("vgg19", 143_667_240),
        ("densenet100", 769_162),  # the authors' own print-out
        ("wideresnet28-10", 36_479_194),  # the authors' repository: 36.5M
    ],
)
def test_parameters_where_the_source_prints_too_few_digits(name, exactly):
    assert zoo.load(name).parameter_count == exactly


@pytest.mark.parametrize("name", NAMES)
def test_the_output_has_its_classes(name):
    net = zoo.load(name)
    (output,) = net.outputs
    others = {"unet": (2, 388, 388), "unet-padded": (2, 512, 512), "lenet5": (84,)}
    classes = (10,) if net.input.after[1:] == (32, 32) else (1000,)
    assert output.after == others.get(name, classes)


def test_the_maps_of_alexnet_are_those_of_its_figure():
    net = zoo.load("alexnet")
    assert net["conv1"].after == (96, 55, 55)
    assert net["conv2"].after == (256, 27, 27)
    assert net["conv5"].after == (256, 13, 13)
    assert net["flatten1"].after == (256 * 6 * 6,)


def test_the_maps_of_googlenet_are_those_of_its_table():
    """Its column of parameters is no test: only some rows are what the row's own filters need."""
    net = zoo.load("googlenet")
    outputs = {"3a": (256, 28), "3b": (480, 28), "4a": (512, 14), "4d": (528, 14), "4e": (832, 14)}
    for name, (channels, size) in (outputs | {"5a": (832, 7), "5b": (1024, 7)}).items():
        assert net[f"inception{name}"].after == (channels, size, size)


def test_a_residual_net_halves_its_maps_where_the_table_says():
    net = zoo.load("resnet50")
    sizes = {node.after[1:] for node in net if node.layer.name == "add"}
    assert sizes == {(56, 56), (28, 28), (14, 14), (7, 7)}


def test_the_maps_of_squeezenet_are_those_of_its_table():
    net = zoo.load("squeezenet1.0")
    assert net["conv1"].after == (96, 111, 111)
    assert net["fire4"].after == (256, 55, 55)
    assert net["fire8"].after == (512, 27, 27)
    assert net["fire9"].after == (512, 13, 13)


def test_the_maps_of_the_u_net_are_those_of_its_figure():
    net = zoo.load("unet")
    read = [node.before for node in net if node.layer.name == "maxpool"]
    assert read == [(64, 568, 568), (128, 280, 280), (256, 136, 136), (512, 64, 64)]
    joined = [node.after for node in net if node.layer.name == "concat"]
    assert joined == [(1024, 56, 56), (512, 104, 104), (256, 200, 200), (128, 392, 392)]


def test_the_parameters_of_lenet_are_those_of_its_text_layer_by_layer():
    """C1 156, S2 12, C3 1516, S4 32, C5 48120, F6 10164 (section II.B); 340908 connections."""
    net = zoo.load("lenet5")
    counts = {
        stage: sum(
            node.layer.parameter_count(node.before)
            for node in net.weighted
            if node.name.startswith(stage)
        )
        for stage in ("c1", "c3", "c5", "f6")
    }
    assert counts == {"c1": 156, "c3": 1516, "c5": 48120, "f6": 10164}
    scales = [node.layer.parameter_count(node.before) for node in net]
    assert [count for count in scales if count in (12, 32)] == [12, 32]
    biases = 6 * 28**2 + 16 * 10**2 + 120 + 84
    joined = sum(node.mix.connections for node in net.weighted) + biases
    subsampled = 5 * (6 * 14**2 + 16 * 5**2)
    codes = 10 * 84
    assert joined + subsampled + codes == 340_908


def test_the_plain_nets_have_the_layers_of_their_table():
    for layers, repeats in ((20, 6), (32, 10), (44, 14), (56, 18)):
        net = zoo.load(f"plain{layers}")
        widths = [node.after[0] for node in net.weighted]
        assert widths == [16] + [16] * repeats + [32] * repeats + [64] * repeats + [10]
        assert sum(node.layer.name == "maxpool" for node in net) == 2


def test_a_printed_count_is_rounded_or_cut():
    assert Published("1.7M", "here").agrees(1_650_000)
    assert Published("1.7M", "here").agrees(1_799_999)
    assert not Published("1.7M", "here").agrees(1_800_000)
    assert not Published("1.7M", "here").agrees(1_649_999)
    assert Published("60000", "here").agrees(60_000)
    assert not Published("60000", "here").agrees(60_001)
    with pytest.raises(errors.DefinitionError, match="digits"):
        Published("many", "here")


def test_another_input_may_be_given():
    assert models.load("plain20", "3x64x64").input.after == (3, 64, 64)
    assert zoo.load("vgg19", (1, 32, 32)).parameter_count < zoo.load("vgg19").parameter_count


def test_an_input_it_does_not_fit_is_refused_with_its_node():
    with pytest.raises(errors.ShapeError, match="conv1"):
        zoo.load("alexnet", (3, 8, 8))


def test_an_unknown_name_is_told_the_nearest():
    with pytest.raises(errors.ArgumentError, match="did you mean 'vgg19'"):
        zoo.load("vgg-19")
    with pytest.raises(errors.ArgumentError, match="did you mean 'vgg19'"):
        models.load("vgg-19")


def test_the_catalogue_has_every_model_with_its_source():
    from symvar.emit.terminal import catalogue

    entries = {each["name"]: each for each in catalogue() if each["kind"] == "model"}
    assert list(entries) == NAMES
    assert pick(entries, "vgg19", "model")["source"] == "vgg, section 2, table 1"
