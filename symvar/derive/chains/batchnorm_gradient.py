"""Batch norm's gradient in full, for a batch of any size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from symvar.derive.base import Chain, Step, same, spelled
from symvar.derive.notation import N, i, j, total
from symvar.reference import cite

x, d, g = (sp.IndexedBase(name, real=True) for name in ("x", "d", "g"))
h, c, e, w = sp.symbols("h c e w", real=True)
v, S = sp.symbols("v s", positive=True)
MEAN, MOVED, FED = sp.symbols(r"\bar{x} \bar{d} \bar{g}", real=True)
MEANS = {
    MEAN: total(x[j], N, j) / N,
    MOVED: total(d[j], N, j) / N,
    FED: total(g[j], N, j) / N,
}
VARIANCE = total((x[i] - MEAN) ** 2, N) / N
TURNED = 2 * total((x[j] - MEAN) * d[j], N, j) / N


def line(formula: Any, reason: str, **more: Any) -> Step:
    """A step whose means are spelled out for the checker."""
    return Step(formula, reason, spelled(formula, MEANS), **more)


class BatchNormGradient(Chain):
    """How the output moves when the batch moves by d; then the same sum read by d."""

    name = "batchnorm-gradient"
    title = "the gradient of batch normalisation in full"
    notation = (
        (x[i], "one entry of the batch, of N entries (images and positions) of a channel"),
        (d[i], "a direction in which the batch is moved"),
        (g[i], "gradient of the loss at the normalised entries"),
        (r"\bar{x},\ \bar{d},\ \bar{g}", "means over the batch"),
        (S, r"$\sqrt{v + \epsilon}$, v the variance of the batch"),
        (h, "how far it is moved; derivatives are at 0"),
    )
    source_notation = ((N, "m"), (x[i], "x_{i}"))

    def steps(self) -> Iterator[Step]:
        """Mean, variance, entry; the adjoint; what is orthogonal to it."""
        varied = sp.Derivative(total(x[j] + h * d[j], N, j) / N, h)
        mean = Step(
            same(varied, MOVED),
            "the mean is linear",
            spelled(same(total(x[j] + h * d[j], N, j) / N - MEAN, h * MOVED), MEANS),
            reference=cite("cotter", "1.3.16"),
        )
        yield mean
        spread = total((x[i] + h * d[i] - MEAN - h * MOVED) ** 2, N) / N
        second = total((d[i] - MOVED) ** 2, N) / N
        variance = line(
            same(spread, VARIANCE + h * TURNED + h**2 * second),
            r"so the variance moves at the rate $w = \tfrac2N\sum_i (x_i - \bar x)\,d_i$: the mean "
            "itself adds nothing, as deviations sum to zero",
            follows=(mean,),
            reference=cite("cotter", "1.3.17"),
        )
        yield variance
        entry = (c + h * e) / sp.sqrt(S**2 + h * w)
        rate = e / S - c * w / (2 * S**3)
        quotient = Step(
            same(sp.Derivative(entry, h).subs(h, 0), rate),
            r"an entry $c$ with the rate $e$, divided by the root of the variance, at $h = 0$",
            same(sp.diff(entry, h).subs(h, 0), rate),
            follows=(variance,),
            reference=cite("cotter", "1.3.18"),
        )
        yield quotient
        moved = (d[i] - MOVED) / S - (x[i] - MEAN) * TURNED / (2 * S**3)
        read = g[i] - FED
        read -= (x[i] - MEAN) / S**2 * total(g[j] * (x[j] - MEAN), N, j) / N
        full = line(
            same(total(g[i] * moved, N), total(d[i] * read, N) / S),
            r"the loss moves by $\sum_i g_i\,dy_i$; read as a sum over the directions $d_i$ its "
            r"factors are the gradient: $\frac{1}{s}\bigl(g_i - \bar g - \hat x_i\,"
            r"\overline{g\hat x}\bigr)$ with $\hat x_i = (x_i - \bar x)/s$",
            follows=(quotient,),
            reference=cite("cotter", "1.3.19"),
            result=True,
        )
        yield full
        yield line(
            same(total(read, N), 0),
            "the gradient sums to zero: a common shift of the batch changes nothing",
            follows=(full,),
            result=True,
        )
        scaled = total((x[i] - MEAN) * S**2 * read, N)
        yield line(
            same(scaled, total(g[j] * (x[j] - MEAN), N, j) * (S**2 - VARIANCE)),
            r"along the batch itself it is proportional to $s^2 - v = \epsilon$: without the small "
            "constant a common scale changes nothing either",
            follows=(full,),
            reference=cite("cotter", "section 1.3.4"),
            result=True,
        )
