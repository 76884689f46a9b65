"""Section 4.1, equations (11) to (18): variances forward."""

from __future__ import annotations

import sympy as sp

from symvar.claims import (
    Claim,
    E,
    IdenticallyDistributed,
    Independent,
    Var,
    ZeroMean,
    random_family,
)
from symvar.geometry import Axis

from .laws import (
    BEFORE,
    CENTRED,
    EACH_OTHER,
    MUTUAL,
    VALUES,
    WEIGHTS,
    W,
    X,
    Y,
    i,
    total,
    w,
    x,
    y,
)
from .setting import depth, n, paper, relu, stated

HALF = sp.Rational(1, 2)
PRINTED_TOGETHER = "E(w_l) = 0, which the source introduces after (15)"


def moments_alike(slug: str, name: str, before: str, after: str) -> None:
    @paper.equation(
        f"prose:{slug}",
        where="section 4",
        latex=rf"E({before}) = E({after}),\; \mathrm{{Var}}({before}) = \mathrm{{Var}}({after})"
        rf"\;\Rightarrow\; \|{after}\| = \|{before}\|",
        outcome="erratum",
        corrected_latex=rf"N\,E\|{after}\|^2 = N'\,E\|{before}\|^2",
        note="N and N' are the sizes of the two layers. Equal moments give equal mean squares per "
        "entry, so the expected squared norms are as the sizes; and only their expectations, "
        f"not the norms of one draw. Where channels or maps change, so does the norm of {name}.",
    )
    def claim() -> Claim:
        before_family, after_family = random_family("u"), random_family("t")
        size_before, size_after = sp.symbols("N N'", positive=True, integer=True)
        one, other = (
            E(sp.Sum(family[i] ** 2, (i, 1, count)))
            for family, count in ((before_family, size_before), (after_family, size_after))
        )
        return Claim(
            stated(other, one),
            given=[IdenticallyDistributed(before_family, after_family)],
            corrected=stated(size_before * other, size_after * one),
        )


moments_alike("same-moments", "the signal", r"\mathbf{y}_{l-1}", r"\mathbf{y}_l")
moments_alike("same-moments-back", "the error", r"\delta_l", r"\delta_{l-1}")


paper.note(
    "11",
    where="section 4.1",
    kind="definition",
    latex=r"\mathbf{x}_l = \mathbf{w}_l\mathbf{y}_{l-1} + \mathbf{b}_l"
    r" = \mathbf{w}_l\varphi(\mathbf{x}_{l-1}) + \mathbf{b}_l",
    note="For l = 1 the input is x_0 itself, which is no activation's output: see (19).",
)


@paper.equation(
    "12",
    where="section 4.1",
    latex=r"x_l = \mathbf{w}\mathbf{y} + b = \sum_{i=1}^{c_l k_l^2} w_i \times y_i"
    r" = \sum_{i=1}^{c_l k_l^2} w_i y_i \varphi(x_{l-1,i}) + b",
    outcome="erratum",
    corrected_latex=r"x_l = \sum_{i=1}^{c_l k_l^2} w_i y_i + b"
    r" = \sum_{i=1}^{c_l k_l^2} w_i\varphi(x_{l-1,i}) + b",
    note="The last sum has y_i and the activation it equals, and the middle one has lost the bias. "
    "(13) has neither fault. Counterexample with one input: y = 2.",
    ocr="The factor may be a slip in print, as (13) continues without it.",
)
def eq12() -> Claim:
    weights, before = sp.symbols("w_1:3", real=True), sp.symbols("x_1:3", real=True)
    fed, bias = sp.symbols("y_1:3", real=True), sp.Symbol("b", real=True)
    unit = sp.Add(*(a * c for a, c in zip(weights, fed, strict=True))) + bias
    pairs = tuple(zip(weights, before, strict=True))
    doubled = sp.Add(*(a * c * relu(s) for (a, s), c in zip(pairs, fed, strict=True))) + bias
    right = sp.Add(*(a * relu(s) for a, s in pairs)) + bias
    known = [sp.Eq(a, relu(s)) for a, s in zip(fed, before, strict=True)]
    return Claim(
        (stated(unit, unit - bias), stated(unit, doubled)),
        given=known,
        corrected=stated(unit, right),
    )


@paper.equation(
    "prose:window-count",
    where="section 4.1",
    latex=r"n_l = c_l \times k_l^2",
    outcome="holds-under",
    beyond=("the map is not padded",),
    note="The pairs that a map of any width and its kernel join, against n for each output. With "
    "the padding of 1 that all four networks of section 5 use, a unit in the corner of a map reads "
    "4 c values instead of 9 c, and (14) counts inputs that are zero; asv counts the pairs that "
    "there are. Stride 1.",
)
def window_count() -> Claim:
    width, kernel = sp.symbols("w k_l", positive=True, integer=True)
    padding = sp.Symbol("p", nonnegative=True, integer=True)
    channels = sp.Symbol("c_l", positive=True, integer=True)
    axis = Axis(width, kernel, 1, padding, padding)
    return Claim(
        stated(channels * axis.pairs**2, axis.outputs**2 * channels * kernel**2),
        given=[sp.Ge(width, kernel), sp.Lt(padding, kernel)],
        extra=[sp.Eq(padding, 0)],
    )


