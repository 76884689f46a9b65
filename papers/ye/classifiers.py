"""Chapter 7, sections 7.4 to 7.7: losses, regularisation, exercises."""

from __future__ import annotations

from itertools import pairwise

import sympy as sp

from symvar.claims import Claim, Instances

from .convolution import VGG19, WIDTHS, vgg_shapes
from .setting import eq, ge, logistic, paper

LOSSES = "section 7.4.1"

paper.note(
    "7.5",
    kind="definition",
    where=LOSSES,
    latex=r"c(\Theta) := E[\ell(\mathbf{y}, \mathbf{f}_{\Theta}(\mathbf{x}))]",
    note="The mean, in practice that over the data; (6.12) is the sum.",
)


@paper.equation(
    "7.6",
    where=LOSSES,
    latex=r"\hat{\mathbf{p}}(\Theta) = \frac{\mathbf{e}^{\mathbf{f}_{\Theta}(\mathbf{x})}}"
    r"{\mathbf{1}^{\top} \mathbf{e}^{\mathbf{f}_{\Theta}(\mathbf{x})}}",
    kind="definition",
    strength="instances",
    note="Normalised, as the text says: positive entries that add up to 1, and only differences "
    "of f matter.",
)
def eq7_6() -> Claim:
    shift = sp.Symbol("s", real=True)

    def softmax(f: tuple[sp.Expr, ...]) -> list[sp.Expr]:
        total = sum(map(sp.exp, f))
        return [sp.exp(each) / total for each in f]

    def build(m: int) -> tuple[sp.Basic, ...]:
        f = sp.symbols(f"f_1:{m + 1}", real=True)
        moved = tuple(each + shift for each in f)
        return (
            eq(sum(softmax(f)), 1),
            sp.Gt(softmax(f)[0], 0, evaluate=False),
            eq(softmax(moved)[-1], softmax(f)[-1]),
        )

    return Claim(Instances(build, (1, 2, 3), "m from 1 to 3 classes, symbols"))


first, second = sp.symbols("f_1 f_2", real=True)


@paper.equation(
    "prose:binary",
    where=LOSSES,
    latex=r"m = 2: \quad \hat{p}_1 = \frac{1}{1 + e^{-(f_1 - f_2)}}",
    note="Two classes give logistic regression on the difference.",
)
def binary() -> Claim:
    softmax = sp.exp(first) / (sp.exp(first) + sp.exp(second))
    return Claim(eq(softmax, logistic(first - second)))


paper.note(
    "7.7",
    kind="definition",
    where=LOSSES,
    latex=r"c(\Theta) = -E \left[ \sum_{i=1}^m y_i \log \hat{p}_i(\Theta) \right]",
    note="With the minus sign that cotter (1.1.15) lacks.",
)
label, odds, share = (
    sp.Symbol("y_1", real=True),
    sp.Symbol("t", positive=True),
    sp.Symbol("a", nonnegative=True),
)


@paper.equation(
    "prose:cross-entropy",
    where=LOSSES,
    latex=r"\mathbf{1}^\top \mathbf{y} = 1 \Rightarrow -\sum_i y_i \log \hat{p}_i \text{ is a "
    r"cross-entropy, in particular } \ge 0",
    outcome="holds-under",
    beyond=("y_i >= 0: adding up to 1 does not make a distribution",),
    note="Two classes, t = exp(f_2 - f_1). The label (2, -1) adds up to 1, and its loss, "
    "log(t (1 + t)), is negative for t below 0.6.",
)
def cross_entropy() -> Claim:
    """-log p_1 = log(1 + t) and -log p_2 = log(1 + 1/t)."""
    loss = label * sp.log(1 + odds) + (1 - label) * sp.log(1 + 1 / odds)
    return Claim(ge(loss, 0), extra=[sp.Eq(label, 1 / (1 + share), evaluate=False)])


