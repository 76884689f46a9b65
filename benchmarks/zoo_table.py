"""Every network of the zoo: built, read from torch, initialised, measured beside every theory.

    python -m benchmarks.zoo_table [--draws 2] [--limit 20] [--out FILE] [NAME ...]

Prints a Markdown table. *Build* are the seconds of the zoo's own builder, *import* those of
`from_torch` on the network written in torch's layers, *pytorchcv* likewise on that package's
definition where it has one. *Init* is the time of `init_` without its trace over that of
``kaiming_normal_`` on the same tensors, medians of several runs in turn. The last columns are
medians over layers of |log10(predicted/measured)|, forward / backward, for every theory that is
registered, each given so many seconds. Measurements run on the smallest of `SIZES` that the
network takes, with the batch that `symvar.measure` chooses; all else is at the size of the
source. What fails is listed with its reason.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from json import dumps
from pathlib import Path
from statistics import median
from time import perf_counter

import torch

import symvar.torch
from benchmarks.as_torch import Written
from benchmarks.init import seconds
from symvar import Network, from_torch, measure, propagate, zoo
from symvar.claims.clock import OutOfTime, limited
from symvar.emit.files import write_all
from symvar.errors import SymvarError
from symvar.graph.measurement import Measurement
from symvar.schemes import Init
from symvar.schemes import find as find_scheme
from symvar.theories import all_theories
from symvar.theories import find as find_theory

SCHEME = "kaiming-fan-in"
SIZES = (32, 64, 99, 128, 188, 224)
REPEATS = 2
STEP = 90
"""Seconds each of import, initialising and measuring may take."""

PYTORCHCV = {
    "densenet100": ("densenet_cifar", "densenet100_k12_bc_cifar10"),
    "densenet121": ("densenet", "densenet121"),
    "mobilenet-v2": ("mobilenetv2", "mobilenetv2b_w1"),
    "resnet18": ("resnet", "resnet18"),
    "resnet34": ("resnet", "resnet34"),
    "resnet50": ("resnet", "resnet50"),
    "resnet110": ("resnet_cifar", "resnet110_cifar10"),
    "resnet152": ("resnet", "resnet152"),
    "squeezenet1.0": ("squeezenet", "squeezenet_v1_0"),
    "vgg16": ("vgg", "vgg16"),
    "vgg19": ("vgg", "vgg19"),
    "wideresnet28-10": ("wrn_cifar", "wrn28_10_cifar10"),
}


@dataclass
class Row:
    """What one model gave: seconds, ratios, decades."""

    model: str
    operators: int
    parameters: int
    published: str
    build: float
    imported: float | None = None
    pytorchcv: float | None = None
    init: float | None = None
    trace: float | None = None
    measured_at: str = ""
    decades: dict[str, tuple[float, float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


def row(name: str, draws: int, limit: float) -> Row:
    """Everything about one model; what fails is noted and the rest goes on."""
    start = perf_counter()
    net = zoo.load(name)
    built = perf_counter() - start
    published = zoo.find(name).published
    said = f"{published.count} ({published.where})"
    found = Row(name, len(net), net.parameter_count, said, built)
    steps = {
        "import": lambda: imports(found, net),
        "init": lambda: initialises(found, net),
        "measure": lambda: measures(found, name, draws, limit),
    }
    for step, run in steps.items():
        _noted(found, step, run, STEP)
    return found


def imports(found: Row, net: Network) -> None:
    example = torch.zeros(2, *net.input.after)
    with torch.device("meta"):
        module = Written(net)
    start = perf_counter()
    read = from_torch(module, example.to("meta"))
    found.imported = perf_counter() - start
    if (shapes := weights(read)) != weights(net):
        found.failed.append(f"import: other weights: {shapes - weights(net)}")
    if found.model in PYTORCHCV and find_spec("pytorchcv"):
        file, function = PYTORCHCV[found.model]
        with torch.device("meta"):
            model = getattr(import_module(f"pytorchcv.models.{file}"), function)()
        found.pytorchcv = seconds(lambda: from_torch(model, example.to("meta")))


def weights(net: Network) -> Counter[tuple[object, ...]]:
    """Of each weighted layer the shapes of weight and output and the connections."""
    return Counter(
        (*node.layer.weight_shape(node.before), *node.after, node.mix.connections)
        for node in net.weighted
        if node.mix is not None
    )


def initialises(found: Row, net: Network) -> None:
    module, example = Written(net), torch.zeros(2, *net.input.after)
    times = []
    for _ in range(REPEATS + 1):
        start = perf_counter()
        plan = symvar.torch.plan(module, example, scheme=SCHEME)
        plan.draw_()
        own = perf_counter() - start - plan.trace_seconds
        times.append((own / seconds(lambda: kaiming(module)), plan.trace_seconds))
    found.init, found.trace = map(median, zip(*times[1:], strict=True))


def kaiming(module: torch.nn.Module) -> None:
    """What a user would write: weights by kaiming_normal_, biases zero."""
    for layer in module.modules():
        if isinstance(layer, torch.nn.Conv2d | torch.nn.ConvTranspose2d | torch.nn.Linear):
            torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            if layer.bias is not None:
                torch.nn.init.zeros_(layer.bias)


def measures(found: Row, name: str, draws: int, limit: float) -> None:
    net = small(name)
    init = find_scheme(SCHEME).solve(net, find_theory("iid"))
    run = measure(net, scheme=init, draws=draws)
    found.measured_at = f"{run.batch}x{'x'.join(map(str, net.input.after))}"
    for theory in all_theories():
        _noted(found, theory, partial(predicts, found, net, init, run, theory), limit)


def predicts(found: Row, net: Network, init: Init, run: Measurement, theory: str) -> None:
    profile = propagate(net, init, theory)
    (errors,) = replace(run, profiles=(profile,)).errors.values()
    found.decades[theory] = errors["forward"], errors["backward"]


def small(name: str) -> Network:
    """The network on the smallest input that it takes, not larger than its source's."""
    model = zoo.find(name)
    channels, side, *_ = *model.input, 0
    for size in (each for each in SIZES if each < side):
        try:
            return model.network((channels, size, size))
        except SymvarError:
            continue
    return model.network()


