"""Every notebook of derivations/ runs from the first cell to the last and ends in assertions."""

from __future__ import annotations

import re
from importlib.util import find_spec

import pytest

from symvar.emit.notebooks import all_notebooks, as_html, executed

NEEDED = ("jupytext", "nbclient", "ipykernel", "matplotlib")
ABSENT = [name for name in NEEDED if find_spec(name) is None]
NOTEBOOKS = {path.stem: path for path in all_notebooks()}

runs = pytest.mark.skipif(bool(ABSENT), reason=f"needs {', '.join(ABSENT)}")


def cells(path):
    return re.findall(r"^```\{code-cell\}.*?\n(.*?)^```", path.read_text("utf-8"), re.S | re.M)


def test_there_are_notebooks():
    assert "quickstart" in NOTEBOOKS


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_ends_in_assertions(name):
    assert "assert " in cells(NOTEBOOKS[name])[-1]


@runs
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_runs(name):
    notebook = executed(NOTEBOOKS[name])
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) == len(cells(NOTEBOOKS[name]))
    assert all(cell.execution_count for cell in code)


@runs
def test_a_cell_that_fails_is_told_with_its_error(tmp_path):
    from nbclient.exceptions import CellExecutionError

    head = NOTEBOOKS["quickstart"].read_text("utf-8").split("\n# ")[0]
    broken = tmp_path / "broken.md"
    broken.write_text(head + "\n# Broken\n\n```{code-cell} ipython3\nassert 1 == 2\n```\n")
    with pytest.raises(CellExecutionError, match="assert 1 == 2"):
        executed(broken)


@runs
def test_a_page_loads_nothing_and_has_its_formulas_typeset():
    pytest.importorskip("nbconvert")
    pytest.importorskip("quickjs")
    import nbformat.v4 as v4

    out = v4.new_output("execute_result", {"text/latex": r"$\displaystyle \frac{1}{2}$"})
    cells = [v4.new_markdown_cell(r"the constant $\tau_T$ and a < b"), v4.new_code_cell("half")]
    cells[1].outputs = [out]
    page = as_html(v4.new_notebook(cells=cells))
    assert page.count("<math") == 2
    assert "<script" not in page
    assert not re.search(r'(src|href)="https?:', page)
