"""What the recursions of the Conv+Pool layer share: its weights, its sums, averages over units."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims import E, Gaussian, HasLaw, IdenticallyDistributed, Independent, Var
from symvar.claims import random_variable as variable
from symvar.derive.base import Step, same
from symvar.derive.notation import (
    N,
    bias,
    gradients,
    i,
    j,
    q,
    r,
    signals,
    total,
    var_b,
    var_w,
    weights,
)
from symvar.reference import cite

WEIGHTS = (HasLaw(weights, Gaussian(0, var_w)), Independent(weights))
BIAS = HasLaw(bias, Gaussian(0, var_b))
APART = Independent(weights, signals, bias)
PRODUCT = total(weights[i] * signals[i], N)
BACK = total(weights[i] * gradients[i], N)
UNBOUND = Independent(weights, gradients)
"""Said by no source: the weights that carry a gradient do not depend on it."""

number, connections = sp.symbols("M e", positive=True, integer=True)
reads = sp.IndexedBase("n", real=True)
passed, gate = variable(r"\Delta"), variable("g")
TABLE = (
    (weights[i], "weights of one unit, as drawn at the start"),
    (signals[i], "pooled signals that the unit reads, of any law"),
    (N, "connections of the unit, padding not counted"),
    (reads[j], "connections of unit j of the layer"),
    (connections, "connections of the whole layer"),
    (number, "units of the layer that is averaged over"),
)
SOURCE = ((N, r"|s(\ell,i)|"), (number, r"M'_{\ell}"), (q, r"q^{(\ell-1)}"), (r, r"r^{(\ell)}"))


def unit_variance() -> tuple[Step, ...]:
    """The variance of one pre-activation, whatever its signals' laws."""
    squares = var_w * total(E(signals[i] ** 2), N)
    mean = Step(
        same(E(PRODUCT + bias), 0),
        "each weight has mean zero and is drawn apart from the signal it meets. The signals need "
        "not have mean zero",
        given=(*WEIGHTS, BIAS, APART),
        reference=cite("asv", "B.5"),
    )
    mixed = Step(
        same(E(PRODUCT**2), squares),
        "the mixed terms have mean zero. The signals may depend on one another",
        given=(*WEIGHTS, Independent(weights, signals)),
        reference=cite("asv", "B.5"),
    )
    crossed = Step(
        same(E(PRODUCT * bias), 0),
        "the bias is drawn apart, with mean zero",
        given=(*WEIGHTS, BIAS, APART),
        reference=cite("asv", "B.6"),
    )
    variance = Step(
        same(Var(PRODUCT + bias), var_b + squares),
        "together",
        given=(*WEIGHTS, BIAS, APART),
        follows=(mean, mixed, crossed),
        reference=cite("asv", "B.7"),
    )
    return mean, mixed, crossed, variance


def one_unit(variance: Step, moment: Step, value: Any) -> Step:
    """The variance of a unit whose signals are pooled units of one law."""
    return Step(
        same(Var(PRODUCT + bias), var_b + var_w * N * value),
        "all signals of the unit have that second moment",
        given=(*WEIGHTS, BIAS, APART, IdenticallyDistributed(signals)),
        follows=(variance, moment),
        reference=cite("asv", "B.8"),
    )


def average_forward(unit: Step, value: Any) -> Step:
    """The mean of the units' variances."""
    each = var_b + var_w * value * reads[j]
    return Step(
        same(total(each, number, j) / number, var_b + var_w * value * connections / number),
        "the mean over the units of the layer. It is exact; that it stands for each unit in the "
        "next layer is an approximation where there is padding",
        given=(sp.Eq(connections, total(reads[j], number, j)),),
        follows=(unit,),
        reference=cite("asv", "11"),
        result=True,
    )


def backward_unit() -> tuple[Step, ...]:
    """The second moment of the gradient at one input, and of a gradient behind its gate."""
    mixed = Step(
        same(E(BACK**2), var_w * total(E(gradients[i] ** 2), N)),
        "the gradient of an input is a sum over the outputs it feeds; the mixed terms have mean "
        "zero",
        given=(*WEIGHTS, UNBOUND),
        assumptions=(
            (
                "that weights and the gradients they carry are independent is used by the "
                "source and not said: a gate looks at the units, which hold the weights"
            ),
        ),
        reference=cite("asv", "B.19"),
    )
    behind = Step(
        same(E((passed * gate) ** 2), r * E(gate**2)),
        r"a gradient of second moment $r$ behind its gate, the derivative of the pooled unit",
        given=(HasLaw(passed, Gaussian(0, r)), Independent(passed, gate)),
        reference=cite("asv", "B.19"),
    )
    return mixed, behind


def input_gradient(mixed: Step, moment: Step, value: Any) -> Step:
    """The second moment at an input that feeds N outputs."""
    return Step(
        same(E(BACK**2), var_w * N * r * value),
        "each of the outputs sends back that much",
        given=(*WEIGHTS, UNBOUND, IdenticallyDistributed(gradients)),
        follows=(mixed, moment),
        reference=cite("asv", "B.20"),
    )


def average_backward(unit: Step, value: Any) -> Step:
    """The mean over the inputs."""
    each = var_w * r * value * reads[j]
    return Step(
        same(total(each, number, j) / number, var_w * r * value * connections / number),
        "the mean over the inputs; the connections counted from the inputs are those counted from "
        "the outputs",
        given=(sp.Eq(connections, total(reads[j], number, j)),),
        follows=(unit,),
        reference=cite("asv", "14"),
        result=True,
    )
