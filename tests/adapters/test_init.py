"""Initialising torch modules: what is set, what stays, what is refused."""

from __future__ import annotations

import copy

import mpmath
import pytest
import sympy as sp

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

import symvar.integrals.named  # noqa: E402
import symvar.integrals.quadrature  # noqa: E402
import symvar.lookup  # noqa: E402
import symvar.torch  # noqa: E402
from symvar import from_torch, propagate, sequential, tau, zoo  # noqa: E402
from symvar.activations import all_activations  # noqa: E402
from symvar.adapters.draws import all_draws  # noqa: E402
from symvar.errors import ArgumentError, GraphError, NeedsFact  # noqa: E402
from symvar.layers import Dense  # noqa: E402
from symvar.lookup import number, stored_constants  # noqa: E402
from symvar.schemes import all_schemes, find  # noqa: E402
from symvar.theories import find as find_theory  # noqa: E402


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def vggish(width=16, classes=10, norm=True):
    return nn.Sequential(
        nn.Conv2d(3, width, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(width, 2 * width, 3, padding=1),
        nn.BatchNorm2d(2 * width) if norm else nn.Identity(),
        nn.ReLU(),
        nn.MaxPool2d(3),
        nn.Flatten(),
        nn.Linear(2 * width * 4, classes),
    )


X = torch.zeros(2, 3, 12, 12)


def state(module):
    return {name: each.clone() for name, each in module.state_dict().items()}


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in one) and one.keys() == other.keys()


class Integral(Exception):
    """An integral was evaluated."""


@pytest.fixture
def without_integrals(monkeypatch):
    """Whatever computes a constant that is not stored raises, and so does every quadrature."""

    def refuse(*_, **__):
        raise Integral

    quadrature = symvar.integrals.quadrature
    for name, value in vars(quadrature).items():
        if callable(value) and getattr(value, "__module__", "") == quadrature.__name__:
            monkeypatch.setattr(quadrature, name, refuse)
    monkeypatch.setattr(symvar.integrals.named, "_ball_at", refuse)
    monkeypatch.setattr(mpmath, "quad", refuse)


@pytest.mark.parametrize("scheme", all_schemes())
@pytest.mark.usefixtures("without_integrals")
def test_no_integral_is_evaluated(scheme):
    with pytest.raises(Integral):
        float(tau(9))
    module = vggish(norm=scheme not in ("asv-backward", "exact-backward"))
    profile = symvar.torch.init_(module, X, scheme=scheme, generator=seeded())
    assert module[0].weight.isfinite().all()
    assert set(profile.parameters) == set(dict(module.named_parameters()))


@pytest.mark.parametrize("name", all_activations())
@pytest.mark.usefixtures("without_integrals")
def test_no_integral_is_evaluated_for_any_activation(name):
    """Of one unit and, where f does not decrease, of the largest of windows; nor for a profile."""
    activation = all_activations()[name]()
    gate = eval(activation.torch_module, dict(vars(nn)))
    pools = [nn.Identity()]
    if activation.nondecreasing:
        pools += [nn.MaxPool2d(2), nn.MaxPool2d(3), nn.MaxPool2d((1, 3))]
    for pool in pools:
        module = nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1), gate, pool, nn.Conv2d(4, 5, 3), gate, nn.Conv2d(5, 2, 1)
        )
        profile = symvar.torch.init_(module, X, generator=seeded())
        assert [row.forward for row in profile.rows] == [1, 1, 1]
        assert module[5].weight.isfinite().all()
        for row in profile.rows:
            assert row.backward.is_Rational or number(row.backward) > 0


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "silu", "mish", "softplus", "gelu-tanh"])
@pytest.mark.parametrize("scheme", ["asv-forward", "zhang-forward", "exact-forward", "lecun"])
@pytest.mark.usefixtures("without_integrals")
def test_variances_of_activations_without_closed_forms_need_no_integral(name, scheme):
    net = sequential([Dense(8), name, Dense(8), name, Dense(5)], input=(3,))
    with stored_constants():
        init = find(scheme).solve(net, find_theory("iid"))
    assert all(number(each) > 0 for each in init.values())


