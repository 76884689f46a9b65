"""Models that cannot be read whole, or not at all: one line that says what to change."""

import pickle
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

import symvar.torch  # noqa: E402
from symvar import Builder, from_torch, measure, propagate  # noqa: E402
from symvar.errors import ArgumentError, GraphError, ModelFileError, UnsupportedOperator  # noqa: E402
from symvar.layers import Boundary, Conv, Dense  # noqa: E402
from symvar.models import load  # noqa: E402


class Branching(nn.Module):
    """Control flow that depends on the data."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(3, 3)

    def forward(self, x):
        return self.inner(x).relu() if x.sum() > 0 else x


class Two(nn.Module):
    """Two inputs."""

    def forward(self, a, b):
        return a + b


def told(error, module, *inputs, **options):
    with pytest.raises(error) as caught:
        from_torch(module, *inputs, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_control_flow_on_data(capfd):
    assert "control flow depends on the data" in told(GraphError, Branching(), torch.zeros(1, 3))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("call", [symvar.torch.init_, measure])
def test_control_flow_on_data_stops_whatever_traces(call, capfd):
    with pytest.raises(GraphError, match="control flow depends on the data"):
        call(Branching(), torch.zeros(1, 3))
    assert capfd.readouterr() == ("", "")


def test_an_example_of_whole_numbers():
    message = told(GraphError, nn.Conv1d(3, 2, 1), torch.zeros(1, 3, 4, dtype=torch.int64))
    assert "example.to(torch.float32)" in message


def test_a_bare_batch_is_no_input():
    net = from_torch(nn.Linear(3, 2), torch.zeros(1, 3))
    with pytest.raises(ArgumentError, match=r"have Tensor; wrap a batch in symvar\.inputs\.Images"):
        propagate(net, "lecun", input=torch.zeros(2, 3))


def test_only_the_shape_of_an_example_is_read():
    """Memory that torch.empty finds may hold anything."""
    example = torch.full((1, 3, 8, 8), float("nan"))
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 2, 3))
    profile = symvar.torch.init_(module, example)
    assert profile == symvar.torch.init_(module, torch.zeros_like(example))
    assert all(each.isfinite().all() for each in module.parameters())
    rows = measure(module, example, draws=2, seed=0).rows
    assert all(row.forward == row.forward for row in rows)


def test_several_inputs():
    message = told(ArgumentError, Two(), torch.zeros(1, 3), torch.zeros(1, 3))
    assert "2 tensors" in message
    assert "several inputs" in message


def test_an_example_of_another_precision():
    message = told(GraphError, nn.Conv1d(3, 2, 1).half(), torch.zeros(1, 3, 4))
    assert "example.to(torch.float16)" in message


def test_half_precision_and_frozen_modules_are_read():
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 2, 3)).half()
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    net = from_torch(module.eval(), torch.zeros(1, 3, 8, 8, dtype=torch.float16))
    assert [row.fan_in for row in propagate(net, "lecun").rows] == [27, 36]


def test_an_example_on_another_device():
    with torch.device("meta"):
        module = nn.Linear(3, 2)
    message = told(GraphError, nn.Sequential(nn.Linear(3, 3), module), torch.zeros(1, 3))
    assert "trace" in message
    message = told(GraphError, module, torch.zeros(1, 3))
    assert "on meta and the example on cpu" in message


def test_a_wrong_shape_tells_torch_s_own_reason(capfd):
    assert "[1, 4] X [3, 2]" in told(GraphError, nn.Linear(3, 2), torch.zeros(1, 4))
    assert capfd.readouterr().err == ""


def test_a_symbolic_size_that_may_be_too_small():
    h = torch.export.Dim("h")
    message = told(
        GraphError, nn.Conv2d(3, 4, 3), torch.zeros(1, 3, 9, 9), dynamic_shapes=({2: h},)
    )
    assert "Dim('h', min=3)" in message


class Mixed(nn.Module):
    """Two convolutions with operators between them that no layer reads."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv1d(2, 4, 3, bias=False)
        self.second = nn.Conv1d(4, 6, 1, bias=False)
        self.third = nn.Conv1d(6, 3, 1, bias=False)

    def forward(self, x):
        x = self.second(torch.cumsum(self.first(x), 2).flip(1))
        return self.third(torch.relu(x)).cumsum(2)


def test_one_error_lists_every_operator_that_is_not_read():
    message = told(UnsupportedOperator, Mixed(), torch.zeros(1, 2, 7))
    assert "aten.cumsum (2x: cumsum, cumsum_1); aten.flip (1x: flip)" in message
    assert "partial=True" in message


