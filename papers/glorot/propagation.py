"""Section 4.2.1: variances through the layers, equations (5) to (11), (13), (14)."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims import Claim, Gaussian, HasLaw, Independent, Instances, Var, ZeroMean
from symvar.claims.closed_form import ClosedForm

from .setting import (
    BACKWARD,
    FORWARD,
    activation,
    after,
    before,
    chain,
    depth,
    eq,
    grad,
    gradient,
    here,
    layer,
    paper,
    returned,
    sizes,
    unit,
    var_last,
    var_x,
    variances,
    weights,
    x,
)

COST_X, COST_S, COST_D, COST_W = (
    rf"\mathrm{{Var}}\left[{inside}\right]"
    for inside in (
        "x",
        r"\tfrac{\partial Cost}{\partial s^i}",
        r"\tfrac{\partial Cost}{\partial s^d}",
        r"\tfrac{\partial Cost}{\partial w^i}",
    )
)
LINEAR = (
    "linear regime, biases zero",
    "weights are independent, of one law with mean zero per layer, and independent of the input",
)
FREE = "the cost's gradient by the last sums is independent of weights and input, with mean zero"

step_forward = before * sizes(layer - 1) * variances(layer - 1)
step_backward = before * sizes(layer + 2) * variances(layer + 1)


@paper.equation(
    "5",
    where="section 4.2.1",
    latex=rf"\mathrm{{Var}}[z^i] = {COST_X}\prod_{{i'=0}}^{{i-1}} n_{{i'}}\mathrm{{Var}}[W^{{i'}}]",
    outcome="holds-under",
    assumptions=LINEAR,
    beyond=("the inputs have mean zero",),
    note=r"In general $E[x^2]$ stands where $\mathrm{Var}[x]$ is printed: He et al. (7). From the "
    "second layer on mean zero follows from the weights.",
)
def eq5() -> Claim:
    """One layer for every width, then all layers by induction."""
    return Claim(
        (
            eq(Var(unit), here * Var(weights[1]) * Var(x[1])),
            ClosedForm(var_x * chain(0, layer - 1), layer, 0, var_x, step_forward, before),
        ),
        given=FORWARD,
        extra=[ZeroMean(x)],
    )


@paper.equation(
    "6",
    where="section 4.2.1",
    latex=rf"{COST_S} = {COST_D}\prod_{{i'=i}}^d n_{{i'+1}}\mathrm{{Var}}[W^{{i'}}]",
    outcome="erratum",
    corrected_latex=rf"{COST_S} = {COST_D}\prod_{{i'=i+1}}^d n_{{i'+1}}\mathrm{{Var}}[W^{{i'}}]",
    assumptions=(*LINEAR, FREE),
    note="By (2) the way back from layer i+1 to i goes through the weights of layer i+1. As "
    "printed, the formula for i = d has a factor too many. If weights were "
    r"counted by the layer they leave ($s^{i+1} = z^iW^i$), the product would run from i to d-1, "
    "as in (7). (13) has the right number of factors.",
)
def eq6() -> Claim:
    """Downward from the last layer."""

    def claimed(first: Any) -> ClosedForm:
        value = var_last * chain(first, depth, shift=1)
        return ClosedForm(value, layer, depth, var_last, step_backward, before, upward=False)

    one_layer = eq(Var(returned), after * Var(weights[1]) * Var(grad[1]))
    return Claim(
        claimed(layer), given=[*BACKWARD, ZeroMean(grad)], corrected=(one_layer, claimed(layer + 1))
    )


def both_ways(case: tuple[int, int], first: int, last: int) -> sp.Eq:
    """Variance of a weight's gradient by going forward and back, against a printed product."""
    at, deep = case
    n = [sp.Symbol(f"n_{each}", positive=True) for each in range(deep + 2)]
    v = [sp.Symbol(f"v_{each}", positive=True) for each in range(deep + 1)]
    forward, back = var_x, var_last
    for each in range(at):
        forward = forward * n[each] * v[each]
    for each in reversed(range(at + 1, deep + 1)):
        back = back * n[each + 1] * v[each]
    printed = sp.Mul(
        *(n[each] * v[each] for each in range(at)),
        *(n[each + 1] * v[each] for each in range(first, last + 1)),
    )
    return eq(forward * back, printed * var_x * var_last)


DEPTHS = tuple((at, deep) for deep in range(1, 4) for at in range(deep + 1))


@paper.equation(
    "7",
    where="section 4.2.1",
    latex=rf"{COST_W} = \prod_{{i'=0}}^{{i-1}} n_{{i'}}\mathrm{{Var}}[W^{{i'}}]"
    rf"\prod_{{i'=i}}^{{d-1}} n_{{i'+1}}\mathrm{{Var}}[W^{{i'}}] \times {COST_X}\,{COST_D}",
    outcome="erratum",
    strength="instances",
    corrected_latex=rf"{COST_W} = \prod_{{i'=0}}^{{i-1}} n_{{i'}}\mathrm{{Var}}[W^{{i'}}]"
    rf"\prod_{{i'=i+1}}^d n_{{i'+1}}\mathrm{{Var}}[W^{{i'}}] \times {COST_X}\,{COST_D}",
    assumptions=(*LINEAR, FREE, "the inputs have mean zero"),
    note=r"The weights of layer i itself play no part in their own gradient, by (2) and (3). "
    "Where all widths and laws are the same, as in (14), it makes no difference.",
)
def eq7() -> Claim:
    """Layer by layer, widths and variances all different."""
    words = "every layer of nets of 2 to 4 layers, widths and variances symbolic"
    product_of_two = eq(Var(activation * gradient), Var(activation) * Var(gradient))
    return Claim(
        Instances(lambda case: both_ways(case, case[0], case[1] - 1), DEPTHS, words),
        given=[ZeroMean(activation), ZeroMean(gradient), Independent(activation, gradient)],
        corrected=(
            product_of_two,
            Instances(lambda case: both_ways(case, case[0] + 1, case[1]), DEPTHS, words),
        ),
    )


