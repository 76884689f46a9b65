"""All nine graphs of the onnx wheel, and what earlier and later opsets write differently."""

import numpy as np
import pytest
import sympy as sp

onnx = pytest.importorskip("onnx")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from symvar import from_onnx, propagate  # noqa: E402
from symvar.demo import real_network  # noqa: E402
from symvar.errors import UnsupportedOperator  # noqa: E402
from symvar.layers import (  # noqa: E402
    AvgPool,
    Boundary,
    ChannelShuffle,
    Conv,
    ConvTranspose,
    Dense,
    GlobalAvgPool,
    LpPool,
    MaxPool,
    Pad,
    PixelShuffle,
    ScaleShift,
    Slice,
    Upsample,
)
from symvar.layers.activate import Activate  # noqa: E402

# Weighted layers and parameters (weights, biases, scales and shifts of norms) as published:
# torchvision's tables for the ones it holds, the papers' own for the others where they say.
GRAPHS = {
    "bvlc_alexnet": (8, 60_965_224),
    "densenet121": (121, None),
    "inception_v1": (58, 6_998_552),
    "inception_v2": (70, None),
    "resnet50": (54, 25_557_032),
    "shufflenet": (50, None),
    "squeezenet": (26, 1_235_496),
    "vgg19": (19, 143_667_240),
    "zfnet512": (8, None),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_every_graph_is_read_and_propagated(name):
    weighted, parameters = GRAPHS[name]
    net = from_onnx(real_network(name))
    assert len(net.weighted) == weighted
    if parameters is not None:
        assert net.parameter_count == parameters
    assert not any(isinstance(node.layer, Boundary) for node in net)
    profile = propagate(net, "asv-forward")
    assert all(abs(each - 1) < 1e-12 for each in profile.floats("forward"))
    assert all(each > 0 for each in profile.floats("backward"))


def test_the_counts_of_the_branching_graphs():
    shuffle = from_onnx(real_network("shufflenet"))
    assert sum(isinstance(node.layer, ChannelShuffle) for node in shuffle) == 16
    dense = from_onnx(real_network("densenet121"))
    scales = [node.layer for node in dense if isinstance(node.layer, ScaleShift)]
    assert len(scales) == 242
    assert all((each.scale, each.shift) == (1, 0) and each.learnt > 1 for each in scales)


def saved(tmp_path, nodes, shape=(1, 2, 4, 4), stored=(), opset=17):
    data = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    out = helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, None)
    held = [numpy_helper.from_array(np.asarray(array), name) for name, array in stored]
    graph = helper.make_graph(nodes, "net", [data], [out], held)
    opsets = [helper.make_opsetid("", opset)]
    path = tmp_path / "model.onnx"
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    return path


def layers(tmp_path, nodes, **options):
    return [node.layer for node in list(from_onnx(saved(tmp_path, nodes, **options)))[1:]]


def node(kind, *inputs, **attributes):
    return helper.make_node(kind, list(inputs), ["y"], **attributes)


def ints(*values):
    return np.array(values, np.int64)


def floats(*values):
    return np.array(values, np.float32)


