"""`symvar verify` and `symvar new-paper` as a user types them, and broken claim files."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
import time
from dataclasses import dataclass

import pytest

from symvar.cli import main


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """The command line in this process, from an empty folder, with a cache of its own."""

    def call(*arguments):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("SYMVAR_CACHE", str(tmp_path / ".cache"))
        monkeypatch.setattr(sys, "argv", ["symvar", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = capsys.readouterr()
        return Done(stopped.value.code, out, err)

    return call


@pytest.fixture
def mine(run, tmp_path):
    """A paper made by `symvar new-paper`."""
    assert run("new-paper", "mine").returncode == 0
    return tmp_path / "mine"


def edit(folder, old, new):
    file = folder / "equations.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    time.sleep(0.01)  # compiled files go by the time and the size


def test_a_new_paper_verifies(run, mine):
    assert sorted(path.name for path in mine.iterdir()) == ["equations.py", "notes.md", "paper.bib"]
    done = run("verify", "./mine", "--jobs", 1)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    for words in ("holds", "erratum", "definition", "section 2, below", "fails at a = 1, b = 1"):
        assert words in done.stdout
    assert re.search(
        r"^erratum mine \(2\), section 2.*fails at a = 1, b = 1.*\[proved\]$", done.stdout, re.M
    )
    assert "3 equations: every outcome is the recorded one, nothing is missing" in done.stdout


def test_a_new_papers_checks_are_not_vacuous(run, mine):
    done = run("verify", "mine", "--mutate", "--jobs", 1)
    assert done.returncode == 0, done.stdout
    assert "mutation: passes" in done.stdout
    assert "kill rate" in done.stdout


def test_one_line_per_erratum_and_json_with_everything(run, mine):
    done = run("verify", "mine", "--json", "--mutate", "--jobs", 1)
    data = json.loads(done.stdout)
    assert data["agrees"] is data["mutation"]["agrees"] is True
    assert data["counts"] == {"mine": {"holds": 1, "erratum": 1, "definition": 1}}
    assert [row["equation"] for row in data["rows"]] == ["1", "2", "prose:notation"]
    assert data["rows"][1]["counterexample"] == "a = 1, b = 1"
    assert data["mutation"]["kill_rate"]["mine"] >= 0.95


def test_the_report_card_and_the_errata_are_written(run, mine):
    done = run("verify", "mine", "--jobs", 1, "--html", "out/card.html", "--errata", "out")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-2:] == ["wrote out/card.html", "wrote out/mine-errata.tex"]
    assert "fails at a = 1, b = 1" in (mine.parent / "out/card.html").read_text("utf-8").lower()
    assert r"\documentclass" in (mine.parent / "out/mine-errata.tex").read_text("utf-8")


def test_list_names_the_papers(run):
    listed = json.loads(run("list", "--json").stdout)
    assert {"he", "asv"} <= {each["name"] for each in listed if each["kind"] == "paper"}


def test_one_equation(run, mine):
    done = run("verify", "mine", "--only", "2", "--json", "--jobs", 1)
    assert [row["equation"] for row in json.loads(done.stdout)["rows"]] == ["2"]
    done = run("verify", "mine", "--only", "3")
    assert done.returncode == 2
    assert "mine, 3: need a known equation" in done.stderr


DRIFTS = [
    ("a**2 + 2 * a * b + b**2", "a**2 + a * b + b**2", r"drift mine \(1\): recorded holds, proved"),
    ('outcome="erratum"', 'outcome="holds"', r"drift mine \(2\): recorded holds, proved; found re"),
    ('numbered=["1", "2"]', 'numbered=["1", "2", "7"]', "missing mine: 7"),
    ("corrected=corrected)", "corrected=printed)", r"drift mine \(2\): recorded erratum, proved"),
    ('where="section 1",\n    latex', 'where="section 1", strength="instances",\n    latex',
     r"drift mine \(1\): recorded holds, instances; found holds, proved"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), DRIFTS)
def test_what_is_not_as_recorded_fails_with_exit_code_1(run, mine, old, new, words):
    edit(mine, old, new)
    done = run("verify", "mine", "--jobs", 1)
    assert done.returncode == 1
    assert re.search(words, done.stdout), done.stdout


def test_a_vacuous_check_fails_with_exit_code_1(run, mine):
    edit(mine, "Claim(sp.Eq((a + b) ** 2, a**2 + 2 * a * b + b**2, evaluate=False))", "Claim(True)")
    assert run("verify", "mine", "--jobs", 1).returncode == 0
    done = run("verify", "mine", "--jobs", 1, "--mutate")
    assert done.returncode == 1
    assert "vacuous mine (1): no change of it is refuted" in done.stdout
    edit(mine, '("a and b are real",),', '("a and b are real",), survivors="it is a truth value",')
    done = run("verify", "mine", "--jobs", 1, "--mutate")
    assert done.returncode == 0
    assert "reason mine (1): it is a truth value" in done.stdout


BROKEN = [
    ("def eq1() -> Claim:", "def eq1( -> Claim:", "mine: equations.py, line"),
    ('    "2",\n    where', '    "1",\n    where', "mine, equation 1, id: need an id of its own"),
    ('outcome="erratum"', 'outcome="eratum"', "mine, equation 2, outcome: need a known outcome"),
    ('outcome="erratum"', 'outcom="erratum"', "mine, equation 2, outcom: need a field of Entry"),
    (", corrected=corrected)", ")", "mine, equation 2, corrected: need Claim(corrected=...)"),
    ("    corrected_latex=", "    # ", "mine, equation 2, corrected_latex: need `corrected_latex`"),
    ("printed = sp.Eq((a", "printed = sp.Eq((1 / 0", "mine, equation 2: equations.py, line"),
    ("return Claim(printed, corr", "return sp.Eq(printed, corr", "mine, equation 2: equations.py"),
    ("return Claim(printed, corrected=corrected)", "return None", "mine, equation 2, claim: need"),
    ('kind="definition"', 'kind="defnition"', "mine, equation prose:notation, kind: need a known"),
    ('paper = Paper("mine"', 'papr = Paper("mine"', "mine: equations.py, line"),
    ("import sympy as sp", "import sympie as sp", "No module named 'sympie'"),
    ("Claim(sp.Eq((a + b) ** 2, a**2 + 2 * a * b + b**2, evaluate=False))", "Claim('a = b')",
     "mine, equation 1, statement: need a sympy relation"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), BROKEN, ids=[each[2] for each in BROKEN])
def test_a_broken_claim_file_is_one_line_that_names_the_equation(run, mine, old, new, words):
    edit(mine, old, new)
    done = run("verify", "mine", "--jobs", 1)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("error: ")
    assert words in line


def test_an_error_is_the_same_from_another_process(run, mine):
    edit(mine, "printed = sp.Eq((a", "printed = sp.Eq((1 / 0")
    here, there = (run("verify", "mine", "--jobs", jobs).stderr for jobs in (1, 2))
    assert here == there


def test_a_line_of_a_file_beside_equations_py_is_named(run, mine):
    (mine / "appendix.py").write_text("x = 1\ny = x / 0\n")
    edit(
        mine,
        "from symvar.claims import Claim, Paper",
        "from symvar.claims import Claim, Paper\nfrom . import appendix",
    )
    done = run("verify", "mine")
    assert "mine: appendix.py, line 2: need code that runs; have ZeroDivisionError" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("verify", "heh"), "did you mean 'he'?"),
        (("verify", "nowhere/at-all"), "need a paper's key or a folder with equations.py"),
        (("new-paper", "two words"), "KEY: need letters, digits"),
        (("new-paper", "mine"), "need a new folder; have equations.py there already"),
    ],
)
def test_bad_arguments_are_one_line_and_exit_code_2(run, mine, arguments, words):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_second_run_asks_nothing_again(run, mine):
    first = run("verify", "mine", "--json", "--jobs", 1)
    (cache,) = (mine.parent / ".cache").glob("mine-*-row.jsonl")
    kept = cache.read_text()
    assert run("verify", "mine", "--json", "--jobs", 1).stdout == first.stdout  # seconds and all
    assert cache.read_text() == kept
    again = run("verify", "mine", "--json", "--jobs", 1, "--no-cache")
    assert json.loads(again.stdout)["agrees"]
    assert cache.read_text() == kept


SLOW = """
import os, time
import sympy as sp
from symvar.claims import Claim, Paper
paper = Paper("slow", "Slow")
a = sp.Symbol("a", real=True)

