"""`symvar tables` and `symvar identify` from the terminal: bad input, interruption, progress."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from symvar import cli

COMMAND = [sys.executable, "-c", "from symvar.cli import main; main()"]


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["symvar", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    out, err = capsys.readouterr()
    return stopped.value.code or 0, out, err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--max-window", "0"], "max_window: need a whole number, 1 or more; have 0"),
        (["--max-window", "-1"], "max_window: need a whole number, 1 or more; have -1"),
        (["--max-window", "2.5"], "valid integer"),
        (["--max-window", "nan"], "valid integer"),
        (["--max-window", "10000000"], "max_window: need at most 1000000; have 10000000"),
        (["--digits", "0"], "digits: need a whole number from 1 to 4000; have 0"),
        (["--digits", "-7"], "digits: need a whole number from 1 to 4000; have -7"),
        (["--digits", "1000000"], "digits: need a whole number from 1 to 4000; have 1000000"),
        (["--pool", "median"], "pool: need a pooling; have 'median'"),
        (["--format", "xlsx"], "need a known format"),
        (["--format", "npz"], "--out: need a folder"),
    ],
)
def test_bad_arguments(monkeypatch, capsys, arguments, words):
    code, out, err = run(monkeypatch, capsys, "tables", *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize("number", ["nan", "tau", "0", "1.5.4", ""])
def test_what_cannot_be_identified(monkeypatch, capsys, number):
    code, out, err = run(monkeypatch, capsys, "identify", number)
    assert (code, out) == (2, "")
    assert err.startswith("error: identify: need")


def test_identify_says_how_many_digits_agree(monkeypatch, capsys):
    code, out, _ = run(monkeypatch, capsys, "identify", "1.5437850115857")
    assert code == 0
    assert "tau(4) = 1.54378501158570" in out
    assert "14 digits" in out


def test_a_place_that_cannot_be_written(monkeypatch, capsys, tmp_path):
    (tmp_path / "file").write_text("in the way")
    code, _, err = run(monkeypatch, capsys, "tables", "--max-window", 2, "--out", tmp_path / "file")
    assert code == 2
    assert "need a file that can be written" in err
    if os.geteuid():
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o500)
        code, _, err = run(
            monkeypatch, capsys, "tables", "--max-window", 2, "--out", closed / "new"
        )
        assert code == 2
        assert "Permission denied" in err
        assert not any(closed.iterdir())
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["file"]


def test_a_signal_in_the_middle_leaves_nothing(tmp_path):
    """It takes some seconds without the signal; with it no table, whole or half, is left."""
    arguments = [
        "tables",
        "--max-window",
        "1024",
        "--digits",
        "1000",
        "--out",
        str(tmp_path / "new"),
    ]
    process = subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job may ignore it
    )  # fmt: skip
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "wrote" not in out
    assert not any(tmp_path.rglob("*"))


def test_a_progress_bar_where_somebody_watches(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["symvar", "tables", "--max-window", "3", "--digits", "5"])
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with pytest.raises(SystemExit):
        cli.main()
    out, err = capsys.readouterr()
    assert "constants" in err
    assert len(json.loads(out)["constants"]) == 12
