"""One file per layer: fields, shape, lowering to primitives, framework names and examples.

Every layer class can be imported from here by its name: ``from symvar.layers import Conv``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from symvar import registry
from symvar.layers.base import Layer


@cache
def all_layers() -> dict[str, type[Layer]]:
    """Every layer by name, found by scanning this folder."""
    return registry.classes(__name__, Layer)


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return __dir__()
    return registry.by_class_name(all_layers(), name, __name__)


def __dir__() -> list[str]:
    return sorted(cls.__name__ for cls in all_layers().values())
