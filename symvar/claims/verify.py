"""Verify papers: every entry checked again, in parallel if asked, and held against its record."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from symvar.claims.judge import Row, judge
from symvar.claims.library import all_papers, folder_of, load, located_in
from symvar.claims.pool import answers
from symvar.claims.report import Report
from symvar.claims.store import Store

Progress = Callable[[Iterable[Any], int], Iterable[Any]]
Task = tuple[Path, str]


def verify(
    *papers: str | Path,
    only: str | None = None,
    jobs: int = 1,
    cache: bool = True,
    progress: Progress = lambda rows, total: rows,
) -> Report:
    """Check every equation of some papers and hold what is found against what is recorded.

    Args:
        papers: keys, or folders with an ``equations.py``; all that ship with symvar if none.
        only: the id of one equation.
        jobs: how many processes share the work.
        cache: use what an earlier run found from the same code.
        progress: wraps the rows as they come, given their number; for a progress bar.

    Raises:
        DefinitionError: for an unknown paper or id, or a paper whose file is broken.

    >>> verify("he", only="5").rows[0].outcome
    'holds'
    """
    folders = [folder_of(each) for each in papers or all_papers()]
    loaded = {folder: load(folder) for folder in folders}
    tasks = [
        (folder, id)
        for folder, paper in loaded.items()
        for id in ([paper.entry(only).id] if only else paper.entries)
    ]
    stores = {folder: Store(folder, Row, keep=cache) for folder in folders}
    found = {task: row for task in tasks if (row := stores[task[0]].get(task[1])) is not None}
    waiting = [task for task in tasks if task not in found]
    for task, row in progress(answers(row_of, waiting, jobs), len(waiting)):
        stores[task[0]].put(row)
        found[task] = row
    return Report(
        rows=[found[task] for task in tasks],
        missing={paper.key: () if only else paper.missing for paper in loaded.values()},
        titles={paper.key: paper.title for paper in loaded.values()},
    )


def row_of(task: Task) -> Row:
    """The row of one entry, named by its folder and id: what a worker process is given.

    Raises:
        DefinitionError: where the entry's own code fails, naming the equation.
    """
    folder, id = task
    paper = load(folder)
    with located_in(folder, paper.key, id):
        return judge(paper.key, paper.entry(id))
