"""The folder of a new paper: two entries that verify, to be replaced by the paper's own."""

from __future__ import annotations

import re
from pathlib import Path

from symvar.claims.library import EQUATIONS
from symvar.errors import ArgumentError

_EQUATIONS = '''"""AUTHORS YEAR: every numbered equation."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim, Paper

# numbered: every equation number that is printed, so that none is forgotten.
paper = Paper("@KEY@", "The title as printed", numbered=["1", "2"])

# The paper's own notation, with the properties that it states.
a = sp.Symbol("a", real=True)
b = sp.Symbol("b", real=True)


@paper.equation(
    "1",
    where="section 1",
    latex=r"(a + b)^2 = a^2 + 2ab + b^2",
    assumptions=("a and b are real",),
)
def eq1() -> Claim:
    """The printed formula on one side, what it stands for on the other."""
    return Claim(sp.Eq((a + b) ** 2, a**2 + 2 * a * b + b**2, evaluate=False))


@paper.equation(
    "2",
    where="section 2, below the first display",
    latex=r"(a - b)^2 = a^2 - 2ab - b^2",
    outcome="erratum",
    corrected_latex=r"(a - b)^2 = a^2 - 2ab + b^2",
    note="the sign of the last term",
)
def eq2() -> Claim:
    """What is printed fails already at a = b = 1; what should stand there is checked as well."""
    printed = sp.Eq((a - b) ** 2, a**2 - 2 * a * b - b**2, evaluate=False)
    corrected = sp.Eq((a - b) ** 2, a**2 - 2 * a * b + b**2, evaluate=False)
    return Claim(printed, corrected=corrected)


paper.note(
    "prose:notation",
    kind="definition",
    where="section 1",
    latex=r"a, b \\in \\mathbb{R}",
    note="what is not checked is entered as well: definitions, assumptions, measurements",
)
'''
_BIB = """@article{@KEY@,
  author = {Last, First and Other, Name},
  title = {The title as printed},
  journal = {Journal},
  year = {2000},
}
"""
_NOTES = """# @KEY@

## Conventions
What the paper's symbols mean where it differs from custom: variances or standard deviations,
whether a gradient is a row or a column, which index counts from zero.

## Errata
One paragraph each: what is printed, where it fails, what should stand there.

## Contradictions with other sources
"""


def template(key: str, out: Path = Path()) -> dict[str, str]:
    """The files of a new paper's folder.

    Args:
        key: the folder's name.
        out: where the folder will stand, so that none is overwritten.

    Raises:
        ArgumentError: for a key that is no name, or a folder that is there already.

    >>> sorted(template("mine"))
    ['equations.py', 'notes.md', 'paper.bib']
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", key):
        raise ArgumentError(
            "KEY",
            need="letters, digits, - and _, a letter first",
            have=repr(key),
            remedy="take a name such as he2015; --out DIR says where",
        )
    files = {EQUATIONS: _EQUATIONS, "paper.bib": _BIB, "notes.md": _NOTES}
    for name in files:
        if (out / key / name).exists():
            raise ArgumentError(
                str(out / key),
                need="a new folder",
                have=f"{name} there already",
                remedy="choose another KEY or --out",
            )
    return {name: text.replace("@KEY@", key) for name, text in files.items()}
