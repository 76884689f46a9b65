"""Section 6.4.3, first half: the cost after the update, exactly, while no unit changes sides."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim, Instances

from .nets import RECTIFIERS, Net, layers, rectifier_nets, single
from .setting import (
    d_before,
    d_here,
    d_last,
    entries,
    eq,
    eta,
    ge,
    norm2,
    paper,
    relu,
    step,
    x,
)

SECTION = "section 6.4.3"

# Any depth: all of Lambda^(L) W^(L) ... W^(l+1) Lambda^(l) is one matrix.
above = sp.MatrixSymbol("A", d_last, d_here)
weights = sp.MatrixSymbol("W^{(l)}", d_here, d_before)
change = sp.MatrixSymbol(r"\Delta W^{(l)}", d_here, d_before)
fed = sp.MatrixSymbol("o^{(l-1)}", d_before, 1)
target = sp.MatrixSymbol("y", d_last, 1)
error = above * weights * fed - target
backward = above.T * error
update = -eta * backward * fed.T


def square(vector: sp.MatrixExpr) -> sp.MatrixExpr:
    """The squared norm of a column, a matrix of one entry."""
    return vector.T * vector


paper.note(
    "6.42",
    kind="definition",
    where=SECTION,
    latex=r"\ell(\mathbf{y}, \mathbf{o}^{(L)}) = \frac{1}{2} \|\mathbf{y} - \mathbf{o}^{(L)}\|^2",
)
paper.note(
    "6.43",
    kind="definition",
    where=SECTION,
    latex=r"\mathbf{o}^{(L)} := \sigma \left( \mathbf{W}^{(L)} \mathbf{o}^{(L-1)} \right)",
)


@paper.equation(
    "6.44",
    where=SECTION,
    latex=r"\mathbf{o}^{(L)} := \mathbf{\Gamma}^{(L)} \mathbf{g}^{(L)}, \quad \mathbf{g}^{(L)} = "
    r"\mathbf{W}^{(L)} \mathbf{o}^{(L-1)}",
    note="Per unit, with the diagonal of zeros and ones that the text describes; it holds at 0 as "
    "well, whatever value the gain is given there.",
)
def eq6_44() -> Claim:
    return Claim(eq(relu(x), step(x) * x))


paper.note(
    "6.45",
    kind="definition",
    where=SECTION,
    latex=r"\mathbf{\Gamma}^{(L)} = \mathrm{diag}(\gamma_1, \dots, \gamma_{d^{(L)}})",
    note="Printed as a full diagonal matrix.",
)
paper.note(
    "6.46",
    kind="definition",
    where=SECTION,
    latex=r"\gamma_j = \gamma \left( [\mathbf{g}^{(L)}]_j \right)",
    note="(6.4) leaves the gain undefined at 0; read 0 there.",
)


@paper.equation(
    "6.47",
    where=SECTION,
    latex=r"\mathbf{\Gamma}^{(l)} = \mathbf{\Lambda}^{(l)}, \quad l = 1, \dots, L",
    outcome="holds-under",
    beyond=("no unit has argument 0, or the gain is taken to be 0 there",),
    note="Per unit. At 0 the right side is 0 by the convention of (6.3) and the left side is "
    "undefined by (6.4).",
    survivors="The gain upside down divides by zero for x < 0: it is neither true nor false there.",
)
def eq6_47() -> Claim:
    return Claim(eq(relu(x) / x, step(x)), extra=[sp.Ne(x, 0)])


@paper.equation(
    "6.48",
    where=SECTION,
    latex=r"\mathbf{o}^{(L)} = \mathbf{\Lambda}^{(L)} \mathbf{W}^{(L)} \dots "
    r"\mathbf{\Lambda}^{(l)} \mathbf{W}^{(l)} \mathbf{o}^{(l-1)}",
    strength="instances",
    assumptions=("zero biases",),
    note="Lambda depends on the input: the network is linear on a region only.",
)
def eq6_48() -> Claim:
    def build(case: tuple[Net, int]) -> sp.Eq:
        net, layer = case
        found = net.o(layer - 1)
        for k in range(layer, net.depth + 1):
            found = net.slopes(k) * net.w(k) * found
        return eq(net.o(net.depth), found)

    return Claim(Instances(build, layers(rectifier_nets()), RECTIFIERS))


@paper.equation(
    "6.49",
    where=SECTION,
    latex=r"\Delta \mathbf{W}^{(l)} = -\eta \boldsymbol\delta^{(l)} \mathbf{o}^{(l-1)\top}",
    strength="instances",
    note="(6.37) for one training pair, delta as defined in (6.33).",
)
def eq6_49() -> Claim:
    def build(case: tuple[Net, int]) -> sp.Eq:
        net, layer = case
        step_taken = -eta * net.weight_gradient(layer)
        return eq(step_taken, -eta * net.delta(layer) * net.o(layer - 1).T)

    return Claim(Instances(build, layers(rectifier_nets()), RECTIFIERS))


margin = sp.Symbol("kappa", nonnegative=True)
slack = sp.Symbol("v", positive=True)


def kink_net(moved: sp.Expr) -> Net:
    """A net whose first output unit has argument -kappa, its first weight moved."""
    first = sp.ImmutableMatrix([1 + moved, 1 + margin])
    second = sp.ImmutableMatrix([[1, -1], [1, 0]])
    none = sp.zeros(2, 1).as_immutable()
    one, aim = sp.ImmutableMatrix([1]), sp.ImmutableMatrix([-5, 2])
    return Net((first, second), (none, none), one, aim)


def kink_cost(moved: sp.Expr) -> sp.Expr:
    """Its loss, the rectifier written out."""
    net = kink_net(moved)
    hidden = (net.w(1) * net.x).applyfunc(relu)
    return norm2(net.y - (net.w(2) * hidden).applyfunc(relu)) / 2


@paper.equation(
    "prose:patterns-stay",
    where=SECTION,
    latex=r"\eta \text{ sufficiently small} \Rightarrow \text{the activation patterns of } "
    r"\mathbf{W}^{(l)} + \Delta\mathbf{W}^{(l)} \text{ are those of } \mathbf{W}^{(l)}",
    outcome="holds-under",
    beyond=("no unit of the layers above has argument exactly 0",),
    note="A 1-2-2 net: W1 = (1, 1 + kappa), W2 = (1 -1; 1 0), x = 1, y = (-5, 2), first layer "
    "updated. Its first output has argument -kappa, and eta - kappa after the step. With kappa "
    "= 0 every step, however small, turns that unit on: the cost is then 13 + 4 eta + eta^2, "
    "above the 13 before it for every eta > 0, while the frozen pattern promises a decrease. So "
    "at a kink the conventional gradient is no direction of descent.",
)
def patterns_stay() -> Claim:
    frozen = (25 + (1 - eta) ** 2) / 2
    small = sp.Or(sp.Eq(margin, 0), sp.Lt(eta, margin))  # below the margin, if there is one
    return Claim(
        eq(kink_cost(eta), frozen),
        [small],
        extra=[sp.Eq(margin, eta + slack, evaluate=False)],
    )


@paper.equation(
    "prose:kink-rises",
    where=SECTION,
    latex=r"\kappa = 0: \quad \ell(\mathbf{W}^{(1)} + \Delta\mathbf{W}^{(1)}) = 13 + 4 \eta + "
    r"\eta^2 > 13 = \ell(\mathbf{W}^{(1)})",
    note="Not in the source: the counterexample of prose:patterns-stay, for every step size. The "
    "update is that of (6.49) with the convention of (6.3): it is (eta, 0).",
)
def kink_rises() -> Claim:
    given = [sp.Eq(margin, 0, evaluate=False)]
    return Claim((eq(kink_cost(eta), 13 + 4 * eta + eta**2), eq(kink_cost(sp.S.Zero), 13)), given)


@paper.equation(
    "prose:perturbed-cost",
    where=SECTION,
    latex=r"\widehat{\ell}(\mathbf{y}, \mathbf{o}^{(L)}) := \|\mathbf{y} - "
    r"\mathbf{\Lambda}^{(L)} \mathbf{W}^{(L)} \dots \mathbf{\Lambda}^{(l)} (\mathbf{W}^{(l)} + "
    r"\Delta \mathbf{W}^{(l)}) \mathbf{o}^{(l-1)}\|^2",
    outcome="erratum",
    strength="instances",
    corrected_latex=r"\widehat{\ell}(\mathbf{y}, \mathbf{o}^{(L)}) := \frac{1}{2} \|\mathbf{y} - "
    r"\mathbf{\Lambda}^{(L)} \mathbf{W}^{(L)} \dots \mathbf{\Lambda}^{(l)} (\mathbf{W}^{(l)} + "
    r"\Delta \mathbf{W}^{(l)}) \mathbf{o}^{(l-1)}\|^2",
    note="The new value of the cost (6.42) has its factor 1/2; without it the cost doubles at "
    "once, at zero step already. The same factor is missing up to the end of the section, on both "
    "sides in (6.50) to (6.52).",
)
def perturbed_cost() -> Claim:
    """Against the loss of the changed network, by a step that keeps every unit on its side."""

    def build(factor: sp.Rational):
        def of_case(case: tuple[Net, int]) -> sp.Eq:
            net, layer = case
            _, move = small_update(net, layer)
            output = net.product(layer).T * (net.w(layer) + move) * net.o(layer - 1)
            return eq(net.updated(layer, move).loss(), factor * norm2(net.y - output))

        return of_case

    cases = layers(rectifier_nets())
    return Claim(
        Instances(build(sp.Integer(1)), cases, RECTIFIERS),
        corrected=Instances(build(sp.Rational(1, 2)), cases, RECTIFIERS),
    )


def small_update(net: Net, layer: int) -> tuple[sp.Rational, sp.ImmutableMatrix]:
    """A step size halved until every unit stays on its side, and the update (6.49) with it."""
    size = sp.Rational(1, 2)
    while True:
        move = (-size * net.delta(layer) * net.o(layer - 1).T).as_immutable()
        if net.updated(layer, move).pattern() == net.pattern():
            return size, move
        size /= 2


@paper.equation(
    "prose:output-delta",
    where=SECTION,
    latex=r"\boldsymbol\delta^{(L)} = \mathbf{o}^{(L)} - \mathbf{y} = \mathbf{\Lambda}^{(L)} "
    r"\mathbf{W}^{(L)} \dots \mathbf{\Lambda}^{(l)} \mathbf{W}^{(l)} \mathbf{o}^{(l-1)} - "
    r"\mathbf{y}",
    outcome="erratum",
    strength="instances",
    corrected_latex=r"\boldsymbol\epsilon = \mathbf{o}^{(L)} - \mathbf{y} = "
    r"\mathbf{\Lambda}^{(L)} \mathbf{W}^{(L)} \dots \mathbf{\Lambda}^{(l)} \mathbf{W}^{(l)} "
    r"\mathbf{o}^{(l-1)} - \mathbf{y}",
    note="The same slip as in (6.41). With epsilon in place of delta^(L) the rest of the section "
    "is consistent: (6.50) to (6.52) are read so.",
)
def output_delta() -> Claim:
    def against(printed: bool):
        def build(net: Net) -> tuple[sp.Eq, sp.Eq]:
            top = net.depth
            name = net.delta(top) if printed else net.error()
            output = net.product(1).T * net.w(1) * net.x
            return eq(name, net.o(top) - net.y), eq(name, output - net.y)

        return build

    off = single(-1, 1)
    cases = (off, *rectifier_nets(), *rectifier_nets(seed=16))
    words = "15 rectifier networks of sizes 1-1 to 2-2-3-2, the first one inactive unit"
    return Claim(
        Instances(against(printed=True), cases, words),
        corrected=Instances(against(printed=False), cases, words),
    )


@paper.equation(
    "6.50",
    where=SECTION,
    latex=r"\widehat{\ell} = \|\boldsymbol\delta^{(L)} - \mathbf{\Lambda}^{(L)} \mathbf{W}^{(L)} "
    r"\dots \mathbf{\Lambda}^{(l)} \Delta \mathbf{W}^{(l)} \mathbf{o}^{(l-1)}\|^2 = "
    r"\|\boldsymbol\delta^{(L)} + \eta \mathbf{\Lambda}^{(L)} \mathbf{W}^{(L)} \dots "
    r"\mathbf{\Lambda}^{(l)} \boldsymbol\delta^{(l)} \mathbf{o}^{(l-1)\top} \mathbf{o}^{(l-1)}\|^2 "
    r"= \left\| \left( \mathbf{I} - \eta \|\mathbf{o}^{(l-1)}\|^2 \mathbf{M}^{(l)} \right) "
    r"\boldsymbol\delta^{(L)} \right\|^2",
    outcome="erratum",
    corrected_latex=r"\widehat{\ell} = \|\boldsymbol\epsilon + \mathbf{\Lambda}^{(L)} "
    r"\mathbf{W}^{(L)} \dots \mathbf{\Lambda}^{(l)} \Delta \mathbf{W}^{(l)} "
    r"\mathbf{o}^{(l-1)}\|^2 = \|\boldsymbol\epsilon - \eta \mathbf{\Lambda}^{(L)} "
    r"\mathbf{W}^{(L)} \dots \mathbf{\Lambda}^{(l)} \boldsymbol\delta^{(l)} "
    r"\mathbf{o}^{(l-1)\top} \mathbf{o}^{(l-1)}\|^2 = \left\| \left( \mathbf{I} - \eta "
    r"\|\mathbf{o}^{(l-1)}\|^2 \mathbf{M}^{(l)} \right) \boldsymbol\epsilon \right\|^2",
    note="y - A (W + dW) o = -(delta^(L) + A dW o), A the product of the layers above: the first "
    "two lines have the wrong sign, the third is right. It is this sign that (6.54) inherits. "
    "With all sizes 1 and A = o = delta = eta = 1 the true value is 0 and the second line gives 4. "
    "Any sizes and any depth; delta^(L) read as o^(L) - y, the factor 1/2 left out as printed.",
    survivors="A transposed vector among columns is no statement but where its size is 1.",
)
def eq6_50() -> Claim:
    generic = square(target - above * (weights + change) * fed)
    updated = square(target - above * (weights + update) * fed)
    effect = above * change * fed
    sent = eta * above * backward * fed.T * fed
    third = square(error - eta * above * above.T * error * (fed.T * fed))
    return Claim(
        (
            eq(generic, square(error - effect)),
            eq(updated, square(error + sent)),
            eq(updated, third),
        ),
        corrected=(
            eq(generic, square(error + effect)),
            eq(updated, square(error - sent)),
            eq(updated, third),
        ),
    )


def printed_m(net: Net, layer: int) -> sp.ImmutableMatrix:
    """M^(l) factor by factor as printed."""
    top = net.depth
    found = sp.eye(net.y.rows)
    for k in range(top, layer, -1):
        found = found * net.slopes(k) * net.w(k)
    found = found * net.slopes(layer) * net.slopes(layer)
    for k in range(layer + 1, top + 1):
        found = found * net.w(k).T * net.slopes(k)
    return found.as_immutable()


@paper.equation(
    "prose:M",
    where=SECTION,
    latex=r"\mathbf{M}^{(l)} = \mathbf{\Lambda}^{(L)} \mathbf{W}^{(L)} \dots \mathbf{W}^{(l+1)} "
    r"\mathbf{\Lambda}^{(l)} \mathbf{\Lambda}^{(l)} \mathbf{W}^{(l+1)\top} \dots "
    r"\mathbf{W}^{(L)\top} \mathbf{\Lambda}^{(L)}",
    kind="definition",
    strength="instances",
    note="It is J J^T with J the Jacobian of the output by g^(l), taken directly: the kernel by "
    "which a change of layer l moves the output.",
)
def m_matrix() -> Claim:
    def build(case: tuple[Net, int]) -> sp.Eq:
        net, layer = case
        slopes = net.output_jacobian(layer)
        return eq(printed_m(net, layer), slopes * slopes.T)

    return Claim(Instances(build, layers(rectifier_nets()), RECTIFIERS))


@paper.equation(
    "6.51",
    where=SECTION,
    latex=r"\mathbf{x}^\top \mathbf{M}^{(l)} \mathbf{x} = \|\mathbf{\Lambda}^{(l)} "
    r"\mathbf{W}^{(l+1)\top} \dots \mathbf{W}^{(L)\top} \mathbf{\Lambda}^{(L)} \mathbf{x}\|^2 "
    r"\ge 0",
    note="For any sizes and depth, as the Lambdas are symmetric. A sum of squares of reals is not "
    "negative; here three of them.",
)
def eq6_51() -> Claim:
    slope = sp.MatrixSymbol(r"\Lambda^{(l)}", d_here, d_here)
    tail = sp.MatrixSymbol("B", d_last, d_here)  # Lambda^(L) W^(L) ... W^(l+1)
    any_x = sp.MatrixSymbol("x", d_last, 1)
    form = any_x.T * tail * slope * slope.T * tail.T * any_x
    squares = norm2(entries("z", 3))
    return Claim((eq(form, square(slope.T * tail.T * any_x)), ge(squares, 0)))
