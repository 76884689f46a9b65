"""The site's pages as text, and one small build; no notebook is run here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sphinx.cmd.build import main

from docs import catalogue, formulas, markdown, measured, notebooks
from symvar.activations import all_activations
from symvar.claims.library import all_papers
from symvar.emit.notebooks import all_notebooks
from symvar.layers import all_layers
from symvar.schemes import all_schemes
from symvar.theories import all_theories
from symvar.zoo import all_models

REGISTRIES = {
    "layers": (all_layers, lambda name: f"`{name}`"),
    "activations": (all_activations, lambda name: f"## {name}\n"),
    "schemes": (all_schemes, lambda name: f"## {name}\n"),
    "theories": (all_theories, lambda name: f"## {name}\n"),
    "networks": (all_models, lambda name: f"`{name}`"),
}


@pytest.mark.parametrize("page", REGISTRIES)
def test_a_registrys_page_has_every_entry(page):
    registry, mark = REGISTRIES[page]
    text = catalogue.PAGES[page]()
    assert [name for name in registry() if mark(name) not in text] == []


@pytest.mark.parametrize("page", ["activations", "constants", "schemes"])
def test_the_formulas_of_a_page_typeset(page, katex):
    text = catalogue.PAGES[page]()
    displayed = re.findall(r"^\$\$\n(.*?)\n\$\$$", text, re.DOTALL | re.MULTILINE)
    inline = re.findall(r"(?<!\$)\$([^$\n]+)\$(?!\$)", text)
    assert len(displayed) + len(inline) > 10
    for formula in (*displayed, *inline):
        katex(formula)


def test_the_first_closed_form_and_its_digits_are_on_the_page_of_constants():
    text = catalogue.constants()
    assert "1.5437850115857" in text
    assert r"\frac{15}{16}" in text


def test_every_notebook_is_listed_once():
    text = notebooks.pages()["notebooks"]
    for path in all_notebooks():
        assert text.count(f"notebooks/{path.stem}\n") == 1
    assert set(all_papers()) & {path.stem for path in all_notebooks()}


def test_words_are_no_markup():
    assert markdown.words("a*b_c, $x_1*y$ <z>") == r"a\*b\_c, $x_1*y$ \<z\>"


def test_a_docstring_has_its_formulas_as_sphinx_wants_them():
    given = r"the mean $\tfrac12|x|$ of |x| and *all* a*b"
    found = r"the mean \ :math:`\tfrac12|x|`\  of \|x\| and *all* a\*b"
    assert formulas.paragraph(given) == found
    assert formulas.paragraph(">>> a * b") == ">>> a * b"


ROWS = [
    {"network": "net", "scheme": "good", "rate": 0.1, "accuracy": [0.9, 0.8, 0.95]},
    {"network": "net", "scheme": "good", "rate": 1.0, "accuracy": [None, None, 0.1]},
    {"network": "net", "scheme": "near", "rate": 0.1, "accuracy": [0.85, 0.9, 0.7]},
    {"network": "net", "scheme": "lost", "rate": 0.1, "accuracy": [0.1, 0.1, 0.12]},
    {"network": "net", "scheme": "none", "rate": 0.1, "error": "need a * b"},
]


def test_the_answer_claims_no_benefit_within_the_spread_of_seeds():
    said = measured._answer("net", {"rows": ROWS})
    assert "`good` had the highest median, 90.0%" in said
    assert "no better than `near`" in said
    assert "Learnt nothing at any rate: `lost`" in said


def test_a_diverged_run_counts_as_nothing_learnt():
    rows = [{"network": "net", "scheme": "x", "rate": 1.0, "accuracy": [None, 0.9, None]}]
    assert measured._best("net", {"rows": rows})["x"] == (0.0, [0.0, 0.0, 0.9], 1.0)
    assert "no scheme learnt anything" in measured._answer("net", {"rows": rows})


def test_what_refused_is_told_with_its_words():
    assert r"`none` refused: need a \* b" in measured._trained("net", {"rows": ROWS})


def test_pages_of_measurements_say_when_and_on_what_kind_of_machine():
    for text in measured.pages().values():
        assert re.search(r"Measured on \d{4}-\d\d-\d\d: \w+ on \w+, \d+ cores", text)


@pytest.mark.filterwarnings("ignore")
def test_a_page_with_formulas_builds_and_a_bad_formula_is_a_warning(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    conf = str(Path(formulas.__file__).parent)
    options = ["-W", "-Q", "-b", "html", "-c", conf, str(source), str(tmp_path / "out")]
    (source / "index.md").write_text("# Title\n\n$\\tau_T$\n")
    assert main(options) == 0
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "<mi>τ</mi>" in page
    assert not re.search(r'<(script|link|img)[^>]*(src|href)="https?:', page)
    (source / "index.md").write_text("# Title\n\n$\\nosuchmacro$\n")
    assert main(options) != 0
