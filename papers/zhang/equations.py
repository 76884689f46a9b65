"""Zhang et al. 2022: every numbered equation, the claims in prose, the tables."""

from __future__ import annotations

# The order of the entries is the order of the source.
from .setting import paper  # isort: skip
from . import section1, section3  # isort: skip
from . import section4_forward, section4_layers, section4_rectifiers  # isort: skip
from . import section4_backward, section4_errors  # isort: skip
from . import section4_bn, section4_update, section5  # isort: skip

__all__ = [
    "paper",
    "section1",
    "section3",
    "section4_backward",
    "section4_bn",
    "section4_errors",
    "section4_forward",
    "section4_layers",
    "section4_rectifiers",
    "section4_update",
    "section5",
]
