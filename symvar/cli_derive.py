"""``symvar derive`` and ``symvar cite``: checked derivations, and the sources of a result."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from symvar import registry
from symvar.errors import ArgumentError


def _option(help: str) -> Any:
    return typer.Option(help=help)


def derive(
    names: Annotated[list[str] | None, typer.Argument(help="names, see --list")] = None,
    everything: Annotated[bool, typer.Option("--all", help="every derivation")] = False,
    listing: Annotated[bool, typer.Option("--list", help="the names known")] = False,
    format: Annotated[
        str, _option("latex (a document), fragment (of LaTeX), markdown or html")
    ] = "markdown",
    notation: Annotated[str, _option("symvar, or asv: the source's symbols")] = "symvar",
    out: Annotated[Path | None, _option("folder to write to; the terminal if left out")] = None,
    json: Annotated[bool, typer.Option("--json", help="with --list: print JSON")] = False,
) -> None:
    """Derivations in which every line was checked."""
    from symvar.derive import all_derivations
    from symvar.derive import derive as derived
    from symvar.emit.derivations import FORMATS
    from symvar.emit.files import write_all
    from symvar.emit.notation import NOTATIONS

    if listing:
        _listed(json)
        return
    suffix, render = registry.pick(FORMATS, format, "format")
    registry.pick(NOTATIONS, notation, "notation")
    known = all_derivations()
    wanted = known if everything else tuple(names or ())
    if not wanted:
        raise ArgumentError(
            "NAME", need="a name or --all", have="none", remedy=f"known: {', '.join(known)}"
        )
    for name in wanted:
        registry.pick(dict.fromkeys(known), name, "derivation")
    texts = {f"{name}.{suffix}": render(derived(name), notation) for name in _followed(wanted)}
    if out is None:
        print("\n".join(texts.values()), end="")
        return
    for path in write_all({out / name: text for name, text in texts.items()}):
        print(f"wrote {path}")


def cite(
    names: Annotated[
        list[str], typer.Argument(help="derivations, schemes, layers, theories, models, papers")
    ],
    scheme: Annotated[str | None, _option("cite a model under this scheme")] = None,
    theory: Annotated[str, _option("and under this theory")] = "iid",
    input: Annotated[str | None, _option("input of a torch module, e.g. 3x224x224")] = None,
) -> None:
    """BibTeX of exactly what a result used, sources by equation, and of symvar itself."""
    from symvar.citing import bibtex, used_by, used_on
    from symvar.models import load

    used = [
        each
        for name in names
        for each in (
            used_by(name) if scheme is None else used_on(load(name, input), scheme, theory)
        )
    ]
    print(bibtex(used), end="")


def _listed(json: bool) -> None:
    import json as encoder

    from symvar.derive import titles

    found = titles()
    if json:
        rows = [{"name": name, "title": title} for name, title in found.items()]
        print(encoder.dumps(rows, indent=1, ensure_ascii=False))
    else:
        print("\n".join(found))


def _followed(names: tuple[str, ...]) -> Any:
    """The names, with a progress bar where somebody watches."""
    if len(names) < 2 or not sys.stderr.isatty():
        return names
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(names, description="derivations", console=console, transient=True)
