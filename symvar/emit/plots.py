"""Moments against depth."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from symvar import registry
from symvar.extras import require_package

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from symvar.graph.profile import Profile

UNDATED = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
"""The picture formats, each with the metadata that would differ from run to run."""

SIDES = (
    ("forward", "forward: second moment of the pre-activations, $q$"),
    ("backward", "backward: second moment of the gradient there, $r$"),
)


def against_depth(profiles: Sequence[Profile]) -> Figure:
    """Forward and backward second moments of each profile against depth, on a log scale.

    Raises:
        MissingExtra: without matplotlib.
        ArgumentError: for a profile that holds symbols.
    """
    require_package("matplotlib", "plots")
    from matplotlib.figure import Figure

    names = [row.name for row in profiles[0].rows]
    figure = Figure(figsize=(max(6.4, 0.42 * len(names) + 2), 7), layout="constrained")
    panels = figure.subplots(2, 1, sharex=True)
    for panel, (column, title) in zip(panels, SIDES, strict=True):
        for profile, marker in zip(profiles, "osD^vP" * len(profiles), strict=False):
            values = profile.floats(column)
            panel.plot(names, values, marker=marker, ms=4, lw=1.2, label=profile.scheme)
        _dress(panel, title)
        _mark_pools(panel, profiles[0])
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    panels[1].tick_params(axis="x", rotation=60)
    panels[1].set_xlabel("weighted layer, input to output (dotted: pooling behind it)")
    return figure


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


def _dress(panel: Axes, title: str) -> None:
    panel.set_yscale("log")
    panel.set_title(title, fontsize=10, loc="left")
    panel.axhline(1, color="0.6", lw=0.8, zorder=0)
    panel.grid(axis="y", color="0.9", lw=0.6)
    panel.spines[["top", "right"]].set_visible(False)


def _mark_pools(panel: Axes, profile: Profile) -> None:
    for place, row in enumerate(profile.rows):
        if row.window != 1:
            panel.axvline(place + 0.5, color="0.75", lw=0.8, ls=":", zorder=0)
