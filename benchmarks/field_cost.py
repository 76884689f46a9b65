"""What theory field costs: networks of the issue, and growth with depth and with map size.

``python -m benchmarks.field_cost FOLDER`` prints the tables and writes ``field_cost.json`` and
``field_cost.png`` into the folder. Each network is propagated in a process of its own on one
core: once cold, all that is imported and tabulated on first use included, and again warm, the
least of three; processor seconds. The memory is the most the process held.
"""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks.accuracy_nets import plain, resnet, vgg
from benchmarks.results import conditions, save
from symvar import Network, propagate, sequential
from symvar.emit.files import write_all
from symvar.layers import Conv
from symvar.layers.base import Layer
from symvar.layers.dense import Dense
from symvar.layers.globalavgpool import GlobalAvgPool
from symvar.layers.maxpool import MaxPool
from symvar.zoo import load

SCHEME = "kaiming-fan-in"
ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
TARGETS: dict[str, tuple[Callable[[], Network], float | None, float | None]] = {
    "vgg19-32": (lambda: vgg(19, 32), 0.3, 0.1),
    "vgg19-224": (lambda: vgg(19, 224), 0.5, None),
    "plain56": (lambda: plain(56), 0.5, None),
    "resnet50": (lambda: load("resnet50"), 3.0, None),
    "resnet20-no-bn": (lambda: resnet(20, False), None, None),
    "resnet20-bn": (lambda: resnet(20, True), None, None),
    "resnet110-bn": (lambda: resnet(110, True, 16), None, None),
}
"""Networks with the seconds asked for, cold and warm."""

MEMORY = 2000  # MB

DEPTHS = (10, 20, 40, 80, 160)
SIZES = (8, 16, 24, 32, 48, 64, 96, 128, 192, 256)


def chain(depth: int, size: int) -> Network:
    """Convolutions that keep the map's size; the average behind them needs every pair."""
    body: list[Layer | str] = [Conv(16, 3, padding=1, bias=False), "relu"]
    head: list[Layer | str] = [GlobalAvgPool(flat=True), Dense(10)]
    return sequential([*body * depth, *head], input=(16, size, size))


def pooled(size: int) -> Network:
    """Two convolutions before each of three maxima."""
    body: list[Layer | str] = []
    for _ in range(3):
        body += [Conv(16, 3, padding=1), "relu", Conv(16, 3, padding=1), "relu", MaxPool(2)]
    return sequential(body, input=(3, size, size))


def residual(depth: int) -> Network:
    """Three stages of residual blocks without norms; about so many convolutions."""
    return resnet(6 * max(1, round(depth / 6)) + 2, False, 16)


SERIES: dict[str, tuple[Callable[[int], Network], tuple[int, ...]]] = {
    "depth, 8 x 8 map": (lambda depth: chain(depth, 8), DEPTHS),
    "depth, 24 x 24 map": (lambda depth: chain(depth, 24), DEPTHS),
    "depth, residual": (residual, DEPTHS),
    "map size": (pooled, SIZES),
}


def seconds(net: Network) -> float:
    """Of one propagation."""
    start = process_time()
    propagate(net, SCHEME, "field")
    return process_time() - start


def alone(name: str) -> dict[str, float]:
    """One network, in this process that has not propagated yet."""
    net = TARGETS[name][0]()
    cold = seconds(net)
    warm = min(seconds(net) for _ in range(3))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in KiB
    return {"cold": cold, "warm": warm, "peak": peak}


def rows() -> Iterator[dict[str, Any]]:
    """Every network of the table, each in a process of its own."""
    for name, (_, cold, warm) in TARGETS.items():
        command = [sys.executable, "-m", "benchmarks.field_cost", "--alone", name]
        done = subprocess.run(
            command, env=os.environ | ONE_CORE, check=True, capture_output=True, text=True
        )
        yield {"net": name, **json.loads(done.stdout), "cold target": cold, "warm target": warm}


