"""The lookup table: true digits, every format, and the same bytes each time."""

from __future__ import annotations

import csv
import dataclasses
import importlib.resources
import io
import json
import shutil
import subprocess
import sys
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp

import symvar.integrals
from symvar import tables
from symvar.emit.latex import document
from symvar.errors import ArgumentError, MissingExtra
from symvar.integrals import gamma, tau

NAMES = {name: getattr(symvar.integrals, name) for name in symvar.integrals.__all__}


@pytest.fixture(scope="module")
def table():
    return tables.build(max_window=12, digits=30)


def test_schema(table):
    content = json.loads(table.to_json())
    assert list(content) == ["schema", "digits", "constants"]
    assert (content["schema"], content["digits"]) == ("symvar/pool-constants/1", 30)
    assert len(content["constants"]) == 2 * 2 * 12
    keys = ["name", "pool", "window", "value", "radius", "closed_form", "srepr", "latex"]
    keys.append("source")
    for constant in content["constants"]:
        assert list(constant) == keys
        assert isinstance(constant["value"], str)
        assert isinstance(constant["radius"], str)
    assert {(c["name"], c["pool"], c["window"]) for c in content["constants"]} == {
        (name, pool, window)
        for name in ("tau", "gamma")
        for pool in ("max", "avg")
        for window in range(1, 13)
    }


def test_every_digit_is_true(table, true_value):
    for entry in table.entries:
        value, radius = Fraction(entry.value), Fraction(entry.radius)
        error = abs(value - true_value(entry.name, entry.pool, entry.window))
        unit = Fraction(10) ** -(len(entry.value.split(".")[1]))
        slack = Fraction(1, 10**45)
        assert error <= radius + slack
        assert error <= unit
        assert radius <= unit
        assert len(entry.value.replace(".", "").lstrip("0")) == 30


@pytest.fixture(scope="session")
def true_value():
    """mpmath on the defining integral for tau of the maximum, whole numbers for the others."""

    def value(name, pool, window):
        if name == "gamma":
            top = Fraction(2**window - 1, 2**window * window)
            return top if pool == "max" else Fraction(1, 2 * window**2)
        with mpmath.workdps(60):
            if pool == "avg":
                number = (1 + (window - 1) / mpmath.pi) / (2 * window)
            else:
                number = window * mpmath.quad(
                    lambda s: s**2 * mpmath.npdf(s) * mpmath.ncdf(s) ** (window - 1),
                    range(17),
                    method="gauss-legendre",
                )
            return Fraction(mpmath.nstr(number, 55))

    return value


def test_closed_forms_and_names_read_back(table):
    for entry in table.entries:
        named = sp.sympify(entry.srepr, locals=NAMES)
        assert named == (tau if entry.name == "tau" else gamma)(entry.window, entry.pool)
        if entry.name == "tau" and entry.pool == "max" and entry.window > 7:
            assert entry.closed_form is None
            assert entry.latex is None
        else:
            closed = sp.sympify(entry.closed_form)
            assert closed.equals(named.doit())
            gap = abs(Fraction(str(closed.evalf(45))) - Fraction(entry.value))
            assert gap <= Fraction(entry.radius) + Fraction(1, 10**40)
    assert {entry.source for entry in table.entries} == {f"asv ({n})" for n in (12, 13, 15, 16)}


def test_large_windows_stay_readable():
    entry = next(e for e in tables.build(64, 20).entries if (e.name, e.window) == ("gamma", 64))
    assert (entry.closed_form, entry.latex) == ("(1 - 2**(-64))/64", r"\frac{1 - 2^{-64}}{64}")


def test_csv_and_markdown(table):
    rows = list(csv.DictReader(io.StringIO(table.to_csv())))
    assert len(rows) == len(table.entries)
    for row, entry in zip(rows, table.entries, strict=True):
        assert (row["name"], row["pool"], int(row["window"])) == (
            entry.name,
            entry.pool,
            entry.window,
        )
        assert (row["value"], row["radius"]) == (entry.value, entry.radius)
        assert row["closed_form"] == (entry.closed_form or "")
    lines = table.to_markdown().splitlines()
    assert len(lines) == 2 + len(table.entries)
    assert {line.count("|") for line in lines} == {7}
    assert lines[3].startswith(r"| $\tau_{2}$ | max | 2 | 0.909154943091895335768883763373 |")


def test_every_formula_typesets(table, katex):
    for entry in table.entries:
        if entry.latex:
            katex(entry.latex)
    for line in table.to_markdown().splitlines()[2:]:
        katex(line.split("$")[1])


