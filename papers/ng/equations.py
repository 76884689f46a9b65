"""Jiang et al. 2017: every equation, the appendix line by line, the tables that can be counted."""

from __future__ import annotations

# The order of the entries is the order of the source.
from .setting import paper  # isort: skip
from . import section2_generator, section2_bounds  # isort: skip
from . import section2_updates, section3, appendix  # isort: skip

__all__ = [
    "appendix",
    "paper",
    "section2_bounds",
    "section2_generator",
    "section2_updates",
    "section3",
]
