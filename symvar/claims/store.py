"""Verdicts kept from run to run: used again while no line they depend on has changed."""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from importlib.metadata import version
from pathlib import Path

from symvar.claims.judge import Row

FOLDER = "SYMVAR_CACHE"
"""The environment variable that names another folder."""


class Store:
    """The rows of one paper found earlier; each is written as soon as it is known.

    Args:
        folder: the paper's folder.
        keep: whether to read and write; without, every question is asked anew.
    """

    def __init__(self, folder: Path, *, keep: bool = True) -> None:
        self._content = content(folder)
        self._file = _place() / f"{folder.name}.jsonl" if keep else None
        self._rows = dict(self._read())

    def get(self, id: str) -> Row | None:
        """The row of that id, if it was found from the same content."""
        return self._rows.get(id)

    def put(self, row: Row) -> None:
        """Keep a row, also against an interruption right after."""
        self._rows[row.equation] = row
        if self._file is None:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as out:
                out.write(json.dumps({"content": self._content, "row": row.to_dict()}) + "\n")
        except OSError:
            self._file = None  # nowhere to keep them: the verdicts are as good without

    def _read(self) -> list[tuple[str, Row]]:
        if self._file is None or not self._file.is_file():
            return []
        kept = []
        for line in self._file.read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # a line cut short by an interruption
            if entry["content"] == self._content:
                kept.append((entry["row"]["equation"], Row.from_dict(entry["row"])))
        if not kept:
            self._file.unlink(missing_ok=True)
        return kept


def content(folder: Path) -> str:
    """A digest of all that a paper's verdicts depend on: its code, symvar's, and the libraries."""
    digest = hashlib.sha256(_engine().encode())
    for file in sorted(folder.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


@cache
def _engine() -> str:
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for name in ("sympy", "mpmath", "python-flint", "numpy"):
        digest.update(f"{name} {version(name)}\n".encode())
    for file in sorted(package.rglob("*.py")):
        if file.relative_to(package).parts[0] not in ("emit", "adapters", "cli.py"):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _place() -> Path:
    if named := os.environ.get(FOLDER):
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "symvar"
