"""Section 4.3, equations (38) to (41): what batch normalisation does to a signal and its error."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar import expect
from symvar.claims import (
    Claim,
    Discrete,
    E,
    Gaussian,
    HasLaw,
    Independent,
    Var,
    random_family,
    random_variable,
)
from symvar.symbols import x as z

from .laws import (
    BACK,
    CENTRED,
    EACH_OTHER,
    GATED,
    THRESHOLD,
    VALUES,
    WEIGHTS,
    D,
    W,
    X,
    Y,
    d,
    gate,
    i,
    total,
    w,
    x,
    y,
)
from .setting import depth, gamma, m, n, paper, q, r, relu, stated, v

HALF = sp.Rational(1, 2)
BATCH = sp.Symbol("N", positive=True, integer=True)
sigma, scale = sp.symbols("sigma a", positive=True)
mean, entry, shift = sp.symbols("mu x_i b", real=True)


def normalised(value: Any, average: Any, second: Any) -> Any:
    """An entry less the batch's mean, over the root of its mean square less its squared mean."""
    return (value - average) / sp.sqrt(sp.expand(second - average**2))


SECOND = sigma**2 + mean**2
"""The mean square of a batch, by its mean and standard deviation."""
HERE = normalised(entry, mean, SECOND)

paper.note(
    "38",
    where="section 4.3",
    latex=r"\hat{\mathbf{x}}_l = \frac{\mathbf{x}_l-\mu}{\sigma}",
    kind="definition",
    note="Simplified: without the small constant under the root and without the learnable gain "
    "and shift. Mean and deviation are those of the batch, so they depend on every x in it.",
)


@paper.equation(
    "39",
    where="section 4.3",
    latex=r"\hat{\mathbf{x}}_l = \gamma_l\mathbf{x}_l + \beta_l,\quad"
    r"\gamma_l = \tfrac1\sigma,\; \beta_l = -\tfrac\mu\sigma",
    note="An identity. The gain and the offset are functions of the batch, though: see "
    "prose:bn-linear.",
)
def eq39() -> Claim:
    offset = sp.Symbol("beta_l", real=True)
    return Claim(
        stated(HERE, gamma * entry + offset),
        given=[sp.Eq(gamma, 1 / sigma), sp.Eq(offset, -mean / sigma)],
    )


@paper.equation(
    "prose:bn-linear",
    where="section 4.3",
    latex=r"\mathrm{BN}(a\mathbf{x}) = a\,\mathrm{BN}(\mathbf{x})",
    outcome="erratum",
    corrected_latex=r"\mathrm{BN}(a\mathbf{x}+b) = \mathrm{BN}(\mathbf{x}),\; a>0",
    note="Said to be a linear transformation; it is one only while mean and deviation are held "
    "fixed, as at test time. In training, doubling the batch changes nothing.",
)
def bn_linear() -> Claim:
    doubled = normalised(scale * entry, scale * mean, scale**2 * SECOND)
    moved = scale**2 * SECOND + 2 * scale * mean * shift + shift**2
    return Claim(
        stated(doubled, scale * HERE),
        corrected=stated(normalised(scale * entry + shift, scale * mean + shift, moved), HERE),
    )


@paper.equation(
    "prose:bn-independent",
    where="section 4.3",
    latex=r"E(\hat x_1\hat x_2) = E(\hat x_1)E(\hat x_2)",
    outcome="erratum",
    corrected_latex=r"\mathrm{BN}(a\mathbf{x}) = \mathrm{BN}(\mathbf{x}),\; a>0",
    note="The outputs of successive layers are said to be independent owing to BN. One channel, a "
    "batch of two: each normalised pair is (1,-1) or (-1,1), and after ReLU, a positive weight and "
    "BN it is the same pair again. What is true is that they do not depend on the scale of the "
    "weights.",
)
def bn_independent() -> Claim:
    first, weight = random_variable("xhat_1"), sp.Symbol("w_2", positive=True)
    # Of a batch of two, BN leaves the sign of the difference.
    second = sp.sign(weight * (relu(first) - relu(-first)))
    doubled = normalised(scale * entry, scale * mean, scale**2 * SECOND)
    return Claim(
        stated(E(first * second), E(first) * E(second)),
        given=[HasLaw(first, Discrete({1: HALF, -1: HALF})), sp.Eq(weight, 1)],
        corrected=stated(doubled, HERE),
    )


