"""Run the notebooks of ``derivations/`` and write them with their outputs, as notebook and HTML.

``python -m symvar.emit.notebooks OUT [FILE ...]`` is what ``make notebooks`` runs.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from symvar.emit.files import write_all
from symvar.emit.typeset import typeset, typeset_text
from symvar.extras import require_package
from symvar.reference import HERE

SECONDS = 300
"""The time limit of one cell."""

QUIET = {
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # the debugger's remark on frozen modules
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}


BARE = """{%- extends 'lab/index.html.j2' -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block data_latex scoped -%}
<div class="jp-RenderedLatex jp-OutputArea-output">
{{ output.data['text/latex'] | typeset_text }}
</div>
{%- endblock -%}
"""
"""Jupyter's page without what it would load from elsewhere, formulas typeset already."""


def folder() -> Path:
    """The folder of the notebooks: inside an installed package, beside it in a checkout."""
    return next(
        each for each in (HERE / "derivations", HERE.parent / "derivations") if each.is_dir()
    )


def all_notebooks() -> tuple[Path, ...]:
    """Every notebook, in the order of the names."""
    return tuple(sorted(folder().glob("*.md")))


def executed(path: Path, seconds: int = SECONDS) -> Any:
    """The notebook of a MyST file, every cell run in a new kernel.

    Args:
        path: the file.
        seconds: the time limit of one cell.

    Raises:
        CellExecutionError: of nbclient, with the cell and the error, where a cell fails.
        MissingExtra: without jupytext or nbclient.
    """
    jupytext = require_package("jupytext", "notebooks")
    nbclient = require_package("nbclient", "notebooks")
    notebook = jupytext.read(path)
    with quiet_kernel():
        client = nbclient.NotebookClient(
            notebook,
            timeout=seconds,
            kernel_name="python3",
            extra_arguments=["--HistoryManager.enabled=False", "--log-level=ERROR"],
            resources={"metadata": {"path": str(path.parent)}},
        )
        return client.execute()


def as_html(notebook: Any) -> str:
    """A run notebook as one HTML page that loads nothing: formulas are MathML, no script is left.

    Raises:
        MissingExtra: without nbconvert, or what typesets formulas.
        ArgumentError: for a formula that does not typeset.
    """
    nbconvert = require_package("nbconvert", "notebooks")
    exporter = nbconvert.HTMLExporter(raw_template=BARE)
    exporter.register_filter("typeset_text", typeset_text)
    exporter.register_filter("markdown2html", _markdown)
    page, _ = exporter.from_notebook_node(notebook)
    return str(page)


def _markdown(text: str) -> str:
    """Markdown as HTML, its formulas typeset."""
    mistune = require_package("nbconvert.filters.markdown_mistune", "notebooks")

    formulas = {
        "block_math": lambda _, body: typeset(body),
        "inline_math": lambda _, body: typeset(body, display=False),
        "latex_environment": lambda _, name, body: typeset(
            rf"\begin{{{name}}}{body}\end{{{name}}}"
        ),
    }
    renderer = type("Typeset", (mistune.IPythonRenderer,), formulas)(escape=False)
    return str(mistune.MarkdownWithMath(renderer=renderer).render(text))


def main(arguments: Sequence[str]) -> None:
    """Run some notebooks, all if none is named, and write them to a folder."""
    out, *names = arguments
    nbformat = require_package("nbformat", "notebooks")
    for path in map(Path, names) if names else all_notebooks():
        notebook = executed(path)
        texts = {".ipynb": nbformat.writes(notebook) + "\n", ".html": as_html(notebook)}
        for written in write_all({Path(out, path.stem + end): text for end, text in texts.items()}):
            print(f"wrote {written}", flush=True)


@contextmanager
def quiet_kernel() -> Iterator[None]:
    """An environment for a kernel that reads no one's profile and leaves no history."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(QUIET, IPYTHONDIR=home)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


if __name__ == "__main__":
    main(sys.argv[1:])
