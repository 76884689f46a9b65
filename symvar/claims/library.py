"""Finding and loading papers: the folders that ship with symvar, or a user's own."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from symvar.claims.paper import Paper
from symvar.errors import DefinitionError, SymvarError, nearest
from symvar.reference import PAPERS

EQUATIONS = "equations.py"


def all_papers() -> tuple[str, ...]:
    """The keys of the papers whose equations are entered."""
    return tuple(sorted(each.parent.name for each in PAPERS.glob(f"*/{EQUATIONS}")))


def folder_of(key_or_path: str | Path) -> Path:
    """The folder of a paper.

    Args:
        key_or_path: a key, or a folder with an ``equations.py``.

    Raises:
        DefinitionError: where there is none, with the nearest known key.
    """
    for folder in (Path(key_or_path), PAPERS / key_or_path):
        if (folder / EQUATIONS).is_file():
            return folder.resolve()
    raise DefinitionError(
        str(key_or_path),
        need=f"a paper's key or a folder with {EQUATIONS}",
        have="neither",
        remedy=f"{nearest(str(key_or_path), all_papers())}; `symvar new-paper KEY` makes one",
    )


def load(folder: Path) -> Paper:
    """The paper of a folder: what its ``equations.py`` enters into its ``paper``.

    The folder is loaded as a package, so that ``equations.py`` can import files beside it with
    ``from . import appendix``; and anew when one of its files has changed.

    Raises:
        DefinitionError: a file that cannot be run, by its line, or an entry that is not sound, by
            its id; or no ``paper`` in it.
    """
    digest = hashlib.sha256(str(folder).encode())
    for file in sorted(folder.glob("*.py")):
        digest.update(file.read_bytes())
    return _loaded(folder, digest.hexdigest()[:16])


@cache
def _loaded(folder: Path, digest: str) -> Paper:
    name = re.sub(r"\W", "_", f"symvar_papers_{folder.name}_{digest}")
    package = importlib.util.spec_from_file_location(
        name, folder / EQUATIONS, submodule_search_locations=[str(folder)]
    )
    assert package is not None and package.loader is not None  # noqa: PT018
    module = importlib.util.module_from_spec(package)
    sys.modules[name] = module
    try:
        package.loader.exec_module(module)
    except SymvarError:
        raise
    except Exception as error:
        raise broken(folder, error) from error
    paper = getattr(module, "paper", None)
    if not isinstance(paper, Paper):
        raise DefinitionError(
            f"{folder.name}/{EQUATIONS}",
            need="`paper = Paper(key, title)`",
            have=repr(paper),
            remedy="see papers/README.md",
        )
    return paper


@contextmanager
def located_in(folder: Path, key: str, id: str) -> Iterator[None]:
    """Tell every error raised inside of the equation it happened at.

    Raises:
        DefinitionError: for whatever the entry's own code raised.
    """
    try:
        yield
    except SymvarError as error:
        raise error.at(f"{key}, equation {id}, {error.where}") from error
    except Exception as error:
        raise broken(folder, error, f"equation {id}") from error


def broken(folder: Path, error: Exception, where: str = "") -> DefinitionError:
    """What went wrong in a paper's own code, and at which of its lines."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [each for each in frames if Path(each.filename).resolve().parent == folder]
    line = f"{Path(own[-1].filename).name}, line {own[-1].lineno}" if own else EQUATIONS
    if isinstance(error, SyntaxError):
        line = f"{Path(error.filename or EQUATIONS).name}, line {error.lineno}"
    place = f"{folder.name}, {where}: {line}" if where else f"{folder.name}: {line}"
    return DefinitionError(
        place,
        need="code that runs",
        have=f"{type(error).__name__}: {error}",
        remedy="mend the line",
    )
