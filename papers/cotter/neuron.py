"""Section 1.2.1 and 1.2.2: the neuron, activations, multilayer perceptrons."""

from __future__ import annotations

from itertools import product

import sympy as sp

from symvar.claims import Claim, Instances

from .likelihood import sigmoid
from .setting import eq, paper, positive, real

NEURON, PERCEPTRON = "section 1.2.1", "section 1.2.2"
x = real("x")
above = positive("u")


@paper.equation(
    "1.2.1",
    where=NEURON,
    latex=r"y = g(\langle \mathbf{x}, \mathbf{w} \rangle) = g\left(\sum_{i=0}^D x_i w_i\right)",
    outcome="holds",
    strength="instances",
    assumptions=("x_0 = 1 and w_0 = b",),
    note="x and w are first vectors of R^D, and with the entries of index 0 vectors of R^(D+1): the"
    " inner product is that of the longer ones. Checked for the argument of g.",
)
def neuron() -> Claim:
    """The sum from 0 against the inner product of the short vectors plus the bias."""
    bias, ones = real("b x_0")

    def build(count: int) -> sp.Eq:
        inputs, weights = (sp.Matrix(real(f"{name}_1:{count + 1}")) for name in "xw")
        total = ones * bias + sum(inputs[i] * weights[i] for i in range(count))
        return eq(total, (inputs.T * weights)[0] + bias)

    return Claim(Instances(build, (1, 2, 3), "1 to 3 inputs"), given=(sp.Eq(ones, 1),))


@paper.equation(
    "1.2.2",
    where=NEURON,
    latex=r"\tanh(x) = \frac{e^x - e^{-x}}{e^x + e^{-x}}",
    kind="definition",
    note="Checked against sinh/cosh and against (1.1.10): it is 2 sigma(2x) - 1.",
)
def tanh() -> Claim:
    """Two other ways to write it."""
    printed = (sp.exp(x) - sp.exp(-x)) / (sp.exp(x) + sp.exp(-x))
    return Claim(
        (
            eq(sp.sinh(x).rewrite(sp.exp), sp.cosh(x).rewrite(sp.exp) * printed),
            eq(2 * sigmoid(2 * x) - 1, printed),
        )
    )


@paper.equation(
    "1.2.3",
    where=NEURON,
    latex=r"\text{ReLU}(x) = \max(x, 0)",
    kind="definition",
    note="Checked: what the text says of either side of the plane, above it x is kept, below it 0.",
)
def relu() -> Claim:
    """The maximum as half the sum of x and its absolute value."""
    return Claim(eq(sp.Max(x, 0), (x + sp.Abs(x)) / 2))


@paper.equation(
    "prose:saturation",
    where=NEURON,
    latex=r"\sigma(-u) < e^{-u}, \quad 1 - \sigma(u) < e^{-u}, \quad \sigma(0) = \tfrac12",
    note="The sigmoid maps points far below the plane to 0, far above it to 1 and on it to 1/2; the"
    " bounds hold for u > 0 and say how fast. By (1.2.2) tanh goes to -1 and 1.",
)
def saturation() -> Claim:
    """Exponential bounds and the middle."""
    return Claim(
        (
            sp.Lt(sigmoid(-above), sp.exp(-above), evaluate=False),
            sp.Lt(1 - sigmoid(above), sp.exp(-above), evaluate=False),
            eq(sigmoid(x) + sigmoid(-x), 1),
        )
    )


@paper.equation(
    "prose:small-gradient",
    where="figure 1.4",
    latex=r"\sigma'(x) = \sigma(x)(1-\sigma(x)), \quad \tanh'(x) = 1 - \tanh(x)^2",
    note="The gradients that vanish in saturation.",
)
def small_gradient() -> Claim:
    """By differentiation."""
    hyperbolic = (sp.exp(x) - sp.exp(-x)) / (sp.exp(x) + sp.exp(-x))
    return Claim(
        (
            eq(sp.diff(sigmoid(x), x), sigmoid(x) * (1 - sigmoid(x))),
            eq(sp.diff(hyperbolic, x), 1 - hyperbolic**2),
        )
    )


@paper.equation(
    "prose:constant-gradient",
    where=NEURON,
    latex=r"\text{ReLU}'(x) = 1",
    outcome="holds-under",
    beyond=("x > 0",),
    note="The gradient is said to be constant, and large even where x is large. It is 1 above the"
    " plane and 0 below, so it is constant on either side only.",
)
def constant_gradient() -> Claim:
    """The difference quotient of the maximum over a step that stays on one side."""
    place = sp.Symbol("x", real=True, nonzero=True)
    quotient = sp.Max(2 * place, 0) - sp.Max(place, 0)
    return Claim(eq(quotient / place, 1), extra=(sp.Eq(place, above),))


@paper.equation(
    "prose:distance",
    where=NEURON,
    latex=r"\text{dist}(\mathbf{x}, \mathbf{w}^\perp) = \langle \mathbf{x}, \mathbf{w} \rangle"
    r" \text{ if } \langle \mathbf{w}, \mathbf{w} \rangle = 1",
    outcome="holds-under",
    beyond=("x lies above the hyperplane; else it is the signed distance",),
    note="Below the plane the inner product is minus the distance, as at x = -w. Checked in the"
    " plane of x and w, w written by the tangent of half its angle, and x = q w + r v with v the"
    " unit vector along the hyperplane: the distance is the length of x less its part along v."
    " With a bias the norm must leave out w_0, which the notation of (1.2.1) would count.",
)
def distance() -> Claim:
    """Pythagoras against the inner product."""
    half, across, along = real("t q r")
    weights = sp.Matrix([1 - half**2, 2 * half]) / (1 + half**2)
    beside = sp.Matrix([-weights[1], weights[0]])
    point = across * weights + along * beside
    squared = sp.simplify(point.dot(point) - point.dot(beside) ** 2)
    return Claim(eq(sp.sqrt(squared), point.dot(weights)), extra=(sp.Eq(across, above),))


