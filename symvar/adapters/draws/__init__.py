"""One file per distribution that weights are drawn from; torch is not imported here."""

from __future__ import annotations

from functools import cache

from symvar import registry
from symvar.adapters.draws.base import Draw, Target

__all__ = ["Draw", "Target", "all_draws", "find"]


@cache
def all_draws() -> dict[str, type[Draw]]:
    """Every distribution by name, found by scanning this folder."""
    return registry.classes(__name__, Draw)


def find(distribution: str | Draw) -> Draw:
    """The distribution of that name, or the distribution itself.

    Raises:
        ArgumentError: for an unknown name, with the nearest known name.
    """
    if isinstance(distribution, Draw):
        return distribution
    found: Draw = registry.pick(all_draws(), distribution, "distribution")()
    return found
