"""Section 1.2.3.3 to 1.2.3.5: update and passthrough gradients of fully connected layers."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim, Instances, gradient
from symvar.symbols import size

from .losses import error, jacobian_as_printed, loss, network
from .setting import eq, lamda, paper, real

UPDATE, PASSTHROUGH = "section 1.2.3.3", "section 1.2.3.4"
weight, value, remainder, slope, bend = real("W_ij X_j R G H")
node = weight * value + remainder
SHAPES = [(1, 1), (2, 1), (1, 2), (2, 2), (3, 2)]
SHAPES_SAID = "layers of up to 3 outputs and 2 inputs, every entry a symbol"


def _loss(at: sp.Expr) -> sp.Expr:
    """Any loss to second order in one output of the layer."""
    return slope * at + bend * at**2 / 2


def _penalised() -> sp.Expr:
    return _loss(node) + lamda * weight**2


ONE_SAMPLE = "For one sample; a batch has the first term summed over its samples."


@paper.equation(
    "1.2.18",
    where=UPDATE,
    latex=r"\frac{\partial J}{\partial W_{ij}} = \frac{\partial J}{\partial Y_i}"
    r" \frac{\partial Y_i}{\partial W_{ij}} + 2\lambda W_{ij}",
    note=f"{ONE_SAMPLE} For all sizes: only Y_i depends on W_ij, R is the rest of its sum. The loss"
    " is any quadratic of Y_i, which to first order is any loss. 2 lambda W agrees with (1.1.17).",
)
def by_chain() -> Claim:
    """The derivative of the composed loss against the product of two."""
    at = sp.Dummy("Y", real=True)
    outer = sp.diff(_loss(at), at).subs(at, node)
    return Claim(
        eq(sp.diff(_penalised(), weight), outer * sp.diff(node, weight) + 2 * lamda * weight)
    )


@paper.equation(
    "1.2.19",
    where=UPDATE,
    latex=r"= \frac{\partial J}{\partial Y_i} X_j + 2\lambda W_{ij}",
    note=f"{ONE_SAMPLE} As (1.2.18).",
)
def by_input() -> Claim:
    """The derivative against the input times the derivative by the output."""
    return Claim(
        eq(sp.diff(_penalised(), weight), (slope + bend * node) * value + 2 * lamda * weight)
    )


def _layer(shape: tuple[int, int]) -> tuple[sp.Matrix, sp.Matrix, sp.Matrix]:
    """Weights, inputs and outputs."""
    outputs, inputs = shape
    weights = sp.Matrix(outputs, inputs, lambda i, j: real(f"W_{i + 1}{j + 1}"))
    values = sp.Matrix(real(f"X_1:{inputs + 1}"))
    return weights, values, weights * values


def _classified(shape: tuple[int, int]) -> tuple[sp.Expr, sp.Matrix, sp.Matrix]:
    """The penalised cross-entropy behind a layer, dJ/dyhat, and S^T d, all in W and X."""
    weights, _, outputs = _layer(shape)
    names, _ = network(shape[0])
    at = dict(zip(names, outputs, strict=True))
    penalty = lamda * sum(w**2 for w in weights)
    by_softmax = error(shape[0])
    by_output = jacobian_as_printed(shape[0]).T * by_softmax
    return loss(shape[0]).subs(at) + penalty, by_softmax.subs(at), by_output.subs(at)


def _update(shape: tuple[int, int], left: sp.Matrix) -> sp.Eq:
    weights, values, _ = _layer(shape)
    objective, _, _ = _classified(shape)
    printed = left * values.T + 2 * lamda * weights
    return eq(gradient(objective, weights), sp.ImmutableMatrix(printed))


@paper.equation(
    "1.2.20",
    where=UPDATE,
    latex=r"\frac{\partial J}{\partial W^{(L)}} = \frac{\partial J}{\partial \hat{y}} X^T"
    r" + 2\lambda W",
    corrected_latex=r"\frac{\partial J}{\partial W^{(L)}} = \frac{\partial J}{\partial Y^{(L)}} X^T"
    r" + 2\lambda W",
    outcome="erratum",
    strength="instances",
    note="The derivative must be that by Y, the argument of the softmax: (1.2.19) has it, and"
    " (1.2.21) again, as S^T d. By yhat it is d. Without a softmax, as in regression, both are the"
    " same.",
)
def update() -> Claim:
    """The gradient behind a softmax against both readings."""
    return Claim(
        Instances(lambda case: _update(case, _classified(case)[1]), SHAPES, SHAPES_SAID),
        corrected=Instances(lambda case: _update(case, _classified(case)[2]), SHAPES, SHAPES_SAID),
    )


@paper.equation(
    "1.2.21",
    where=UPDATE,
    latex=r"= S^T d \left(X^{(L-1)}\right)^T + 2\lambda W^{(L)} \in \mathbb{R}^{C \times C_{L-1}}",
    outcome="holds-under",
    beyond=("N_b = 1: the gradient of one sample",),
    note="d of (1.2.14) is a sum over the batch, X has no index of a sample. For more than one the"
    " products are to be summed, not their factors. Checked for an entry, two samples with S^T d"
    " equal to a and b.",
)
def batch_update() -> Claim:
    """The derivative of the sum of two samples' losses against the product printed."""
    other_slope, other_value = real("b X_j^(2)")
    first = slope * node
    second = other_slope * (weight * other_value + remainder)
    printed = (slope + other_slope) * value + 2 * lamda * weight
    return Claim(
        eq(sp.diff(first + second + lamda * weight**2, weight), printed),
        extra=(sp.Eq(other_slope, 0),),
    )


