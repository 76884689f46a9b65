"""Section 6.4.2: what the terms of the update are, and their recursions."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim, Instances, gradient

from .backprop import printed_delta
from .nets import GENERATOR, Net, layers, nets
from .setting import d_here, d_last, d_next, entries, eq, norm2, paper, relu, step, x

GEOMETRY = "section 6.4.2"


@paper.equation(
    "prose:l2-error",
    where=GEOMETRY,
    latex=r"\boldsymbol{\epsilon}_n = \frac{\partial \left( \frac{1}{2} \|\mathbf{y}_n - "
    r"\mathbf{o}_n^{(L)}\|^2 \right)}{\partial \mathbf{o}_n^{(L)}} = \mathbf{o}_n^{(L)} - "
    r"\mathbf{y}_n",
    strength="instances",
    note="With the factor 1/2, which section 6.4.3 drops once.",
)
def l2_error() -> Claim:
    def build(size: int) -> sp.Eq:
        target, output = entries("y", size), entries("o", size)
        return eq(gradient(norm2(target - output) / 2, output), (output - target).as_immutable())

    return Claim(Instances(build, (1, 2, 3, 4), "d^(L) from 1 to 4"))


@paper.equation(
    "6.38",
    where=GEOMETRY,
    latex=r"\boldsymbol{\delta}_n^{(l)} = \boldsymbol{\Lambda}_n^{(l)} \mathbf{W}^{(l+1)\top} "
    r"\boldsymbol{\Lambda}_n^{(l+1)} \mathbf{W}^{(l+2)\top} \dots \mathbf{W}^{(L)\top} "
    r"\boldsymbol{\Lambda}_n^{(L)} \boldsymbol{\epsilon}_n",
    strength="instances",
    note="(6.34) again, checked on other networks.",
)
def eq6_38() -> Claim:
    cases = layers(nets(seed=13))
    return Claim(Instances(printed_delta, cases, GENERATOR.replace("seed 11", "seed 13")))


paper.note(
    "6.39",
    kind="algorithm",
    outcome="definition",
    where=GEOMETRY,
    latex=r"\mathbf{o}_n^{(l-1)} = \sigma \left( \mathbf{W}^{(l-1)} \mathbf{o}_n^{(l-2)} \right)",
    note="(6.29) for the layer before.",
)


@paper.equation(
    "6.40",
    where=GEOMETRY,
    latex=r"\boldsymbol{\delta}_n^{(l)} = \boldsymbol{\Lambda}_n^{(l)} \mathbf{W}^{(l+1)\top} "
    r"\boldsymbol{\delta}_n^{(l+1)}",
    strength="instances",
    note="For l < L, from (6.38) with the rest of its product in one matrix, for any sizes and "
    "depth; and on the derivatives taken directly.",
)
def eq6_40() -> Claim:
    slope = sp.MatrixSymbol(r"\Lambda^{(l)}", d_here, d_here)
    weights = sp.MatrixSymbol("W^{(l+1)}", d_next, d_here)
    above = sp.MatrixSymbol("P", d_next, d_last)  # Lambda^(l+1) W^(l+2)T ... Lambda^(L)
    error = sp.MatrixSymbol(r"\epsilon", d_last, 1)
    by_product = (slope * weights.T * above) * error
    by_recursion = slope * weights.T * (above * error)

    def build(case: tuple[Net, int]) -> sp.Eq:
        net, layer = case
        return eq(net.delta(layer), net.slopes(layer) * net.w(layer + 1).T * net.delta(layer + 1))

    inner = tuple((net, layer) for net, layer in layers(nets()) if layer < net.depth)
    return Claim((eq(by_product, by_recursion), Instances(build, inner, GENERATOR)))


target = sp.Symbol("y", real=True)


@paper.equation(
    "6.41",
    where=GEOMETRY,
    latex=r"\mathbf{o}_n^{(0)} = \mathbf{x}_n, \quad \boldsymbol{\delta}_n^{(L)} = "
    r"\boldsymbol{\epsilon}_n",
    outcome="erratum",
    corrected_latex=r"\mathbf{o}_n^{(0)} = \mathbf{x}_n, \quad \boldsymbol{\delta}_n^{(L)} = "
    r"\boldsymbol{\Lambda}_n^{(L)} \boldsymbol{\epsilon}_n",
    note="By (6.33), and by (6.34) at l = L, the first delta carries Lambda^(L). One unit of the "
    "last layer, argument x, squared error: where it is inactive the printed start sends back an "
    "error that the loss does not feel. It is right for a linear last layer, as in cotter "
    "(1.2.10), but (6.29) has sigma there; or if delta^(L) is read as epsilon throughout section "
    "6.4.3, and then (6.40) does not start from it.",
)
def eq6_41() -> Claim:
    """Per unit: the squared error is a sum over units and the activation acts on each alone."""
    delta = sp.diff((target - relu(x)) ** 2 / 2, x)
    error = relu(x) - target
    return Claim(eq(delta, error), [sp.Ne(x, 0)], corrected=eq(delta, step(x) * error))
