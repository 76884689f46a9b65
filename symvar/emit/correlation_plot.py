"""Pictures of correlation against depth: of networks, and of one layer's map."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from symvar.emit.plots import DASHES, INKS, MARKS, NAMED, WIDEST
from symvar.extras import require_package

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from symvar.correlations import CorrelationMap
    from symvar.graph.profile import Profile

POINTS = 49


def correlation_against_depth(profiles: Sequence[Profile], labels: Sequence[str] = ()) -> Figure:
    """The correlation of two units of a channel, layer by layer.

    Args:
        profiles: of one network, under several theories or schemes; or of several networks.
        labels: their names; theory and scheme where left out.

    Raises:
        MissingExtra: without matplotlib.
        ArgumentError: for a profile that holds symbols.
    """
    figure, panel = _figure(min(max(6.4, 0.42 * len(profiles[0].rows) + 2), WIDEST), 4.2)
    names = labels or [f"{each.theory}, {each.scheme or 'own weights'}" for each in profiles]
    for place, (profile, name) in enumerate(zip(profiles, names, strict=True)):
        values = profile.floats("correlation")
        style: dict[str, Any] = {"marker": MARKS[place % len(MARKS)], "ms": 4, "mfc": "white"}
        panel.plot(
            range(len(values)), values, DASHES[place % len(DASHES)],
            color=INKS[place % len(INKS)], lw=1.3, label=name, **style,
        )  # fmt: skip
    _dress(panel, "correlation of two units of a channel, $\\rho$")
    rows = [row.name for row in profiles[0].rows]
    if all([row.name for row in each.rows] == rows for each in profiles) and len(rows) <= NAMED:
        panel.set_xticks(range(len(rows)), rows, rotation=60, ha="right", fontsize=8)
    else:
        panel.set_xlabel("weighted layer")
    panel.legend(frameon=False, fontsize=9, loc="best")
    return figure


def of_map(of: CorrelationMap, depth: int, start: Any) -> Figure:
    """The map with the diagonal and its steps, and the correlation against depth."""
    require_package("matplotlib", "plots")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    places = [place / (POINTS - 1) for place in range(POINTS)]
    left.plot(places, places, ":", color=INKS[-1], lw=1.2, label="diagonal")
    curve = [of.path(1, place)[1] for place in places]
    left.plot(places, curve, "-", color=INKS[0], lw=1.4, label="$R(c)$")
    path = of.path(depth, start)
    stairs = [(one, height) for one, two in pairwise(path) for height in (one, two)]
    left.plot(*zip(*stairs, strict=True), "-", color=INKS[1], lw=0.9, label="layer by layer")
    _dress(left, "correlation behind a layer")
    left.set_xlabel("correlation before, $c$")
    left.set_xlim(0, 1)
    left.legend(frameon=False, fontsize=9, loc="upper left")
    fixed = of.fixed_point()
    right.axhline(float(fixed.value), ls="--", color=INKS[-1], lw=1.1,
                  label=f"fixed point {float(fixed.value):.4g}")  # fmt: skip
    right.plot(range(len(path)), path, "o-", color=INKS[0], ms=4, mfc="white", lw=1.2)
    _dress(right, "correlation")
    right.set_xlabel("layers")
    right.legend(frameon=False, fontsize=9, loc="lower right")
    pool = "" if of.window == 1 else f", {of.pool}-pool over {of.window}"
    bias = "" if of.bias == 0 else f", bias share {of.bias}"
    figure.suptitle(f"{of.name}, q = {of.q}{bias}{pool}: {fixed.law}", fontsize=10)
    return figure


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    require_package("matplotlib", "plots")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def _dress(panel: Axes, title: str) -> None:
    panel.set_ylabel(title)
    panel.set_ylim(-0.03, 1.03)
    panel.spines[["top", "right"]].set_visible(False)
    panel.grid(axis="y", lw=0.4, color="#dddddd")
