"""The cases of appendix A: brute-force tensors beside the index sets as the source defines them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import sympy as sp

from . import setting
from .cases import Case, OnCases
from .geometry import (
    CONVS,
    POOLS,
    POOLS_FROM,
    SEED,
    WHERE_FROM,
    Array,
    Conv,
    Pool,
    gradient,
    mean,
    numbers,
    vectorised,
)


class Lazy(dict[str, Any]):
    """Tensors made when they are read."""

    def __init__(self, makers: Mapping[str, Callable[[], Array]]) -> None:
        super().__init__()
        self._makers = makers

    def __missing__(self, name: str) -> Array:
        self[name] = self._makers[name]()
        return self[name]


@cache
def conv_cases() -> tuple[Case, ...]:
    """One case per convolution."""
    return tuple(Case(_sizes(conv), Lazy(_tensors(conv))) for conv in CONVS)


@cache
def pool_cases() -> tuple[Case, ...]:
    """One case per tiling."""
    return tuple(_pool_case(pool) for pool in POOLS)


def for_convolutions(formula: Any, *over: Any) -> OnCases:
    """The formula in each convolution."""
    return OnCases(formula, conv_cases(), WHERE_FROM, over)


def for_dense(formula: Any, *over: Any) -> OnCases:
    """The formula in each fully connected layer: a convolution of 1 x 1 maps."""
    return OnCases(formula, dense_cases(), "layers of 1 to 4 inputs and 1 to 3 outputs", over)


@cache
def dense_cases() -> tuple[Case, ...]:
    """One case per pair of sizes."""
    shapes = product(range(1, 5), range(1, 4))
    convs = [Conv(1, 1, d=n_in, d_out=n_out, k_w=1) for n_in, n_out in shapes]
    return tuple(Case(_sizes(conv), Lazy(_tensors(conv) | _dense(conv))) for conv in convs)


@cache
def colour_cases() -> tuple[Case, ...]:
    """Convolutions of colour images."""
    convs = [Conv(w, h, d=3, k_w=1) for w, h in ((1, 1), (2, 1), (2, 3))]
    return tuple(Case(_sizes(conv), Lazy(_tensors(conv))) for conv in convs)


def for_same(formula: Any, *over: Any) -> OnCases:
    """The formula in layers of one channel along one axis, kernel 3, padding 1."""
    convs = tuple(Conv(w, k_w=3, p_w=1) for w in range(2, 9))
    return OnCases(formula, _cases(convs), "widths 2 to 8, kernel 3, padding 1", over)


def for_same_padded(formula: Any, *over: Any) -> OnCases:
    """The formula along one axis, where padding keeps the size of the map."""
    shapes = product(range(1, 8), range(4), (1, 2))
    convs = tuple(Conv(w, d=d, d_out=3 - d, k_w=2 * p + 1, p_w=p) for w, p, d in shapes if w >= p)
    return OnCases(formula, _cases(convs), f"{len(convs)} layers of widths to 7", over)


def for_unpadded(formula: Any, *over: Any, stride_one: bool = False) -> OnCases:
    """The formula in layers without padding, with square kernels."""
    draw = random.Random(SEED)
    convs = [Conv(1, k_w=1), Conv(2, 2, k_w=2, k_h=2), Conv(3, 2, k_w=2, k_h=2)]
    while len(convs) < 15:
        k, d, d_out, stride = (draw.randint(1, top) for top in (3, 2, 2, 1 if stride_one else 2))
        w, h = (k + draw.randint(0, 3) for _ in range(2))
        convs.append(Conv(w, h, d, d_out, k, k, s_w=stride, s_h=stride))
    said = f"15 layers without padding, kernels to 3 x 3, drawn with seed {SEED}"
    return OnCases(formula, _cases(tuple(convs)), said, over)


@cache
def _cases(convs: tuple[Conv, ...]) -> tuple[Case, ...]:
    return tuple(Case(_sizes(conv), Lazy(_tensors(conv))) for conv in convs)


def _dense(conv: Conv) -> dict[str, Callable[[], Array]]:
    return {
        "A": lambda: {(c, e): weight for (c, _, _, e), weight in conv.weights.items()},
        "b": lambda: conv.bias,
        "At": lambda: {(e, c): slope for (_, _, c, _, _, e), slope in conv.jacobian.items()},
        "x_in": lambda: {(e,): entry for (_, _, e), entry in conv.z.items()},
        "y_out": lambda: {(c,): entry for (_, _, c), entry in conv.output().items()},
        "g_out": lambda: {(c,): entry for (_, _, c), entry in conv.gradient_out.items()},
        "g_in": lambda: {(e,): entry for (_, _, e), entry in conv.gradient_in.items()},
    }


def for_pools(formula: Any, *over: Any) -> OnCases:
    """The formula in each tiling."""
    return OnCases(formula, pool_cases(), POOLS_FROM, over)


def _sizes(conv: Conv) -> dict[Any, int]:
    names = ("w", "h", "d", "d_out", "k_w", "k_h", "p_w", "p_h", "s_w", "s_h")
    sizes = {getattr(setting, name): getattr(conv, name) for name in names}
    return {**sizes, **dict(zip((setting.w_out, setting.h_out), conv.out, strict=True))}


def _tensors(conv: Conv) -> dict[str, Callable[[], Array]]:
    inside, outside = (conv.w, conv.h, conv.d), (*conv.out, conv.d_out)
    kernel = (conv.k_w, conv.k_h, conv.d)
    back = (conv.k_w, conv.k_h, conv.d_out)
    return {
        "Z": lambda: conv.z,
        "W": lambda: conv.weights,
        "B": lambda: conv.bias,
        "P": conv.padded,
        "U": conv.output,
        "J": lambda: conv.jacobian,
        "reached": lambda: conv.reached,
        "read": lambda: conv.read,
        "dU": lambda: conv.gradient_out,
        "dZ": lambda: conv.gradient_in,
        "sizes": lambda: _counts(conv),
        "z": lambda: vectorised(conv.z, *inside),
        "u": lambda: vectorised(conv.output(), *outside),
        "du": lambda: vectorised(conv.gradient_out, *outside),
        "dz": lambda: vectorised(conv.gradient_in, *inside),
        "flat": lambda: _kernels(conv.weights, *kernel),
        "back": lambda: _kernels(backward(conv), *back),
        "turned": lambda: _kernels(turned(conv), *back),
        "Wt": lambda: backward(conv),
        "c": lambda: {(number,): place[2] for place, number in numbers(*outside).items()},
        "ct": lambda: {(number,): place[2] for place, number in numbers(*inside).items()},
        **_index_sets(conv, inside, outside, kernel, back),
    }


def _index_sets(
    conv: Conv, inside: Any, outside: Any, kernel: Any, back: Any
) -> dict[str, Callable[[], Array]]:
    """(A.11) and (A.20) as sub-vectors of definition 2 (sorted), and in pairs as they come."""
    units, taps, outs, back_taps = (numbers(*each) for each in (inside, kernel, outside, back))

    def forward() -> list[list[tuple[int, int]]]:
        return [[(taps[a], units[s]) for a, s in pairs_forward(conv, place)] for place in outs]

    def backward_pairs() -> list[list[tuple[int, int]]]:
        return [[(back_taps[a], outs[b]) for a, b in pairs_backward(conv, e)] for e in units]

    def turned_pairs() -> list[list[tuple[int, int]]]:
        def turn(tap: Any) -> Any:
            return conv.k_w + 1 - tap[0], conv.k_h + 1 - tap[1], tap[2]

        return [[(back_taps[turn(a)], outs[b]) for a, b in pairs_backward(conv, e)] for e in units]

    return {
        "a": lambda: _listed(forward(), 0, sort=True),
        "s": lambda: _listed(forward(), 1, sort=True),
        "na": lambda: _lengths(forward()),
        "hh": lambda: _listed(backward_pairs(), 0, sort=True),
        "jj": lambda: _listed(backward_pairs(), 1, sort=True),
        "h_paired": lambda: _listed(backward_pairs(), 0, sort=False),
        "j_paired": lambda: _listed(backward_pairs(), 1, sort=False),
        "h_turned": lambda: _listed(turned_pairs(), 0, sort=True),
        "nj": lambda: _lengths(backward_pairs()),
    }


def pairs_forward(conv: Conv, place: tuple[int, ...]) -> Iterator[tuple[Any, Any]]:
    """(A.7) and (A.9): taps with the units under them, at one output place."""
    a, b, _ = place
    for x, y, c in product(range(1, conv.k_w + 1), range(1, conv.k_h + 1), range(1, conv.d + 1)):
        column, row = conv.s_w * (a - 1) + x - conv.p_w, conv.s_h * (b - 1) + y - conv.p_h
        if 1 <= column <= conv.w and 1 <= row <= conv.h:
            yield (x, y, c), (column, row, c)


def pairs_backward(conv: Conv, unit: tuple[int, ...]) -> Iterator[tuple[Any, Any]]:
    """(A.17) and (A.18): backward taps with the output places they come from, at one input."""
    column, row, _ = unit
    for a, b, c in product(
        range(1, conv.out[0] + 1), range(1, conv.out[1] + 1), range(1, conv.d_out + 1)
    ):
        x, y = column + conv.p_w - conv.s_w * (a - 1), row + conv.p_h - conv.s_h * (b - 1)
        if 1 <= x <= conv.k_w and 1 <= y <= conv.k_h:
            yield (x, y, c), (a, b, c)


def backward(conv: Conv) -> Array:
    """(A.15): the channels exchanged."""
    return {(e, x, y, c): weight for (c, x, y, e), weight in conv.weights.items()}


def turned(conv: Conv) -> Array:
    """The channels exchanged and the kernel turned by half a turn."""
    return {
        (e, conv.k_w + 1 - x, conv.k_h + 1 - y, c): weight
        for (c, x, y, e), weight in conv.weights.items()
    }


def _counts(conv: Conv) -> Array:
    counts = (len(conv.z), len(conv.output()), len(conv.bias))
    per_channel = sum(1 for place in conv.weights if place[0] == 1)
    return {(at,): count for at, count in enumerate((*counts, per_channel), 1)}


@cache
def matrix_cases() -> tuple[Case, ...]:
    """Matrices beside their columns stacked by sympy."""
    found = []
    for rows, columns in product(range(1, 4), repeat=2):
        matrix = sp.Matrix(rows, columns, lambda a, b: 10 * a + b)
        entries = {(a + 1, b + 1): matrix[a, b] for a, b in product(range(rows), range(columns))}
        stacked = {(at,): entry for at, entry in enumerate(matrix.vec(), 1)}
        found.append(
            Case({setting.w: rows, setting.h: columns}, {"M": entries, "stacked": stacked})
        )
    return tuple(found)


def _kernels(weights: Array, *shape: int) -> Array:
    numbered = numbers(*shape)
    return {
        (c, numbered[place]): weight
        for (c, *place_), weight in weights.items()
        for place in [tuple(place_)]
    }


def _listed(pairs: list[list[tuple[int, int]]], side: int, *, sort: bool) -> Array:
    columns = [[pair[side] for pair in each] for each in pairs]
    columns = [sorted(each) for each in columns] if sort else columns
    return {
        (unit, rank): entry
        for unit, column in enumerate(columns, 1)
        for rank, entry in enumerate(column, 1)
    }


def _lengths(pairs: list[list[tuple[int, int]]]) -> Array:
    return {(unit,): len(each) for unit, each in enumerate(pairs, 1)}


def _pool_case(pool: Pool) -> Case:
    names = ("w", "h", "d", "t_w", "t_h")
    sizes = {getattr(setting, name): getattr(pool, name) for name in names}
    sizes |= dict(zip((setting.w_out, setting.h_out), pool.out, strict=True))
    return Case(sizes, Lazy(_pool_tensors(pool)))


def _pool_tensors(pool: Pool) -> dict[str, Callable[[], Array]]:
    inside, outside = (pool.w, pool.h, pool.d), (*pool.out, pool.d)
    units, outs = numbers(*inside), numbers(*outside)
    window = pool.t_w * pool.t_h

    def loss(how: Any) -> Callable[[Array], Fraction]:
        def of(v: Array) -> Fraction:
            return _loss(pool.pooled(how, v))

        return of

    def blocks() -> Array:
        return {
            (outs[spot], rank): units[place]
            for spot, block in pool.blocks()
            for rank, place in enumerate(block, 1)
        }

    return {
        "V": lambda: pool.v,
        "Zmax": lambda: pool.pooled(max),
        "Zavg": lambda: pool.pooled(mean),
        "v": lambda: vectorised(pool.v, *inside),
        "zmax": lambda: vectorised(pool.pooled(max), *outside),
        "zavg": lambda: vectorised(pool.pooled(mean), *outside),
        "t": blocks,
        "sorted_t": lambda: {
            (spot, rank): entry
            for spot in outs.values()
            for rank, entry in enumerate(sorted(blocks()[spot, x] for x in range(1, window + 1)), 1)
        },
        "block": lambda: (
            {
                (*spot, x, y): 0
                for spot in outs
                for x in range(1, pool.w + 1)
                for y in range(1, pool.h + 1)
            }
            | {(*spot, *place[:2]): 1 for spot, block in pool.blocks() for place in block}
        ),
        "owner_w": lambda: {place: spot[0] for spot, block in pool.blocks() for place in block},
        "owner_h": lambda: {place: spot[1] for spot, block in pool.blocks() for place in block},
        "owner": lambda: {
            (units[place],): outs[spot] for spot, block in pool.blocks() for place in block
        },
        "dzmax": lambda: vectorised(gradient(_loss, pool.pooled(max)), *outside),
        "dzavg": lambda: vectorised(gradient(_loss, pool.pooled(mean)), *outside),
        "dvmax": lambda: vectorised(gradient(loss(max), pool.v, Fraction(1, 4)), *inside),
        "dvavg": lambda: vectorised(gradient(loss(mean), pool.v, Fraction(1, 4)), *inside),
        "winner": lambda: _winners(pool, units, outs),
    }


def _winners(pool: Pool, units: Array, outs: Array) -> Array:
    """The unit that is the largest of its block, by block."""
    best = {spot: max(block, key=lambda place: pool.v[place]) for spot, block in pool.blocks()}
    return {(outs[spot],): units[place] for spot, place in best.items()}


def _loss(z: Array) -> Fraction:
    terms = (
        (3 * count - 7 + Fraction(count % 3 + 1, 2) * z[spot]) * z[spot]
        for count, spot in enumerate(sorted(z), 1)
    )
    return sum(map(Fraction, terms), Fraction(0))
