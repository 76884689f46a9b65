"""Section 3, equations (1) to (10): norms through the layers."""

from __future__ import annotations

from math import prod
from typing import Any

import sympy as sp

from symvar.claims import Claim, Instances

from .setting import depth, eta, paper, relu, relu_slope, stated

w, y, b = sp.symbols("w y b", real=True)
w1, w2, y1, y2, d1, d2 = sp.symbols("w_1 w_2 y_1 y_2 delta_1 delta_2", real=True)
x1, x2 = sp.symbols("x_1 x_2", real=True)
start = sp.Symbol("r_0", positive=True)
MARGIN = sp.Symbol("epsilon", positive=True)
NO_BIAS = "the bias is 0, which the source sets only in section 4"

paper.note(
    "1",
    where="section 3",
    latex=r"\mathbf{y}_l = T_l \mathbf{y}_{l-1}",
    kind="definition",
    note="T_l is kernel, bias and activation together, so it is not linear.",
)


@paper.equation(
    "2",
    where="section 3",
    latex=r"\|\mathbf{y}_l\| = \|T_l\mathbf{y}_{l-1}\| \le \|T_l\|\,\|\mathbf{y}_{l-1}\|",
    outcome="holds-under",
    beyond=(NO_BIAS,),
    survivors="A larger bound: true, not proved in time.",
    note="For one unit, its norm taken over arguments of length 1. A layer with a bias does not "
    "send 0 to 0, so no number times the norm of the input bounds its output. Without bias ReLU "
    "layers are positively homogeneous and the inequality holds.",
)
def eq2() -> Claim:
    norm = sp.Max(relu(w + b), relu(b - w))
    return Claim(stated(relu(w * y + b), norm * sp.Abs(y), sp.Le), extra=[sp.Eq(b, 0)])


@paper.equation(
    "3",
    where="section 3",
    latex=r"\|\mathbf{y}_l\| \le \|T_l\|\,\|\mathbf{y}_{l-1}\| \le M_l\|\mathbf{y}_{l-1}\|",
    outcome="holds-under",
    beyond=(NO_BIAS,),
    survivors="A larger bound: true, not proved in time.",
    note="For a unit of two inputs, M its Euclidean norm; the squared norms of several units add "
    "up to the squared Frobenius norm. ReLU never lengthens a vector (second part).",
)
def eq3() -> Claim:
    linear = (w1 * y1 + w2 * y2 + b) ** 2
    bound = stated(linear, (w1**2 + w2**2) * (y1**2 + y2**2), sp.Le)
    return Claim((bound, stated(relu(y), sp.Abs(y), sp.Le)), extra=[sp.Eq(b, 0)])


@paper.equation(
    "prose:differentiable",
    where="section 3",
    latex=r"T_l \text{ is continuously differentiable}",
    outcome="erratum",
    corrected_latex=r"\varphi(-h)/(-h) = 0 \ne 1 = \varphi(h)/h \text{ for all } h > 0",
    note="ReLU, for which the formulas are derived, has no derivative at 0: its difference "
    "quotients from the two sides are 1 and 0. Nothing is lost: (4) and (8) need no derivative.",
)
def differentiable() -> Claim:
    h = sp.Symbol("h", positive=True)
    right, left = relu(h) / h, relu(-h) / -h
    return Claim(stated(right, left), given=[sp.Eq(h, 1)], corrected=stated(right - left, 1))


@paper.equation(
    "4",
    where="section 3",
    latex=r"\|\mathbf{y}_l\| = \alpha_l\|\mathbf{y}_{l-1}\|, \quad 0 \le \alpha_l \le M_l",
    outcome="holds-under",
    beyond=(NO_BIAS,),
    note="With a bias the zero vector is sent to a vector that is not zero, and no alpha exists. "
    "Without, the ratio of the norms will do. Differentiability has no part in it, and alpha "
    "belongs to the input as much as to the layer: a unit of weight 1 has alpha = 1 for positive "
    "inputs and 0 for negative ones.",
)
def eq4() -> Claim:
    zero, some = sp.Symbol("y_{l-1}", real=True), sp.Symbol("alpha_l", nonnegative=True)
    at_zero = stated(relu(w * zero + b), some * sp.Abs(zero))
    bound = stated(relu(w * y + b), sp.Abs(w) * sp.Abs(y), sp.Le)
    return Claim((at_zero, bound), given=[sp.Eq(zero, 0)], extra=[sp.Eq(b, 0)])