@paper.equation(
    "prose:update-shape",
    where=UPDATE,
    latex=r"\frac{\partial J}{\partial W^{(L)}} = G (X^{(L-1)})^T"
    r" \in \mathbb{R}^{C \times C_{L-1}}",
    note="For all sizes, G the gradient by Y: gradients have the shape of the variable.",
)
def update_shape() -> Claim:
    """The matrix derivative of the inner product of G and W X, in symbolic sizes."""
    by_output, weights, values = _sized()
    inner = sp.Trace(by_output.T * weights * values)
    return Claim(eq(sp.diff(inner, weights), by_output * values.T))


def _sized() -> tuple[sp.MatrixSymbol, sp.MatrixSymbol, sp.MatrixSymbol]:
    """G, W and X in symbolic sizes."""
    outputs, inputs = size("C"), size("C_{L-1}")
    by_output = sp.MatrixSymbol("G", outputs, 1)
    return by_output, sp.MatrixSymbol("W", outputs, inputs), sp.MatrixSymbol("X", inputs, 1)


def _passed(shape: tuple[int, int]) -> tuple[sp.Expr, sp.Matrix]:
    """Any quadratic loss of the outputs, and its derivative by them."""
    _, _, outputs = _layer(shape)
    slopes, bends = (real(f"{name}_1:{shape[0] + 1}") for name in "GH")
    terms = list(zip(slopes, bends, outputs, strict=True))
    return sum(g * y + h * y**2 / 2 for g, h, y in terms), sp.Matrix(
        [g + h * y for g, h, y in terms]
    )


@paper.equation(
    "1.2.22",
    where=PASSTHROUGH,
    latex=r"\frac{\partial J}{\partial X_i} = \sum_{j=1}^C \frac{\partial J}{\partial Y_j}"
    r" \frac{\partial Y_j}{\partial X_i}",
    strength="instances",
    note="The chain rule: an input reaches the loss through every output.",
)
def through_outputs() -> Claim:
    """The derivative of the composed loss against the sum of products."""

    def build(shape: tuple[int, int]) -> sp.Eq:
        _, values, outputs = _layer(shape)
        objective, by_output = _passed(shape)
        sums = [
            sum(by_output[j] * sp.diff(outputs[j], each) for j in range(shape[0]))
            for each in values
        ]
        return eq(gradient(objective, values), sp.ImmutableMatrix(sums))

    return Claim(Instances(build, SHAPES, SHAPES_SAID))


