"""Build the site: gather what it is made of, make the pages that follow from the code, run Sphinx.

``python -m docs FOLDER`` writes the pages to ``FOLDER/site`` and ends with an error where anything
is warned of. Nothing is read from the network, by the build or by the pages.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import main as sphinx

from docs import api, catalogue, measured, notebooks, papers
from symvar.emit.notebooks import all_notebooks, quiet_kernel

HERE = Path(__file__).parent


def pages() -> dict[str, str]:
    """Every page that is made, by name, as Markdown."""
    simple = {name: make() for name, make in catalogue.PAGES.items()}
    return {
        **simple,
        **notebooks.pages(),
        **measured.pages(),
        **catalogue.derivation_pages(),
        **api.pages(),
    }


def gather(source: Path) -> str:
    """A fresh folder with everything Sphinx reads; the report card, which it does not read."""
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(HERE / "pages", source)
    (source / "notebooks").mkdir()
    for path in all_notebooks():
        shutil.copy(path, source / "notebooks")
    report = papers.checked()
    for name, text in (pages() | papers.pages(report)).items():
        path = source / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (source / "pictures").mkdir()
    for name, picture in measured.pictures().items():
        (source / "pictures" / name).write_bytes(picture)
    return papers.card(report)


def build(out: Path, *options: str) -> int:
    """The site in ``out/site``; zero where nothing was warned of."""
    source, work = out / "site-source", out / "site-work"
    card = gather(source)
    with quiet_kernel():
        code = sphinx([
            "-W", "--keep-going", "-q", "-b", "html", "-c", str(HERE), "-d", str(work / "doctrees"),
            "-D", f"nb_execution_cache_path={work / 'notebooks'}", *options,
            str(source), str(out / "site"),
        ])  # fmt: skip
    (out / "site" / "report-card.html").write_text(card, encoding="utf-8")
    return code


def main() -> None:
    """See the module."""
    if len(sys.argv) < 2:
        sys.exit("usage: python -m docs FOLDER [SPHINX OPTIONS]")
    os.environ.setdefault("PYTHONPATH", str(HERE.parent))
    code = build(Path(sys.argv[1]).resolve(), *sys.argv[2:])
    if code == 0:
        print(f"wrote {Path(sys.argv[1], 'site', 'index.html')}")
    sys.exit(code)


if __name__ == "__main__":
    main()
