"""Fixtures that every folder of tests may use."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files

import pytest

from symvar import derive
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
