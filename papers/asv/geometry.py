"""Convolution and pooling by plain slicing of lists: the side that uses none of the formulas."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

Array = dict[tuple[int, ...], Any]
SEED = 20200806


@dataclass(frozen=True)
class Conv:
    """One convolution layer: what the paper calls w, h, d, d', k, p and s.

    Tensors are dictionaries with 1-based indices; the weights carry the channel first.
    """

    w: int = 3
    h: int = 1
    d: int = 1
    d_out: int = 1
    k_w: int = 2
    k_h: int = 1
    p_w: int = 0
    p_h: int = 0
    s_w: int = 1
    s_h: int = 1

    def filled(self, *shape: int, seed: int) -> Array:
        """Integers drawn for this geometry."""
        draw = random.Random(f"{SEED} {seed} {self}")
        return {place: draw.randint(-30, 30) for place in _box(*shape)}

    @cached_property
    def z(self) -> Array:
        """The input."""
        return self.filled(self.w, self.h, self.d, seed=1)

    @cached_property
    def weights(self) -> Array:
        """Kernels W[channel out; along w, along h, channel in]."""
        return self.filled(self.d_out, self.k_w, self.k_h, self.d, seed=2)

    @cached_property
    def bias(self) -> Array:
        """One number per output channel."""
        return self.filled(self.d_out, seed=3)

    def padded(self, z: Array | None = None) -> Array:
        """The input with rows and columns of zeros put around it."""
        z, found = z or self.z, {}
        for c in range(1, self.d + 1):
            columns = [[z[a, b, c] for b in range(1, self.h + 1)] for a in range(1, self.w + 1)]
            columns = [[0] * self.p_h + each + [0] * self.p_h for each in columns]
            empty = [[0] * (self.h + 2 * self.p_h)] * self.p_w
            for a, column in enumerate(empty + columns + empty, 1):
                found |= {(a, b, c): entry for b, entry in enumerate(column, 1)}
        return found

    def windows(self) -> Iterator[tuple[int, int, list[int], list[int]]]:
        """Output position, and the padded positions under the kernel, slid until it leaves."""
        along = []
        for size, kernel, stride in (
            (self.w + 2 * self.p_w, self.k_w, self.s_w),
            (self.h + 2 * self.p_h, self.k_h, self.s_h),
        ):
            slots = list(range(1, size + 1))
            slides = [slots[at : at + kernel] for at in range(0, len(slots), stride)]
            along.append([slide for slide in slides if len(slide) == kernel])
        for (a, columns), (b, rows) in product(*(enumerate(each, 1) for each in along)):
            yield a, b, columns, rows

    @cached_property
    def out(self) -> tuple[int, int]:
        """The size of the output."""
        *_, (a, b, _, _) = self.windows()
        return a, b

    def output(self, z: Array | None = None) -> Array:
        """The convolution: kernel and window laid over each other, entry by entry."""
        picture, found = self.padded(z), {}
        for (a, b, columns, rows), c in product(self.windows(), range(1, self.d_out + 1)):
            total = self.bias[(c,)]
            for (x, column), (y, row), e in product(
                enumerate(columns, 1), enumerate(rows, 1), range(1, self.d + 1)
            ):
                total += self.weights[c, x, y, e] * picture[column, row, e]
            found[a, b, c] = total
        return found

    @cached_property
    def jacobian(self) -> Array:
        """Each output's derivative by each input: the map is affine, so a difference is exact."""
        base, found = self.output(), {}
        for place in self.z:
            moved = self.output({**self.z, place: self.z[place] + 1})
            found |= {(*spot, *place): moved[spot] - base[spot] for spot in base}
        return found

    @cached_property
    def reached(self) -> Array:
        """1 where an output's window touches an input that is no padding, at a tap; else 0."""
        marks = dict.fromkeys(self.z, 1)
        inside, found = self.padded(marks), {}
        for (a, b, columns, rows), e in product(self.windows(), range(1, self.d + 1)):
            for (x, column), (y, row) in product(enumerate(columns, 1), enumerate(rows, 1)):
                found[a, b, x, y, e] = inside[column, row, e]
        return found

    @cached_property
    def read(self) -> Array:
        """1 where an output position reads an input unit; else 0."""
        labels = {place: count for count, place in enumerate(self.z, 1)}
        picture = self.padded(labels)
        found = {(a, b, *place): 0 for a, b, _, _ in self.windows() for place in self.z}
        back = {count: place for place, count in labels.items()}
        for (a, b, columns, rows), e in product(self.windows(), range(1, self.d + 1)):
            for column, row in product(columns, rows):
                if label := picture[column, row, e]:
                    found[(a, b, *back[label])] = 1
        return found

    def loss(self, output: Array) -> Fraction:
        """A quadratic function of the output, so that differences give its gradient exactly."""
        slopes = self.filled(*self.out, self.d_out, seed=4)
        bends = self.filled(*self.out, self.d_out, seed=5)
        terms = ((slopes[at] + bends[at] * each) * each for at, each in output.items())
        return sum(map(Fraction, terms), Fraction(0))

    @cached_property
    def gradient_out(self) -> Array:
        """The loss's gradient at the output."""
        return gradient(self.loss, self.output())

    @cached_property
    def gradient_in(self) -> Array:
        """The loss's gradient at the input."""
        return gradient(lambda z: self.loss(self.output(z)), self.z)


