"""Pieces of a page: tables, formulas, and words in which nothing is taken for markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

FORMULA = re.compile(r"(\$\$.*?\$\$|\$[^$]+\$)", re.DOTALL)
MARKUP = re.compile(r"([\\*_<>\[\]|])")


def words(text: str) -> str:
    r"""Text between formulas as it stands: no star or underscore is taken for markup.

    >>> words("a*b, $x_1*y$")
    'a\\*b, $x_1*y$'
    """
    parts = FORMULA.split(text)
    plain = (MARKUP.sub(r"\\\1", part) if place % 2 == 0 else part
             for place, part in enumerate(parts))  # fmt: skip
    return "".join(plain)


def docstring(thing: object) -> str:
    """The docstring up to its sections and examples, as Markdown."""
    kept = []
    for part in (thing.__doc__ or "").split("\n\n"):
        if re.match(r"\s*(Args|Attributes|Raises|Returns|>>>)", part):
            break
        kept.append(" ".join(part.split()))
    return re.sub(r"``?([^`]+)``?", r"`\1`", "\n\n".join(kept))


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; a bar inside a cell is escaped."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines) + "\n"


def code(names: Iterable[str]) -> str:
    """Names as code, commas between."""
    return ", ".join(f"`{name}`" for name in names) or "–"


def items(pairs: Iterable[tuple[str, object]]) -> str:
    """A list of what is said, each with its head; what is empty is left out."""
    return "".join(f"- *{head}:* {text}\n" for head, text in pairs if text)


def shown(latex: str) -> str:
    """A formula on a line of its own."""
    return f"$$\n{latex}\n$$\n"


def toctree(*names: str, caption: str = "", depth: int = 1) -> str:
    """What Sphinx lists in the margin."""
    head = f":caption: {caption}\n" if caption else ""
    return f"```{{toctree}}\n:maxdepth: {depth}\n{head}\n" + "\n".join(names) + "\n```\n"