def test_npz_holds_the_nearest_doubles(table, true_value):
    arrays = np.load(io.BytesIO(table.to_npz()))
    assert set(arrays.files) == {"window", "tau_max", "tau_avg", "gamma_max", "gamma_avg"}
    assert list(arrays["window"]) == list(range(1, 13))
    for name in ("tau", "gamma"):
        for pool in ("max", "avg"):
            array = arrays[f"{name}_{pool}"]
            assert array.dtype == np.float64
            assert list(array) == [float(true_value(name, pool, w)) for w in range(1, 13)]


def test_few_digits_still_give_exact_doubles():
    coarse, fine = tables.build(6, 1), tables.build(6, 60)
    assert coarse.to_npz() == fine.to_npz()
    assert [entry.value for entry in coarse.entries[:4]] == ["0.5", "0.9", "1", "2"]


def test_the_same_bytes_each_time(table, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 2e9)
    again = tables.build(max_window=12, digits=30)
    assert again.to_npz() == table.to_npz()
    for form in ("to_json", "to_csv", "to_markdown", "to_latex"):
        text = getattr(table, form)()
        assert getattr(again, form)() == text
        assert text.endswith("\n")
        assert "\r" not in text


def test_frame(table):
    pytest.importorskip("pandas")
    frame = table.to_frame()
    assert list(frame["value"]) == [entry.value for entry in table.entries]
    assert frame["window"].dtype.kind == "i"


def test_frame_without_pandas(table, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtra, match=r"need pandas.*pip install 'symvar\[frames\]'"):
        table.to_frame()


def test_latex_is_grouped_and_compiles(table, tmp_path):
    text = table.to_latex()
    assert "0.90915 49430 91895 33576 88837 63373" in text
    assert "\\begin{longtable}" in text
    assert "\\begin{tabular}" in tables.build(3, 50).to_latex()
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    for name, content in (("long", tables.build(12, 50)), ("short", tables.build(5, 50))):
        (tmp_path / f"{name}.tex").write_text(document(content.to_latex(), title="Constants"))
        command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", f"{name}.tex"]
        run = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, errors="replace"
        )
        assert run.returncode == 0, run.stdout[-2000:]
        assert "Overfull \\hbox" not in run.stdout


def test_progress_sees_every_constant():
    seen = []

    def progress(constants):
        for constant in constants:
            seen.append(constant)
            yield constant

    assert len(tables.build(3, 10, progress=progress).entries) == len(seen) == 12


def test_one_pool_may_be_named_alone():
    assert tables.build(2, 10, pool="avg") == tables.build(2, 10, pool=("avg", "avg"))
    assert {entry.pool for entry in tables.build(2, 10, pool=("avg",)).entries} == {"avg"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"max_window": 0}, r"max_window: need a whole number, 1 or more; have 0"),
        ({"max_window": 2.5}, r"max_window: need .*have 2\.5"),
        ({"max_window": True}, r"max_window: need .*have True"),
        ({"digits": 0}, r"digits: need a whole number from 1"),
        ({"digits": 10.0}, r"digits: need a whole number from 1"),
        ({"pool": ("max", "av")}, r"pool: need a pooling; have 'av'; did you mean 'avg'\?"),
        ({"pool": ()}, r"pool: need .*have none"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ArgumentError, match=message):
        tables.build(**arguments)


def test_importing_needs_nothing_heavy():
    heavy = "{'torch', 'matplotlib', 'onnx', 'pandas'}"
    script = f"import sys, symvar.tables; print({heavy} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_the_shipped_table_is_what_is_built():
    """Regenerate it with ``symvar tables --out symvar/data``."""
    shipped = tables.shipped()
    built = tables.build(64, 50)
    assert shipped == built
    path = importlib.resources.files("symvar").joinpath("data", "pool_constants.json")
    assert path.read_bytes() == built.to_json().encode()
    drifted = dataclasses.replace(shipped.entries[5], value=shipped.entries[5].value[:-1] + "9")
    assert dataclasses.replace(shipped, entries=(drifted,)) != built


def test_an_interruption_leaves_the_finished_table(monkeypatch, tmp_path):
    from symvar.cli import tables as command

    command(max_window=2, digits=10, out=tmp_path)
    before = (tmp_path / "pool_constants.json").read_bytes()
    entries, made = tables._entry, []

    def interrupted(*arguments):
        made.append(arguments)
        if len(made) == 7:
            raise KeyboardInterrupt
        return entries(*arguments)

    monkeypatch.setattr(tables, "_entry", interrupted)
    for folder in (tmp_path, tmp_path / "new"):
        made.clear()
        with pytest.raises(KeyboardInterrupt):
            command(max_window=20, digits=10, out=folder)
    assert [path.name for path in tmp_path.iterdir()] == ["pool_constants.json"]
    assert (tmp_path / "pool_constants.json").read_bytes() == before