def lines(found: list[dict[str, Any]]) -> Iterator[str]:
    """The table of networks, as text; a missed target is marked."""
    yield f"{'network':<16}{'cold s':>8}{'asked':>7}{'warm s':>8}{'asked':>7}{'peak MB':>9}"
    for row in found:
        cells = ""
        for kind in ("cold", "warm"):
            asked = row[f"{kind} target"]
            mark = "!" if asked is not None and row[kind] > asked else ""
            cells += f"{row[kind]:>7.2f}{mark or ' '}{'' if asked is None else asked:>7}"
        yield f"{row['net']:<16}{cells}{row['peak']:>8.0f}{'!' if row['peak'] > MEMORY else ''}"


def growth() -> Iterator[dict[str, Any]]:
    """Warm seconds against depth and against map size."""
    for name, (make, values) in SERIES.items():
        for value in values:
            net = make(value)
            seconds(net)
            yield {
                "series": name,
                "value": value,
                "layers": len(net.weighted),
                "seconds": min(seconds(net) for _ in range(3)),
            }


def growth_lines(found: list[dict[str, Any]]) -> Iterator[str]:
    yield f"{'series':<20}{'value':>6}{'layers':>8}{'seconds':>9}{'ms per layer':>14}"
    for row in found:
        each = 1000 * row["seconds"] / row["layers"]
        yield (
            f"{row['series']:<20}{row['value']:>6}{row['layers']:>8}{row['seconds']:>9.3f}"
            f"{each:>14.2f}"
        )


def plot(found: list[dict[str, Any]]) -> bytes:
    """Against depth and against map size, both axes logarithmic."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for (name, marker), dashes in zip(zip(SERIES, "os^D", strict=True), ("-", "--", ":", "-"),
                                      strict=True):  # fmt: skip
        own = [row for row in found if row["series"] == name]
        by_depth = name.startswith("depth")
        axes, column = (left, "layers") if by_depth else (right, "value")
        values, taken = [row[column] for row in own], [row["seconds"] for row in own]
        label = name.removeprefix("depth, ") if by_depth else "6 convolutions, 3 max-pools"
        axes.plot(values, taken, marker=marker, linestyle=dashes, label=label)
        if by_depth:
            linear = [taken[-1] * value / values[-1] for value in values]
            axes.plot(values, linear, color="0.75", linewidth=1, zorder=0)
    left.plot([], [], color="0.75", linewidth=1, label="linear in depth")
    right.axvline(32, color="0.6", linewidth=1)
    right.annotate("every pair up to here,\nby displacement beyond", (32, 0.97), (4, 0),
                   ("data", "axes fraction"), "offset points", va="top", fontsize=8)  # fmt: skip
    left.set(xlabel="weighted layers", ylabel="seconds of one core, warm")
    right.set(xlabel="positions along a side of the map")
    for axes in (left, right):
        axes.set(xscale="log", yscale="log")
        axes.legend(fontsize=8, loc="upper left" if axes is left else "lower right")
        axes.grid(alpha=0.3)
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=160)
    return drawn.getvalue()


def main() -> None:
    if len(sys.argv) == 3 and sys.argv[1] == "--alone":
        print(json.dumps(alone(sys.argv[2])))
        return
    if len(sys.argv) != 2:
        sys.exit("usage: python -m benchmarks.field_cost FOLDER")
    folder = Path(sys.argv[1])
    table = list(rows())
    print("\n".join(lines(table)), flush=True)
    grown = list(growth())
    print("\n".join(growth_lines(grown)), flush=True)
    found = {"schema": "symvar/field-cost/1"} | conditions()
    save(folder / "field_cost.json", found | {"networks": table, "growth": grown})
    write_all({folder / "field_cost.png": plot(grown)})
    print(f"wrote {folder / 'field_cost.png'}")


if __name__ == "__main__":
    main()
