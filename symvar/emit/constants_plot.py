"""The pooling constants against the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from symvar.extras import require_package
from symvar.integrals import enclose, gamma, tau, tau_asymptotic

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CORRELATIONS = (sp.Integer(0), sp.Rational(1, 4), sp.Rational(1, 2), sp.Rational(3, 4))
_ALL_TO = 8  # every window to this one is drawn, then a few per octave
_MANY = 16  # where the expansion begins to be one
_DIGITS = 17


def against_window(max_window: int) -> Figure:
    r"""$\tau_T$ and $\gamma_T$ of max- and average-pooling at four correlations, with asymptotes.

    Forward, the expansion of `tau_asymptotic` for independent max-pooled units; backward 1/T.

    Raises:
        MissingExtra: without matplotlib.
    """
    require_package("matplotlib", "plots")
    from matplotlib.figure import Figure

    windows = _windows(max_window)
    figure = Figure(figsize=(10, 5.4), layout="constrained")
    forward, backward = figure.subplots(1, 2)
    for place, rho in enumerate(CORRELATIONS):
        given: dict[str, Any] = {"color": f"C{place}", "ms": 3, "lw": 1.2}
        for constant, panel in ((tau, forward), (gamma, backward)):
            largest = [_double(constant(window, "max", rho)) for window in windows]
            panel.plot(windows, largest, "o-", label=rf"max, $\rho={rho}$", **given)
        average = [_double(tau(window, "avg", rho)) for window in windows]
        forward.plot(windows, average, "s:", label=rf"average, $\rho={rho}$", **given)
    average = [_double(gamma(window, "avg")) for window in windows]
    backward.plot(windows, average, "s:", color="k", ms=3, lw=1.2, label=r"average, every $\rho$")
    limit: dict[str, Any] = {"ls": "--", "color": "0.3", "lw": 1}
    many = [window for window in windows if window >= _MANY]
    expansion = [_double(tau_asymptotic(window)[0]) for window in many]
    forward.plot(many, expansion, label=r"$w-2/w+(7+\pi^2/3)/w^2$", **limit)
    backward.plot(windows, [1 / window for window in windows], label="$1/T$", **limit)
    _dress(forward, r"forward, $\tau_T$")
    _dress(backward, r"backward, $\gamma_T$")
    return figure


def _windows(largest: int) -> list[int]:
    sparse = np.geomspace(1, largest, 24).round().astype(int).tolist()
    return sorted({*range(1, min(largest, _ALL_TO) + 1), *sparse})


def _double(constant: sp.Expr) -> float:
    return float(enclose(constant, _DIGITS).mid)


def _dress(panel: Axes, title: str) -> None:
    panel.set_xscale("log", base=2)
    panel.set_yscale("log")
    panel.yaxis.set_major_formatter("{x:g}")
    panel.set_xlabel("window $T$")
    panel.set_title(title, fontsize=10, loc="left")
    panel.grid(color="0.92", lw=0.6)
    panel.spines[["top", "right"]].set_visible(False)
    panel.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=3, frameon=False, fontsize=8
    )
