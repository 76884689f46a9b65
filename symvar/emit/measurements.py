"""Measurements as tables: predicted, measured and their ratio; terminal, LaTeX and HTML."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from symvar.emit.latex import booktabs
from symvar.emit.latex import escape as tex
from symvar.emit.numbers import compact, decimal, fitted, latex_decimal

if TYPE_CHECKING:
    from rich.table import Table

    from symvar.graph.measurement import Measurement

DIRECTIONS = ("forward", "backward")

NO_MARK = "\N{NO-BREAK SPACE}"
"""Keeps a number without a mark in line with those that have one."""

FAR = 3.0
"""A prediction so many standard errors away is marked."""


@dataclass(frozen=True)
class Cell:
    """One direction of one layer: a number measured and what a theory says of it.

    Args:
        measured: the mean over draws.
        error: its standard error; NaN from a single draw.
        predicted: what the theory says.
    """

    measured: float
    error: float
    predicted: float

    @property
    def ratio(self) -> float:
        """Predicted over measured."""
        return self.predicted / self.measured if self.measured else math.nan

    @property
    def far(self) -> bool:
        """Whether the prediction is farther away than the errors explain."""
        return abs(self.predicted - self.measured) > FAR * self.error

    @property
    def spread(self) -> str:
        """The standard error as a share of the mean."""
        if not self.measured or not math.isfinite(self.error):
            return "?"
        share = 100 * self.error / self.measured
        return f"±{share:.1f}%" if share < 9.95 else f"±{share:.0f}%"


def cells(measurement: Measurement, theory: str, direction: str) -> list[Cell]:
    """One direction of every layer, under one theory."""
    predicted = measurement.predictions[theory][direction]
    found, errors = (measurement.column(f"{direction}{end}") for end in ("", "_se"))
    return [Cell(*each) for each in zip(found, errors, predicted, strict=True)]


def tables(measurement: Measurement, width: int) -> list[Table]:
    """The terminal table, or one for each direction where both are too wide for one.

    One theory fits 80 columns, three fit 80 in two tables.
    """
    several = len(measurement.profiles) > 1
    split = several and 2 * (20 + 19 * len(measurement.profiles)) + 8 > width
    parts = [(name,) for name in DIRECTIONS] if split else [DIRECTIONS]
    return [_table(measurement, part, width) for part in parts]


def _table(measurement: Measurement, directions: Sequence[str], width: int) -> Table:
    from rich import box
    from rich.table import Table

    wide = len(directions) * (19 + 19 * len(measurement.profiles)) + 10 <= width
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, int(wide)))
    made.add_column("\nlayer", no_wrap=True)
    for direction in directions:
        made.add_column(f"{direction}\nmeasured", justify="right", no_wrap=True)
        made.add_column("\n±", justify="right", no_wrap=True)
        for profile in measurement.profiles:
            made.add_column(f"{profile.theory}\npredicts", justify="right", no_wrap=True)
            made.add_column("\nratio", justify="right", no_wrap=True)
    room = max(8, width - len(directions) * (20 + 19 * len(measurement.profiles)))
    for name, row in zip(measurement.names, _numbers(measurement, directions), strict=True):
        made.add_row(fitted(name, room), *row)
    return made


def _numbers(
    measurement: Measurement, directions: Sequence[str] = DIRECTIONS
) -> Iterator[list[str]]:
    """The cells of each layer behind its name."""
    found = {
        (direction, profile.theory): cells(measurement, profile.theory, direction)
        for direction in directions
        for profile in measurement.profiles
    }
    bare = {
        direction: [
            Cell(*each, math.nan)
            for each in zip(
                measurement.column(direction), measurement.column(f"{direction}_se"), strict=True
            )
        ]
        for direction in directions
    }
    for place in range(len(measurement.names)):
        row = []
        for direction in directions:
            cell = bare[direction][place]
            row += [decimal(cell.measured), cell.spread]
            for profile in measurement.profiles:
                said = found[direction, profile.theory][place]
                row += [
                    decimal(said.predicted),
                    decimal(said.ratio, 3) + ("≠" if said.far else NO_MARK),
                ]
        yield row


def ratio(value: float) -> str:
    """A ratio to three digits, zeros kept.

    >>> ratio(1), ratio(0.5), ratio(123.4), ratio(1e7)
    ('1.00', '0.500', '123', '1e7')
    """
    if not 1e-3 <= value < 1e4:
        return compact(value)
    return f"{value:#.3g}".rstrip(".") if value < 999.5 else f"{value:.0f}"


def title(measurement: Measurement) -> str:
    """What was measured."""
    each = "1 draw" if measurement.draws == 1 else f"{measurement.draws} draws"
    inputs = "1 input" if measurement.batch == 1 else f"{measurement.batch} inputs"
    return (
        f"measured: {measurement.scheme or 'own weights'}, {each} of {inputs} "
        f"({measurement.input}), seed {measurement.seed}, {measurement.dtype} on "
        f"{measurement.device}"
    )


def remarks(measurement: Measurement) -> list[str]:
    """What stands below the table."""
    found = [
        f"theory {theory}: the median over layers of |log10(predicted/measured)| is "
        + ", ".join(f"{errors[direction]:.3f} {direction}" for direction in DIRECTIONS)
        for theory, errors in measurement.errors.items()
    ]
    if measurement.profiles and measurement.draws > 1:
        found.append(
            f"ratio: predicted over measured; ± and ≠: one standard error over draws, and more "
            f"than {FAR:g} of them away"
        )
    return [*found, *measurement.notes]


def text_table(measurement: Measurement, width: int = 100) -> str:
    """The table and the remarks as plain text."""
    from rich.console import Console

    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None, force_jupyter=False)
    console.print(f"{title(measurement)}\n", highlight=False, markup=False)
    for made in tables(measurement, width):
        console.print(made)
    for remark in remarks(measurement):
        console.print(f"- {remark}", highlight=False, markup=False)
    return out.getvalue()


def html_table(measurement: Measurement) -> str:
    """The same as HTML."""
    theories = [profile.theory for profile in measurement.profiles]
    between = " " if len(theories) < 2 else "<br>"
    heads = ["layer"]
    for direction in DIRECTIONS:
        heads += [f"{direction},{between}measured", "±"]
        heads += [
            word for name in theories for word in (f"{escape(name)}{between}predicts", "ratio")
        ]
    lines = [
        '<table class="measured">',
        f"<caption>{escape(title(measurement))}</caption>",
        "<thead><tr>" + "".join(f"<th>{head}</th>" for head in heads) + "</tr></thead>",
        "<tbody>",
    ]
    for name, row in zip(measurement.names, _numbers(measurement), strict=True):
        numbers = "".join(f"<td>{escape(cell.rstrip(NO_MARK))}</td>" for cell in row)
        lines.append(f'<tr><th scope="row">{escape(name)}</th>{numbers}</tr>')
    notes = "".join(f"<li>{escape(remark)}</li>" for remark in remarks(measurement))
    return "\n".join([*lines, "</tbody>", "</table>", f"<ul>{notes}</ul>"]) + "\n"


def latex_table(measurement: Measurement) -> str:
    """Measured with its standard error, predicted and ratio, both directions."""
    profiles = measurement.profiles
    header, align = ["layer"], "l"
    for letter in ("q", "r"):
        header.append(f"${letter}$ measured")
        header += [word for each in profiles for word in (tex(each.theory), "ratio")]
        align += "r" * (1 + 2 * len(profiles))
    body = []
    found = {
        (direction, each.theory): cells(measurement, each.theory, direction)
        for direction in DIRECTIONS
        for each in profiles
    }
    for place, row in enumerate(measurement.rows):
        line = [tex(row.name)]
        for direction in DIRECTIONS:
            mean, error = getattr(row, direction), getattr(row, f"{direction}_se")
            share = f" \\pm {100 * error / mean:.1f}\\,\\%" if mean and error == error else ""
            line.append(f"${latex_decimal(mean)}{share}$")
            for each in profiles:
                cell = found[direction, each.theory][place]
                line += [f"${latex_decimal(cell.predicted)}$", f"${latex_decimal(cell.ratio, 3)}$"]
        body.append(line)
    caption = (
        f"{tex(title(measurement))}. $q$: second moment of the pre-activations, $r$: of the "
        r"gradient there, each $\pm$ its standard error over draws; ratio: predicted over measured."
    )
    return booktabs(header, body, align=align, caption=caption)
