"""The zoo against the graphs that ship with onnx: every weight shape, read without symvar."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from symvar import zoo

onnx = pytest.importorskip("onnx")
LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"


def shapes_in(path):
    """The weight shape of every convolution and matrix product of a file."""
    model = onnx.shape_inference.infer_shapes(onnx.load(path), data_prop=True)
    shapes = {each.name: tuple(each.dims) for each in model.graph.initializer}
    for value in (*model.graph.input, *model.graph.value_info):
        shapes[value.name] = tuple(each.dim_value for each in value.type.tensor_type.shape.dim)
    found = Counter()
    for node in model.graph.node:
        if node.op_type in ("Conv", "Gemm"):
            turned = {each.name: each.i for each in node.attribute}.get("transB") == 0
            shape = shapes[node.input[1]]
            found[shape[::-1] if turned and node.op_type == "Gemm" else shape] += 1
    return found


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("alexnet", "light_bvlc_alexnet"),
        ("densenet121", "light_densenet121"),
        ("googlenet", "light_inception_v1"),
        ("resnet50", "light_resnet50"),
        ("squeezenet1.1", "light_squeezenet"),
        ("vgg19", "light_vgg19"),
    ],
)
def test_the_weights_are_those_of_the_file(name, file):
    path = LIGHT / f"{file}.onnx"
    if not path.is_file():
        pytest.skip("this release of onnx ships no such file")
    ours = Counter(node.layer.weight_shape(node.before) for node in zoo.load(name).weighted)
    if name == "densenet121":  # the file's classifier is a convolution
        ours[(1000, 1024, 1, 1)] = ours.pop((1000, 1024))
    assert ours == shapes_in(path)
