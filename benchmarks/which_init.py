"""Which initialisation should I use? What each scheme does to signals, and to a short training.

``python -m benchmarks.which_init`` writes ``benchmarks/which_init.json``, from which the page of
the site is made. Signals: networks of the zoo, run with each registered scheme. Training: small
networks on scikit-learn's digits, at three rates, from the seeds stated; torch's own
initialisation is one of the rivals, and what diverges is counted. Needs scikit-learn.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

import symvar.torch
from benchmarks.results import conditions, save
from symvar import measure, zoo
from symvar.errors import SymvarError
from symvar.schemes import all_schemes

OUT = Path(__file__).with_name("which_init.json")

SIGNALS = {"plain20": 12, "plain56": 6, "resnet20": 6, "lenet5-dense": 12}
"""Networks of the zoo, each with the number of draws."""

OWN = "torch's own"
RATES = (0.003, 0.03, 0.3)
SEEDS = (0, 1, 2, 3, 4)
STEPS, BATCH, WIDTH = 200, 64, 16
FITTED = ("lsuv",)


def body(depth: int, act: Callable[[], nn.Module], norm: bool = False) -> nn.Module:
    """Convolutions with two max-pools, on digits of 8 by 8."""
    layers: list[nn.Module] = []
    channels = 1
    for place in range(depth):
        layers.append(nn.Conv2d(channels, WIDTH, 3, padding=1))
        channels = WIDTH
        layers += [nn.BatchNorm2d(WIDTH)] if norm else []
        layers.append(act())
        layers += [nn.MaxPool2d(2)] if place in (depth // 3, 2 * depth // 3) else []
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(4 * WIDTH, 10))


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "6 layers, ReLU": lambda: body(5, nn.ReLU),
    "20 layers, ReLU": lambda: body(19, nn.ReLU),
    "32 layers, ReLU": lambda: body(31, nn.ReLU),
    "20 layers, tanh": lambda: body(19, nn.Tanh),
    "20 layers, batch norm, ReLU": lambda: body(19, nn.ReLU, norm=True),
}


def short(value: float) -> float | None:
    """Four digits; null for what is no number."""
    return float(f"{value:.4g}") if math.isfinite(value) else None


def signals() -> Iterator[dict[str, Any]]:
    """The moments of every weighted layer, measured."""
    for name, draws in SIGNALS.items():
        net = zoo.load(name)
        for scheme in all_schemes():
            row: dict[str, Any] = {"network": name, "scheme": scheme, "draws": draws}
            try:
                found = measure(net, scheme=scheme, draws=draws, seed=20260101)
            except SymvarError as error:
                yield row | {"error": str(error)}
                continue
            yield row | {
                "batch": found.batch,
                "forward": [short(each) for each in found.column("forward")],
                "backward": [short(each) for each in found.column("backward")],
            }


def digits() -> tuple[torch.Tensor, ...]:
    """Three quarters to train on, one to test; centred, of unit second moment."""
    from sklearn.datasets import load_digits

    found = load_digits()
    order = np.random.default_rng(20260101).permutation(len(found.target))
    images = found.images[order][:, None].astype("float32")
    cut = 3 * len(order) // 4
    images = (images - images[:cut].mean()) / images[:cut].std()
    x, y = torch.from_numpy(images), torch.from_numpy(found.target[order])
    return x[:cut], y[:cut], x[cut:], y[cut:]


def initialised(name: str, scheme: str, seed: int, batch: torch.Tensor) -> nn.Module:
    """The network with its weights drawn from the seed."""
    torch.manual_seed(seed)
    net = NETWORKS[name]()
    if scheme != OWN:
        generator = torch.Generator().manual_seed(seed)
        symvar.torch.init_(net, batch, scheme=scheme, generator=generator)
    return net


def trained(net: nn.Module, rate: float, seed: int, data: tuple[torch.Tensor, ...]) -> float:
    """Test accuracy after stochastic gradient descent with momentum; NaN where it diverged."""
    x, y, x_test, y_test = data
    order = torch.Generator().manual_seed(seed)
    descent = torch.optim.SGD(net.parameters(), lr=rate, momentum=0.9)
    net.train()
    for _ in range(STEPS):
        picked = torch.randint(len(x), (BATCH,), generator=order)
        loss = nn.functional.cross_entropy(net(x[picked]), y[picked])
        if not torch.isfinite(loss):
            return math.nan
        descent.zero_grad()
        loss.backward()
        descent.step()
    net.eval()
    with torch.no_grad():
        return float((net(x_test).argmax(dim=1) == y_test).double().mean())


def training() -> Iterator[dict[str, Any]]:
    """Accuracies by network, scheme and rate, one for each seed."""
    data = digits()
    for name in NETWORKS:
        for scheme in (OWN, *all_schemes(), *FITTED):
            for rate in RATES:
                row: dict[str, Any] = {"network": name, "scheme": scheme, "rate": rate}
                try:
                    nets = [initialised(name, scheme, seed, data[0][:BATCH]) for seed in SEEDS]
                except SymvarError as error:
                    yield row | {"error": str(error)}
                    break
                found = [
                    trained(net, rate, seed, data) for net, seed in zip(nets, SEEDS, strict=True)
                ]
                yield row | {"accuracy": [short(each) for each in found]}


def main() -> None:
    torch.set_num_threads(1)
    found: dict[str, Any] = {"schema": "symvar/which-init/1"} | conditions()
    protocol = {"steps": STEPS, "batch": BATCH, "width": WIDTH, "seeds": SEEDS, "rates": RATES}
    found["training"] = {**protocol, "chance": 0.1, "rows": []}
    found["signals"] = []
    for row in signals():
        print(row["network"], row["scheme"], row.get("error", ""), flush=True)
        found["signals"].append(row)
    for row in training():
        accuracies = [each for each in row.get("accuracy", ()) if each is not None]
        print(*row.values(), statistics.median(accuracies) if accuracies else "-", flush=True)
        found["training"]["rows"].append(row)
    save(OUT, found)


if __name__ == "__main__":
    main()
