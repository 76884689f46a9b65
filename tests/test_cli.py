"""The command line as a user types it: what it prints, what it writes, what it refuses."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from symvar.cli import main

needs_onnx = pytest.mark.skipif(find_spec("onnx") is None, reason="needs onnx")
needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")
needs_plots = pytest.mark.skipif(find_spec("matplotlib") is None, reason="needs matplotlib")

MODELS = """
from symvar import Network, sequential
from symvar.layers import Conv, Dense, Flatten, Input, MaxPool

def network():
    return sequential([Conv(4, 3), "relu", MaxPool(2), Flatten(), Dense(2)], input=(3, 8, 8))

def module():
    from torch import nn
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2))

def tied():
    return sequential([MaxPool(2), Conv(4, 3)], input=(3, 8, 8))

def broken():
    raise RuntimeError("no weights here")

def cyclic():
    layers = {"in": Input((3,)), "a": Dense(3), "b": Dense(3)}
    return Network(layers, [("a", "b"), ("b", "a")])

def large_kernel():
    return sequential([Conv(4, 9, padding=1)], input=(3, 5, 5))

def odd_groups():
    return sequential([Conv(4, 3, groups=2)], input=(3, 5, 5))

def no_window():
    return sequential(["relu", MaxPool(0)], input=(3, 5, 5))

