"""The report card: papers and their equations as one self-contained HTML page.

Formulas are MathML, which browsers typeset without fonts or scripts from elsewhere. The page can
be read without its few lines of script: they open the entry of a field, fade outcomes, and open
everything for printing. It holds no times, so that the same verdicts give the same page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files

from symvar.claims.judge import Row
from symvar.claims.mutate_report import Mutated, MutationReport
from symvar.claims.report import Report
from symvar.emit.mathml import formula
from symvar.emit.verdicts import OUTCOMES, remark, strength

MARKS = {
    "holds": "✓",
    "holds-under": "✓*",
    "erratum": "✗",
    "approximation": "≈",
    "definition": ":=",
    "assumption": "A",
    "empirical": "M",
    "illegible": "?",
}
WORDS = {
    "holds": "true as printed",
    "holds-under": "true under assumptions that are not stated",
    "erratum": "false as printed; the corrected statement is checked",
    "approximation": "not exact; the gap is known",
    "definition": "nothing to check",
    "assumption": "nothing to check",
    "empirical": "measured, not derived",
    "illegible": "the source cannot be read",
}
LETTERS = {
    "proved": ("P", "proved for all values"),
    "enclosed": ("E", "enclosed by balls"),
    "instances": ("I", "exact on finitely many cases"),
    "sampled": ("S", "sampled, with an interval"),
}

LONG = 8
"""A name of more characters takes two fields of the grid."""


def report_card(report: Report, mutation: MutationReport | None = None) -> str:
    """The page.

    Args:
        report: of one or several papers.
        mutation: how changes of their statements fared, to be shown as well.
    """
    here = files("symvar.emit")
    style, script = (
        here.joinpath(f"report_card.{end}").read_text(encoding="utf-8") for end in ("css", "js")
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>symvar report card: {escape(', '.join(report.titles))}</title>\n"
        f"<style>\nhtml, body {{ margin: 0; }}\n{style}</style>\n</head>\n<body>\n"
        f"{_card(report, mutation, 'whole')}<script>\n{script}</script>\n</body>\n</html>\n"
    )


def embedded(report: Report) -> str:
    """The same for a notebook's output: no page around it, and no script."""
    style = files("symvar.emit").joinpath("report_card.css").read_text(encoding="utf-8")
    return f"<style>\n{style}</style>\n{_card(report, None, '')}"


def _card(report: Report, mutation: MutationReport | None, kind: str) -> str:
    changed = {(row.paper, row.equation): row for row in mutation.rows} if mutation else {}
    parts = [f'<div class="symvar-card {kind}">', _head(report), _overview(report, mutation)]
    if kind:
        parts.append(_legend(report))
    parts += [_paper(report, key, changed) for key in report.titles]
    return "\n".join([*parts, "</div>"]) + "\n"


def _head(report: Report) -> str:
    missing = sum(map(len, report.missing.values()))
    papers = f"{len(report.titles)} paper{'' if len(report.titles) == 1 else 's'}"
    count = f"{len(report.rows)} equations and claims of {papers}"
    good = "every outcome is the recorded one, nothing is missing"
    bad = f"{len(report.drift)} not as recorded, {missing} without an entry"
    return (
        f'<header><h1>symvar report card</h1><p>{count}: <span class="verdict'
        f'{"" if report.agrees else " bad"}">{good if report.agrees else bad}</span>.</p></header>'
    )


def _overview(report: Report, mutation: MutationReport | None) -> str:
    shown = _shown(report)
    heads = ["paper", *shown, "all", *(["kill rate"] if mutation else []), ""]
    lines = [
        '<div class="wide"><table class="overview">',
        _tag_row("th", [(escape(head), "") for head in heads]),
    ]
    for key, title in report.titles.items():
        counts = report.counts(key)
        total = sum(counts.values())
        name = f'<a href="#paper-{escape(key)}">{escape(key)}</a><small>{escape(title)}</small>'
        cells = [(name, "name")]
        cells += [(str(counts.get(each, 0)), "" if counts.get(each) else "none") for each in shown]
        cells.append((str(total), ""))
        if mutation:
            rate = mutation.kill_rate(key)
            cells.append(("–" if rate is None else f"{float(rate):.1%}", ""))
        pieces = "".join(
            f'<i class="o-{each}" style="flex:{counts[each]}" title="{each}: {counts[each]}"></i>'
            for each in shown
            if counts.get(each)
        )
        cells.append((f'<div class="stack">{pieces}</div>', "bar"))
        lines.append(_tag_row("td", cells))
    return "\n".join([*lines, "</table></div>"])


def _legend(report: Report) -> str:
    buttons = "".join(
        f'<button type="button" class="o-{each}" data-outcome="{each}" aria-pressed="true" '
        f'title="{escape(WORDS.get(each, "the check did not find what is recorded"))}">'
        f"<i></i>{MARKS.get(each, '!')} {each}</button>"
        for each in _shown(report)
    )
    samples = "".join(
        f'<span class="sample">{_field("o-definition", name, letter, "")} {words}</span>'
        for name, (letter, words) in LETTERS.items()
    )
    return (
        f'<div class="legend">{buttons}</div>\n'
        f'<div class="legend strengths">How strongly it is known:{samples}</div>'
    )


