"""Every paper: verified as recorded, complete, typeset, and each entry says what a reader needs."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symvar.claims import verify
from symvar.claims.library import all_papers, folder_of, load
from symvar.claims.mutate_papers import mutated
from symvar.claims.mutate_report import MutationReport
from symvar.claims.paper import CHECKED
from symvar.claims.pool import answers
from symvar.reference import PAPERS

PAPERS_ENTERED = {key: load(folder_of(key)) for key in all_papers()}
ENTRIES = [
    (key, entry) for key, paper in PAPERS_ENTERED.items() for entry in paper.entries.values()
]
NAMES = [f"{key}-{entry.id}" for key, entry in ENTRIES]

per_paper = pytest.mark.parametrize("key", PAPERS_ENTERED)
per_entry = pytest.mark.parametrize(("key", "entry"), ENTRIES, ids=NAMES)


@per_paper
def test_it_has_its_folder_its_key_and_its_source(key):
    assert PAPERS_ENTERED[key].key == key
    assert PAPERS_ENTERED[key].title
    assert (PAPERS / key / "paper.bib").read_text("utf-8").lstrip().startswith("@")


@per_paper
def test_nothing_that_is_numbered_is_missing(key):
    paper = PAPERS_ENTERED[key]
    assert paper.numbered, "list the printed numbers"
    assert paper.missing == ()


@per_paper
def test_every_outcome_is_the_recorded_one(key):
    report = verify(key, jobs=2)
    assert [f"{row.equation}: {row.evidence}" for row in report.drift] == []
    assert report.agrees
    for row in report.rows:
        if row.outcome in CHECKED:
            assert row.evidence
        if row.outcome == "erratum":
            assert row.counterexample, f"{row.equation}: an erratum needs its counterexample"
            assert row.corrected_latex
            assert row.corrected_strength not in ("", "unknown", "refuted")


@per_paper
def test_small_changes_of_its_statements_are_refuted(key):
    """For every sixth entry; `symvar verify --mutate` looks at all, and its bound is 95 %."""
    folder = folder_of(key)
    checked = [each.id for each in PAPERS_ENTERED[key].entries.values() if each.make is not None]
    tasks = [(folder, id) for id in checked[::6]]
    report = MutationReport([row for _, row in answers(mutated, tasks, jobs=2)], [key])
    assert [row.equation for row in report.vacuous] == []
    assert report.kill_rate(key) >= Fraction(9, 10), [
        (row.equation, change.words) for row, change in report.survivors
    ]


@per_entry
def test_its_formulas_typeset(key, entry, katex):
    for formula in filter(None, (entry.latex, entry.corrected_latex)):
        katex(formula)


@per_entry
def test_it_says_where_and_what(key, entry):
    assert entry.where
    assert entry.latex or entry.outcome == "illegible"
    assert entry.id == entry.id.strip()
    if entry.outcome == "erratum":
        assert entry.corrected_latex != entry.latex
    if entry.outcome == "illegible":
        assert entry.ocr or entry.note
