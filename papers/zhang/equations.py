"""Zhang et al. 2022: every numbered equation, the claims in prose, the tables."""

from __future__ import annotations

from . import section1, section3, section4_forward, section4_backward, section4_bn, section5
from .setting import paper

__all__ = [
    "paper",
    "section1",
    "section3",
    "section4_backward",
    "section4_bn",
    "section4_forward",
    "section5",
]
