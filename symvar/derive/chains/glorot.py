"""Glorot and Bengio's argument: two conditions that cannot both hold, and their mean."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.claims import (
    E,
    HasLaw,
    IdenticallyDistributed,
    Independent,
    Uniform,
    Var,
    ZeroMean,
    random_variable,
)  # fmt: skip
from symvar.derive.base import Chain, Step, same
from symvar.derive.notation import gradients, i, n, signals, total, weights
from symvar.reference import cite

v, x, r = sp.symbols("v x r", positive=True)
outputs = sp.Symbol("m", positive=True, integer=True)
drawn = random_variable("w")
WEIGHTS = (
    ZeroMean(weights), Independent(weights), IdenticallyDistributed(weights),
    sp.Eq(E(weights[1] ** 2), v),
)  # fmt: skip


class Glorot(Chain):
    """Linear units: forward and backward gain, the compromise, and its uniform law."""

    name = "glorot"
    title = "Xavier's initialisation from the layer's definition"
    notation = (
        (weights[i], "weights, of any law with mean zero and second moment v"),
        (signals[i], "outputs of the layer before, in the linear regime of the activation"),
        (gradients[i], "gradients at the outputs that a unit feeds"),
        (n, "inputs of a unit"),
        (outputs, "outputs that a unit feeds"),
    )
    source_notation = ((n, r"n_{i}"), (outputs, r"n_{i+1}"), (v, r"\mathrm{Var}[W^{i}]"))

    def steps(self) -> Iterator[Step]:
        """Forward, backward, both, the law."""
        forward = Step(
            same(Var(total(weights[i] * signals[i])), n * v * E(signals[1] ** 2)),
            "forward",
            given=(*WEIGHTS, Independent(weights, signals), IdenticallyDistributed(signals)),
            reference=cite("glorot", "5"),
        )
        yield forward
        backward = Step(
            same(E(total(weights[i] * gradients[i], outputs) ** 2),
                 outputs * v * E(gradients[1] ** 2)),
            "backward",
            given=(*WEIGHTS, Independent(weights, gradients), IdenticallyDistributed(gradients)),
            reference=cite("glorot", "6"),
        )  # fmt: skip
        yield backward
        kept = Step(
            same(outputs * v, outputs / n),
            r"$n v = 1$ keeps the one; the other is then kept where the fans are equal and nowhere "
            "else",
            given=(sp.Eq(v, 1 / n),),
            follows=(forward, backward),
            reference=cite("glorot", "10"),
        )
        yield kept
        variance = 2 / (n + outputs)
        mean = Step(
            same((n * v + outputs * v) / 2, 1),
            "the compromise: the mean of both gains is 1",
            given=(sp.Eq(v, variance),),
            follows=(kept,),
            reference=cite("glorot", "12"),
            result=True,
        )
        yield mean
        first, second = sp.symbols("v_1 v_2", positive=True)
        yield Step(
            same(2 / (1 / first + 1 / second), variance),
            "it is the harmonic mean of the two solutions",
            given=(sp.Eq(first, 1 / n), sp.Eq(second, 1 / outputs)),
            follows=(mean,),
            result=True,
        )
        reach = sp.sqrt(6) / sp.sqrt(n + outputs)
        yield Step(
            same(Var(drawn), variance),
            "drawn uniformly between $-a$ and $a$ with $a^2 = 6/(n+m)$",
            given=(HasLaw(drawn, Uniform(-reach, reach)),),
            follows=(mean,),
            reference=cite("glorot", "16"),
            result=True,
        )
