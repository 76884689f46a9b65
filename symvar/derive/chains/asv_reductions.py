"""What the schemes of asv reduce to, and exactly when: Kaiming, and Xavier."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.derive.base import Chain, Step, same
from symvar.integrals import gamma, tau
from symvar.reference import cite
from symvar.symbols import (
    connections,
    fan_in,
    fan_out,
    units,
    units_before,
    window_before,
    window_here,
)

lost = sp.Symbol("h", nonnegative=True, integer=True)
v_forward, v_backward = sp.symbols("v_f v_b", positive=True)
further = sp.Symbol("k", nonnegative=True, integer=True)
LINEAR = "the layer reads units that act as linear, as the input or in the middle of a tanh"
LOST = "connections lost to padding, see connections: never fewer than none"


class AsvReductions(Chain):
    """Ratios to the older variances, for every window and border; then where they are one."""

    name = "asv-reductions"
    title = "the schemes of asv against Kaiming and Xavier, with exact conditions"
    notation = (
        (v_forward, "variance of the forward scheme"),
        (v_backward, "variance of the backward scheme"),
        (connections, "connections of the layer"),
        (units_before, "units the layer reads"),
        (units, "units of the layer"),
        (fan_in, "fan-in as frameworks count it, padding included; likewise the fan-out"),
        (lost, LOST),
    )
    source_notation = (
        (tau(window_before), r"\tau_{\ell-1}"),
        (gamma(window_here), r"\gamma_{\ell}"),
    )

    def steps(self) -> Iterator[Step]:
        """Forward, backward, then without rectifiers."""
        yield from self.forward()
        yield from self.backward()
        yield from self.linear()

    def forward(self) -> Iterator[Step]:
        """Against Kaiming, forward."""
        solved = units / (tau(window_before) * connections)
        ratio = Step(
            same(v_forward / (2 / fan_in), units * fan_in / (2 * tau(window_before) * connections)),
            r"over Kaiming's variance, $2/n_{\mathrm{in}}$: the two are the same exactly where the "
            "right side is 1",
            given=(sp.Eq(v_forward, solved),),
            reference=cite("asv", "17"),
            result=True,
        )
        yield ratio
        bare = Step(
            same(tau(1), sp.S.Half),
            "without pooling a rectifier leaves half",
            same(tau(1).doit(), sp.S.Half),
            reference=cite("asv", "12"),
        )
        yield bare
        unpooled = Step(
            same(v_forward / (2 / fan_in), units * fan_in / connections),
            "so without pooling it is one over the share of the connections that padding leaves",
            same(units * fan_in / (2 * tau(1) * connections), units * fan_in / connections),
            given=(sp.Eq(window_before, 1),),
            follows=(ratio, bare),
            result=True,
        )
        yield unpooled
        yield Step(
            same(1 - connections / (units * fan_in), lost / (units * fan_in)),
            "which is one exactly where padding takes no connection, and larger else: without "
            "pooling the schemes agree exactly where there is no padding",
            given=(sp.Eq(connections, units * fan_in - lost),),
            follows=(unpooled,),
            reference=cite("he", "10"),
            result=True,
        )
        yield from self.pooled(ratio)

    def pooled(self, ratio: Step) -> Iterator[Step]:
        """Pooling alone makes the forward variance smaller."""
        chance = 1 - 2**-window_before
        yield Step(
            r"1 - 2^{-T} = \tfrac12 + \tfrac12 \left(1 - 2^{-(T-1)}\right)",
            r"with pooling $\tau_T > 1 - 2^{-T}$, line 2 of tau, an integral of positive functions "
            r"left out; and this is a half and half the chance that one of $T - 1$ units is "
            r"positive. So $2\tau > 1$ from $T = 2$ on: without padding the variance is smaller "
            "than Kaiming's, and with it the same only by accident, where padding leaves just the "
            r"share $1/(2\tau)$",
            same(chance, sp.S.Half + (1 - 2 ** (1 - window_before)) / 2),
            follows=(ratio,),
            result=True,
        )

    def backward(self) -> Iterator[Step]:
        """Against Kaiming, backward."""
        solved = units_before / (gamma(window_here) * connections)
        quotient = units_before * fan_out / (2 * gamma(window_here) * connections)
        ratio = Step(
            same(v_backward / (2 / fan_out), quotient),
            r"backward likewise, over $2/n_{\mathrm{out}}$: the same exactly where the right side "
            "is 1",
            given=(sp.Eq(v_backward, solved),),
            reference=cite("asv", "18"),
            result=True,
        )
        yield ratio
        bare = Step(
            same(gamma(1), sp.S.Half),
            "without pooling a gate is open half of the time",
            same(gamma(1).doit(), sp.S.Half),
            reference=cite("asv", "15"),
        )
        yield bare
        yield Step(
            same(v_backward / (2 / fan_out), units_before * fan_out / connections),
            "so without pooling they agree exactly where every input feeds as many outputs as the "
            "fan-out says: no padding, no border, no stride",
            same(quotient.xreplace({gamma(window_here): gamma(1)}),
                 units_before * fan_out / connections),
            given=(sp.Eq(window_here, 1),),
            follows=(ratio, bare),
            reference=cite("he", "14"),
            result=True,
        )  # fmt: skip
        yield Step(
            sp.Lt((1 - 2**-window_here) / window_here, sp.S.Half, evaluate=False),
            r"with pooling $2\gamma < 1$, so the variance is larger than Kaiming's",
            sp.Gt(window_here / 2 - (1 - 2**-window_here), 0, evaluate=False),
            given=(sp.Eq(window_here, 2 + further),),
            follows=(ratio,),
            result=True,
        )

    def linear(self) -> Iterator[Step]:
        """Without rectifiers and borders, against Xavier."""
        both = fan_in + fan_out
        known = (sp.Eq(v_forward, units / connections), sp.Eq(connections, units * fan_in))
        forward = Step(
            same(v_forward, 1 / fan_in),
            "units that are not rectified, without pooling and padding: the constant is 1",
            given=known,
            assumptions=(LINEAR,),
            reference=cite("asv", "17"),
        )
        yield forward
        back = Step(
            same(v_backward, 1 / fan_out),
            "backward likewise",
            given=(sp.Eq(v_backward, units_before / connections),
                   sp.Eq(connections, units_before * fan_out)),
            assumptions=(LINEAR,),
            reference=cite("asv", "18"),
        )  # fmt: skip
        yield back
        apart = (fan_out - fan_in) / both
        yield Step(
            same(v_forward - 2 / both, apart / fan_in),
            "so the forward scheme is Xavier's exactly where the fans are equal",
            given=(sp.Eq(v_forward, 1 / fan_in),),
            assumptions=(LINEAR,),
            follows=(forward,),
            reference=cite("glorot", "12"),
            result=True,
        )
        yield Step(
            same(v_backward - 2 / both, -apart / fan_out),
            "and so is the backward one; where they are not, Xavier's lies between the two",
            given=(sp.Eq(v_backward, 1 / fan_out),),
            assumptions=(LINEAR,),
            follows=(back,),
            reference=cite("glorot", "12"),
            result=True,
        )
        yield Step(
            same(2 / (1 / v_forward + 1 / v_backward), 2 / both),
            "as their harmonic mean, for any fans",
            given=(sp.Eq(v_forward, 1 / fan_in), sp.Eq(v_backward, 1 / fan_out)),
            assumptions=(LINEAR,),
            follows=(forward, back),
            reference=cite("glorot", "12"),
            result=True,
        )
        yield Step(
            same((2 / fan_in) / (2 / both), 1 + fan_out / fan_in),
            "behind a rectifier, without pooling and padding, it is never Xavier's: larger by this "
            "factor, two where the fans are equal",
            reference=cite("he", "10"),
            result=True,
        )