@paper.equation(
    "prose:bn-norms",
    where="section 4.3",
    latex=r"\|\mathbf{y}_l\|^2 = \tfrac12 N_l",
    outcome="erratum",
    corrected_latex=r"\|\hat{\mathbf{x}}_l\|^2 = N_l",
    note="All norms of the outputs are said to be equal. The norm of the normalised signal is the "
    "root of its size, exactly, so it differs where sizes do; that of the output after ReLU "
    "depends on the batch as well: 2/3 of the size for entries in the proportion (2, -1, -1).",
)
def bn_norms() -> Claim:
    batch = sp.symbols("x_1:4", real=True)
    moments = (sp.Add(*batch) / 3, sp.Add(*(each**2 for each in batch)) / 3)
    out = sp.Add(*(relu(normalised(each, *moments)) ** 2 for each in batch)) / 3
    square = (BATCH * SECOND - 2 * mean * BATCH * mean + BATCH * mean**2) / sigma**2
    known = [sp.Eq(each, value) for each, value in zip(batch, (2, -1, -1), strict=True)]
    return Claim(stated(out, HALF), given=known, corrected=stated(square, BATCH))


@paper.equation(
    "prose:bn-half",
    where="section 4.3",
    latex=r"\mathrm{Var}(\mathbf{y}_l) = 0.5",
    outcome="erratum",
    corrected_latex=r"E(\mathbf{y}_l^2) = \tfrac12,\quad"
    r"\mathrm{Var}(\mathbf{y}_l) = \tfrac12-\tfrac1{2\pi}",
    note="The second moment again taken for the variance, which is 0.341 for Gaussian "
    "pre-activations.",
)
def bn_half() -> Claim:
    out = relu(X)
    return Claim(
        stated(Var(out), HALF),
        given=[HasLaw(X, Gaussian(0, q)), sp.Eq(q, 1)],
        corrected=(stated(E(out**2), HALF), stated(Var(out), HALF - 1 / (2 * sp.pi))),
    )


@paper.equation(
    "prose:bn-always",
    where="section 4.3",
    latex=r"E(\mathbf{y}_n^2) = 0.5 \text{ after any number of iterations}",
    outcome="erratum",
    corrected_latex=r"E(\mathbf{y}_n^2) = \tfrac12 g^2",
    note="g is the learnable gain of BN, which section 5.1 mentions and (38) leaves out; training "
    "moves it away from 1, and the shift too.",
)
def bn_always() -> Claim:
    gain = sp.Symbol("g", positive=True)
    out = relu(gain * X)
    return Claim(
        stated(E(out**2), HALF),
        given=[HasLaw(X, Gaussian(0, 1))],
        corrected=stated(E(out**2), gain**2 / 2),
    )


@paper.equation(
    "prose:bn-scale",
    where="section 4.3",
    latex=r"\text{bad initialisation leaves the forward norm unchanged}",
    note="The normalised signal does not change when the weights are scaled. Exact without the "
    "small constant under the root; with it, for deviations well above its root only.",
)
def bn_scale() -> Claim:
    return Claim(stated(normalised(scale * entry, scale * mean, scale**2 * SECOND), HERE))


def derivatives() -> tuple[Any, Any, Any, Any]:
    """BN's derivative by an entry itself and by another, and the two normalised entries.

    A batch of any size: two entries, and the sums of the others and of their squares.
    """
    one, other = sp.symbols("x_i x_j", real=True)
    rest, squares = sp.symbols("R_1 R_2", real=True)
    average = (one + other + rest) / BATCH
    value = (one - average) / sp.sqrt((one**2 + other**2 + squares) / BATCH - average**2)
    known = BATCH * (sigma**2 + average**2) - one**2 - other**2

    def at(derivative: Any) -> Any:
        return sp.simplify(derivative.subs(squares, known))

    hats = ((one - average) / sigma, (other - average) / sigma)
    return at(value.diff(one)), at(value.diff(other)), *hats


