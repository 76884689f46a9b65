"""Section 4.2, equations (35) to (37): the derivatives of particular activations."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar import expect
from symvar.claims import (
    Claim,
    E,
    Gaussian,
    HasLaw,
    Independent,
    Var,
    ZeroMean,
    random_family,
)
from symvar.symbols import x as z

from .laws import BACK, GATED, THRESHOLD, D, X, d, gate, i, total, w, x
from .setting import alpha, depth, m, paper, r, stated

HALF = sp.Rational(1, 2)
INDEPENDENT = "whether a unit is open is independent of the error it receives"


@paper.equation(
    "prose:error-symmetric",
    where="section 4.2",
    latex=r"E(\delta_l) = 0 \;\Rightarrow\; E(\varphi'(\delta_l)) = 0",
    outcome="erratum",
    corrected_latex=r"E(\varphi'(x_l)\,\delta_l) = 0",
    note="ReLU's derivative is 0 or 1, so its mean is the probability that the error is above "
    "zero, one half for symmetric errors. What has mean zero is the derivative times the error.",
)
def error_symmetric() -> Claim:
    return Claim(
        stated(E(gate(D)), 0),
        given=[HasLaw(D, Gaussian(0, r)), sp.Eq(r, 1), *GATED],
        corrected=stated(E(gate(X) * D), 0),
    )


@paper.equation(
    "35",
    where="section 4.2",
    latex=r"E([\varphi'(\delta_l)]^2) = \mathrm{Var}(\varphi'(\delta_l))"
    r" = \tfrac12\mathrm{Var}(\delta_l)",
    outcome="erratum",
    corrected_latex=r"E([\varphi'(x_l)\delta_l]^2) = \mathrm{Var}(\varphi'(x_l)\delta_l)"
    r" = \tfrac12\mathrm{Var}(\delta_l)",
    note="Literally, for Gaussian errors, the three members are 1/2, 1/4 and half the variance. "
    "Read as the derivative times the error, independent of it, all three agree, and "
    "(36) follows.",
)
def eq35() -> Claim:
    out = gate(X) * D
    return Claim(
        (stated(E(gate(D) ** 2), Var(D) / 2), stated(Var(gate(D)), Var(D) / 2)),
        given=[HasLaw(D, Gaussian(0, r)), *GATED],
        corrected=(stated(E(out**2), Var(out)), stated(Var(out), Var(D) / 2)),
    )


@paper.equation(
    "36",
    where="section 4.2",
    latex=r"\mathbf{w}_l \sim N(0, \tfrac{2}{m_{l+1}}) \;\Rightarrow\;"
    r"\mathrm{Var}(\delta_l) = \mathrm{Var}(\delta_{l+1})",
    outcome="holds-under",
    beyond=(INDEPENDENT,),
    survivors=THRESHOLD,
    note="With the corrected (26). (24) and (36) can hold together only where fan-in and fan-out "
    "agree.",
)
def eq36() -> Claim:
    given = (HasLaw(w, Gaussian(0, 2 / m)), Independent(w), *BACK)
    return Claim(stated(Var(total(w[i] * gate(x[i]) * d[i], m)), Var(D)), given=given, extra=GATED)


def leaky_gate(value: Any) -> sp.Expr:
    """The derivative of PReLU."""
    return sp.Piecewise((1, value > 0), (alpha, True))


@paper.equation(
    "prose:prelu-lambda'",
    where="section 4.2",
    latex=r"\lambda'_l = \frac{1}{1+\alpha^2}",
    outcome="erratum",
    corrected_latex=r"\lambda'_l = \tfrac12(1+\alpha^2)",
    note="Upside down and without the half; forward the source has 1 + alpha^2, its inverse, for "
    "the same factor. At slope 0 it must be the 1/2 of (35).",
)
def prelu_lambda_back() -> Claim:
    second = E((leaky_gate(X) * D) ** 2)
    return Claim(
        stated(second, Var(D) / (1 + alpha**2)),
        given=[*GATED, ZeroMean(D)],
        corrected=stated(second, (1 + alpha**2) / 2 * Var(D)),
    )


@paper.equation(
    "37",
    where="section 4.2",
    latex=r"\mathbf{w}_l \sim N(0, \tfrac{1+\alpha^2}{m_{l+1}})",
    outcome="erratum",
    corrected_latex=r"\mathbf{w}_l \sim N(0, \tfrac{2}{(1+\alpha^2)m_{l+1}})",
    survivors=THRESHOLD,
    note="As (25), with which it shares its one right slope. At slope 0 it is half of (36).",
)
def eq37() -> Claim:
    weights = random_family("w_l")

    def drawn(family: Any, variance: sp.Expr) -> tuple[Any, ...]:
        return (
            HasLaw(family, Gaussian(0, variance)),
            Independent(family),
            Independent(family, x, d),
        )

    def kept(family: Any) -> Any:
        return stated(Var(total(family[i] * leaky_gate(x[i]) * d[i], m)), Var(D))

    given = (
        *drawn(w, (1 + alpha**2) / m),
        *drawn(weights, 2 / ((1 + alpha**2) * m)),
        *BACK,
        *GATED,
    )
    return Claim(kept(w), given=given, corrected=kept(weights))


sigmoid = 1 / (1 + sp.exp(-z))


@paper.equation(
    "prose:sigmoid-derivative",
    where="section 4.2",
    latex=r"\varphi'(x) = \varphi(x)(1-\varphi(x)) \in (0, 0.25]",
    note="With p the value of the sigmoid, between 0 and 1, written p = 1/(1+u): p(1-p) is 1/4 "
    "less the square of p - 1/2, and reaches it at p = 1/2.",
)
def sigmoid_derivative() -> Claim:
    odds = sp.Symbol("u", positive=True)
    value = 1 / (1 + odds)
    product = value * (1 - value)
    return Claim(
        (
            stated(sigmoid.diff(z), sigmoid * (1 - sigmoid)),
            stated(product, 0, sp.Gt),
            stated(sp.Rational(1, 4) - product, (value - HALF) ** 2),
        )
    )


SLOPE = (1 - sp.tanh(z / 2) ** 2) / 4
"""The sigmoid's derivative, without a quotient."""


