"""Theories beside each other and beside measurements, scheme by scheme, against depth."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symvar.emit.plots import (
    DASHES,
    INKS,
    MARKS,
    NAMED,
    SIDES,
    WIDEST,
    Look,
    draw_points,
    dress,
    mark_pools,
    name_layers,
    scheme_of,
)
from symvar.extras import require_package

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from symvar.graph.measurement import Measurement
    from symvar.graph.network import Network
    from symvar.graph.profile import Profile

RUN = Look("#000000", "x")
"""What is measured: crosses with bars, unlike the open marks of every theory."""

CORRELATION = "correlation of two pre-activations of a channel (theory field: of neighbours)"

SAME = 1e-6
"""Correlations that differ by less are those of another scheme over again."""


@dataclass(frozen=True)
class Panel:
    """One panel of the picture.

    Args:
        title: what it shows.
        column: of profiles: forward, backward or correlation.
        profiles: of one scheme, a curve each.
        measured: of the same scheme.
    """

    title: str
    column: str
    profiles: tuple[Profile, ...]
    measured: tuple[Measurement, ...] = ()


def theories_against_depth(
    profiles: Sequence[Profile],
    measured: Sequence[Measurement] = (),
    net: Network | None = None,
) -> Figure:
    """Second moments both ways for each scheme, a curve per theory, and its correlations.

    A theory has its own kind of line and open mark, what is measured is crosses with bars of two
    standard errors, so that print without colour can be read.

    Args:
        profiles: predictions for one network, under several theories.
        measured: measurements of it.
        net: the network; correlations are then left out at layers without positions.

    Raises:
        MissingExtra: without matplotlib.
        ArgumentError: for a profile that holds symbols.
    """
    require_package("matplotlib", "plots")
    from matplotlib.figure import Figure

    panels = [*_moments(profiles, measured), *_correlations(profiles)]
    theories = list(dict.fromkeys(each.theory for each in profiles))
    looks = {
        theory: (Look(INKS[place % len(INKS)], MARKS[place % len(MARKS)]), DASHES[place % 4])
        for place, theory in enumerate(theories)
    }
    names = [row.name for row in profiles[0].rows]
    width = min(max(7.2, 0.42 * len(names) + 2), WIDEST)
    figure = Figure(figsize=(width, 2.9 * len(panels) + 1.2), layout="constrained")
    axes = list(figure.subplots(len(panels), 1, sharex=True, squeeze=False).flat)
    for axis, panel in zip(axes, panels, strict=True):
        _fill(axis, panel, looks, _without_positions(net, names))
    entries: dict[str, Any] = {}
    for axis in axes:
        entries |= dict(zip(*reversed(axis.get_legend_handles_labels()), strict=True))
    figure.legend(
        list(entries.values()), list(entries), loc="outside upper center",
        ncols=max(1, int(width / 2.4)), frameon=False, fontsize=9, handlelength=3.4,
    )  # fmt: skip
    name_layers(axes[-1], names)
    return figure


def _moments(profiles: Sequence[Profile], measured: Sequence[Measurement]) -> Iterator[Panel]:
    schemes = [*map(scheme_of, profiles), *map(scheme_of, measured)]
    for scheme in dict.fromkeys(schemes):
        own = tuple(each for each in profiles if scheme_of(each) == scheme)
        runs = tuple(each for each in measured if scheme_of(each) == scheme)
        for column, title in SIDES:
            yield Panel(f"{scheme}, {title}", column, own, runs)


def _correlations(profiles: Sequence[Profile]) -> Iterator[Panel]:
    """Of theories that have units correlated; once where schemes do not change them."""
    shown: list[tuple[str, dict[str, list[float]]]] = []
    schemes = dict.fromkeys(map(scheme_of, profiles))
    for scheme in schemes:
        values = {
            each.theory: each.floats("correlation")
            for each in profiles
            if scheme_of(each) == scheme
        }
        found = {theory: every for theory, every in values.items() if any(every)}
        if found and not any(_alike(found, other) for _, other in shown):
            shown.append((scheme, found))
    for scheme, found in shown:
        own = (each for each in profiles if scheme_of(each) == scheme and each.theory in found)
        whose = "every scheme" if len(shown) == 1 < len(schemes) else scheme
        yield Panel(f"{whose}, {CORRELATION}", "correlation", tuple(own))


def _alike(one: Mapping[str, list[float]], other: Mapping[str, list[float]]) -> bool:
    return one.keys() == other.keys() and all(
        math.isclose(left, right, abs_tol=SAME)
        for theory in one
        for left, right in zip(one[theory], other[theory], strict=True)
    )


def _without_positions(net: Network | None, names: Sequence[str]) -> frozenset[str]:
    """Layers with one position, in a network where others have more."""
    if net is None:
        return frozenset()
    single = frozenset(name for name in names if all(size == 1 for size in net[name].after[1:]))
    return frozenset() if len(single) == len(names) else single


def _fill(
    axis: Axes, panel: Panel, looks: Mapping[str, tuple[Look, str]], single: frozenset[str]
) -> None:
    for profile in panel.profiles:
        look, dash = looks[profile.theory]
        values = profile.floats(panel.column)
        if panel.column == "correlation":
            rows = zip(profile.rows, values, strict=True)
            values = [math.nan if row.name in single else value for row, value in rows]
        every = max(1, -(-len(values) // NAMED))
        style: dict[str, Any] = {"color": look.ink, "ls": dash, "lw": 1.4, "marker": look.mark}
        style |= {"ms": 4.5, "mfc": "white", "mew": 0.9, "markevery": every}
        axis.plot(range(len(values)), values, label=f"theory {profile.theory}", **style)
    for found in panel.measured:
        draw_points(axis, found, panel.column, RUN, 5, f"measured ({found.draws} draws, ±2 se)")
    dress(axis, panel.title, log=panel.column != "correlation")
    if panel.profiles:
        mark_pools(axis, panel.profiles[0])
