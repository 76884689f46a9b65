r"""Panels for Gauss-Legendre quadrature of $\phi^a \Phi^m$, each with a proven error.

Let f be analytic and at most M in modulus on the ellipse of parameter $\rho$ around a panel
[c - h, c + h]: the image of $|w| = \rho$ under $c + h (w + 1/w)/2$. Its Chebyshev coefficients are
at most $2M\rho^{-k}$. A rule of N nodes with positive weights is exact below degree 2N, blind to
odd k, and wrong by at most $2 + 2/(k^2-1)$ on $T_k$; summed over even $k \ge 2N$, for N >= 2,

$$|E| \le h \cdot \frac{64}{15} \frac{M \rho^{-2N}}{1 - \rho^{-2}}.$$

At z = x + iy, $|\phi(z)| = e^{y^2/2} \phi(x)$, and integrating $|\phi|$ along the horizontal line
through z, from the left or from the right, $|\Phi(z)| \le e^{y^2/2} \Phi(x)$ and
$|\Phi(z)| \le 1 + e^{y^2/2} Q(x)$, Q = 1 - Phi. The logarithm of the bound is linear in m at each
z, so its maximum over z is convex in m: the two ends of a range of m cover all of it.

Bounds are computed in doubles. Each is a sum of a few terms below 10^6, so rounding moves it by
less than 10^-8; `MARGIN` is added for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

Array: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"

MARGIN = 1e-3
_ARCS = np.cos(np.linspace(0, math.pi, 25))  # the upper half of an ellipse in 24 arcs
_RATIOS = 1 + np.geomspace(0.05, 40, 20)
_SHARES = np.geomspace(1 / 64, 1, 25)  # panel widths tried, as shares of what is left


@dataclass(frozen=True)
class Panel:
    """An interval and the logarithm of a bound on the error of its quadrature."""

    left: float
    right: float
    log_error: float


def panels(reach: float, nodes: int, power: int, largest: int, log_target: float) -> list[Panel]:
    """Cuts [0, reach] into panels, each as wide as the target allows.

    A panel that misses the target says so in its bound; nothing is assumed of it.

    Args:
        reach: where the last panel ends.
        nodes: nodes of the rule on each panel, 2 or more.
        power: a of phi^a.
        largest: the bounds hold for phi^a Phi^m with every m from 0 to this.
        log_target: the logarithm of the error allowed on one panel.
    """
    cut, left = [], 0.0
    while left < reach:
        rights = left + _SHARES * (reach - left)
        rights[-1] = reach
        errors = log_errors(left, rights, nodes, power, largest)
        allowed = np.flatnonzero(errors <= log_target)
        best = allowed[-1] if allowed.size else 0
        cut.append(Panel(left, float(rights[best]), float(errors[best])))
        left = cut[-1].right
    return cut


def log_errors(left: float, rights: Array, nodes: int, power: int, largest: int) -> Array:
    """The logarithm of the error bound of each panel [left, right], the best ellipse chosen."""
    half = ((rights - left) / 2)[:, None]
    ratio = _RATIOS[None, :]
    height = _log_height(left + half, half, ratio, power, largest)
    rule = np.log(half * 64 / 15) - 2 * nodes * np.log(ratio) - np.log1p(-(ratio**-2))
    return (rule + height).min(axis=1) + MARGIN


def _log_height(centre: Array, half: Array, ratio: Array, power: int, largest: int) -> Array:
    """The logarithm of a bound on phi^a Phi^m on an ellipse, over every m to the largest.

    The modulus is largest on the boundary, which is covered arc by arc: on an arc y^2 - x^2 has
    its maximum at an end or where it is stationary, and Phi is bounded at the arc's ends.
    """
    wide, high = half * (ratio + 1 / ratio) / 2, half * (ratio - 1 / ratio) / 2
    wide, high, centre = wide[..., None], high[..., None], centre[..., None]
    east, west = _ARCS[:-1], _ARCS[1:]
    turn = np.clip(-centre * wide / (wide**2 + high**2), west, east)
    square = high**2 * (1 - turn**2) - (centre + wide * turn) ** 2
    density = power / 2 * (square - math.log(2 * math.pi))
    flattest = np.where(east * west < 0, 0, np.minimum(abs(east), abs(west)))
    height_squared = high**2 * (1 - flattest**2)
    distribution = _log_distribution(centre + wide * west, centre + wide * east, height_squared)
    return (density + np.maximum(0, largest * distribution)).max(axis=-1)


def _log_distribution(west: Array, east: Array, height_squared: Array) -> Array:
    r"""The logarithm of a bound on |Phi(x + iy)| for west <= x <= east and y^2 at most that.

    For x >= 0, Q(x) is at most $e^{-x^2/2}/2$ and, as $\log(Q e^{x^2/2})$ is convex, at least
    $e^{-x^2/2 - x\sqrt{2/\pi}}/2$; both turn round for x < 0.
    """
    above, below = np.maximum(east, 0), np.minimum(east, 0)
    missing = np.exp(-(above**2) / 2 - above * math.sqrt(2 / math.pi)) / 2
    from_left = np.where(east > 0, np.log1p(-missing), -(below**2) / 2 - math.log(2))
    tail = np.where(west > 0, -(west**2) / 2 - math.log(2), 0)
    from_right = np.logaddexp(0, height_squared / 2 + tail)
    return np.minimum(height_squared / 2 + from_left, from_right)
