"""``symvar init`` as a user types it."""

from __future__ import annotations

import json
import sys

import pytest

from symvar.cli import main

torch = pytest.importorskip("torch")

MODELS = """
from torch import nn

def module():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(),
                         nn.Linear(144, 2))

def half():
    return module().half()

def network():
    from symvar import sequential
    from symvar.layers import Conv, ConvTranspose, Dense, Flatten
    return sequential([Conv(4, 3), "relu", ConvTranspose(6, 2, 2, bias=False), Flatten(), Dense(2)],
                      input=(3, 8, 8))

def number():
    return 3

def relu():
    return nn.ReLU()
"""


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    (tmp_path / "drawn.py").write_text(MODELS)
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["symvar", "init", *map(str, arguments)])
        monkeypatch.delitem(sys.modules, "drawn", raising=False)
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = capsys.readouterr()
        return stopped.value.code, out, err

    return call


def loaded(path):
    return torch.load(path, weights_only=True)


def test_a_modules_state_is_written_and_loads_without_unpickling_code(run, tmp_path):
    file = tmp_path / "new" / "weights.pt"
    code, out, _ = run("drawn:module", "--input", "3x8x8", "--scheme", "lecun", "--out", file)
    assert code == 0
    assert f"wrote {file}" in out
    assert "norm scale" in out
    state = loaded(file)
    assert set(state) == {
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var",
        "1.num_batches_tracked", "4.weight", "4.bias",
    }  # fmt: skip
    assert state["4.weight"].std().item() == pytest.approx(1 / 12, rel=0.2)
    assert not state["0.bias"].any()


def test_a_seed_repeats_the_file_and_another_changes_it(run, tmp_path):
    found = []
    for seed in (1, 1, 2):
        run("drawn:module", "--input", "3x8x8", "--seed", seed, "--out", "w.pt")
        found.append(loaded(tmp_path / "w.pt")["0.weight"])
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


def test_a_network_gets_weights_by_the_names_of_its_nodes(run, tmp_path):
    code, out, _ = run("drawn:network", "--distribution", "orthogonal", "--out", "w.pth", "--json")
    assert code == 0
    state = loaded(tmp_path / "w.pth")
    shapes = {name: tuple(each.shape) for name, each in state.items()}
    assert shapes == {
        "conv1.weight": (4, 3, 3, 3),
        "conv1.bias": (4,),
        "convtranspose1.weight": (4, 6, 2, 2),
        "dense1.weight": (2, 864),
        "dense1.bias": (2,),
    }
    written = json.loads(out[: out.rindex("}") + 1])
    assert written["parameters"]["conv1.weight"]["law"] == "orthogonal"


def test_a_half_precision_module_is_initialised_as_it_is(run, tmp_path):
    code, _, _ = run("drawn:half", "--input", "3x8x8", "--out", "w.pt")
    assert code == 0
    assert loaded(tmp_path / "w.pt")["0.weight"].dtype == torch.float16


def test_the_zoo_is_initialised(run, tmp_path):
    code, _, _ = run("squeezenet1.1", "--scheme", "xavier", "--out", "w.pt")
    assert code == 0
    assert len(loaded(tmp_path / "w.pt")) == 52


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("drawn:module", "--out", "w.pt"), "--input: need the input size"),
        (("drawn:module", "--input", "3x8x8", "--out", "w.onnx"), "ends in .pt or .pth"),
        (("drawn:number", "--out", "w.pt"), "which returns int"),
        (("drawn:nothing", "--out", "w.pt"), "no 'nothing' in 'drawn'"),
        (("nowhere:module", "--out", "w.pt"), "nowhere"),
        (("drawn:relu", "--input", "3", "--out", "w.pt"), "weighted layers"),
        (("drawn:module", "--input", "3x2x2", "--out", "w.pt"), "can trace"),
        (("drawn:network", "--scheme", "lsu", "--out", "w.pt"), "did you mean"),
        (("drawn:network", "--distribution", "gauss", "--out", "w.pt"), "known: delta"),
        (("missing.onnx", "--out", "w.pt"), "missing.onnx"),
        (("weights.pt", "--out", "w.pt"), "a name of the zoo"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(run, tmp_path, arguments, words):
    code, out, err = run(*arguments)
    assert code == 2
    assert out == ""
    assert words in err
    assert len(err.strip().splitlines()) == 1
    assert not (tmp_path / "w.pt").exists()