paper.note(
    "8",
    where="section 4.2.1",
    kind="assumption",
    latex=r"\forall(i, i'),\ \mathrm{Var}[z^i] = \mathrm{Var}[z^{i'}]",
    note="What is wished of the way forward.",
)
paper.note(
    "9",
    where="section 4.2.1",
    kind="assumption",
    latex=r"\forall(i, i'),\ \mathrm{Var}\left[\tfrac{\partial Cost}{\partial s^i}\right] = "
    r"\mathrm{Var}\left[\tfrac{\partial Cost}{\partial s^{i'}}\right]",
    note="What is wished of the way back.",
)


@paper.equation(
    "10",
    where="section 4.2.1",
    latex=r"\forall i,\ n_i\,\mathrm{Var}[W^i] = 1",
    assumptions=(*LINEAR, "the inputs have mean zero"),
    note=r"Checked: weights of this variance keep the activations' variance, and the change is "
    r"$(n_i\mathrm{Var}[W^i] - 1)\mathrm{Var}[z^i]$ otherwise, so (8) asks for it.",
)
def eq10() -> Claim:
    """One layer forward."""
    given = [*FORWARD, ZeroMean(x)]
    factor = sp.Symbol("c", positive=True)
    law = HasLaw(weights, Gaussian(0, factor / here))
    return Claim(
        (
            eq(Var(unit) - Var(x[1]), (here * Var(weights[1]) - 1) * Var(x[1])),
            eq(Var(unit), factor * Var(x[1])),
        ),
        given=[*given, law],
    )


@paper.equation(
    "11",
    where="section 4.2.1",
    latex=r"\forall i,\ n_{i+1}\,\mathrm{Var}[W^i] = 1",
    assumptions=(*LINEAR, FREE),
    note="As for (10). This fits the corrected (6), and asks nothing of the first layer.",
)
def eq11() -> Claim:
    """One layer back."""
    factor = sp.Symbol("c", positive=True)
    law = HasLaw(weights, Gaussian(0, factor / after))
    return Claim(
        (
            eq(Var(returned) - Var(grad[1]), (after * Var(weights[1]) - 1) * Var(grad[1])),
            eq(Var(returned), factor * Var(grad[1])),
        ),
        given=[*BACKWARD, ZeroMean(grad), law],
    )


scale = sp.Symbol("n Var[W]", positive=True)


@paper.equation(
    "13",
    where="section 4.2.1",
    latex=rf"\forall i,\ {COST_S} = [n\,\mathrm{{Var}}[W]]^{{d-i}}\,{COST_X}",
    outcome="erratum",
    corrected_latex=rf"\forall i,\ {COST_S} = [n\,\mathrm{{Var}}[W]]^{{d-i}}\,{COST_D}",
    assumptions=(*LINEAR, FREE, "all layers have one width and one law"),
    note="The variance at the last layer is that of the cost's gradient, not of the input; for "
    r"i = d the printed formula equates the two. (14) has it right.",
)
def eq13() -> Claim:
    """Downward from the last layer."""

    def claimed(end: sp.Expr) -> ClosedForm:
        value = scale ** (depth - layer) * end
        return ClosedForm(value, layer, depth, var_last, scale * before, before, upward=False)

    return Claim(claimed(var_x), corrected=claimed(var_last))


@paper.equation(
    "14",
    where="section 4.2.1",
    latex=rf"\forall i,\ {COST_W} = [n\,\mathrm{{Var}}[W]]^d\,{COST_X}\,{COST_D}",
    outcome="holds-under",
    assumptions=(*LINEAR, "all layers have one width and one law"),
    beyond=(
        "activations and the gradients by the sums they enter are independent",
        "the inputs have mean zero",
        "the cost's gradient has mean zero at the last layer",
    ),
    note="The layer does not occur: all layers' weights have gradients of one variance, also with "
    "the law (1), under which the gradients by the sums decay. Of a real cost the gradient "
    "depends on weights and input; the independence is a model.",
)
def eq14() -> Claim:
    """By (3), (5) and the corrected (13)."""
    forward, back = scale**layer * var_x, scale ** (depth - layer) * var_last
    return Claim(
        (
            eq(Var(activation * gradient), Var(activation) * Var(gradient)),
            eq(forward * back, scale**depth * var_x * var_last),
        ),
        extra=[ZeroMean(activation), ZeroMean(gradient), Independent(activation, gradient)],
    )
