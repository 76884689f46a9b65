"""Reports on papers for the terminal: a line per equation, the counts, what to look at."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, get_args

from symvar.claims.paper import Outcome

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from symvar.claims.judge import Row
    from symvar.claims.mutate_report import MutationReport
    from symvar.claims.report import Report

WIDTH = 120
"""Columns of a table that is not printed to a terminal."""
SHORT = 76
"""Characters of a remark."""
STYLES = {
    "holds": "green",
    "holds-under": "yellow",
    "erratum": "bold red",
    "approximation": "magenta",
    "empirical": "blue",
}
OUTCOMES: tuple[str, ...] = get_args(Outcome)


def strength(row: Row) -> str:
    """The strength of what is affirmed: for an erratum, of the corrected statement."""
    return row.corrected_strength or row.strength


def remark(row: Row) -> str:
    """What a reader wants to know first: the drift, the counterexample, the condition, the note."""
    if not row.agrees:
        return f"RECORDED {row.recorded}; {row.evidence}"
    if row.outcome == "erratum":
        return f"fails at {row.counterexample}" if row.counterexample else row.evidence
    return "; ".join(row.beyond) or row.note


def shortened(text: str, length: int = SHORT) -> str:
    """A text on one line, cut where it is too long.

    >>> shortened("one two three", 9)
    'one two…'
    """
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def verdict_table(report: Report) -> Table:
    """A line per equation."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for column in ("paper", "equation", "outcome", "strength"):
        table.add_column(column, no_wrap=True)
    table.add_column("where", overflow="fold", max_width=22)
    table.add_column("remark", overflow="fold", ratio=1)
    for row in report.rows:
        style = STYLES.get(row.outcome, "dim") if row.agrees else "bold white on red"
        words = (row.outcome, strength(row) or "–", row.where, shortened(remark(row)))
        cells = (row.paper, row.equation, *words)
        table.add_row(*(Text(cell, style if at == 2 else "") for at, cell in enumerate(cells)))
    return table


def count_table(report: Report) -> Table:
    """A line per paper: how many equations came to each outcome, and what has no entry."""
    from rich import box
    from rich.table import Table

    total = report.counts()
    shown = [outcome for outcome in (*OUTCOMES, "refuted", "unknown") if total.get(outcome)]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("paper")
    for outcome in shown:
        table.add_column(outcome, justify="right", style=STYLES.get(outcome, ""))
    for column in ("all", "drift", "missing", "seconds"):
        table.add_column(column, justify="right")
    for key in report.titles:
        rows = [row for row in report.rows if row.paper == key]
        counts = report.counts(key)
        drift = sum(not row.agrees for row in rows)
        numbers = (len(rows), drift, len(report.missing.get(key, ())))
        seconds = f"{sum(row.seconds for row in rows):.1f}"
        table.add_row(
            key, *(str(counts.get(each, 0)) for each in shown), *map(str, numbers), seconds
        )
    return table


def mutation_table(mutation: MutationReport) -> Table:
    """A line per paper: how the changes of its statements fared."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("paper")
    for column in ("checked", "changes", "refuted", "true as well", "survived", "kill rate"):
        table.add_column(column, justify="right")
    for key in mutation.papers:
        counts, rate = mutation.counts(key), mutation.kill_rate(key)
        fates = [counts.get(fate, 0) for fate in ("refuted", "equivalent", "survived")]
        checked = sum(row.paper == key for row in mutation.rows)
        shown = "–" if rate is None else f"{float(rate):.1%}"
        table.add_row(key, *map(str, (checked, sum(fates), *fates)), shown)
    return table


def closing_lines(report: Report) -> Iterator[str]:
    """Errata, drift and gaps, a line each, and whether all is as recorded."""
    for row in report.rows:
        if row.outcome == "erratum":
            fails = row.counterexample or shortened(row.evidence, 40)
            instead = f"{shortened(row.corrected_latex)} [{row.corrected_strength}]"
            name = f"{row.paper} ({row.equation}), {row.where}"
            yield f"erratum {name}: fails at {shortened(fails)}; {instead}"
    for row in report.drift:
        found = f"{row.outcome}, {strength(row)}"
        yield f"drift {row.paper} ({row.equation}): recorded {row.recorded}; found {found}"
    for key, ids in report.missing.items():
        if ids:
            yield f"missing {key}: {', '.join(ids)}"
    drift = len(report.drift)
    count = f"{len(report.rows)} equation{'' if len(report.rows) == 1 else 's'}"
    missing = sum(map(len, report.missing.values()))
    if report.agrees:
        yield f"{count}: every outcome is the recorded one, nothing is missing"
    else:
        yield f"{count}: {drift} not as recorded, {missing} without an entry"


def mutation_lines(mutation: MutationReport) -> Iterator[str]:
    """The survivors with their entries' reasons, and what is vacuous."""
    for row in mutation.rows:
        alive = row.with_fate("survived")
        for change in alive:
            told = f"{change.operator}: {shortened(change.words, 60)}"
            why = shortened(change.evidence, 80)
            yield f"survived {row.paper} ({row.equation}), {told} [{why}]"
        if row.survivors and (alive or row.is_vacuous):
            yield f"  reason {row.paper} ({row.equation}): {row.survivors}"
    for row in mutation.rows:
        if row.is_weak:
            true, all_ = len(row.with_fate("equivalent")), len(row.changes)
            yield f"weak {row.paper} ({row.equation}): {true} of {all_} changes are true as well"
    for row in mutation.vacuous:
        yield f"vacuous {row.paper} ({row.equation}): no change of it is refuted"
    rates = [rate for key in mutation.papers if (rate := mutation.kill_rate(key)) is not None]
    worst = f"; the lowest kill rate is {float(min(rates)):.1%}" if rates else ""
    yield f"mutation: {'passes' if mutation.agrees else 'FAILS'}{worst}"


def show(report: Report, mutation: MutationReport | None = None) -> None:
    """Print all of it."""
    _print(_console(), report, mutation)


def as_text(report: Report) -> str:
    """The same as plain text."""
    from rich.console import Console

    out = io.StringIO()
    _print(Console(file=out, width=WIDTH, color_system=None), report, None)
    return out.getvalue()


def _print(console: Console, report: Report, mutation: MutationReport | None) -> None:
    console.print(verdict_table(report))
    console.print(count_table(report))
    if mutation is not None:
        console.print(mutation_table(mutation))
    lines = [*closing_lines(report), *(mutation_lines(mutation) if mutation else ())]
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _console() -> Console:
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=WIDTH)
