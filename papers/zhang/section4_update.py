"""Section 4.3, from (42) on: the update, and what joins learning rate and initialisation."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims import Claim

from .section4_bn import SPREAD
from .setting import eta, gamma, m, n, paper, stated

sigma = sp.Symbol("sigma", positive=True)
BATCH = sp.Symbol("N", positive=True, integer=True)


def of_two() -> tuple[Any, Any]:
    """A batch of two through one weight and BN: the true slope by the weight, and gamma."""
    weight, half_gap = sp.symbols("w_l h", positive=True)
    middle, first, second = sp.symbols("y delta_1 delta_2", real=True)
    high, low = weight * (middle + half_gap), weight * (middle - half_gap)
    deviation = sp.sqrt(sp.expand((high - low) ** 2 / 4))
    loss = (first - second) * (high - low) / 2 / deviation
    return loss.diff(weight), 1 / deviation


def two_inputs() -> tuple[Any, Any, Any]:
    """A batch of any size through two weights and BN, by its means and covariances.

    Gives the loss's derivative by each weight, and the first as the corrected (42) has it.
    """
    first, second = sp.symbols("w_1 w_2", positive=True)
    variance_1, covariance, variance_2 = sp.symbols("V_11 V_12 V_22", real=True)
    # Sums over the batch of the error times each input, less the mean input times the errors.
    error_1, error_2 = sp.symbols("C_1 C_2", real=True)
    square = first**2 * variance_1 + 2 * first * second * covariance + second**2 * variance_2
    loss = (first * error_1 + second * error_2) / sp.sqrt(square)
    known = (sigma**2 - first**2 * variance_1 - 2 * first * second * covariance) / second**2

    def at(derivative: Any) -> Any:
        return sp.simplify(derivative.subs(variance_2, known))

    mean_product = (first * error_1 + second * error_2) / sigma / BATCH
    with_input = BATCH * (first * variance_1 + second * covariance) / sigma
    formula = 1 / sigma * (error_1 - with_input * mean_product)
    orthogonal = first * at(loss.diff(first)) + second * at(loss.diff(second))
    return at(loss.diff(first)), formula, orthogonal


@paper.equation(
    "42",
    where="section 4.3",
    latex=r"\mathbf{w}_l^u = \mathbf{w}_l - \eta\nabla\mathbf{w}_l"
    r" = \mathbf{w}_l - \eta\gamma_l\mathbf{y}_l\delta_{l+1}",
    outcome="erratum",
    corrected_latex=r"\nabla\mathbf{w}_l = \gamma_l\sum_j \mathbf{y}_{l-1,j}\Big(\delta_{l,j}"
    r" - \tfrac1N\sum_k\delta_{l,k} - \hat x_{l,j}\tfrac1N\sum_k\delta_{l,k}\hat x_{l,k}\Big),"
    r"\quad \langle\mathbf{w}_l,\nabla\mathbf{w}_l\rangle = 0",
    note="BN's mean and deviation are held fixed, and the indices are those of (10). In a batch of "
    "two with one weight the true gradient is 0. The correction, with the error by the normalised "
    "signal, is proved for a batch of any size and two inputs by the batch's covariances; the "
    "gradient is orthogonal to the weights, as scaling them changes nothing. The factor gamma is "
    "right.",
)
def eq42() -> Claim:
    weight, half_gap = sp.symbols("w_l h", positive=True)
    middle, first, second = sp.symbols("y delta_1 delta_2", real=True)
    slope, gain = of_two()
    held = gain * ((middle + half_gap) * first + (middle - half_gap) * second)
    true, formula, along = two_inputs()
    return Claim(
        stated(weight - eta * slope, weight - eta * held),
        corrected=(stated(true, formula), stated(along, 0)),
    )


@paper.equation(
    "prose:norm-grows",
    where="section 4.3",
    latex=r"\|\mathbf{w}-\eta\nabla\mathbf{w}\| > \|\mathbf{w}\|",
    note="Said to be possible for a bigger rate. With BN it is so for every rate above zero, as "
    "the gradient is orthogonal to the weights: the squared norm grows by the squared step. Here "
    "with two weights.",
)
def norm_grows() -> Claim:
    first, second, size = sp.symbols("w_1 w_2 c", positive=True)
    step = (eta * size * second, -eta * size * first)
    after = (first - step[0]) ** 2 + (second - step[1]) ** 2
    return Claim(
        (
            stated(after, first**2 + second**2, sp.Gt),
            stated(after, first**2 + second**2 + step[0] ** 2 + step[1] ** 2),
        )
    )


def gain_rule(slug: str, latex: str, below: bool) -> None:
    @paper.equation(
        f"prose:{slug}",
        where="section 4.3",
        latex=latex,
        survivors="A change of the power of m: true as m is at least 1, not proved.",
        note="Against the variance 2/m and the step of gain 1, signal and error as they are. The "
        "same follows from the corrected (41).",
    )
    def claim() -> Claim:
        spare, size = sp.symbols("t s", positive=True)
        gain = 1 / (1 + spare) if below else 1 + spare
        bigger, smaller = (sp.Gt, sp.Lt) if below else (sp.Lt, sp.Gt)
        return Claim(
            (
                stated(2 / (gamma * m), 2 / m, bigger),
                stated(eta * gamma * size, eta * size, smaller),
            ),
            given=[sp.Eq(gamma, gain)],
        )


gain_rule(
    "gamma-below-1",
    r"\gamma_l < 1 \;\Rightarrow\; \mathrm{Var}(\mathbf{w}_l) \text{ bigger},\;"
    r"\|\eta\gamma_l\mathbf{y}_l\delta_{l+1}\| \text{ smaller}",
    below=True,
)
gain_rule(
    "gamma-above-1",
    r"\gamma_l > 1 \;\Rightarrow\; \mathrm{Var}(\mathbf{w}_l) \text{ smaller},\;"
    r"\|\eta\gamma_l\mathbf{y}_l\delta_{l+1}\| \text{ bigger}",
    below=False,
)


@paper.equation(
    "prose:gamma-by-hand",
    where="section 4.3",
    latex=r"\mathrm{Var}(\mathbf{w}_l) = \frac{2}{\gamma_l m_{l+1}} \text{ with any }"
    r"\gamma_l = \frac1\sigma",
    outcome="erratum",
    corrected_latex=r"\mathrm{Var}(\mathbf{w}_l) = \frac{2\pi}{(\pi-1)\gamma_l^2 n_l}",
    survivors="Without a factor pi the deviation is 0: nothing to compare.",
    note="gamma cannot be both one over BN's deviation and set by hand: the deviation follows from "
    "the weights, by prose:bn-deviation. (41) as printed has that deviation for one gamma only, "
    "pi/(pi-1) m/n; the corrected (41) for none, unless m/n is (pi-1)/pi. So with BN a condition "
    "on the backward variance sets no variance of the weights: it is free, and gamma is but "
    "another name for it.",
)
def gamma_by_hand() -> Claim:
    def gain_squared(variance: sp.Expr) -> sp.Expr:
        return 1 / (n * variance * SPREAD)

    right = 2 * sp.pi / ((sp.pi - 1) * gamma**2 * n)
    return Claim(
        stated(gain_squared(2 / (gamma * m)), gamma**2),
        corrected=stated(gain_squared(right), gamma**2),
    )


@paper.equation(
    "prose:rule",
    where="sections 4.3 and 5.2",
    kind="algorithm",
    latex=r"\eta \text{ bigger} \;\Rightarrow\; \gamma_l \text{ smaller},\;"
    r"\mathrm{Var}(\mathbf{w}_l) \text{ bigger}",
    note="What the rule comes to when (41) and (42) are made consistent. The relative squared step "
    "is (eta gamma)^2 s/(n Var(w)), s that of signal and error; with gamma one over BN's deviation "
    "it goes as the square of eta/(n Var(w)). It stays what it is at the rate eta_0 with 2/m if "
    "and only if Var(w) = 2 eta/(eta_0 m): the variance proportional to the rate. That is (41) as "
    "printed with gamma = eta_0/eta; 5/m at the rate 0.1 means eta_0 = 0.04.",
)
def rule() -> Claim:
    base, size = sp.symbols("eta_0 s", positive=True)
    variance, more = sp.symbols("v d", positive=True)

    def relative_step(rate: Any, spread: Any) -> Any:
        """The gain is one over BN's deviation."""
        return rate**2 / (n * spread * SPREAD) * size / (n * spread)

    linked = 2 / ((base / eta) * m)
    kept = stated(relative_step(eta, linked), relative_step(base, 2 / m))
    bigger = stated(linked.subs(eta, base + more), 2 / m, sp.Gt)
    by_ratio = stated(relative_step(eta, variance), size / SPREAD * (eta / (n * variance)) ** 2)
    return Claim((kept, bigger, by_ratio))
