"""Measuring: what the numbers mean, what is watched, what is refused.

Expected values come from theory where it is exact (linear nets, one hidden layer), from a plain
computation with autograd elsewhere. Intervals are four standard errors, seeds are fixed.
"""

import json
import math

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

from symvar import Builder, from_torch, sequential  # noqa: E402
from symvar.adapters import measure  # noqa: E402
from symvar.errors import ArgumentError, GraphError, NeedsFact  # noqa: E402
from symvar.layers import Add, BatchNorm, Conv, Dense, Flatten, MaxPool  # noqa: E402

COLUMNS = ("forward", "backward", "backward_input")


def assert_within(found, profile, columns=COLUMNS, errors=4.0):
    for row in found.rows:
        for column in columns:
            said = float(getattr(profile[row.name], column))
            spread = getattr(row, f"{column}_se")
            assert abs(getattr(row, column) - said) < errors * spread, (row.name, column)
            assert spread < 0.2 * said


def test_a_linear_network_measures_what_is_predicted():
    """Exact at any width: weights are independent, and nothing bends."""
    module = nn.Sequential(
        nn.Conv2d(3, 5, 3, padding=1, bias=False),
        nn.Conv2d(5, 4, (2, 3), stride=2),
        nn.Flatten(),
        nn.Linear(4 * 4 * 3, 6),
    )
    example = torch.zeros(2, 3, 8, 8)
    found = measure(module, example, scheme="lecun", draws=600, seed=3, dtype="float64")
    assert_within(found, found.profiles[0])


def test_one_hidden_layer_measures_what_is_predicted():
    """Exact at any width: a gradient of a bias-free ReLU net is independent of its gates' signs."""
    net = sequential([Dense(40), "relu", Dense(7)], input=(20,))
    found = measure(net, scheme="xavier", draws=1500, seed=8)
    assert_within(found, found.profiles[0])
    assert all(abs(math.log10(ratio)) < 0.05 for name in COLUMNS for ratio in found.ratio[name])


def test_the_last_layer_has_backward_moment_one():
    found = measure(sequential([Dense(50)], input=(4,)), scheme="lecun", draws=400, seed=2)
    row = found["dense1"]
    assert abs(row.backward - 1) < 4 * row.backward_se < 0.05


def test_independent_units_are_not_what_a_deep_convolutional_network_has():
    """Kernels are shared, so units of a pooling window correlate and its maximum is smaller."""
    stage = [Conv(32, 3, padding=1), "relu", Conv(32, 3, padding=1), "relu", MaxPool(2)]
    net = sequential([*stage * 4, Flatten(), Dense(10)], input=(3, 32, 32))
    found = measure(net, scheme="kaiming-fan-in", draws=30, seed=4)
    last = found.ratio["forward"][-2]
    assert 1.5 < last < 10
    row = found["conv8"]
    assert float(found.profiles[0]["conv8"].forward) - row.forward > 4 * row.forward_se


def by_hand(module, x, cotangent, names):
    """Second moments by plain hooks on the modules named: output, its gradient, gradient given."""
    kept = {}

    def keep(name):
        def hook(layer, given, out):
            kept[name] = out
            out.retain_grad()

        return hook

    handles = [module.get_submodule(name).register_forward_hook(keep(name)) for name in names]
    (module(x) * cotangent).sum().backward()
    for handle in handles:
        handle.remove()
    return {
        name: (u.square().mean().item(), u.grad.square().mean().item()) for name, u in kept.items()
    }


def test_one_draw_is_what_plain_hooks_give():
    module = nn.Sequential(nn.Conv2d(2, 3, 3), nn.Tanh(), nn.Flatten(), nn.Linear(48, 4)).double()
    example = torch.zeros(3, 2, 6, 6, dtype=torch.float64)
    found = measure(module, example, draws=1, seed=11, dtype="float64")
    state = np.random.SeedSequence((11, 0)).generate_state(1, np.uint64)[0]
    torch.manual_seed(int(state) >> 1)
    x = torch.randn_like(example)
    cotangent = torch.randn(3, 4, dtype=torch.float64)
    for name, (forward, backward) in by_hand(module, x, cotangent, ["0", "3"]).items():
        assert found[name].forward == pytest.approx(forward)
        assert found[name].backward == pytest.approx(backward)
    assert math.isnan(found["0"].forward_se)
    assert json.loads(found.to_json())["rows"][0]["forward_se"] is None


