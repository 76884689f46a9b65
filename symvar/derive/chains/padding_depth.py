"""What padding does over depth: the exact matrix recursion against the mean recursion."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import sympy as sp

from symvar.claims.closed_form import ClosedForm
from symvar.derive.base import Chain, Step, same
from symvar.derive.notation import i, j, theta, total
from symvar.reference import cite

n, index, radius, m = sp.symbols("n j p m", positive=True, integer=True)
place, more, count = sp.symbols("i k l", nonnegative=True, integer=True)
total_1, total_2 = sp.symbols("S_1 S_2", positive=True)
before = sp.Symbol("L", real=True)
rows, columns, one_axis, other_axis = (
    sp.IndexedBase(name, real=True) for name in ("a", "b", "x", "y")
)
MATRIX = (
    r"$A_{i,j} = 1$ for $|i-j| \le p$, else 0: it takes the variances of a layer to those of the "
    "next, and, being symmetric, those of gradients back"
)
SCALED = "weights scaled so that a unit's variance is the sum of those it reads"
FITS = r"the axis holds both borders, $n \ge 2p$"


class PaddingDepth(Chain):
    """An odd kernel that keeps the width; kernel 3 by its eigenvectors; axes multiply."""

    name = "padding-depth"
    title = "padding over depth: the matrix recursion of the variances against their mean"
    notation = (
        (n, r"positions along the axis; kernel $2p+1$ and padding $p$, from line 6 on $p = 1$"),
        ("A", MATRIX),
        ("S_1, S_2", "sum of the variances after one and two layers, all ones before"),
        (theta, r"$\pi j/(n+1)$, $j = 1, \dots, n$"),
    )  # fmt: skip
    source_notation = ((n, "w"),)

    def steps(self) -> Iterator[Step]:
        """Two layers exactly; the growth of any kernel; kernel 3 over all layers; two axes."""
        yield from self.two_layers()
        ends = yield from self.eigenvectors()
        yield from self.all_layers(ends)
        yield from self.two_axes()

    def two_layers(self) -> Iterator[Step]:
        """The sums of A 1 and A^2 1, and what they say of the largest eigenvalue."""
        width = 2 * radius + 1
        border = sp.Sum(radius + i, (i, 1, radius))
        single = n * width - radius * (radius + 1)
        one = Step(
            same(total_1, single),
            r"after one layer: position $i$ reads $p + i$ others for $i \le p$, likewise at the "
            "other end, and all $2p+1$ between",
            same((2 * border).doit() + (n - 2 * radius) * width, single),
            assumptions=(SCALED, FITS),
            reference=cite("asv", "11"),
        )
        yield one
        double = width * (3 * n * width - 5 * radius * (radius + 1)) / 3
        squares = sp.Sum((radius + i) ** 2, (i, 1, radius))
        two = Step(
            same(total_2, double),
            r"after two: $1^\top A A 1$, the squares of what each position reads, as $A$ is "
            "symmetric",
            same((2 * squares).doit() + (n - 2 * radius) * width**2, double),
            assumptions=(SCALED, FITS),
        )
        yield two
        gap = radius * (radius + 1) * (n * width - 3 * radius * (radius + 1)) / (3 * n**2)
        loss = Step(
            same(total_2 / n - (total_1 / n) ** 2, gap),
            "the mean recursion has the square of the mean in place of the mean after two layers; "
            r"for $p = 1$ the gap is $2(n-2)/n^2$",
            follows=(one, two),
            result=True,
        )
        yield loss
        positive = Step(
            sp.Gt(gap, 0, evaluate=False),
            "so it is too small wherever there is a position that both borders leave alone: those "
            "in the borders have small variance and are read less often",
            given=(sp.Eq(n, 2 * radius + 1 + more),),
            follows=(loss,),
            result=True,
        )
        yield positive
        yield Step(
            r"\lambda_{\max}(A) \ge \sqrt{S_2/n} > S_1/n",
            r"over depth the variances grow by the largest eigenvalue: as $A$ is symmetric it "
            r"stretches no vector more, and $\|A1\|^2 = S_2$, $\|1\|^2 = n$. So for every odd "
            "kernel the mean recursion falls behind in every layer, and the error compounds",
            sp.Gt(total_2 / n, (total_1 / n) ** 2, evaluate=False),
            given=(sp.Eq(n, 2 * radius + 1 + more),),
            follows=(one, two, positive),
            result=True,
        )

    def eigenvectors(self) -> Generator[Step, None, Step]:
        """The eigenvectors of kernel 3 are sines."""
        rate = 1 + 2 * sp.cos(theta)
        inside = Step(
            same(sp.sin((i - 1) * theta) + sp.sin(i * theta) + sp.sin((i + 1) * theta),
                 rate * sp.sin(i * theta)),
            r"kernel 3: $\sin i\theta$, $i = 1, \dots, n$, is multiplied by its eigenvalue at each "
            "position",
        )  # fmt: skip
        yield inside
        ends = Step(
            same(sp.sin((n + 1) * theta), 0),
            r"and at both ends, as the sine vanishes where the padding is, at 0 and $n + 1$: $n$ "
            r"eigenvectors for $n$ eigenvalues $\lambda_j = 1 + 2\cos\theta$, so these are all",
            given=(sp.Eq(theta, sp.pi * index / (n + 1)),),
            follows=(inside,),
            result=True,
        )
        yield ends
        lowest = sp.Symbol(r"\alpha", real=True)
        apart = 2 * sp.sin((theta + lowest) / 2) * sp.sin((theta - lowest) / 2)
        falls = Step(
            r"\cos\alpha - \cos\theta = "
            r"2 \sin\frac{\theta + \alpha}{2} \sin\frac{\theta - \alpha}{2}, "
            r"\qquad \alpha = \frac{\pi}{n+1}",
            r"the largest is $1 + 2\cos\frac{\pi}{n+1}$: both angles lie in $[0, \pi)$, where the "
            r"sine is not negative. None is below $-1$, so this one is largest in modulus",
            same(sp.cos(lowest) - sp.cos(theta), apart),
            follows=(ends,),
        )
        yield falls
        first = sp.Symbol("i", positive=True, integer=True)
        yield Step(
            sp.Lt(sp.pi * first / (n + 1), sp.pi, evaluate=False),
            r"all entries of its vector are positive, $0 < i\pi/(n+1) < \pi$ for $i \le n$: so "
            r"variances of any start grow by $1 + 2\cos\frac{\pi}{n+1}$ per layer in the end, "
            r"against $3 - \frac2n$ in the mean recursion, and take the shape "
            r"$\sin\frac{\pi i}{n+1}$",
            given=(sp.Eq(n, first + more),),
            follows=(ends, falls),
            result=True,
        )
        return ends

    def all_layers(self, ends: Step) -> Iterator[Step]:
        """The mean after any number of layers, from ones: sines summed."""
        slanted, nonzero = sp.Ne(sp.sin(theta / 2), 0), sp.Ne(sp.sin(theta), 0)
        sines = Step(
            ClosedForm(
                sp.sin(more * theta / 2) * sp.sin((more + 1) * theta / 2) / sp.sin(theta / 2),
                more, 0, 0, before + sp.sin(more * theta), before,
            ),
            r"the ones along an eigenvector: $\sum_{i\le k} \sin i\theta$",
            given=(slanted,),
        )  # fmt: skip
        yield sines
        half = sp.pi * count + sp.pi / 2
        cotangent = sp.cos(theta / 2) / sp.sin(theta / 2)
        ones = sp.Sum(sp.sin(i * theta), (i, 1, n))
        weight = Step(
            same(ones, cotangent),
            r"at $k = n$ for odd $j = 2l + 1$, as $(n+1)\theta/2 = \pi l + \pi/2$; for even $j$ "
            r"it is zero, as $\sin(\pi j/2)$ is",
            same(sp.sin(half - theta / 2) * sp.sin(half) / sp.sin(theta / 2), cotangent),
            given=(slanted,),
            follows=(ends, sines),
        )
        yield weight
        squares = more / 2 - sp.sin(more * theta) * sp.cos((more + 1) * theta) / (2 * sp.sin(theta))
        norms = Step(
            ClosedForm(squares, more, 0, 0, before + sp.sin(more * theta) ** 2, before),
            r"its squared length likewise, $\sum_{i\le k} \sin^2 i\theta$",
            given=(nonzero,),
        )
        yield norms
        lengths = sp.Sum(sp.sin(i * theta) ** 2, (i, 1, n))
        turns = sp.sin(sp.pi * index - theta) * sp.cos(sp.pi * index)
        length = Step(
            same(lengths, (n + 1) / 2),
            r"at $k = n$, where $(n+1)\theta = \pi j$ and $n\theta = \pi j - \theta$",
            same(n / 2 - turns / (2 * sp.sin(theta)), (n + 1) / 2),
            given=(nonzero,),
            follows=(ends, norms),
        )
        yield length
        yield Step(
            same(ones**2 / lengths, 2 * cotangent**2 / (n + 1)),
            r"the part of the ones along an eigenvector. So after $L$ layers the sum is exactly "
            r"$S_L = \frac{2}{n+1} \sum_{j\ \mathrm{odd}} \cot^2\frac{\theta}{2}\, "
            r"(1 + 2\cos\theta)^L$",
            given=(slanted,),
            follows=(weight, length),
            result=True,
        )

    def two_axes(self) -> Iterator[Step]:
        """The matrix of two axes is the Kronecker product."""
        pairs = total(total(rows[i] * columns[j] * one_axis[i] * other_axis[j], m, j))
        along = total(rows[i] * one_axis[i]) * total(columns[j] * other_axis[j], m, j)
        yield Step(
            same(pairs, along),
            "two axes: a position reads what both axes read, $a_i b_j$; so products of "
            r"eigenvectors $x_i y_j$ are eigenvectors, and eigenvalues multiply: "
            r"$(1+2\cos\frac{\pi}{n+1})(1+2\cos\frac{\pi}{m+1})$ for kernel $3\times3$, against "
            r"$(3-\frac2n)(3-\frac2m)$",
            result=True,
        )
