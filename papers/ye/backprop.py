"""Section 6.4.1: the derivation of backpropagation."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim, Instances, jacobian, vec

from .nets import GENERATOR, PAIRS, Net, batches, layers, nets
from .setting import entries, eq, paper

SECTION = "section 6.4.1"

SIZES = tuple((m, n) for m in (1, 2, 3) for n in (1, 2, 3))
SHAPES = "m and n from 1 to 3, every entry a symbol"


def kron_identity(column: sp.ImmutableMatrix, m: int) -> sp.ImmutableMatrix:
    return sp.ImmutableMatrix(sp.kronecker_product(column, sp.eye(m)))


@paper.equation(
    "Lemma 6.2",
    where=SECTION,
    latex=r"A \in \mathbb{R}^{m \times n}, \mathbf{x} \in \mathbb{R}^n: \quad "
    r"\frac{\partial A\mathbf{x}}{\partial \mathrm{VEC}(A)} = \mathbf{x} \otimes \mathbf{I}_m",
    strength="instances",
    note="As a statement on increments: A changed by D changes A x by D x, and that is the "
    "transpose of the Jacobian on VEC(D), VEC stacking columns.",
)
def lemma6_2() -> Claim:
    def build(sizes: tuple[int, int]) -> sp.Eq:
        m, n = sizes
        change, argument = entries("D", m, n), entries("x", n)
        return eq(kron_identity(argument, m).T * vec(change), change * argument)

    return Claim(Instances(build, SIZES, SHAPES))


@paper.equation(
    "6.23",
    where=SECTION,
    latex=r"\frac{\partial A\mathbf{x}}{\partial \mathrm{VEC}(A)} = \mathbf{x} \otimes "
    r"\mathbf{I}_m",
    strength="instances",
    note="In the denominator layout, mn rows and m columns, as the book says; in the numerator "
    "layout it is the transpose.",
)
def eq6_23() -> Claim:
    def build(sizes: tuple[int, int]) -> sp.Eq:
        m, n = sizes
        matrix, argument = entries("a", m, n), entries("x", n)
        derivative = jacobian(matrix * argument, matrix, layout="denominator")
        return eq(derivative, kron_identity(argument, m))

    return Claim(Instances(build, SIZES, SHAPES))


@paper.equation(
    "Lemma 6.3",
    where=SECTION,
    latex=r"\mathbf{x} \in \mathbb{R}^m, \mathbf{y} \in \mathbb{R}^n: \quad "
    r"\mathrm{VEC}(\mathbf{x}\mathbf{y}^\top) = (\mathbf{y} \otimes \mathbf{I}_m)\mathbf{x}",
    strength="instances",
)
def lemma6_3() -> Claim:
    def build(sizes: tuple[int, int]) -> sp.Eq:
        m, n = sizes
        left, right = entries("x", m), entries("y", n)
        return eq(vec(left * right.T), kron_identity(right, m) * left)

    return Claim(Instances(build, SIZES, SHAPES))


@paper.equation(
    "6.24",
    where=SECTION,
    latex=r"\mathrm{VEC}(\mathbf{x}\mathbf{y}^\top) = (\mathbf{y} \otimes \mathbf{I}_m)\mathbf{x}",
    strength="instances",
    note="Lemma 6.3, checked as the Jacobian of the left side by x; the left side is linear in x "
    "and vanishes with it.",
)
def eq6_24() -> Claim:
    def build(sizes: tuple[int, int]) -> sp.Eq:
        m, n = sizes
        left, right = entries("x", m), entries("y", n)
        derivative = jacobian(vec(left * right.T), left, layout="numerator")
        return eq(derivative, kron_identity(right, m))

    return Claim(Instances(build, SIZES, SHAPES))


paper.note(
    "6.25",
    kind="definition",
    where=SECTION,
    latex=r"\Theta = \begin{bmatrix} \mathbf{W}^{(1)} \\ \vdots \\ \mathbf{W}^{(L)} \end{bmatrix}",
    note="A list: matrices of different widths cannot be stacked. From here to the end of the "
    "section the biases are zero.",
)
paper.note(
    "6.26",
    kind="definition",
    where=SECTION,
    latex=r"\frac{\partial c}{\partial \Theta} = \begin{bmatrix} \frac{\partial c}{\partial "
    r"\mathbf{W}^{(1)}} \\ \vdots \\ \frac{\partial c}{\partial \mathbf{W}^{(L)}} \end{bmatrix}",
    note="Each block has the shape of its W, as UNVEC below shows.",
)
paper.note(
    "6.27",
    kind="algorithm",
    outcome="definition",
    where=SECTION,
    latex=r"\Delta \Theta = \begin{bmatrix} \Delta \mathbf{W}^{(1)} \\ \vdots \\ \Delta "
    r"\mathbf{W}^{(L)} \end{bmatrix}, \quad \Delta \mathbf{W}^{(l)} = -\eta \frac{\partial c}"
    r"{\partial \mathbf{W}^{(l)}}",
    note="(6.17), layer by layer.",
)
paper.note(
    "6.28",
    kind="definition",
    where=SECTION,
    latex=r"c(\Theta) = \sum_{n=1}^N \ell(\mathbf{y}_n, \mathbf{f}_{\Theta}(\mathbf{x}_n))",
)
paper.note(
    "6.29",
    kind="definition",
    where=SECTION,
    latex=r"\mathbf{o}_n^{(l)} = \sigma(\mathbf{g}_n^{(l)}), \quad \mathbf{g}_n^{(l)} = "
    r"\mathbf{W}^{(l)} \mathbf{o}_n^{(l-1)}",
)
paper.note(
    "6.30",
    kind="definition",
    where=SECTION,
    latex=r"\mathbf{o}_n^{(0)} := \mathbf{x}_n",
)


def _composed(net: Net) -> sp.ImmutableMatrix:
    """The map of (6.13), without biases, innermost first."""
    found = net.x
    for weights in net.weights:
        found = net.sigma(weights * found)
    return found


@paper.equation(
    "prose:network-output",
    where=SECTION,
    latex=r"\mathbf{o}_n^{(L)} = \mathbf{f}_{\Theta}(\mathbf{x}_n)",
    strength="instances",
    note="The recursion (6.29), (6.30) arrives at (6.13) with zero biases.",
)
def network_output() -> Claim:
    def build(net: Net) -> sp.Eq:
        return eq(net.o(net.depth), _composed(net))

    return Claim(Instances(build, nets(), "12 networks of sizes 1-1 to 2-2-3-2"))


def _polynomials(case: tuple[int, int, int]) -> sp.Eq:
    """Quadratic maps u of x, g of u and c of g, with distinct whole coefficients."""
    of_x, of_u, of_g = case
    variable, inner, outer = entries("x", of_x), entries("u", of_u), entries("g", of_g)

    def quadratic(arguments: sp.ImmutableMatrix, rows: int, seed: int) -> sp.ImmutableMatrix:
        return sp.ImmutableMatrix(
            [
                sum(
                    (
                        (seed + 2 * i + 3 * j) * a + (i - j + 2) * a**2
                        for j, a in enumerate(arguments)
                    ),
                    sp.Integer(0),
                )
                for i in range(rows)
            ]
        )

    u_of_x, g_of_u = quadratic(variable, of_u, 1), quadratic(inner, of_g, 2)
    c_of_g = quadratic(outer, 1, 5)
    at_u = dict(zip(inner, u_of_x, strict=True))
    at_g = dict(zip(outer, g_of_u.subs(at_u), strict=True))
    product = (
        jacobian(u_of_x, variable, layout="denominator")
        * jacobian(g_of_u, inner, layout="denominator").subs(at_u)
        * jacobian(c_of_g, outer, layout="denominator").subs(at_g)
    )
    return eq(jacobian(c_of_g.subs(at_g), variable, layout="denominator"), product)


@paper.equation(
    "6.31",
    where=SECTION,
    latex=r"\frac{\partial c(\mathbf{g}(\mathbf{u}))}{\partial \mathbf{x}} = \frac{\partial "
    r"\mathbf{u}}{\partial \mathbf{x}} \frac{\partial \mathbf{g}(\mathbf{u})}{\partial "
    r"\mathbf{u}} \frac{\partial c(\mathbf{g})}{\partial \mathbf{g}}",
    strength="instances",
    note="In the denominator layout the innermost derivative stands first. u is a function of x, "
    "which the left side does not write.",
)
def eq6_31() -> Claim:
    cases = ((1, 1, 1), (1, 2, 1), (2, 1, 2), (2, 3, 2))
    return Claim(Instances(_polynomials, cases, "quadratic maps between 1 to 3 variables"))


@paper.equation(
    "prose:weight-chain",
    where=SECTION,
    latex=r"\frac{\partial c}{\partial \mathrm{VEC}(\mathbf{W}^{(l)})} = \sum_{n=1}^N "
    r"\frac{\partial \mathbf{g}_n^{(l)}}{\partial \mathrm{VEC}(\mathbf{W}^{(l)})} \frac{\partial "
    r"\ell(\mathbf{y}_n, \mathbf{o}_n^{(L)})}{\partial \mathbf{g}_n^{(l)}}",
    strength="instances",
)
def weight_chain() -> Claim:
    def build(case: tuple[tuple[Net, ...], int]) -> sp.Eq:
        (net, *others), layer = case
        weights = entries("w", *net.w(layer).shape)
        terms = [
            jacobian(weights * each.o(layer - 1), weights, layout="denominator") * each.delta(layer)
            for each in (net, *others)
        ]
        total = sum(terms[1:], terms[0])
        return eq(vec(net.weight_gradient(layer, *others)), total)

    return Claim(Instances(build, batches(), PAIRS))


@paper.equation(
    "6.32",
    where=SECTION,
    latex=r"\frac{\partial \mathbf{g}_n^{(l)}}{\partial \mathrm{VEC}(\mathbf{W}^{(l)})} = "
    r"\mathbf{o}_n^{(l-1)} \otimes \mathbf{I}_{d^{(l)}}",
    strength="instances",
    note="(6.23) for W^(l), which has d^(l) rows.",
)
def eq6_32() -> Claim:
    def build(sizes: tuple[int, int]) -> sp.Eq:
        here, before = sizes
        weights, output = entries("w", here, before), entries("o", before)
        derivative = jacobian(weights * output, weights, layout="denominator")
        return eq(derivative, kron_identity(output, here))

    return Claim(Instances(build, SIZES, "d^(l) and d^(l-1) from 1 to 3, every entry a symbol"))


paper.note(
    "6.33",
    kind="definition",
    where=SECTION,
    latex=r"\boldsymbol\delta_n^{(l)} := \frac{\partial \ell(\mathbf{y}_n, \mathbf{o}_n^{(L)})}"
    r"{\partial \mathbf{g}_n^{(l)}}",
    note="The derivative by g, before the nonlinearity. (6.41) and section 6.4.3 use "
    "delta^(L) for the derivative by the output instead.",
)


def printed_delta(case: tuple[Net, int]) -> sp.Eq:
    net, layer = case
    return eq(net.delta(layer), net.product(layer) * net.error())


@paper.equation(
    "6.34",
    where=SECTION,
    latex=r"\boldsymbol\delta_n^{(l)} = \frac{\partial \mathbf{o}_n^{(l)}}{\partial "
    r"\mathbf{g}_n^{(l)}} \frac{\partial \mathbf{g}_n^{(l+1)}}{\partial \mathbf{o}_n^{(l)}} \dots "
    r"\frac{\partial \mathbf{o}_n^{(L)}}{\partial \mathbf{g}_n^{(L)}} \frac{\partial "
    r"\ell(\mathbf{y}_n, \mathbf{o}_n^{(L)})}{\partial \mathbf{o}_n^{(L)}} = "
    r"\mathbf{\Lambda}_n^{(l)} \mathbf{W}^{(l+1)\top} \mathbf{\Lambda}_n^{(l+1)} \dots "
    r"\mathbf{W}^{(L)\top} \mathbf{\Lambda}_n^{(L)} \boldsymbol{\epsilon}_n",
    strength="instances",
    note="Against the derivative of the loss by g^(l) with the layers above written out. The "
    "nonlinearity is differentiated at the forward g; zhang (26) applies the derivative to the "
    "error itself.",
)
def eq6_34() -> Claim:
    return Claim(Instances(printed_delta, layers(nets()), GENERATOR))


paper.note(
    "prose:error-term",
    kind="definition",
    where=SECTION,
    latex=r"\boldsymbol{\epsilon}_n = \frac{\partial \ell(\mathbf{y}_n, \mathbf{o}_n^{(L)})}"
    r"{\partial \mathbf{o}_n^{(L)}}",
    note="Printed again in section 6.4.2.",
)


@paper.equation(
    "6.35",
    where=SECTION,
    latex=r"\mathbf{\Lambda}_n^{(l)} := \frac{\partial \mathbf{o}_n^{(l)}}{\partial "
    r"\mathbf{g}_n^{(l)}} = \frac{\partial \boldsymbol{\sigma}(\mathbf{g}_n^{(l)})}{\partial "
    r"\mathbf{g}_n^{(l)}} \in \mathbb{R}^{d^{(l)} \times d^{(l)}}",
    kind="definition",
    strength="instances",
    note="A diagonal matrix, so the layout does not matter for it. Here for cubics with symbolic "
    "coefficients.",
)
def eq6_35() -> Claim:
    a, b, c = sp.symbols("a b c", real=True)

    def build(size: int) -> sp.Eq:
        g = entries("g", size)
        value = g.applyfunc(lambda t: a * t + b * t**2 + c * t**3)
        slopes = sp.diag(*(a + 2 * b * t + 3 * c * t**2 for t in g)).as_immutable()
        return eq(jacobian(value, g, layout="denominator"), slopes)

    return Claim(Instances(build, (1, 2, 3), "d^(l) from 1 to 3"))


@paper.equation(
    "6.36",
    where=SECTION,
    latex=r"\frac{\partial \mathbf{g}_n^{(l+1)}}{\partial \mathbf{o}_n^{(l)}} = \frac{\partial "
    r"\mathbf{W}^{(l+1)} \mathbf{o}_n^{(l)}}{\partial \mathbf{o}_n^{(l)}} = "
    r"\mathbf{W}^{(l+1)\top}",
    strength="instances",
    note="In the denominator layout; in the numerator layout W itself.",
)
def eq6_36() -> Claim:
    def build(sizes: tuple[int, int]) -> sp.Eq:
        weights, output = entries("w", *sizes), entries("o", sizes[1])
        return eq(jacobian(weights * output, output, layout="denominator"), weights.T)

    return Claim(Instances(build, SIZES, "d^(l+1) and d^(l) from 1 to 3, every entry a symbol"))


@paper.equation(
    "prose:vec-gradient",
    where=SECTION,
    latex=r"\frac{\partial c}{\partial \mathrm{VEC}(\mathbf{W}^{(l)})} = \sum_{n=1}^N \left( "
    r"\mathbf{o}_n^{(l-1)} \otimes \mathbf{I}_{d^{(l)}} \right) \boldsymbol\delta_n^{(l)} = "
    r"\sum_{n=1}^N \mathrm{VEC} \left( \boldsymbol\delta_n^{(l)} \mathbf{o}_n^{(l-1)\top} \right)",
    strength="instances",
)
def vec_gradient() -> Claim:
    def build(case: tuple[tuple[Net, ...], int]) -> tuple[sp.Eq, sp.Eq]:
        (net, *others), layer = case
        direct = vec(net.weight_gradient(layer, *others))
        pairs = [(each.o(layer - 1), each.delta(layer)) for each in (net, *others)]
        first = [kron_identity(o, delta.rows) * delta for o, delta in pairs]
        second = [vec(delta * o.T) for o, delta in pairs]
        return eq(direct, sum(first[1:], first[0])), eq(direct, sum(second[1:], second[0]))

    return Claim(Instances(build, batches(), PAIRS))


@paper.equation(
    "prose:unvec",
    where=SECTION,
    latex=r"\mathrm{UNVEC} \left( \sum_{n=1}^N \mathrm{VEC} \left( \boldsymbol\delta_n^{(l)} "
    r"\mathbf{o}_n^{(l-1)\top} \right) \right) = \sum_{n=1}^N \boldsymbol\delta_n^{(l)} "
    r"\mathbf{o}_n^{(l-1)\top}",
    strength="instances",
    note="UNVEC is linear and inverts VEC: the column goes back to d^(l) rows, column by column.",
)
def unvec() -> Claim:
    def build(sizes: tuple[int, int]) -> sp.Eq:
        m, n = sizes
        deltas, outputs = entries("delta", m, 2), entries("o", n, 2)
        outer = [deltas[:, k] * outputs[:, k].T for k in (0, 1)]
        stacked = vec(outer[0]) + vec(outer[1])
        back = sp.ImmutableMatrix(m, n, lambda i, j: stacked[j * m + i])
        return eq(back, (outer[0] + outer[1]).as_immutable())

    return Claim(Instances(build, SIZES, "shapes from 1 x 1 to 3 x 3, N = 2, symbols"))


def _update(case: tuple[tuple[Net, ...], int]) -> sp.Eq:
    (net, *others), layer = case
    outer = [each.product(layer) * each.error() * each.o(layer - 1).T for each in (net, *others)]
    return eq(net.weight_gradient(layer, *others), sum(outer[1:], outer[0]))


@paper.equation(
    "6.37",
    where=SECTION,
    latex=r"\Delta \mathbf{W}^{(l)} = -\eta \frac{\partial c}{\partial \mathbf{W}^{(l)}} = -\eta "
    r"\sum_{n=1}^N \boldsymbol\delta_n^{(l)} \mathbf{o}_n^{(l-1)\top}",
    strength="instances",
    note="With delta from (6.34), against the derivative of the summed loss taken directly.",
)
def eq6_37() -> Claim:
    return Claim(Instances(_update, batches(), PAIRS))
