"""Section 2.2, forward propagation: equations (5) to (10)."""

from __future__ import annotations

from itertools import product
from typing import Any

import sympy as sp

from symvar.claims import Claim, E, Gaussian, HasLaw, Independent, Instances, Symmetric, Var
from symvar.claims.closed_form import ClosedForm
from symvar.symbols import size

from .setting import (
    FORWARD,
    RECTIFIED,
    eq,
    fan_in,
    i,
    over,
    paper,
    relu,
    response,
    w,
    x,
    y,
)

STATED = "weights are independent, of one law with mean zero, and independent of the inputs"


def unrolled(shape: tuple[int, int, int]) -> Any:
    """All filters at one pixel: the sum over channels and taps, against a matrix and a vector."""
    taps, channels, filters = shape
    kernel = {
        (d, c, t): sp.Symbol(f"w_{d + 1}{c + 1}{t + 1}", real=True)
        for d, c, t in product(range(filters), range(channels), range(taps))
    }
    patch = sp.Matrix(channels, taps, lambda c, t: sp.Symbol(f"x_{c + 1}{t + 1}", real=True))
    bias = sp.Matrix(filters, 1, lambda d, _: sp.Symbol(f"b_{d + 1}", real=True))
    direct = [
        bias[d] + sum(kernel[d, c, t] * patch[c, t] for c in range(channels) for t in range(taps))
        for d in range(filters)
    ]
    rows = [[kernel[d, c, t] for c in range(channels) for t in range(taps)] for d in range(filters)]
    product_form = sp.Matrix(rows) * sp.Matrix(channels * taps, 1, list(patch)) + bias
    return sp.Eq(sp.ImmutableMatrix(direct), product_form.as_immutable(), evaluate=False)


@paper.equation(
    "5",
    where="section 2.2",
    kind="definition",
    latex=r"\mathbf y_l = W_l\mathbf x_l + \mathbf b_l",
    strength="instances",
    note=r"One pixel of the output; $n_l = k_l^2 c_l$ entries in $\mathbf x_l$. With zero padding "
    "a pixel at the border has fewer, and the variances of (6) and (7) are smaller there; asv "
    "counts the connections exactly.",
)
def eq5() -> Claim:
    """The reshaping of a convolution at a pixel."""
    shapes = ((1, 1, 1), (2, 1, 1), (1, 2, 1), (1, 1, 2), (2, 2, 2), (3, 2, 2))
    words = "patches of 1 to 3 taps, 1 or 2 channels and filters"
    return Claim(Instances(unrolled, shapes, words))


paper.note(
    "prose:layers",
    where="section 2.2",
    kind="definition",
    latex=r"\mathbf x_l = f(\mathbf y_{l-1}), \quad c_l = d_{l-1}",
    note="No pooling between the layers: the models of the source pool, the derivation does not.",
)

unit = over(w[i] * x[i], fan_in)


@paper.equation(
    "6",
    where="section 2.2",
    latex=r"\mathrm{Var}[y_l] = n_l\,\mathrm{Var}[w_l x_l]",
    assumptions=(STATED, "the inputs are independent and of one law"),
    note="That the inputs are mutually independent is not needed once the weights have mean zero.",
)
def eq6() -> Claim:
    """Of one unit, for every number of inputs."""
    return Claim(eq(Var(unit), fan_in * Var(w[1] * x[1])), given=FORWARD)


@paper.equation(
    "7",
    where="section 2.2",
    latex=r"\mathrm{Var}[y_l] = n_l\,\mathrm{Var}[w_l]\,E[x_l^2]",
    assumptions=(STATED, "the inputs are independent and of one law"),
    note=r"Glorot and Bengio (5) has $\mathrm{Var}[x]$ for $E[x^2]$, which needs inputs with mean "
    "zero: here the two sources part.",
)
def eq7() -> Claim:
    """Of one unit, for every number of inputs."""
    return Claim(eq(Var(unit), fan_in * Var(w[1]) * E(x[1] ** 2)), given=FORWARD)


