"""How alike neighbours are."""

from __future__ import annotations

import numpy as np

from symvar.field.kernels import Kernel
from symvar.field.pairs import Apart, Displaced, Full


def neighbour_correlation(kernel: Kernel) -> float:
    r"""The mean of $K(p, p + 1) / \sqrt{K(p, p) K(p + 1, p + 1)}$ over neighbours along each axis.

    K is the mean over an ensemble of inputs. Zero for a single position, which has no neighbour.

    >>> neighbour_correlation(Kernel.shared((4, 4)))
    1.0
    """
    kernel = kernel.averaged()
    pairs = kernel.pairs.value
    axes = [axis for axis, size in enumerate(kernel.space) if size > 1]
    if isinstance(pairs, Apart) or not axes:
        return 0.0
    along = _by_displacement if isinstance(pairs, Displaced) else _pair_by_pair
    return float(np.mean([along(kernel, pairs, axis) for axis in axes]))  # type: ignore[arg-type]


def _by_displacement(kernel: Kernel, pairs: Displaced, axis: int) -> float:
    middle = [size - 1 for size in kernel.space]
    middle[axis] += 1
    return float(pairs.cosines[0][tuple(middle)])


def _pair_by_pair(kernel: Kernel, pairs: Full, axis: int) -> float:
    places = np.arange(kernel.positions).reshape(kernel.space)
    first = np.delete(places, -1, axis).reshape(-1)
    second = np.delete(places, 0, axis).reshape(-1)
    products = pairs.values.reshape(kernel.positions, kernel.positions)[first, second]
    variance = kernel.variance.reshape(-1)
    scale = np.sqrt(variance[first] * variance[second])
    return float(np.divide(products, scale, out=np.zeros_like(scale), where=scale > 0).mean())
