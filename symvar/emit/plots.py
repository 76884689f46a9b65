"""Moments against depth: predicted as lines, measured as points with error bars."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symvar import registry
from symvar.emit.numbers import fitted
from symvar.extras import require_package

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from symvar.graph.measurement import Measurement
    from symvar.graph.profile import Profile

UNDATED = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
"""The picture formats, each with the metadata that would differ from run to run."""

SIDES = (
    ("forward", "forward: second moment of the pre-activations, $q$"),
    ("backward", "backward: second moment of the gradient there, $r$"),
)

INKS = ("#000000", "#c1440e", "#2b6cb0", "#6b8e23", "#8a5a9e", "#999999")
"""Colours of schemes, each of its own grey where print has no colour."""

DASHES = ("-", "--", "-.", ":")
"""Lines of theories."""

MARKS = "osD^vP"
"""Points of schemes."""

WIDEST = 16.0
"""Inches; a deeper network has narrower steps, and only some of its layers are named."""

NAMED = 56
"""The most layers that are named below a picture."""


@dataclass(frozen=True)
class Look:
    """How a scheme is drawn."""

    ink: str
    mark: str


def against_depth(
    profiles: Sequence[Profile],
    measured: Sequence[Measurement] = (),
    neighbours: Mapping[str | None, Sequence[float]] | None = None,
) -> Figure:
    """Forward and backward second moments against depth, on a log scale.

    A scheme has its colour, its kind of point and of line, so that print without colour can be
    read; what is measured are filled points with bars of two standard errors. Under several
    theories see :func:`symvar.emit.theories_plot.theories_against_depth`.

    Args:
        profiles: predictions for one network, under one or several schemes and theories.
        measured: measurements of it.
        neighbours: see there.

    Raises:
        MissingExtra: without matplotlib.
        ArgumentError: for a profile that holds symbols.
    """
    if len({profile.theory for profile in profiles}) > 1:
        from symvar.emit.theories_plot import theories_against_depth

        return theories_against_depth(profiles, measured, neighbours)
    require_package("matplotlib", "plots")
    from matplotlib.figure import Figure

    shown: list[Profile | Measurement] = [*profiles, *measured]
    names = [row.name for row in shown[0].rows]
    schemes = list(dict.fromkeys(map(scheme_of, shown)))
    looks = {
        scheme: Look(INKS[place % len(INKS)], MARKS[place % len(MARKS)])
        for place, scheme in enumerate(schemes)
    }
    width = min(max(6.4, 0.42 * len(names) + 2), WIDEST)
    figure = Figure(figsize=(width, 7), layout="constrained")
    panels = figure.subplots(2, 1, sharex=True)
    size = 4 if len(names) <= NAMED else 2.2
    for panel, (column, title) in zip(panels, SIDES, strict=True):
        for profile in profiles:
            dash = DASHES[schemes.index(scheme_of(profile)) % len(DASHES)]
            _line(panel, profile, column, looks[scheme_of(profile)], dash, size, bool(measured))
        for found in measured:
            label = f"{scheme_of(found)}, measured ({found.draws} draws, ±2 se)"
            draw_points(panel, found, column, looks[scheme_of(found)], size, label)
        dress(panel, title)
        if profiles:
            mark_pools(panel, profiles[0])
    handles = panels[0].get_legend_handles_labels()
    longest = max(map(len, handles[1]))
    columns = max(1, min(len(handles[0]), int(width / (0.55 + 0.085 * longest))))
    figure.legend(*handles, loc="outside upper center", ncols=columns, frameon=False, fontsize=9)
    name_layers(panels[1], names)
    return figure


def scheme_of(found: Profile | Measurement) -> str:
    """The scheme by name."""
    return found.scheme or "own weights"


def _line(
    panel: Axes, profile: Profile, column: str, look: Look, dash: str, size: float, beside: bool
) -> None:
    """A prediction: open points, so that what is measured stays visible on it."""
    values = profile.floats(column)
    style: dict[str, Any] = {"color": look.ink, "ls": dash, "lw": 1.3, "marker": look.mark}
    style |= {"ms": size, "mfc": "white", "mew": 0.9}
    if beside:
        style["marker"] = ""
    label = f"{scheme_of(profile)}, {profile.theory} predicts"
    panel.plot(range(len(values)), values, label=label, **style)


def draw_points(
    panel: Axes, found: Measurement, column: str, look: Look, size: float, label: str
) -> None:
    """Means with bars of two standard errors; a bar that reaches zero ends at a tenth."""
    values, errors = found.column(column), found.column(f"{column}_se")
    bars = [0.0 if math.isnan(error) else 2 * error for error in errors]
    low = [min(bar, 0.9 * value) for bar, value in zip(bars, values, strict=True)]
    places = range(len(values))
    panel.errorbar(
        places, values, yerr=[low, bars], fmt=look.mark, color=look.ink, ms=size + 0.5,
        capsize=2.5 if len(values) <= NAMED else 0, elinewidth=1.1, label=label, zorder=3,
    )  # fmt: skip


def rendered(figure: Figure, path: Path) -> bytes:
    """The figure in the format of the path's suffix, the same bytes every time.

    Raises:
        ArgumentError: for a suffix that is no picture format.
    """
    import matplotlib as mpl

    kind = path.suffix.lstrip(".").lower()
    undated = registry.pick(UNDATED, kind, "picture format")
    out = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "symvar"}):
        figure.savefig(out, format=kind, dpi=150, metadata=undated)
    return out.getvalue()


def dress(panel: Axes, title: str, log: bool = True) -> None:
    """Title, scale and grid of a panel."""
    if log:
        from matplotlib.ticker import LogFormatter, LogFormatterMathtext

        panel.set_yscale("log")
        panel.yaxis.set_major_formatter(LogFormatterMathtext())
        panel.yaxis.set_minor_formatter(LogFormatter(minor_thresholds=(1.3, 0.5)))
        panel.tick_params(axis="y", which="minor", labelsize=7)
    panel.set_title(title, fontsize=10, loc="left")
    panel.axhline(1, color="0.6", lw=0.8, zorder=0)
    panel.grid(axis="y", color="0.9", lw=0.6)
    panel.spines[["top", "right"]].set_visible(False)
    panel.margins(x=0.02)


def mark_pools(panel: Axes, profile: Profile) -> None:
    """A dotted line behind each layer that is pooled."""
    for place, row in enumerate(profile.rows):
        if row.window != 1:
            panel.axvline(place + 0.5, color="0.75", lw=0.8, ls=":", zorder=0)


def name_layers(panel: Axes, names: Sequence[str]) -> None:
    """Names below a panel, as many as fit."""
    step = -(-len(names) // NAMED)
    places = range(0, len(names), step)
    panel.set_xticks(list(places), [fitted(names[place], 22) for place in places])
    panel.tick_params(axis="x", rotation=60, labelsize=9 if step == 1 else 7)
    for label in panel.get_xticklabels():
        label.set(ha="right", rotation_mode="anchor")
    every = "" if step == 1 else f", one name in {step}"
    panel.set_xlabel(f"weighted layer, input to output{every} (dotted: pooling behind it)")
