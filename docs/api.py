"""The reference: one page for each folder of the package, from its docstrings."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType

import symvar
from docs.markdown import docstring, table, toctree

HIDDEN = ("symvar.cli", "symvar.demo")
"""Modules that the command line is made of."""

OWN = ":members:\n:show-inheritance:\n:ignore-module-all:\n"


def folders() -> dict[str, list[str]]:
    """The modules of each folder, and those beside the folders, by package."""
    found: dict[str, list[str]] = {"symvar": []}
    for each in pkgutil.walk_packages(symvar.__path__, "symvar."):
        if each.name.startswith(HIDDEN):
            continue
        found.setdefault(each.name if each.ispkg else each.name.rpartition(".")[0], [])
        if not each.ispkg:
            found[each.name.rpartition(".")[0]].append(each.name)
    return found


def pages() -> dict[str, str]:
    """A page for each folder, and the page of public names."""
    made = {f"api/{package}": _page(package, names) for package, names in folders().items()}
    hidden = toctree(*made).replace(":maxdepth: 1", ":maxdepth: 1\n:hidden:")
    return made | {"api": f"# Reference\n\n{_public()}\n{_list()}\n{hidden}"}


def _page(package: str, names: list[str]) -> str:
    module = importlib.import_module(package)
    own_words = package != "symvar" and not _defines(module)  # else the page has them below
    text = docstring(module) if own_words else "What every folder uses." * (package == "symvar")
    parts = [f"# {package}\n\n{text}\n"]
    for name in (package, *names) if package != "symvar" else names:
        own = importlib.import_module(name)
        if name != package:
            parts.append(f"## {name.removeprefix(package + '.')}\n")
        if _defines(own) or name != package:
            rst = "\n".join("   " + line for line in OWN.splitlines())
            parts.append(f"```{{eval-rst}}\n.. automodule:: {name}\n{rst}\n```\n")
    return "\n".join(parts)


def _defines(module: ModuleType) -> bool:
    things = (thing for name, thing in vars(module).items() if not name.startswith("_"))
    return any(getattr(each, "__module__", "") == module.__name__ for each in things)


def _public() -> str:
    """What ``import symvar`` gives, and where it is."""
    rows = []
    for name in symvar.__all__:
        thing = getattr(symvar, name)
        first = (thing.__doc__ or "").strip().split("\n")[0].replace("``", "`").replace("|", r"\|")
        home = thing.__name__ if inspect.ismodule(thing) else thing.__module__
        page = home if home in folders() else home.rpartition(".")[0]
        rows.append((f"`symvar.{name}`", first, f"[{home}](api/{page}.md)"))
    return table(("name", "what", "where"), rows)


def _list() -> str:
    rows = [
        (
            f"[{package}](api/{package}.md)",
            docstring(importlib.import_module(package)).split("\n")[0],
        )
        for package in folders()
        if package != "symvar"
    ]
    return "## Folders\n\n" + table(("folder", "what"), rows)