def test_a_partial_import_keeps_them_as_boundaries_that_every_output_marks():
    net = from_torch(Mixed(), torch.zeros(1, 2, 7), partial=True)
    stops = [node for node in net if isinstance(node.layer, Boundary)]
    assert [node.layer.operator for node in stops] == ["aten.cumsum", "aten.flip", "aten.cumsum"]
    assert "Boundary" in repr(net)
    profile = propagate(net, "lecun")
    rows = {row.name: row for row in profile.rows}
    # each piece is a network of its own: white units before it, unit cotangents behind it
    assert rows["second"].forward == 1
    assert rows["third"].forward == rows["second"].forward / 2
    assert rows["first"].backward == 1
    assert rows["third"].backward == 1
    assert rows["second"].backward == 3 * rows["third"].weight_variance / 2
    marked = {text: nodes for text, nodes in profile.assumptions.items() if "BOUNDARY" in text}
    assert {name for nodes in marked.values() for name in nodes} == {each.name for each in stops}
    assert profile.boundaries == tuple(each.name for each in stops)
    for shown in (profile.to_json(), str(net["cumsum"].layer)):
        assert "aten.cumsum" in shown


def test_a_boundary_equals_a_network_that_starts_there():
    build = Builder((2, 7))
    first = build.node(Conv(4, 3, bias=False), "input", name="first")
    stop = build.node(Boundary((4, 5), "mine"), first)
    build.node(Conv(6, 1, bias=False), stop, name="second")
    cut = propagate(build.network(), "asv-backward")
    alone = Builder((4, 5))
    alone.node(Conv(6, 1, bias=False), "input", name="second")
    assert cut["second"] == propagate(alone.network(), "asv-backward")["second"]


@pytest.mark.filterwarnings("ignore")
def test_a_recurrent_layer_in_the_middle_is_a_boundary():
    class Recurrent(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell, self.head = nn.LSTM(3, 5, batch_first=True), nn.Linear(5, 2)

        def forward(self, x):
            return self.head(self.cell(x)[0])

    net = from_torch(Recurrent(), torch.zeros(2, 4, 3), partial=True)
    (stop,) = (node for node in net if isinstance(node.layer, Boundary))
    assert (stop.layer.operator, stop.after) == ("aten.lstm", (4, 5))
    assert net["head"].mix.fan_in == 5


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("models.py").write_text(
        "import torch\n"
        "def half(): return torch.nn.Linear(3, 2).half()\n"
        "def number(): return 3\n"
        "def broken(): raise RuntimeError('no luck\\ntoday')\n"
        "def weightless(): return torch.nn.ReLU()\n"
        "made = torch.nn.Sequential(torch.nn.Linear(3, 2))\n"
        "level = 7\n"
    )
    Path("torn.py").write_text("import nothing_of_that_name\n")
    yield tmp_path
    import sys

    for name in ("models", "torn"):
        sys.modules.pop(name, None)


BAD = {
    "a module that does not import": ("torn:model", None, "nothing_of_that_name"),
    "a module that is not there": ("nowhere:model", None, "No module named 'nowhere'"),
    "no such callable": ("models:haf", "3", r"no 'haf' in 'models'.*did you mean 'half'"),
    "a callable that fails": ("models:broken", "3", "RuntimeError: no luck today"),
    "what is no model": ("models:number", "3", "which returns int"),
    "what cannot be called": ("models:level", "3", "which is int"),
    "no input size": ("models:half", None, "the input size of a torch module"),
    "a bad input size": ("models:half", "3x0", "positive whole numbers"),
    "a wrong input size": ("models:half", "4", r"\[1, 4\] X \[3, 2\]"),
    "no weights at all": ("models:weightless", "3", "at least one layer with weights"),
    "a pickled model": ("weights.pth", None, "never does"),
    "a missing file": ("missing.onnx", None, "No such file"),
    "an unknown name": ("resnet5", None, "a name of the zoo"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_model_that_cannot_be_loaded(case, folder):
    pytest.importorskip("onnx")
    model, size, words = BAD[case]
    with pytest.raises((ArgumentError, GraphError, ModelFileError), match=words) as caught:
        load(model, size)
    assert "\n" not in str(caught.value)


def test_a_half_precision_model_and_a_model_itself_are_loaded(folder):
    assert load("models:half", "3").outputs[0].layer == Dense(2)
    assert load("models:made", "3")["0"].layer == Dense(2)


def test_a_pickle_is_never_opened(folder):
    """A file that would write to disk if it were unpickled."""

    class Trap:
        def __reduce__(self):
            return (Path("sprung").touch, ())

    for name in ("trap.pt", "trap.pkl", "trap.onnx", "trap"):
        Path(name).write_bytes(pickle.dumps(Trap()))
        with pytest.raises((ArgumentError, ModelFileError)):
            load(name)
    assert not Path("sprung").exists()
