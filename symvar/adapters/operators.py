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
    """An operator no layer reads, at a node.

    Args:
        operator: the framework's name of it.
        where: the node.
        why: what keeps a layer from reading it; empty where no layer reads the operator at all.
    """

    operator: str
    where: str
    why: str = ""


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
    """One error that names every unsupported operator, its count, its nodes and why.

    Raises:
        UnsupportedOperator: unless nothing is missing.
    """
    if not missing:
        return
    nodes: dict[tuple[str, str], list[str]] = {}
    for each in missing:
        nodes.setdefault((each.operator, each.why), []).append(each.where)
    parts = [
        f"{operator} ({len(where)}x: {', '.join(where[:3])}{', ...' if len(where) > 3 else ''}"
        + (f"; {why})" if why else ")")
        for (operator, why), where in sorted(nodes.items())
    ]
    first = missing[0]
    raise UnsupportedOperator(
        f"node {first.where!r} ({first.operator})",
        need=f"{framework} operators that symvar reads",
        have="; ".join(parts),
        remedy="replace them, add a layer file, or import with partial=True to cut the network "
        f"there; {nearest(first.operator, reading(framework))}",
    )
