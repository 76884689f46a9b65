"""Initialising VGG-19 against ``torch.nn.init.kaiming_normal_`` on the same tensors.

``python -m benchmarks.init [DISTRIBUTION ...]`` prints one line per distribution; without names,
those whose entries are independent, for a QR decomposition of VGG's first dense layer takes a
minute whoever does it. Both sides are timed in one run, in
turn, on the same module, and the median of the ratios is given: symvar's side is everything
`symvar.torch.init_` does but the trace, which is given beside it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from statistics import median
from time import perf_counter
from typing import Any

import torch
from torch import nn

import symvar.torch

INDEPENDENT = ("normal", "uniform", "truncated-normal")
GOAL = 1.5
REPEATS = 7
STAGES = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4))


def vgg19(stages: tuple[tuple[int, int], ...] = STAGES, hidden: int = 4096) -> nn.Module:
    layers: list[nn.Module] = []
    channels = 3
    for width, count in stages:
        for _ in range(count):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2))
    layers += [nn.Flatten(), nn.Linear(channels * 49, hidden), nn.ReLU(), nn.Dropout()]
    layers += [nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout(), nn.Linear(hidden, 1000)]
    return nn.Sequential(*layers)


def kaiming(module: nn.Module) -> None:
    """What a user would write: weights by kaiming_normal_, biases zero."""
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)


def seconds(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start


def once(module: nn.Module, example: torch.Tensor, **options: str) -> tuple[float, float]:
    """Seconds of init_ without the trace, and of the trace."""
    start = perf_counter()
    plan = symvar.torch.plan(module, example, **options)
    plan.draw_()
    whole = perf_counter() - start
    return whole - plan.trace_seconds, plan.trace_seconds


def ratios(
    module: nn.Module, example: torch.Tensor, repeats: int, **options: str
) -> tuple[float, float, float, float]:
    """Medians: the ratio, seconds of init_ and of kaiming_normal_, seconds of the trace."""
    kaiming(module)
    once(module, example, **options)
    rows = []
    for _ in range(repeats):
        own, trace = once(module, example, **options)
        theirs = seconds(lambda: kaiming(module))
        rows.append((own / theirs, own, theirs, trace))
    return tuple(map(median, zip(*rows, strict=True)))  # type: ignore[return-value]


def rows(distributions: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Seconds and the ratio, one row per distribution."""
    module, example = vgg19(), torch.zeros(1, 3, 224, 224)
    for name in distributions:
        slow = "orthogonal" in name
        ratio, own, theirs, trace = ratios(
            module, example, 1 if slow else REPEATS, distribution=name, scheme="asv-forward"
        )
        yield {"distribution": name, "init_": own, "kaiming_normal_": theirs, "ratio": ratio,
               "trace": trace, "goal": GOAL, "threads": torch.get_num_threads()}  # fmt: skip


def lines(found: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield f"VGG-19, {torch.get_num_threads()} threads, torch {torch.__version__}"
    yield f"{'distribution':<18} {'init_':>8} {'kaiming':>8} {'ratio':>6} {'trace':>7}  goal {GOAL}"
    for row in found:
        yield (
            f"{row['distribution']:<18} {row['init_']:>7.2f}s {row['kaiming_normal_']:>7.2f}s "
            f"{row['ratio']:>6.2f} {row['trace']:>6.2f}s"
        )


if __name__ == "__main__":
    for line in lines(rows(tuple(sys.argv[1:]) or INDEPENDENT)):
        print(line, flush=True)
