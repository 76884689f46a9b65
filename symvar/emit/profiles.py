"""Profiles as tables: terminal, LaTeX and HTML."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import sympy as sp

from symvar.emit.latex import booktabs, spaced
from symvar.emit.latex import escape as tex

if TYPE_CHECKING:
    from rich.table import Table

    from symvar.geometry import Size
    from symvar.graph.profile import Profile, Row

WIDTH = 120
"""Columns of a table that is not printed to a terminal."""

SIZES = ("fan in", "fan out", "connections", "window")
NARROW_SIZES = ("fan in", "window")
MOMENTS = ("variance", "forward", "backward")


def short(value: sp.Expr, digits: int = 4) -> str:
    """A number to four digits, a formula as it prints.

    >>> short(sp.Rational(1, 3)), short(sp.Symbol("q"))
    ('0.3333', 'q')
    """
    return str(value) if value.free_symbols else f"{float(value):.{digits}g}"


def tables(profiles: Sequence[Profile]) -> Table:
    """One terminal table of profiles of one network, scheme beside scheme.

    Several schemes fit 80 columns: fan-out and connections are left out, and a digit.
    """
    from rich import box
    from rich.table import Table

    alone = len(profiles) == 1
    table = Table(
        title=_title(profiles), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=0
    )
    table.add_column("layer", no_wrap=True)
    for name in SIZES if alone else NARROW_SIZES:
        table.add_column(name, justify="right")
    for profile in profiles:
        scheme = "" if alone else (profile.scheme or "symbols").replace("-", "-\n", 1) + "\n"
        for name in MOMENTS:
            table.add_column(f"{scheme}{name}", justify="right", no_wrap=True)
    for cells in _cells(profiles):
        table.add_row(*cells)
    return table


def show(profiles: Sequence[Profile]) -> None:
    """Print the table and what was assumed."""
    from rich.console import Console

    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    console.print(tables(profiles))
    print("assumed:")
    assumed = {text: nodes for each in profiles for text, nodes in each.assumptions.items()}
    for text, nodes in assumed.items():
        print(f"- {text}" + (f" [{_some(nodes)}]" if nodes else ""))
    for each in profiles:
        if each.optimum is not None:
            print(f"{each.scheme}: {each.optimum}")


def text_table(profile: Profile) -> str:
    """The same as plain text."""
    from rich.console import Console

    out = io.StringIO()
    Console(file=out, width=WIDTH, color_system=None, force_jupyter=False).print(tables([profile]))
    return out.getvalue()


def html_table(profile: Profile) -> str:
    """The same as HTML."""
    heads = ("layer", *SIZES, *MOMENTS)
    lines = ["<table>", f"<caption>{escape(_title([profile]))}</caption>"]
    lines.append("<tr>" + "".join(f"<th>{escape(head)}</th>" for head in heads) + "</tr>")
    for cells in _cells([profile]):
        lines.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    return "\n".join([*lines, "</table>"]) + "\n"


def latex_table(profile: Profile) -> str:
    """Exact weight variances and decimal moments as a LaTeX table (booktabs)."""
    header = ("layer", r"$e_\ell$", "$T$", r"$\sigma^2_w$ (exact)", r"$\sigma^2_w$", "$q$", "$r$")
    caption = (
        f"{tex(_title([profile]))}. $q$: second moment of the pre-activations; "
        "$r$: of the gradient there."
    )
    return spaced(booktabs(header, map(_latex_row, profile.rows), align="lrrrrrr", caption=caption))


def scientific(value: sp.Expr) -> str:
    r"""A number as LaTeX, powers of ten written out.

    >>> scientific(sp.Rational(1, 300000))
    '$3.333 \\times 10^{-6}$'
    """
    if value.free_symbols:
        return f"${sp.latex(value)}$"
    mantissa, _, exponent = short(value).partition("e")
    power = rf" \times 10^{{{int(exponent)}}}" if exponent else ""
    return f"${mantissa}{power}$"


def _latex_row(row: Row) -> tuple[str, ...]:
    exact = sp.latex(row.weight_variance, fold_short_frac=row.weight_variance.is_Rational)
    sizes = (f"${sp.latex(size)}$" for size in (row.connections, row.window))
    return (tex(row.name), *sizes, f"${exact}$", *map(scientific, _moments(row)))


def _some(nodes: Sequence[str]) -> str:
    shown = ", ".join(nodes[:6])
    return shown if len(nodes) <= 6 else f"{shown} and {len(nodes) - 6} more"


def _title(profiles: Sequence[Profile]) -> str:
    first = profiles[0]
    schemes = ", ".join(profile.scheme or "symbols" for profile in profiles)
    return f"{schemes} under theory {first.theory}, input {first.input}"


def _cells(profiles: Sequence[Profile]) -> list[tuple[str, ...]]:
    alone = len(profiles) == 1
    rows = zip(*(profile.rows for profile in profiles), strict=True)
    return [
        (
            layer[0].name,
            *map(str, _sizes(layer[0], alone)),
            *(short(value, 4 if alone else 3) for row in layer for value in _moments(row)),
        )
        for layer in rows
    ]


def _sizes(row: Row, alone: bool) -> tuple[Size, ...]:
    if alone:
        return row.fan_in, row.fan_out, row.connections, row.window
    return row.fan_in, row.window


def _moments(row: Row) -> tuple[sp.Expr, ...]:
    return row.weight_variance, row.forward, row.backward
