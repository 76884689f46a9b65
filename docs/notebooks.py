"""The page of notebooks: what to start with, how to extend symvar, and each paper's story."""

from __future__ import annotations

from docs.markdown import toctree
from symvar.claims.library import all_papers
from symvar.emit.notebooks import all_notebooks

FIRST = ("quickstart",)


def pages() -> dict[str, str]:
    """Their list; a new notebook is there by itself."""
    names = [path.stem for path in all_notebooks()]
    papers = [name for name in names if name in all_papers()]
    adding = [name for name in names if name.startswith("new_")]
    others = [name for name in names if name not in (*FIRST, *papers, *adding)]
    groups = {"Using symvar": [*FIRST, *others], "Extending it": adding, "Papers": papers}
    parts = [("# Notebooks\n\nEach ends in assertions and is run by the tests. `make notebooks` writes "
             "them as `.ipynb` and HTML.\n")]  # fmt: skip
    for title, chosen in groups.items():
        parts += [f"## {title}\n", toctree(*(f"notebooks/{name}" for name in chosen))]
    return {"notebooks": "\n".join(parts)}
