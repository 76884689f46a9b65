"""A Sphinx extension: formulas as MathML, typeset when the site is built; those of docstrings too.

A formula that does not typeset is a warning, and so ends the build.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from symvar.emit.typeset import typeset
from symvar.errors import ArgumentError

SAYS = logging.getLogger(__name__)
FORMULA = re.compile(r"(?<![\\`])\$([^$`]+?)\$(\w?)", re.DOTALL)
MARKUP = re.compile(r"(``.*?``|(?<![\w*\\])\*\w[^*\n]*\w\*(?![\w*]))|(?<!\\)([|*])", re.DOTALL)


def setup(app: Sphinx) -> dict[str, bool]:
    """What Sphinx calls."""
    app.add_html_math_renderer("katex-mathml", (inline, None), (displayed, None))
    app.connect("autodoc-process-docstring", as_rst)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def inline(translator: Any, node: nodes.math) -> None:
    """A formula in a line of text."""
    translator.body.append(shown(node, display=False))
    raise nodes.SkipNode


def displayed(translator: Any, node: nodes.math_block) -> None:
    """A formula on a line of its own."""
    translator.body.append(f'<div class="formula">{shown(node, display=True)}</div>')
    raise nodes.SkipNode


def shown(node: nodes.Element, display: bool) -> str:
    """The formula, or a warning and its source."""
    latex = node.astext()
    try:
        return typeset(latex, display)
    except ArgumentError as error:
        SAYS.warning(str(error), location=node)
        return f"<code>{latex}</code>"


def as_rst(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Docstrings have their formulas between dollar signs; examples are left as they are."""
    lines[:] = "\n\n".join(map(paragraph, "\n".join(lines).split("\n\n"))).split("\n")


def paragraph(text: str) -> str:
    """One paragraph of a docstring: formulas as Sphinx wants them, stray bars and stars as such."""
    if text.lstrip().startswith(">>>"):
        return text
    parts: Sequence[str] = FORMULA.split(text)
    found = []
    for place, part in enumerate(parts):
        if place % 3 == 0:
            found.append(MARKUP.sub(lambda each: each[1] or "\\" + each[2], part))
        elif place % 3 == 1:
            found.append(rf"\ :math:`{' '.join(part.split())}`\ ")
        else:
            found.append(part)
    return "".join(found)
