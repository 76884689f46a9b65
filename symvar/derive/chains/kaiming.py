"""Kaiming's argument from its first line: one layer, many layers, and backward."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.claims import (
    E,
    IdenticallyDistributed,
    Independent,
    NoAtomAtZero,
    Symmetric,
    Var,
    ZeroMean,
    random_family,
    random_variable,
)
from symvar.claims.closed_form import ClosedForm
from symvar.derive.base import Chain, Step, same
from symvar.derive.notation import gradients, i, indicator, n, total, weights
from symvar.reference import cite

inputs, before = random_family("x"), random_variable("y")
passed = random_variable(r"\Delta")
v, r = sp.symbols("v r", positive=True)
outputs = sp.Symbol("m", positive=True, integer=True)
layer = sp.Symbol(r"\ell", positive=True, integer=True)
previous = sp.Symbol("u'", positive=True)
WEIGHTS = (
    ZeroMean(weights), Independent(weights), IdenticallyDistributed(weights),
    sp.Eq(E(weights[1] ** 2), v),
)  # fmt: skip


class Kaiming(Chain):
    """No Gaussian is needed: a symmetric law of the pre-activations is enough."""

    name = "kaiming"
    title = "Kaiming's initialisation from the layer's definition, forward and backward"
    notation = (
        (weights[i], "weights of a unit, of any law with mean zero and second moment v"),
        (inputs[i], "rectified units of the layer before"),
        (before, "a pre-activation of the layer before"),
        (n, "inputs of a unit"),
        (outputs, "outputs that a unit feeds"),
        (gradients[i], "gradients at these outputs, of second moment r"),
    )
    source_notation = ((n, r"n_{l}"), (v, r"\mathrm{Var}[w_l]"), (outputs, r"\hat{n}_{l}"))

    def steps(self) -> Iterator[Step]:
        """Forward one layer and many; backward; both at once."""
        response = total(weights[i] * inputs[i])
        apart = Independent(weights, inputs)
        product = Step(
            same(Var(response), n * v * E(inputs[1] ** 2)),
            "the weights have mean zero, so the second moment of the inputs enters and not their "
            "variance",
            given=(*WEIGHTS, apart, IdenticallyDistributed(inputs)),
            reference=cite("he", "7"),
        )
        yield product
        symmetric = (Symmetric(before), NoAtomAtZero(before))
        half = Step(
            same(E(sp.Max(0, before) ** 2), Var(before) / 2),
            "a rectifier leaves half of the second moment of a symmetric law; symmetry comes from "
            "the weights, with biases zero",
            given=symmetric,
            reference=cite("he", "8"),
        )
        yield half
        fed = Step(
            same(E(inputs[1] ** 2), Var(before) / 2),
            "an input is such a rectified unit",
            same(E(sp.Max(0, before) ** 2), Var(before) / 2),
            given=symmetric,
            follows=(half,),
        )
        yield fed
        forward = Step(
            same(Var(response), n * v / 2 * Var(before)),
            "one layer",
            given=(*WEIGHTS, apart, IdenticallyDistributed(inputs)),
            follows=(product, fed),
            reference=cite("he", "8"),
            result=True,
        )
        yield forward
        start = sp.Symbol("q_1", positive=True)
        yield Step(
            ClosedForm((n * v / 2) ** (layer - 1) * start, layer, 1, start,
                       n * v / 2 * previous, previous),
            "all layers alike: the variance is kept over any depth exactly where "
            r"$\tfrac12 n v = 1$",
            follows=(forward,),
            reference=cite("he", "9"),
            result=True,
        )  # fmt: skip
        yield Step(
            same(n * v / 2, 1),
            "Kaiming's variance, forward",
            given=(sp.Eq(v, 2 / n),),
            follows=(forward,),
            reference=cite("he", "10"),
            result=True,
        )
        yield from self.backward()
        both = Step(
            same(outputs * v / 2, outputs / n),
            "with the forward variance a gradient changes by the ratio of the fans, which "
            "telescopes over the layers: either variance serves",
            given=(sp.Eq(v, 2 / n),),
            reference=cite("he", "section 2.2"),
            result=True,
        )
        yield both

    def backward(self) -> Iterator[Step]:
        """The gradient of a unit behind its gate."""
        symmetric = (Symmetric(before), NoAtomAtZero(before))
        gate = indicator(sp.Gt(before, 0))
        gated = Step(
            same(E((gate * passed) ** 2), E(passed**2) / 2),
            "a gate is open half of the time; that it does not depend on the gradient it passes is "
            "an assumption of the source",
            given=(*symmetric, Independent(before, passed)),
            reference=cite("he", "13"),
        )
        yield gated
        sent = total(weights[i] * gradients[i], outputs)
        summed = Step(
            same(E(sent**2), outputs * v * E(gradients[1] ** 2)),
            "the gradient of a unit before the gate: a sum over the outputs it feeds",
            given=(*WEIGHTS, Independent(weights, gradients), IdenticallyDistributed(gradients)),
            reference=cite("he", "11"),
        )
        yield summed
        one = Step(
            same(E(gradients[1] ** 2), r / 2),
            "each of them has passed a gate",
            same(E((gate * passed) ** 2), r / 2),
            given=(*symmetric, Independent(before, passed), sp.Eq(E(passed**2), r)),
            follows=(gated,),
        )
        yield one
        back = Step(
            same(E(sent**2), outputs * v / 2 * r),
            "one layer backward",
            given=(*WEIGHTS, Independent(weights, gradients), IdenticallyDistributed(gradients)),
            follows=(summed, one),
            reference=cite("he", "13"),
            result=True,
        )
        yield back
        yield Step(
            same(outputs * v / 2, 1),
            "Kaiming's variance, backward",
            given=(sp.Eq(v, 2 / outputs),),
            follows=(back,),
            reference=cite("he", "14"),
            result=True,
        )
