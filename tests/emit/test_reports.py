"""Reports, derivations and profile tables: the LaTeX typesets, the documents compile."""

import re
import shutil
import subprocess

import pytest

from symvar import propagate, sequential, tables
from symvar.emit.derivations import latex_document
from symvar.emit.latex import document
from symvar.emit.reports import latex_report
from symvar.errors import ArgumentError
from symvar.layers import AvgPool, Conv, Dense, Flatten, LocalResponseNorm, MaxPool
from symvar.schemes import all_schemes

LAYERS = [
    Conv(8, 3, padding=1),
    "relu",
    LocalResponseNorm(5),
    MaxPool(3, 2, 1),
    ("b_1", Conv(8, 3, stride=2)),
    "relu",
    AvgPool(2),
    Flatten(),
    Dense(10),
]


@pytest.fixture(scope="module")
def net():
    return sequential(LAYERS, input=(3, 17, 17))


def formulas(latex):
    """Inline formulas and equations of a document."""
    yield from re.findall(r"(?<!\\)\$([^$]+)\$", latex)
    for block in re.findall(r"\\begin\{align\}(.*?)\\end\{align\}", latex, re.DOTALL):
        yield (
            r"\begin{aligned}" + re.sub(r"\\label\{.*?\}|\\nonumber", "", block) + r"\end{aligned}"
        )


@pytest.mark.parametrize("scheme", sorted(all_schemes()))
def test_every_formula_of_a_report_typesets(scheme, net, katex):
    found = list(formulas(latex_report(propagate(net, scheme), "a_net")))
    assert len(found) > 3 * 4
    for formula in found:
        katex(formula)


def test_a_symbolic_profile_typesets(net, katex):
    found = list(formulas(propagate(net).to_latex()))
    assert any(r"\sigma" in formula for formula in found)
    for formula in found:
        katex(formula)


def test_a_report_needs_a_scheme(net):
    with pytest.raises(ArgumentError, match="propagate with a scheme"):
        latex_report(propagate(net), "net")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_whole_documents_compile_without_overfull_lines(tmp_path, net, derived):
    documents = {name: latex_document(derived(name)) for name in all_schemes()}
    documents |= {
        f"net-{name}": latex_report(propagate(net, name), "a_net") for name in all_schemes()
    }
    documents["tables"] = document(tables.build(16, 50).to_latex(), title="Tables")
    for name, text in documents.items():
        (tmp_path / f"{name}.tex").write_text(text, encoding="utf-8")
        command = [
            "pdflatex",
            "-draftmode",
            "-halt-on-error",
            "-interaction=batchmode",
            f"{name}.tex",
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        log = (tmp_path / f"{name}.log").read_text(errors="replace")
        assert done.returncode == 0, log[-2000:]
        wide = [float(size) for size in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", log)]
        assert max(wide, default=0) < 2, (name, wide)
