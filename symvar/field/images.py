"""The kernel of a batch of images, each a member of the ensemble."""

from __future__ import annotations

from math import prod

import numpy as np

from symvar.field.kernels import Kernel
from symvar.field.lazy import Lazy
from symvar.field.pairs import FULL_POSITIONS, Displaced, Full, Pairs
from symvar.field.steps import Array


def kernel_of(batch: Array) -> Kernel:
    """Mean products over the channels of each image, and between images.

    Args:
        batch: (images, channels, *space).
    """
    variance = (batch**2).mean(axis=1)
    space = batch.shape[2:]
    if prod(space) > FULL_POSITIONS:
        return Kernel(variance, Lazy(lambda: _displaced(batch, variance)),
                      Lazy(lambda: _displaced_across(batch, variance)))  # fmt: skip
    return Kernel(variance, Lazy(lambda: _full(batch)), Lazy(lambda: _full_across(batch)))


def _flat(batch: Array) -> Array:
    return batch.reshape(*batch.shape[:2], -1)


def _full(batch: Array) -> Pairs:
    flat, space = _flat(batch), batch.shape[2:]
    values = np.einsum("bcp,bcq->bpq", flat, flat, optimize=True) / flat.shape[1]
    return Full(values.reshape(len(batch), *space, *space))


def _full_across(batch: Array) -> Pairs:
    flat, space, count = _flat(batch), batch.shape[2:], len(batch)
    if count == 1:
        return _full(batch)
    sums = flat.sum(axis=0)
    both = np.einsum("cp,cq->pq", sums, sums) - np.einsum("bcp,bcq->pq", flat, flat, optimize=True)
    values = both / (flat.shape[1] * count * (count - 1))
    return Full(np.broadcast_to(values.reshape(1, *space, *space), (count, *space, *space)).copy())


def _correlations(one: Array, two: Array) -> Array:
    """Sums of products at every displacement, channel by channel; (..., *(2n - 1))."""
    space = one.shape[2:]
    sizes, axes = tuple(2 * size - 1 for size in space), tuple(range(2, one.ndim))
    left, right = (np.fft.rfftn(each, sizes, axes) for each in (one, two))
    return np.fft.fftshift(np.fft.irfftn(np.conj(left) * right, sizes, axes), axes)


def _displaced(batch: Array, variance: Array) -> Pairs:
    products = _correlations(batch, batch).mean(axis=1)
    deviation = np.sqrt(variance)[:, None]
    sizes = _correlations(deviation, deviation)[:, 0]
    return Displaced(_ratio(products, sizes))


def _displaced_across(batch: Array, variance: Array) -> Pairs:
    if len(batch) == 1:
        return _displaced(batch, variance)
    count = len(batch)
    sums = batch.sum(axis=0, keepdims=True)
    own = _correlations(batch, batch).mean(axis=1).sum(axis=0, keepdims=True)
    both = (_correlations(sums, sums).mean(axis=1) - own) / (count * (count - 1))
    deviation = np.sqrt(variance).mean(axis=0)[None, None]
    return Displaced(_ratio(both, _correlations(deviation, deviation)[:, 0]))


def _ratio(products: Array, sizes: Array) -> Array:
    floor = 1e-9 * sizes.max()
    ratio = np.divide(products, sizes, out=np.zeros_like(products), where=sizes > floor)
    return np.clip(ratio, -1.0, 1.0)
