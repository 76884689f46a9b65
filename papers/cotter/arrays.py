"""Images and filters with a symbol for every entry, zero outside their support."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import sympy as sp

z_1, z_2 = sp.symbols("z_1 z_2")
Place = tuple[int, int]


@dataclass(frozen=True)
class Image:
    """One channel: a name, and how many rows and columns it has."""

    name: str
    rows: int
    columns: int

    @property
    def support(self) -> list[Place]:
        """The places where it may be other than zero."""
        return list(product(range(self.rows), range(self.columns)))

    def __getitem__(self, place: Place) -> sp.Expr:
        if place not in self.support:
            return sp.Integer(0)
        return sp.Symbol(f"{self.name}_{place[0]}{place[1]}", real=True)

    @property
    def entries(self) -> list[sp.Expr]:
        """All entries, row by row."""
        return [self[place] for place in self.support]

    @property
    def series(self) -> sp.Expr:
        """The polynomial with its entries as coefficients."""
        return sum(self[a, b] * z_1**a * z_2**b for a, b in self.support)

    @property
    def mirrored_series(self) -> sp.Expr:
        """The same of the mirror image, moved so that no exponent is negative."""
        places = self.support
        return sum(
            self[a, b] * z_1 ** (self.rows - 1 - a) * z_2 ** (self.columns - 1 - b)
            for a, b in places
        )


@dataclass(frozen=True)
class Sizes:
    """C input and F output channels, an image of H by W, filters of K_1 by K_2."""

    C: int
    F: int
    H: int
    W: int
    K_1: int
    K_2: int

    @property
    def x(self) -> list[Image]:
        """The input channels."""
        return [Image(f"x{c + 1}", self.H, self.W) for c in range(self.C)]

    @property
    def h(self) -> list[list[Image]]:
        """``h[f][c]``: the filters."""
        return [
            [Image(f"h{f + 1}{c + 1}", self.K_1, self.K_2) for c in range(self.C)]
            for f in range(self.F)
        ]

    @property
    def dy(self) -> list[Image]:
        """The gradient by the outputs."""
        rows, columns = self.H + self.K_1 - 1, self.W + self.K_2 - 1
        return [Image(f"d{f + 1}", rows, columns) for f in range(self.F)]

    @property
    def outputs(self) -> list[Place]:
        """The places of the output of a full convolution."""
        return self.dy[0].support

    def series(self, f: int) -> sp.Expr:
        """Output channel f by the product of polynomials, not by the sum over k."""
        return sum(x.series * h.series for x, h in zip(self.x, self.h[f], strict=True))

    def loss(self) -> sp.Expr:
        """Any linear loss of the outputs: to first order every loss."""
        return sum(
            dy[place] * value
            for f, dy in enumerate(self.dy)
            for place, value in coefficients(self.series(f), self.outputs).items()
        )


def coefficients(series: sp.Expr, places: list[Place]) -> dict[Place, sp.Expr]:
    """The coefficients of a polynomial in z_1 and z_2 at these exponents."""
    polynomial = sp.Poly(series, z_1, z_2)
    return {(a, b): polynomial.coeff_monomial(z_1**a * z_2**b) for a, b in places}


def minus(n: Place, k: Place) -> Place:
    """n - k."""
    return n[0] - k[0], n[1] - k[1]


def plus(n: Place, k: Place) -> Place:
    """n + k."""
    return n[0] + k[0], n[1] + k[1]


def each(images: list[Image]) -> Iterator[tuple[int, Place]]:
    """Every channel and place."""
    return ((c, place) for c, image in enumerate(images) for place in image.support)


CASES = [
    Sizes(1, 1, 1, 1, 1, 1),
    Sizes(1, 1, 2, 1, 1, 1),
    Sizes(1, 1, 2, 1, 2, 1),
    Sizes(2, 1, 1, 2, 1, 1),
    Sizes(1, 2, 1, 2, 1, 2),
    Sizes(2, 2, 2, 1, 2, 1),
    Sizes(1, 1, 2, 2, 2, 2),
    Sizes(2, 1, 3, 2, 1, 2),
]
SAID = "up to 2 channels, images to 3 by 2, filters to 2 by 2, every entry a symbol"
