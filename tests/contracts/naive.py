"""What lowered layers do, in plain loops over windows and taps: the tests' own reading of them.

Nothing here uses ``symvar.geometry``: of an axis only its fields are read, and padding is laid out
as real positions. Arrays are ``(batch, channels, *positions)``; with ``dtype=object`` they hold
exact fractions.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod

import numpy as np
import sympy as sp

from symvar.layers import Conv, ConvTranspose, Dense, DenseEach
from symvar.listed import Listed
from symvar.primitives import (
    Affine,
    Average,
    Blend,
    Copy,
    Mask,
    Mix,
    Normalise,
    Pointwise,
    PowerMean,
    Rearrange,
    Standardise,
    WindowMax,
)
from symvar.symbols import x as argument

PADDING = None


def line(axis):
    """One list of tap positions per window along one axis, ``PADDING`` for taps on zeros."""
    if isinstance(axis, Listed):
        pairs = zip(axis.windows, axis.spans, strict=True)
        return [[*held, *[PADDING] * (span - len(held))] for held, span in pairs]
    low, size, high = int(axis.low), int(axis.size), int(axis.high)
    padded = [PADDING] * low + list(range(size)) + [PADDING] * high
    found, start = [], 0
    while start + int(axis.dilation) * (int(axis.kernel) - 1) < len(padded):
        found.append([padded[start + int(axis.dilation) * j] for j in range(int(axis.kernel))])
        start += int(axis.stride)
    return found


def windows(axes):
    """Every output position with its taps, each a position or ``PADDING``."""
    lines = [line(axis) for axis in axes]
    for output in product(*(range(len(each)) for each in lines)):
        along = [each[place] for each, place in zip(lines, output, strict=True)]
        taps = [PADDING if PADDING in tap else tap for tap in product(*along)]
        yield output, taps


def output_shape(axes):
    return tuple(len(line(axis)) for axis in axes)


def connections(layer, before):
    """Every (output unit, input unit) a weighted layer joins, units numbered row by row."""
    if isinstance(layer, (Dense, DenseEach)):
        return [(out, into) for out, into, _ in _dense_terms(layer, before)]
    if isinstance(layer, (Conv, ConvTranspose)):
        return [(out, into) for out, into, _ in _terms(layer, before)]
    raise NotImplementedError(f"teach tests/contracts/naive.py the connections of {layer!r}")


def _terms(layer, before):
    if isinstance(layer, (Dense, DenseEach)):
        return _dense_terms(layer, before)
    return (_scattered if isinstance(layer, ConvTranspose) else _conv_terms)(layer, before)


def _dense_terms(layer, before):
    """Every feature with every feature of the last axis at the same position."""
    into = before[-1]
    for place in range(prod(before[:-1])):
        for a, b in product(range(layer.out), range(into)):
            yield place * layer.out + a, place * into + b, (a, b)


def spread(layer, before):
    """The positions behind a transposed convolution: kernels laid out, both ends cut."""
    along = zip(before[1:], *_fields(layer, before), strict=True)
    return tuple(s * (w - 1) + d * (k - 1) + 1 - 2 * p + extra for w, k, s, p, extra, d in along)


def _fields(layer, before):
    axes = len(before) - 1
    names = ("kernel", "stride", "padding", "extra", "dilation")
    values = (getattr(layer, name) for name in names)
    return [each if isinstance(each, tuple) else (each,) * axes for each in values]


def _scattered(layer, before):
    """Every input adds its kernel to the outputs: position s i + d j - p for tap j."""
    into, out = before[0] // layer.groups, layer.out // layer.groups
    kernel, stride, padding, _, dilation = _fields(layer, before)
    after = (layer.out, *spread(layer, before))
    for group, a, b in product(range(layer.groups), range(out), range(into)):
        for source in product(*map(range, before[1:])):
            for tap in product(*map(range, kernel)):
                along = zip(source, tap, stride, dilation, padding, strict=True)
                place = [s * i + d * j - p for i, j, s, d, p in along]
                if all(0 <= at < size for at, size in zip(place, after[1:], strict=True)):
                    left = np.ravel_multi_index((group * out + a, *place), after)
                    right = np.ravel_multi_index((group * into + b, *source), before)
                    yield int(left), int(right), (group * into + b, a, *tap)


def _conv_terms(layer, before):
    axes, groups = layer.windows(before).axes, layer.groups
    into, out = before[0] // groups, layer.out // groups
    after = (layer.out, *output_shape(axes))
    kernel = tuple(axis.kernel for axis in axes)
    for group, a, b in product(range(groups), range(out), range(into)):
        for position, taps in windows(axes):
            for tap, source in enumerate(taps):
                if source is not PADDING:
                    left = np.ravel_multi_index((group * out + a, *position), after)
                    right = np.ravel_multi_index((group * into + b, *source), before)
                    weight = (group * out + a, b, *np.unravel_index(tap, kernel))
                    yield int(left), int(right), weight


def mixed(layer, before, after, x, weight):
    """The weighted sum over the connection list, without bias."""
    flat = x.reshape(len(x), -1)
    out = np.zeros((len(x), prod(after)), dtype=x.dtype)
    for left, right, at in _terms(layer, before):
        out[:, left] += weight[at] * flat[:, right]
    return out.reshape(len(x), *after)


def pooled(axes, x, reduce):
    """Each window's units, padding left out, reduced to one."""
    out = np.zeros((*x.shape[:2], *output_shape(axes)), dtype=x.dtype)
    for position, taps in windows(axes):
        held = [x[(slice(None), slice(None), *tap)] for tap in taps if tap is not PADDING]
        out[(slice(None), slice(None), *position)] = reduce(held, len(taps))
    return out