@paper.equation(
    "prose:bn-derivative",
    where="section 4.3",
    latex=r"\frac{\partial\hat x_i}{\partial x_i} = \gamma_l",
    outcome="erratum",
    corrected_latex=r"\frac{\partial\hat x_i}{\partial x_j}"
    r" = \gamma_l\Big(\delta_{ij} - \frac{1+\hat x_i\hat x_j}{N}\Big)",
    note="The derivative is said to be a constant. Mean and deviation depend on the entry, so two "
    "terms are missing, and the entries of a batch act on each other. In a batch of two the "
    "normalised values are 1 and -1 whatever the input, and the derivative is 0. The correction is "
    "proved for every size N of the batch; the printed one holds in the limit of large N, or "
    "where mean and deviation are fixed.",
)
def bn_derivative() -> Claim:
    first, half_gap = sp.Symbol("x_1", real=True), sp.Symbol("h", positive=True)
    second = mean - half_gap
    pair = normalised(first, (first + second) / 2, (first**2 + second**2) / 2)
    of_two = sp.simplify(pair.diff(first).subs(first, mean + half_gap))
    own, cross, hat, other_hat = derivatives()
    return Claim(
        stated(of_two, 1 / half_gap),
        corrected=(
            stated(own, (1 - (1 + hat**2) / BATCH) / sigma),
            stated(cross, -(1 + hat * other_hat) / (BATCH * sigma)),
        ),
    )


@paper.equation(
    "prose:bn-derivative-size",
    where="section 4.3",
    latex=r"\sum_i\Big(\frac{\partial\hat x_i}{\partial x_j}\Big)^2 = \gamma_l^2",
    outcome="approximation",
    note="What independent errors of equal variance keep of it on the way back through BN. The "
    "constant derivative overestimates it by gamma^2 (1 + xhat_j^2)/N, on average over the batch "
    "2 gamma^2/N: N counts images and positions, so this is small except where the maps and the "
    "batch are.",
)
def bn_derivative_size() -> Claim:
    hat = sp.Symbol("xhat_j", real=True)
    # The other entries of the batch: their sum is -hat, their squares sum to N - hat^2.
    others = (BATCH - 1 + 2 * hat * -hat + hat**2 * (BATCH - hat**2)) / BATCH**2
    column = gamma**2 * ((1 - (1 + hat**2) / BATCH) ** 2 + others)
    return Claim(
        stated(column, gamma**2),
        given=[sp.Ge(BATCH, 2), sp.Le(hat**2, BATCH - 1)],
        gap=stated(gamma**2 - column, gamma**2 * (1 + hat**2) / BATCH),
    )


@paper.equation(
    "prose:error-formula-bn",
    where="section 4.3",
    latex=r"\delta_{l-1} = \mathbf{w}_{l-1}\varphi'(\delta_l)",
    outcome="erratum",
    corrected_latex=r"\delta_{l-1} = \mathbf{w}_{l-1}\,\gamma_l\,\varphi'(\hat x_l)\,\delta_l",
    note="As (26), and without the gain of BN that (40) has. The correction still holds mean and "
    "deviation fixed.",
)
def error_formula_bn() -> Claim:
    weight, fed, error, offset = sp.symbols("w y delta_l beta_l", real=True)
    slope, bend = sp.symbols("a c", real=True)
    hat = gamma * weight * fed + offset
    true = (error * (slope * hat + bend * hat**2)).diff(fed)
    return Claim(
        stated(true, weight * (slope + 2 * bend * error)),
        corrected=stated(true, weight * gamma * (slope + 2 * bend * hat) * error),
    )


SPREAD = expect(relu(z) ** 2, z) - expect(relu(z), z) ** 2
"""The variance of ReLU's output on a normalised signal, 0.341."""


@paper.equation(
    "prose:bn-deviation",
    where="section 4.3, not printed",
    latex=r"\sigma^2 = n_l\mathrm{Var}(\mathbf{w}_l)\mathrm{Var}(\mathbf{y}_{l-1})"
    r" = \tfrac{\pi-1}{2\pi}n_l\mathrm{Var}(\mathbf{w}_l)",
    note="Not in the source, but needed for what is wrong there: the deviation that BN divides by, "
    "by the weights. This is the one place where the variance of the outputs is wanted and not "
    "their second moment, which (18) has: for given weights the mean of the signal is the same "
    "for all images, and BN takes it away. What is left is the sum of the outputs less their "
    "means.",
)
def bn_deviation() -> Claim:
    left = Var(total(w[i] * (y[i] - E(Y)), n))
    return Claim(
        (
            stated(left, n * Var(W) * Var(Y)),
            stated(Var(relu(X)), (sp.pi - 1) / (2 * sp.pi)),
        ),
        given=(*WEIGHTS, *VALUES, *CENTRED, *EACH_OTHER, HasLaw(X, Gaussian(0, 1))),
    )


