"""Change every checked statement of a paper a little, and see that the checker refutes it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import sympy as sp

from symvar.claims.check import check
from symvar.claims.library import all_papers, folder_of, load, located_in
from symvar.claims.mutate import mutants
from symvar.claims.mutate_report import Change, Fate, Mutated, MutationReport
from symvar.claims.paper import CHECKED, Claim, Entry
from symvar.claims.pool import answers
from symvar.claims.store import Store
from symvar.claims.verdict import Verdict
from symvar.claims.verify import Progress, Task

SECONDS = 5.0
SHARE = 1 / 6
"""The time for one change: so many seconds, or this share of the entry's own limit if longer."""
LONGEST = 400
"""A changed statement is shown up to so many characters."""


def mutation_report(
    *papers: str | Path,
    only: str | None = None,
    jobs: int = 1,
    cache: bool = True,
    progress: Progress = lambda rows, total: rows,
) -> MutationReport:
    """How the checker judges small changes of what it affirms of some papers.

    Args:
        papers: keys, or folders with an ``equations.py``; all that ship with symvar if none.
        only: the id of one equation.
        jobs: how many processes share the work.
        cache: use what an earlier run found from the same code.
        progress: as in `symvar.claims.verify`.

    Raises:
        DefinitionError: for an unknown paper or id, or a paper whose file is broken.

    >>> mutation_report("he", only="5").rows[0].is_vacuous
    False
    """
    folders = [folder_of(each) for each in papers or all_papers()]
    loaded = {folder: load(folder) for folder in folders}
    tasks: list[Task] = [
        (folder, entry.id)
        for folder, paper in loaded.items()
        for entry in ([paper.entry(only)] if only else paper.entries.values())
        if entry.outcome in CHECKED
    ]
    stores = {folder: Store(folder, Mutated, keep=cache) for folder in folders}
    found = {task: row for task in tasks if (row := stores[task[0]].get(task[1])) is not None}
    waiting = [task for task in tasks if task not in found]
    for task, row in progress(answers(mutated, waiting, jobs), len(waiting)):
        stores[task[0]].put(row)
        found[task] = row
    return MutationReport([found[task] for task in tasks], [each.key for each in loaded.values()])


def mutated(task: Task) -> Mutated:
    """The changes of one entry's statement, judged: what a worker process is given.

    Raises:
        DefinitionError: where the entry's own code fails, naming the equation.
    """
    folder, id = task
    paper = load(folder)
    entry = paper.entry(id)
    started = time.perf_counter()
    with located_in(folder, paper.key, id):
        statement, given = affirmed(entry, entry.claim())
        changed = list(mutants(statement))
    seconds = max(SECONDS, SHARE * entry.seconds)
    changes = tuple(_change(name, each, given, seconds) for name, each in changed)
    took = round(time.perf_counter() - started, 3)
    return Mutated(paper.key, id, changes, entry.survivors, took)


def affirmed(entry: Entry, claim: Claim) -> tuple[Any, tuple[Any, ...]]:
    """What the check affirms of an entry, and under which facts.

    That is the statement, for an erratum the corrected one, for an approximation the gap.
    """
    if entry.outcome == "holds":
        return claim.statement, claim.given
    said = {"erratum": claim.corrected, "approximation": claim.gap}
    return said.get(entry.outcome, claim.statement), (*claim.given, *claim.extra)


def _change(name: str, mutant: Any, given: tuple[Any, ...], seconds: float) -> Change:
    operator, _, words = name.partition(", ")
    try:
        verdict = check(mutant, given, seconds)
    except Exception as error:  # told, and counted as not refuted
        verdict = Verdict("unknown", f"the check raised {type(error).__name__}: {error}")
    return Change(operator, words, _latex(mutant), _fate(verdict), verdict.evidence[:LONGEST])


def _fate(verdict: Verdict) -> Fate:
    if verdict.status == "refuted":
        return "refuted"
    return "equivalent" if verdict.status in ("proved", "enclosed") else "survived"


def _latex(mutant: Any) -> str:
    try:
        text = sp.latex(mutant)
    except Exception:  # a statement without LaTeX of its own: shown by its words
        return ""
    return text if len(text) <= LONGEST else ""