ONE = {
    "clip with attributes": (node("Clip", "x", min=0.0, max=6.0), (), 6, Activate("relu6")),
    "clip with inputs": (
        node("Clip", "x", "low", "high"),
        (("low", np.float32(0)), ("high", np.float32(6))),
        13,
        Activate("relu6"),
    ),
    "clip from below": (node("Clip", "x", "low"), (("low", np.float32(0)),), 13, Activate("relu")),
    "hard sigmoid": (
        node("HardSigmoid", "x"),
        (),
        17,
        Activate("hard-sigmoid", {"rate": "0.2"}),
    ),
    "hard swish": (node("HardSwish", "x"), (), 17, Activate("hard-swish")),
    "slice with attributes": (
        node("Slice", "x", starts=[1], ends=[2], axes=[1]), (), 9, Slice(0, 1)
    ),
    "slice with inputs": (
        node("Slice", "x", "a", "b", "c", "d"),
        (("a", ints(0)), ("b", ints(9)), ("c", ints(-1)), ("d", ints(2))),
        13,
        Slice(2, 0, None, 2),
    ),
    "pad with attributes": (
        node("Pad", "x", pads=[0, 0, 1, 0, 0, 0, 2, 0], mode="reflect"),
        (),
        9,
        Pad(((1, 2), (0, 0)), "reflect"),
    ),
    "pad with inputs": (
        node("Pad", "x", "pads", mode="edge"),
        (("pads", ints(0, 0, 1, 0, 0, 0, 2, 0)),),
        13,
        Pad(((1, 2), (0, 0)), "replicate"),
    ),
    "upsample": (
        node("Upsample", "x", "s"), (("s", floats(1, 1, 2, 2)),), 9, Upsample((2, 2))
    ),
    "resize": (
        node("Resize", "x", "", "s", mode="linear", coordinate_transformation_mode="half_pixel"),
        (("s", floats(1, 1, 2, 2)),),
        13,
        Upsample((2, 2), "linear"),
    ),
    "mean with attributes": (node("ReduceMean", "x", axes=[2, 3]), (), 13, GlobalAvgPool()),
    "mean with inputs": (
        node("ReduceMean", "x", "axes", keepdims=0), (("axes", ints(2, 3)),), 18,
        GlobalAvgPool(flat=True),
    ),
    "global maximum": (node("GlobalMaxPool", "x"), (), 17, MaxPool((4, 4), 1)),
    "lp pool": (
        node("LpPool", "x", kernel_shape=[2, 2], strides=[2, 2]),
        (),
        17,
        LpPool((2, 2), (2, 2), ((0, 0), (0, 0))),
    ),
    "depth to space": (
        node("DepthToSpace", "x", blocksize=2, mode="CRD"), (), 17, PixelShuffle(2)
    ),
    "scale by a number": (
        node("Mul", "x", "c"), (("c", np.float32(0.1)),), 17, ScaleShift(sp.Rational(1, 10))
    ),
    "scale by channel": (
        node("Mul", "c", "x"), (("c", np.ones((2, 1, 1), np.float32)),), 17, ScaleShift(learnt=2)
    ),
    "average": (
        node("AveragePool", "x", kernel_shape=[2, 2], strides=[2, 2], count_include_pad=1), (), 17,
        AvgPool((2, 2), (2, 2), ((0, 0), (0, 0)), True),
    ),
    "transposed": (
        node("ConvTranspose", "x", "w", strides=[2, 2]),
        (("w", np.zeros((2, 3, 2, 2), np.float32)),),
        17,
        ConvTranspose(3, (2, 2), (2, 2), ((0, 0), (0, 0)), (0, 0), (1, 1), 1, False),
    ),
}  # fmt: skip
CHANNELS = {"depth to space": 8}


@pytest.mark.parametrize("name", ONE)
def test_one_operator_is_one_layer(name, tmp_path):
    made, stored, opset, wanted = ONE[name]
    shape = (1, CHANNELS.get(name, 2), 4, 4)
    assert layers(tmp_path, [made], shape=shape, stored=stored, opset=opset) == [wanted]


def test_a_product_by_a_matrix_and_a_sum_with_a_row_are_dense(tmp_path):
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["h"], name="fc"),
        helper.make_node("Add", ["h", "b"], ["y"], name="add"),
    ]
    stored = (("w", np.zeros((3, 5), np.float32)), ("b", np.zeros(5, np.float32)))
    net = from_onnx(saved(tmp_path, nodes, shape=(1, 3), stored=stored))
    assert net["fc"].layer == Dense(5)
    assert (net["fc"].parameters.weight, net["fc"].parameters.bias) == ("w", "b")


def test_shapes_that_the_file_computes_are_followed(tmp_path):
    """As exporters flatten: the batch of the shape of x, joined with -1."""
    nodes = [
        helper.make_node("Shape", ["x"], ["shape"]),
        helper.make_node("Gather", ["shape", "zero"], ["batch"], axis=0),
        helper.make_node("Unsqueeze", ["batch", "axes"], ["row"]),
        helper.make_node("Concat", ["row", "rest"], ["wanted"], axis=0),
        helper.make_node("Reshape", ["x", "wanted"], ["flat"]),
        helper.make_node("Gemm", ["flat", "w"], ["y"], transB=1),
    ]
    stored = (
        ("zero", np.int64(0)), ("axes", ints(0)), ("rest", ints(-1)),
        ("w", np.zeros((5, 32), np.float32)),
    )  # fmt: skip
    found = layers(tmp_path, nodes, stored=stored)
    assert [each.name for each in found] == ["flatten", "dense"]