@paper.equation(
    "prose:sigmoid-lambda'",
    where="section 4.2",
    latex=r"\varphi \text{ sigmoid}: \lambda'_l \text{ is no constant}",
    strength="enclosed",
    survivors="The changed integrals diverge, so no order can be told.",
    note="The derivative taken at Gaussian pre-activations: the mean of its square falls with "
    "their variance, from 1 to 4 by more than a fifth.",
)
def sigmoid_lambda_back() -> Claim:
    one, four = (expect(SLOPE**2, z, variance) for variance in (1, 4))
    return Claim(stated(one, sp.Rational(6, 5) * four, sp.Gt))


@paper.equation(
    "prose:sigmoid-variance",
    where="section 4.2",
    latex=r"\mathrm{Var}(\varphi'(\delta_l)) = 0",
    outcome="erratum",
    corrected_latex=r"\varphi'(x)^2 \le \tfrac1{16},\quad 16^{-L} \to 0",
    note="Not zero for any error that varies: here for a standard normal one. What vanishes with "
    "depth is the product of the squared derivatives, at most 1/16 per layer; and weights of "
    "variance 1/(lambda' m) make up for it, by (34).",
)
def sigmoid_variance() -> Claim:
    odds = sp.Symbol("u", positive=True)
    value = 1 / (1 + odds)
    variance = expect(SLOPE**2, z, r) - expect(SLOPE, z, r) ** 2
    return Claim(
        stated(variance, 0),
        given=[sp.Eq(r, 1)],
        corrected=(
            stated(sp.Rational(1, 4) - value * (1 - value), (value - HALF) ** 2),
            stated(sp.Limit(sp.Rational(1, 4) ** (2 * depth), depth, sp.oo), 0),
        ),
    )
