"""Fixtures that every folder of tests may use."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from symvar import derive
from symvar.cli import main
from symvar.derive import Derivation

TYPESET = """(function (formula) {
  try {
    katex.renderToString(formula, {strict: 'error', throwOnError: true, displayMode: true});
    return '';
  } catch (error) { return String(error); }
})"""


@pytest.fixture(scope="session")
def derived() -> Callable[[str], Derivation]:
    """Derivations by name, each checked once for all tests."""
    return cache(derive)


@pytest.fixture(scope="session")
def katex() -> Callable[[str], None]:
    """Typesets a formula with KaTeX at its strictest; an AssertionError tells what it rejects."""
    import quickjs

    context = quickjs.Context()
    context.eval(files("sphinxcontrib").joinpath("katex.min.js").read_text(encoding="utf-8"))
    typeset = context.eval(TYPESET)

    def accept(formula: str) -> None:
        problem = typeset(formula)
        assert not problem, f"{problem}\nin {formula}"

    return accept


@pytest.fixture
def analyze(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> Callable[..., tuple[object, str, str]]:
    """``symvar analyze`` from the test's ``folder``: its exit code, output and errors."""

    def call(*arguments: object) -> tuple[object, str, str]:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["symvar", "analyze", *map(str, arguments)])
        monkeypatch.delitem(sys.modules, "models", raising=False)
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = capsys.readouterr()
        return stopped.value.code, out, err

    return call
