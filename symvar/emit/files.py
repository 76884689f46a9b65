"""Write several files, all of them or none."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from symvar.errors import OutputError


def write_all(files: Mapping[Path, str | bytes]) -> list[Path]:
    """Writes every file, making the folders they need, or leaves everything as it was.

    Each content goes to a temporary file beside its target first; only when all are there do they
    take their targets' places. Text is written as UTF-8 with the line ends it has.

    Raises:
        OutputError: a place cannot be written to; whatever was made until then is gone again.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write_all({Path(folder, "new", "a.txt"): "tau"})]
    ['a.txt']
    """
    batch = _Batch()
    try:
        for target, content in files.items():
            batch.stage(Path(target), content)
        batch.publish()
    except BaseException as error:
        batch.undo()
        if isinstance(error, OSError):
            raise OutputError(
                str(batch.current),
                need="a file that can be written",
                have=error.strerror or str(error),
                remedy="choose another folder",
            ) from error
        raise
    batch.discard_backups()
    return [Path(target) for target in files]


class _Batch:
    """What one call has made so far, so that it can be taken back."""

    def __init__(self) -> None:
        self.current = Path()
        self.folders: list[Path] = []
        self.staged: dict[Path, Path] = {}  # target -> its temporary file
        self.backups: dict[Path, Path] = {}  # target -> what stood there before
        self.published: list[Path] = []

    def stage(self, target: Path, content: str | bytes) -> None:
        self.current = target
        self._make_folder(target.parent)
        temporary = _beside(target, "new")
        with temporary.open("xb") as out:
            self.staged[target] = temporary
            out.write(content.encode() if isinstance(content, str) else content)

    def publish(self) -> None:
        for target, temporary in self.staged.items():
            self.current = target
            if target.is_dir():
                raise IsADirectoryError(None, "a folder of that name is there")
            if target.exists():
                backup = _beside(target, "old")
                target.replace(backup)
                self.backups[target] = backup
            temporary.replace(target)
            self.published.append(target)

    def undo(self) -> None:
        for path in (*self.published, *self.staged.values()):
            with suppress(OSError):
                path.unlink()
        for target, backup in self.backups.items():
            with suppress(OSError):
                backup.replace(target)
        for folder in reversed(self.folders):
            with suppress(OSError):
                folder.rmdir()

    def discard_backups(self) -> None:
        for backup in self.backups.values():
            with suppress(OSError):
                backup.unlink()

    def _make_folder(self, folder: Path) -> None:
        """Like ``mkdir(parents=True)``, noting each folder made."""
        if folder.is_dir():
            return
        if folder != folder.parent:
            self._make_folder(folder.parent)
        folder.mkdir()
        self.folders.append(folder)


def _beside(target: Path, kind: str) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}.{kind}")
