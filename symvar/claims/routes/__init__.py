"""The ways to a verdict on a relation: one file each, found by scanning."""

from __future__ import annotations

from functools import cache

from symvar import registry
from symvar.claims.routes.base import Route

__all__ = ["Route", "all_routes"]


@cache
def all_routes() -> tuple[Route, ...]:
    """Every route, in the order in which they are asked."""
    found = registry.classes("symvar.claims.routes", Route)
    return tuple(sorted((cls() for cls in found.values()), key=lambda route: route.rank))