@paper.equation(
    "prose:error-stable",
    where="section 4.3",
    latex=r"\|\mathbf{w}_l\| \text{ bounded} \;\Rightarrow\; \|\delta_l\| \text{ bounded}",
    outcome="erratum",
    corrected_latex=r"\mathrm{Var}(\delta_{l-1}) = \tfrac{m}{n}\,\tfrac{\pi}{\pi-1}"
    r"\mathrm{Var}(\delta_l) \text{ for every } \mathrm{Var}(\mathbf{w})",
    note="By the source's own formula, without the gain, weights of variance 4/m double the "
    "variance of the error at every layer, bounded as they are. With the gain one over the "
    "deviation of prose:bn-deviation the scale of the weights cancels, divergent or not. But the "
    "error is not stable either: with equal fans its variance grows by pi/(pi-1) = 1.467 at every "
    "layer of ReLU and BN, whatever the initialisation. (Wide layers, large batch.)",
)
def error_stable() -> Claim:
    start, bound = sp.symbols("r_n C", positive=True)
    squared = 1 / (n * v * SPREAD)
    return Claim(
        stated((HALF * m * (4 / m)) ** depth * start, bound, sp.Le),
        given=[sp.Eq(bound, 2 * start)],
        corrected=stated(HALF * squared * m * v * r, m / n * sp.pi / (sp.pi - 1) * r),
    )


def carried(family: Any) -> Any:
    """The variance of an error after BN of fixed gain and ReLU."""
    return Var(total(family[i] * gamma * gate(x[i]) * d[i], m))


@paper.equation(
    "40",
    where="section 4.3",
    latex=r"\mathrm{Var}(\delta_{l-1}) = \tfrac12\gamma_l m_l\mathrm{Var}(\mathbf{w}_{l-1})"
    r"\mathrm{Var}(\delta_l)",
    outcome="erratum",
    corrected_latex=r"\mathrm{Var}(\delta_{l-1}) = \tfrac12\gamma_l^2 m_l"
    r"\mathrm{Var}(\mathbf{w}_{l-1})\mathrm{Var}(\delta_l)",
    survivors=THRESHOLD,
    note="A factor on a quantity enters its variance squared. The gain is held fixed; "
    "prose:bn-derivative-size says how far that is off.",
)
def eq40() -> Claim:
    right = m * Var(W) * Var(D) / 2
    return Claim(
        stated(carried(w), gamma * right),
        given=(
            *BACK,
            *GATED,
            Independent(w),
            HasLaw(w, Gaussian(0, v)),
            HasLaw(W, Gaussian(0, v)),
        ),
        corrected=stated(carried(w), gamma**2 * right),
    )


@paper.equation(
    "41",
    where="section 4.3",
    latex=r"\mathbf{w}_l \sim N(0, \tfrac{2}{\gamma_l m_{l+1}})",
    outcome="erratum",
    corrected_latex=r"\mathbf{w}_l \sim N(0, \tfrac{2}{\gamma_l^2 m_{l+1}})",
    survivors=THRESHOLD,
    note="From the corrected (40). It holds as printed where gamma stands for the square of the "
    "gain, and since the source then sets gamma by hand the family of variances is the same; the "
    "number quoted with 5/m is not.",
)
def eq41() -> Claim:
    other = random_family("w'")
    given = (
        *BACK,
        *GATED,
        Independent(w),
        Independent(other),
        Independent(other, (x, d)),
        HasLaw(w, Gaussian(0, 2 / (gamma * m))),
        HasLaw(other, Gaussian(0, 2 / (gamma**2 * m))),
    )
    return Claim(stated(carried(w), Var(D)), given=given, corrected=stated(carried(other), Var(D)))
