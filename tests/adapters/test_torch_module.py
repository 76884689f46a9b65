"""A network run in torch gives what the torch module of the same layers gives."""

import pytest

torch = pytest.importorskip("torch")
import sympy as sp  # noqa: E402

from symvar import Builder, from_torch, sequential  # noqa: E402
from symvar.activations import all_activations  # noqa: E402
from symvar.activations.elu import Elu  # noqa: E402
from symvar.adapters.torch_functions import of_activation, of_expression  # noqa: E402
from symvar.adapters.torch_module import NetworkModule  # noqa: E402
from symvar.adapters.torch_primitives import function_of  # noqa: E402
from symvar.errors import ArgumentError, ShapeError  # noqa: E402
from symvar.layers import Add, BatchNorm, Conv, ConvTranspose, Dense, Dropout, Input, all_layers  # noqa: E402
from symvar.layers.activate import Activate  # noqa: E402
from symvar.layers.base import AbstractJoin  # noqa: E402
from symvar.primitives import PowerMean  # noqa: E402
from symvar.symbols import slope_below, w, x  # noqa: E402
from tests.contracts.test_layers import module  # noqa: E402

EXAMPLES = [
    pytest.param(layer, example, id=f"{name}: {example.about}")
    for name, layer in all_layers().items()
    for example in layer.examples
]


def random(*shape):
    generator = torch.Generator().manual_seed(5)
    return torch.randn(3, *shape, dtype=torch.float64, generator=generator)


def built(layer, shapes):
    """The layer alone in a network; a join reads slices of the input."""
    build = Builder(shapes[0])
    build.node(layer, "input", name="node")
    return build.network()


@pytest.mark.filterwarnings("ignore:Using padding='same' with even")
@pytest.mark.parametrize(("layer", "example"), EXAMPLES)
def test_every_layer_runs_as_its_torch_module(layer, example):
    if layer is Input or layer.name == "boundary":
        return  # nothing to run, and nothing that could be
    if issubclass(layer, AbstractJoin):
        signals = [random(*shape) for shape in example.shape]
        run = function_of(example.layer.join(example.shape))
        assert torch.allclose(run(signals), eval(example.torch, {"torch": torch})(*signals))
        return
    given, theirs = random(*example.shape), module(torch, example)
    if any(isinstance(each, PowerMean) for each in example.layer.lower(example.shape)):
        given = given.abs()  # torch takes odd powers with their sign
    if isinstance(example.layer, Dropout) and example.layer.training:
        return  # compared by its moments below
    if example.layer.terminal:
        theirs = torch.nn.Identity()  # the cotangent enters at the logits
    ours = NetworkModule(built(example.layer, [example.shape])).double()
    if example.layer.weight_axes:
        node, bias = ours.weight("node"), ours.get_submodule(ours.owners["node"]).bias
        with torch.no_grad():
            if bias is not None:
                bias.normal_()
                theirs.bias.copy_(bias)
            theirs.weight.copy_(node)
    one, other = given.clone().requires_grad_(), given.clone().requires_grad_()
    first, second = ours(one), theirs(other)
    assert torch.allclose(first, second)
    weights = torch.randn_like(first)
    grads = (torch.autograd.grad(y, z, weights)[0] for y, z in ((first, one), (second, other)))
    assert torch.allclose(*grads)


def test_dropout_keeps_the_mean_and_raises_the_second_moment():
    run = NetworkModule(sequential([Dropout("1/4")], input=(400,)))
    torch.manual_seed(3)
    kept = run(torch.ones(100, 400))
    assert kept.unique().tolist() == pytest.approx([0, 4 / 3])
    assert abs(kept.mean().item() - 1) < 0.02


@pytest.mark.parametrize("activation", [each() for each in all_activations().values()], ids=repr)
def test_expressions_agree_with_torch_and_have_finite_gradients(activation):
    own = of_expression(activation.expression, x)
    given = torch.linspace(-30, 30, 241, dtype=torch.float64, requires_grad=True)
    theirs = of_activation(activation)(given)
    assert torch.allclose(own(given), theirs, atol=1e-12)
    assert torch.autograd.grad(own(given).sum(), given)[0].isfinite().all()


def test_pieces_do_not_spoil_one_another_where_they_overflow():
    given = torch.tensor([-2.0, 200.0], requires_grad=True)
    run = of_activation(Elu(sp.Rational(1, 2)))
    assert torch.allclose(run(given), torch.nn.functional.elu(given, 0.5))
    assert torch.autograd.grad(run(given).sum(), given)[0].isfinite().all()


def test_a_symbol_is_refused_by_name():
    net = sequential([Activate("leaky-relu", {"below": slope_below})], input=(3,))
    with pytest.raises(ArgumentError, match=r"node 'leaky-relu1' .*symbols a;"):
        NetworkModule(net)
    with pytest.raises(ShapeError, match="sizes that are numbers"):
        NetworkModule(sequential([Conv(2, 3)], input=(2, w)))


def test_asymmetric_padding_and_cuts():
    net = sequential(
        [Conv(2, 3, padding=((0, 1),)), ConvTranspose(3, 3, 2, padding=((2, 0),), extra=1)],
        input=(2, 6),
    )
    ours = NetworkModule(net).double()
    given = random(2, 6)
    functional = torch.nn.functional
    inner = functional.conv1d(functional.pad(given, (0, 1)), ours.weight("conv1"))
    whole = functional.conv_transpose1d(inner, ours.weight("convtranspose1"), stride=2)
    assert torch.allclose(ours(given), functional.pad(whole, (-2, 1)))


def test_a_network_with_branches_and_dotted_names():
    build = Builder((3, 6, 6))
    first = build.node(Conv(3, 3, padding=1, bias=False), "input", name="stem.conv")
    branch = build.chain([BatchNorm(), "relu", Conv(3, 3, padding=1)], first)
    build.node(Add(), branch, first)
    ours = NetworkModule(build.network()).double()
    given = random(3, 6, 6)
    functional = torch.nn.functional
    stem = functional.conv2d(given, ours.weight("stem.conv"), padding=1)
    normed = functional.batch_norm(stem, None, None, training=True).relu()
    assert torch.allclose(
        ours(given), stem + functional.conv2d(normed, ours.weight("conv1"), padding=1)
    )
    assert set(ours.state_dict()) == {"stem_conv.weight", "conv1.weight", "conv1.bias"}


def test_a_read_module_runs_as_the_module_itself():
    nn = torch.nn
    module = nn.Sequential(
        nn.Conv2d(3, 6, 3, stride=2, padding=1, groups=3),
        nn.BatchNorm2d(6),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, 2, 1),
        nn.Flatten(),
        nn.Linear(24, 5),
    ).double()
    given = random(3, 8, 8)
    ours = NetworkModule(from_torch(module, given)).double()
    with torch.no_grad():
        for name in ("0", "5"):
            ours.weight(name).copy_(module.get_parameter(f"{name}.weight"))
            ours.get_submodule(ours.owners[name]).bias.copy_(module.get_parameter(f"{name}.bias"))
    assert torch.allclose(ours(given), module(given))


def test_several_outputs_are_a_tuple():
    build = Builder((4,))
    build.node(Dense(2), "input")
    build.node(Dense(3), "input")
    assert [each.shape[1] for each in NetworkModule(build.network())(torch.zeros(1, 4))] == [2, 3]
