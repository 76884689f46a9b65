"""LaTeX around formulas: what is written, and that pdflatex accepts it."""

from __future__ import annotations

import shutil
import string
import subprocess

import pytest

from symvar.emit.latex import LONGEST_FLOAT, booktabs, document, escape
from symvar.errors import ArgumentError

SPECIAL = string.punctuation + "τγσπρφΦ≤≥×−²√∫→ℓ"


def compiles(source, folder):
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    (folder / "doc.tex").write_text(source, encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "doc.tex"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace")
    return run.returncode == 0, run.stdout


def test_escape():
    assert escape("a_b & 50% of $3 #1 {x}") == r"a\_b \& 50\% of \$3 \#1 \{x\}"
    assert escape("\\~^<>|") == (
        r"\textbackslash{}\textasciitilde{}\textasciicircum{}\textless{}\textgreater{}\textbar{}"
    )
    assert escape("τ ≤ σ²") == r"$\tau$ $\le$ $\sigma$$^2$"
    assert escape("plain text, as it is.") == "plain text, as it is."


def test_a_short_table_floats_and_a_long_one_breaks():
    short = booktabs(["a", "b"], [["1", "2"]] * LONGEST_FLOAT, align="lr", caption="C")
    assert short.startswith("\\begin{table}[htbp]\n\\centering\n\\caption{C}\n\\begin{tabular}{lr}")
    assert short.endswith("\\bottomrule\n\\end{tabular}\n\\end{table}\n")
    assert short.count(r"1 & 2 \\") == LONGEST_FLOAT
    long = booktabs(["a", "b"], [["1", "2"]] * (LONGEST_FLOAT + 1), align="lr", caption="C")
    assert long.startswith("\\begin{longtable}{lr}\n\\caption{C} \\\\\n\\toprule\na & b \\\\\n")
    assert long.index("\\endhead") < long.index("\\endlastfoot") < long.index(r"1 & 2 \\")
    tall = booktabs(["a"], [["9" * 2000]] * 2, align="p{5cm}")
    assert tall.startswith(r"\begin{longtable}")
    assert "caption" not in booktabs(["a"], [["1"]], align="l")


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ArgumentError, match=r"booktabs: need 2 cells in each row.*have 1: x"):
        booktabs(["a", "b"], [["1", "2"], ["x"]], align="ll")


@pytest.mark.parametrize("rows", [2, 60])
def test_documents_compile(tmp_path, rows):
    table = booktabs(
        ["name", r"$\tau_T$"], [[escape(SPECIAL), r"$\frac{1}{2}$"]] * rows, align="lr",
        caption=escape("50% & more"),
    )  # fmt: skip
    good, log = compiles(document(table, title=SPECIAL), tmp_path)
    assert good, log[-2000:]


def test_the_compile_check_rejects_what_is_not_escaped(tmp_path):
    good, _ = compiles(document("50 & #", title="x"), tmp_path)
    assert not good
