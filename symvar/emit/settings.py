"""What an initialisation set every parameter to, as a terminal table."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from symvar.graph.profile import Profile

if TYPE_CHECKING:
    from rich.table import Table

WIDTH = 120
"""Columns of a table that is not printed to a terminal."""


def table(profile: Profile) -> Table:
    """One row per parameter: its role, what it was drawn from, its standard deviation."""
    from rich import box
    from rich.table import Table

    title = f"{profile.scheme}, theory {profile.theory}"
    found = Table(
        title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1)
    )
    for name in ("parameter", "role", "set to"):
        found.add_column(name, no_wrap=True)
    found.add_column("std", justify="right")
    for name, each in profile.parameters.items():
        deviation = "" if each.deviation is None else f"{each.deviation:.6g}"
        found.add_row(name, each.role, each.law, deviation)
    return found


def show(profile: Profile) -> None:
    """Print the table."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else WIDTH
    Console(width=width).print(table(profile))