class Inplace(nn.Module):
    """Activations and a shortcut that overwrite what the layers gave and read."""

    def __init__(self, inplace):
        super().__init__()
        self.first, self.second, self.third = (nn.Linear(6, 6) for _ in range(3))
        self.inplace = inplace

    def forward(self, x):
        x = nn.functional.relu(self.first(x), self.inplace)
        x = self.second(x)
        y = nn.functional.relu(self.third(x), self.inplace)
        x = x.add_(y) if self.inplace else x + y
        return nn.functional.relu(x, self.inplace)


def test_overwriting_changes_nothing():
    one = Inplace(False)
    other = Inplace(True)
    other.load_state_dict(one.state_dict())
    example = torch.zeros(2, 6)
    found = [measure(each, example, draws=3, seed=5) for each in (one, other)]
    assert found[0].rows == found[1].rows


def test_the_gradient_at_a_layers_input_is_its_own_share():
    """A unit read by two layers: each reports what it sends back, not the sum."""
    build = Builder((30,))
    stem = build.node(Dense(30), "input")
    build.node(Add(), build.node(Dense(30), stem), build.node(Dense(30), stem))
    found = measure(build.network(), scheme="lecun", draws=400, seed=6)
    assert_within(found, found.profiles[0])
    assert found["dense1"].backward == pytest.approx(2, abs=4 * found["dense1"].backward_se)
    assert found["dense2"].backward_input == pytest.approx(1, abs=0.1)


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer, self.last = nn.Linear(5, 5), nn.Linear(5, 5)
        self.last.weight = self.layer.weight

    def forward(self, x):
        return self.last(self.layer(self.layer(x).tanh()).tanh())


def test_calls_of_a_shared_weight_are_told_apart():
    found = measure(Shared(), torch.zeros(4, 5), scheme="lecun", draws=20, seed=1)
    assert [row.name for row in found.rows] == [
        node.name for node in from_torch(Shared(), torch.zeros(4, 5)).weighted
    ]
    forward = [row.forward for row in found.rows]
    assert len(set(forward)) == 3
    assert forward[0] > forward[1] > forward[2]


class Functional(nn.Module):
    def __init__(self):
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(4, 3, 3, 3))
        self.offset = nn.Parameter(torch.randn(4))

    def forward(self, x):
        return nn.functional.conv2d(input=x, weight=self.kernel, bias=self.offset).relu()


def test_weights_applied_by_functions_are_found():
    found = measure(Functional(), torch.zeros(1, 3, 5, 5), draws=2)
    assert len(found.rows) == 1
    assert found.rows[0].forward > 1


@pytest.mark.parametrize("last", [nn.Softmax(1), nn.LogSoftmax(1)])
def test_the_cotangent_enters_at_the_logits(last):
    plain = nn.Sequential(nn.Linear(4, 3))
    ended = nn.Sequential(plain[0], last)
    rows = [measure(each, torch.zeros(2, 4), draws=4, seed=9).rows for each in (plain, ended)]
    assert rows[0] == rows[1]


class Several(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.left, self.right = nn.Linear(9, 8), nn.Linear(8, 2), nn.Linear(8, 3)

    def forward(self, x):
        x = self.stem(x)
        return self.left(x), {"right": self.right(x)}


def test_every_output_has_a_cotangent_of_its_own():
    found = measure(Several(), torch.zeros(1, 9), scheme="lecun", draws=600, seed=7)
    assert_within(found, found.profiles[0])


def small():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Flatten(),
        nn.Linear(8 * 16, 4),
    )


def test_the_model_and_the_random_stream_are_left_as_they_were():
    module, example = small(), torch.zeros(4, 3, 4, 4)
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    state = torch.get_rng_state()
    measure(module, example, scheme="lecun", draws=2)
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(before[name], tensor) for name, tensor in module.state_dict().items())
    assert all(each.requires_grad and each.grad is None for each in module.parameters())


def test_the_same_seed_gives_the_same_and_fewer_draws_are_the_first_of_more():
    module, example = small(), torch.zeros(4, 3, 4, 4)
    found = [
        measure(module, example, scheme="lecun", draws=draws, seed=seed).samples["backward"]
        for draws, seed in ((5, 0), (5, 0), (3, 0), (3, 1))
    ]
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0][:3], found[2])
    assert not np.array_equal(found[2], found[3])


