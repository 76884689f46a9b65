"""Every notebook of derivations/ runs from the first cell to the last and ends in assertions."""

from __future__ import annotations

import re
from importlib.util import find_spec

import pytest

from symvar.emit.notebooks import all_notebooks, executed

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
