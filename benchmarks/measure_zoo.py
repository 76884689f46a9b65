"""Every network of the zoo measured: how far each prediction is from what a run gives.

    python benchmarks/measure_zoo.py [--draws 3] [--scheme kaiming-fan-in] [NAME ...]

Prints a Markdown table: the median over layers of |log10(predicted/measured)|, the worst layer's
ratio, the largest standard error (of one), and seconds per draw. A network that a theory cannot
predict is measured all the same, with the model's reason.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from symvar import measure, zoo
from symvar.errors import SymvarError

HEADS = (
    "model", "input", "layers", "batch", "draws", "median forward", "median backward",
    "worst forward", "worst backward", "largest error", "s/draw",
)  # fmt: skip


def worst(ratios):
    """The ratio farthest from one."""
    return max(ratios, key=lambda ratio: abs(np.log10(ratio)))


def line(name, scheme, draws):
    """One row of the table."""
    net = zoo.load(name)
    start = time.perf_counter()
    found = measure(net, scheme=scheme, draws=draws)
    seconds = (time.perf_counter() - start) / draws
    errors = [
        error / value
        for column in ("forward", "backward")
        for value, error in zip(found.column(column), found.column(f"{column}_se"), strict=True)
    ]
    (theory,) = found.errors
    ratio = found.ratio
    return (
        name,
        "x".join(map(str, net.input.after)),
        len(found.rows),
        found.batch,
        found.draws,
        *(f"{found.errors[theory][column]:.3f}" for column in ("forward", "backward")),
        *(f"{worst(ratio[column]):.3g}" for column in ("forward", "backward")),
        f"{max(errors):.0%}",
        f"{seconds:.1f}",
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--scheme", default="kaiming-fan-in")
    options = parser.parse_args()
    print(f"| {' | '.join(HEADS)} |\n|{'---|' * len(HEADS)}")
    for name in options.names or zoo.all_models():
        try:
            cells = line(name, options.scheme, options.draws)
        except SymvarError as error:
            cells = (name, f"not measured: {error}", *[""] * (len(HEADS) - 2))
        print(f"| {' | '.join(map(str, cells))} |", flush=True)


if __name__ == "__main__":
    main()
