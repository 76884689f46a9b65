"""``symvar analyze``: a model's moments, predicted and measured, in every form."""

from __future__ import annotations

import json as encoder
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from symvar.errors import ArgumentError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from symvar.emit.listing import Listing
    from symvar.graph.comparison import Compared
    from symvar.graph.measurement import Measurement
    from symvar.graph.network import Network
    from symvar.inputs import Input

SCHEMES = "kaiming-fan-in,asv-forward"


def _option(help: str) -> Any:
    return typer.Option(help=help)


def analyze(
    model: Annotated[
        str, typer.Argument(help="file.onnx, package.module:callable or a name of the zoo")
    ],
    input: Annotated[str | None, _option("input of a torch module, e.g. 3x224x224")] = None,
    scheme: Annotated[str, _option("schemes, commas between")] = SCHEMES,
    theory: Annotated[str, _option("theories, commas between; schemes by the first")] = "iid",
    input_kind: Annotated[
        str, _option("what arrives: white, constant, correlated:LENGTH or images:FILE.npy")
    ] = "white",
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
    map: Annotated[
        list[str] | None,
        _option("LAYER=FILE: picture of its variance by position, theory field; repeatable"),
    ] = None,
    html: Annotated[Path | None, _option("file for one self-contained page")] = None,
    latex: Annotated[Path | None, _option("folder for one LaTeX report per scheme")] = None,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """The moments of every layer of a model, scheme beside scheme; with --measure, as it runs."""
    from symvar.emit.files import write_all
    from symvar.emit.listing import show
    from symvar.inputs import find as find_input

    maps = dict(map_entry(each) for each in map or ())
    for path in filter(None, (plot, *maps)):
        _require_picture(path)
    given = find_input(input_kind)
    found = _found(model, input, batch, partial, measure)
    _require_fitting(found.net, given, maps.values())
    compared = _compared(found.net, scheme.split(","), theory.split(","), given)
    listing = _listing(found.net, compared)
    if plot or html:
        listing = replace(listing, neighbours=_neighbours(listing, given))
    pictures = {path: _map(listing, layer, given) for path, layer in maps.items()}
    options = {"input": given, "draws": draws, "seed": seed, "dtype": dtype}
    measured = _measured(found, compared, options) if measure else []
    wanted = Wanted(_name(model), plot, html, latex, pictures)
    written = write_all(_files(wanted, listing, measured))
    if json:
        print(_json(compared, measured))
        return
    show(listing)
    for each in measured:
        _show_measured(each)
    for path in written:
        print(f"wrote {path}")


def map_entry(text: str) -> tuple[Path, str]:
    """``LAYER=FILE`` as the file and the layer.

    Raises:
        ArgumentError: for anything else.

    >>> map_entry("conv1=m.png")[1]
    'conv1'
    """
    layer, _, path = text.rpartition("=")
    if not layer or not path:
        raise ArgumentError(
            "--map", need="LAYER=FILE", have=repr(text), remedy="use e.g. --map conv3=map.png"
        )
    return Path(path), layer


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


def _compared(
    net: Network, schemes: Sequence[str], theories: Sequence[str], given: Input
) -> list[Compared]:
    from symvar.graph.comparison import compare

    return [compare(net, each, theories, given) for each in schemes]


def _listing(net: Network, compared: Sequence[Compared]) -> Listing:
    from symvar.emit.listing import Listing

    profiles = tuple(profile for each in compared for profile in each.profiles)
    return Listing(net, profiles, remarks(compared))


def _neighbours(listing: Listing, given: Input) -> dict[str | None, tuple[float, ...]]:
    """Of each scheme that has theory field beside others."""
    from symvar.graph.fields import neighbour_correlations

    if len(listing.theories) < 2:
        return {}
    return {
        each.scheme: neighbour_correlations(listing.net, each, given)
        for each in listing.profiles
        if each.theory == "field"
    }


def remarks(compared: Sequence[Compared]) -> tuple[str, ...]:
    """Where weights come from, and which theories say nothing; nothing under one theory."""
    if not any(len(each.profiles) > 1 or each.left_out for each in compared):
        return ()
    solved = ", ".join(f"{each.scheme} under theory {each.solved_under}" for each in compared)
    found = [f"weight variances: solved once, {solved}"]
    reasons: dict[tuple[str, str], list[str]] = {}
    for each in compared:
        for gone in each.left_out:
            reasons.setdefault((gone.theory, gone.reason), []).append(gone.scheme)
    for (theory, reason), schemes in reasons.items():
        found.append(f"theory {theory} left out, {', '.join(schemes)}: {reason}")
    return tuple(found)


def _map(listing: Listing, layer: str, given: Input) -> Figure:
    """Of each scheme, whatever theory its weights come from."""
    from symvar.emit.map_plot import variance_map

    first = {each.scheme: each for each in reversed(listing.profiles)}
    return variance_map(listing.net, list(reversed(first.values())), layer, given)


def _measured(
    found: Found, compared: Sequence[Compared], options: dict[str, Any]
) -> list[Measurement]:
    """Every scheme, until somebody interrupts."""
    from symvar.adapters import measure

    measured: list[Measurement] = []
    for each in compared:
        names = [profile.theory for profile in each.profiles]
        solver_first = sorted(names, key=lambda name: name != each.solved_under)
        try:
            done = measure(
                found.runs, *found.example, scheme=each.scheme, theory=solver_first, **options
            )
        except KeyboardInterrupt:
            if not measured:
                raise
            break
        in_order = sorted(done.profiles, key=lambda profile: names.index(profile.theory))
        measured.append(replace(done, profiles=tuple(in_order)))
        if done.draws < done.asked:
            break
    return measured


@dataclass(frozen=True)
class Wanted:
    """The files asked for.

    Args:
        name: what the model is called.
        plot: the picture against depth.
        html: the page.
        latex: the folder of reports.
        maps: pictures by position.
    """

    name: str
    plot: Path | None
    html: Path | None
    latex: Path | None
    maps: dict[Path, Figure]


def _files(
    wanted: Wanted, listing: Listing, measured: Sequence[Measurement]
) -> dict[Path, str | bytes]:
    files: dict[Path, str | bytes] = {}
    if wanted.plot is not None or wanted.maps:
        from symvar.emit.plots import against_depth, rendered

        files |= {path: rendered(figure, path) for path, figure in wanted.maps.items()}
        if wanted.plot is not None:
            figure = against_depth(listing.profiles, measured, listing.neighbours)
            files[wanted.plot] = rendered(figure, wanted.plot)
    if wanted.html is not None:
        from symvar.emit.network_page import network_page

        maps = list(wanted.maps.values())
        files[wanted.html] = network_page(wanted.name, listing, measured, maps=maps)
    if wanted.latex is not None:
        files |= _reports(wanted.name, wanted.latex, listing, measured)
    return files


def _reports(
    name: str, folder: Path, listing: Listing, measured: Sequence[Measurement]
) -> dict[Path, str]:
    """One report per scheme, and per theory where there are several."""
    from symvar.emit.reports import latex_report

    several, files = len(listing.theories) > 1, {}
    by_scheme = {each.scheme: each for each in measured}
    for each in listing.profiles:
        run = by_scheme.get(each.scheme)
        if run is not None and several:
            own = (profile for profile in run.profiles if profile.theory == each.theory)
            run = replace(run, profiles=tuple(own))
        file = f"{each.scheme}-{each.theory}.tex" if several else f"{each.scheme}.tex"
        files[folder / file] = latex_report(each, name, run)
    return files


def _require_fitting(net: Network, given: Input, layers: Iterable[str]) -> None:
    """Refuse an input or a layer that is not of this network, before anything is solved."""
    shape = net.input.after
    if all(isinstance(size, int) for size in shape):
        given.draw(shape, 1, np.random.default_rng(0))
    if layers:
        from symvar.emit.map_plot import require_positions

        for layer in layers:
            require_positions(net, layer)


def _require_picture(plot: Path) -> None:
    """Refuse a picture that cannot be made before the model is run."""
    from symvar import registry
    from symvar.emit.plots import UNDATED
    from symvar.extras import require_package

    require_package("matplotlib", "plots")
    registry.pick(UNDATED, plot.suffix.lstrip(".").lower(), "picture format")


def _name(model: str) -> str:
    return Path(model).stem if model.endswith(".onnx") else model


def _json(compared: Sequence[Compared], measured: Sequence[Measurement]) -> str:
    """A list of measurements, or else of profiles; under several theories told apart, see below.

    Each entry then says which theory its weights were ``solved_under``, and a theory that says
    nothing has an entry of its own, ``symvar/left-out/1``.
    """
    found = [
        (each, text.rstrip())
        for each in compared
        for text in (
            [run.to_json() for run in measured if run.scheme == each.scheme]
            if measured
            else [profile.to_json() for profile in each.profiles]
        )
    ]
    if remarks(compared):
        found = [
            (each, _dumps(encoder.loads(text) | {"solved_under": each.solved_under}))
            for each, text in found
        ]
    gone = [
        _dumps({"schema": "symvar/left-out/1", **asdict(each)})
        for compared_one in compared
        for each in compared_one.left_out
    ]
    return "[" + ",\n".join([*(text for _, text in found), *gone]) + "]"


def _dumps(data: dict[str, Any]) -> str:
    return encoder.dumps(data, indent=1, ensure_ascii=False)


def _show_measured(measured: Measurement) -> None:
    from rich.console import Console

    from symvar.emit.measurements import text_table

    width = Console().width if sys.stdout.isatty() else 120
    print("\n" + text_table(measured, width), end="")
