r"""Errata of a paper as LaTeX, ready to be sent to its authors.

Per erratum: where it stands, what is printed, where that fails, what should stand there, and how
both were checked. What holds only under assumptions that are not stated follows, for it is what
authors are glad to add.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from symvar.claims.judge import Row
from symvar.claims.report import Report
from symvar.emit.latex import document
from symvar.emit.latex import escape as tex
from symvar.emit.verdicts import shortened
from symvar.reference import PAPERS

OPENING = (
    "This list was made by symvar, which states every equation of the paper in a computer algebra "
    "system and checks it. A printed statement is listed here only where it was refuted exactly "
    "under the paper's own assumptions, and the corrected statement was checked as well. "
    "Some of the faults may come from the copy of the text that was read; where that is likely, "
    "it is said."
)
PREAMBLE = r"""\usepackage{graphicx}
\sloppy
\newsavebox{\formula}
\newcommand{\fitted}[1]{\sbox{\formula}{$\displaystyle #1$}%
  \ifdim\wd\formula>\linewidth\resizebox{\linewidth}{!}{\usebox{\formula}}%
  \else\usebox{\formula}\fi}
"""
"""A formula too wide for the page is made smaller."""
LONGEST = 240
"""Characters of how a statement was checked."""
STRENGTHS = {
    "proved": "proved for all values of its symbols",
    "enclosed": "enclosed by certified intervals",
    "instances": "exact on finitely many cases",
    "sampled": "sampled",
}


def errata_list(report: Report, key: str) -> str:
    """The document on one paper; empty where there is nothing to list."""
    body = _paper(report, key)
    title = f"Errata: {report.titles[key]}"
    return document(body, title=title, preamble=PREAMBLE) if body else ""


def errata_document(report: Report) -> str:
    """One document on all papers of a report; empty where there is nothing to list."""
    bodies = {key: body for key in report.titles if (body := _paper(report, key))}
    if len(bodies) == 1:
        return errata_list(report, next(iter(bodies)))
    parts = [f"\\part*{{{tex(report.titles[key])}}}\n{body}" for key, body in bodies.items()]
    return document("\n".join(parts), title="Errata", preamble=PREAMBLE) if parts else ""


def _paper(report: Report, key: str) -> str:
    rows = [row for row in report.rows if row.paper == key]
    errata = [row for row in rows if row.outcome == "erratum"]
    under = [row for row in rows if row.outcome == "holds-under"]
    if not errata and not under:
        return ""
    lines = [*_source(key), tex(OPENING), ""]
    if errata:
        lines.append(rf"\section*{{Statements that do not hold as printed ({len(errata)})}}")
        for row in errata:
            lines += _erratum(row)
    if under:
        lines.append(rf"\section*{{Statements that need more than is stated ({len(under)})}}")
        for row in under:
            lines += _condition(row)
    return "\n".join(lines)


def _source(key: str) -> Iterator[str]:
    bib = PAPERS / key / "paper.bib"
    if bib.is_file():
        field = re.compile(r"^\s*(author|year)\s*=\s*\{(.*)\},?\s*$", re.MULTILINE)
        found = dict(field.findall(bib.read_text(encoding="utf-8")))
        if len(found) == 2:
            yield rf"\noindent {found['author'].replace(' and ', ', ')} ({found['year']})."
            yield ""


def _erratum(row: Row) -> Iterator[str]:
    yield _head(row)
    yield "Printed:"
    yield _display(row.printed_latex)
    if row.counterexample:
        yield rf"\noindent It fails at {_point(row.counterexample)}."
    else:
        why = shortened(row.evidence.partition("; corrected: ")[0], LONGEST)
        yield rf"\noindent {tex(f'It is refuted: {why}.')}"
    yield r"\par\noindent Instead:"
    yield _display(row.corrected_latex)
    checked = STRENGTHS.get(row.corrected_strength, row.corrected_strength)
    how = shortened(row.evidence.rpartition("; corrected: ")[2], LONGEST)
    yield rf"\noindent {tex(f'Checked: the corrected statement is {checked} ({how}).')}"
    yield from _remarks(row)


def _condition(row: Row) -> Iterator[str]:
    yield _head(row)
    yield _display(row.printed_latex)
    yield rf"\noindent Needed and not stated: {tex('; '.join(row.beyond))}."
    if row.counterexample:
        yield f"Without it, it fails at {_point(row.counterexample)}."
    yield from _remarks(row)


def _remarks(row: Row) -> Iterator[str]:
    for name, words in (("", row.note), ("On the copy that was read: ", row.ocr)):
        if words:
            ended = words if words[-1] in ".!?" else f"{words}."
            yield rf"\par\noindent {tex(name + ended)}"
    yield ""


def _head(row: Row) -> str:
    name = row.equation.removeprefix("prose:").replace("-", " ")
    name = f"In prose: {name}" if row.equation.startswith("prose:") else f"({row.equation})"
    return rf"\subsection*{{{tex(f'{name}, {row.where}')}}}"


def _display(latex: str) -> str:
    return f"\\[\n  \\fitted{{{latex}}}\n\\]"


def _point(counterexample: str) -> str:
    r"""A counterexample as text: its names and values as they are, unless they are LaTeX."""
    return rf"\texttt{{{tex(counterexample)}}}"
