"""One file per scheme: the condition it solves."""

from __future__ import annotations

from functools import cache

from symvar import registry
from symvar.schemes.base import Init, Scheme

__all__ = ["Init", "Scheme", "all_schemes", "find"]


@cache
def all_schemes() -> dict[str, type[Scheme]]:
    """Every scheme by name, found by scanning this folder."""
    return registry.classes(__name__, Scheme)


def find(scheme: str | Scheme) -> Scheme:
    """The scheme of that name, or the scheme itself.

    Raises:
        ArgumentError: for an unknown name, with the nearest known name.
    """
    if isinstance(scheme, Scheme):
        return scheme
    found: Scheme = registry.pick(all_schemes(), scheme, "scheme")()
    return found
