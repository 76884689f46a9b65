"""What padding does over depth: the exact matrix recursion against the mean recursion."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.claims import Instances
from symvar.derive.base import Chain, Step, same
from symvar.derive.notation import i, theta
from symvar.reference import cite

n, index = sp.symbols("n j", positive=True, integer=True)
more = sp.Symbol("k", nonnegative=True, integer=True)
total_1, total_2 = sp.symbols("S_1 S_2", positive=True)
SIZES = range(2, 13)
SCALED = "weights scaled so that a unit's variance is the sum of those it reads"


class PaddingDepth(Chain):
    """Kernel 3, padding 1 along an axis of n positions; axes multiply."""

    name = "padding-depth"
    title = "padding over depth: the matrix recursion of the variances against their mean"
    notation = (
        (n, "positions along the axis, kernel 3, padding 1; axes multiply"),
        ("A", ("the matrix with ones on the diagonal and beside it: variances of a "
            "layer from those "
         "of the layer before")),
        ("S_1, S_2", "sum of the variances after one and two layers, all ones before"),
        (theta, r"$\pi j/(n+1)$, j = 1, ..., n"),
    )  # fmt: skip
    source_notation = ((n, "w"),)

    def steps(self) -> Iterator[Step]:
        """Two layers exactly; all layers by eigenvalues; their order."""
        yield from self.two_layers()
        yield from self.many_layers()

    def two_layers(self) -> Iterator[Step]:
        """The sums of A 1 and A^2 1."""
        one = Step(
            same(total_1, 3 * n - 2),
            "after one layer: 3 inside, 2 at both ends",
            Instances(lambda size: same(_sum(size, 1), 3 * size - 2), SIZES, "n from 2 to 12"),
            assumptions=(SCALED,),
            reference=cite("asv", "11"),
        )
        yield one
        two = Step(
            same(total_2, 9 * n - 10),
            "after two: each position counts its squared number of readers",
            Instances(lambda size: same(_sum(size, 2), 9 * size - 10), SIZES, "n from 2 to 12"),
            assumptions=(SCALED,),
        )
        yield two
        gap = 2 * (n - 2) / n**2
        loss = Step(
            same(total_2 / n - (total_1 / n) ** 2, gap),
            "the mean recursion has the square of the mean in place of the mean after two layers",
            follows=(one, two),
            result=True,
        )
        yield loss
        yield Step(
            sp.Ge(gap, 0, evaluate=False),
            "so it is too small wherever there is a position that is not at an end: those at the "
            "ends have small variance and are read less often",
            given=(sp.Eq(n, 2 + more),),
            follows=(loss,),
            result=True,
        )

    def many_layers(self) -> Iterator[Step]:
        """The eigenvectors are sines."""
        rate = 1 + 2 * sp.cos(theta)
        inside = Step(
            same(sp.sin((i - 1) * theta) + sp.sin(i * theta) + sp.sin((i + 1) * theta),
                 rate * sp.sin(i * theta)),
            r"$\sin i\theta$, $i = 1, \dots, n$, is multiplied by its eigenvalue at each position",
        )  # fmt: skip
        yield inside
        ends = Step(
            same(sp.sin((n + 1) * theta), 0),
            "and at both ends, as the sine vanishes where the padding is, at 0 and n + 1",
            given=(sp.Eq(theta, sp.pi * index / (n + 1)),),
            follows=(inside,),
        )
        yield ends
        largest = 1 + 2 * sp.cos(sp.pi / (n + 1))
        top = Step(
            same(rate, largest),
            "the largest eigenvalue: what a layer multiplies the variances by in the end; all "
            "entries of its vector are positive",
            given=(sp.Eq(theta, sp.pi / (n + 1)),),
            follows=(inside, ends),
            result=True,
        )
        yield top
        yield from self.order(top)

    def order(self, top: Step) -> Iterator[Step]:
        """Larger than the mean recursion's factor."""
        half = Step(
            same(1 - sp.cos(theta), 2 * sp.sin(theta / 2) ** 2),
            r"with $|\sin x| \le |x|$ it is at most $\theta^2/2$",
        )
        yield half
        circle = Step(
            sp.Lt(sp.pi**2, 10, evaluate=False),
            "a bound on the circle",
        )
        yield circle
        margin = Step(
            sp.Gt(2 / n - 10 / (n + 1) ** 2, 0, evaluate=False),
            "for three positions and more",
            given=(sp.Eq(n, 3 + more),),
        )
        yield margin
        yield Step(
            r"1 + 2\cos\frac{\pi}{n+1} \ge 3 - \frac{\pi^2}{(n+1)^2} > 3 - \frac{10}{(n+1)^2} "
            r"> 3 - \frac{2}{n}",
            "so the variances grow faster, layer by layer, than the mean recursion says, and the "
            r"error compounds: by $(1+2\cos\frac{\pi}{n+1})/(3-\frac2n)$ per layer and axis",
            sp.Gt((3 - 10 / (n + 1) ** 2) - (3 - 2 / n), 0, evaluate=False),
            given=(sp.Eq(n, 3 + more),),
            follows=(top, half, circle, margin),
            result=True,
        )  # fmt: skip


def _sum(size: int, layers: int) -> sp.Expr:
    """The entries of A^l 1, added."""
    matrix = sp.Matrix(size, size, lambda row, column: 1 if abs(row - column) <= 1 else 0)
    return sp.Add(*(matrix**layers * sp.ones(size, 1)))
