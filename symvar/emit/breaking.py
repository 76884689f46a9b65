"""Long formulas over several lines: at the terms of a sum, never inside a fraction."""

from __future__ import annotations

import re
from typing import Any

import sympy as sp

from symvar.claims import Cov
from symvar.emit.notation import Notation

ROOM = 52
"""Characters of a formula, as they are seen, that fit a line."""
_NARROW = re.compile(
    r"\\(left|right|displaystyle|limits|mathrm|operatorname|text|mathit|!|,|;|quad|big|Big)"
    r"(?![a-zA-Z])|[{}^_& ]"
)
_BLANK = sp.Symbol(r"\square", commutative=True)
_COMMAND = re.compile(r"\\[a-zA-Z]+|\\.")


def width(latex: str) -> float:
    r"""About how many characters wide a formula is; a fraction is as wide as its wider part.

    >>> width(r"\frac{a + b}{c} + d"), width(r"x^{2}")
    (5.0, 2.0)
    """
    total = 0.0
    while (start := latex.find(r"\frac{")) >= 0:
        total += _plain(latex[:start])
        over, rest = _group(latex[start + 5 :])
        under, latex = _group(rest)
        total += max(width(over), width(under))
    return total + _plain(latex)


def rows(expr: Any, printer: Notation, room: float = ROOM) -> list[str]:
    """The expression as LaTeX, one string per line; each but the first starts with its sign.

    >>> from symvar.symbols import w, h
    >>> rows(w**2 + h, Notation(), room=2)
    ['h', '+ w^{2}']
    """
    whole = printer.doprint(expr)
    if width(whole) <= room:
        return [whole]
    if isinstance(expr, sp.Add):
        return _packed([printer.doprint(term) for term in printer._as_ordered_terms(expr)], room)
    if isinstance(expr, Cov):
        one, other = map(printer.doprint, expr.args)
        return [rf"\mathrm{{Cov}}\Bigl[{one},", rf"{other}\Bigr]"]
    if isinstance(expr, (sp.Integral, sp.Sum)):
        return _inside(expr, printer, room)
    if isinstance(expr, sp.Mul):
        return _factors(expr, printer, room)
    return [whole]


def _factors(expr: Any, printer: Notation, room: float) -> list[str]:
    """A product, at the terms of its widest sum, or within an integral."""
    parts = [part for part in expr.args if isinstance(part, (sp.Add, sp.Integral, sp.Sum))]
    widest = max(parts, key=lambda part: width(printer.doprint(part)), default=None)
    if widest is not None and width(printer.doprint(widest)) > room / 2:
        front = printer.doprint(sp.Mul(*(part for part in expr.args if part != widest)))
        first, *middle = rows(widest, printer, room - width(front))
        if middle and isinstance(widest, sp.Add):
            return _bracketed(front, [first, *middle])
        if middle:
            return [f"{front} {first}", *middle]
    return [printer.doprint(expr)]


def _inside(expr: Any, printer: Notation, room: float) -> list[str]:
    """An integral or a sum, at the terms of what it is of."""
    front, _, back = printer.doprint(expr.func(_BLANK, *expr.limits)).partition(_BLANK.name)
    first, *more = rows(expr.function, printer, room - width(front))
    if not more:
        return [printer.doprint(expr)]
    if isinstance(expr.function, sp.Add):
        *most, last = _bracketed(front, [first, *more])
    else:
        *most, last = [f"{front}{first}", *more]
    return [*most, f"{last}{back}"]


def _bracketed(front: str, parts: list[str]) -> list[str]:
    """A factor and a sum over several rows, in brackets as tall as it is."""
    size = "Bigg" if any(r"\sum" in part for part in parts) else "bigg"
    first, *middle, last = parts
    return [rf"{front} \{size}l({first}", *middle, rf"{last}\{size}r)"]


def _packed(terms: list[str], room: float) -> list[str]:
    lines: list[str] = []
    for term in terms:
        signed = term if term.lstrip().startswith("-") or not lines else f"+ {term}"
        if lines and width(lines[-1]) + width(signed) <= room:
            lines[-1] += f" {signed}"
        elif not lines:
            lines.append(term)
        else:
            lines.append(signed)
    return lines


def _plain(latex: str) -> float:
    return float(len(_NARROW.sub("", _COMMAND.sub(_one, latex))))


def _one(match: re.Match[str]) -> str:
    return "" if _NARROW.fullmatch(match.group()) else "x"


def _group(latex: str) -> tuple[str, str]:
    """What the first pair of braces holds, and what comes after it."""
    depth = 0
    for place, character in enumerate(latex):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            return latex[1:place], latex[place + 1 :]
    return latex[1:], ""