def test_an_interruption_keeps_the_finished_draws():
    def impatient(draws, total):
        for draw in draws:
            if draw == 3:
                raise KeyboardInterrupt
            yield draw

    net = sequential([Dense(3)], input=(4,))
    found = measure(net, scheme="lecun", draws=10, progress=impatient)
    assert (found.draws, found.asked) == (3, 10)
    assert any("interrupted: 3 of 10" in note for note in found.notes)
    whole = measure(net, scheme="lecun", draws=3)
    assert found.rows == whole.rows

    def at_once(draws, total):
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        measure(net, scheme="lecun", progress=at_once)


def test_the_kinds_of_input():
    module = nn.Sequential(nn.Linear(3, 2000, bias=False))
    with torch.no_grad():
        module[0].weight.fill_(1.0)
    example = torch.tensor([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
    found = {
        kind: measure(module, example, draws=200, input=kind)["0"]
        for kind in ("white", "constant", "example")
    }
    assert found["constant"].forward == pytest.approx(9)
    assert found["example"].forward == pytest.approx(3)  # 2 becomes sqrt(3)
    assert found["white"].forward == pytest.approx(3, abs=4 * found["white"].forward_se)


def test_precisions_agree_and_half_models_are_run_in_single():
    example = torch.zeros(4, 3, 4, 4)
    module = small().eval()
    one = measure(module, example, draws=1, seed=2, input="constant")
    other = measure(module, example, draws=1, seed=2, input="constant", dtype="float64")
    assert one.rows[1].forward == pytest.approx(other.rows[1].forward, rel=1e-5)
    halved = measure(small().half(), example.half(), draws=2)
    assert any("run in float32; the model's own is float16" in note for note in halved.notes)


def test_own_weights_and_biases_are_predicted_by_their_mean_square():
    module = nn.Sequential(nn.Linear(300, 200))
    with torch.no_grad():
        module[0].bias.fill_(2.0)
    found = measure(module, torch.zeros(20, 300), draws=20)
    expected = 300 * module[0].weight.square().mean().item() + 4
    assert float(found.profiles[0]["0"].forward) == pytest.approx(expected)
    assert found["0"].forward == pytest.approx(expected, rel=0.05)
    assert found.scheme is None
    assert "own weights" in found.notes[0]


@pytest.mark.parametrize("distribution", ["uniform", "orthogonal"])
def test_other_distributions(distribution):
    net = sequential([Dense(8), Dense(8)], input=(8,))
    for model, example in (
        (net, ()),
        (nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 8)), (torch.zeros(1, 8),)),
    ):
        found = measure(model, *example, scheme="lecun", distribution=distribution, draws=400)
        assert_within(found, found.profiles[0], ("forward",))


def test_a_network_and_the_module_it_was_read_from_measure_alike():
    module, example = small()[:3], torch.zeros(16, 3, 4, 4)
    net = from_torch(module, example)
    found = [measure(each, example, scheme="lecun", draws=150, seed=1) for each in (module, net)]
    for column in COLUMNS:
        one, other = (getattr(each.rows[0], column) for each in found)
        spread = sum(getattr(each.rows[0], f"{column}_se") for each in found)
        assert abs(one - other) < 4 * spread < 0.2 * one