def _paper(report: Report, key: str, changed: dict[tuple[str, str], Mutated]) -> str:
    rows = [row for row in report.rows if row.paper == key]
    missing = report.missing.get(key, ())
    lines = [
        f'<section id="paper-{escape(key)}">',
        f'<h2>{escape(report.titles[key])} <span class="quiet">{escape(key)}</span></h2>',
    ]
    if missing:
        words = f"without an entry: {', '.join(missing)}"
        lines.append(f'<p class="verdict bad">{escape(words)}</p>')
    lines.append('<ul class="grid">')
    for row in rows:
        long = ' class="long"' if len(row.equation) > LONG else ""
        lines.append(f"<li{long}>{_cell(row)}</li>")
    lines.append("</ul>")
    lines += [_entry(row, changed.get((key, row.equation))) for row in rows]
    return "\n".join([*lines, "</section>"])


def _cell(row: Row) -> str:
    known = strength(row)
    letter = LETTERS.get(known, ("", ""))[0]
    hint = f"{row.equation}: {row.outcome}{', ' + known if known else ''}; {row.where}"
    drift = "" if row.agrees else " drift"
    inner = _field(f"o-{row.outcome}{drift}", known, letter, row.equation, row.outcome)
    return inner.replace(
        "<span", f'<a href="#{_anchor(row)}" title="{escape(hint)}"', 1
    ).removesuffix("</span>") + ("</a>")


def _field(outcome: str, known: str, letter: str, label: str, mark: str = "") -> str:
    symbol = f'<span class="mark">{MARKS.get(mark, "!")}</span>' if mark else ""
    name = f'<span class="id">{escape(label)}</span>' if label else ""
    sign = f'<span class="letter">{letter}</span>' if letter else ""
    kind = f"s-{known}" if letter else "s-none"
    return f'<span class="cell {outcome} {kind}">{symbol}{name}{sign}</span>'


def _entry(row: Row, changed: Mutated | None) -> str:
    opening = " open" if not row.agrees else ""
    known = strength(row)
    summary = (
        f'<summary><span class="id">{escape(row.equation)}</span>'
        f'<span class="outcome">{row.outcome}</span><span>{known or "–"}</span>'
        f'<span class="remark">{escape(remark(row) or row.where)}</span></summary>'
    )
    body = "\n".join(f"<h3>{escape(head)}</h3>{text}" for head, text in _details(row, changed))
    return (
        f'<details class="entry o-{row.outcome}" id="{_anchor(row)}"{opening}>{summary}'
        f'<div class="body">{body}<p class="up"><a href="#paper-{escape(row.paper)}">'
        f"↑ {escape(row.paper)}</a></p></div></details>"
    )


def _details(row: Row, changed: Mutated | None) -> Iterator[tuple[str, str]]:
    if not row.agrees:
        found = f"recorded {row.recorded}; found {row.outcome}, {strength(row)}"
        yield "Not as recorded", f'<p class="verdict bad">{escape(found)}</p>'
    kind = f"{row.kind}, {row.where}"
    if row.printed_latex:
        wrong = "wrong" if row.outcome == "erratum" else ""
        yield f"As printed ({kind})", formula(row.printed_latex, wrong)
    else:
        yield "Where", _text(kind)
    if row.counterexample:
        head = (
            "Fails at" if row.outcome != "holds-under" else "Without what is not stated, fails at"
        )
        yield head, f"<p><code>{escape(row.counterexample)}</code></p>"
    if row.corrected_latex:
        yield f"Corrected ({row.corrected_strength})", formula(row.corrected_latex, "right")
    if row.assumptions:
        yield "Assumed by the source", _list(row.assumptions)
    if row.beyond:
        yield "Needed and not stated", _list(row.beyond)
    if row.evidence:
        yield "How it is known", f'<p class="evidence">{escape(row.evidence)}</p>'
    if row.note:
        yield "Note", _text(row.note)
    if row.ocr:
        yield "Text recognition", _text(row.ocr)
    if changed is not None:
        yield "Changed a little", _changes(changed)
    if row.recorded and row.strength:
        call = f'symvar verify {row.paper} --only "{row.equation}"'
        yield "Check it yourself", f"<p><code>{escape(call)}</code></p>"


def _changes(changed: Mutated) -> str:
    killed, alive = changed.with_fate("refuted"), changed.with_fate("survived")
    true = len(changed.with_fate("equivalent"))
    words = f"{len(changed.changes)} changes: {len(killed)} refuted, {true} true as well, "
    told = _text(f"{words}{len(alive)} not told apart")
    if alive:
        told += _list(f"{change.operator}: {change.words}" for change in alive)
    return told + (_text(f"Why: {changed.survivors}") if changed.survivors else "")


def _shown(report: Report) -> list[str]:
    total = report.counts()
    return [each for each in (*OUTCOMES, "refuted", "unknown") if total.get(each)]


def _anchor(row: Row) -> str:
    return escape(re.sub(r"[^\w.-]+", "_", f"{row.paper}-{row.equation}"))


def _list(items: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"


def _text(words: str) -> str:
    return f"<p>{escape(words)}</p>"


def _tag_row(tag: str, cells: Iterable[tuple[str, str]]) -> str:
    inner = (
        f'<{tag} class="{kind}">{cell}</{tag}>' if kind else f"<{tag}>{cell}</{tag}>"
        for cell, kind in cells
    )
    return f"<tr>{''.join(inner)}</tr>"