def gradient(f: Callable[[Array], Any], at: Array, step: Fraction = Fraction(1)) -> Array:
    """The gradient of a function that is quadratic within a step of the point, exactly."""
    return {
        place: (f({**at, place: at[place] + step}) - f({**at, place: at[place] - step}))
        / (2 * step)
        for place in at
    }


def vectorised(tensor: Array, *shape: int) -> Array:
    """The entries in one column, the first index running fastest."""
    order = product(*(range(1, size + 1) for size in reversed(shape)))
    return {(at,): tensor[tuple(reversed(place))] for at, place in enumerate(order, 1)}


def numbers(*shape: int) -> Array:
    """The position of each entry of a tensor in its vectorisation."""
    named = vectorised({place: place for place in _box(*shape)}, *shape)
    return {place: number for (number,), place in named.items()}


SMALL = [
    Conv(1, k_w=1),
    Conv(2, k_w=2),
    Conv(3, k_w=2),
    Conv(1, k_w=3, p_w=1),
    Conv(2, 2, k_w=2, k_h=2),
    Conv(2, 3, k_w=4, p_w=3, s_w=2),
    Conv(3, 2, k_w=1, k_h=4, p_h=3, s_h=2),
    Conv(3, 3, k_w=3, k_h=3, p_w=1, p_h=1),
]


def _drawn(count: int) -> list[Conv]:
    draw, found = random.Random(SEED), []
    while len(found) < count:
        w, h = draw.randint(1, 5), draw.randint(1, 4)
        k_w, k_h, p_w, p_h = (draw.randint(*ends) for ends in ((1, 4), (1, 3), (0, 2), (0, 2)))
        if k_w <= w + 2 * p_w and k_h <= h + 2 * p_h:
            d, d_out, s_w, s_h = (draw.randint(1, top) for top in (2, 2, 3, 2))
            found.append(Conv(w, h, d, d_out, k_w, k_h, p_w, p_h, s_w, s_h))
    return found


CONVS = [*SMALL, *_drawn(24)]
WHERE_FROM = (
    f"{len(SMALL)} small convolutions and {len(CONVS) - len(SMALL)} drawn with seed {SEED} "
    "(maps to 5 x 4, kernels to 4 x 3, padding to 3, stride to 3, two channels)"
)


@dataclass(frozen=True)
class Pool:
    """One pooling layer whose windows tile a map of w x h x d."""

    w: int
    h: int
    d: int
    t_w: int
    t_h: int

    @cached_property
    def v(self) -> Array:
        """Distinct entries, so that each window has one largest."""
        entries = list(range(1, self.w * self.h * self.d + 1))
        random.Random(f"{SEED} {self}").shuffle(entries)
        return dict(zip(_box(self.w, self.h, self.d), entries, strict=True))

    def blocks(self) -> Iterator[tuple[tuple[int, int, int], list[tuple[int, int, int]]]]:
        """Each output with the inputs of its block, cut off one after another."""
        columns, rows = (
            [list(range(1, size + 1))[at : at + step] for at in range(0, size, step)]
            for size, step in ((self.w, self.t_w), (self.h, self.t_h))
        )
        for (a, cut), (b, strip), c in product(
            enumerate(columns, 1), enumerate(rows, 1), range(1, self.d + 1)
        ):
            if len(cut) == self.t_w and len(strip) == self.t_h:
                yield (a, b, c), [(x, y, c) for y in strip for x in cut]

    @cached_property
    def out(self) -> tuple[int, int]:
        """The size of the output."""
        (a, b, _), _ = list(self.blocks())[-1]
        return a, b

    def pooled(self, how: Callable[[list[Any]], Any], v: Array | None = None) -> Array:
        """Each block's maximum, or mean, or what ``how`` makes of it."""
        v = v or self.v
        return {at: how([v[place] for place in block]) for at, block in self.blocks()}


def mean(entries: list[Any]) -> Fraction:
    """The average."""
    return Fraction(sum(entries), len(entries))


def _tiled(count: int) -> list[Pool]:
    draw = random.Random(SEED)
    found = []
    for _ in range(count):
        t_w, t_h, a, b, d = (draw.randint(1, top) for top in (3, 3, 3, 3, 2))
        found.append(Pool(t_w * a, t_h * b, d, t_w, t_h))
    return found


POOLS = [Pool(1, 1, 1, 1, 1), Pool(2, 1, 1, 2, 1), Pool(2, 2, 1, 2, 2), *_tiled(15)]
POOLS_FROM = f"3 small tilings and 15 drawn with seed {SEED} (windows to 3 x 3, maps to 9 x 9)"


def _box(*shape: int) -> Iterator[tuple[int, ...]]:
    return product(*(range(1, size + 1) for size in shape))
