"""Section 6.3: the training problem, gradient descent, stochastic gradients, momentum."""

from __future__ import annotations

from functools import reduce

import sympy as sp

from symvar.claims import Claim, Instances

from .setting import eq, gt, lt, paper, relu, x

SECTION = "section 6.3.1"
theta = sp.Symbol("theta", real=True)
number = sp.Symbol("N", positive=True, integer=True)
n = sp.Symbol("n", integer=True)

paper.note(
    "6.11",
    kind="definition",
    where=SECTION,
    latex=r"\hat{\Theta} = \arg \min_{\Theta} c(\Theta)",
)
paper.note(
    "6.12",
    kind="definition",
    where=SECTION,
    latex=r"c(\Theta) := \sum_{n=1}^N \ell(\mathbf{y}_n, f_{\Theta}(\mathbf{x}_n))",
    note="A sum over the data. (7.5) of the same book takes the mean, and cotter (1.1.8) too: "
    "the minimisers are the same, the step sizes differ by the factor N.",
    ocr="y_n is a vector and bold in (6.28).",
)


@paper.equation(
    "6.13",
    where=SECTION,
    latex=r"f_{\Theta}(\mathbf{x}_n) := \left( \sigma \circ \mathbf{g}^{(L)} \circ \sigma \circ "
    r"\mathbf{g}^{(L-1)} \dots \circ \mathbf{g}^{(1)} \right) (\mathbf{x}_n)",
    kind="definition",
    strength="instances",
    note="Agrees with the recursion (6.10), where g^(l) is now read as the affine map, not as its "
    "value. The dots stand for one sigma before each map; L maps and L nonlinearities.",
)
def eq6_13() -> Claim:
    """The maps composed from the left, against the recursion run from the input."""

    def build(depth: int) -> sp.Eq:
        w = sp.symbols(f"w1:{depth + 1}", real=True)
        b = sp.symbols(f"b1:{depth + 1}", real=True)
        maps = []
        for k in reversed(range(depth)):
            maps += [relu, lambda t, k=k: w[k] * t + b[k]]
        composed = reduce(lambda f, g: lambda t: f(g(t)), maps)(x)
        output = x
        for k in range(depth):
            output = relu(w[k] * output + b[k])
        return eq(composed, output)

    return Claim(Instances(build, (1, 2, 3, 4), "scalar rectifier nets of depth 1 to 4, symbols"))


paper.note(
    "6.14",
    kind="definition",
    where=SECTION,
    latex=r"\Theta = \begin{bmatrix} \mathbf{W}^{(1)}, \mathbf{b}^{(1)} \\ \vdots \\ "
    r"\mathbf{W}^{(L)}, \mathbf{b}^{(L)} \end{bmatrix}",
    note="A list of parameters rather than a matrix: the blocks differ in width.",
)

first, second = sp.symbols("w^{(1)} w^{(2)}", real=True)
t = sp.Symbol("t", positive=True)
r = sp.Symbol("r", positive=True)


def small_cost(w1: sp.Expr, w2: sp.Expr) -> sp.Expr:
    """One rectifier unit after another, input 1, target 1, half the squared error."""
    return (1 - relu(w2 * relu(w1))) ** 2 / 2


@paper.equation(
    "prose:not-convex",
    where=SECTION,
    latex=r"c(\tfrac12(\Theta + \Theta')) = \frac{(t - r)^4}{32 t^2 r^2} > 0 = \tfrac12 "
    r"(c(\Theta) + c(\Theta')), \quad \Theta = (t, \tfrac1t), \Theta' = (r, \tfrac1r)",
    note="The smallest case: one unit per layer, two layers, x = y = 1. (t, 1/t) is a minimiser "
    "for every t > 0, and halfway between two of them the cost is positive. So there is a "
    "continuum of global minimisers.",
)
def not_convex() -> Claim:
    middle = small_cost((t + r) / 2, (1 / t + 1 / r) / 2)
    return Claim((eq(small_cost(t, 1 / t), 0), eq(middle, (t - r) ** 4 / (32 * t**2 * r**2))))


@paper.equation(
    "prose:local-minimisers",
    where=SECTION,
    latex=r"c(\Theta) = \tfrac12 \text{ for all } \Theta \text{ with } w^{(1)} < 0",
    note="Where the first unit is inactive the cost is constant and not minimal: every such point "
    "is a local minimiser that is not global, and not a strict one.",
)
def local_minimisers() -> Claim:
    half = sp.Rational(1, 2)
    return Claim((eq(small_cost(-t, second), half), gt(half, small_cost(t, 1 / t))))


cost, slope2, rest, length = (
    sp.Symbol("c^*", real=True),
    sp.Symbol("G", positive=True),
    sp.Symbol("R", real=True),
    sp.Symbol("s", positive=True),
)
spare = sp.Symbol("v", nonnegative=True)


@paper.equation(
    "Lemma 6.1",
    where="section 6.3.2",
    latex=r"\Theta^* \text{ local minimiser of a differentiable } c \Rightarrow "
    r"\left. \frac{\partial c}{\partial \Theta} \right|_{\Theta=\Theta^*} = \mathbf{0}",
    assumptions=("c is differentiable on all of R^P, so every point is interior",),
    note="Were G = ||grad c||^2 positive at the minimiser, a step of length s against the "
    "gradient would change c by -s (G - R), where R tends to 0 with s by differentiability; as "
    "soon as R <= G/2 the cost is lower. Necessary, not sufficient: see prose:fonc-not-sufficient.",
)
def lemma6_1() -> Claim:
    after = cost - length * (slope2 - rest)
    return Claim(lt(after, cost), [sp.Eq(rest, slope2 / 2 - spare, evaluate=False)])


@paper.equation(
    "6.15",
    where="section 6.3.2",
    latex=r"\left. \frac{\partial c}{\partial \Theta} \right|_{\Theta=\Theta^*} = \mathbf{0}",
    note="Squared error of a line through the data, any N: completing the square puts the minimum "
    "where S theta = P, with S the sum of x_n^2 and P that of x_n y_n, and there the gradient "
    "S theta - P vanishes. The general argument is Lemma 6.1.",
)
def eq6_15() -> Claim:
    inputs, targets = sp.IndexedBase("x"), sp.IndexedBase("y")
    square = sp.Sum(inputs[n] ** 2, (n, 1, number))
    product = sp.Sum(inputs[n] * targets[n], (n, 1, number))
    power = sp.Sum(targets[n] ** 2, (n, 1, number))
    loss = sp.Sum((targets[n] - theta * inputs[n]) ** 2, (n, 1, number)) / 2
    completed = (theta * square - product) ** 2 + square * power - product**2
    gradient = eq(sp.diff(loss, theta), theta * square - product)
    return Claim((eq(2 * square * loss, completed), gradient))


@paper.equation(
    "prose:fonc-not-sufficient",
    where="section 6.3.2",
    latex=r"c(\Theta) = \Theta^3: \quad c'(\Theta) = 3 \Theta^2, \quad c(-s) < c(0) < c(s)",
    note="The condition holds at local minimisers; it also holds where there is none, and "
    "(6.18) stops there as well.",
)
def fonc_not_sufficient() -> Claim:
    cube = theta**3
    slope = eq(sp.diff(cube, theta), 3 * theta * theta)
    below, above = lt(cube.subs(theta, -t), 0), gt(cube.subs(theta, t), 0)
    return Claim((slope, below, above))
