"""Torch modules: reading, initialising, and what is refused."""

import subprocess
import sys

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

import symvar.torch  # noqa: E402
from symvar import from_torch, propagate, sequential  # noqa: E402
from symvar.errors import (  # noqa: E402
    ArgumentError,
    GraphError,
    ShapeError,
    UnsupportedOperator,
)
from symvar.layers import Conv, Dense, Dropout, Flatten, GlobalAvgPool, MaxPool  # noqa: E402


def small():
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, stride=2, padding=1, groups=2, bias=False),
        nn.ReLU(inplace=True),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(0.25),
        nn.Linear(32, 10),
        nn.LogSoftmax(dim=1),
    )


def test_a_module_reads_as_the_network_built_by_hand():
    read = from_torch(small(), torch.zeros(2, 3, 16, 16))
    built = sequential(
        [
            Conv(16, 3, padding=1),
            "relu",
            MaxPool(2),
            Conv(32, 3, stride=2, padding=1, groups=2, bias=False),
            "relu",
            GlobalAvgPool(),
            Flatten(),
            Dropout("1/4"),
            Dense(10),
        ],
        input=(3, 16, 16),
    )
    assert [node.name for node in read] == ["input", *map(str, range(10))]
    for one, other in zip(list(read)[1:-1], list(built)[1:], strict=True):
        assert (one.after, one.primitives) == (other.after, other.primitives)
    exact = [(row.forward, row.backward) for row in propagate(read, "asv-forward").rows]
    assert exact == [(row.forward, row.backward) for row in propagate(built, "asv-forward").rows]


def test_nested_modules_keep_their_paths():
    module = nn.Sequential(nn.Sequential(nn.Conv1d(2, 4, 3), nn.ReLU()), nn.Conv1d(4, 2, 3))
    net = from_torch(module, torch.zeros(1, 2, 9))
    assert [node.name for node in net.weighted] == ["0.0", "1"]
    assert net["0.0"].parameters.weight == "0.0.weight"


def test_a_module_on_the_meta_device_is_analysed_but_not_initialised():
    with torch.device("meta"):
        module, example = small(), torch.zeros(1, 3, 16, 16)
    assert len(propagate(from_torch(module, example), "lecun").rows) == 3
    with pytest.raises(ArgumentError, match=r"meta device.*to_empty"):
        symvar.torch.init_(module, example)


def test_evaluation_mode_takes_the_dropout_away():
    net = from_torch(small().eval(), torch.zeros(1, 3, 16, 16))
    assert not net["7"].layer.training


def initialised(seed=0, scheme="asv-forward", module=None):
    module = small() if module is None else module
    generator = torch.Generator().manual_seed(seed)
    example = torch.zeros(1, 3, 16, 16, dtype=next(module.parameters()).dtype)
    return module, symvar.torch.init_(module, example, scheme=scheme, generator=generator)


def test_init_sets_weights_of_the_variance_it_returns_and_zero_biases():
    wide = nn.Sequential(nn.Conv2d(3, 512, 5), nn.ReLU(), nn.Conv2d(512, 256, 3))
    module, profile = initialised(module=wide)
    for row in profile.rows:
        weight = module.get_parameter(f"{row.name}.weight").double()
        count, variance = weight.numel(), float(row.weight_variance)
        # six standard errors of a Gaussian's sample variance, fixed seed
        assert abs(weight.var().item() / variance - 1) < 6 * (2 / count) ** 0.5
        assert abs(weight.mean().item()) < 6 * (variance / count) ** 0.5
        assert not module.get_parameter(f"{row.name}.bias").any()


def test_init_is_seeded_and_leaves_the_global_stream_alone():
    state = torch.get_rng_state()
    fresh = small().state_dict()
    torch.set_rng_state(state)
    again = small().state_dict()
    assert all(torch.equal(fresh[key], again[key]) for key in fresh)
    torch.set_rng_state(state)
    one, two, three = (initialised(seed)[0].state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(one[key], two[key]) for key in one)
    assert not torch.equal(one["0.weight"], three["0.weight"])


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_init_keeps_the_dtype(dtype):
    module, _ = initialised(module=small().to(dtype))
    assert {parameter.dtype for parameter in module.parameters()} == {dtype}
    assert module[0].weight.abs().sum() > 0


