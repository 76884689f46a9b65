"""``symvar analyze``: measuring, pages, pictures, and what it refuses before it writes."""

import json
from importlib.util import find_spec

import pytest

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")
needs_plots = pytest.mark.skipif(find_spec("matplotlib") is None, reason="needs matplotlib")
needs_onnx = pytest.mark.skipif(find_spec("onnx") is None, reason="needs onnx")

MODELS = """
from symvar import sequential
from symvar.layers import BatchNorm, Conv, Dense, Flatten, MaxPool

def network():
    return sequential([Conv(4, 3), "relu", MaxPool(2), Flatten(), Dense(2)], input=(3, 8, 8))

def module():
    from torch import nn
    layers = [nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2)]
    return nn.Sequential(*layers)

def half():
    return module().half()

"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "models.py").write_text(MODELS)
    return tmp_path


def files(folder):
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.name for path in found if "__pycache__" not in path.parts)


def test_the_listing_names_every_node(analyze):
    code, out, _ = analyze("models:network")
    assert code == 0
    for word in (
        "conv1",
        "relu1",
        "maxpool1",
        "flatten1",
        "dense1",
        "kaiming-",
        "asv-",
        "assumed:",
    ):
        assert word in out
    assert "measured" not in out


def test_a_model_of_the_zoo(analyze):
    code, out, _ = analyze("plain20", "--scheme", "lecun")
    assert code == 0
    assert "20 weighted layers" in out


@needs_torch
def test_measuring_a_network_and_a_module(analyze):
    for model, extra in (("models:network", ()), ("models:module", ("--input", "3x8x8"))):
        code, out, err = analyze(model, *extra, "--measure", "--draws", 3, "--scheme", "lecun")
        assert code == 0, err
        assert "measured: lecun, 3 draws" in out
    assert "3 draws of 8 inputs" in out  # batch norm on 6x6 positions


@needs_torch
def test_measuring_follows_the_seed(analyze):
    shown = [
        analyze("models:network", "--measure", "--draws", 2, "--seed", seed, "--json")[1]
        for seed in (1, 1, 2)
    ]
    assert shown[0] == shown[1] != shown[2]
    first, second = json.loads(shown[0])
    assert first["schema"] == "symvar/measurement/1"
    assert [first["scheme"], second["scheme"]] == ["kaiming-fan-in", "asv-forward"]
    assert first["predicted"][0]["scheme"] == "kaiming-fan-in"


@needs_torch
def test_a_half_model_is_measured_in_single_precision(analyze):
    code, out, err = analyze("models:half", "--input", "3x8x8", "--measure", "--draws", 1)
    assert code == 0, err
    assert "run in float32; the model's own is float16" in out


@needs_torch
@needs_plots
def test_everything_at_once(analyze, folder):
    code, out, err = analyze(
        "models:network", "--measure", "--draws", 2, "--plot", "p.svg", "--html", "new/p.html",
        "--latex", "tex",
    )  # fmt: skip
    assert code == 0, err
    assert files(folder) == [
        "asv-forward.tex",
        "kaiming-fan-in.tex",
        "models.py",
        "p.html",
        "p.svg",
    ]
    page = (folder / "new/p.html").read_text()
    assert "asv-forward, 2 draws" in page
    assert "measured" in (folder / "tex/asv-forward.tex").read_text()
    assert all(f"wrote {name}" in out for name in ("p.svg", "new/p.html", "tex/asv-forward.tex"))


@needs_onnx
@needs_torch
def test_a_real_onnx_file_is_measured(analyze):
    from symvar.demo import real_network

    code, out, err = analyze(
        real_network("squeezenet"), "--scheme", "lecun", "--measure", "--draws", 1
    )
    assert code == 0, err
    assert "measured: lecun, 1 draw of 1 input" in out


@needs_torch
def test_an_interruption_shows_what_is_finished(analyze, monkeypatch):
    from symvar.adapters.torch_session import Session

    whole, calls = Session.draw, []

    def impatient(self, seed, number):
        calls.append(number)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return whole(self, seed, number)

    monkeypatch.setattr(Session, "draw", impatient)
    code, out, _ = analyze("models:network", "--measure", "--draws", 5)
    assert code == 0
    assert "interrupted: 2 of 5 draws were finished" in out
    assert "measured: asv-forward" not in out


BAD = [
    (("--measure", "--draws", 0), "draws: need a whole number of at least 1"),
    (("--measure", "--seed", -1), "seed: need"),
    (("--measure", "--batch", 0), "--batch: need"),
    (("--measure", "--dtype", "float16"), "float32, float64"),
    (("--scheme", "lecunn"), "did you mean 'lecun'"),
    (("--theory", "idd"), "did you mean 'iid'"),
    (("--plot", "p.jpeg"), "picture format"),
    (("--html", "models.py/p.html"), "need a file that can be written"),
    (("--html", "new/a.html", "--latex", "models.py/tex"), "need a file that can be written"),
]


@needs_torch
@needs_plots
@pytest.mark.parametrize(("arguments", "words"), BAD, ids=[words for _, words in BAD])
def test_bad_input_is_one_line_and_nothing_is_written(analyze, folder, arguments, words):
    before = files(folder)
    wanted = () if "--html" in arguments else ("--html", "page.html")
    code, out, err = analyze("models:network", *wanted, *arguments)
    assert code == 2
    (line,) = err.strip().splitlines()
    assert line.startswith("error: ")
    assert words in line
    assert out == ""
    assert files(folder) == before


@needs_torch
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("models:module", "--input", "3x8x8", "--batch", 1), "a batch of 1, and batch norm at"),
        (("models:module",), "--input: need the input size"),
        (("models:module", "--input", "5x8x8"), "torch.export can trace"),
        (("weights.pt",), "never"),
    ],
)
def test_models_that_cannot_be_measured(analyze, folder, arguments, words):
    code, _, err = analyze(*arguments, "--measure", "--html", "page.html")
    assert code == 2
    assert words in err
    assert len(err.strip().splitlines()) == 1
    assert files(folder) == ["models.py"]
