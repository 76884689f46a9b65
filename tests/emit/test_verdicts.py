"""Reports shown: terminal table, report card, errata; the text of each says what was found."""

from __future__ import annotations

import html.parser
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec

import pytest

from symvar.claims.judge import Row
from symvar.claims.mutate_report import Change, Mutated, MutationReport
from symvar.claims.report import Report
from symvar.emit.errata import errata_document, errata_list
from symvar.emit.mathml import formula, mathml
from symvar.emit.report_card import embedded, report_card

needs_mathml = pytest.mark.skipif(find_spec("latex2mathml") is None, reason="needs latex2mathml")


def row(equation, outcome, strength="proved", **more):
    fields = {
        "kind": "claim",
        "where": "section 1",
        "printed_latex": r"\frac{a}{b} < c",
        "recorded": f"{outcome}, {strength}",
        **more,
    }
    return Row("p", equation, outcome=outcome, strength=strength, **fields)


ERRATUM = row(
    "2",
    "erratum",
    "refuted",
    corrected_latex="a^2 > 0",
    corrected_strength="proved",
    counterexample="a_1 = 1, b = <2>",
    evidence="it fails at a_1 = 1; corrected: the difference of the sides is zero",
    note="the square & the sign",
    ocr="a prime may be lost",
)
ROWS = [
    row("1", "holds", evidence="by expansion"),
    ERRATUM,
    row("prose:a long name", "holds-under", "instances", beyond=("n is even",)),
    row("4", "approximation", "enclosed", note="the gap is 1/n"),
    row("5", "definition", "", recorded="definition"),
    row("B.6", "illegible", "", printed_latex="", recorded="illegible", ocr="a blot"),
]
GOOD = Report(ROWS, {"p": ()}, {"p": "On <means> & 50%"})
BAD = Report(
    [*ROWS, row("7", "refuted", "refuted", recorded="holds, proved", agrees=False)],
    {"p": ("8", "9")},
    {"p": "On means"},
)
MUTATION = MutationReport(
    [
        Mutated(
            "p",
            "1",
            (
                Change("sign", "sign of a", "-a", "refuted", ""),
                Change("factor", "twice a", "2a", "survived", ""),
            ),
            "b is not bounded",
        )
    ],
    ["p"],
)


class Page(html.parser.HTMLParser):
    """Checks that tags are closed in order, and gathers ids, links and text."""

    VOID = ("meta", "br", "hr", "img")

    def __init__(self, text):
        super().__init__()
        self.stack, self.ids, self.links, self.words = [], [], [], []
        self.feed(text)
        assert self.stack == []

    def handle_starttag(self, tag, attributes):
        self.ids += [value for name, value in attributes if name == "id"]
        self.links += [value for name, value in attributes if name in ("href", "src")]
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        if "style" not in self.stack and "script" not in self.stack:
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.mark.parametrize("report", [GOOD, BAD], ids=["good", "bad"])
def test_the_card_is_one_sound_page_without_anything_from_elsewhere(report):
    text = report_card(report, MUTATION)
    page = Page(text)
    assert len(set(page.ids)) == len(page.ids)
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    outside = re.sub(r'xmlns="[^"]*"', "", text)
    assert not re.search(r"https?:|@import|url\(|<link|<img|<iframe", outside)
    for each in report.rows:
        assert each.equation in page.text


def test_the_card_says_what_was_found():
    text = Page(report_card(GOOD, MUTATION)).text
    assert "every outcome is the recorded one, nothing is missing" in text
    for words in (
        "Fails at a_1 = 1, b = <2>",
        "Corrected (proved)",
        "How it is known by expansion",
        "Needed and not stated n is even",
        "Text recognition a blot",
        "the square & the sign",
        'symvar verify p --only "2"',
        "2 changes: 1 refuted, 0 true as well, 1 not told apart",
        "factor: twice a",
        "Why: b is not bounded",
        "50.0%",
        "On <means> & 50%",
    ):
        assert words in text