def test_a_norm_leaves_the_backward_scheme_nothing_to_solve():
    with pytest.raises(NeedsFact, match=r"node '3': need gradients that depend on the scale"):
        symvar.torch.init_(vggish(), X, scheme="asv-backward")


@pytest.mark.parametrize("scheme", ["asv-forward", "kaiming-fan-in", "zhang-forward"])
@pytest.mark.parametrize("name", ["alexnet", "resnet18", "densenet121", "mobilenet-v2", "vgg19"])
def test_no_integral_is_evaluated_for_networks_of_the_literature(name, scheme, request):
    net = zoo.load(name)
    request.getfixturevalue("without_integrals")
    with stored_constants():
        init = find(scheme).solve(net, find_theory("iid"))
        propagate(net, init)
    assert all(number(each) > 0 for each in init.values())


@pytest.mark.parametrize("distribution", all_draws())
@pytest.mark.parametrize("scheme", ["asv-forward", "kaiming-fan-in", "ng", "fixup"])
def test_every_parameter_has_the_deviation_that_is_returned(scheme, distribution):
    module = vggish(96)
    profile = symvar.torch.init_(
        module, X, scheme=scheme, distribution=distribution, generator=seeded(3)
    )
    for name, parameter in module.named_parameters():
        setting = profile.parameters[name]
        if setting.deviation:
            assert setting.law == distribution
            error = 6 * (2 / parameter.numel()) ** 0.5 + 1e-6
            if distribution == "delta-orthogonal":
                error *= 3
            ratio = parameter.double().square().mean().item() / setting.deviation**2
            assert ratio == pytest.approx(1, abs=error)
        elif setting.law == "one":
            assert (parameter == 1).all()
        else:
            assert not parameter.any()
    for row in profile.rows:
        setting = profile.parameters[f"{row.name}.weight"]
        if distribution != "delta-orthogonal":
            assert setting.deviation == pytest.approx(number(row.weight_variance) ** 0.5)
    assert profile.parameters["4.weight"].role == "norm scale"
    assert profile.parameters["4.bias"].role == "norm shift"


def test_a_scheme_brings_its_own_distribution():
    module = vggish()
    assert symvar.torch.init_(module, X, scheme="ng").parameters["0.weight"].law == "uniform"
    assert symvar.torch.init_(module, X).parameters["0.weight"].law == "normal"
    plan = symvar.torch.plan(module, X, scheme="orthogonal", distribution="normal")
    assert plan.profile.parameters["0.weight"].law == "normal"


@pytest.mark.parametrize("distribution", all_draws())
def test_draws_are_seeded_and_leave_the_global_stream_alone(distribution):
    before = torch.get_rng_state()
    states = []
    for seed in (0, 0, 1):
        module = vggish()
        torch.set_rng_state(before)
        symvar.torch.init_(module, X, distribution=distribution, generator=seeded(seed))
        assert torch.equal(torch.get_rng_state(), before)
        states.append(state(module))
    assert same(states[0], states[1])
    assert not torch.equal(states[0]["0.weight"], states[2]["0.weight"])


def test_without_a_generator_torchs_own_is_drawn_from():
    module = vggish()
    states = []
    for _ in range(2):
        torch.manual_seed(7)
        symvar.torch.init_(module, X)
        states.append(state(module))
    assert same(*states)


@pytest.mark.parametrize("distribution", all_draws())
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_half_precision_gets_the_rounded_weights_and_double_its_own(dtype, distribution):
    single, module = vggish(), vggish().to(dtype)
    for each in (single, module):
        example = X.to(next(each.parameters()).dtype)
        symvar.torch.init_(each, example, distribution=distribution, generator=seeded())
    for name, parameter in module.named_parameters():
        assert parameter.dtype == dtype
        if dtype != torch.float64:
            assert torch.equal(parameter, single.get_parameter(name).to(dtype))
        else:
            assert parameter.isfinite().all()
    if dtype == torch.float64:
        assert not torch.equal(module[0].weight.float().double(), module[0].weight)


