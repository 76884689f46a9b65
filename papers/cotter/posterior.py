"""Section 1.1.1 and the start of 1.1.2: prior, posterior, objective."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim
from symvar.symbols import size

from .setting import (
    N,
    eq,
    eta,
    lamda,
    normal_log_likelihood,
    paper,
    positive,
    real,
    sigma,
    tau,
)

PRIORS, LOSSES = "section 1.1.1", "section 1.1.2"
squares, length = positive("S P")
parameters = size("d")


def objective(data: sp.Expr, penalty: sp.Expr, weight: sp.Expr) -> sp.Expr:
    """(1.1.17), from the sum of squared residuals and the squared length of theta."""
    return data / (2 * N) + weight * penalty


paper.note(
    "prose:prior",
    where=PRIORS,
    latex=r"p(\theta) = \mathcal{N}(0, \tau^2)",
    kind="assumption",
    note="Introduced as an uninformative prior: a normal prior of finite variance is informative,"
    " it is what makes the penalty of (1.1.16). It becomes uninformative as tau tends to infinity.",
)


@paper.equation(
    "1.1.16",
    where=PRIORS,
    latex=r"\theta_{MAP} = \arg \min_{\theta} \frac{1}{N} \sum_{n=1}^N"
    r" \frac{\left(y^{(n)} - f(x^{(n)}, \theta) \right)^2}{2} + \lambda \|\theta\|_2^2,"
    r" \quad \lambda = \sigma^2/\tau^2",
    corrected_latex=r"\lambda = \frac{\sigma^2}{2 N \tau^2}",
    outcome="erratum",
    assumptions=("the prior is normal with covariance tau^2 I",),
    note="The printed weight belongs to another scaling: sum_n r_n^2 + lambda |theta|^2, or half of"
    " both. With the mean of half squares and no half before the penalty it is too large by 2N,"
    " and does not shrink as data arrive. Checked: what of minus the log posterior depends on"
    " theta is N/sigma^2 times the objective.",
)
def posterior() -> Claim:
    """Minus the log posterior against the objective, but for what is free of theta."""

    def minus_log(data: sp.Expr, penalty: sp.Expr) -> sp.Expr:
        prior = normal_log_likelihood(parameters, penalty, tau)
        return -normal_log_likelihood(N, data, sigma) - prior

    varying = minus_log(squares, length) - minus_log(sp.Integer(0), sp.Integer(0))

    def claimed(weight: sp.Expr) -> sp.Eq:
        return eq(varying, N / sigma**2 * objective(squares, length, weight))

    return Claim(claimed(sigma**2 / tau**2), corrected=claimed(sigma**2 / (2 * N * tau**2)))


@paper.equation(
    "prose:weight-decay",
    where=PRIORS,
    latex=r"\lambda \text{ is called weight decay}",
    note="One step of (1.1.19) on (1.1.17) shrinks each weight by the factor 1 - 2 eta lambda, so"
    " lambda is the decay up to the factor 2 eta. Not so for (1.1.31).",
)
def weight_decay() -> Claim:
    """The step on the penalised loss, the slope of the data loss being g."""
    weight, slope = real("w g")
    penalised = slope * weight + lamda * weight**2
    moved = weight - eta * sp.diff(penalised, weight)
    return Claim(eq(moved, (1 - 2 * eta * lamda) * weight - eta * slope))


paper.note(
    "1.1.17",
    where=LOSSES,
    latex=r"J(\theta) = \frac{1}{N} \sum_{n=1}^N"
    r" \frac{\left(y^{(n)} - f(x^{(n)}, \theta) \right)^2}{2} + \lambda \|\theta\|_2^2",
    kind="definition",
    note="Its minimiser is the estimate of (1.1.16) with the lambda corrected there.",
)
paper.note(
    "1.1.18",
    where=LOSSES,
    latex=r"= L_{data}(y, f(x, \theta)) + L_{reg}(\theta)",
    kind="definition",
    note="Names for the two terms of (1.1.17).",
)
