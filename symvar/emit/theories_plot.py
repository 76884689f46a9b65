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
        curves: of one scheme, by theory.
        measured: of the same scheme.
    """

    title: str
    column: str
    curves: Mapping[str, Sequence[float]]
    measured: tuple[Measurement, ...] = ()


def theories_against_depth(
    profiles: Sequence[Profile],
    measured: Sequence[Measurement] = (),
    neighbours: Mapping[str | None, Sequence[float]] | None = None,
) -> Figure:
    """Second moments both ways for each scheme, a curve per theory, and its correlations.

    A theory has its own kind of line and open mark, what is measured is crosses with bars of two
    standard errors, so that print without colour can be read.

    Args:
        profiles: predictions for one network, under several theories.
        measured: measurements of it.
        neighbours: for a scheme, the correlations under theory field: see
            :func:`symvar.graph.fields.neighbour_correlations`. Where they are given, other
            theories' are left out at layers they are NaN at, which have one position.

    Raises:
        MissingExtra: without matplotlib.
        ArgumentError: for a profile that holds symbols.
    """
    require_package("matplotlib", "plots")
    from matplotlib.figure import Figure

    panels = [*_moments(profiles, measured), *_correlations(profiles, neighbours or {})]
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
        _fill(axis, panel, looks)
        mark_pools(axis, profiles[0])
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
            curves = {each.theory: each.floats(column) for each in own}
            yield Panel(f"{scheme}, {title}", column, curves, runs)


def _correlations(
    profiles: Sequence[Profile], neighbours: Mapping[str | None, Sequence[float]]
) -> Iterator[Panel]:
    """Of theories that have units correlated; once where schemes do not change them."""
    shown: list[tuple[str, dict[str, list[float]]]] = []
    schemes = dict.fromkeys(each.scheme for each in profiles)
    for scheme in schemes:
        beside, found = neighbours.get(scheme), {}
        for profile in (each for each in profiles if each.scheme == scheme):
            values = profile.floats("correlation")
            if profile.theory == "field" and beside is not None:
                values = list(beside)
            if any(value and not math.isnan(value) for value in values):
                found[profile.theory] = _on_maps(values, beside)
        if found and not any(_alike(found, other) for _, other in shown):
            shown.append((scheme or "own weights", found))
    for name, found in shown:
        whose = "every scheme" if len(shown) == 1 < len(schemes) else name
        yield Panel(f"{whose}, {CORRELATION}", "correlation", found)


def _on_maps(values: Sequence[float], beside: Sequence[float] | None) -> list[float]:
    """Without layers of one position, in a network that has maps."""
    if beside is None or all(map(math.isnan, beside)):
        return list(values)
    pairs = zip(values, beside, strict=True)
    return [math.nan if math.isnan(other) else value for value, other in pairs]


def _alike(one: Mapping[str, list[float]], other: Mapping[str, list[float]]) -> bool:
    return one.keys() == other.keys() and all(
        math.isclose(left, right, abs_tol=SAME) or (math.isnan(left) and math.isnan(right))
        for theory in one
        for left, right in zip(one[theory], other[theory], strict=True)
    )


def _fill(axis: Axes, panel: Panel, looks: Mapping[str, tuple[Look, str]]) -> None:
    for theory, values in panel.curves.items():
        look, dash = looks[theory]
        every = max(1, -(-len(values) // NAMED))
        style: dict[str, Any] = {"color": look.ink, "ls": dash, "lw": 1.4, "marker": look.mark}
        style |= {"ms": 4.5, "mfc": "white", "mew": 0.9, "markevery": every}
        axis.plot(range(len(values)), values, label=f"theory {theory}", **style)
    for found in panel.measured:
        draw_points(axis, found, panel.column, RUN, 5, f"measured ({found.draws} draws, ±2 se)")
    dress(axis, panel.title, log=panel.column != "correlation")
    if panel.column == "correlation":
        axis.set_ylim(min(-0.03, axis.get_ylim()[0]), 1.03)