def test_norms_become_the_identity_and_their_statistics_those_of_no_data():
    module = vggish()
    module.train()
    for _ in range(3):
        module(torch.randn(8, 3, 12, 12, generator=seeded()))
    with torch.no_grad():
        module[4].weight.fill_(3.0)
        module[4].bias.fill_(2.0)
    symvar.torch.init_(module, X)
    assert not module[4].running_mean.any()
    assert (module[4].running_var == 1).all()
    assert module[4].num_batches_tracked == 0
    norm, x = module[4].eval(), torch.randn(2, 32, 3, 3, generator=seeded())
    torch.testing.assert_close(norm(x), x / (1 + norm.eps) ** 0.5)


@pytest.mark.parametrize(
    "norm",
    [
        lambda: nn.LayerNorm([8, 12, 12]),
        lambda: nn.GroupNorm(2, 8),
        lambda: nn.InstanceNorm2d(8, affine=True, track_running_stats=True),
        lambda: nn.BatchNorm2d(8, affine=False),
    ],
)
def test_every_norm_is_reset(norm):
    module = nn.Sequential(nn.Conv2d(3, 8, 1), norm(), nn.ReLU(), nn.Conv2d(8, 2, 1))
    with torch.no_grad():
        for name, each in (*module[1].named_parameters(), *module[1].named_buffers()):
            each.fill_(5)
            assert name
    symvar.torch.init_(module, X)
    for name, parameter in module[1].named_parameters():
        assert (parameter == (1 if name == "weight" else 0)).all()
    for name, buffer in module[1].named_buffers():
        assert (buffer == (1 if name == "running_var" else 0)).all(), name


def test_frozen_parameters_stay_and_are_listed():
    module = vggish()
    module(torch.randn(4, 3, 12, 12, generator=seeded()))
    module[0].requires_grad_(False)
    module[4].requires_grad_(False)
    before = state(module)
    profile = symvar.torch.init_(module, X, generator=seeded())
    for name in before:
        kept = name.startswith(("0.", "4."))
        assert torch.equal(before[name], module.state_dict()[name]) == kept, name
    assert {n for n, each in profile.parameters.items() if each.law == "kept"} == {
        "0.weight",
        "0.bias",
        "4.weight",
        "4.bias",
    }
    root = module[0].weight.double().square().mean().sqrt().item()
    assert profile.parameters["0.weight"].deviation == pytest.approx(root)
    assert any("frozen" in note and nodes == ("0",) for note, nodes in profile.assumptions.items())


def test_the_scheme_takes_a_frozen_layer_as_it_finds_it():
    """Weights of mean square s and a bias of mean square b: q = 8 s + b, then the next makes 1."""
    module = nn.Sequential(nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 5))
    module[0].requires_grad_(False)
    with torch.no_grad():
        module[0].weight.fill_(0.5)
        module[0].bias.fill_(-2.0)
    profile = symvar.torch.init_(module, torch.zeros(1, 8))
    assert profile["0"].forward == 8 * sp.Rational(1, 4) + 4
    assert profile["2"].weight_variance == sp.Rational(2, 6 * 6)
    assert profile["2"].forward == 1


def test_a_frozen_bias_leaves_that_much_less_to_its_weight():
    module = nn.Sequential(nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 5))
    module[2].bias.requires_grad_(False)
    with torch.no_grad():
        module[2].bias.fill_(0.5)
    profile = symvar.torch.init_(module, torch.zeros(1, 8))
    assert profile["2"].weight_variance == sp.Rational(3, 4) / 3
    assert profile["2"].forward == 1
    with torch.no_grad():
        module[2].bias.fill_(2.0)
    with pytest.raises(NeedsFact, match="biases that leave room"):
        symvar.torch.init_(module, torch.zeros(1, 8))


