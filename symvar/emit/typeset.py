"""Formulas typeset by KaTeX inside Python, as MathML: no node, no network, no fonts or scripts.

The same KaTeX that the tests hold every emitted formula against. What it does not accept is an
error here, not a red line on a page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from html import escape
from importlib.resources import files

from symvar.errors import ArgumentError
from symvar.extras import require_package

RENDER = """(function (formula, display) {
  try {
    return JSON.stringify([katex.renderToString(formula, {output: 'mathml', strict: 'error',
      throwOnError: true, displayMode: display}), '']);
  } catch (error) { return JSON.stringify(['', String(error)]); }
})"""

DISPLAY, INLINE = re.compile(r"\$\$(.+?)\$\$", re.DOTALL), re.compile(r"\$([^$]+?)\$", re.DOTALL)


def typeset(latex: str, display: bool = True) -> str:
    r"""The formula as MathML, its LaTeX as annotation.

    Args:
        latex: the formula, without dollar signs.
        display: whether it stands on a line of its own.

    Raises:
        MissingExtra: without quickjs or the wheel that brings KaTeX.
        ArgumentError: for what KaTeX does not accept, with its words.

    >>> print(typeset(r"\tau", display=False).count("<mi>τ</mi>"))
    1
    """
    shown, problem = _katex()(latex, display)
    if problem:
        raise ArgumentError(
            "formula", need="LaTeX that KaTeX accepts", have=latex.strip(), remedy=problem
        )
    return shown


def typeset_text(text: str) -> str:
    r"""Text whose formulas stand between dollar signs, as HTML.

    >>> typeset_text("a < b").startswith("a &lt; b")
    True
    """
    parts = DISPLAY.split(text)
    for place, part in enumerate(parts):
        parts[place] = typeset(part) if place % 2 else _inline(part)
    return "".join(parts)


def _inline(text: str) -> str:
    parts = INLINE.split(text)
    return "".join(
        typeset(part, display=False) if place % 2 else escape(part, quote=False)
        for place, part in enumerate(parts)
    )


@cache
def _katex() -> Callable[[str, bool], tuple[str, str]]:
    quickjs = require_package("quickjs", "notebooks")
    require_package("sphinxcontrib.katex", "notebooks")
    context = quickjs.Context()
    context.eval(files("sphinxcontrib").joinpath("katex.min.js").read_text(encoding="utf-8"))
    render = context.eval(RENDER)

    def call(latex: str, display: bool) -> tuple[str, str]:
        shown, problem = json.loads(render(latex, display))
        return shown, problem

    return call
