"""He et al. 2015: the parametric rectifier and every variance equation of section 2."""

from __future__ import annotations

# The order of the entries is the order of the source.
from .setting import paper  # isort: skip
from . import section2_prelu, section2_forward  # isort: skip
from . import section2_backward, section2_discussion  # isort: skip

__all__ = [
    "paper",
    "section2_backward",
    "section2_discussion",
    "section2_forward",
    "section2_prelu",
]
