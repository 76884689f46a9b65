"""The papers: how many equations came to each outcome, the errata, and the report card."""

from __future__ import annotations

from docs.markdown import shown, table, toctree, words
from symvar.claims import verify
from symvar.claims.report import Report
from symvar.emit.bibliography import entry
from symvar.emit.report_card import WORDS, report_card
from symvar.emit.verdicts import OUTCOMES


def checked() -> Report:
    """Every paper, verified; verdicts are kept from run to run until something changes."""
    return verify()


def card(report: Report) -> str:
    """The report card, a page of its own."""
    return report_card(report)


def pages(report: Report) -> dict[str, str]:
    """A page for each paper, and their list."""
    made = {f"papers/{key}": _paper(report, key) for key in report.titles}
    hidden = toctree(*made).replace(":maxdepth: 1", ":maxdepth: 1\n:hidden:")
    return made | {"papers": _overview(report) + hidden}


def _overview(report: Report) -> str:
    counts = {key: report.counts(key) for key in report.titles}
    seen = [each for each in OUTCOMES if any(each in found for found in counts.values())]
    rows = [
        (f"[{key}](papers/{key}.md)", *(counts[key].get(each, 0) for each in seen),
         sum(counts[key].values()))
        for key in report.titles
    ]  # fmt: skip
    total = report.counts()
    rows.append(("all", *(total[each] for each in seen), sum(total.values())))
    verdict = ("Every outcome is the recorded one and no printed number is left out."
               if report.agrees else "**Not every outcome is the recorded one.**")  # fmt: skip
    legend = table(("outcome", "means"), ((each, WORDS[each]) for each in seen))
    return (
        "# Papers, equation by equation\n\nEvery printed equation of these sources is a claim that "
        f"was checked when this page was built. {verdict}\n\n"
        '<p><strong><a href="report-card.html">The report card</a></strong> has a field for each '
        "equation.</p>\n\n"
        f"{table(('paper', *seen, 'all'), rows)}\n{legend}\n"
    )


def _paper(report: Report, key: str) -> str:
    rows = [row for row in report.rows if row.paper == key]
    parts = [
        f"# {words(report.titles[key])}\n",
        (
            f'<p><code>symvar verify {key}</code>; its <a href="../report-card.html#paper-{key}">report '
            "card</a></p>\n"
        ),
        table(("outcome", "equations"), report.counts(key).items()),
    ]
    errata = [row for row in rows if row.outcome == "erratum"]
    parts.append("## Errata\n\nFalse as printed, with a counterexample; the correction is checked "
                 "too.\n" if errata else "No erratum was found.\n")  # fmt: skip
    for row in errata:
        parts.append(f"### {words(row.equation)}\n\n{words(row.where)}. Printed:\n")
        parts.append(shown(row.printed_latex))
        if row.counterexample:
            parts.append(f"Fails at `{row.counterexample}`. ")
        parts.append(f"Corrected ({row.corrected_strength}):\n\n{shown(row.corrected_latex)}")
        parts.append(f"{words(row.note)}\n" if row.note else "")
    parts.append(f"## BibTeX\n\n```bibtex\n{entry(key)}```\n")
    return "\n".join(parts)