def composed(factors: Any, norm: Any) -> Any:
    """The norm after one layer after another."""
    for factor in factors:
        norm = factor * norm
    return norm


@paper.equation(
    "5",
    where="section 3",
    latex=r"\|\mathbf{y}_l\| = \prod_{i=1}^n \alpha_i\,\|\mathbf{x}_0\|",
    outcome="erratum",
    strength="instances",
    corrected_latex=r"\|\mathbf{y}_n\| = \prod_{i=1}^n \alpha_i\,\|\mathbf{x}_0\|",
    note="The product belongs to layer n; for a layer l before the last it has l factors.",
    ocr="y_l for y_n may be a slip of the source: the text before it speaks of the n-th layer.",
)
def eq5() -> Claim:
    ratios = sp.symbols("alpha_1:7", positive=True)

    def claim(upto: int, printed: int) -> Any:
        return stated(composed(ratios[:upto], start), prod(ratios[:printed]) * start)

    pairs = [(upto, last) for last in range(1, 7) for upto in range(1, last + 1)]
    return Claim(
        Instances(lambda pair: claim(*pair), pairs, "1 <= l <= n <= 6, symbolic factors"),
        corrected=Instances(lambda last: claim(last, last), range(1, 7), "n from 1 to 6"),
    )


def growing(paper_id: str, name: str, symbol: str) -> None:
    """Above 1 in every layer: the product may converge. For alpha forward, beta backward."""

    @paper.equation(
        f"prose:{paper_id}-above-1",
        where="section 3",
        latex=rf"{symbol}_l > 1 \;(l=1,\dots,n) \;\Rightarrow\; \|{name}\| \to \infty",
        outcome="erratum",
        corrected_latex=rf"\log {symbol}_l \ge \epsilon > 0 \;\Rightarrow\; \|{name}\| \to \infty",
        note=f"Counterexample: {symbol}_l = (l+1)^2/(l(l+2)) is above 1 in every layer and the "
        "product of n of them is 2(n+1)/(n+2), below 2. What is needed is that the factors stay "
        "away from 1, or more generally that the sum of their logarithms diverges.",
    )
    def above() -> Claim:
        product = 2 * (depth + 1) / (depth + 2)
        factor = sp.Symbol(rf"{symbol}_l", positive=True)
        step = stated(product, factor * product.subs(depth, depth - 1))
        rate = sp.exp(MARGIN * depth)
        return Claim(
            (step, stated(factor, 1, sp.Gt), stated(sp.Limit(product, depth, sp.oo), sp.oo)),
            given=[sp.Eq(factor, (depth + 1) ** 2 / (depth * (depth + 2)))],
            corrected=stated(sp.Limit(rate, depth, sp.oo), sp.oo),
        )

    @paper.equation(
        f"prose:{paper_id}-below-1",
        where="section 3",
        latex=rf"{symbol}_l < 1 \;(l=1,\dots,n) \;\Rightarrow\; \|{name}\| \to 0",
        outcome="erratum",
        corrected_latex=rf"\log {symbol}_l \le -\epsilon < 0 \;\Rightarrow\; \|{name}\| \to 0",
        note=f"Counterexample: {symbol}_l = l(l+2)/(l+1)^2; the product of n of them is "
        "(n+2)/(2(n+1)), above one half.",
    )
    def below() -> Claim:
        product = (depth + 2) / (2 * (depth + 1))
        factor = sp.Symbol(rf"{symbol}_l", positive=True)
        step = stated(product, factor * product.subs(depth, depth - 1))
        rate = sp.exp(-MARGIN * depth)
        return Claim(
            (step, stated(factor, 1, sp.Lt), stated(sp.Limit(product, depth, sp.oo), 0)),
            given=[sp.Eq(factor, depth * (depth + 2) / (depth + 1) ** 2)],
            corrected=stated(sp.Limit(rate, depth, sp.oo), 0),
        )

    @paper.equation(
        f"prose:{paper_id}-is-1",
        where="section 3",
        latex=rf"{symbol}_l = 1 \;(l=1,\dots,n) \text{{ is necessary for }} \|{name}\| "
        r"\text{ to stay}",
        outcome="erratum",
        corrected_latex=rf"\prod_l {symbol}_l = 1 \text{{ is}}",
        note="Factors 2 and 1/2 keep the norm over two layers. The source itself says in the next "
        "sentence that a few factors other than 1 do no harm. It is sufficient, not necessary.",
    )
    def is_one() -> Claim:
        one, other = sp.symbols(f"{symbol[1:]}_1 {symbol[1:]}_2", positive=True)
        kept = sp.Eq(other, 1 / one)
        return Claim(
            stated(one, 1), given=[kept], corrected=stated(composed((one, other), start), start)
        )

    @paper.equation(
        f"prose:few-{paper_id}",
        where="section 3",
        latex=rf"{symbol}_l \ne 1 \text{{ for a few }} l \;\Rightarrow\; \|{name}\| \not\to 0",
        outcome="holds-under",
        beyond=("none of the few factors is 0",),
        note="A fixed number of factors does not depend on the depth. But 0 is among the values "
        "that (4) and (8) allow, and one layer of ReLU units that are all off sends all to 0.",
    )
    def few() -> Claim:
        one = sp.Symbol(f"{symbol[1:]}_1", nonnegative=True)
        count = sp.Symbol("k", positive=True, integer=True)
        alive = sp.Symbol("a", positive=True)
        return Claim(stated(one**count * start, 0, sp.Gt), extra=[sp.Eq(one, alive)])


