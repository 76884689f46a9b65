"""Sections 6.2.1 to 6.2.3: notation, one neuron, the feedforward network."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim, Instances

from .setting import entries, eq, gt, paper, relu, step, x

paper.note(
    "prose:training-data",
    kind="definition",
    where="section 6.2.1",
    latex=r"\mathbf{x}_n, \mathbf{y}_n, \{\mathbf{x}_n, \mathbf{y}_n\}_{n=1}^N, "
    r"\mathbf{o}_n, \mathbf{g}_n",
    note="Bold lower case: a vector of the n-th training pair. (6.12) and (6.19) print y_n and "
    "x_n light where vectors are meant.",
)
paper.note(
    "prose:vector-entries",
    kind="definition",
    where="section 6.2.1",
    latex=r"o_i = [\mathbf{o}]_i, \quad \mathbf{o} = [o_1 \cdots o_d]^\top",
)
paper.note(
    "prose:matrix-entries",
    kind="definition",
    where="section 6.2.1",
    latex=r"w_{ij} = [\mathbf{W}]_{i,j}, \quad \mathbf{W} = \begin{bmatrix} w_{11} & \cdots & "
    r"w_{1q} \\ \vdots & \ddots & \vdots \\ w_{p1} & \cdots & w_{pq} \end{bmatrix}",
    note="W has p rows and q columns: the first index is the row.",
)
paper.note(
    "prose:layers-and-updates",
    kind="definition",
    where="section 6.2.1",
    latex=r"\mathbf{g}^{(l)}, \mathbf{W}^{(l)}, \mathbf{b}^{(l)}, d^{(l)}, \quad "
    r"\Theta[t], \mathbf{V}[t]",
    note="A superscript in round brackets is the layer, one in square brackets the update.",
)
paper.note(
    "6.1",
    kind="definition",
    where="section 6.2.2",
    latex=r"net_i = \sigma\left( \sum_{j=1}^d w_{ij} o_j + b_i \right)",
    note="net_i is here the output of the neuron; many texts call net_i the sum inside, which "
    "(6.10) calls g.",
)
paper.note(
    "6.2",
    kind="definition",
    where="section 6.2.2",
    latex=r"\sigma(x) = \mathrm{ReLU}(x) := \max\{0, x\}",
)

c = sp.Symbol("c", real=True)


@paper.equation(
    "6.3",
    where="section 6.2.2",
    latex=r"\frac{\partial \mathrm{ReLU}(x)}{\partial c} = \begin{cases} 1, & \text{if } x > 0 "
    r"\\ 0, & \text{otherwise} \end{cases}",
    outcome="erratum",
    corrected_latex=r"\frac{\partial \mathrm{ReLU}(x)}{\partial x} = \begin{cases} 1, & "
    r"\text{if } x > 0 \\ 0, & \text{if } x < 0 \end{cases}",
    note="The derivative is by x; nothing depends on c. At x = 0 there is none, and the source "
    "says that 0 is a convention.",
    ocr="c for x may be the book's misprint or one of text recognition.",
)
def eq6_3() -> Claim:
    printed = eq(sp.diff(relu(x), c), step(x))
    return Claim(printed, [sp.Ne(x, 0)], corrected=eq(sp.diff(relu(x), x), step(x)))


@paper.equation(
    "prose:relu-at-zero",
    where="section 6.2.2",
    latex=r"\lim_{h \downarrow 0} \frac{\mathrm{ReLU}(h)}{h} \ne "
    r"\lim_{h \uparrow 0} \frac{\mathrm{ReLU}(h)}{h}",
    note="The chords from 0 have slope 1 to the right and 0 to the left, however short: there is "
    "no derivative at 0.",
    survivors="The gain upside down divides by zero for x < 0: it is neither true nor false there.",
)
def relu_at_zero() -> Claim:
    chord = (relu(x) - relu(sp.Integer(0))) / x
    return Claim(eq(chord, (1 + sp.sign(x)) / 2), [sp.Ne(x, 0)])


@paper.equation(
    "prose:active-gradient",
    where="section 6.2.2",
    latex=r"\mathrm{ReLU}(x) \ne 0 \Rightarrow \mathrm{ReLU}'(x) = 1",
    note="Active means that the output is not zero, that is x > 0.",
    survivors="The derivative at x^2 is 1 as well where x > 0: true, and not what was claimed.",
)
def active_gradient() -> Claim:
    return Claim(eq(sp.diff(relu(x), x), 1), [gt(x, 0)])


paper.note(
    "6.4",
    kind="definition",
    where="section 6.2.2",
    latex=r"\gamma(x) := \frac{\sigma(x)}{x}, \quad x \ne 0",
    note="The gain is left undefined at 0; (6.46) uses it there all the same. Since "
    "sigma(0) = 0 any value would do in (6.44), and 0 is the one that (6.47) needs.",
)


@paper.equation(
    "6.5",
    where="section 6.2.2",
    latex=r"\gamma'(x) = \frac{\partial \sigma(x)}{\partial x} = \begin{cases} 1, & \text{if } "
    r"x > 0 \\ 0, & \text{otherwise} \end{cases}",
    outcome="erratum",
    corrected_latex=r"\gamma(x) = \frac{\partial \sigma(x)}{\partial x} = \begin{cases} 1, & "
    r"\text{if } x > 0 \\ 0, & \text{if } x < 0 \end{cases}",
    note="The gain itself, not its derivative, equals the derivative of the rectifier; the "
    "derivative of the gain vanishes for every x other than 0. (6.47) uses the corrected form.",
    ocr="The prime may be an artefact; the text around it speaks of the gain.",
    survivors="The gain upside down divides by zero for x < 0: it is neither true nor false there.",
)
def eq6_5() -> Claim:
    gain = relu(x) / x
    slope = sp.diff(relu(x), x)
    return Claim(
        (eq(sp.diff(gain, x), slope), eq(slope, step(x))),
        [sp.Ne(x, 0)],
        corrected=(eq(gain, slope), eq(slope, step(x))),
    )


@paper.equation(
    "prose:locally-linear",
    where="section 6.2.2",
    latex=r"f(\tfrac12 (\mathbf{x} + \mathbf{x}')) = \tfrac12 (f(\mathbf{x}) + f(\mathbf{x}')) "
    r"\text{ while no unit changes sides}",
    strength="instances",
    note="Within a region of constant activation pattern the map is affine; it is linear where "
    "the biases are zero. One unit divides its input into two sets, a layer of several units "
    "into more.",
)
def locally_linear() -> Claim:
    from .nets import affine_on_a_region, region_cases

    return Claim(
        Instances(
            affine_on_a_region,
            region_cases(),
            "rectifier nets of 2 and 3 layers, "
            "rational weights and biases of seed 11, steps that keep every sign",
        )
    )


def _sum(upper: int, weights: sp.Matrix, outputs: sp.Matrix, i: int) -> sp.Expr:
    """The sum over j = 1 .. upper, as far as w_ij exists."""
    return sum((weights[i, j] * outputs[j] for j in range(min(upper, weights.cols))), sp.Integer(0))


def _layer(printed: bool):
    def build(sizes: tuple[int, int]) -> tuple[sp.Eq, ...]:
        here, before = sizes
        weights, outputs = entries("w", here, before), entries("o", before)
        bias, product = entries("b", here), entries("w", here, before) * outputs
        upper = here if printed else before
        return tuple(
            eq(_sum(upper, weights, outputs, i) + bias[i], product[i] + bias[i])
            for i in range(here)
        )

    return build


SIZES = ((1, 2), (2, 1), (2, 2), (2, 3), (3, 2), (3, 3), (1, 4))
SHAPES = "layers of (d^(l), d^(l-1)) units from 1 x 2 to 3 x 3, every entry a symbol"


@paper.equation(
    "6.6",
    where="section 6.2.3",
    latex=r"o_i^{(l)} = \sigma \left( \sum_{j=1}^{d^{(l)}} w_{ij}^{(l)} o_j^{(l-1)} + b_i^{(l)} "
    r"\right)",
    outcome="erratum",
    strength="instances",
    corrected_latex=r"o_i^{(l)} = \sigma \left( \sum_{j=1}^{d^{(l-1)}} w_{ij}^{(l)} o_j^{(l-1)} + "
    r"b_i^{(l)} \right)",
    note="j counts the units of the layer before, as the shape d^(l) x d^(l-1) of W^(l) in (6.7) "
    "says. One unit fed by two: the printed sum leaves the second out. Equal only where "
    "d^(l) = d^(l-1). The words after it have the same slip: d^(l) is the number of units of "
    "layer l, the dendrites of each are d^(l-1).",
)
def eq6_6() -> Claim:
    """Both sides before the nonlinearity, against the matrix product of (6.7)."""
    return Claim(
        Instances(_layer(printed=True), SIZES, SHAPES),
        corrected=Instances(_layer(printed=False), SIZES, SHAPES),
    )


@paper.equation(
    "6.7",
    where="section 6.2.3",
    latex=r"\mathbf{o}^{(l)} = \sigma \left( \mathbf{W}^{(l)} \mathbf{o}^{(l-1)} + "
    r"\mathbf{b}^{(l)} \right)",
    strength="instances",
    assumptions=(r"W^(l) has d^(l) rows and d^(l-1) columns",),
    note="The matrix form of (6.6) with its upper limit mended; here sigma(g) = g + g^2.",
)
def eq6_7() -> Claim:
    def bent(g: sp.Expr) -> sp.Expr:
        return g + g**2

    def build(sizes: tuple[int, int]) -> sp.Eq:
        here, before = sizes
        weights, outputs, bias = (
            entries("w", here, before),
            entries("o", before),
            entries("b", here),
        )
        units = [bent(_sum(before, weights, outputs, i) + bias[i]) for i in range(here)]
        return eq((weights * outputs + bias).applyfunc(bent), sp.ImmutableMatrix(units))

    sizes = ((1, 2), (2, 1), (2, 2))
    return Claim(Instances(build, sizes, "layers of 1 x 2, 2 x 1 and 2 x 2, every entry a symbol"))


paper.note(
    "6.8",
    kind="definition",
    where="section 6.2.3",
    latex=r"\mathbf{o}^{(l)} = \left[ o_1^{(l)} \dots o_{d^{(l)}}^{(l)} \right]^\top \in "
    r"\mathbb{R}^{d^{(l)}}",
)
paper.note(
    "6.9",
    kind="definition",
    where="section 6.2.3",
    latex=r"\mathbf{b}^{(l)} = \left[ b_1^{(l)} \dots b_{d^{(l)}}^{(l)} \right]^\top \in "
    r"\mathbb{R}^{d^{(l)}}",
)
paper.note(
    "6.10",
    kind="definition",
    where="section 6.2.3",
    latex=r"\mathbf{o}^{(l)} = \sigma(\mathbf{g}^{(l)}), \quad \mathbf{g}^{(l)} = "
    r"\mathbf{W}^{(l)} \mathbf{o}^{(l-1)} + \mathbf{b}^{(l)}, \quad l = 1, \dots, L",
    note="The nonlinearity stands after the last layer too, so a rectifier network puts out "
    "nothing negative. cotter (1.2.6), (1.2.7) read the output before the nonlinearity: its "
    "Y^(L) is g^(L) here.",
)
