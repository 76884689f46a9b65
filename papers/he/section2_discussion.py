"""Section 2.2, what follows: depths, standard deviations in numbers, Xavier, the PReLU case."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim, Gaussian, HasLaw, Var
from symvar.claims.closed_form import ClosedForm
from symvar.symbols import size

from .section2_backward import BACKWARD
from .setting import (
    RECTIFIED,
    eq,
    fan_in,
    fan_out,
    grad,
    i,
    over,
    paper,
    prelu,
    prelu_slope,
    slope,
    w,
    y,
)

depth = size("L")
beta, before = sp.symbols("beta R", positive=True)


@paper.equation(
    "prose:scaled layers",
    where="section 2.2, discussions",
    latex=r"\text{a factor } \beta \text{ in each of } L \text{ layers rescales by } \beta^L",
)
def scaled_layers() -> Claim:
    """By induction."""
    return Claim(ClosedForm(beta**depth, depth, 0, 1, beta * before, before))


FILTERS = (64, 64, 128, 128, 256, 256, 512, 512, 512, 512)
PRINTED = {64: "0.059", 128: "0.042", 256: "0.029", 512: "0.021"}


def std(filters: int) -> sp.Expr:
    """By (14), for kernels of 3 by 3."""
    return sp.sqrt(sp.Rational(2, 9 * filters))


def rounds(value: sp.Expr, printed: str, half: str) -> tuple[sp.Basic, ...]:
    """That a number is the printed one to its last digit."""
    said, unit = sp.Rational(printed), sp.Rational(half)
    return (
        sp.Ge(value, said - unit, evaluate=False),
        sp.Lt(value, said + unit, evaluate=False),
    )


@paper.equation(
    "prose:model B",
    where="section 2.2, discussions",
    latex=r"\sqrt{2/\hat n_l} = 0.059,\ 0.042,\ 0.029,\ 0.021 "
    r"\text{ for } 64,\ 128,\ 256,\ 512 \text{ filters}",
    strength="enclosed",
)
def model_b() -> Claim:
    """Each to its three digits."""
    return Claim(
        tuple(part for d, said in PRINTED.items() for part in rounds(std(d), said, "0.0005"))
    )


@paper.equation(
    "prose:conv10 to conv2",
    where="section 2.2, discussions",
    latex=r"\frac{1}{5.9\times4.2^2\times2.9^2\times2.1^4} = \frac{1}{1.7\times10^4}",
    strength="enclosed",
    note="The ratio of standard deviations at std 0.01. With unrounded factors it is "
    "1/16 729; with the printed ones 1/17 022; both are 1.7e4 to two digits.",
)
def conv10_to_conv2() -> Claim:
    """The product over layers 2 to 10 of the net's own filter counts, and the printed one."""
    exact = sp.Mul(*(std(d) * 100 for d in FILTERS[1:]))
    printed = sp.Mul(*((sp.Rational(PRINTED[d]) * 100) ** FILTERS[1:].count(d) for d in PRINTED))
    return Claim((*rounds(exact, "17000", "500"), *rounds(printed, "17000", "500")))


@paper.equation(
    "prose:input scale",
    where="section 2.2, discussions",
    latex=r"\text{a factor } (1/128)^{1/L} \text{ on } L \text{ layers scales by } 1/128",
)
def input_scale() -> Claim:
    """By induction on how many of the L layers are done."""
    total, done = size("L"), sp.Symbol("l", integer=True, nonnegative=True)
    each = sp.Integer(128) ** (-1 / total)
    partial = ClosedForm(sp.Integer(128) ** (-done / total), done, 0, 1, each * before, before)
    whole = eq((sp.Integer(128) ** (-done / total)).subs(done, total), sp.Rational(1, 128))
    return Claim((partial, whole))


@paper.equation(
    "prose:dense layers",
    where="section 2.2, discussions",
    latex=r"0.01,\ 0.001 < \sqrt{2/4096}",
    note="The standard deviations that are used for the dense layers are smaller by factors 2.2 "
    "and 22 than (10) asks; the source says so.",
    strength="enclosed",
)
def dense_layers() -> Claim:
    """Numbers."""
    asked = sp.sqrt(sp.Rational(2, 4096))
    return Claim(
        tuple(sp.Lt(sp.Rational(used), asked, evaluate=False) for used in ("0.01", "0.001"))
    )


