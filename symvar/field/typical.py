r"""How much one network's second moments scatter about their mean, and the typical network's.

Given the signal x behind layer k, the units of the next layer are Gaussian and their variance is
a sum over the n_k channels, each independent. To first order in 1/n it scatters by a relative
$\kappa_k/n_k$,

$$\kappa_k = \frac{\mathrm{Var} \sum_p w_p x_p^2}{(\sum_p w_p \mathrm{E} x_p^2)^2},$$

w the weight of position p in what is asked for. Layers scatter independently and what one layer
does goes on through the others as a factor, so

$$\mathrm{Var} \log q_\ell = \sum_{k<\ell} \kappa_k/n_k, \qquad
\mathrm{E} \log q_\ell = \log \mathrm{E} q_\ell - \tfrac12 \mathrm{Var} \log q_\ell$$

(for functions that are not homogeneous a factor's effect is raised to a power on the way, the
elasticity $\partial \log \mathrm{E} f^2/\partial \log v$). One position behind a ReLU has
kappa = 5, correlated positions between that and 5 over their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from symvar.errors import ArgumentError
from symvar.field.maps import ActivationMap
from symvar.field.normal import Array

_STEP = 1e-4  # of the logarithm, in the elasticity's central difference


def scatter(products: Any, seconds: Any, weights: Any = 1.0) -> float:
    r"""$\kappa$ of one layer, from all pairs of its positions.

    Args:
        products: (P, P), $\mathrm{E}[x_p^2 x_{p'}^2]$.
        seconds: (P,), $\mathrm{E}[x_p^2]$.
        weights: (P,), how much each position counts; alike if left out.

    Raises:
        ArgumentError: shapes that do not fit; moments that no signal has.

    >>> scatter([[1.5]], [0.5])
    5.0
    """
    pairs, single = np.asarray(products, np.float64), np.asarray(seconds, np.float64)
    if single.ndim != 1 or pairs.shape != (single.size, single.size):
        raise ArgumentError(
            "scatter",
            need="products (P, P) for second moments (P,)",
            have=f"{pairs.shape} and {single.shape}",
            remedy="flatten the positions",
        )
    weighed = np.broadcast_to(np.asarray(weights, np.float64), single.shape)
    mean = float(weighed @ single)
    if not mean > 0:
        raise ArgumentError(
            "scatter", need="a positive mean", have=f"{mean:.6g}", remedy="leave the layer out"
        )
    return float(weighed @ pairs @ weighed) / mean**2 - 1


def scatter_of(function: ActivationMap, covariance: Any, weights: Any = 1.0) -> float:
    r"""$\kappa$ behind a function of a Gaussian field.

    Args:
        function: f.
        covariance: (P, P), of the field.
        weights: (P,), how much each position counts; alike if left out.

    Raises:
        ArgumentError: a matrix that is no covariance.

    >>> from symvar.field.maps import Bent
    >>> round(scatter_of(Bent(0, 1), np.eye(4)), 12)
    1.25
    """
    given = np.asarray(covariance, np.float64)
    variance = np.diagonal(given)
    deviations = np.sqrt(variance)
    scale = np.outer(deviations, deviations)
    cosines = np.divide(given, scale, out=np.zeros_like(given), where=scale > 0)
    np.fill_diagonal(cosines, 1.0)
    products = function.square_product(variance[:, None], variance, cosines)
    return scatter(products, function.second(variance), weights)


def scatter_by_displacement(function: ActivationMap, variance: float, cosines: Any) -> float:
    r"""$\kappa$ behind a function of a large stationary field of a common variance.

    Args:
        function: f.
        variance: of every unit.
        cosines: (2 n_1 - 1, ...), the correlation by displacement, displacement 0 in the middle.
    """
    given = np.asarray(cosines, np.float64)
    counts = np.ones(())
    for size in given.shape:
        reach = (size + 1) // 2
        counts = np.multiply.outer(counts, reach - np.abs(np.arange(size) - reach + 1.0))
    products = function.square_product(variance, variance, given)
    mean = float((products * counts).sum() / counts.sum())
    return mean / float(function.second(variance)) ** 2 - 1


def elasticity(function: ActivationMap, variance: float) -> float:
    r"""$\partial \log \mathrm{E} f(\sqrt v Z)^2 / \partial \log v$: 1 for homogeneous functions.

    >>> from symvar.field.maps import Bent
    >>> round(elasticity(Bent(0, 1), 3.0), 9)
    1.0
    """
    near = variance * np.exp([_STEP, -_STEP])
    high, low = np.log(function.second(near)).tolist()
    return (high - low) / (2 * _STEP)


def log_variance(
    scatters: Sequence[float], widths: Sequence[float], elasticities: Sequence[float] | None = None
) -> Array:
    r"""$\mathrm{Var} \log q_\ell$ of the layers behind 0, 1, 2 ... of the given ones.

    Args:
        scatters: $\kappa_k$ of each layer.
        widths: n_k, the channels of each.
        elasticities: of each layer's function, for functions that are not homogeneous.

    Raises:
        ArgumentError: sequences of different lengths; a width that is not positive.

    >>> log_variance([5, 5], [100, 50]).round(12).tolist()
    [0.0, 0.05, 0.15]
    """
    powers = [1.0] * len(scatters) if elasticities is None else list(elasticities)
    if not len(scatters) == len(widths) == len(powers) or not all(width > 0 for width in widths):
        raise ArgumentError(
            "log_variance",
            need="a positive width for every scatter",
            have=f"{len(scatters)} scatters and widths {list(widths)}",
            remedy="pass one width per layer",
        )
    found = [0.0]
    for kappa, width, power in zip(scatters, widths, powers, strict=True):
        found.append(found[-1] * power**2 + kappa / width)
    return np.array(found)


def typical(mean: Any, log_variance: Any) -> Array:
    r"""The typical network's $e^{\mathrm{E} \log q} = \mathrm{E}[q]\,e^{-\mathrm{Var}/2}$.

    >>> typical(2.0, 0.0).item()
    2.0
    """
    return np.asarray(mean, np.float64) * np.exp(np.asarray(log_variance, np.float64) / -2)