class Counting(nn.Module):
    """Its second run is not its first."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 3)

    def forward(self, x):
        return self.layer(x)


def test_a_weight_that_is_not_called_is_named(monkeypatch):
    from symvar.adapters import torch_taps

    monkeypatch.setattr(torch_taps, "WEIGHTED", frozenset())
    with pytest.raises(GraphError, match=r"node 'layer' .*no call with that weight"):
        measure(Counting(), torch.zeros(1, 3))


def test_a_weight_called_more_often_than_traced_is_named(monkeypatch):
    module = Counting()
    trace = torch.export.export

    def exported(model, inputs):
        program = trace(model, inputs)
        monkeypatch.setattr(Counting, "forward", lambda self, x: self.layer(self.layer(x)))
        return program

    monkeypatch.setattr(torch.export, "export", exported)
    with pytest.raises(GraphError, match=r"node 'layer'.*trace saw \(1\); have one more"):
        measure(module, torch.zeros(1, 3))


def with_nan():
    module = nn.Sequential(nn.Linear(3, 2))
    with torch.no_grad():
        module[0].weight[0, 0] = float("nan")
    return module


def exploding():
    module = nn.Sequential(*(nn.Linear(3, 3) for _ in range(4)))
    with torch.no_grad():
        for layer in module:
            layer.weight.fill_(1e15)
    return module


X = torch.zeros(1, 3)
BAD = [
    (lambda: measure(nn.Linear(3, 2), X, draws=0), "draws: need a whole number of at least 1"),
    (lambda: measure(nn.Linear(3, 2), X, draws=2.0), "draws: need"),
    (lambda: measure(nn.Linear(3, 2), X, seed=-1), "seed: need"),
    (lambda: measure(nn.Linear(3, 2), X, input="wite"), "did you mean 'white'"),
    (lambda: measure(nn.Linear(3, 2), X, dtype="float16"), "float32, float64"),
    (lambda: measure(nn.Linear(3, 2), X, scheme="lecunn"), "did you mean 'lecun'"),
    (lambda: measure(nn.Linear(3, 2), torch.zeros(1, 4)), "torch.export can trace"),
    (lambda: measure(nn.Linear(3, 2)), "one tensor, batch included"),
    (lambda: measure("model.onnx", X), "a torch.nn.Module or a Network; have str"),
    (lambda: measure(nn.Sequential(nn.ReLU()), X), "at least one weighted layer"),
    (lambda: measure(nn.Linear(3, 2, device="meta"), X), "meta device"),
    (lambda: measure(with_nan(), X), "parameter '0.weight': need finite numbers; have NaN"),
    (lambda: measure(nn.Linear(3, 2), X * float("nan"), input="example"), "have NaN or infinity"),
    (lambda: measure(nn.Linear(3, 2), X, input="example"), "have all zeros"),
    (lambda: measure(exploding(), X), r"node '2' \(dense\), draw 0: need a finite second moment"),
    (lambda: measure(small(), torch.zeros(1, 3, 4, 4)), "have a batch of 1, and batch norm at"),
    (lambda: measure(sequential([Dense(2)], input=(3,))), "scheme: need a scheme"),
    (lambda: measure(sequential([Dense(2)], input=(3,)), X[:, :2], scheme="lecun"), r"\(3,\)"),
    (lambda: measure(sequential(["relu"], input=(3,)), scheme="lecun"), "weighted layer"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "words"), BAD, ids=[words for _, words in BAD])
def test_bad_input_is_one_line(call, words):
    with pytest.raises((ArgumentError, GraphError), match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_batch_norm_in_evaluation_is_told():
    found = measure(small().eval(), torch.zeros(1, 3, 4, 4), draws=1)
    assert any("batch norm in evaluation mode" in note for note in found.notes)


def test_a_network_with_batch_norm_gets_a_batch():
    net = sequential([Conv(8, 3, padding=1), BatchNorm(), "relu", Conv(4, 3)], input=(3, 8, 8))
    found = measure(net, scheme="kaiming-fan-in", draws=60)
    assert found.batch == 4  # on 8x8 positions
    assert_within(found, found.profiles[0], ("forward",), errors=6)


def test_what_a_theory_cannot_say_is_told_and_the_rest_is_measured(monkeypatch):
    from symvar.adapters import torch_measure

    def mute(*_):
        raise NeedsFact("theory iid", need="a fact", have="none", remedy="use another")

    monkeypatch.setattr(torch_measure, "propagate", mute)
    found = measure(nn.Linear(3, 2), X, draws=2)
    assert found.profiles == ()
    assert found.ratio == {}
    assert any("no prediction: theory iid: need a fact" in note for note in found.notes)


def test_gradients_explode_behind_batch_norm_as_mean_field_theory_says():
    """By pi/(pi - 1) for each rectified layer, whatever the weights (Yang et al., 2019).

    Independent units say 1: with a shared kernel or a shared weight matrix they are not.
    """
    stage = [Dense(256), BatchNorm(), "relu"]
    net = sequential([*stage * 9, Dense(256)], input=(256,))
    found = measure(net, torch.zeros(256, 256), scheme="kaiming-fan-in", draws=6, seed=2)
    behind = found.samples["backward"][:, 1:-1]
    growth = behind[:, :-1] / behind[:, 1:]
    assert growth.mean() == pytest.approx(math.pi / (math.pi - 1), rel=0.01)
    assert found.ratio["backward"][0] < 0.2


def test_a_scheme_that_looks_at_each_layer_alone_is_measured_where_a_theory_is_mute():
    net = sequential([MaxPool(2), Conv(64, 3)], input=(8, 6, 6))  # no law of the input is known
    found = measure(net, scheme="lecun", draws=30)
    assert found.profiles == ()
    assert any("no prediction" in note for note in found.notes)
    largest_of_four = 1.551329  # the second moment of the largest of four standard normals
    row = found["conv1"]
    assert abs(row.forward - largest_of_four) < 4 * row.forward_se < 0.3
    with pytest.raises(NeedsFact):
        measure(net, scheme="asv-forward")