def test_the_card_shows_drift_and_gaps():
    text = report_card(BAD)
    page = Page(text)
    assert "1 not as recorded, 2 without an entry" in page.text
    assert "without an entry: 8, 9" in page.text
    assert "recorded holds, proved; found refuted, refuted" in page.text
    assert re.search(r'<details class="entry o-refuted" id="p-7" open>', text)


def test_the_same_verdicts_give_the_same_page():
    later = Report(
        [Row.from_dict(r.to_dict() | {"seconds": 9.0}) for r in ROWS], {"p": ()}, GOOD.titles
    )
    assert report_card(later) == report_card(GOOD)


def test_a_notebook_shows_the_card_without_a_script():
    bundle = GOOD._repr_mimebundle_()
    assert bundle["text/html"] == embedded(GOOD)
    assert "<script" not in bundle["text/html"]
    assert "<html" not in bundle["text/html"]
    Page(bundle["text/html"])
    assert bundle["text/plain"] == str(GOOD)
    assert GOOD.to_html() == report_card(GOOD)


def test_the_text_lists_every_equation_and_each_erratum_on_one_line():
    text = str(GOOD)
    for each in ROWS:
        assert re.search(rf"^\W*p +{re.escape(each.equation)} ", text, re.M)
    assert re.search(
        r"^erratum p \(2\), section 1: fails at a_1 = 1, b = <2>; a\^2 > 0 \[proved\]$", text, re.M
    )
    assert "drift p (7): recorded holds, proved; found refuted, refuted" in str(BAD)
    assert "missing p: 8, 9" in str(BAD)


@needs_mathml
@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"\frac{a}{b}", "<mfrac>"),
        (r"\arg \min_x f", "arg"),
        (r"\text{50 \%}", "50"),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "<mtable"),
        (r"\begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}", "<mtable"),
    ],
)
def test_formulas_become_mathml_with_their_source(latex, words):
    shown = formula(latex)
    assert words in shown
    assert "<details><summary>LaTeX</summary><code>" in shown
    Page(shown)


@pytest.mark.parametrize("latex", [r"\nosuch{x}", r"\frac{1}{", r"\begin{odd} a & b \end{odd}"])
def test_what_cannot_be_converted_is_shown_as_its_source(latex):
    assert mathml(latex) == ""
    assert Page(formula(latex)).text == " ".join(latex.split())


def test_without_a_converter_the_source_is_shown(monkeypatch):
    monkeypatch.setitem(sys.modules, "latex2mathml.converter", None)
    assert formula("a^2") == '<div class="formula "><code>a^2</code></div>'


def test_the_errata_say_where_what_and_how_it_was_checked():
    text = errata_list(GOOD, "p")
    for words in (
        r"\subsection*{(2), section 1}",
        r"\fitted{\frac{a}{b} < c}",
        r"It fails at \texttt{a\_1 = 1, b = \textless{}2\textgreater{}}.",
        r"\fitted{a^2 > 0}",
        "proved for all values of its symbols (the difference of the sides is zero).",
        r"the square \& the sign.",
        "On the copy that was read: a prime may be lost.",
        r"\section*{Statements that need more than is stated (1)}",
        "Needed and not stated: n is even.",
        r"\title{Errata: On \textless{}means\textgreater{} \& 50\%}",
    ):
        assert words in text
    assert text == GOOD.to_latex()


def test_no_errata_no_document():
    none = Report(ROWS[:1], {"p": ()}, {"p": "On means"})
    assert errata_list(none, "p") == errata_document(none) == ""


def test_papers_share_a_document():
    other = Row.from_dict(ERRATUM.to_dict() | {"paper": "q"})
    both = Report([*ROWS, other], {"p": (), "q": ()}, {"p": "On means", "q": "On modes"})
    text = errata_document(both)
    assert text.count(r"\begin{document}") == 1
    assert [text.count(rf"\part*{{{title}}}") for title in ("On means", "On modes")] == [1, 1]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_the_errata_compile(tmp_path):
    wide = Row.from_dict(ERRATUM.to_dict() | {"printed_latex": " + ".join(["x^{2}"] * 60)})
    report = Report([wide, *ROWS[2:]], {"p": ()}, {"p": "On <means> & 50%"})
    (tmp_path / "e.tex").write_text(errata_list(report, "p"))
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "e.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout
