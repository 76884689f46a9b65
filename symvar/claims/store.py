"""Verdicts kept from run to run: used again while no line they depend on has changed."""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

FOLDER = "SYMVAR_CACHE"
"""The environment variable that names another folder."""
NO_VERDICT = ("emit", "adapters", "cli.py", "cli_papers.py", "papers", "derivations")
"""What no verdict depends on; the papers' own code is looked at paper by paper."""


class Kept(Protocol):
    """What may be kept: an answer about one equation, as text."""

    @property
    def equation(self) -> str:
        """The equation's id."""

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON has it."""

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Any:
        """The inverse of `to_dict`."""


Record = TypeVar("Record", bound=Kept)


class Store(Generic[Record]):
    """The answers of one kind about one paper; each is written as soon as it is known.

    Args:
        folder: the paper's folder.
        kind: the class of the answers.
        keep: whether to read and write; without, every question is asked anew.
    """

    def __init__(self, folder: Path, kind: type[Record], *, keep: bool = True) -> None:
        self._content = content(folder)
        self._kind = kind
        here = hashlib.sha256(str(folder).encode()).hexdigest()[:8]
        name = f"{folder.name}-{here}-{kind.__name__.lower()}.jsonl"
        self._file = _place() / name if keep else None
        self._records = dict(self._read())

    def get(self, id: str) -> Record | None:
        """The answer about that equation, if it was found from the same content."""
        return self._records.get(id)

    def put(self, record: Record) -> None:
        """Keep an answer, also against an interruption right after."""
        self._records[record.equation] = record
        if self._file is None:
            return
        line = json.dumps({"content": self._content, "row": record.to_dict()}) + "\n"
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as out:
                out.write(line)
        except OSError:
            self._file = None  # nowhere to keep them: the verdicts are as good without

    def _read(self) -> list[tuple[str, Record]]:
        if self._file is None or not self._file.is_file():
            return []
        kept = []
        for line in self._file.read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # a line cut short by an interruption
            if entry["content"] == self._content:
                kept.append((entry["row"]["equation"], self._kind.from_dict(entry["row"])))
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
        if file.relative_to(package).parts[0] not in NO_VERDICT:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _place() -> Path:
    if named := os.environ.get(FOLDER):
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "symvar"
