"""Section 4.1, equations (23) to (25): particular activations."""

from __future__ import annotations

import sympy as sp

from symvar import expect
from symvar.claims import (
    Claim,
    Discrete,
    E,
    Gaussian,
    HasLaw,
    IdenticallyDistributed,
    Independent,
    Prob,
    Symmetric,
    Var,
    random_family,
    random_variable,
)
from symvar.symbols import x as z

from .laws import BEFORE, SYMMETRIC, X, i, total, w, x
from .setting import alpha, n, paper, prelu, q, relu, stated

HALF = sp.Rational(1, 2)


@paper.equation(
    "23",
    where="section 4.1",
    latex=r"E([\varphi(\mathbf{x}_l)]^2) = \mathrm{Var}(\mathbf{y}_l)"
    r" = \tfrac12\mathrm{Var}(\mathbf{x}_l)",
    outcome="erratum",
    corrected_latex=r"E([\varphi(\mathbf{x}_l)]^2) = \tfrac12\mathrm{Var}(\mathbf{x}_l),\quad"
    r"\mathrm{Var}(\mathbf{y}_l) = \big(\tfrac12-\tfrac1{2\pi}\big)\mathrm{Var}(\mathbf{x}_l)",
    note="The middle member is wrong: ReLU's output has mean sqrt(q/(2 pi)), so its variance is "
    "0.341 q. The outer equality holds for every symmetric law, the variance for the Gaussian "
    "one.",
)
def eq23() -> Claim:
    out = relu(X)
    share = HALF - 1 / (2 * sp.pi)
    return Claim(
        (stated(E(out**2), Var(out)), stated(Var(out), Var(X) / 2)),
        given=[HasLaw(X, Gaussian(0, q))],
        corrected=(stated(E(out**2), Var(X) / 2), stated(Var(out), share * Var(X))),
    )


@paper.equation(
    "prose:half-positive",
    where="section 4.1",
    latex=r"\Pr(x_l > 0) = \tfrac12,\; E(x_l) = 0 \;\Rightarrow\;"
    r"E([\varphi(\mathbf{x}_l)]^2) = \tfrac12\mathrm{Var}(\mathbf{x}_l)",
    outcome="erratum",
    corrected_latex=r"x_l \sim -x_l \;\Rightarrow\;"
    r"E([\varphi(\mathbf{x}_l)]^2) = \tfrac12\mathrm{Var}(\mathbf{x}_l)",
    note="The reason given is not enough. Counterexample: x = 2 with probability 1/2, -1 and -3 "
    "with 1/4 each: mean 0, positive half of the time, E of the square of ReLU 2, half the "
    "variance 9/4. Symmetry is enough, and Gaussian weights give it.",
)
def half_positive() -> Claim:
    quarter = sp.Rational(1, 4)
    skew = random_variable("x_l")
    above = sp.Symbol("x_+", positive=True)
    law = Discrete({above: HALF, -1: quarter, -3: quarter})
    other = random_variable("s")
    return Claim(
        (
            stated(Prob(skew > 0), HALF),
            stated(E(skew), 0),
            stated(E(relu(skew) ** 2), Var(skew) / 2),
        ),
        given=[HasLaw(skew, law), sp.Eq(above, 2), Symmetric(other)],
        corrected=stated(E(relu(other) ** 2), Var(other) / 2),
    )


@paper.equation(
    "24",
    where="section 4.1",
    latex=r"\mathbf{w}_l \sim N(0, \tfrac{2}{n_l})",
    note="It keeps the variance of the pre-activations; the same as He et al.'s (10).",
)
def eq24() -> Claim:
    return Claim(
        stated(Var(total(w[i] * relu(x[i]), n)), Var(X)),
        given=(HasLaw(w, Gaussian(0, 2 / n)), Independent(w), *BEFORE, *SYMMETRIC),
    )


