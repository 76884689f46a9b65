"""The command line: each command calls one public function of the library."""

from __future__ import annotations

import json as encoder
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from symvar import registry
from symvar.cli_analyze import analyze
from symvar.cli_derive import cite, derive
from symvar.cli_init import init
from symvar.emit.files import write_all
from symvar.errors import ArgumentError, SymvarError

app = typer.Typer(
    help="Derive neural-network initialisation: formulas, tables and weights.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def option(help: str) -> Any:
    """An option of a command, with its help."""
    return typer.Option(help=help)


Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Out = Annotated[Path | None, option("folder to write to; the terminal if left out")]


def main() -> None:
    """Run the command line; an error of symvar's is one line and exit code 2."""
    try:
        app()
    except SymvarError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)


@app.command()
def tables(
    max_window: Annotated[int, option("largest window T")] = 64,
    digits: Annotated[int, option("significant digits, each proven")] = 50,
    pool: Annotated[str, option("max, avg or both, a comma between")] = "max,avg",
    format: Annotated[str, option("json, csv, latex, markdown, npz, commas between")] = "json",
    out: Out = None,
    plot: Annotated[Path | None, option("picture of the constants; the table, to --out")] = None,
) -> None:
    """The lookup tables of pooling constants, and with --plot a picture of them."""
    from symvar.tables import FORMATS, build

    wanted = {each: registry.pick(FORMATS, each, "format") for each in format.split(",")}
    if out is None and plot is None and (len(wanted) > 1 or "npz" in wanted):
        raise ArgumentError(
            "--out", need="a folder for several formats or npz", have="none", remedy="add --out DIR"
        )
    files: dict[Path, str | bytes] = {}
    if plot is not None:
        from symvar.emit.constants_plot import against_window
        from symvar.emit.plots import rendered

        files[plot] = rendered(against_window(max_window), plot)
    if out is not None or plot is None:
        table = build(max_window, digits, tuple(pool.split(",")), progress=_progress)
        texts = {f"pool_constants.{suffix}": render(table) for suffix, render in wanted.values()}
        if out is None:
            _deliver(texts, None)
        else:
            files |= {out / name: content for name, content in texts.items()}
    _say(write_all(files))


@app.command()
def identify(
    number: Annotated[str, typer.Argument(help="decimal digits, e.g. 1.5437850115857")],
) -> None:
    """The constants whose decimals these are, with their closed forms."""
    from symvar.identification import identify as found

    print(found(number))


app.command()(analyze)
app.command()(init)


app.command()(derive)
app.command()(cite)


@app.command()
def verify(
    papers: Annotated[list[str] | None, typer.Argument(help="keys or folders; all if none")] = None,
    only: Annotated[str | None, option("the id of one equation")] = None,
    mutate: Annotated[bool, typer.Option("--mutate", help="are small changes refuted?")] = False,
    jobs: Annotated[int, option("processes")] = os.cpu_count() or 1,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="ask everything anew")] = False,
    json: Json = False,
    html: Annotated[Path | None, option("file for the report card")] = None,
    errata: Annotated[Path | None, option("folder for one LaTeX errata list per paper")] = None,
) -> None:
    """Check the equations of papers; exit code 0 iff each outcome is the recorded one."""
    from symvar.claims import verify as verified
    from symvar.claims.mutate_papers import mutation_report
    from symvar.emit.errata import errata_list
    from symvar.emit.report_card import report_card
    from symvar.emit.verdicts import show

    asked: dict[str, Any] = {"only": only, "jobs": jobs, "cache": not no_cache}
    try:
        report = verified(*papers or (), progress=_bar("equations"), **asked)
        changed = (
            mutation_report(*papers or (), progress=_bar("changes"), **asked) if mutate else None
        )
    except KeyboardInterrupt:
        print("interrupted; what was finished is kept for the next run", file=sys.stderr)
        raise typer.Exit(130) from None
    files: dict[Path, str | bytes] = {}
    if html is not None:
        files[html] = report_card(report, changed)
    if errata is not None:
        found = {key: errata_list(report, key) for key in report.titles}
        files |= {errata / f"{key}-errata.tex": text for key, text in found.items() if text}
    written = write_all(files)
    if json:
        data = report.to_dict() | ({"mutation": changed.to_dict()} if changed else {})
        print(encoder.dumps(data, indent=1, ensure_ascii=False))
    else:
        show(report, changed)
        _say(written)
    if not report.agrees or (changed is not None and not changed.agrees):
        raise typer.Exit(1)


@app.command("new-paper")
def new_paper(
    key: Annotated[str, typer.Argument(help="the paper's key, e.g. he2015")],
    out: Annotated[Path, option("folder that gets the paper's folder")] = Path(),
) -> None:
    """A folder for the equations of a paper of your own, with two entries to start from."""
    from symvar.claims.template import template

    _say(write_all({out / key / name: text for name, text in template(key, out).items()}))
    print(f"now: symvar verify {out / key}")


@app.command("list")
def list_(json: Json = False) -> None:
    """Every layer, activation, theory, scheme and paper symvar knows."""
    from rich.console import Console

    from symvar.emit.terminal import catalogue, catalogue_table

    if json:
        print(encoder.dumps(catalogue(), indent=1, ensure_ascii=False))
    else:
        Console().print(catalogue_table())


@app.command()
def demo(out: Annotated[Path, option("folder to write to")] = Path("demo")) -> None:
    """The main job end to end: tables, VGG-19 under Kaiming and ASV, picture and LaTeX."""
    from symvar.demo import run

    run(out, _progress)


def _progress(entries: Iterable[Any]) -> Iterable[Any]:
    """A progress bar where somebody watches."""
    if not sys.stderr.isatty():
        return entries
    from rich.console import Console
    from rich.progress import track

    return track(
        list(entries), description="constants", console=Console(stderr=True), transient=True
    )


def _bar(what: str) -> Any:
    """A progress bar of work whose answers come one by one, where somebody watches."""

    def follow(answers: Iterable[Any], total: int) -> Iterable[Any]:
        if not total or not sys.stderr.isatty():
            return answers
        from rich.console import Console
        from rich.progress import track

        console = Console(stderr=True)
        return track(answers, what, total=total, console=console, transient=True)

    return follow


def _deliver(files: dict[str, str | bytes], out: Path | None) -> None:
    """Write the files into a folder, or print the texts."""
    if out is None:
        print("\n".join(map(str, files.values())), end="")
    else:
        _say(write_all({out / name: content for name, content in files.items()}))


def _say(written: list[Path]) -> None:
    for path in written:
        print(f"wrote {path}")
