"""Ratios against what a user would do otherwise: pooling constants, and initialising VGG-19.

``python -m benchmarks FOLDER`` prints them and writes ``results.json`` and ``cost.png`` into the
folder. The site shows ``benchmarks/results.json``: ``python -m benchmarks benchmarks`` makes it
anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks import constants, init
from benchmarks.results import conditions, save
from symvar.emit.files import write_all


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m benchmarks FOLDER")
    folder = Path(sys.argv[1])
    tables, singles = list(constants.tables()), constants.singles()
    print(constants.arithmetic() + "; processor time, least of 3 runs")
    show(constants.table_lines(tables))
    show(constants.single_lines(singles))
    doubles = constants.double_errors()
    show(constants.double_error_lines(doubles))
    cost, drawn = constants.cost(), list(init.rows(init.INDEPENDENT))
    show(init.lines(drawn))
    found = {"schema": "symvar/benchmarks/1"} | conditions() | {
        "arithmetic": constants.arithmetic(), "constants": tables, "singles": singles,
        "errors of doubles": doubles,
        "cost": cost, "init": drawn,
    }  # fmt: skip
    save(folder / "results.json", found)
    write_all({folder / "cost.png": constants.plot(cost)})
    print(f"wrote {folder / 'cost.png'}")


def show(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    main()