@paper.equation(
    "prose:prelu-lambda",
    where="section 4.1",
    latex=r"\lambda_l = 1+\alpha^2",
    outcome="erratum",
    corrected_latex=r"\lambda_l = \tfrac12(1+\alpha^2)",
    note="The half that each side of a symmetric law has is lost: at slope 0 the unit is ReLU and "
    "lambda must be the 1/2 of (23).",
)
def prelu_lambda() -> Claim:
    second = E(prelu(X, alpha) ** 2)
    return Claim(
        stated(second, (1 + alpha**2) * Var(X)),
        given=[Symmetric(X)],
        corrected=stated(second, (1 + alpha**2) / 2 * Var(X)),
    )


@paper.equation(
    "25",
    where="section 4.1",
    latex=r"\mathbf{w}_l \sim N(0, \tfrac{1+\alpha^2}{n_l})",
    outcome="erratum",
    corrected_latex=r"\mathbf{w}_l \sim N(0, \tfrac{2}{(1+\alpha^2)n_l})",
    note="It keeps the variance at one slope only, alpha^2 = sqrt(2) - 1, where the two agree. At "
    "slope 0 it halves it at every layer, at slope 1, a linear network, it doubles it. It does "
    "not follow from (22) either: with the printed lambda that gives 1/((1+alpha^2) n).",
)
def eq25() -> Claim:
    weights = random_family("w_l")

    def kept(variance: sp.Expr, family: object) -> object:
        return stated(Var(total(family[i] * prelu(x[i], alpha), n)), Var(X))

    def drawn(family: object, variance: sp.Expr) -> tuple[object, ...]:
        return (HasLaw(family, Gaussian(0, variance)), Independent(family), Independent(family, x))

    printed, right = (1 + alpha**2) / n, 2 / ((1 + alpha**2) * n)
    given = (IdenticallyDistributed(x, X), *SYMMETRIC)
    return Claim(
        kept(printed, w),
        given=(*given, *drawn(w, printed), *drawn(weights, right)),
        corrected=kept(right, weights),
    )


@paper.equation(
    "prose:same-as-kaiming",
    where="section 4.1",
    latex=r"(24), (25) \text{ are the Kaiming formulas}",
    outcome="erratum",
    corrected_latex=r"(24) \text{ is};\quad \tfrac{1+\alpha^2}{n_l} - \tfrac{2}{(1+\alpha^2)n_l}"
    r" = \tfrac{(1+\alpha^2)^2-2}{(1+\alpha^2)n_l}",
    note="He et al. ask (1 + a^2) n Var(w)/2 = 1. (24) meets it at slope 0, (25) does not: the "
    "exact difference vanishes at alpha^2 = sqrt(2) - 1 alone. The two sources contradict each "
    "other on PReLU.",
)
def same_as_kaiming() -> Claim:
    variance = sp.Symbol("v", positive=True)
    (asked,) = sp.solve((1 + alpha**2) * n * variance / 2 - 1, variance)
    printed = (1 + alpha**2) / n
    apart = ((1 + alpha**2) ** 2 - 2) / ((1 + alpha**2) * n)
    return Claim(
        (stated(2 / n, asked.subs(alpha, 0)), stated(printed, asked)),
        corrected=(stated(2 / n, asked.subs(alpha, 0)), stated(printed - asked, apart)),
    )


@paper.equation(
    "prose:lambda-of-tanh",
    where="section 4.1",
    latex=r"\varphi = \tanh \text{ or sigmoid}: \lambda_l \text{ is no constant}",
    strength="enclosed",
    note="The share of the variance at variance 1 is more than a fifth above that at variance 4 "
    "for tanh, and more than three times it for the sigmoid, whose second moment does not vanish "
    "with the variance.",
)
def lambda_of_tanh() -> Claim:
    sigmoid = (1 + sp.tanh(z / 2)) / 2

    def share(f: sp.Expr, variance: int) -> sp.Expr:
        return expect(f**2, z, variance) / variance

    return Claim(
        (
            stated(share(sp.tanh(z), 1), sp.Rational(6, 5) * share(sp.tanh(z), 4), sp.Gt),
            stated(share(sigmoid, 1), 3 * share(sigmoid, 4), sp.Gt),
        )
    )
