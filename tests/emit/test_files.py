"""Writing several files: all of them, or the folder as it was before."""

from __future__ import annotations

from pathlib import Path

import pytest

from symvar.emit.files import write_all
from symvar.errors import OutputError


def tree(folder):
    return {
        str(path.relative_to(folder)): path.is_file() and path.read_bytes()
        for path in sorted(folder.rglob("*"))
    }


def test_writes_text_and_bytes_and_makes_folders(tmp_path):
    files = {tmp_path / "a" / "b" / "t.txt": "τ\n", tmp_path / "raw.npz": b"\x00\n"}
    assert write_all(files) == list(files)
    assert tree(tmp_path) == {
        "a": False,
        "a/b": False,
        "a/b/t.txt": b"\xcf\x84\n",
        "raw.npz": b"\x00\n",
    }


def test_replaces_what_was_there_and_leaves_nothing_else(tmp_path):
    target = tmp_path / "t.txt"
    target.write_text("old")
    write_all({target: "new"})
    assert tree(tmp_path) == {"t.txt": b"new"}


def test_a_target_under_a_file(tmp_path):
    (tmp_path / "kept").write_text("old")
    (tmp_path / "file").write_text("not a folder")
    before = tree(tmp_path)
    files = {tmp_path / "kept": "new", tmp_path / "made" / "x": "x", tmp_path / "file" / "y": "y"}
    with pytest.raises(
        OutputError, match=r"file/y: need a file that can be written; have .*folder"
    ):
        write_all(files)
    assert tree(tmp_path) == before


def test_a_target_that_is_a_folder_undoes_what_was_published(tmp_path):
    (tmp_path / "kept").write_text("old")
    (tmp_path / "folder").mkdir()
    before = tree(tmp_path)
    with pytest.raises(OutputError, match=r"folder: need .*; have a folder of that name is there"):
        write_all({tmp_path / "kept": "new", tmp_path / "first": "1", tmp_path / "folder": "2"})
    assert tree(tmp_path) == before


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("failing", range(1, 7))
def test_a_failure_at_any_step_leaves_the_folder_as_it_was(tmp_path, monkeypatch, error, failing):
    """Three files, one of them there before: the n-th write or rename fails."""
    (tmp_path / "b").write_text("old")
    before = tree(tmp_path)
    calls = iter(range(1, 100))

    def failing_nth(original):
        def call(self, *args):
            if next(calls) == failing:
                raise error
            return original(self, *args)

        return call

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", failing_nth(Path.open))
        patched.setattr(Path, "replace", failing_nth(Path.replace))
        expected = OutputError if isinstance(error, OSError) else KeyboardInterrupt
        with pytest.raises(expected, match="No space left" if expected is OutputError else None):
            write_all({tmp_path / "a": "1", tmp_path / "b": "2", tmp_path / "new" / "c": "3"})
    assert tree(tmp_path) == before


def test_an_unencodable_text_leaves_nothing(tmp_path):
    with pytest.raises(UnicodeEncodeError):
        write_all({tmp_path / "a": "fine", tmp_path / "b": "\ud800"})
    assert tree(tmp_path) == {}
