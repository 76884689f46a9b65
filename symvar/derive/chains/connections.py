"""How many pairs a convolution joins: padding, stride, dilation, groups."""

from __future__ import annotations

import random
from collections.abc import Iterator

import sympy as sp

from symvar.claims import Instances
from symvar.claims.closed_form import ClosedForm
from symvar.derive.base import Chain, Step, same
from symvar.reference import cite
from symvar.symbols import c_in, c_out, g, k, p, s, w

Case = tuple[int, int, int, int, int]
before = sp.Symbol("e'", real=True)
out, tap = sp.symbols("o j", integer=True)
e_x, e_y = sp.symbols("e_x e_y", positive=True, integer=True)
e = sp.Symbol("e", positive=True, integer=True)
starts, ends = sp.IndexedBase("a"), sp.IndexedBase("b")
SEED = 7


class Connections(Chain):
    """Along an axis a tap reads a run of positions; axes multiply, and so do channels."""

    name = "connections"
    title = "the connections of a convolution with padding, stride, dilation and groups"
    notation = (
        ("w, k, s, p, d", "input width, kernel, stride, padding and dilation along an axis"),
        (out, "an output, from 0 on, and j a tap: they read the position so - p + dj"),
        ("e", "pairs of an output and an input, padding not counted"),
        (r"a_j", r"the first output of tap j: $\max(0, \lceil (p - dj)/s \rceil)$"),
        (r"b_j", r"its last: $\min(w'-1, \lfloor (w - 1 + p - dj)/s \rfloor)$, w' outputs"),
        ("C, C', g", "input channels, output channels, groups"),
    )
    source_notation = ((c_in, "d"), (c_out, "d'"))

    def steps(self) -> Iterator[Step]:
        """One tap; one axis; the symmetric kernel; axes and channels; fans."""
        axis = sp.Sum(sp.Max(0, ends[tap] - starts[tap] + 1), (tap, 0, k - 1))
        one = Step(
            same(e_x, axis),
            r"tap $j$ reads an input for $0 \le so - p + dj < w$: a run of outputs, cut at "
            "both ends",
            Instances(_counted, _cases(), f"{len(_cases())} axes, seed {SEED}: widths to 12, "
                      "kernels to 4, strides, paddings and dilations to 3"),
            reference=cite("asv", "A.16"),
        )  # fmt: skip
        yield one
        kernel = w * (2 * p + 1) - p * (p + 1)
        centred = Step(
            ClosedForm(kernel, p, 0, w, before + 2 * (w - p), before),
            r"stride 1, no dilation, $k = 2p+1$: the taps at distance $p$ read $w - p$ inputs "
            r"each, so $u_p$, the count, grows by $2(w-p)$ with the padding",
            given=(sp.Ge(w, p),),
            follows=(one,),
            result=True,
        )
        yield centred
        yield Step(
            same(kernel / (w * (2 * p + 1)), 1 - p * (p + 1) / (w * (2 * p + 1))),
            "the share of the connections that padding leaves: for $p = 1$ it is $1 - 2/(3w)$",
            follows=(centred,),
            result=True,
        )
        product = Step(
            same(sp.Sum(sp.Sum(1, (out, 1, e_x)), (tap, 1, e_y)), e_x * e_y),
            "two axes: every pair along the one meets every pair along the other",
            same(sp.Sum(sp.Sum(1, (out, 1, e_x)), (tap, 1, e_y)).doit(), e_x * e_y),
            follows=(one,),
        )
        yield product
        grouped = Step(
            same(sp.Sum(c_in * c_out / g**2, (out, 1, g)), c_in * c_out / g),
            "channels: in each of g groups every input channel meets every output channel",
            same(sp.Sum((c_in / g) * (c_out / g), (out, 1, g)).doit(), c_in * c_out / g),
        )
        yield grouped
        total = Step(
            same(e, e_x * e_y * c_in * c_out / g),
            "the connections of the layer: so many for each pair of channels",
            same(sp.Sum(e_x * e_y, (tap, 1, c_in * c_out / g)).doit(),
                 e_x * e_y * c_in * c_out / g),
            follows=(product, grouped),
            reference=cite("asv", "B.29"),
            result=True,
        )  # fmt: skip
        yield total
        units = sp.Symbol("w'", positive=True, integer=True)
        yield Step(
            same(e / (c_out * units**2), c_in * k**2 / g),
            "inside, without padding, an output reads all taps: the fan-in per output",
            given=(sp.Eq(e, (k * units) ** 2 * c_in * c_out / g),),
            follows=(total,),
            result=True,
        )
        yield Step(
            same(e / (c_in * w**2), c_out * k**2 / (g * s**2)),
            "and an input feeds this many outputs, where the stride divides the width: a stride "
            "divides the fan-out, which a framework's count leaves out",
            given=(sp.Eq(e, (k * w / s) ** 2 * c_in * c_out / g),),
            follows=(total,),
            result=True,
        )


def _cases() -> list[Case]:
    """Small axes first, then random ones, each with an output."""
    source = random.Random(SEED)
    found: list[Case] = [(1, 1, 1, 0, 1), (3, 2, 1, 1, 1), (4, 3, 2, 1, 1)]
    while len(found) < 60:
        case = (source.randint(1, 12), source.randint(1, 4), source.randint(1, 3),
                source.randint(0, 3), source.randint(1, 3))  # fmt: skip
        if case[0] + 2 * case[3] - case[4] * (case[1] - 1) >= 1:
            found.append(case)
    return found


def _counted(case: Case) -> sp.Eq:
    """The sum against every output and tap looked at."""
    width, kernel, stride, padding, dilation = case
    number = (width + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    pairs = sum(
        0 <= stride * place - padding + dilation * at < width
        for place in range(number)
        for at in range(kernel)
    )
    runs = sp.Add(*(
        max(0, min(number - 1, (width - 1 + padding - dilation * at) // stride)
            - max(0, -((dilation * at - padding) // stride)) + 1)
        for at in range(kernel)
    ))  # fmt: skip
    return same(sp.Integer(pairs), runs)