def test_asv_forward_keeps_the_measured_second_moment_of_a_dense_net():
    """A dense ReLU net has the predicted mean over weights at any width, by symmetry of signs."""
    layers = [nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 256)]
    module = nn.Sequential(*layers).double()
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(64, 256, dtype=torch.float64, generator=generator)
    x *= (256**0.5) / x.norm(dim=1, keepdim=True)
    measured = []
    for _ in range(200):
        symvar.torch.init_(module, x[:1], generator=generator)
        with torch.no_grad():
            measured.append(module(x).square().mean().item())
    sample = torch.tensor(measured)
    error = sample.std() / len(measured) ** 0.5
    assert abs(sample.mean() - 1) < 4 * error
    assert error < 0.05


def test_a_weight_shared_by_two_layers():
    module = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8))
    module[2].weight = module[4].weight
    symvar.torch.init_(module, torch.zeros(1, 8), scheme="lecun")
    module[0].weight = module[4].weight
    before = module[0].weight.clone()
    with pytest.raises(GraphError, match=r"one variance for the shared weight '\d\.weight'"):
        symvar.torch.init_(module, torch.zeros(1, 8), scheme="asv-forward")
    assert torch.equal(before, module[0].weight)


class Functional(nn.Module):
    """Weights under names of their own, applied by functions."""

    def __init__(self):
        super().__init__()
        self.kernel = nn.Parameter(torch.ones(4, 3, 3, 3))
        self.offset = nn.Parameter(torch.ones(4))

    def forward(self, x):
        return nn.functional.conv2d(x, self.kernel, self.offset).relu()


def test_parameters_of_any_name_are_found():
    module = Functional()
    symvar.torch.init_(module, torch.zeros(1, 3, 5, 5))
    assert not module.offset.any()
    assert not torch.equal(module.kernel, torch.ones_like(module.kernel))


class Halved(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 3)

    def forward(self, x):
        return nn.functional.linear(x, self.layer.weight / 2)


def test_a_weight_that_is_computed_is_refused():
    with pytest.raises(UnsupportedOperator, match="no parameter"):
        from_torch(Halved(), torch.zeros(1, 3))


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.norm = nn.BatchNorm2d(3)

    def forward(self, x):
        return x + self.norm(self.conv(x))


class Unreadable(Residual):
    def forward(self, x):
        return x - self.conv(x).cumsum(1)


def test_a_residual_block_with_a_norm_is_read_and_initialised():
    module = Residual()
    profile = symvar.torch.init_(module, torch.zeros(2, 3, 8, 8))
    assert [node.layer.name for node in from_torch(module, torch.zeros(2, 3, 8, 8))] == [
        "input",
        "conv",
        "batchnorm",
        "add",
    ]
    assert profile["conv"].forward == 1


def test_every_unsupported_operator_is_named_with_its_node():
    before = (module := Unreadable()).conv.weight.clone()
    with pytest.raises(UnsupportedOperator) as caught:
        symvar.torch.init_(module, torch.zeros(2, 3, 8, 8))
    assert "aten.sub (1x: sub)" in str(caught.value)
    assert "aten.cumsum (1x: cumsum)" in str(caught.value)
    assert torch.equal(before, module.conv.weight)


@pytest.mark.parametrize(
    ("module", "shape", "words"),
    [
        (nn.AvgPool2d(2, divisor_override=3), (1, 1, 4, 4), "divisor 3"),
        (nn.Tanhshrink(), (1, 3), r"aten\.sub"),
    ],
)
def test_what_is_not_read_yet_is_refused_by_name(module, shape, words):
    with pytest.raises(UnsupportedOperator, match=words):
        from_torch(nn.Sequential(module), torch.zeros(shape))


class Branching(nn.Module):
    def forward(self, x):
        return x.relu() if x.sum() > 0 else x


@pytest.mark.parametrize(
    ("module", "inputs", "error", "words"),
    [
        (Branching(), (torch.zeros(1, 3),), GraphError, "torch.export can trace"),
        (nn.Linear(3, 2), (torch.zeros(1, 4),), GraphError, "torch.export can trace"),
        (nn.Linear(3, 2), (), ArgumentError, "one tensor, batch included"),
        ("model", (torch.zeros(1, 3),), ArgumentError, "a torch.nn.Module; have str"),
        (nn.Linear(3, 2), (torch.zeros(5),), GraphError, "torch.export can trace"),
        (nn.ReLU(), (torch.zeros(5),), ShapeError, "a batch and at least one more axis"),
    ],
)
def test_bad_input_is_one_line(module, inputs, error, words):
    with pytest.raises(error, match=words) as caught:
        from_torch(module, *inputs)
    assert "\n" not in str(caught.value)


def test_symvar_imports_torch_only_when_asked():
    code = "import sys, symvar; a = 'torch' in sys.modules; import symvar.torch; print(a)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
