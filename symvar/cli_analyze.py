"""``symvar analyze``: a model's moments, predicted and measured, in every form."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symvar.errors import ArgumentError

if TYPE_CHECKING:
    from symvar.graph.measurement import Measurement
    from symvar.graph.network import Network
    from symvar.graph.profile import Profile

SCHEMES = "kaiming-fan-in,asv-forward"


def _option(help: str) -> Any:
    return typer.Option(help=help)


def analyze(
    model: Annotated[
        str, typer.Argument(help="file.onnx, package.module:callable or a name of the zoo")
    ],
    input: Annotated[str | None, _option("input of a torch module, e.g. 3x224x224")] = None,
    scheme: Annotated[str, _option("schemes, commas between")] = SCHEMES,
    theory: Annotated[str, _option("the theory")] = "iid",
    measure: Annotated[bool, typer.Option("--measure", help="run the model, too")] = False,
    draws: Annotated[int, _option("how often each scheme is drawn and run")] = 30,
    seed: Annotated[int, _option("what the draws follow from")] = 0,
    batch: Annotated[
        int | None, _option("inputs per draw; 1, or enough for batch norm, if left out")
    ] = None,
    dtype: Annotated[str, _option("precision to measure in: float32 or float64")] = "float32",
    partial: Annotated[
        bool, typer.Option("--partial", help="go on behind unread operators")
    ] = False,
    plot: Annotated[
        Path | None, _option("picture of variance against depth: png, svg, pdf")
    ] = None,
    html: Annotated[Path | None, _option("file for one self-contained page")] = None,
    latex: Annotated[Path | None, _option("folder for one LaTeX report per scheme")] = None,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """The moments of every layer of a model, scheme beside scheme; with --measure, as it runs."""
    from symvar.emit.files import write_all
    from symvar.emit.listing import Listing, show
    from symvar.graph.propagate import propagate

    _require_picture(plot)
    found = _found(model, input, batch, partial, measure)
    names = scheme.split(",")
    listing = Listing(found.net, tuple(propagate(found.net, each, theory) for each in names))
    options = {"theory": theory, "draws": draws, "seed": seed, "dtype": dtype}
    measured = _measured(found, names, options) if measure else []
    files = _files(_name(model), listing, measured, plot=plot, html=html, latex=latex)
    written = write_all(files)
    if json:
        _print_json(measured or listing.profiles)
        return
    show(listing)
    for each in measured:
        _show_measured(each)
    for path in written:
        print(f"wrote {path}")


@dataclass(frozen=True)
class Found:
    """A model as it was found.

    Args:
        net: its network.
        runs: what is measured: the torch module, or the network itself.
        example: the inputs it is run with.
    """

    net: Network
    runs: Any
    example: tuple[Any, ...] = ()


def _found(model: str, input: str | None, batch: int | None, partial: bool, measure: bool) -> Found:
    from symvar.graph.network import Network
    from symvar.models import build, load, sizes

    if batch is not None and batch < 1:
        raise ArgumentError(
            "--batch", need="a positive number of inputs", have=str(batch), remedy="use e.g. 32"
        )
    net = load(model, input, partial)
    if not measure:
        return Found(net, net)
    if ":" in model and not Path(model).exists():
        made = build(model)
        if not isinstance(made, Network):
            return Found(net, made, (_example(net, sizes(input or ""), batch, made),))
    return Found(net, net, () if batch is None else (_example(net, net.input.after, batch),))


def _example(net: Network, size: Sequence[Any], batch: int | None, module: Any = None) -> Any:
    """Inputs of the model's own type, on its device."""
    import torch

    from symvar.adapters.torch_session import fitting_batch

    first = None if module is None else next(iter(module.parameters()), None)
    kind = {} if first is None else {"dtype": first.dtype, "device": first.device}
    return torch.zeros(batch or fitting_batch(net), *size, **kind)


def _measured(found: Found, names: Sequence[str], options: dict[str, Any]) -> list[Measurement]:
    """Every scheme, until somebody interrupts."""
    from symvar.adapters import measure

    measured: list[Measurement] = []
    for name in names:
        try:
            done = measure(found.runs, *found.example, scheme=name, **options)
        except KeyboardInterrupt:
            if not measured:
                raise
            break
        measured.append(done)
        if done.draws < done.asked:
            break
    return measured


def _files(
    name: str,
    listing: Any,
    measured: Sequence[Measurement],
    *,
    plot: Path | None,
    html: Path | None,
    latex: Path | None,
) -> dict[Path, str | bytes]:
    files: dict[Path, str | bytes] = {}
    if plot is not None:
        from symvar.emit.plots import against_depth, rendered

        files[plot] = rendered(against_depth(listing.profiles, measured), plot)
    if html is not None:
        from symvar.emit.network_page import network_page

        files[html] = network_page(name, listing, measured)
    if latex is not None:
        from symvar.emit.reports import latex_report

        by_scheme = {each.scheme: each for each in measured}
        files |= {
            latex / f"{each.scheme}.tex": latex_report(each, name, by_scheme.get(each.scheme))
            for each in listing.profiles
        }
    return files


def _require_picture(plot: Path | None) -> None:
    """Refuse a picture that cannot be made before the model is run."""
    if plot is None:
        return
    from symvar import registry
    from symvar.emit.plots import UNDATED
    from symvar.extras import require_package

    require_package("matplotlib", "plots")
    registry.pick(UNDATED, plot.suffix.lstrip(".").lower(), "picture format")


def _name(model: str) -> str:
    return Path(model).stem if model.endswith(".onnx") else model


def _print_json(found: Sequence[Profile | Measurement]) -> None:
    print("[" + ",\n".join(each.to_json().rstrip() for each in found) + "]")


def _show_measured(measured: Measurement) -> None:
    from rich.console import Console

    from symvar.emit.measurements import text_table

    width = Console().width if sys.stdout.isatty() else 120
    print("\n" + text_table(measured, width), end="")