class Tied(nn.Module):
    """Two layers of equal sizes that share a weight, under two names, one bias each."""

    def __init__(self):
        super().__init__()
        self.one, self.two, self.last = (nn.Linear(64, 64) for _ in range(3))
        self.two.weight = self.one.weight

    def forward(self, x):
        return self.last(self.two(self.one(x).relu()).relu())


def test_a_shared_weight_is_drawn_once_and_listed_under_both_names():
    module = Tied()
    profile = symvar.torch.init_(module, torch.zeros(1, 64), scheme="lecun", generator=seeded())
    assert module.two.weight is module.one.weight
    assert profile.parameters["one.weight"] == profile.parameters["two.weight"]
    expected = torch.empty(64, 64).normal_(0, 1 / 8, generator=seeded())
    assert torch.equal(module.one.weight, expected)


def test_a_shared_weight_of_two_variances_is_refused_and_nothing_changes():
    module = Tied()
    before = state(module)
    with pytest.raises(GraphError, match=r"one variance for the shared weight '\w+\.weight'"):
        symvar.torch.init_(module, torch.zeros(1, 64), scheme="asv-forward")
    assert same(before, state(module))


def test_two_parameters_on_one_memory_count_as_shared():
    module = Tied()
    module.two.weight = nn.Parameter(module.one.weight.data)
    with pytest.raises(GraphError, match="lie on the same memory"):
        symvar.torch.init_(module, torch.zeros(1, 64), scheme="asv-forward")
    symvar.torch.init_(module, torch.zeros(1, 64), scheme="lecun")


class TwoRoles(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Conv1d(1, 4, 4, bias=False)
        self.vector = nn.Parameter(torch.ones(4))
        self.other = nn.Conv1d(4, 4, 1)
        self.other.bias = self.vector

    def forward(self, x):
        return nn.functional.group_norm(self.other(self.layer(x)), 2, self.vector)


def test_a_parameter_of_two_roles_is_refused():
    with pytest.raises(GraphError, match="one role; have bias at one place and norm scale"):
        symvar.torch.init_(TwoRoles(), torch.zeros(1, 1, 9))


class Unused(nn.Module):
    def __init__(self):
        super().__init__()
        self.used, self.spare = nn.Linear(3, 3), nn.Linear(3, 3)

    def forward(self, x):
        return self.used(x)


def test_what_no_operator_reads_stays_and_is_listed():
    module = Unused()
    before = state(module)
    profile = symvar.torch.init_(module, torch.zeros(1, 3))
    assert torch.equal(before["spare.weight"], module.spare.weight)
    assert profile.parameters["spare.weight"].law == "kept"
    assert profile.parameters["spare.weight"].role == "other"


def test_the_slopes_of_parametric_rectifiers_stay_and_are_reckoned_with():
    module = nn.Sequential(nn.Linear(4, 5), nn.PReLU(5, init=0.5), nn.Linear(5, 6), nn.PReLU())
    with pytest.raises(ArgumentError, match=r"one slope for all.*from 0\.25 to 0\.5"):
        symvar.torch.init_(module, torch.zeros(1, 4))
    module = module[:3]
    profile = symvar.torch.init_(module, torch.zeros(1, 4))
    assert profile["2"].weight_variance == 2 / (5 * (1 + sp.Rational(1, 4)))
    assert (module[1].weight == 0.5).all()
    assert profile.parameters["1.weight"].role == "slope"


def test_a_plan_changes_nothing_until_it_draws_and_draws_again_and_again():
    module = vggish()
    before = state(module)
    plan = symvar.torch.plan(module, X)
    assert plan.trace_seconds > 0
    assert same(before, state(module))
    one = plan.draw_(seeded(0))
    first = state(module)
    plan.draw_(seeded(1))
    assert not same(first, state(module))
    assert plan.draw_(seeded(0)) is one
    assert same(first, state(module))
    assert one.rows == propagate(from_torch(module, X), "asv-forward").rows


def test_variances_already_solved_are_taken():
    module = vggish()
    net = from_torch(module, X)
    init = find("kaiming-fan-out").solve(net, find_theory("iid"))
    direct = symvar.torch.init_(module, X, scheme="kaiming-fan-out", generator=seeded())
    weights = state(module)
    assert symvar.torch.init_(module, X, scheme=init, generator=seeded()) == direct
    assert same(weights, state(module))


def test_no_gradient_graph_is_left_and_gradients_still_flow():
    module = vggish()
    symvar.torch.init_(module, X)
    assert all(each.is_leaf and each.requires_grad for each in module.parameters())
    module(X).sum().backward()
    assert module[0].weight.grad is not None


def test_channels_last_weights_keep_their_layout():
    module = vggish().to(memory_format=torch.channels_last)
    symvar.torch.init_(module, X, generator=seeded())
    assert module[3].weight.is_contiguous(memory_format=torch.channels_last)
    for name in ("orthogonal", "delta-orthogonal"):
        symvar.torch.init_(module, X, distribution=name, generator=seeded())
        assert module[3].weight.isfinite().all()


def test_the_profile_with_its_parameters_is_written():
    import json

    profile = symvar.torch.init_(vggish(), X)
    written = json.loads(profile.to_json())["parameters"]
    assert written["0.weight"]["law"] == "normal"
    assert written["0.weight"]["deviation"] == profile.parameters["0.weight"].deviation
    assert "parameters" not in json.loads(propagate(from_torch(vggish(), X), "lecun").to_json())


def expanded():
    module = nn.Sequential(nn.Linear(3, 4))
    module[0].weight = nn.Parameter(torch.ones(1, 3).expand(4, 3))
    return module


def infinite():
    module = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 4))
    module[0].weight.requires_grad_(False).fill_(float("inf"))
    return module


