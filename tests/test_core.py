"""The core stands without torch, onnx, matplotlib and pandas."""

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

OPTIONAL = ("torch", "onnx", "matplotlib", "pandas")


def test_import_pulls_in_no_optional_package():
    code = f"import sys, symvar; print([m for m in {OPTIONAL!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif("SYMVAR_CORE_ONLY" not in os.environ, reason="only in `make test-core`")
def test_the_core_environment_has_no_optional_package():
    assert [name for name in OPTIONAL if find_spec(name)] == []


def test_the_main_path_runs_where_optional_packages_cannot_be_imported(tmp_path):
    code = f"""
import sys
for name in {OPTIONAL!r}:
    sys.modules[name] = None
from symvar import derive, propagate, sequential, tables
from symvar.layers import Conv, Dense, Flatten, MaxPool
net = sequential([Conv(4, 3, padding=1), "relu", MaxPool(2), Flatten(), Dense(3)], input=(3, 8, 8))
profile = propagate(net, "asv-forward")
assert profile["dense1"].forward == 1
profile.to_json(), profile.to_latex(), str(profile)
derive("asv-forward").to_latex()
print(tables.build(max_window=8, digits=20).to_csv().count("tau"))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "32", "")


@pytest.mark.parametrize(
    ("package", "call"),
    [
        ("onnx", "symvar.from_onnx('model.onnx')"),
        ("torch", "symvar.from_torch(None)"),
        ("matplotlib", "symvar.propagate(net, 'lecun').plot()"),
        ("pandas", "symvar.propagate(net, 'lecun').to_frame()"),
        ("pandas", "symvar.tables.build(2, 5).to_frame()"),
    ],
)
def test_a_missing_package_is_named_with_its_remedy(package, call):
    code = f"""
import sys
sys.modules[{package!r}] = None
import symvar
from symvar.layers import Dense
net = symvar.sequential([Dense(2)], input=(3,))
try:
    {call}
except symvar.SymvarError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"need {package}" in done.stdout
    assert "pip install 'symvar[" in done.stdout