@paper.equation(
    "prose:second moment",
    where="section 2.2",
    latex=r"E[x_l^2] \ne \mathrm{Var}[x_l] \text{ unless } E[x_l] = 0; \quad "
    r"\text{rectified, } x_l \text{ does not have mean zero}",
    note=r"The gap is $E[x_l]^2$; for a Gaussian response it is $\mathrm{Var}[y]/(2\pi)$.",
)
def second_moment() -> Claim:
    """The gap in general, and after a rectifier of a Gaussian response."""
    variance = sp.Symbol("q", positive=True)
    gaussian = HasLaw(response, Gaussian(0, variance))
    after = relu(response)
    return Claim(
        (
            eq(E(after**2) - Var(after), E(after) ** 2),
            eq(E(after) ** 2, variance / (2 * sp.pi)),
        ),
        given=[gaussian],
    )


@paper.equation(
    "prose:symmetric",
    where="section 2.2",
    latex=r"w_{l-1} \text{ symmetric},\ b_{l-1} = 0 \implies "
    r"y_{l-1} \text{ symmetric with mean zero}",
    assumptions=("weights are independent, symmetric, and independent of the inputs",),
    note="Checked are the mean and the third moment, whatever the law of the inputs. In full: "
    "changing the sign of a unit's weights changes that of its response and of nothing before, "
    "and leaves their law. So it holds at every layer, not only for Gaussian responses.",
)
def symmetric() -> Claim:
    """Odd moments of one unit, for every number of inputs."""
    given = [Independent(w, x), Independent(w), Symmetric(w)]
    return Claim((eq(E(unit), 0), eq(E(unit**3), 0)), given=given)


@paper.equation(
    "prose:half",
    where="section 2.2",
    latex=r"E[x_l^2] = \tfrac12\mathrm{Var}[y_{l-1}]",
    note="Mean zero alone does not do: symmetry is needed.",
)
def half() -> Claim:
    """For every symmetric law."""
    return Claim(eq(E(relu(response) ** 2), Var(response) / 2), given=[Symmetric(response)])


rectified = over(w[i] * relu(y[i]), fan_in)


@paper.equation(
    "8",
    where="section 2.2",
    latex=r"\mathrm{Var}[y_l] = \tfrac12 n_l\,\mathrm{Var}[w_l]\,\mathrm{Var}[y_{l-1}]",
    assumptions=(STATED, "weights are symmetric"),
    note="Exact for every width, though the rectified responses of a layer are dependent.",
)
def eq8() -> Claim:
    """Of one unit, the responses before of one symmetric law."""
    return Claim(eq(Var(rectified), fan_in * Var(w[1]) * Var(y[1]) / 2), given=RECTIFIED)


depth = size("L")
fan, variance = (sp.Function(name, positive=True) for name in ("n", "v"))
layer = sp.Symbol("l", integer=True)
first, before = sp.symbols("V_1 V", positive=True)


@paper.equation(
    "9",
    where="section 2.2",
    latex=r"\mathrm{Var}[y_L] = \mathrm{Var}[y_1]\prod_{l=2}^L\tfrac12 n_l\,\mathrm{Var}[w_l]",
)
def eq9() -> Claim:
    """By induction from (8)."""
    factor = fan(layer) * variance(layer) / 2
    step = before * factor.subs(layer, depth)
    closed = first * sp.Product(factor, (layer, 2, depth))
    return Claim(ClosedForm(closed, depth, 1, first, step, before))


@paper.equation(
    "10",
    where="section 2.2",
    latex=r"\tfrac12 n_l\,\mathrm{Var}[w_l] = 1 \quad \forall l, \qquad "
    r"\text{std} = \sqrt{2/n_l}",
    note="Checked is that weights of this standard deviation keep the variance.",
)
def eq10() -> Claim:
    """Equation (8) with Gaussian weights of this standard deviation."""
    std = sp.sqrt(2 / fan_in)
    law = HasLaw(w, Gaussian(0, std**2))
    return Claim(
        (eq(Var(rectified), Var(y[1])), eq(fan_in * Var(w[1]) / 2, 1)), given=[*RECTIFIED, law]
    )


@paper.equation(
    "prose:first layer",
    where="section 2.2",
    latex=r"n_1\,\mathrm{Var}[w_1] = 1; \quad \text{the factor } \tfrac12 "
    r"\text{ does not matter on one layer}",
    note="With (10) on the first layer as well all variances are twice as large, at any depth.",
)
def first_layer() -> Claim:
    """The first variance with one weight variance and with twice that."""
    scale = size("s")
    law = HasLaw(w, Gaussian(0, scale / fan_in))
    return Claim(eq(Var(unit), scale * E(x[1] ** 2)), given=[*FORWARD, law])