number = 3
"""


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(monkeypatch, capsys):
    """The command line in this process, from a folder."""

    def call(*arguments, cwd):
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["symvar", *map(str, arguments)])
        monkeypatch.delitem(sys.modules, "models", raising=False)
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = capsys.readouterr()
        return Done(stopped.value.code, out, err)

    return call


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "models.py").write_text(MODELS)
    return tmp_path


def test_the_installed_command_runs_as_a_process():
    command = [sys.executable, "-c", "from symvar.cli import main; main()", "tables"]
    bad = subprocess.run([*command, "--digits", "0"], capture_output=True, text=True, check=False)
    assert bad.returncode == 2
    assert "Traceback" not in bad.stderr
    assert subprocess.run([*command, "--max-window", "1"], check=False).returncode == 0


def files(folder):
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.name for path in found if "__pycache__" not in path.parts)


def test_tables_to_the_terminal_and_to_a_folder(run, tmp_path):
    done = run("tables", "--max-window", 3, "--digits", 12, cwd=tmp_path)
    table = json.loads(done.stdout)
    assert table["digits"] == 12
    assert len(table["constants"]) == 12
    formats = "json,csv,latex,markdown,npz"
    done = run("tables", "--max-window", 3, "--format", formats, "--out", "new/t", cwd=tmp_path)
    assert done.returncode == 0
    assert files(tmp_path) == [
        f"pool_constants.{end}" for end in ("csv", "json", "md", "npz", "tex")
    ]


def test_list_names_everything_that_was_found(run, tmp_path):
    from symvar.layers import all_layers
    from symvar.schemes import all_schemes

    names = {entry["name"] for entry in json.loads(run("list", "--json", cwd=tmp_path).stdout)}
    assert names >= {*all_layers(), *all_schemes(), "iid", "relu", "identity"}
    assert "asv-backward" in run("list", cwd=tmp_path).stdout


def test_analyze_prints_and_writes(run, folder):
    done = run("analyze", "models:network", "--latex", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "conv1" in done.stdout
    assert "assumed:" in done.stdout
    assert files(folder) == ["asv-forward.tex", "kaiming-fan-in.tex", "models.py"]


def test_analyze_as_json(run, folder):
    done = run("analyze", "models:network", "--scheme", "lecun,xavier", "--json", cwd=folder)
    assert [each["scheme"] for each in json.loads(done.stdout)] == ["lecun", "xavier"]


@needs_plots
@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_the_picture_is_the_same_to_the_byte(run, folder, suffix):
    first, second = (folder / f"{each}.{suffix}" for each in "ab")
    for path in (first, second):
        assert run("analyze", "models:network", "--plot", path, cwd=folder).returncode == 0
    assert first.read_bytes() == second.read_bytes()


@needs_torch
def test_a_torch_module_needs_its_input(run, folder):
    done = run("analyze", "models:module", "--input", "3x8x8", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "3 " in done.stdout


def test_derive_lists_prints_and_writes(run, tmp_path):
    names = run("derive", "--list", cwd=tmp_path).stdout.split()
    assert {"asv-forward", "asv-backward", "kaiming-fan-in", "xavier"} <= set(names)
    done = run("derive", "asv-forward", cwd=tmp_path)
    assert done.stdout.startswith("# asv-forward: ")
    assert done.stdout.count("Verdict: proved") == done.stdout.count("$$") // 2
    done = run("derive", "asv-forward", "--notation", "asv", cwd=tmp_path)
    assert r"\tau_{\ell-1}" in done.stdout
    listed = json.loads(run("derive", "--list", "--json", cwd=tmp_path).stdout)
    assert [each["name"] for each in listed] == names
    done = run("derive", "--all", "--format", "latex", "--out", "d", cwd=tmp_path)
    assert files(tmp_path) == sorted(f"{name}.tex" for name in names)
    done = run("derive", "lecun", "--format", "html", "--out", "d", cwd=tmp_path)
    assert (tmp_path / "d" / "lecun.html").read_text().startswith("<!DOCTYPE html>")


BAD = [
    (("tables", "--digits", 0), "digits: need"),
    (("tables", "--digits", -3), "digits: need"),
    (("tables", "--digits", 10**9), "digits: need"),
    (("tables", "--max-window", 0), "max_window: need"),
    (("tables", "--pool", "median"), "max"),
    (("tables", "--format", "jsn"), "did you mean 'json'?"),
    (("tables", "--format", "json,csv"), "--out"),
    (
        ("analyze", "model.pt"),
        "MODEL: need file.onnx, package.module:callable or a name of the zoo",
    ),
    (("analyze", "missing.onnx"), "missing.onnx: need a whole, valid ONNX file"),
    (("analyze", "nowhere:build"), "No module named 'nowhere'"),
    (("analyze", "models:missing"), "no 'missing' in 'models'"),
    (("analyze", "models:number"), "which is int"),
    (("analyze", "models:broken"), "no weights here"),
    (("analyze", "models:network", "--scheme", "kaimin"), "did you mean 'kaiming-fan-in'?"),
    (("analyze", "models:network", "--theory", "idd"), "did you mean 'iid'?"),
    (("analyze", "models:tied"), "node 'maxpool1' (maxpool)"),
    (("analyze", "models:cyclic"), "have a cycle "),
    (("analyze", "models:large_kernel"), "node 'conv1' (conv), window: need a kernel of at most 7"),
    (("analyze", "models:odd_groups"), "node 'conv1' (conv), groups: need a number that divides"),
    (("analyze", "models:no_window"), "node 'maxpool1' (maxpool), kernel: need a positive integer"),
    (("derive", "asv-forwad"), "did you mean 'asv-forward'?"),
    (("derive", "asv-forward", "--format", "pdf"), "format: need a known format"),
    (("derive", "lecun", "--notation", "he"), "notation: need a known notation"),
    (("derive",), "NAME: need a name or --all"),
]


@pytest.mark.parametrize(
    ("arguments", "words"),
    BAD,
    ids=lambda each: " ".join(map(str, each)) if isinstance(each, tuple) else "",
)
def test_bad_input_is_one_line_and_exit_code_2(run, folder, arguments, words):
    if arguments[-1] == "missing.onnx":
        pytest.importorskip("onnx")
    before = files(folder)
    place = {"tables": "--out", "derive": "--out", "analyze": "--latex"}[arguments[0]]
    anywhere = () if words == "--out" else (place, "new")
    done = run(*arguments, *anywhere, cwd=folder)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("error: ")
    assert words in line
    for fact in (": need ", "; have "):
        assert fact in line
    assert files(folder) == before


@needs_plots
def test_an_unknown_picture_format_writes_nothing(run, folder):
    done = run("analyze", "models:network", "--plot", "p.jpeg", "--latex", "out", cwd=folder)
    assert done.returncode == 2
    assert "picture format" in done.stderr
    assert files(folder) == ["models.py"]


@needs_torch
@pytest.mark.parametrize(
    ("input", "words"),
    [
        (None, "--input: need the input size of a torch module"),
        ("3,8,8", "3x224x224"),
        ("0x8", "3x224x224"),
        ("5x8x8", "torch.export can trace"),
    ],
)
def test_a_bad_input_size(run, folder, input, words):
    extra = () if input is None else ("--input", input)
    done = run("analyze", "models:module", *extra, cwd=folder)
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@needs_onnx
def test_an_onnx_file_cut_in_half(run, tmp_path):
    from symvar.demo import real_network

    whole = real_network("vgg19").read_bytes()
    (tmp_path / "half.onnx").write_bytes(whole[: len(whole) // 2])
    done = run("analyze", "half.onnx", "--latex", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: half.onnx: need a whole, valid ONNX file; have ")
    assert done.stderr.count("\n") == 1
    assert files(tmp_path) == ["half.onnx"]


@needs_onnx
def test_an_operator_no_layer_reads(run, tmp_path):
    import onnx
    from onnx import TensorProto, helper

    sides = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3]) for name in "xz"]
    chain = (("a", "x", "y"), ("b", "y", "z"))
    nodes = [helper.make_node("Det2", [x], [y], name=name) for name, x, y in chain]
    graph = helper.make_graph(nodes, "g", sides[:1], sides[1:])
    onnx.save(helper.make_model(graph), tmp_path / "m.onnx")
    before = files(tmp_path)
    done = run("analyze", "m.onnx", "--latex", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert re.match(r"error: node 'a' \(Det2\): need onnx operators .*Det2 \(2x: ", done.stderr)
    assert done.stderr.count("\n") == 1
    assert files(tmp_path) == before


@needs_onnx
def test_an_onnx_file_states_its_own_input(run, tmp_path):
    from symvar.demo import real_network

    done = run("analyze", real_network("vgg19"), "--input", "3x32x32", cwd=tmp_path)
    assert done.returncode == 2
    assert "states its own input" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("tables", "--max-window", "2", "--out", "file/deep"),
        ("derive", "lecun", "--out", "file"),
        ("analyze", "models:network", "--latex", "file/deep"),
    ],
)
def test_a_place_that_cannot_be_written(run, folder, arguments):
    (folder / "file").write_text("a file, not a folder")
    done = run(*arguments, cwd=folder)
    assert done.returncode == 2
    assert "need a file that can be written" in done.stderr
    assert done.stderr.count("\n") == 1
    assert files(folder) == ["file", "models.py"]
    assert (folder / "file").read_text() == "a file, not a folder"


@needs_onnx
@needs_plots
def test_the_demo_does_the_main_job(run, tmp_path):
    done = run("demo", "--out", "d", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    written = {path.name for path in Path(tmp_path, "d").iterdir()}
    assert written == {
        *(f"pool_constants.{end}" for end in ("json", "csv", "tex", "md")),
        "vgg19.png",
        "vgg19-kaiming-fan-in.tex",
        "vgg19-asv-forward.tex",
    }
    closing = done.stdout.strip().splitlines()[-1]
    assert all(name in closing for name in written)
    constants = json.loads((tmp_path / "d/pool_constants.json").read_text())["constants"]
    assert len(constants) == 4 * 64
    again = run("demo", "--out", "e", cwd=tmp_path)
    assert again.stdout.replace("e/", "d/") == done.stdout
    for name in written:
        assert (tmp_path / "d" / name).read_bytes() == (tmp_path / "e" / name).read_bytes()


@needs_plots
def test_tables_with_a_picture_write_both_or_only_the_picture(run, tmp_path):
    small = ("tables", "--max-window", 3, "--digits", 8)
    assert run(*small, "--plot", "p.png", cwd=tmp_path).returncode == 0
    assert files(tmp_path) == ["p.png"]
    done = run(*small, "--plot", "p.svg", "--out", "t", cwd=tmp_path)
    assert done.returncode == 0
    assert files(tmp_path) == ["p.png", "p.svg", "pool_constants.json"]
    assert run(*small, "--plot", "q.bmp", "--out", "u", cwd=tmp_path).returncode == 2
    assert files(tmp_path) == ["p.png", "p.svg", "pool_constants.json"]
