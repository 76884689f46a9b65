"""The main job end to end, on a real network that comes with the onnx package."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from symvar.adapters import from_onnx
from symvar.emit.files import write_all
from symvar.emit.plots import against_depth, rendered
from symvar.emit.profiles import show
from symvar.emit.reports import latex_report
from symvar.extras import require_package
from symvar.graph.propagate import propagate
from symvar.tables import FORMATS, build

Files: TypeAlias = dict[Path, str | bytes]

SCHEMES = ("kaiming-fan-in", "asv-forward")
TABLES = ("json", "csv", "latex", "markdown")


def real_network(name: str) -> Path:
    """The ONNX file of a real network, as the onnx package carries it.

    Args:
        name: ``vgg19``, ``bvlc_alexnet`` and others.

    Raises:
        MissingExtra: without the onnx package.
    """
    onnx = require_package("onnx", "demo")
    return Path(str(onnx.__file__)).parent / "backend/test/data/light" / f"light_{name}.onnx"


def run(out: Path, progress: Callable[[Any], Any] | None = None) -> list[Path]:
    """Tables for windows 1 to 64, VGG-19 under two schemes, a picture and LaTeX.

    Args:
        out: the folder to write to.
        progress: wraps the windows while the tables are built.

    Returns:
        The files written, all or none.
    """
    require_package("matplotlib", "demo")
    vgg19 = real_network("vgg19")
    print("1. pooling constants: windows 1 to 64, 50 proven digits")
    table = build(max_window=64, digits=50, progress=progress)
    formats = [FORMATS[each] for each in TABLES]
    tables: Files = {out / f"pool_constants.{suffix}": render(table) for suffix, render in formats}

    print(f"2. VGG-19, as the onnx package carries it, under {' and '.join(SCHEMES)}")
    net = from_onnx(vgg19)
    profiles = [propagate(net, scheme) for scheme in SCHEMES]
    show(profiles)
    picture = out / "vgg19.png"
    pictures: Files = {picture: rendered(against_depth(profiles), picture)}
    reports: Files = {
        out / f"vgg19-{each.scheme}.tex": latex_report(each, "VGG-19") for each in profiles
    }
    written = write_all(tables | pictures | reports)
    kinds = (("tables", tables), ("variance against depth", pictures), ("LaTeX", reports))
    where = "; ".join(f"{what}: {', '.join(map(str, files))}" for what, files in kinds)
    print(f"3. {where}")
    return written