def _largest(held, _):
    best = held[0]
    for each in held[1:]:
        best = np.maximum(best, each)
    return best


def _norm(power):
    def reduce(held, _):
        return sum(abs(each) ** power for each in held) ** (1 / power)

    return reduce


def _mean(counts_padding):
    def reduce(held, taps):
        total = held[0]
        for each in held[1:]:
            total = total + each
        return total / _number(taps if counts_padding else len(held), like=total)

    return reduce


def _number(value, like):
    exact = Fraction(int(sp.numer(value)), int(sp.denom(value)))
    return exact if like.dtype == object else float(exact)


def applied(primitive, x, *, layer=None, before=None, after=None, weight=None, mask=None):
    """One primitive on concrete units."""
    match primitive:
        case Mix():
            return mixed(layer, before, after, x, weight)
        case WindowMax(windows=over):
            return pooled(over.axes, x, _largest)
        case Average(windows=over, counts_padding=counted):
            return pooled(over.axes, x, _mean(counted))
        case Pointwise(activation=activation):
            function = sp.lambdify(argument, activation.expression, "numpy")
            return np.asarray(function(x), dtype=x.dtype)
        case Mask(keep=keep):
            return x * mask / _number(keep, like=x)
        case Normalise(over="channel", size=size, divisor=divisor):
            energy = np.zeros_like(x)
            for channel in range(x.shape[1]):
                first, last = channel - size // 2, channel + (size - 1) // 2
                around = x[:, max(0, first) : last + 1]  # channels beyond the ends count as zero
                energy[:, channel] = (around**2).sum(axis=1) / size
            return x / sp.lambdify(*divisor.args)(energy)
        case Standardise(over=over, groups=groups):
            split = x.reshape(len(x), groups, -1, *x.shape[2:])
            names = {"batch": (0,), "channels": (2,), "positions": tuple(range(3, split.ndim))}
            if "channels" not in over:
                split = x.reshape(len(x), x.shape[1], 1, *x.shape[2:])
            axes = tuple(axis for name in over for axis in names[name])
            centred = split - split.mean(axis=axes, keepdims=True)
            spread = np.sqrt((centred**2).mean(axis=axes, keepdims=True))
            return (centred / spread).reshape(x.shape)
        case Copy(sources=sources):
            for axis, source in enumerate(sources, start=1):
                zero = np.zeros_like(x.take([0], axis))
                held = [zero if at is None else x.take([at], axis) for at in source]
                x = np.concatenate(held, axis)
            return x
        case Blend(taps=taps):
            for axis, outputs in enumerate(taps, start=2):
                sums = [
                    sum(_number(weight, like=x) * x.take([at], axis) for at, weight in each)
                    for each in outputs
                ]
                x = np.concatenate(sums, axis)
            return x
        case PowerMean(windows=over, power=power):
            return pooled(over.axes, x, _norm(power))
        case Affine(scale=scale, shift=shift):
            return _number(scale, like=x) * x + _number(shift, like=x)
        case Rearrange(split=split, order=order):
            x = x.reshape(len(x), *split) if split else x
            return x.transpose(0, *(axis + 1 for axis in order)) if order else x
    raise NotImplementedError(f"teach tests/contracts/naive.py what {primitive!r} does")


def run(layer, before, x, **given):
    """A layer on units of shape ``(batch, *before)``."""
    after = layer.shape(before)
    for primitive in layer.lower(before):
        x = applied(primitive, x, layer=layer, before=before, after=after, **given)
    return x.reshape(len(x), *after)
