"""asv: the claims, in the order of the source."""

from __future__ import annotations

from symvar.claims.paper import Entry

from . import (
    appendix_a1,
    appendix_a2,
    appendix_a3,
    appendix_b1,
    appendix_b2,
    section3,
    section4,
    section5,
)
from .setting import paper

PARTS = (
    section3,
    section4,
    section5,
    appendix_a1,
    appendix_a2,
    appendix_a3,
    appendix_b1,
    appendix_b2,
)


def _place(item: tuple[str, Entry]) -> tuple[bool, str]:
    return item[1].where.startswith("appendix"), item[1].where


paper.entries = dict(sorted(paper.entries.items(), key=_place))
__all__ = ["PARTS", "paper"]
