"""Pages made from committed measurements: the benchmarks, and which initialisation to use.

No number and no verdict on these pages is written by hand: they follow from the two JSON files that
``python -m benchmarks benchmarks`` and ``python -m benchmarks.which_init`` write.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import constants
from docs.markdown import table, words
from symvar.emit.plots import rendered

FOLDER = Path(__file__).parent.parent / "benchmarks"
CHANCE = 0.2
"""A median accuracy below twice that of guessing: nothing was learnt."""


def pages() -> dict[str, str]:
    """The two pages."""
    return {"benchmarks": _benchmarks(_read("results")), "which_init": _which(_read("which_init"))}


def pictures() -> dict[str, bytes]:
    """The pictures on them."""
    cost, signals = _read("results")["cost"], _read("which_init")["signals"]
    return {"cost.png": constants.plot(cost), "signals.png": _drifting(signals)}


def _read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def _conditions(found: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    return f"Measured on {found['date']}: {found['machine']}; {versions}.\n"


def _benchmarks(found: Mapping[str, Any]) -> str:
    rows = [
        (each["windows"], each["digits"], f"{each['symvar']:.4f} s", f"{each['mpmath']:.1f} s",
         f"**{each['ratio']:.0f}**", each["goal"], each["extrapolated from"])
        for each in found["constants"]
    ]  # fmt: skip
    drawn = [
        (each["distribution"], f"{each['init_']:.2f} s", f"{each['kaiming_normal_']:.2f} s",
         f"**{each['ratio']:.2f}**", each["goal"], f"{each['trace']:.2f} s")
        for each in found["init"]
    ]  # fmt: skip
    singles = [(name, f"{1e3 * value:.1f} ms") for name, value in found["singles"].items()]
    return "\n".join((
        ("# Benchmarks\n\nRatios against what a user would do otherwise, for seconds say more of the "
        "machine than of the code. `make benchmarks` measures anew.\n"),
        _conditions(found),
        ("## A table of pooling constants\n\nAgainst one `mpmath.quad` per window, which proves "
        f"nothing. {found['arithmetic']}; processor time.\n"),
        table(("windows", "digits", "symvar, certified", "mpmath.quad", "ratio", "goal: at least",
               "mpmath's side is extrapolated from"), rows),
        "![What a table costs](pictures/cost.png)\n",
        "## One constant, and a million\n\nTo 50 digits; doubles for every window to a million.\n",
        table(("", "time"), singles),
        ("## Initialising VGG-19\n\n`symvar.torch.init_` without its trace against "
        "`torch.nn.init.kaiming_normal_` on the same tensors, medians.\n"),
        table(("distribution", "init_", "kaiming_normal_", "ratio", "goal: at most", "trace"), drawn),
    ))  # fmt: skip


def _which(found: Mapping[str, Any]) -> str:
    training, signals = found["training"], found["signals"]
    networks = list(dict.fromkeys(row["network"] for row in training["rows"]))
    parts = [
        (
            "# Which initialisation should I use, and why\n\nAn answer in three steps: what was trained, "
            "what happened to signals, and what follows. Everything below, the sentences too, is made "
            "from one file of measurements; where a scheme failed, or none was better, it says so.\n"
        ),
        _conditions(found),
        "## The answer\n",
        *(_answer(name, training) for name in networks),
        _everywhere(networks, training),
        _advice(training, signals),
        (
            "## What was trained\n\n"
            f"Digits of 8 by 8 pixels (scikit-learn's), convolutions of {training['width']} channels "
            f"with two max-pools, stochastic gradient descent with momentum, {training['steps']} steps "
            f"of {training['batch']} pictures, {len(training['seeds'])} seeds, rates "
            f"{', '.join(map(str, training['rates']))}. Each scheme is judged at its own best rate: "
            "median test accuracy, in brackets the worst and the best seed. Guessing gives "
            f"{training['chance']:.0%}.\n"
        ),
        *(f"### {name}\n\n{_trained(name, training)}" for name in networks),
        _signals(signals),
        (
            "## What this does not say\n\nSmall networks, small pictures, short training, no schedule "
            "and no tuning beyond three rates; a scheme without a row was not run. It shows which starts make learning possible, and says "
            "nothing about the last percent of a long training.\n"
        ),
    ]
    return "\n".join(parts)


def _best(name: str, training: Mapping[str, Any]) -> dict[str, tuple[float, list[float], float]]:
    """By scheme, at its best rate: the median, all seeds (zero where it diverged), the rate."""
    found: dict[str, tuple[float, list[float], float]] = {}
    for row in training["rows"]:
        if row["network"] == name and "accuracy" in row:
            seeds = sorted(each or 0.0 for each in row["accuracy"])
            new = (median(seeds), seeds, row["rate"])
            found[row["scheme"]] = max(found.get(row["scheme"], new), new)
    return dict(sorted(found.items(), key=lambda item: item[1][0], reverse=True))


def _refused(name: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {row["scheme"]: row["error"] for row in rows
            if row["network"] == name and "error" in row}  # fmt: skip


def _trained(name: str, training: Mapping[str, Any]) -> str:
    rows = [
        (f"`{scheme}`", f"**{middle:.1%}**" if middle >= CHANCE else f"{middle:.1%}: nothing learnt",
         f"{seeds[0]:.1%} to {seeds[-1]:.1%}", rate)
        for scheme, (middle, seeds, rate) in _best(name, training).items()
    ]  # fmt: skip
    refused = _refused(name, training["rows"])
    told = "".join(f"- `{scheme}` refused: {words(why)}\n" for scheme, why in refused.items())
    return table(("scheme", "median", "seeds", "best rate"), rows) + f"\n{told}"


def _answer(name: str, training: Mapping[str, Any]) -> str:
    best = _best(name, training)
    first, (top, seeds, _) = next(iter(best.items()))
    failed = [scheme for scheme, (middle, *_) in best.items() if middle < CHANCE]
    if top < CHANCE:
        return f"- **{name}:** no scheme learnt anything in so few steps at any rate tried.\n"
    alike = [scheme for scheme, (middle, *_) in best.items()
             if middle >= seeds[0] and scheme != first]  # fmt: skip
    said = f"- **{name}:** `{first}` had the highest median, {top:.1%}"
    if alike:
        said += (f"; {_count(len(alike), 'other lies', 'others lie')} within its spread over seeds "
                 f"({seeds[0]:.1%} to {seeds[-1]:.1%}), so it is no better than "
                 f"{_names(alike)}")  # fmt: skip
    else:
        said += f"; no other reached even its worst seed ({seeds[0]:.1%})"
    if failed:
        said += f". Learnt nothing at any rate: {_names(failed)}"
    return said + ".\n"


def _everywhere(networks: Sequence[str], training: Mapping[str, Any]) -> str:
    """Who never failed, and who was never worse than the best by more than chance."""
    found = [_best(name, training) for name in networks]
    schemes = [name for name in found[0] if all(name in best for best in found)]
    learnt = [name for name in schemes if all(best[name][0] >= CHANCE for best in found)]
    level = [name for name in learnt
             if all(best[name][0] >= next(iter(best.values()))[1][0] for best in found)]  # fmt: skip
    return (
        f"On all {len(networks)} networks: {_names(learnt) or 'no scheme'} learnt something; "
        f"{_names(level) or 'none'} stayed within the spread of the best everywhere. `lsuv` is "
        "fitted to a batch of the data, which the others never see.\n"
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _advice(training: Mapping[str, Any], signals: Sequence[Mapping[str, Any]]) -> str:
    """Why: the drift of signals, and whether it goes with failing."""
    pairs = (("20 layers, ReLU", "plain20"), ("32 layers, ReLU", "plain56"))
    lines = [
        (
            "Why: what a weight learns from is the signal before it times the gradient behind it. Here is "
            "how far both drift in plain networks of the zoo, in decades from one end to the other, "
            "forward and backward added. A part of it no scheme changes, for averages and pools share "
            "gradients out; so schemes are to be compared with each other, not with zero.\n"
        )
    ]
    for trained, network in pairs:
        best = _best(trained, training)
        drift = {
            row["scheme"]: sum(map(abs, _drift(row)))
            for row in signals
            if row["network"] == network and "forward" in row and row["scheme"] in best
        }
        known = {name: each for name, each in drift.items() if math.isfinite(each)}
        lost = [each for name, each in known.items() if best[name][0] < CHANCE]
        learnt = [each for name, each in known.items() if best[name][0] >= CHANCE]
        if lost and learnt:
            lines.append(
                f"- Schemes that learnt nothing on *{trained}* drift {min(lost):.1f} to "
                f"{max(lost):.1f} decades on `{network}`, the others {min(learnt):.1f} to "
                f"{max(learnt):.1f}.\n"
            )
    return "\n".join(lines)


def _drift(row: Mapping[str, Any]) -> tuple[float, float]:
    """Decades from the first to the last weighted layer, and back."""
    forward, backward = row["forward"], row["backward"]
    return _decades(forward[-1], forward[0]), _decades(backward[0], backward[-1])


def _decades(there: float | None, here: float | None) -> float:
    return math.log10(there / here) if there and here else math.inf


def _signals(signals: Sequence[Mapping[str, Any]]) -> str:
    parts = [
        (
            "## What happened to signals\n\nNetworks of the [zoo](networks.md), weights drawn anew, white "
            "input: the second moment at the last weighted layer over that at the first, and the "
            "gradient's at the first over that at the last, as measured.\n\n"
            "![Moments against depth](pictures/signals.png)\n"
        )
    ]
    for network in dict.fromkeys(row["network"] for row in signals):
        rows = list(_signal_rows(network, signals))
        parts.append(f"### {network}\n")
        parts.append(table(("scheme", "draws", "forward", "backward"), rows))
        refused = _refused(network, signals)
        parts += [f"- `{scheme}` refused: {words(why)}\n" for scheme, why in refused.items()]
    return "\n".join(parts)


def _signal_rows(network: str, signals: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    for row in signals:
        if row["network"] == network and "forward" in row:
            forward, backward = _drift(row)
            yield f"`{row['scheme']}`", row["draws"], _power(forward), _power(backward)


def _power(decades: float) -> str:
    return f"$10^{{{decades:+.1f}}}$" if math.isfinite(decades) else "from or to zero"


def _names(schemes: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in schemes)


def _drifting(signals: Sequence[Mapping[str, Any]]) -> bytes:
    """Measured moments against depth, one panel for each network and direction."""
    from matplotlib.figure import Figure

    networks = list(dict.fromkeys(row["network"] for row in signals))
    figure = Figure(figsize=(9, 2.4 * len(networks)), layout="constrained")
    panels = figure.subplots(len(networks), 2, squeeze=False)
    schemes = list(dict.fromkeys(row["scheme"] for row in signals))
    for line, network in zip(panels, networks, strict=True):
        for panel, direction in zip(line, ("forward", "backward"), strict=True):
            for row in signals:
                if row["network"] == network and direction in row:
                    place = schemes.index(row["scheme"])
                    panel.semilogy(row[direction], color=f"C{place % 10}", lw=1.1,
                                   ls="-" if place < 10 else "--", label=row["scheme"])  # fmt: skip
            panel.axhline(1, color="0.7", lw=0.8, zorder=0)
            panel.set_title(f"{network}, {direction}", fontsize=9, loc="left")
            panel.spines[["top", "right"]].set_visible(False)
    for panel in panels[-1]:
        panel.set_xlabel("weighted layer, input to output")
    handles = panels[0][0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=5, frameon=False, fontsize=8)
    return rendered(figure, Path("signals.png"))
