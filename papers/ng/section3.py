"""Section 3: initial laws of the weights, tables of layers, what the tables of results say."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim, E, Gaussian, HasLaw, Uniform, Var, random_variable
from symvar.symbols import size

from .setting import eq, paper, x

here, after = size("n^{l}"), size("n^{l+1}")
scale = sp.Symbol("s", positive=True)
weight = random_variable("W")


@paper.equation(
    "prose:Xavier",
    where="section 3.1",
    kind="definition",
    latex=r"W^l \sim U\!\left(-\frac{s}{\sqrt{n^l + n^{l+1}}}, "
    r"\frac{s}{\sqrt{n^l + n^{l+1}}}\right)",
    outcome="holds-under",
    beyond=("the scale s is the square root of 6",),
    note=r"The variance is $s^2/(3(n^l + n^{l+1}))$. It is Xavier's $2/(n^l + n^{l+1})$ "
    r"(Glorot and Bengio, (12) and (16)) for $s = \sqrt6$ only.",
)
def xavier() -> Claim:
    """The variance against that of the source's reference 15."""
    end = scale / sp.sqrt(here + after)
    return Claim(
        eq(Var(weight), 2 / (here + after)),
        given=[HasLaw(weight, Uniform(-end, end))],
        extra=[sp.Eq(scale, sp.sqrt(6))],
    )


@paper.equation(
    "prose:MSRA",
    where="section 3.1",
    kind="definition",
    latex=r"W^l \sim \mathrm{Gaussian}\!\left(0, \frac{s}{n^l}\right)",
    outcome="holds-under",
    beyond=("the second argument is a variance", "the scale s is 2"),
    note=r"He et al. (10) has variance $2/n_l$, and writes of the standard deviation "
    r"$\sqrt{2/n_l}$. If the second argument were a standard deviation, no s would give it for "
    "all sizes.",
)
def msra() -> Claim:
    """The second moment against that of the source's reference 1."""
    return Claim(
        eq(E(weight**2), 2 / here),
        given=[HasLaw(weight, Gaussian(0, scale / here))],
        extra=[sp.Eq(scale, 2)],
    )


@paper.equation(
    "prose:linear PReLU",
    where="section 3",
    latex=r"\alpha = 1 \implies \max(0, x) + \alpha\min(0, x) = x",
)
def linear_prelu() -> Claim:
    """A slope of one on both sides."""
    alpha = sp.Symbol(r"\alpha", real=True)
    prelu = sp.Max(0, x) + alpha * sp.Min(0, x)
    return Claim(eq(prelu, x), given=[sp.Eq(alpha, 1)])


pixel, mean, left, room = sp.symbols("p mu a b", nonnegative=True)


@paper.equation(
    "prose:input range",
    where="sections 2.1 and 3",
    latex=r"\text{mean subtracted, divided by 255} \implies -1 \le x \le 1",
)
def input_range() -> Claim:
    """A mean, then a pixel, at most 255: so much less by a or b."""
    return Claim(
        (
            sp.Ge((pixel - (255 - room)) / 255, -1, evaluate=False),
            sp.Le(((255 - left) - mean) / 255, 1, evaluate=False),
        )
    )


BLOCKS = {20: 6, 32: 10, 44: 14, 56: 18}


@paper.equation(
    "table:1",
    where="section 3, table 1",
    latex=r"1 + 3z + 1 = 20, 32, 44, 56 \quad\text{for}\quad z = 6, 10, 14, 18",
    note="The first convolution, three stages of z convolutions, and the dense layer of the "
    "softmax, which the table does not list. The sizes 32, 16, 8 are halved by max-pooling here; "
    "the source's reference 2, said to have the same structure, halves them by stride 2.",
    ocr="The sizes 16*16 and 8*8 are damaged in the text.",
)
def table_1() -> Claim:
    """Layers with weights."""
    depths = (eq(sp.Add(1, *(3 * [each]), 1), depth) for depth, each in BLOCKS.items())
    sizes = (eq(sp.Integer(32) / 2**halved, side) for halved, side in ((1, 16), (2, 8)))
    return Claim((*depths, *sizes))


per_block = size("b")


@paper.equation(
    "table:2",
    where="section 3, table 2",
    latex=r"1 + 3 \cdot 2z + 1 = 20, 32, 44, 56 \quad\text{for}\quad z = 3, 5, 7, 9",
    outcome="holds-under",
    beyond=("an identity block has two convolutions",),
    note="The caption that would say so is cut off. The text lists ResNets of 20, 32 and 56 "
    "layers as baselines; tables 2 to 4 have one of 44 too.",
    ocr="The end of the caption is lost.",
)
def table_2() -> Claim:
    """Layers with weights, b in each block."""
    return Claim(
        tuple(eq(1 + 3 * per_block * (repeats // 2) + 1, d) for d, repeats in BLOCKS.items()),
        extra=[sp.Eq(per_block, 2)],
    )


@paper.equation(
    "prose:deeper models",
    where="section 3.3",
    latex=r"6n + 2 = 104, 110, 248 \quad\text{for}\quad n = 17, 18, 41",
    note="All depths that are named fit the pattern of the tables, two layers at a time in "
    "three stages.",
)
def deeper() -> Claim:
    """Layers with weights in three stages of 2n, first and last."""
    return Claim(
        tuple(eq(sp.Integer(2 + 3 * 2 * n), d) for n, d in ((17, 104), (18, 110), (41, 248)))
    )


RESULTS = {
    "3": (
        "CIFAR10 with batch norm",
        ("90.07", "90.30", "90.33"),
        ("89.15", "89.55", "89.96"),
        ("81.93", "89.88", "89.98"),
        ("81.12", "89.57", "89.59"),
        ("91.84", "92.51"),
        ("92.49", "93.09"),
        ("92.83", "93.48"),
        ("92.45", "93.73"),
    ),
    "4": (
        "MNIST with batch norm",
        ("99.38", "99.39", "99.43"),
        ("99.30", "99.45", "99.48"),
        ("99.29", "99.33", "99.39"),
        ("99.19", "99.26", "99.49"),
        ("99.40", "99.43"),
        ("99.42", "99.43"),
        ("99.38", "99.45"),
        ("99.37", "99.50"),
    ),
    "5": ("CIFAR10 without batch norm", ("83.56", "87.57", "88.71")),
    "6": ("MNIST without batch norm", ("98.99", "99.06", "99.21")),
}


def _best(rows: tuple[tuple[str, ...], ...]) -> Claim:
    return Claim(
        tuple(
            sp.Gt(sp.Rational(row[-1]), sp.Rational(other), evaluate=False)
            for row in rows
            for other in row[:-1]
        )
    )


for _number, (_what, *_rows) in RESULTS.items():
    paper.equation(
        f"table:{_number}",
        where=f"section 3.2, table {_number}",
        kind="empirical",
        latex=rf"\text{{{_what}: NG has the best accuracy in every row}}",
        note="The printed accuracies say so; that they are right is not checked.",
        survivors="An accuracy changed in its last digit leaves the order as it is.",
    )(lambda rows=tuple(_rows): _best(rows))

paper.note(
    "prose:cost",
    where="section 3.2",
    kind="empirical",
    latex=r"72 \text{ s an epoch against } 68 \text{ and } 77; \quad 94 \text{ against } 87, 100",
    note="6 % and 8 % more than the rectifier: called negligible.",
)
paper.note(
    "prose:110 layers",
    where="section 3.2",
    kind="empirical",
    latex=r"\text{ResNet-56 with NG } (93.73\,\%) \text{ outperforms ResNet-110 of reference 17}",
)