@paper.equation(
    "1.2.23",
    where=PASSTHROUGH,
    latex=r"= \sum_{j=1}^C \frac{\partial J}{\partial Y_j} W_{j,i}",
    strength="instances",
    note="As (1.2.22).",
)
def through_weights() -> Claim:
    """The derivative against the sum over the rows of W."""

    def build(shape: tuple[int, int]) -> sp.Eq:
        weights, values, _ = _layer(shape)
        objective, by_output = _passed(shape)
        sums = [sum(by_output[j] * weights[j, i] for j in range(shape[0])) for i in range(shape[1])]
        return eq(gradient(objective, values), sp.ImmutableMatrix(sums))

    return Claim(Instances(build, SHAPES, SHAPES_SAID))


@paper.equation(
    "1.2.24",
    where=PASSTHROUGH,
    latex=r"= W_i^T \frac{\partial J}{\partial Y}",
    strength="instances",
    note="W_i is column i.",
)
def through_column() -> Claim:
    """The derivative against the column times the gradient."""

    def build(shape: tuple[int, int]) -> sp.Eq:
        weights, values, _ = _layer(shape)
        objective, by_output = _passed(shape)
        columns = [(weights[:, i].T * by_output)[0] for i in range(shape[1])]
        return eq(gradient(objective, values), sp.ImmutableMatrix(columns))

    return Claim(Instances(build, SHAPES, SHAPES_SAID))


paper.note(
    "1.2.25",
    where=PASSTHROUGH,
    latex="",
    kind="definition",
    outcome="illegible",
    note="A number is printed and no formula.",
    ocr="Most likely an empty last line of the display, not a lost formula.",
)


@paper.equation(
    "1.2.26",
    where=PASSTHROUGH,
    latex=r"\frac{\partial J}{\partial X^{(L-1)}} = \left(W^{(L)}\right)^T"
    r" \frac{\partial J}{\partial Y^{(L)}}",
    note="For all sizes; G is the gradient by Y.",
)
def passthrough() -> Claim:
    """The matrix derivative by the inputs, in symbolic sizes."""
    by_output, weights, values = _sized()
    inner = sp.Trace(by_output.T * weights * values)
    return Claim(eq(sp.diff(inner, values), weights.T * by_output))


@paper.equation(
    "1.2.27",
    where=PASSTHROUGH,
    latex=r"= \left(W^{(L)}\right)^T S^T d",
    strength="instances",
    note="With d as corrected at (1.2.13).",
)
def passthrough_of_softmax() -> Claim:
    """The gradient by the inputs of the cross-entropy behind a layer."""

    def build(shape: tuple[int, int]) -> sp.Eq:
        weights, values, _ = _layer(shape)
        objective, _, by_output = _classified(shape)
        return eq(gradient(objective, values), sp.ImmutableMatrix(weights.T * by_output))

    return Claim(Instances(build, SHAPES, SHAPES_SAID))


@paper.equation(
    "prose:repeat",
    where="section 1.2.3.4",
    latex=r"\frac{\partial J}{\partial W^{(l)}} = \frac{\partial J}{\partial X^{(l)}}"
    r" \left(X^{(l-1)}\right)^T",
    outcome="holds-under",
    beyond=("g'(Y^(l)) = 1: a linear activation, or a ReLU that is on",),
    note="The next layer's weights are said to follow by repeating the two subsections with the"
    " passthrough gradient. That is the gradient by X^(l) = g(Y^(l)); the subsections start from"
    " the one by Y^(l), which has the factor g'(Y^(l)). The block of section 1.2.3.5 supplies it.",
)
def repeated() -> Claim:
    """A hidden unit with g(Y) = Y + c Y^2, any activation to second order, and a linear loss."""
    curve, first_slope = real("c a")
    activation = first_slope * node + curve * node**2
    derived = sp.diff(slope * activation, weight)
    return Claim(eq(derived, slope * value), extra=(sp.Eq(curve, 0), sp.Eq(first_slope, 1)))
