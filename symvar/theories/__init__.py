"""One file per theory: each interprets the primitives, forward and backward."""

from __future__ import annotations

from functools import cache

from symvar import registry
from symvar.theories.base import Theory, Weight

__all__ = ["Theory", "Weight", "all_theories", "find"]


@cache
def all_theories() -> dict[str, type[Theory]]:
    """Every theory by name, found by scanning this folder."""
    return registry.classes(__name__, Theory)


def find(theory: str | Theory) -> Theory:
    """The theory of that name, or the theory itself."""
    if isinstance(theory, Theory):
        return theory
    found: Theory = registry.pick(all_theories(), theory, "theory")()
    return found
