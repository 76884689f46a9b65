"""What ``symvar list`` shows: everything that was found by scanning."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from symvar.activations import all_activations
from symvar.layers import all_layers
from symvar.schemes import all_schemes
from symvar.theories import all_theories


def catalogue() -> list[dict[str, str]]:
    """Every layer, activation, theory and scheme with its first docstring line and source."""
    kinds: dict[str, Any] = {
        "layer": all_layers(),
        "activation": all_activations(),
        "theory": all_theories(),
        "scheme": all_schemes(),
    }
    return [
        {
            "kind": kind,
            "name": name,
            "what": getattr(cls, "summary", "") or (cls.__doc__ or "").strip().splitlines()[0],
            "source": str(cls.reference),
            "torch": ", ".join(getattr(cls, "torch", ())),
            "onnx": ", ".join(getattr(cls, "onnx", ())),
        }
        for kind, entries in kinds.items()
        for name, cls in entries.items()
    ]


def catalogue_table() -> Table:
    """The same as a terminal table."""
    table = Table(title="symvar knows", title_justify="left")
    for column in ("kind", "name", "what", "source"):
        table.add_column(column, overflow="fold")
    for entry in catalogue():
        table.add_row(*(entry[column] for column in ("kind", "name", "what", "source")))
    return table