growing("alpha", r"\mathbf{y}_n", r"\alpha")

paper.note(
    "6",
    where="section 3",
    latex=r"\delta_{l-1} = T'_l\delta_l",
    kind="definition",
    note="Linear in the error, as the chain rule has it. Equation (26) is not: it applies the "
    "derivative of the activation to the error itself.",
)


@paper.equation(
    "7",
    where="section 3",
    latex=r"\|\delta_{l-1}\| = \|T'_l\delta_l\| \le \|T'_l\|\,\|\delta_l\| \le N_l\|\delta_l\|",
    survivors="A larger bound: true, not proved in time.",
    note="Two units that share an input, each open or shut by its own pre-activation. N is the "
    "Euclidean norm of the weights; a bias has no part in it.",
)
def eq7() -> Claim:
    back = w1 * relu_slope(x1) * d1 + w2 * relu_slope(x2) * d2
    return Claim(stated(back**2, (w1**2 + w2**2) * (d1**2 + d2**2), sp.Le))


@paper.equation(
    "8",
    where="section 3",
    latex=r"\|\delta_{l-1}\| = \beta_l\|\delta_l\|, \quad 0 \le \beta_l \le N_l",
    note="Holds without exception, as the map is linear; beta depends on the error and on which "
    "units are open. Differentiability of the map has no part in it.",
)
def eq8() -> Claim:
    beta = sp.Abs(w) * relu_slope(x1)
    return Claim(
        (
            stated(sp.Abs(w * relu_slope(x1) * d1), beta * sp.Abs(d1)),
            stated(beta, sp.Abs(w), sp.Le),
        )
    )


@paper.equation(
    "9",
    where="section 3",
    latex=r"\|\delta_1\| = \prod_{l=n}^{1}\beta_l\,\|\delta\|",
    outcome="erratum",
    strength="instances",
    corrected_latex=r"\|\delta_1\| = \prod_{l=n}^{2}\beta_l\,\|\delta_n\|",
    note="By (8) beta_l leads from the error of layer l to that of layer l-1, so beta_1 leads past "
    "layer 1. With one layer the error is that of the output, whatever beta_1. If the error "
    "of the output stands one step after layer n, the factors are those of 2 to n+1.",
)
def eq9() -> Claim:
    ratios = sp.symbols("beta_1:7", positive=True)

    def claim(last: int, lowest: int) -> Any:
        """From layer ``last`` down to layer 1 by (8), against the product."""
        down = [ratios[layer - 1] for layer in range(last, 1, -1)]
        return stated(composed(down, start), prod(ratios[lowest - 1 : last]) * start)

    return Claim(
        Instances(lambda last: claim(last, 1), range(1, 7), "n from 1 to 6"),
        corrected=Instances(lambda last: claim(last, 2), range(1, 7), "n from 1 to 6"),
    )


