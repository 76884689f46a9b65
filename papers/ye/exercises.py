"""Section 6.5, exercises 1 to 4, solved."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim, Instances
from symvar.claims.sequence import Rule, SameSequence

from .nets import GENERATOR, Net, layers, nets
from .optimizers import theta
from .setting import beta, eq, eta, paper, x

SECTION = "section 6.5"

a, b, power = sp.symbols("a b p", real=True)


@paper.equation(
    "exercise:1",
    where=SECTION,
    latex=r"\frac{\sigma(x)}{x} = \frac{\partial \sigma(x)}{\partial x}",
    note="Solution: sigma(x) = b x for x > 0 and a x for x < 0, with any a and b. Write sigma = x "
    "k(x); then sigma' - sigma/x = x k'(x), so k is constant on each side of 0, where the "
    "equation is not asked. sigma is continuous at 0 with value 0, and differentiable there iff "
    "a = b. The rectifier is b = 1, a = 0. Checked: the family solves the equation; of the powers "
    "x^(p+1) the first alone does; k' for cubic k.",
)
def exercise1() -> Claim:
    family = b * sp.Max(0, x) + a * sp.Min(0, x)
    solves = eq(family / x, sp.diff(family, x))
    k0, k1, k2, k3 = sp.symbols("k0:4", real=True)
    ratio = k0 + k1 * x + k2 * x**2 + k3 * x**3
    defect = sp.diff(sp.expand(x * ratio), x) - ratio
    turned = eq(defect, x * (k1 + 2 * k2 * x + 3 * k3 * x**2))
    return Claim((solves, turned), [sp.Ne(x, 0)])


phi, before, past = sp.symbols("varphi varphi_before S", real=True)
first, zeroth = sp.symbols("Theta[1] Theta[0]", real=True)
slope = sp.Function("g")


@paper.equation(
    "exercise:2",
    where=SECTION,
    latex=r"\text{(6.21) is equivalent to (6.20)}",
    outcome="holds-under",
    beyond=("Theta[0] = Theta[1], so that V[1] has no momentum",),
    assumptions=("0 < beta < 1",),
    note="Solution, for any gradient, g being eta times it: carry the sum of (6.20) along as S[t] "
    "= g(Theta[t]) + beta S[t-1] with S[0] = 0. Then Theta[t] - Theta[t-1] = -S[t-1] for t >= 2, "
    "and for t = 1 iff Theta[0] = Theta[1]; with it beta (Theta[t] - Theta[t-1]) - g = -S[t]. "
    "Started otherwise the two differ from the first step on, by beta (Theta[1] - Theta[0]).",
)
def exercise2() -> Claim:
    total = slope(theta) + beta * past
    by_sum = Rule((theta, past), (first, 0), (theta - total, total), theta)
    step = phi + beta * (phi - before) - slope(phi)
    recursive = Rule((phi, before), (first, zeroth), (step, phi), phi)
    same = (eq(phi, theta), eq(before, theta + past))
    statement = SameSequence(by_sum, recursive, invariant=same)
    return Claim(statement, [sp.Lt(beta, 1)], extra=[sp.Eq(zeroth, first, evaluate=False)])


paper.note(
    "6.57",
    kind="definition",
    where=SECTION,
    latex=r"\mathbf{o}^{(l)} = \sigma(\mathbf{g}^{(l)}), \quad \mathbf{g}^{(l)} = "
    r"\mathbf{W}^{(l)} \mathbf{o}^{(l-1)} + \mathbf{b}^{(l)}",
    note="(6.10) again.",
)


@paper.equation(
    "6.58",
    where=SECTION,
    latex=r"\Delta \mathbf{W}^{(l)} = -\gamma \boldsymbol\delta^{(l)} \mathbf{o}^{(l-1)\top}",
    strength="instances",
    note="(6.49) with biases present: they do not change it. gamma is the step size here, eta "
    "before, the gain in (6.4).",
)
def eq6_58() -> Claim:
    def build(case: tuple[Net, int]) -> sp.Eq:
        net, layer = case
        outer = net.delta(layer) * net.o(layer - 1).T
        return eq(-eta * net.weight_gradient(layer), -eta * outer)

    return Claim(Instances(build, layers(nets(biased=True)), f"{GENERATOR}, with biases"))


paper.note(
    "6.59",
    kind="definition",
    where=SECTION,
    latex=r"\boldsymbol\delta^{(l)} := \frac{\partial \ell(\mathbf{y}, \mathbf{o}^{(L)})}"
    r"{\partial \mathbf{g}^{(l)}}",
    note="(6.33) for one training pair; (6.41) contradicts it at l = L.",
)


@paper.equation(
    "exercise:3a",
    where=SECTION,
    latex=r"\Delta \mathbf{b}^{(l)} = -\gamma \boldsymbol\delta^{(l)}",
    strength="instances",
    note="Solution: g^(l) depends on b^(l) with the identity as Jacobian. Against the derivative "
    "of the loss by b^(l), with delta from (6.34).",
)
def exercise3a() -> Claim:
    def build(case: tuple[Net, int]) -> sp.Eq:
        net, layer = case
        return eq(net.bias_gradient(layer), net.product(layer) * net.error())

    return Claim(Instances(build, layers(nets(biased=True)), f"{GENERATOR}, with biases"))


def _diagonal(net: Net) -> Net:
    kept = tuple(sp.diag(*(w[i, i] for i in range(w.rows))).as_immutable() for w in net.weights)
    return Net(kept, net.biases, net.x, net.y, net.activation)


@paper.equation(
    "exercise:3b",
    where=SECTION,
    latex=r"\Delta w_i^{(l)} = -\gamma \delta_i^{(l)} o_i^{(l-1)}, \quad \delta_i^{(l)} = "
    r"\sigma'(g_i^{(l)}) w_i^{(l+1)} \delta_i^{(l+1)}, \quad \delta_i^{(L)} = "
    r"\sigma'(g_i^{(L)}) \epsilon_i",
    strength="instances",
    note="Solution: with diagonal weights w_i the network is d chains of single units side by "
    "side, and each chain is differentiated by itself: the outer product keeps its diagonal, the "
    "matrix product becomes a product of numbers. All layers have the same width then.",
)
def exercise3b() -> Claim:
    def build(net: Net) -> tuple[sp.Eq, ...]:
        found = []
        for i in range(net.x.rows):
            back = net.slopes(net.depth)[i, i] * net.error()[i]
            for layer in range(net.depth, 0, -1):
                direct = net.weight_gradient(layer)[i, i]
                found.append(eq(direct, back * net.o(layer - 1)[i]))
                if layer > 1:
                    back = net.slopes(layer - 1)[i, i] * net.w(layer)[i, i] * back
        return tuple(found)

    sizes = ((1, 1), (2, 2), (1, 1, 1), (2, 2, 2), (2, 2, 2, 2))
    cases = tuple(_diagonal(net) for seed in (21, 22) for net in nets(seed=seed, sizes=sizes))
    return Claim(Instances(build, cases, "20 diagonal networks of width 1 or 2, depth 1 to 3"))


paper.note(
    "6.60",
    kind="definition",
    where=SECTION,
    latex=r"\Theta = \{ \mathbf{W}^{(1)}, \mathbf{W}^{(2)}, \mathbf{b}^{(1)}, \mathbf{b}^{(2)} \}",
)
paper.note(
    "6.61",
    kind="definition",
    where=SECTION,
    latex=r"\mathbf{W}^{(1)} = \mathbf{W}^{(2)} = \begin{bmatrix} 1 & -1 \\ 0 & 1 "
    r"\end{bmatrix}, \quad \mathbf{b}^{(1)} = \mathbf{b}^{(2)} = \begin{bmatrix} 1 \\ 0 "
    r"\end{bmatrix}",
    note="The start of exercise 4.",
)
paper.note(
    "6.62",
    kind="definition",
    where=SECTION,
    latex=r"\ell(\Theta) = \frac{1}{2} \|\mathbf{y} - \mathbf{f}(\mathbf{x})\|^2",
)
paper.note(
    "6.63",
    kind="definition",
    where=SECTION,
    latex=r"\mathbf{x} = [1, -1]^{\top}, \quad \mathbf{y} = [1, 0]^{\top}",
)

START = sp.ImmutableMatrix([[1, -1], [0, 1]])
BIAS = sp.ImmutableMatrix([1, 0])


def start() -> Net:
    return Net((START, START), (BIAS, BIAS), sp.ImmutableMatrix([1, -1]), BIAS)


def stepped(net: Net) -> Net:
    """All parameters moved at once, step size 1, by derivatives taken directly."""
    pairs = range(1, net.depth + 1)
    weights = tuple(net.w(k) - net.weight_gradient(k) for k in pairs)
    biases = tuple(net.biases[k - 1] - net.bias_gradient(k) for k in pairs)
    return Net(weights, biases, net.x, net.y, net.activation)


@paper.equation(
    "exercise:4",
    where=SECTION,
    latex=r"\Delta\mathbf{W}^{(1)}[0] = \begin{bmatrix} -3 & 3 \\ 0 & 0 \end{bmatrix}, "
    r"\Delta\mathbf{b}^{(1)}[0] = \Delta\mathbf{b}^{(2)}[0] = \begin{bmatrix} -3 \\ 0 "
    r"\end{bmatrix}, \Delta\mathbf{W}^{(2)}[0] = \begin{bmatrix} -9 & 0 \\ 0 & 0 \end{bmatrix}; "
    r"\quad \Delta\Theta[1] = 0",
    note="Solution, step size 1. First pass: g1 = (3, -1), o1 = (3, 0), g2 = (4, 0), o2 = (4, 0), "
    "epsilon = (3, 0), delta2 = (3, 0), delta1 = (3, 0); the second output stands on the kink "
    "and its error is 0, so no convention is needed. After the update W1 = (-2 2; 0 1), b1 = b2 = "
    "(-2, 0), W2 = (-8 -1; 0 1). Second pass: g1 = (-6, -1), g2 = (-2, 0), every unit inactive, "
    "all updates zero: the network is dead and the loss stays at 1/2, from 9/2 at the start. The "
    "unit step is far above what (6.53) asks: eta ||o||^2 lambda_max(M) = 9 in the last layer.",
)
def exercise4() -> Claim:
    """The answers on the right; on the left the loss, differentiated parameter by parameter."""
    zero, none = sp.zeros(2, 2).as_immutable(), sp.zeros(2, 1).as_immutable()
    first_bias = sp.ImmutableMatrix([-3, 0])
    answers = (
        (sp.ImmutableMatrix([[-3, 3], [0, 0]]), sp.ImmutableMatrix([[-9, 0], [0, 0]])),
        (zero, zero),
    )
    net, found = start(), []
    for k, (weights, bias) in enumerate(zip(answers, (first_bias, none), strict=True)):
        for layer in (1, 2):
            found.append(eq(-net.weight_gradient(layer), weights[layer - 1]))
            found.append(eq(-net.bias_gradient(layer), bias))
        found.append(eq(net.loss(), sp.Rational(9, 2) if k == 0 else sp.Rational(1, 2)))
        net = stepped(net)
    return Claim((*found, eq(net.loss(), sp.Rational(1, 2))))
