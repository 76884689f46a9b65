"""How many pairs a convolution joins: padding, stride, dilation, groups."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import sympy as sp

from symvar.claims.closed_form import ClosedForm
from symvar.derive.base import Chain, Step, same
from symvar.reference import cite
from symvar.symbols import c_in, c_out, g, k, p, s, w

d = sp.Symbol("d", positive=True, integer=True)
outputs = sp.Symbol("w'", positive=True, integer=True)
right = sp.Symbol("p'", integer=True)
out, tap = sp.symbols("o j", integer=True)
quotient, left_over = sp.Symbol("a", integer=True), sp.Symbol("r", nonnegative=True, integer=True)
steps_on = sp.Symbol("t", nonnegative=True, integer=True)
whole, rest = sp.symbols("m i", nonnegative=True, integer=True)
lost, lost_right = sp.IndexedBase("a", real=True), sp.IndexedBase("a'", real=True)
margin = sp.Function(r"\Lambda", real=True)
before = sp.Symbol("L", real=True)
e_x, e_y = sp.symbols("e_x e_y", positive=True, integer=True)
e = sp.Symbol("e", positive=True, integer=True)
LOSS = (
    r"outputs at which tap $j$ reads padding on the left: $\max(0, \lceil (p-dj)/s\rceil)$; "
    r"$a'_j$ on the right: the same of $p'$, taps counted from the right"
)
LONG = r"the losses of the two ends never meet in one tap, $a_j + a'_j \le w'$"
COVERS = r"the kernel is as long as its padding, $dk \ge p$"


class Connections(Chain):
    """A tap reads a run of positions, cut at both ends; axes multiply, and so do channels."""

    name = "connections"
    title = "the connections of a convolution with padding, stride, dilation and groups"
    notation = (
        (r"w, k, s, p, d", "input width, kernel, stride, padding and dilation along an axis"),
        (outputs, "outputs along the axis"),
        (r"o,\ j", r"an output and a tap, both from 0 on: they read the position $so - p + dj$"),
        (right, "cells of padding that are read on the right"),
        (lost[tap], LOSS),
        (r"\Lambda(p)", r"$\sum_j a_j$: all that is lost on the left; $\Lambda(p')$ on the right"),
        (e_x, "pairs of an output and an input along the axis, padding not counted"),
        (r"C_{in},\ C_{out},\ g", "input channels, output channels, groups"),
    )  # fmt: skip
    source_notation = ((c_in, "d"), (c_out, "d'"))

    def steps(self) -> Iterator[Step]:
        """One tap; one axis; its losses in closed form; axes and channels; fans."""
        axis = yield from self.axis()
        yield from self.stride_one(axis)
        yield from self.strided(axis)
        bare = yield from self.bare(axis)
        yield from self.layer(axis, bare)

    def axis(self) -> Generator[Step, None, Step]:
        """What a tap loses on the left, on the right, and what is left."""
        behind = s * quotient - left_over
        reads = Step(
            same(s * (quotient + steps_on) - behind, s * steps_on + left_over),
            r"division with remainder, $p - dj = sa - r$, $0 \le r < s$, so that $a$ is $(p-dj)/s$ "
            r"rounded up: at the output $a + t$, $t \ge 0$, the tap has passed the padding",
        )
        yield reads
        misses = Step(
            same(s * (quotient - 1 - steps_on) - behind, -s * steps_on - (s - left_over)),
            "and at the outputs before $a$ it has not, as $s - r > 0$: so it reads padding at $a$ "
            "outputs, or at none where $a$ is negative",
            follows=(reads,),
            reference=cite("asv", "A.16"),
        )
        yield misses
        end = s * (outputs - 1) + d * (k - 1) + 1 - p - w
        turned = Step(
            same(w - 1 - (s * out - p + d * tap),
                 s * (outputs - 1 - out) + d * (k - 1 - tap) - right),
            "from the right end the axis looks the same, outputs and taps counted from there, "
            "with $p'$ in place of $p$",
            given=(sp.Eq(right, end),),
        )  # fmt: skip
        yield turned
        unread = Step(
            same(right, p - left_over),
            "$p'$ falls short of $p$ by the remainder $r$ of the division that gives the number "
            "of outputs: what a stride leaves over at the right end",
            same(end, p - left_over),
            given=(sp.Eq(w, s * (outputs - 1) + left_over + d * (k - 1) + 1 - 2 * p),),
            follows=(turned,),
            result=True,
        )
        yield unread
        run = outputs - lost[tap] - lost_right[tap]
        counted = Step(
            same(e_x, sp.Sum(run, (tap, 0, k - 1))),
            "so a tap reads an input at the outputs that are lost at neither end",
            same(sp.Sum(1, (out, quotient, outputs - 1 - whole)).doit(),
                 outputs - quotient - whole),
            given=(sp.Eq(outputs, quotient + whole + rest),),
            assumptions=(LONG,),
            follows=(misses, unread),
            reference=cite("asv", "A.16"),
        )  # fmt: skip
        yield counted
        total = k * outputs - margin(p) - margin(right)
        sums = [sp.Sum(each[tap], (tap, 0, k - 1)) for each in (lost, lost_right)]
        axis = Step(
            same(e_x, total),
            "each tap once for every output, less what is lost at both ends",
            same(sp.Sum(run, (tap, 0, k - 1)), k * outputs - sums[0] - sums[1]),
            assumptions=(LONG,),
            follows=(counted,),
            result=True,
        )
        yield axis
        return axis

    def stride_one(self, axis: Step) -> Iterator[Step]:
        """Any dilation; then the kernel that keeps the width."""
        number = whole + 1
        losses = Step(
            same(margin(p), number * (p - d * whole / 2)),
            r"stride 1: $\sum_{i=0}^{m} (p - di)$, $m$ being $p/d$ rounded down",
            same(sp.Sum(p - d * tap, (tap, 0, whole)).doit(), number * (p - d * whole / 2)),
            assumptions=(COVERS,),
            follows=(axis,),
        )
        yield losses
        kept = w * (2 * whole + 1) - d * whole * (whole + 1)
        same_ends = axis.formula.rhs.subs(right, p).subs(margin(p), losses.formula.rhs)
        centred = Step(
            same(e_x, kept),
            "stride 1 and a kernel that keeps the width, $k = 2m+1$ and $p = dm$: nothing is left "
            "over, so $p' = p$",
            same(same_ends.subs({k: 2 * whole + 1, outputs: w, p: d * whole}), kept),
            assumptions=(r"no tap leaves the input, $w \ge dm$",),
            follows=(axis, losses),
            result=True,
        )
        yield centred
        share = 1 - d * whole * (whole + 1) / (w * (2 * whole + 1))
        yield Step(
            same(kept / (w * (2 * whole + 1)), share),
            "the share of the connections that padding leaves: for kernel 3 it is $1 - 2/(3w)$",
            follows=(centred,),
            result=True,
        )

    def strided(self, axis: Step) -> Iterator[Step]:
        """A stride without dilation; then kernel 3, padding 1, stride 2."""
        blocks = s * whole * (whole + 1) / 2
        in_blocks = Step(
            ClosedForm(blocks, whole, 0, 0, before + s * whole, before),
            r"no dilation, $p = sm$: of $\lceil 1/s\rceil, \dots, \lceil p/s\rceil$, which are the "
            "losses, $s$ are 1, then $s$ are 2, up to $m$",
            assumptions=(COVERS,),
            follows=(axis,),
        )
        yield in_blocks
        value = (whole + 1) * (p - s * whole / 2)
        begun = Step(
            ClosedForm(blocks + rest * (whole + 1), rest, 0, blocks, before + whole + 1, before),
            r"$p = sm + i$: each of the next $s$ adds $m + 1$",
            follows=(in_blocks,),
        )
        yield begun
        losses = Step(
            same(margin(p), value),
            "so a stride loses as a dilation does, $m$ now being $p/s$ rounded down",
            same(blocks + rest * (whole + 1), value),
            given=(sp.Eq(p, s * whole + rest),),
            follows=(begun,),
            result=True,
        )
        yield losses
        one = value.subs({whole: 0, p: 1})
        for shift, words in ((1, "odd: nothing is left over"), (0, "even: one cell is left over")):
            at = axis.formula.rhs.subs(right, shift).subs(p, 1)
            number = (w + shift) / 2
            found = at.subs({margin(sp.Integer(1)): one, margin(sp.Integer(0)): 0})
            yield Step(
                same(e_x, 3 * number - 1 - shift),
                f"kernel 3, padding 1 and stride 2, the width {words}, so $p' = {shift}$",
                same(found.subs({k: 3, outputs: number}), 3 * number - 1 - shift),
                follows=(axis, losses),
                result=True,
            )

    def bare(self, axis: Step) -> Generator[Step, None, Step]:
        """Nothing is lost without padding."""
        inside = axis.formula.rhs.subs({margin(p): 0, margin(right): 0})
        bare = Step(
            same(e_x, k * outputs),
            "without padding $p = 0$ and $p' = -r \\le 0$: every output reads all taps, for any "
            "stride and dilation",
            same(inside, k * outputs),
            follows=(axis,),
            result=True,
        )
        yield bare
        return bare

    def layer(self, axis: Step, bare: Step) -> Iterator[Step]:
        """Two axes, channels and groups; then the fans."""
        pairs = sp.Sum(sp.Sum(1, (out, 1, e_x)), (tap, 1, e_y))
        product = Step(
            same(pairs, e_x * e_y),
            "two axes: every pair along the one meets every pair along the other",
            same(pairs.doit(), e_x * e_y),
            follows=(axis,),
        )
        yield product
        grouped = Step(
            same(sp.Sum(c_in * c_out / g**2, (out, 1, g)), c_in * c_out / g),
            "channels: in each of g groups every input channel meets every output channel",
            same(sp.Sum((c_in / g) * (c_out / g), (out, 1, g)).doit(), c_in * c_out / g),
        )
        yield grouped
        count = e_x * e_y * c_in * c_out / g
        total = Step(
            same(e, count),
            "the connections of the layer: so many for each pair of channels",
            same(sp.Sum(e_x * e_y, (tap, 1, c_in * c_out / g)).doit(), count),
            follows=(product, grouped),
            reference=cite("asv", "B.29"),
            result=True,
        )
        yield total
        square = count.subs({e_x: bare.formula.rhs, e_y: bare.formula.rhs})
        yield Step(
            same(e / (c_out * outputs**2), c_in * k**2 / g),
            "without padding, a square kernel: the fan-in per output",
            given=(sp.Eq(e, square),),
            follows=(total, bare),
            result=True,
        )
        yield Step(
            same(e / (c_in * w**2), c_out * k**2 / (g * s**2)),
            "and the mean number of outputs that an input feeds, where the outputs are the inputs "
            "over the stride: a stride divides the fan-out, which a framework's count leaves out",
            given=(sp.Eq(e, square.subs(outputs, w / s)),),
            follows=(total, bare),
            result=True,
        )
