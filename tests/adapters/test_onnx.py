"""ONNX files: real exported networks, and files that cannot be read."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

onnx = pytest.importorskip("onnx")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from symvar import from_onnx, propagate  # noqa: E402
from symvar.demo import real_network  # noqa: E402
from symvar.errors import GraphError, ModelFileError, ShapeError, UnsupportedOperator  # noqa: E402
from symvar.layers import Conv, Dense, Dropout, Input, LocalResponseNorm, MaxPool  # noqa: E402
from symvar.layers.activate import Activate  # noqa: E402
from symvar.symbols import size  # noqa: E402

# Simonyan & Zisserman 2015, table 1, configuration E: output channels of the 3x3 convolutions.
VGG19 = [64] * 2 + [128] * 2 + [256] * 4 + [512] * 4 + [512] * 4
# Table 2 of the same: 144 million parameters; by layer (weights and biases) exactly this many.
VGG19_PARAMETERS = 143_667_240
# Krizhevsky et al. 2012, section 3.5, with the grouping of the reference implementation.
ALEXNET_PARAMETERS = 60_965_224


def parameters(net):
    total = 0
    for node in net.weighted:
        weight = node.layer.weight_shape(node.before)
        total += int(np.prod(weight)) + (weight[0] if node.layer.bias else 0)
    return total


def test_vgg19_is_the_published_network():
    net = from_onnx(real_network("vgg19"))
    convs = [node for node in net if isinstance(node.layer, Conv)]
    assert [node.layer.out for node in convs] == VGG19
    assert {(node.layer.kernel, node.layer.stride) for node in convs} == {((3, 3), (1, 1))}
    assert [node.layer.out for node in net if isinstance(node.layer, Dense)] == [4096, 4096, 1000]
    assert sum(isinstance(node.layer, MaxPool) for node in net) == 5
    assert net.input.layer == Input((3, 224, 224))
    assert parameters(net) == VGG19_PARAMETERS


def test_alexnet_is_the_published_network():
    net = from_onnx(real_network("bvlc_alexnet"))
    assert parameters(net) == ALEXNET_PARAMETERS
    kinds = [type(node.layer) for node in net]
    assert kinds.count(LocalResponseNorm) == 2
    assert kinds.count(Activate) == 7
    pools = [node.layer for node in net if isinstance(node.layer, MaxPool)]
    assert {(each.window, each.stride) for each in pools} == {((3, 3), (2, 2))}
    assert pools[-1].padding == ((0, 1), (0, 1))


def test_dropout_of_an_inference_file_is_inactive():
    net = from_onnx(real_network("vgg19"))
    assert {node.layer.training for node in net if isinstance(node.layer, Dropout)} == {False}


def test_alexnet_propagates_and_says_what_it_assumed():
    profile = propagate(from_onnx(real_network("bvlc_alexnet")), "asv-forward")
    assert {row.forward for row in profile.rows} == {1}
    notes = " ".join(profile.assumptions)
    assert "overlapping windows" in notes
    assert "zero energy" in notes


def model(nodes, shape=(1, 2, 4, 4), initializers=()):
    data = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    out = helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, None)
    stored = [numpy_helper.from_array(array, name) for name, array in initializers]
    graph = helper.make_graph(nodes, "net", [data], [out], stored)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def saved(tmp_path, *arguments, **options):
    path = tmp_path / "model.onnx"
    onnx.save(model(*arguments, **options), path)
    return path


WEIGHT = ("w", np.zeros((3, 2, 3, 3), np.float32))
BIAS = ("b", np.zeros(3, np.float32))


def test_weights_as_constant_nodes_and_data_not_first(tmp_path):
    constant = helper.make_node(
        "Constant", [], ["w"], value=numpy_helper.from_array(WEIGHT[1], "value")
    )
    conv = helper.make_node("Conv", ["x", "w"], ["y"], auto_pad="SAME_UPPER", strides=[2, 2])
    net = from_onnx(saved(tmp_path, [constant, conv]))
    node = net["y"]
    assert node.after == (3, 2, 2)
    assert node.layer.padding == ((0, 1), (0, 1))
    assert not node.mix.bias
    assert node.parameters.weight == "w"


@pytest.mark.parametrize("transposed", [0, 1])
def test_the_weight_axes_of_gemm_follow_transb(tmp_path, transposed):
    weight = np.zeros((5, 2) if transposed else (2, 5), np.float32)
    nodes = [helper.make_node("Gemm", ["x", "w"], ["y"], transB=transposed)]
    net = from_onnx(saved(tmp_path, nodes, shape=(1, 2), initializers=[("w", weight)]))
    assert net["y"].after == (5,)


def test_training_mode_dropout_is_active(tmp_path):
    nodes = [helper.make_node("Dropout", ["x", "ratio", "mode"], ["y"], name="drop")]
    stored = [("ratio", np.float32(0.25)), ("mode", np.bool_(True))]
    net = from_onnx(saved(tmp_path, nodes, initializers=stored))
    assert net["drop"].layer.training


def test_every_unsupported_operator_is_named_with_its_nodes(tmp_path):
    nodes = [
        helper.make_node("Sin", ["x"], ["a"], name="one"),
        helper.make_node("Cos", ["a"], ["b"], name="two"),
        helper.make_node("Sin", ["b"], ["y"], name="three"),
    ]
    with pytest.raises(UnsupportedOperator) as caught:
        from_onnx(saved(tmp_path, nodes))
    assert "Cos (1x: two); Sin (2x: one, three)" in str(caught.value)


def test_residual_and_branching_networks_are_read_whole():
    residual, branching = (from_onnx(real_network(name)) for name in ("resnet50", "squeezenet"))
    assert sum(node.layer.name == "add" for node in residual) == 16
    assert sum(node.layer.name == "batchnorm" for node in residual) == 53
    assert sum(node.layer.name == "concat" for node in branching) == 8
    assert len(residual.weighted) == 54
    assert len(branching.weighted) == 26


def test_an_operator_of_another_domain_is_named(tmp_path):
    nodes = [helper.make_node("Rellu", ["x"], ["y"], name="act", domain="my")]
    with pytest.raises(UnsupportedOperator, match=r"node 'act' \(Rellu\).*did you mean 'Relu'"):
        from_onnx(saved(tmp_path, nodes))


def test_a_cycle_is_named(tmp_path):
    nodes = [
        helper.make_node("Relu", ["b"], ["a"], name="one"),
        helper.make_node("Relu", ["a"], ["b"], name="two"),
    ]
    with pytest.raises(GraphError, match=r"a cycle (one -> two -> one|two -> one -> two)"):
        from_onnx(saved(tmp_path, nodes))


def test_a_file_cut_in_half(tmp_path):
    whole = real_network("vgg19").read_bytes()
    path = tmp_path / "half.onnx"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelFileError, match="need a whole, valid ONNX file") as caught:
        from_onnx(path)
    assert "\n" not in str(caught.value)


def test_every_cut_is_refused_or_reads_the_same_network(tmp_path):
    """A prefix that happens to parse must not become another network in silence."""
    whole = real_network("bvlc_alexnet").read_bytes()
    path = tmp_path / "cut.onnx"
    seen = set()
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        with pytest.raises((ModelFileError, GraphError)) as caught:
            from_onnx(path)
        seen.add(type(caught.value))
    assert ModelFileError in seen


def test_a_missing_file():
    with pytest.raises(ModelFileError, match=r"missing\.onnx.*No such file"):
        from_onnx("missing.onnx")


def test_a_size_that_is_neither_fixed_nor_named(tmp_path):
    nodes = [helper.make_node("Relu", ["x"], ["y"], name="act")]
    with pytest.raises(ShapeError, match=r"fixed or named size.*sizes \(1, 2, \?, \?\)"):
        from_onnx(saved(tmp_path, nodes, shape=(1, 2, None, None)))


def test_named_sizes_are_symbols_all_the_way(tmp_path):
    nodes = [
        helper.make_node("Conv", ["x", "w", "b"], ["c"], pads=[1, 1, 1, 1], strides=[2, 2]),
        helper.make_node("Relu", ["c"], ["r"]),
        helper.make_node("MaxPool", ["r"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("GlobalAveragePool", ["p"], ["g"]),
        helper.make_node("Flatten", ["g"], ["f"]),
        helper.make_node("Gemm", ["f", "v"], ["y"], transB=1),
    ]
    stored = [WEIGHT, BIAS, ("v", np.zeros((5, 3), np.float32))]
    net = from_onnx(saved(tmp_path, nodes, shape=("N", 2, "h", "w"), initializers=stored))
    point = {size("h"): 12, size("w"): 21}
    assert [sp.sympify(each).subs(point) for each in net["c"].after] == [3, 6, 11]
    assert [sp.sympify(each).subs(point) for each in net["p"].after] == [3, 3, 5]
    assert net["y"].after == (5,)
    fixed = from_onnx(saved(tmp_path, nodes, shape=(1, 2, 12, 21), initializers=stored))
    assert sp.sympify(net["c"].mix.connections).subs(point) == fixed["c"].mix.connections


def test_a_batch_that_is_not_fixed_is_fine(tmp_path):
    nodes = [helper.make_node("Relu", ["x"], ["y"], name="act")]
    assert from_onnx(saved(tmp_path, nodes, shape=("N", 2, 4, 4)))["act"].after == (2, 4, 4)


def test_a_kernel_larger_than_its_input(tmp_path):
    nodes = [helper.make_node("MaxPool", ["x"], ["y"], name="pool", kernel_shape=[5, 5])]
    with pytest.raises((ShapeError, ModelFileError)):
        from_onnx(saved(tmp_path, nodes))


def test_ceil_mode_adds_a_window(tmp_path):
    attributes = {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}
    nodes = [helper.make_node("MaxPool", ["x"], ["y"], name="pool", **attributes)]
    assert from_onnx(saved(tmp_path, nodes))["pool"].after == (2, 2, 2)
    fits = from_onnx(saved(tmp_path, nodes, shape=(1, 2, 5, 5)))["pool"]
    assert fits.after == (2, 2, 2)
    assert not fits.layer.ceil


def test_a_weight_that_is_computed_is_refused(tmp_path):
    nodes = [
        helper.make_node("Relu", ["x"], ["w"], name="act"),
        helper.make_node("Conv", ["x", "w"], ["y"], name="conv"),
    ]
    with pytest.raises(UnsupportedOperator, match="Conv of 2 signals"):
        from_onnx(saved(tmp_path, nodes))


def test_reading_changes_no_file():
    path = Path(real_network("vgg19"))
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    from_onnx(path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
