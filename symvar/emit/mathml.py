"""A formula for a page: MathML where a converter is installed, its LaTeX always."""

from __future__ import annotations

import re
from html import escape
from importlib import import_module

SAME = (
    (r"\\arg(?![a-zA-Z])", r"\\operatorname{arg}"),
    (r"\\(begin|end)\{aligned\}", r"\\\1{align*}"),
)
"""What the converter does not know, and what it takes instead."""


def mathml(latex: str) -> str:
    """The formula as MathML; empty where it cannot be converted, or without latex2mathml.

    MathML needs no font, script or style sheet, so the page that holds it can be one file.
    """
    for unknown, known in SAME:
        latex = re.sub(unknown, known, latex)
    try:
        shown = str(import_module("latex2mathml.converter").convert(latex, display="block"))
    except Exception:  # no converter, or LaTeX beyond it: the source says the same
        return ""
    shown = shown.replace(r"\%", "%")
    left = re.search(r"[\\]|<mi>&</mi>", re.sub(r"<(?!/?mi>)[^>]*>", "", shown))
    return "" if left else shown  # what it does not know, it leaves as it was


def formula(latex: str, mark: str = "") -> str:
    """A formula with its source below it, as HTML.

    Args:
        latex: the formula.
        mark: a class for its frame.

    >>> print(formula("a < b").count("a &lt; b") > 0)
    True
    """
    source = f"<code>{escape(latex)}</code>"
    if shown := mathml(latex):
        source = f"{shown}<details><summary>LaTeX</summary>{source}</details>"
    return f'<div class="formula {mark}">{source}</div>'
