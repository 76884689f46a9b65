"""Batch norm on the way back, and an initialisation linked to the learning rate, consistently."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.claims import (
    E,
    Gaussian,
    HasLaw,
    IdenticallyDistributed,
    Independent,
    Var,
    random_family,
    random_variable,
)  # fmt: skip
from symvar.claims.closed_form import ClosedForm
from symvar.derive.base import Chain, Step, same
from symvar.derive.notation import gradients, i, indicator, n, total, weights
from symvar.reference import cite

signal = random_variable("x")
fed = random_family("y")
passed = random_variable(r"\Delta")
v, r, gain, base, eta, size = sp.symbols(r"v r \gamma \eta_0 \eta s", positive=True)
outputs = sp.Symbol("m", positive=True, integer=True)
SPREAD = (sp.pi - 1) / (2 * sp.pi)
WEIGHTS = (HasLaw(weights, Gaussian(0, v)), Independent(weights))
HELD = "mean and deviation of the batch are held fixed: of order 1/N off, N the batch's entries"
IMAGES = "variances of signals are over the images, for given weights"


class BatchNormBackward(Chain):
    """Convolution, batch norm, ReLU: what the gradient gains, whatever the weights are."""

    name = "batchnorm-backward"
    title = "batch norm's backward factor, and a learning-rate-linked variance that is consistent"
    notation = (
        (weights[i], "weights of variance v"),
        (fed[i], "rectified, normalised signals that a unit reads, less their means"),
        (gain, "the factor of batch norm, one over the deviation of the unit"),
        (gradients[i], "gradients at the outputs that a unit feeds"),
        (n, "inputs of a unit, and m the outputs that a unit feeds"),
        (size, "squared length of the gradient by the weights of a unit, without the gain"),
        (eta, r"learning rate, and $\eta_0$ one at which $v = 2/m$ is right"),
    )
    source_notation = ((n, r"n_{l}"), (outputs, r"m_{l+1}"), (gain, r"\gamma_{l}"))

    def steps(self) -> Iterator[Step]:
        """Forward, gain, backward, both; then the link."""
        standard = (HasLaw(signal, Gaussian(0, 1)),)
        spread = Step(
            same(Var(sp.Max(0, signal)), SPREAD),
            "the variance of a rectified, normalised signal; its mean square is one half",
            given=standard,
            reference=cite("zhang", "section 4.3"),
        )
        yield spread
        deviation = Step(
            same(Var(total(weights[i] * fed[i])), n * v * SPREAD),
            "the variance that batch norm divides by: the means of the signals are the same for "
            "all images and drop out",
            given=(*WEIGHTS, Independent(weights, fed), IdenticallyDistributed(fed),
                   sp.Eq(E(fed[1] ** 2), SPREAD), sp.Eq(E(fed[1]), 0)),
            assumptions=(IMAGES,),
            follows=(spread,),
            reference=cite("zhang", "section 4.3"),
        )  # fmt: skip
        yield deviation
        gated = Step(
            same(E((indicator(sp.Gt(signal, 0)) * passed) ** 2), E(passed**2) / 2),
            "a gate is open half of the time",
            given=(*standard, Independent(signal, passed)),
            reference=cite("zhang", "40"),
        )
        yield gated
        sent = total(gain * weights[i] * gradients[i], outputs)
        back = Step(
            same(E(sent**2), gain**2 * outputs * v * r / 2),
            r"backward: the gain enters squared, which the source forgets; $\tfrac12 r$ is the "
            "second moment of a gradient behind its gate",
            given=(*WEIGHTS, Independent(weights, gradients), IdenticallyDistributed(gradients),
                   sp.Eq(E(gradients[1] ** 2), r / 2)),
            assumptions=(HELD,),
            follows=(gated,),
            reference=cite("zhang", "40"),
        )  # fmt: skip
        yield back
        factor = outputs / n * sp.pi / (sp.pi - 1)
        free = Step(
            same(gain**2 * outputs * v * r / 2, factor * r),
            "with that gain the weights cancel: the factor is the same for every initialisation, "
            "1.467 with equal fans",
            given=(sp.Eq(gain, 1 / sp.sqrt(n * v * SPREAD)),),
            assumptions=(HELD, IMAGES),
            follows=(deviation, back),
            reference=cite("zhang", "section 4.3"),
            result=True,
        )
        yield free
        layers = sp.Symbol(r"\ell", positive=True, integer=True)
        last, next_one = sp.Symbol("r_1", positive=True), sp.Symbol("R", real=True)
        growth = sp.pi / (sp.pi - 1)
        yield Step(
            ClosedForm(last * growth ** (layers - 1), layers, 1, last, next_one * growth, next_one),
            r"over layers with equal fans, counted from the last: the gradient grows by "
            r"$\pi/(\pi-1)$ in every one: a rectifier halves it, and what is divided by "
            r"is less than half of the second moment, by the squared mean $\frac1{2\pi}$",
            assumptions=(HELD, IMAGES),
            follows=(free,),
            result=True,
        )
        yield from self.linked(free)

    def linked(self, free: Step) -> Iterator[Step]:
        """The variance is free; the relative step fixes it by the rate."""
        relative = (eta * gain) ** 2 * size / (n * v)
        step = Step(
            same(relative, size / SPREAD * (eta / (n * v)) ** 2),
            "so the backward condition sets no variance. The squared length of a unit's step over "
            "that of its weights, n v, goes as the square of rate over variance",
            given=(sp.Eq(gain, 1 / sp.sqrt(n * v * SPREAD)),),
            follows=(free,),
            reference=cite("zhang", "section 4.3"),
        )
        yield step
        linked = 2 * eta / (base * outputs)
        at_base = size / SPREAD * (base / (n * (2 / outputs))) ** 2
        yield Step(
            same(size / SPREAD * (eta / (n * v)) ** 2, at_base),
            r"it is what it is at the rate $\eta_0$ with $v = 2/m$ where the variance is "
            "proportional to the rate",
            given=(sp.Eq(v, linked),),
            follows=(step,),
            reference=cite("zhang", "section 4.3"),
            result=True,
        )
        yield Step(
            same(gain**2, 2 * sp.pi / ((sp.pi - 1) * n * v)),
            "the gain is then no free number, as in the source's variance: it follows",
            given=(sp.Eq(gain, 1 / sp.sqrt(n * v * SPREAD)),),
            follows=(free,),
            reference=cite("zhang", "section 4.3"),
            result=True,
        )
