"""Windows that no kernel and stride describe: adaptive pooling, and sizes rounded up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import sympy as sp

if TYPE_CHECKING:
    from symvar.geometry import Axis


@dataclass(frozen=True)
class Listed:
    """One spatial axis of windows that are listed one by one: adaptive pooling, rounding up.

    Args:
        size: inputs along the axis.
        windows: the inputs that each output reads.
        spans: the positions each window spans, those beyond the border that count included.

    >>> Listed(5, ((0, 1), (1, 2, 3), (3, 4)), (2, 3, 2)).pairs
    7
    """

    size: int
    windows: tuple[tuple[int, ...], ...]
    spans: tuple[int, ...]

    stride: ClassVar[int] = 1
    unpadded: ClassVar[bool] = False
    numeric: ClassVar[bool] = True
    pairs_assume: ClassVar[tuple[sp.Basic, ...]] = ()

    @property
    def kernel(self) -> int:
        """The longest window."""
        return max(self.spans)

    @property
    def outputs(self) -> int:
        """How many windows there are."""
        return len(self.windows)

    @property
    def tiles(self) -> bool:
        """Whether no two windows share an input."""
        read = [place for window in self.windows for place in window]
        return len(read) == len(set(read))

    @property
    def pairs(self) -> int:
        """The (output, input) pairs."""
        return sum(map(len, self.windows))

    def reads(self, output: int) -> list[int]:
        """The inputs that one output reads."""
        return list(self.windows[output])

    @classmethod
    def adaptive(cls, size: int, outputs: int) -> Listed:
        r"""Windows of $\lfloor i w/n \rfloor \dots \lceil (i+1) w/n \rceil - 1$, n of them.

        >>> Listed.adaptive(5, 3).windows
        ((0, 1), (1, 2, 3), (3, 4))
        """
        starts = (i * size // outputs for i in range(outputs))
        ends = (-(-(i + 1) * size // outputs) for i in range(outputs))
        windows = tuple(tuple(range(a, b)) for a, b in zip(starts, ends, strict=True))
        return cls(size, windows, tuple(map(len, windows)))

    @classmethod
    def rounded_up(cls, axis: Axis) -> Listed:
        """The windows of an axis and those that begin inside it but end beyond.

        A window spans no position beyond the padding.
        """
        w, s, low, high = (int(each) for each in (axis.size, axis.stride, axis.low, axis.high))
        reach, step, taps = w + high, int(axis.dilation), range(int(axis.kernel))
        count = -(-(w + low + high - int(axis.extent)) // s) + 1
        if (count - 1) * s >= w + low:
            count -= 1
        firsts = [s * output - low for output in range(count)]
        windows = (
            tuple(at for tap in taps if 0 <= (at := first + step * tap) < w) for first in firsts
        )
        spans = (min(first + step * (len(taps) - 1) + 1, reach) - first for first in firsts)
        return cls(w, tuple(windows), tuple(spans))
