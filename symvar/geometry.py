r"""Windows: which inputs each output reads, how many pairs that makes, and where borders bite.

Along one axis, output $i$ reads input $s\,i + d\,j - p$ through tap $j = 0 \dots k-1$, where that
position lies inside $0 \dots w-1$. Everything here works on integers and on sympy symbols; what
has no closed form in symbols is exact on integers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import mul
from typing import TypeAlias

import sympy as sp

from symvar.errors import NeedsFact, ShapeError
from symvar.listed import Listed

Size: TypeAlias = int | sp.Expr
"""A number of units: an integer, or a sympy expression in integer symbols."""


def prod(sizes: Iterable[Size]) -> Size:
    """The product of sizes; 1 for none."""
    return reduce(mul, sizes, 1)


def is_number(size: Size) -> bool:
    """Whether a size is a plain integer rather than a formula."""
    return isinstance(size, int) or bool(size.is_Integer)


def plain(size: Size | sp.Integer) -> Size:
    """A size as an int where it is one."""
    return int(size) if is_number(size) else size


@dataclass(frozen=True)
class Axis:
    r"""One spatial axis of a window map.

    Args:
        size: $w$, the number of inputs along the axis.
        kernel: $k$, the number of taps.
        stride: $s$, the step from one output to the next.
        low: $p$, zeros before the first input.
        high: zeros after the last input.
        dilation: $d$, the distance between two taps.

    Raises:
        ShapeError: for a size that is not positive, or a kernel larger than the padded input.

    >>> Axis(5, kernel=3, low=1, high=1).outputs
    5
    >>> from symvar.symbols import k, w
    >>> Axis(w, kernel=k).outputs
    -k + w + 1
    """

    size: Size
    kernel: Size
    stride: Size = 1
    low: Size = 0
    high: Size = 0
    dilation: Size = 1

    def __post_init__(self) -> None:
        for name in ("size", "kernel", "stride", "dilation"):
            require_size(name, getattr(self, name))
        require_size("padding", self.low, positive=False)
        require_size("padding", self.high, positive=False)
        padded = self.size + self.low + self.high
        if sp.sympify(padded - self.extent).is_negative:
            raise ShapeError(
                "window",
                need=f"a kernel of at most {padded} (input {self.size}, "
                f"padding {self.low} and {self.high})",
                have=f"kernel {self.kernel} with dilation {self.dilation}, which spans "
                f"{self.extent}",
                remedy="use a smaller kernel or dilation, more padding or a larger input",
            )

    @property
    def extent(self) -> Size:
        """The inputs a kernel spans: d(k - 1) + 1."""
        return plain(sp.expand(self.dilation * (self.kernel - 1) + 1))

    @property
    def outputs(self) -> Size:
        r"""$\lfloor (w + p_\text{low} + p_\text{high} - d(k-1) - 1)/s \rfloor + 1$ (asv, A.6)."""
        slack = self.size + self.low + self.high - self.extent
        if self.numeric:
            return int(slack) // int(self.stride) + 1
        return plain(sp.floor(sp.expand(slack / sp.sympify(self.stride))) + 1)

    @property
    def numeric(self) -> bool:
        """Whether every size is an integer."""
        sizes = (self.size, self.kernel, self.stride, self.low, self.high, self.dilation)
        return all(map(is_number, sizes))

    @property
    def unpadded(self) -> bool:
        """Whether no window can reach beyond the input."""
        return self.low == 0 and self.high == 0

    @property
    def tiles(self) -> bool:
        """Whether no two windows share an input; in symbols, whether that is known."""
        if self.numeric:
            read = [place for output in range(int(self.outputs)) for place in self.reads(output)]
            return len(read) == len(set(read))
        return self.dilation == 1 and bool(sp.sympify(self.stride - self.kernel).is_nonnegative)

    def reads(self, output: int) -> list[int]:
        """The inputs that one output reads, padding left out.

        >>> Axis(5, kernel=3, stride=2, low=1, high=1).reads(0)
        [0, 1]
        """
        first = int(self.stride) * output - int(self.low)
        positions = (first + int(self.dilation) * tap for tap in range(int(self.kernel)))
        return [position for position in positions if 0 <= position < int(self.size)]

    @property
    def pairs(self) -> Size:
        r"""The (output, tap) pairs that land inside the input.

        Exact on integers. In symbols: $k\,n - S(p_\text{low}) - S(p'_\text{high})$ with $n$
        outputs, $S(p)$ the pairs lost to $p$ zeros on one side (:func:`lost`), and
        $p'_\text{high} = \max(0, s(n-1) + d(k-1) + 1 - p_\text{low} - w)$ the zeros that are truly
        read at the far end. Valid under :attr:`pairs_assume`.

        >>> from symvar.symbols import w, p
        >>> Axis(w, kernel=2 * p + 1, low=p, high=p).pairs
        -p**2 + 2*p*w - p + w
        """
        if self.numeric:
            return sum(self._reached(tap) for tap in range(int(self.kernel)))
        if self.unpadded:
            return plain(sp.expand(self.kernel * self.outputs))
        missing = lost(self.low, self.stride, self.dilation)
        missing += lost(self._zeros_read_at_end, self.stride, self.dilation)
        return plain(sp.expand(self.kernel * self.outputs - missing))

    @property
    def pairs_assume(self) -> tuple[sp.Basic, ...]:
        """What the symbolic count :attr:`pairs` assumes; empty for integers.

        The kernel fits; the zeros on a side are no more than the kernel can reach over (at most
        d k), and no tap falls on zeros at every output.
        """
        if self.numeric:
            return ()
        facts = [sp.Ge(self.size + self.low + self.high, self.extent)]
        for zeros in () if self.unpadded else (self.low, self._zeros_read_at_end):
            facts.append(sp.Le(zeros, self.dilation * self.kernel))
            facts.append(sp.Le(zeros, self.stride * self.outputs))
        return tuple(dict.fromkeys(fact for fact in facts if fact is not sp.true))

    @property
    def _zeros_read_at_end(self) -> sp.Expr:
        last = self.stride * (self.outputs - 1) + self.extent
        return sp.Max(0, sp.expand(last - self.low - self.size))

    def _reached(self, tap: int) -> int:
        shift = int(self.dilation) * tap - int(self.low)
        stride = int(self.stride)
        first = max(0, -(shift // stride))
        last = min(int(self.outputs) - 1, (int(self.size) - 1 - shift) // stride)
        return max(0, last - first + 1)


def require_size(name: str, value: Size, *, positive: bool = True) -> None:
    """Refuse what is no size: a positive (or nonnegative) integer or symbol.

    Raises:
        ShapeError: naming the argument.
    """
    if type(value) is int and value >= positive:
        return
    number = sp.nan if isinstance(value, str) else sp.sympify(value)
    good = number.is_positive if positive else number.is_nonnegative
    if good is None and not number.is_Atom:
        good = True  # such as w - k + 1: that the kernel fits is among the stated assumptions
    if not (number.is_integer and good):
        kind = "positive" if positive else "nonnegative"
        raise ShapeError(
            name,
            need=f"a {kind} integer (or a symbol declared so)",
            have=repr(value) if isinstance(value, str) else str(value),
            remedy=f"give a {kind} whole number, or symvar.symbols.size('name')",
        )


def lost(zeros: Size, stride: Size, dilation: Size) -> sp.Expr:
    r"""The (output, tap) pairs that fall on ``zeros`` positions beyond one end of the input.

    $S(p) = \sum_{j=0}^{\lceil p/d \rceil - 1} \lceil (p - d j)/s \rceil$. Closed where $d = 1$,
    $s = 1$ or $s$ divides $d$; otherwise :class:`LostPairs`, exact as soon as it gets integers.

    >>> from symvar.symbols import p, s
    >>> sp.factor(lost(p, 1, 1))
    p*(p + 1)/2
    >>> lost(5, s, 1).subs(s, 2)
    9
    """
    zeros, stride, dilation = map(sp.sympify, (zeros, stride, dilation))
    if dilation == 1:
        full = sp.floor(zeros / stride)
        return stride * full * (full + 1) / 2 + (zeros - stride * full) * (full + 1)
    ratio = dilation / stride
    if ratio.is_integer:
        taps = sp.ceiling(zeros / dilation)
        return taps * sp.ceiling(zeros / stride) - ratio * taps * (taps - 1) / 2
    return LostPairs(zeros, stride, dilation)


class LostPairs(sp.Function):
    r"""$\sum_{j=0}^{\lceil p/d \rceil - 1} \lceil (p - d j)/s \rceil$, a function of (p, s, d).

    A name rather than ``sympy.Sum``, whose ``doit`` opens such sums to wrong numbers now and then.

    >>> from symvar.symbols import d, s
    >>> LostPairs(5, s, d).subs({s: 3, d: 2})
    4
    """

    nargs = 3
    is_integer = True
    is_nonnegative = True

    @classmethod
    def eval(cls, zeros: sp.Expr, stride: sp.Expr, dilation: sp.Expr) -> sp.Expr | None:
        """The sum itself, once every argument is an integer."""
        if not all(size.is_Integer for size in (zeros, stride, dilation)):
            return None
        p, s, d = int(zeros), int(stride), int(dilation)
        return sp.Integer(sum(-(-beyond // s) for beyond in range(p, 0, -d)))

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        p, s, d = map(printer._print, self.args)
        top = rf"\lceil ({p})/{d} \rceil - 1"
        return rf"\sum_{{j=0}}^{{{top}}} \left\lceil \frac{{{p} - {d} j}}{{{s}}} \right\rceil"


@dataclass(frozen=True)
class Windows:
    """Windows over a map of one or more spatial axes: the product of its axes.

    >>> wins = Windows((Axis(5, 3, low=1, high=1), Axis(5, 3, low=1, high=1)))
    >>> wins.size, wins.outputs, wins.pairs
    (9, (5, 5), 169)
    """

    axes: tuple[Axis | Listed, ...] = ()

    @property
    def size(self) -> Size:
        """Taps of a whole window: T, or the receptive field of one channel."""
        return plain(prod(axis.kernel for axis in self.axes))

    @property
    def stride(self) -> Size:
        """The product of the strides."""
        return plain(prod(axis.stride for axis in self.axes))

    @property
    def outputs(self) -> tuple[Size, ...]:
        """Outputs along each axis."""
        return tuple(axis.outputs for axis in self.axes)

    @property
    def pairs(self) -> Size:
        """The (output, input) pairs joined, padding excluded."""
        return plain(prod(axis.pairs for axis in self.axes))

    @property
    def assume(self) -> tuple[sp.Basic, ...]:
        """What :attr:`pairs` assumes where it is symbolic."""
        return tuple(dict.fromkeys(fact for axis in self.axes for fact in axis.pairs_assume))

    @property
    def tile(self) -> bool:
        """Whether no two windows share an input."""
        return all(axis.tiles for axis in self.axes)

    @property
    def numeric(self) -> bool:
        """Whether every size is an integer."""
        return all(axis.numeric for axis in self.axes)

    def shares(self) -> tuple[tuple[Size, sp.Rational], ...]:
        """The sizes windows have, padding left out, and the share of the outputs with each.

        Raises:
            NeedsFact: for padded windows of symbolic size, whose sizes cannot be counted.
            ShapeError: where a window holds nothing but padding.

        >>> Windows((Axis(4, 3, stride=2, high=1),)).shares()
        ((2, 1/2), (3, 1/2))
        """
        shares: Counter[Size] = Counter()
        for units, _, share in self.divided(counts_padding=False):
            shares[units] += share
        return tuple(shares.items())

    def divided(self, counts_padding: bool) -> tuple[tuple[Size, Size, sp.Rational], ...]:
        """The inputs in a window, the divisor of an average over it, and the share of such outputs.

        Raises:
            NeedsFact: for padded windows of symbolic size, whose sizes cannot be counted.
            ShapeError: where a window holds nothing but padding.
        """
        if all(axis.unpadded for axis in self.axes):
            return ((self.size, self.size, sp.Integer(1)),)
        if not self.numeric:
            raise NeedsFact(
                "windows",
                need="no padding, or integer sizes, to know how many windows the border cuts",
                have="padded windows of symbolic size",
                remedy="set the padding to 0 or give integer sizes",
            )
        counts: Counter[tuple[int, int]] = Counter({(1, 1): 1})
        for axis in self.axes:
            along = Counter(_lengths(axis, counts_padding))
            joint: Counter[tuple[int, int]] = Counter()
            for ((units, by), many), ((here, by_here), times) in product(
                counts.items(), along.items()
            ):
                joint[units * here, by * by_here] += many * times
            counts = joint
        empty = sum(many for (units, _), many in counts.items() if not units)
        if empty:
            raise ShapeError(
                "padding",
                need="windows that hold at least one input each",
                have=f"{empty} windows of padding alone",
                remedy="use a padding of at most half the window",
            )
        total = sum(counts.values())
        return tuple((*sizes, sp.Rational(many, total)) for sizes, many in sorted(counts.items()))

    def reads(self) -> Iterator[tuple[tuple[int, ...], list[tuple[int, ...]]]]:
        """Each output position with the input positions it reads, in lexicographic order."""
        for output in product(*(range(int(axis.outputs)) for axis in self.axes)):
            along = [axis.reads(place) for axis, place in zip(self.axes, output, strict=True)]
            yield output, list(product(*along))


def _lengths(axis: Axis | Listed, counts_padding: bool) -> Iterator[tuple[int, int]]:
    """The inputs in each window of an axis, and what an average over it divides by."""
    for output in range(int(axis.outputs)):
        units = len(axis.reads(output))
        whole = axis.spans[output] if isinstance(axis, Listed) else int(axis.kernel)
        yield units, whole if counts_padding else units


def sliding(
    space: Sequence[Size],
    kernel: Sequence[Size],
    stride: Sequence[Size],
    low: Sequence[Size],
    high: Sequence[Size],
    dilation: Sequence[Size],
) -> Windows:
    """Windows of the given kernel over a space, one entry of each argument per axis."""
    return Windows(
        tuple(
            Axis(*along) for along in zip(space, kernel, stride, low, high, dilation, strict=True)
        )
    )
