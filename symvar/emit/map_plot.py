"""The second moments of a layer over its positions, as an image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from symvar import registry
from symvar.errors import ArgumentError
from symvar.extras import require_package
from symvar.graph.fields import field_signals
from symvar.inputs import Input

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from symvar.graph.network import Network
    from symvar.graph.profile import Profile

SHADES = "cividis"
"""Lighter is larger, in print without colour as well."""

FLAT = 1e-9
"""A map that varies by a smaller share is one number."""


def variances(
    net: Network, profile: Profile, layer: str, input: str | Input = "white"
) -> np.ndarray:
    """The second moment at every position of a layer, under theory field.

    Args:
        net: the network.
        profile: its weight variances.
        layer: any of its nodes.
        input: see ``propagate``.

    Returns:
        The mean over channels for each input that is followed on its own, (inputs, *positions);
        one input where all are alike.

    Raises:
        ArgumentError: for an unknown layer, or one without one or two axes of positions.
        NeedsFact: where theory field cannot say, naming the node.
    """
    require_positions(net, layer)
    found: np.ndarray = field_signals(net, profile, input)[layer].kernel.variance
    return found


def require_positions(net: Network, layer: str) -> None:
    """Refuse a layer that has no map.

    Raises:
        ArgumentError: for an unknown layer, or one without one or two axes of positions.
    """
    node = registry.pick({each.name: each for each in net}, layer, "layer")
    if len(node.after) not in (2, 3):
        maps = [each.name for each in net if len(each.after) in (2, 3) and each.mix]
        raise ArgumentError(
            f"map of layer {layer!r}",
            need="a layer with one or two axes of positions behind its channels",
            have=f"shape {'x'.join(map(str, node.after))}",
            remedy=f"choose e.g. {maps[-1]}" if maps else "this network has none",
        )


def variance_map(
    net: Network, profiles: Sequence[Profile], layer: str, input: str | Input = "white"
) -> Figure:
    """Where in a layer's map the second moment is large and where it is small, theory field.

    Args:
        net: the network.
        profiles: its weight variances, one picture each.
        layer: any of its nodes.
        input: see ``propagate``.

    Raises:
        MissingExtra: without matplotlib.
        ArgumentError: for a layer without positions.
        NeedsFact: where theory field cannot say, naming the node.
    """
    require_package("matplotlib", "plots")
    from matplotlib.figure import Figure

    followed = [variances(net, profile, layer, input) for profile in profiles]
    maps = [each.mean(axis=0) for each in followed]
    size = (4.6 * len(maps) + 0.3, 4.8) if maps[0].ndim == 2 else (6.4, 3.2 * len(maps) + 0.4)
    figure = Figure(figsize=size, layout="compressed")
    shape = (1, len(maps)) if maps[0].ndim == 2 else (len(maps), 1)
    panels = figure.subplots(*shape, squeeze=False).flat
    for panel, profile, values in zip(panels, profiles, maps, strict=True):
        _draw(panel, values)
        spread = "the same everywhere" if _flat(values) else _range(values)
        panel.set_title(
            f"{profile.scheme or 'own weights'}\nmean {values.mean():.4g}, {spread}",
            fontsize=9, loc="left",
        )  # fmt: skip
    count = len(followed[0])
    over = "" if count == 1 else f", mean over {count} inputs"
    figure.suptitle(
        f"{layer}: second moment by position\ntheory field, {profiles[0].input} input{over}",
        fontsize=10,
    )
    return figure


def _draw(panel: Axes, values: np.ndarray) -> None:
    from matplotlib.ticker import MaxNLocator

    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    if values.ndim == 1:
        panel.plot(range(len(values)), values, "o-", color="black", ms=3, lw=1)
        panel.set_xlabel("position")
        panel.spines[["top", "right"]].set_visible(False)
        return
    low, high = float(values.min()), float(values.max())
    if _flat(values):
        low, high = 0.9 * low, 1.1 * high or 1.0
    panel.yaxis.set_major_locator(MaxNLocator(integer=True))
    image = panel.imshow(values, cmap=SHADES, vmin=low, vmax=high, interpolation="nearest")
    figure = panel.figure
    figure.colorbar(image, ax=panel, shrink=0.85)
    panel.set_xlabel("column")
    panel.set_ylabel("row")


def _flat(values: np.ndarray) -> bool:
    return bool(np.ptp(values) <= FLAT * np.abs(values).max())


def _range(values: np.ndarray) -> str:
    return f"{values.min():.4g} to {values.max():.4g}"
