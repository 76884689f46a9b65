"""``symvar analyze`` with several theories, other inputs and maps."""

import json
from importlib.util import find_spec

import numpy as np
import pytest

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")
needs_plots = pytest.mark.skipif(find_spec("matplotlib") is None, reason="needs matplotlib")

MODELS = """
from symvar import sequential
from symvar.layers import Conv, Dense, Flatten, LpPool, MaxPool, PixelShuffle

def network():
    layers = [Conv(4, 3, padding=1), "relu", MaxPool(2), Flatten(), Dense(2)]
    return sequential(layers, input=(3, 8, 8))

def shuffled():
    return sequential([Conv(4, 3, padding=1), PixelShuffle(2), Conv(4, 3)], input=(3, 8, 8))

def powers():
    return sequential([Conv(4, 3), LpPool(2, 2), Conv(4, 1)], input=(3, 8, 8))

def module():
    from torch import nn
    layers = [nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 2)]
    return nn.Sequential(*layers)
"""

THREE = ("--theory", "iid,exchangeable,field")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "models.py").write_text(MODELS)
    rng = np.random.default_rng(0)
    np.save(tmp_path / "images.npy", rng.standard_normal((5, 3, 8, 8)))
    np.save(tmp_path / "small.npy", rng.standard_normal((5, 3, 4, 4)))
    np.save(tmp_path / "hole.npy", np.full((2, 3, 8, 8), np.nan))
    return tmp_path


def files(folder):
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".npy")
    return sorted(path.name for path in found if "__pycache__" not in path.parts)


def test_three_theories_stand_beside_each_other(analyze):
    code, out, err = analyze("models:network", *THREE)
    assert code == 0, err
    head = next(line for line in out.splitlines() if "exchangeable" in line and "iid" in line)
    assert "theories iid, exchangeable, field" in head
    heads = [line.split() for line in out.splitlines() if "backw." in line]
    assert len(heads) == 2  # a table for each scheme
    assert all(line.count("forw.") == line.count("backw.") == 3 for line in heads)
    assert all(line.count("σ") == 1 for line in heads)
    assert "solved once, kaiming-fan-in under theory iid, asv-forward under theory iid" in out


def test_one_theory_says_nothing_of_others(analyze):
    code, out, _ = analyze("models:network", "--theory", "field")
    assert code == 0
    assert "theory field, white input" in out
    assert "solved once" not in out
    (first, _) = json.loads(analyze("models:network", "--theory", "field", "--json")[1])
    assert "solved_under" not in first


def test_a_theory_that_cannot_speak_is_left_out_by_name(analyze):
    arguments = ("models:shuffled", "--scheme", "lecun", "--theory", "field,iid,exchangeable")
    code, out, err = analyze(*arguments)
    assert code == 0, err
    assert "theories iid, exchangeable, white input" in out
    assert "lecun under theory iid" in out
    (line,) = (line for line in out.splitlines() if "left out" in line)
    assert line.startswith("theory field left out, lecun: node 'pixelshuffle1'")
    *said, gone = json.loads(analyze(*arguments, "--json")[1])
    assert [each["theory"] for each in said] == ["iid", "exchangeable"]
    assert {each["solved_under"] for each in said} == {"iid"}
    assert (gone["schema"], gone["theory"]) == ("symvar/left-out/1", "field")
    assert "pixelshuffle1" in gone["reason"]


def test_one_left_of_two_is_still_told(analyze):
    code, out, _ = analyze("models:powers", "--scheme", "lecun", "--theory", "field,iid")
    assert code == 0
    assert "theory iid, white input" in out
    assert "theory field left out, lecun: node 'lppool1'" in out
    out = analyze("models:powers", "--theory", "field,iid")[1]
    assert out.count("left out, kaiming-fan-in, asv-forward: node 'lppool1'") == 1


def test_where_no_theory_can_speak_it_is_an_error(analyze, folder):
    code, out, err = analyze("models:powers", "--theory", "field,exchangeable", "--html", "p.html")
    assert (code, out) == (2, "")
    assert err.startswith("error: node 'lppool1'")
    assert "theory field" in err
    assert files(folder) == ["models.py"]


@needs_torch
def test_predictions_and_runs_get_the_same_input(analyze):
    code, out, err = analyze(
        "models:network", *THREE, "--input-kind", "images:images.npy", "--measure", "--draws", 2,
        "--scheme", "lecun", "--json",
    )  # fmt: skip
    assert code == 0, err
    found, gone = json.loads(out)
    assert found["schema"] == "symvar/measurement/1"
    assert found["input"] == "images (5)"
    assert [each["theory"] for each in found["predicted"]] == ["iid", "field"]
    assert gone["theory"] == "exchangeable"  # images are not correlated alike
    assert {each["input"] for each in found["predicted"]} == {"images (5)"}
    assert found["solved_under"] == "iid"


