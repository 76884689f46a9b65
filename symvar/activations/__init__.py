"""One file per activation: the function as a sympy expression, with its Gaussian moments."""

from __future__ import annotations

from functools import cache

from symvar import registry
from symvar.activations.base import Activation


@cache
def all_activations() -> dict[str, type[Activation]]:
    """Every activation by name, found by scanning this folder."""
    return registry.classes(__name__, Activation)
