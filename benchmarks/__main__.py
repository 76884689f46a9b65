"""Pooling constants against one mpmath.quad per window: ratios, and two plots of the cost.

``python -m benchmarks FOLDER`` prints the table and writes ``cost.png`` into the folder.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import constants
from symvar.emit.files import write_all


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m benchmarks FOLDER")
    folder = Path(sys.argv[1])
    print(constants.conditions())
    for row in constants.tables():
        print(row)
    for line in constants.singles():
        print(line)
    write_all({folder / "cost.png": constants.plot()})
    print(f"wrote {folder / 'cost.png'}")


if __name__ == "__main__":
    main()