@paper.equation(
    "prose:xor",
    where=PERCEPTRON,
    latex=r"\nexists\, b, w_1, w_2:\ \mathbb{I}(b + w_1 x_1 + w_2 x_2 > 0) = x_1 \oplus x_2",
    note="If the neuron is off at (0,0) and on at (1,0) and (0,1), its argument at (1,1) is what it"
    " is at these two less what it is at (0,0): positive, so it is on where XOR is off.",
)
def exclusive_or() -> Claim:
    """The argument at the fourth corner from those at the other three."""
    on_first, on_second = positive("s_10 s_01")
    off = sp.Symbol("r_00", nonnegative=True)
    bias = -off
    first, second = on_first - bias, on_second - bias
    return Claim(
        (
            eq(bias + first + second, on_first + on_second + off),
            sp.Gt(bias + first + second, 0, evaluate=False),
        )
    )


@paper.equation(
    "prose:xor-hidden",
    where=PERCEPTRON,
    latex=r"\text{one hidden layer computes XOR}",
    strength="instances",
    note="With two rectified units: max(x_1 + x_2, 0) - 2 max(x_1 + x_2 - 1, 0), at every input.",
)
def hidden_exclusive_or() -> Claim:
    """The network at the four corners."""

    def build(corner: tuple[int, int]) -> sp.Eq:
        total = sp.Integer(sum(corner))
        output = sp.Max(total, 0) - 2 * sp.Max(total - 1, 0)
        return eq(output, corner[0] ^ corner[1])

    return Claim(Instances(build, list(product((0, 1), repeat=2)), "the four inputs"))


paper.note(
    "prose:universal",
    where=PERCEPTRON,
    latex=r"\text{an infinitely wide hidden layer approximates any function}",
    kind="assumption",
    note="As cited it needs what is not said: a continuous function on a compact set, as close as"
    " one likes with finitely many units, and an activation that is no polynomial. A linear g"
    " gives an affine map however wide the layer.",
)


@paper.equation(
    "1.2.4",
    where=PERCEPTRON,
    latex=r"h_i = g \left(\sum_{j=0}^D x_j w_{ij}^{(1)} \right)",
    kind="definition",
    strength="instances",
    note="Checked: the argument is entry i of the matrix W^(1), with entries w_ij, times x, so the"
    " order of the indices agrees with (1.2.6). Column 0 is the bias, x_0 = 1.",
)
def hidden() -> Claim:
    """Sums over the second index against the matrix product."""

    def build(case: tuple[int, int]) -> sp.Eq:
        units, inputs = case
        weights = sp.Matrix(units, inputs + 1, lambda i, j: real(f"w_{i + 1}{j}"))
        values = sp.Matrix([1, *real(f"x_1:{inputs + 1}")])
        sums = [sum(values[j] * weights[i, j] for j in range(inputs + 1)) for i in range(units)]
        return eq(sp.ImmutableMatrix(sums), sp.ImmutableMatrix(weights * values))

    return Claim(Instances(build, [(1, 1), (2, 1), (1, 2), (3, 2)], "1 to 3 units and inputs"))


@paper.equation(
    "1.2.5",
    where=PERCEPTRON,
    latex=r"y = \sum_{k=0}^H h_k w_k^{(2)}",
    outcome="holds-under",
    beyond=("h_0 = 1",),
    note="The sum runs over H + 1 terms for H hidden units; h_0 is no unit, (1.2.4) does not define"
    " it, and only x_0 is said to be 1. With h_0 = 1 it is the bias of the output. R is the rest"
    " of the sum, the units 1 to H.",
)
def output() -> Claim:
    """The sum from 0 against bias and units."""
    zeroth, bias, units = real("h_0 w_0 R")
    return Claim(eq(zeroth * bias + units, bias + units), extra=(sp.Eq(zeroth, 1),))


@paper.equation(
    "1.2.6",
    where=PERCEPTRON,
    latex=r"Y^{(l+1)} = W^{(l+1)} X^{(l)}",
    outcome="holds-under",
    strength="proved",
    beyond=("all biases are 0, or every X^(l) has an entry that is always 1",),
    note="Rewrites (1.2.4), whose sum starts at 0. X^(l) has C_l nodes and W is C_{l+1} by C_l, so"
    " the biases are gone, unless one of the nodes is the constant: then W^(l) must keep it"
    " through g. R is entry i of the product, the nodes from 1 on.",
)
def layer() -> Claim:
    """The argument in (1.2.4) against an entry of the product."""
    bias, nodes = real("b_i R")
    return Claim(eq(bias + nodes, nodes), extra=(sp.Eq(bias, 0),))


paper.note(
    "1.2.7",
    where=PERCEPTRON,
    latex=r"X^{(l+1)} = g(Y^{(l+1)})",
    kind="definition",
    note="Compare (1.3.6), which has another index.",
)
