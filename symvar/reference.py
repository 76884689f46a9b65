"""Where a formula comes from: a key of the bibliography and a place in that source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from symvar.errors import DefinitionError, nearest

HERE = Path(__file__).parent
PAPERS = next(each for each in (HERE / "papers", HERE.parent / "papers") if each.is_dir())
"""The folder of sources: inside an installed package, beside it in a checkout."""


@dataclass(frozen=True)
class Reference:
    """A source and a place in it.

    Args:
        key: the source's key, the name of its folder under ``papers/``.
        place: an equation number as printed, a section, or in words what is meant there.

    Raises:
        DefinitionError: for a key without a folder.
    """

    key: str
    place: str

    def __post_init__(self) -> None:
        known = [each.name for each in PAPERS.iterdir() if (each / "paper.bib").is_file()]
        if self.key not in known:
            raise DefinitionError(
                f"reference {self.key!r}",
                need="a source with a paper.bib",
                have="none of that key",
                remedy=nearest(self.key, known),
            )

    def __str__(self) -> str:
        numbered = " " not in self.place and any(map(str.isdigit, self.place))
        return f"{self.key}, {'eq. ' if numbered else ''}{self.place}"

    @property
    def bibtex(self) -> str:
        """The source's BibTeX entry."""
        return (PAPERS / self.key / "paper.bib").read_text(encoding="utf-8")

    @property
    def source(self) -> str:
        """Authors, title and year, as LaTeX text.

        >>> cite("he", "10").source.split(":")[0]
        'Kaiming He and Xiangyu Zhang and Shaoqing Ren and Jian Sun'
        """
        found = dict(re.findall(r"^\s*(author|title|year) = \{(.*)\},$", self.bibtex, re.MULTILINE))
        return f"{found['author']}: {found['title']} ({found['year']})"


def cite(key: str, place: str) -> Reference:
    """The reference to one place of one source.

    >>> print(cite("asv", "17"))
    asv, eq. 17
    """
    return Reference(key, place)