@pytest.mark.parametrize(
    ("make", "options", "error", "words"),
    [
        (lambda: nn.Sequential(nn.ReLU()), {}, ArgumentError, "weighted layers; have none among"),
        (lambda: nn.Linear(3, 4).requires_grad_(False), {}, ArgumentError, "1 frozen weights"),
        (lambda: nn.Linear(3, 4), {"scheme": "xaver"}, ArgumentError, "did you mean 'xavier'"),
        (lambda: nn.Linear(3, 4), {"theory": "idd"}, ArgumentError, "did you mean 'iid'"),
        (
            lambda: nn.Linear(3, 4),
            {"distribution": "unifrom"},
            ArgumentError,
            "did you mean 'uniform'",
        ),
        (lambda: nn.Linear(3, 4, device="meta"), {}, ArgumentError, r"meta device.*to_empty"),
        (expanded, {}, ArgumentError, r"parameter '0\.weight': need memory of its own"),
        (infinite, {}, ArgumentError, r"parameter '0\.weight': need finite entries"),
    ],
)
def test_bad_input_is_one_line_and_changes_nothing(make, options, error, words):
    module = make()
    before = copy.deepcopy(module.state_dict())
    example = torch.zeros(1, 3, device=next(iter(module.parameters()), X).device)
    with pytest.raises(error, match=words) as caught:
        symvar.torch.init_(module, example, **options)
    assert "\n" not in str(caught.value)
    for name, value in module.state_dict().items():
        assert value.is_meta or torch.equal(value, before[name])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no second device here")
def test_a_generator_on_the_cpu_draws_the_same_weights_on_every_device():
    one, other = vggish(), vggish().cuda()
    symvar.torch.init_(one, X, generator=seeded())
    symvar.torch.init_(other, X.cuda(), generator=seeded())
    for name, parameter in one.named_parameters():
        assert torch.equal(parameter, other.get_parameter(name).cpu())