def test_weights_made_by_operators_on_constants(tmp_path):
    nodes = [
        helper.make_node("ConstantOfShape", ["shape"], ["w"]),
        helper.make_node("Conv", ["x", "w"], ["y"]),
    ]
    (found,) = layers(tmp_path, nodes, stored=(("shape", ints(3, 2, 3, 3)),))
    assert found == Conv(3, (3, 3), (1, 1), ((0, 0), (0, 0)), (1, 1), 1, False)


def test_a_split_is_one_slice_for_each_part_that_is_read(tmp_path):
    nodes = [
        helper.make_node("Split", ["x", "sizes"], ["a", "b"], axis=1),
        helper.make_node("Concat", ["b", "a"], ["y"], axis=1),
    ]
    net = from_onnx(saved(tmp_path, nodes, shape=(1, 5, 4, 4), stored=(("sizes", ints(2, 3)),)))
    slices = {node.name: node.layer for node in net if isinstance(node.layer, Slice)}
    assert sorted(map(repr, slices.values())) == sorted(map(repr, [Slice(0, 0, 2), Slice(0, 2)]))


def test_a_slice_along_several_axes_is_one_slice_after_another(tmp_path):
    cut = helper.make_node("Slice", ["x", "from", "to", "along", "by"], ["y"], name="cut")
    stored = (("from", ints(0, 1, 2)), ("to", ints(9, 5, -1)), ("along", ints(0, 1, -1)),
              ("by", ints(1, 1, 2)))  # fmt: skip
    net = from_onnx(saved(tmp_path, [cut], shape=(1, 5, 4, 7), stored=stored))
    layers = [node.layer for node in net if isinstance(node.layer, Slice)]
    assert layers == [Slice(0, 1), Slice(2, 2, -1, 2)]
    assert net["cut"].after == np.zeros((5, 4, 7))[1:5, :, 2:-1:2].shape


def test_activations_written_out(tmp_path):
    nodes = [
        helper.make_node("Div", ["x", "root"], ["a"]),
        helper.make_node("Erf", ["a"], ["b"]),
        helper.make_node("Add", ["b", "one"], ["c"]),
        helper.make_node("Mul", ["x", "c"], ["d"]),
        helper.make_node("Mul", ["d", "half"], ["y"]),
    ]
    stored = (("root", np.float32(2**0.5)), ("one", np.float32(1)), ("half", np.float32(0.5)))
    assert layers(tmp_path, nodes, stored=stored) == [Activate("gelu")]


def test_partial_import_and_recurrent_layers(tmp_path):
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["h"], name="conv"),
        helper.make_node("CumSum", ["h", "axis"], ["c"], name="sum"),
        helper.make_node("Relu", ["h"], ["r"], name="act"),
        helper.make_node("Add", ["c", "r"], ["y"], name="add"),
    ]
    stored = (("w", np.zeros((3, 2, 3, 3), np.float32)), ("axis", np.int64(1)))
    path = saved(tmp_path, nodes, stored=stored)
    with pytest.raises(UnsupportedOperator, match=r"CumSum \(1x: sum\)"):
        from_onnx(path)
    net = from_onnx(path, partial=True)
    assert net["sum"].layer == Boundary((3, 2, 2), "CumSum")
    assert any("BOUNDARY at CumSum" in text for text in propagate(net, "lecun").assumptions)
    weights = [("w", np.zeros((1, 20, 4))), ("r", np.zeros((1, 20, 5)))]
    recurrent = [helper.make_node("LSTM", ["x", "w", "r"], ["y"], hidden_size=5, name="cell")]
    stored = [(name, array.astype(np.float32)) for name, array in weights]
    with pytest.raises(UnsupportedOperator, match="recurrent layers, not yet"):
        from_onnx(saved(tmp_path, recurrent, shape=(3, 2, 4), stored=stored))


@pytest.mark.parametrize(
    ("kind", "channels", "attributes"),
    [("DepthToSpace", 8, {"mode": "DCR"}), ("DepthToSpace", 8, {"mode": "CRD"}),
     ("SpaceToDepth", 3, {})],
)  # fmt: skip
def test_blocks_go_where_the_reference_puts_them(kind, channels, attributes, tmp_path):
    from onnx.reference import ReferenceEvaluator

    from tests.contracts import naive

    shape = (2, channels, 4, 6)
    path = saved(tmp_path, [node(kind, "x", blocksize=2, **attributes)], shape=shape, opset=13)
    (layer,) = (each.layer for each in list(from_onnx(path))[1:])
    x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    (expected,) = ReferenceEvaluator(str(path)).run(None, {"x": x})
    np.testing.assert_array_equal(naive.run(layer, shape[1:], x), expected)
