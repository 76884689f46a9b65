r"""$\kappa$ of the signals of the field theory: how much one network's variances scatter.

See `symvar.field.typical`. Behind a maximum of windows that do not overlap,
$\mathrm{E}[M^2 M'^2] = \sum_k H_k^2 R^k$, $H_k$ the Hermite coefficients of
$\mathrm{E}_D[\max(0, sS + m)^2]$ in S and R the correlation of the windows' means: exact where
all units of two windows are equally correlated.
"""

from __future__ import annotations

import numpy as np

from symvar.field.maps import Bent
from symvar.field.maxima_rule import deviation_rule
from symvar.field.normal import density
from symvar.field.pair_walks import hermites
from symvar.field.pools import Pool
from symvar.field.signals import Activated, Edge, Gaussian, Largest, refused
from symvar.field.steps import Array, averaging
from symvar.field.typical import scatter, scatter_by_displacement, scatter_of

LINE = Bent(1, 1)

_REACH, _POINTS = 10.0, 4001


def scatter_behind(edge: Edge, weights: Array) -> float:
    r"""$\kappa$ of the units behind an edge's functions, over its channels.

    Args:
        edge: what a mix reads.
        weights: (*space): how much each position counts.

    Raises:
        NeedsFact: for signals whose fourth moments are not known.
    """
    match edge:
        case Activated(source=source, function=function):
            field, shape = source.kernel.averaged(), function.map
        case Gaussian(kernel=kernel):
            field, shape = kernel.averaged(), LINE
        case Largest(pool=pool) if pool.windows.tile and pool.rectifies:
            return _scatter_of_maxima(pool, weights)
        case _:
            words = "channels of several kinds" if not hasattr(edge, "words") else edge.words
            raise refused(
                "Gaussian units, an activation of such, or a rectified maximum over windows that "
                "do not overlap, for the typical network",
                words,
            )
    if not field.small:
        return scatter_by_displacement(shape, field.mean, field.cosines[0])
    return scatter_of(shape, _square(field.full), weights.reshape(-1))


def _scatter_of_maxima(pool: Pool, weights: Array) -> float:
    source = pool.source.averaged()
    variance, covariance = (
        float(np.mean(np.concatenate(each))) for each in zip(*pool.exchangeable(), strict=True)
    )
    size = pool.groups[-1].inputs.shape[1]
    second, fourth, powers = _maximum(variance, covariance, size)
    means = source.weighted(averaging(pool.windows))
    if not means.small:
        raise refused("a map of at most 1024 positions behind a maximum", f"{means.space}")
    cosines = _square(means.full)
    deviation = np.sqrt(np.diagonal(cosines))
    cosines = np.clip(cosines / np.outer(deviation, deviation), -1.0, 1.0)
    products = np.polynomial.polynomial.polyval(cosines, powers)
    np.fill_diagonal(products, fourth)
    return scatter(products, np.full(len(products), second), weights.reshape(-1))


def _maximum(variance: float, covariance: float, size: int) -> tuple[float, float, Array]:
    """The second and fourth moment of an exchangeable maximum, and the squares of H."""
    offsets, shares = deviation_rule(size)
    offsets = offsets * np.sqrt(max(variance - covariance, 0.0))
    spread = np.sqrt(max(variance + (size - 1) * covariance, 0.0) / size)
    normal = np.linspace(-_REACH, _REACH, _POINTS)
    masses = density(normal) * (normal[1] - normal[0])
    squares = np.maximum(spread * normal[:, None] + offsets, 0.0) ** 2
    given, fourth = squares @ shares, float(masses @ (squares**2 @ shares))
    powers = (hermites(normal) @ (masses * given)) ** 2
    rest = max(float(masses @ given**2) - powers.sum(), 0.0)
    return float(masses @ given), fourth, np.append(powers, rest)


def _square(full: Array) -> Array:
    """(P, P) of the one member."""
    whole = round(np.sqrt(full[0].size))
    return np.asarray(full[0].reshape(whole, whole))
