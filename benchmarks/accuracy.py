"""Every theory against networks that were run: predicted over measured, layer by layer.

``python -m benchmarks.accuracy FOLDER`` writes one JSON file per network and kind of input as
soon as it is done, and skips those that are there; then it prints the table of all.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.accuracy_nets import NETS
from benchmarks.digits import digits
from symvar import measure
from symvar.emit.files import write_all
from symvar.inputs import Correlated, Input, White

THEORIES = ("iid", "exchangeable", "field")
INPUTS = ("white", "correlated", "digits")
CLOSE = {"alexnet": 0.04, "vgg16-224": 0.04, "vgg19-224": 0.04,
         "resnet20-no-bn": 0.05, "resnet20-bn": 0.05}  # fmt: skip
"""What predictions should be within; 2 % elsewhere."""


def given(kind: str, shape: tuple[int, ...]) -> Input:
    """The kinds of input: white and smooth noise, and real images."""
    if kind == "digits":
        return digits(shape)
    return White() if kind == "white" else Correlated(shape[1] / 16)


def compared(name: str, kind: str, share: float) -> dict[str, Any]:
    """One network run on one kind of input, beside what every theory says."""
    build, most = NETS[name]
    net, draws = build(), max(2, round(most * share))
    shape = tuple(map(int, net.input.after))
    started = time.perf_counter()
    found = measure(net, scheme="kaiming-fan-in", theory=THEORIES, draws=draws, seed=1,
                    input=given(kind, shape), progress=False)  # fmt: skip
    rows = [
        {"layer": row.name}
        | {side: [getattr(row, side), getattr(row, f"{side}_se")]
           for side in ("forward", "backward")}
        for row in found.rows
    ]  # fmt: skip
    predicted = {
        profile.theory: {side: profile.floats(side) for side in ("forward", "backward")}
        for profile in found.profiles
    }
    return {
        "net": name, "input": kind, "draws": draws, "batch": found.batch, "rows": rows,
        "predicted": predicted, "notes": list(found.notes),
        "seconds": round(time.perf_counter() - started, 1),
    }  # fmt: skip


def judged(case: Mapping[str, Any], side: str, theory: str) -> dict[str, Any] | None:
    """The worst layer of a theory in one direction, and how many layers are off."""
    if theory not in case["predicted"]:
        return None
    measured = np.array([row[side] for row in case["rows"]])
    known = measured[:, 0] > 0
    ratio = np.array(case["predicted"][theory][side])[known] / measured[known, 0]
    error = measured[known, 1] / measured[known, 0]
    off, close = np.abs(ratio - 1), CLOSE.get(case["net"], 0.02)
    worst = int(np.argmax(off))
    return {
        "worst": float(ratio[worst]), "se": float(error[worst]),
        "median": float(np.median(off)), "layers": int(known.sum()),
        "beyond": int((off > close).sum()),
        "beyond_and_3se": int(((off > close) & (off > close + 3 * error)).sum()),
    }  # fmt: skip


def table(cases: list[Mapping[str, Any]]) -> Iterator[str]:
    """Markdown: the worst ratio of every theory, with its standard error, both directions."""
    heads = [f"{theory} {side}" for side in ("forward", "backward") for theory in THEORIES]
    yield "| net | input | draws | " + " | ".join(heads) + " | field: layers beyond (and 3 SE) |"
    yield "|" + "---|" * (len(heads) + 4)
    for case in cases:
        cells = []
        for side in ("forward", "backward"):
            for theory in THEORIES:
                found = judged(case, side, theory)
                cells.append("-" if found is None else f"{found['worst']:.3g} ({found['se']:.3f})")
        counts = [judged(case, side, "field") for side in ("forward", "backward")]
        beyond = ", ".join(
            "-"
            if each is None
            else f"{each['beyond']} ({each['beyond_and_3se']}) of {each['layers']}"
            for each in counts
        )
        cells.append(beyond)
        yield f"| {case['net']} | {case['input']} | {case['draws']} | " + " | ".join(cells) + " |"


def _counted(found: Mapping[str, Any]) -> str:
    return f"{found['beyond']} ({found['beyond_and_3se']}) of {found['layers']}"


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("nets", nargs="*", default=list(NETS), metavar="NET")
    parser.add_argument("--inputs", default=",".join(INPUTS), help="commas between")
    parser.add_argument("--share", type=float, default=1.0, help="of the draws of each network")
    asked = parser.parse_args()
    for name in asked.nets:
        for kind in asked.inputs.split(","):
            path = asked.folder / f"{name}-{kind}.json"
            if not path.exists():
                found = compared(name, kind, asked.share)
                write_all({path: json.dumps(found, indent=1) + "\n"})
                print(f"{name}, {kind}: {found['seconds']} s", file=sys.stderr, flush=True)
    there = (asked.folder / f"{name}-{kind}.json" for name in NETS for kind in INPUTS)
    for line in table([json.loads(path.read_text()) for path in there if path.exists()]):
        print(line)


if __name__ == "__main__":
    main()