@paper.equation("1", where="s", latex="a")
def quick():
    return Claim(sp.Eq(a + a, 2 * a, evaluate=False))

for each in "234":
    @paper.equation(each, where="s", latex="a")
    def slow():
        print("waiting", flush=True)
        time.sleep(60)
"""


def gone(group):
    """Whether a process group has no member left, or none soon."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to send")
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interruption_keeps_what_was_finished_and_leaves_nothing_running(tmp_path, jobs):
    import signal

    (tmp_path / "slow").mkdir()
    (tmp_path / "slow" / "equations.py").write_text(textwrap.dedent(SLOW))
    # whoever runs the tests in the background ignores the signal, and children inherit that
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{heard}; from symvar.cli import main; main()"
    command = [code, "verify", "slow", "--jobs", str(jobs)]
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", *command],
        cwd=tmp_path,
        env={**os.environ, "SYMVAR_CACHE": str(tmp_path / "cache")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    for _ in range(jobs):
        assert process.stdout.readline() == "waiting\n"
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == "interrupted; what was finished is kept for the next run\n"
    assert time.monotonic() - started < 30
    assert gone(process.pid)
    (kept,) = (tmp_path / "cache").iterdir()
    assert [json.loads(line)["row"]["equation"] for line in kept.read_text().splitlines()] == ["1"]
