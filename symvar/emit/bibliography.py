r"""Sources in print: a BibTeX entry read, a bibliography written, symvar itself cited."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version

from symvar.reference import PAPERS

_FIELD = re.compile(r"^\s*(\w+)\s*=\s*[{\"](.*?)[}\"],?\s*$", re.MULTILINE)
_TITLE = "symvar: neural-network initialisation, derived"


@cache
def entry(key: str) -> str:
    """The BibTeX of a source, as its folder has it.

    >>> entry("asv").splitlines()[0]
    '@misc{asv,'
    """
    return (PAPERS / key / "paper.bib").read_text(encoding="utf-8").strip() + "\n"


def citation(key: str) -> str:
    """Authors, title, where it appeared and year, as LaTeX text.

    >>> citation("he").endswith("International Conference on Computer Vision, 2015.")
    True
    """
    fields = dict(_FIELD.findall(entry(key)))
    venue = next((fields[each] for each in ("journal", "booktitle", "school", "publisher",
                                            "howpublished") if each in fields), None)  # fmt: skip
    if "eprint" in fields and venue is None:
        venue = f"arXiv:{fields['eprint']}"
    authors = fields.get("author", "").replace(" and ", ", ")
    parts = [authors, fields.get("title", key)]
    place = ", ".join(each for each in (venue, fields.get("year")) if each)
    return ". ".join(part for part in (*parts, place) if part) + "."


def bibliography(keys: Iterable[str]) -> str:
    """The sources as a LaTeX bibliography; empty without any."""
    items = [rf"\bibitem{{{key}}} {citation(key)}" for key in sorted(keys)]
    if not items:
        return ""
    return "\n".join([r"\begin{thebibliography}{99}", *items, r"\end{thebibliography}"]) + "\n"


def itself() -> str:
    """The BibTeX of symvar, as CITATION.cff has it.

    >>> itself().splitlines()[0]
    '@software{symvar,'
    """
    return (
        "@software{symvar,\n"
        "  author = {{The symvar developers}},\n"
        f"  title = {{{_TITLE}}},\n"
        f"  version = {{{version('symvar')}}},\n"
        "  year = {2026},\n"
        "  license = {MIT},\n"
        "}\n"
    )
