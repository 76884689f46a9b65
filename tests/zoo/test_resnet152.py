"""A graph of the size of ResNet-152: built and propagated, read from ONNX and from torch."""

from __future__ import annotations

from collections import Counter

import pytest

from symvar import from_onnx, from_torch, propagate, zoo


def layers(net):
    return Counter(
        (node.layer.name, node.befores, node.after, node.layer.weight_shape(node.before))
        for node in net
        if node.layer.name not in ("input", "add", "flatten")
    )


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """ResNet-152 as an ONNX file, its weights made of their shapes as in onnx's own files."""
    onnx = pytest.importorskip("onnx")
    make, kinds = onnx.helper, onnx.TensorProto
    net, nodes, shapes = zoo.load("resnet152"), [], []

    def stored(name, size):
        shapes.append(make.make_tensor(f"{name}/shape", kinds.INT64, [len(size)], size))
        nodes.append(make.make_node("ConstantOfShape", [f"{name}/shape"], [name]))
        return name

    def added(kind, node, *weights, **given):
        read = [*net.feeding(node.name), *weights]
        nodes.append(make.make_node(kind, read, [node.name], name=node.name, **given))

    kind = {"activate": "Relu", "add": "Add", "globalavgpool": "GlobalAveragePool"}
    for node in net:
        layer, name = node.layer, node.name
        size = layer.weight_shape(node.before)
        if layer.name == "conv":
            given = {"strides": [layer.stride] * 2, "pads": [layer.padding] * 4}
            added("Conv", node, stored(f"{name}/w", size), kernel_shape=size[2:], **given)
        elif layer.name == "batchnorm":
            names = (f"{name}/{each}" for each in ("scale", "shift", "mean", "variance"))
            added("BatchNormalization", node, *(stored(each, node.before[:1]) for each in names))
        elif layer.name == "maxpool":
            added("MaxPool", node, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
        elif layer.name == "dense":
            weights = stored(f"{name}/w", size), stored(f"{name}/b", size[:1])
            added("Gemm", node, *weights, transB=1)
        elif layer.name != "input":
            added(kind.get(layer.name, "Flatten"), node)
    (last,) = net.outputs
    ends = (("input", net.input.after), (last.name, last.after))
    data, output = (
        make.make_tensor_value_info(name, kinds.FLOAT, [1, *size]) for name, size in ends
    )
    graph = make.make_graph(nodes, "resnet152", [data], [output], shapes)
    path = tmp_path_factory.mktemp("onnx") / "resnet152.onnx"
    onnx.save(make.make_model(graph), path)
    return path


def test_it_is_built_and_propagated():
    net = zoo.load("resnet152")
    assert len(propagate(net, "kaiming-fan-in").rows) == 156


def test_it_is_read_from_onnx(file):
    assert layers(from_onnx(file)) == layers(zoo.load("resnet152"))


def test_it_is_read_from_torch():
    torch = pytest.importorskip("torch")
    models = pytest.importorskip("pytorchcv.models.resnet", reason="pytorchcv is not installed")
    with torch.device("meta"):
        model = models.resnet152(pretrained=False)
    net = from_torch(model, torch.zeros(1, 3, 224, 224, device="meta"))
    assert net.parameter_count == 60_192_808
