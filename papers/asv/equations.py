"""asv: the claims, in the order of the source."""

from __future__ import annotations

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

SECTIONS = (
    section3,
    section4,
    section5,
    appendix_a1,
    appendix_a2,
    appendix_a3,
    appendix_b1,
    appendix_b2,
)
__all__ = ["SECTIONS", "paper"]