@paper.equation(
    "13",
    where="section 4.1",
    latex=r"E(\mathbf{x}_l) = E\Big(\sum_{i=1}^{n_l} w_i\varphi(x_{l-1,i})\Big)"
    r" = n_l E(\mathbf{w}_l)E(\varphi(\mathbf{x}_{l-1}))",
    note="y stands for the activation's output, any activation.",
)
def eq13() -> Claim:
    return Claim(stated(E(total(w[i] * y[i], n)), n * E(W) * E(Y)), given=(*WEIGHTS, *VALUES))


@paper.equation(
    "14",
    where="section 4.1",
    latex=r"\mathrm{Var}(\mathbf{x}_l) = \mathrm{Var}\Big(\sum_{i=1}^{n_l}"
    r"w_i\varphi(x_{l-1,i})\Big) = n_l\mathrm{Var}(\mathbf{w}_l\varphi(\mathbf{x}_{l-1}))",
    outcome="holds-under",
    beyond=(MUTUAL, PRINTED_TOGETHER),
    note="One law for all weights is not enough: two equal weights double the standard deviation. "
    "Independent weights are not enough either while their mean is not zero, for the values they "
    "meet are neighbours of one map and correlated. With both, the values may be as dependent "
    "as they like.",
)
def eq14() -> Claim:
    return Claim(
        stated(Var(total(w[i] * y[i], n)), n * Var(W * Y)),
        given=(*WEIGHTS, *VALUES),
        extra=(*EACH_OTHER, *CENTRED),
    )


@paper.equation(
    "15",
    where="section 4.1",
    latex=r"E(\mathbf{x}_l) = n_l E(\mathbf{w}_l)E(\varphi(\mathbf{x}_{l-1}))",
    note="Here with ReLU written out.",
)
def eq15() -> Claim:
    return Claim(
        stated(E(total(w[i] * relu(x[i]), n)), n * E(W) * E(relu(X))),
        given=(*WEIGHTS, *BEFORE),
    )


@paper.equation(
    "prose:mean-diverges",
    where="section 4.1",
    latex=r"E(\mathbf{w}_l) \ne 0 \;\Rightarrow\; E(\mathbf{x}_L) \to \infty",
    outcome="erratum",
    corrected_latex=r"n\,E(\mathbf{w}_l) = e^\epsilon,\; \epsilon>0"
    r" \;\Rightarrow\; E(\mathbf{x}_L) \to \infty",
    note="For the identity (15) multiplies the mean by n E(w) per layer; with n E(w) = 1/2 it "
    "tends to 0. For ReLU the same happens where the units stay positive. A mean of zero is "
    "convenient, and by (16) to (18) it makes the variance exact; it is not necessary.",
)
def mean_diverges() -> Claim:
    spare, first = sp.Symbol("epsilon", positive=True), sp.Symbol("mu", positive=True)
    factor = sp.Symbol("n E(w)", positive=True)
    return Claim(
        stated(sp.Limit(first * factor**depth, depth, sp.oo), sp.oo),
        given=[sp.Eq(factor, HALF)],
        corrected=stated(sp.Limit(first * sp.exp(spare * depth), depth, sp.oo), sp.oo),
    )


@paper.equation(
    "prose:product-mean",
    where="section 4.1",
    latex=r"E(\mathbf{w}_l) = 0 \;\Rightarrow\; E(\mathbf{w}_l\varphi(\mathbf{x}_{l-1})) = 0",
    note="By the independence of weights and values.",
)
def product_mean() -> Claim:
    return Claim(stated(E(W * Y), 0), given=[Independent(W, Y), ZeroMean(W)])


@paper.equation(
    "16",
    where="section 4.1",
    latex=r"\mathrm{Var}(\mathbf{w}_l\varphi(\mathbf{x}_{l-1}))"
    r" = E(\mathbf{w}_l^2[\varphi(\mathbf{x}_{l-1})]^2)",
)
def eq16() -> Claim:
    return Claim(stated(Var(W * Y), E(W**2 * Y**2)), given=[Independent(W, Y), ZeroMean(W)])


@paper.equation(
    "17",
    where="section 4.1",
    latex=r"\mathrm{Var}(\mathbf{w}_l\varphi(\mathbf{x}_{l-1}))"
    r" = E(\mathbf{w}_l^2)E([\varphi(\mathbf{x}_{l-1})]^2)",
)
def eq17() -> Claim:
    return Claim(stated(Var(W * Y), E(W**2) * E(Y**2)), given=[Independent(W, Y), ZeroMean(W)])


@paper.equation(
    "18",
    where="section 4.1",
    latex=r"\mathrm{Var}(\mathbf{x}_l) = n_l\mathrm{Var}(\mathbf{w}_l)"
    r"E([\varphi(\mathbf{x}_{l-1})]^2)",
    outcome="holds-under",
    beyond=(MUTUAL,),
    note="He et al. have the same as their (8). It needs (14), and so what (14) needs.",
)
def eq18() -> Claim:
    return Claim(
        stated(Var(total(w[i] * y[i], n)), n * Var(W) * E(Y**2)),
        given=(*WEIGHTS, *VALUES, *CENTRED),
        extra=EACH_OTHER,
    )