@needs_torch
def test_a_module_is_drawn_with_the_variances_shown(analyze):
    """Behind a pool, those depend on the input: ones make the units of a window equal."""
    arguments = ("models:module", "--input", "3x8x8", "--input-kind", "constant")
    arguments += ("--scheme", "exact-forward", "--theory", "field,iid", "--json")
    shown, iid = json.loads(analyze(*arguments)[1])
    (found,) = json.loads(analyze(*arguments, "--measure", "--draws", 1)[1])
    assert [each["theory"] for each in found["predicted"]] == ["field", "iid"]
    assert found["solved_under"] == "field"
    for one, other in ((shown, found["predicted"][0]), (iid, found["predicted"][1])):
        assert one["rows"] == other["rows"]
    forward = [float(row["forward"]["value"]) for row in shown["rows"]]
    assert forward == pytest.approx([1, 1])


@needs_torch
def test_a_theory_left_out_is_measured_without(analyze):
    code, out, err = analyze(
        "models:shuffled", "--scheme", "lecun", "--theory", "field,iid", "--measure", "--draws", 2
    )
    assert code == 0, err
    assert "left out, lecun: node 'pixelshuffle1'" in out
    assert "theory iid: the median" in out
    assert "theory field: the median" not in out


@needs_torch
@needs_plots
def test_every_file_with_several_theories(analyze, folder):
    code, out, err = analyze(
        "models:network", *THREE, "--scheme", "lecun", "--measure", "--draws", 2,
        "--plot", "p.png", "--html", "p.html", "--latex", "tex", "--map", "conv1=m.png",
        "--map", "relu1=m.svg",
    )  # fmt: skip
    assert code == 0, err
    reports = [f"lecun-{theory}.tex" for theory in ("exchangeable", "field", "iid")]
    assert files(folder) == [*reports, "m.png", "m.svg", "models.py", "p.html", "p.png"]
    for name in ("p.png", "m.png"):
        assert (folder / name).read_bytes().startswith(b"\x89PNG")
        assert f"wrote {name}" in out
    page = (folder / "p.html").read_text()
    assert "lecun, exchangeable" in page
    assert page.count("Variance by position") == 1
    assert "lecun, correlation of two pre-activations" in page
    assert "under theory field" in (folder / "tex/lecun-field.tex").read_text()


@needs_plots
def test_maps_need_no_theory_field_beside(analyze, folder):
    code, _, err = analyze("models:network", "--scheme", "lecun", "--map", "maxpool1=m.pdf")
    assert code == 0, err
    assert (folder / "m.pdf").read_bytes().startswith(b"%PDF")


BAD = [
    (("--input-kind", "pink"), "known: constant, correlated"),
    (("--input-kind", "whte"), "did you mean 'white'"),
    (("--input-kind", "white:3"), "leave out what is behind the colon"),
    (("--input-kind", "correlated:-1"), "correlation length in pixels"),
    (("--input-kind", "correlated:x"), "a correlation length in pixels"),
    (("--input-kind", "images:none.npy"), "a .npy file of numbers"),
    (("--input-kind", "images:models.py"), "a .npy file of numbers"),
    (("--input-kind", "images:small.npy"), "images of shape (3, 8, 8)"),
    (("--input-kind", "images:hole.npy"), "finite numbers"),
    (("--theory", "iid,iid"), "each once"),
    (("--theory", "iid,feild"), "did you mean 'field'"),
    (("--theory", "iid,"), "a known theory"),
    (("--map", "conv1"), "need LAYER=FILE"),
    (("--map", "conv2=m.png"), "did you mean 'conv1'"),
    (("--map", "dense1=m.png"), "choose e.g. conv1"),
    (("--map", "conv1=m.jpeg"), "picture format"),
]


@needs_plots
@pytest.mark.parametrize(("arguments", "words"), BAD, ids=[" ".join(each) for each, _ in BAD])
def test_bad_input_is_one_line_and_nothing_is_written(analyze, folder, arguments, words):
    code, out, err = analyze("models:network", "--html", "page.html", *arguments)
    assert code == 2
    (line,) = err.strip().splitlines()
    assert line.startswith("error: ")
    assert words in line
    assert out == ""
    assert files(folder) == ["models.py"]


@needs_plots
def test_a_map_that_theory_field_cannot_make(analyze, folder):
    code, _, err = analyze("models:powers", "--scheme", "lecun", "--map", "conv1=m.png")
    assert code == 2
    assert "lppool1" in err
    assert files(folder) == ["models.py"]
