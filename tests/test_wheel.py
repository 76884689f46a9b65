"""What an installed wheel can do: papers and notebooks come with it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(find_spec("hatchling") is None, reason="needs hatchling")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The contents of the wheel, as pip lays them out."""
    place = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = place.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place / "site")
    return place / "site"


def run(code, installed, cwd, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(installed), "SYMVAR_CACHE": str(cwd / "cache")}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_a_paper_is_verified_from_any_folder(installed, tmp_path):
    call = ("from symvar.cli import main; main()", installed, tmp_path)
    done = run(*call, "verify", "he", "--only", "5", "--html", "card.html")
    assert done.returncode == 0, done.stderr
    assert "every outcome is the recorded one" in done.stdout
    assert "<style>" in (tmp_path / "card.html").read_text("utf-8")
    assert run(*call, "new-paper", "mine").returncode == 0
    assert run(*call, "verify", "./mine").returncode == 0


def test_it_is_the_wheel_that_ran_and_it_carries_what_it_needs(installed, tmp_path):
    code = (
        "import symvar; from symvar.emit.notebooks import all_notebooks;"
        "from symvar.claims.library import all_papers;"
        "print(symvar.__file__); print(*all_notebooks()); print(*all_papers())"
    )
    package, notebooks, papers = run(code, installed, tmp_path).stdout.splitlines()
    assert Path(package).is_relative_to(installed)
    assert all(Path(each).is_relative_to(installed) for each in notebooks.split())
    assert {"asv", "cotter", "he", "ng", "ye", "zhang"} <= set(papers.split())
    assert not list(installed.rglob("*.pyc"))