fan = sp.Function("n", positive=True)


@paper.equation(
    "prose:Xavier",
    where="section 2.2, comparisons",
    latex=r"n_l\,\mathrm{Var}[w_l] = 1 \implies \text{std is } 1/\sqrt2^{\,L} "
    r"\text{ of ours after } L \text{ layers}",
    note="1/2048 of it at 22 layers, 1/32 768 at 30. The source counts L factors, which holds "
    "where both fill all L layers; (9) has L - 1 rectifiers before the last response, but the "
    "first weights differ by the factor too.",
)
def xavier() -> Claim:
    """The ratio of two standard deviations of weights, layer upon layer."""
    ours, theirs = sp.sqrt(2 / fan(depth)), sp.sqrt(1 / fan(depth))
    return Claim(ClosedForm(1 / sp.sqrt(2) ** depth, depth, 0, 1, before * theirs / ours, before))


rectified = over(w[i] * prelu(y[i]), fan_in)
by_input = over(w[i] * prelu_slope(y[i]) * grad[i], fan_out)


@paper.equation(
    "15",
    where="section 2.2",
    latex=r"\tfrac12(1 + a^2)\,n_l\,\mathrm{Var}[w_l] = 1 \quad \forall l",
    note="Checked is that weights of this variance keep the variance of the responses.",
)
def eq15() -> Claim:
    """Equation (8) for the parametric rectifier, and its variance put in."""
    law = HasLaw(w, Gaussian(0, 2 / ((1 + slope**2) * fan_in)))
    return Claim(
        (
            eq(Var(rectified), Var(y[1])),
            eq((1 + slope**2) / 2 * fan_in * Var(w[1]), 1),
        ),
        given=[*RECTIFIED, law],
    )


@paper.equation(
    "prose:PReLU variance",
    where="section 2.2",
    latex=r"\mathrm{Var}[y_l] = \tfrac12(1 + a^2)\,n_l\,\mathrm{Var}[w_l]\,\mathrm{Var}[y_{l-1}]",
    note="What (8) becomes; the source leaves the step to the reader.",
)
def prelu_variance() -> Claim:
    """For every law of the weights with mean zero."""
    factor = (1 + slope**2) / 2
    return Claim(eq(Var(rectified), factor * fan_in * Var(w[1]) * Var(y[1])), given=RECTIFIED)


@paper.equation(
    "prose:special slopes",
    where="section 2.2",
    latex=r"a = 0: \text{ the ReLU case}; \quad a = 1: \text{ the linear case}, "
    r"n_l\,\mathrm{Var}[w_l] = 1",
)
def special_slopes() -> Claim:
    """The function and the variance that (15) gives it, at both slopes."""
    u = sp.Symbol("y", real=True)
    asked = 2 / ((1 + slope**2) * fan_in)
    return Claim(
        (
            eq(prelu(u, 0), sp.Max(0, u)),
            eq(prelu(u, 1), u),
            eq(asked.subs(slope, 0), 2 / fan_in),
            eq(asked.subs(slope, 1), 1 / fan_in),
        )
    )


@paper.equation(
    "prose:PReLU backward",
    where="section 2.2",
    latex=r"\tfrac12(1 + a^2)\,\hat n_l\,\mathrm{Var}[w_l] = 1 \quad \forall l",
    note="Checked is that weights of this variance keep the variance of the gradients.",
)
def prelu_backward() -> Claim:
    """Equation (12) for the parametric rectifier, and its variance put in."""
    law = HasLaw(w, Gaussian(0, 2 / ((1 + slope**2) * fan_out)))
    return Claim(
        (
            eq(Var(by_input), Var(grad[1])),
            eq((1 + slope**2) / 2 * fan_out * Var(w[1]), 1),
        ),
        given=[*BACKWARD, law],
    )