growing("beta", r"\delta_1", r"\beta")


@paper.equation(
    "prose:necessary-conditions",
    where="section 3",
    latex=r"\text{training converges} \;\Rightarrow\; \|\delta_1\| \not\to 0",
    outcome="erratum",
    corrected_latex=r"\delta^{(k)} = (1-\eta x^2)^k\delta^{(0)} \to 0 \text{ where it converges}",
    survivors="Powers of what may be negative: no limit to take.",
    note="As summed up at the end of the section, for the process of training. One weight, squared "
    "loss, step 1/(2 x^2): the error halves at every step and tends to 0 because training "
    "converges to a perfect fit. Section 1 speaks of the process of propagation: over the "
    "layers, of the ratio to the output's error, the condition makes sense. That training needs it "
    "is nowhere derived.",
)
def necessary() -> Claim:
    steps = sp.Symbol("k", nonnegative=True, integer=True)
    one, target = sp.symbols("w t", real=True)
    fed = sp.Symbol("x", positive=True)
    first = sp.Symbol("delta^{(0)}", positive=True)
    updated = one - eta * fed * (one * fed - target)
    step = stated(updated * fed - target, (1 - eta * fed**2) * (one * fed - target))
    error = sp.Limit(first * (1 - eta * fed**2) ** steps, steps, sp.oo)
    return Claim(
        (step, stated(error, 0, sp.Gt)),
        given=[sp.Eq(eta, 1 / (2 * fed**2))],
        corrected=(step, stated(error, 0)),
    )


@paper.equation(
    "10",
    where="section 3",
    latex=r"\mathbf{w}_l^u = \mathbf{w}_l - \eta\,\mathbf{y}_l\delta_{l+1}",
    outcome="erratum",
    corrected_latex=r"\mathbf{w}_l^u = \mathbf{w}_l - \eta\,\mathbf{y}_{l-1}\delta_l",
    note="With the layers of (11), where w_l joins y_{l-1} to x_l, and the error of layer l the "
    "derivative of the loss by x_l. It holds as printed where w_l joins layers l and l+1, as "
    "(26) counts. In a convolution the product is summed over positions and batch.",
)
def eq10() -> Claim:
    weights = sp.symbols("w_1:4", real=True)
    fed, target, slope, bend = sp.symbols("x_0 t a c", real=True)
    here = sp.Symbol("x_l", real=True)

    def activation(s: Any) -> Any:
        return slope * s + bend * s**2

    def after(layer: int, given: Any) -> Any:
        """The pre-activation of the last layer, from that of the given one."""
        for weight in weights[layer:]:
            given = weight * activation(given)
        return given

    pre = [fed * weights[0]]
    for weight in weights[1:]:
        pre.append(weight * activation(pre[-1]))
    loss = (pre[-1] - target) ** 2 / 2

    def error(layer: int) -> Any:
        return ((after(layer, here) - target) ** 2 / 2).diff(here).subs(here, pre[layer - 1])

    second = weights[1]
    true = second - eta * loss.diff(second)
    return Claim(
        stated(true, second - eta * activation(pre[1]) * error(3)),
        corrected=stated(true, second - eta * activation(pre[0]) * error(2)),
    )


@paper.equation(
    "prose:large-rate-diverges",
    where="section 3",
    latex=r"\text{larger } \eta \;\Rightarrow\; \mathbf{w}_l \text{ diverges}",
    outcome="holds-under",
    beyond=("the learning rate is above twice the inverse curvature",),
    note="One weight, squared loss: the distance to the optimum is multiplied by 1 - eta x^2 at "
    "each step. Below the threshold a larger rate is no worse, and up to 1/x^2 it is better.",
)
def large_rate() -> Claim:
    fed = sp.Symbol("x", positive=True)
    return Claim(
        stated((1 - eta * fed**2) ** 2, 1, sp.Gt), extra=[sp.Eq(eta, (2 + MARGIN) / fed**2)]
    )