@paper.equation(
    "prose:softmax-error",
    where=LOSSES,
    latex=r"-\frac{\partial}{\partial f_k} \sum_i y_i \log \hat{p}_i = (\mathbf{1}^\top "
    r"\mathbf{y}) \hat{p}_k - y_k",
    strength="instances",
    note="Not in the source: the epsilon with which (6.34) starts for this loss; p - y if the "
    "labels add up to 1.",
)
def softmax_error() -> Claim:
    def build(m: int) -> tuple[sp.Eq, ...]:
        f = sp.symbols(f"f_1:{m + 1}", real=True)
        y = sp.symbols(f"y_1:{m + 1}", real=True)
        total = sum(map(sp.exp, f))
        loss = -sum(b * (a - sp.log(total)) for a, b in zip(f, y, strict=True))
        return tuple(
            eq(sp.diff(loss, a), sum(y) * sp.exp(a) / total - b) for a, b in zip(f, y, strict=True)
        )

    return Claim(Instances(build, (1, 2, 3), "m from 1 to 3 classes, symbols"))


paper.note(
    "7.8",
    kind="definition",
    where=LOSSES,
    latex=r"c(\Theta) = E \|\mathbf{y} - \mathbf{f}_{\Theta}(\mathbf{x})\|_p^p",
    note="p = 1 and p = 2 in the text. For p = 2 twice the loss (6.42): the error term (6.41) "
    "starts from is 2 (f - y) here. For p = 1 there is a kink wherever an output is exact.",
)
paper.note(
    "7.9",
    kind="definition",
    where="section 7.4.3.2",
    latex=r"c_{reg}(\Theta) := E[\ell(\mathbf{y}, \mathbf{f}_{\Theta}(\mathbf{x}))] + R(\Theta)",
)
paper.note(
    "prose:dropout",
    kind="definition",
    where="section 7.4.3.3",
    latex=r"P(\text{unit disabled}) = p",
    note="Each unit by itself, drawn anew at every step. What is not said: with a share p disabled "
    "the mean of a sum falls to 1 - p of its value, so either the kept units are divided by 1 - p "
    "in training or the weights are multiplied by 1 - p afterwards.",
)


@paper.equation(
    "exercise:7.1a",
    where="section 7.7",
    latex=r"2 + 2 + 4 + 4 + 4 = 16 \text{ layers of filter sets}, \quad \sum_l c_{out}^{(l)} = "
    r"5504 \text{ filters}",
    note="Solution for the 19 layers of section 7.2.4: 16 convolutions; one filter per output "
    "channel, 5504 in all, each of depth c_in; counted per channel pair, sum of c_in c_out, they "
    "are 2 224 320. For 16 layers: 13 convolutions and 4224 filters.",
    ocr="The text ends in the middle of exercise 1b; later exercises, if any, are not in it.",
)
def exercise7_1a() -> Claim:
    large, small = vgg_shapes(VGG19), vgg_shapes((2, 2, 3, 3, 3))
    return Claim(
        (
            eq(sp.Integer(len(large)), 16),
            eq(sum(sp.Integer(out) for _, out in large), 5504),
            eq(sum(sp.Integer(a * b) for a, b in large), 2224320),
            eq(sp.Integer(len(small)), 13),
            eq(sum(sp.Integer(out) for _, out in small), 4224),
        )
    )


def parameters(stages: tuple[int, ...]) -> sp.Integer:
    """Weights and biases of the convolutions and the three dense layers."""
    convolutions = sum(9 * a * b + b for a, b in vgg_shapes(stages))
    side = 224 // 2 ** len(stages)
    dense = [WIDTHS[-1] * side**2, 4096, 4096, 1000]
    return sp.Integer(convolutions + sum(a * b + b for a, b in pairwise(dense)))


@paper.equation(
    "exercise:7.1b",
    where="section 7.7",
    latex=r"143\,667\,240 \text{ (19 layers)}, \quad 138\,357\,544 \text{ (16 layers)}",
    note="Solution, biases included: 3 x 3 filters with the channels of the original, five "
    "poolings from 224 to 7, dense layers 25088 - 4096 - 4096 - 1000. The dense layers hold "
    "123 642 856 of them.",
    ocr="The text breaks off in the hint.",
)
def exercise7_1b() -> Claim:
    dense = 25088 * sp.Integer(4096) + 4096 + 4096 * 4096 + 4096 + 4096 * 1000 + 1000
    return Claim(
        (
            eq(parameters(VGG19), 143667240),
            eq(parameters((2, 2, 3, 3, 3)), 138357544),
            eq(dense, 123642856),
        )
    )