def _noted(found: Row, step: str, run: Callable[[], None], limit: float | None = None) -> None:
    try:
        with limited(limit):
            run()
    except OutOfTime as error:
        found.failed.append(f"{step}: not done in {error}")
    except Exception as error:  # every model has its row
        found.failed.append(f"{step}: {type(error).__name__}: {' '.join(str(error).split())}")


def cells(row: Row) -> Iterator[str]:
    yield from (row.model, str(row.operators), f"{row.parameters:,}", row.published)
    numbers = (row.build, row.imported, row.pytorchcv, row.init, row.trace)
    yield from ("" if each is None else f"{each:.2f}" for each in numbers)
    yield row.measured_at
    for theory in all_theories():
        pair = row.decades.get(theory)
        yield "refused" if pair is None else f"{pair[0]:.3f} / {pair[1]:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("--limit", type=float, default=20, help="seconds for each theory")
    parser.add_argument("--out", type=Path, help="a JSON file")
    options = parser.parse_args()
    heads = ("model", "operators", "parameters", "published", "build s", "import s", "pytorchcv s",
             "init ratio", "trace s", "measured at", *all_theories())  # fmt: skip
    print(f"scheme {SCHEME}, {options.draws} draws, torch {torch.__version__}, "
          f"{torch.get_num_threads()} threads\n")  # fmt: skip
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}", flush=True)
    rows = []
    for name in options.names or zoo.all_models():
        rows.append(row(name, options.draws, options.limit))
        print(f"| {' | '.join(cells(rows[-1]))} |", flush=True)
    print("\nWhat does not work:\n")
    for each in rows:
        for reason in each.failed:
            print(f"- {each.model}: {reason}")
    if options.out:
        write_all({options.out: dumps([asdict(each) for each in rows], indent=1) + "\n"})


if __name__ == "__main__":
    main()
