"""From operators of a framework to layers: what both readers share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from symvar.errors import UnsupportedOperator, nearest
from symvar.layers import all_layers
from symvar.layers.base import AbstractJoin, Layer


@dataclass(frozen=True)
class Missing:
    """An operator no layer reads, at a node."""

    operator: str
    where: str


@cache
def reading(framework: str) -> dict[str, type[Layer]]:
    """The layer that reads each operator of a framework (``"torch"`` or ``"onnx"``)."""
    return {
        operator: layer for layer in all_layers().values() for operator in getattr(layer, framework)
    }


def takes(layer: type[Layer], count: int) -> bool:
    """Whether a layer can read so many signals."""
    return count == 1 or (count > 1 and issubclass(layer, AbstractJoin))


def refuse(missing: Sequence[Missing], framework: str) -> None:
    """One error that names every unsupported operator, its count and its nodes."""
    if not missing:
        return
    nodes: dict[str, list[str]] = {}
    for each in missing:
        nodes.setdefault(each.operator, []).append(each.where)
    parts = [
        f"{operator} ({len(where)}x: {', '.join(where[:3])}{', ...' if len(where) > 3 else ''})"
        for operator, where in sorted(nodes.items())
    ]
    first = missing[0]
    raise UnsupportedOperator(
        f"node {first.where!r} ({first.operator})",
        need=f"{framework} operators that symvar reads",
        have="; ".join(parts),
        remedy=f"replace them or add a layer file; {nearest(first.operator, reading(framework))}",
    )
