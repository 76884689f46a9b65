"""Section 1.1.5: momentum and Adam."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim, Rule, SameSequence
from symvar.symbols import padding_size

from .setting import eq, eta, paper, positive, real

WHERE = "section 1.1.5"
step = padding_size("t")
alpha, beta_1, beta_2 = sp.symbols("alpha beta_1 beta_2", nonnegative=True)
slope = real("g")


@paper.equation(
    "1.1.25",
    where=WHERE,
    latex=r"v_{t+1} = \alpha v_t - \eta_k \frac{\partial J}{\partial \theta}",
    kind="algorithm",
    note="The rate has index k, the step t. Checked: under a constant gradient g, from rest, (1 -"
    " alpha) v_t = -(1 - alpha^t) eta g for all t, so momentum multiplies the rate by 1/(1 -"
    " alpha) in the end.",
)
def velocity() -> Claim:
    """The closed form at t = 0, and that (1.1.25) leads from t to t + 1."""

    def scaled(time: sp.Expr) -> sp.Expr:
        return -(1 - alpha**time) * eta * slope

    after = alpha * scaled(step) - (1 - alpha) * eta * slope
    return Claim(
        (eq(scaled(sp.Integer(1)), -(1 - alpha) * eta * slope), eq(after, scaled(step + 1)))
    )


paper.note(
    "1.1.26",
    where=WHERE,
    latex=r"\theta_{t+1} = \theta_t + v_{t+1}",
    kind="definition",
    note="With alpha = 0, (1.1.25) and (1.1.26) are (1.1.19).",
)
paper.note(
    "1.1.27",
    where=WHERE,
    latex="",
    kind="definition",
    outcome="illegible",
    note="A number is printed and no formula.",
    ocr="Most likely an empty last line of the display, not a lost formula.",
)


@paper.equation(
    "prose:momentum-average",
    where=WHERE,
    latex=r"v_t \text{ is an exponentially moving average: } \sum_{k<t} \alpha^k = 1",
    outcome="approximation",
    note="An exponentially weighted sum: the weights of past gradients sum to (1 - alpha^t)/(1 -"
    " alpha), not to 1. An average would have the factor 1 - alpha, as (1.1.29) has. Gap, by"
    " induction, with the denominator cleared.",
)
def not_an_average() -> Claim:
    """The weights after two steps; then after t."""

    def cleared(time: sp.Expr) -> sp.Expr:
        return 1 - alpha**time

    return Claim(
        eq(1 + alpha, 1),
        given=(sp.Lt(alpha, 1),),
        gap=(
            eq(cleared(sp.Integer(1)), 1 - alpha),
            eq(alpha * cleared(step) + (1 - alpha), cleared(step + 1)),
        ),
    )


paper.note(
    "1.1.28",
    where=WHERE,
    latex=r"g_{t+1} = \frac{\partial J}{\partial \theta}",
    kind="definition",
    note="Taken at theta_t.",
)


@paper.equation(
    "1.1.29",
    where=WHERE,
    latex=r"m_{t+1} = \beta_1 m_t + (1 - \beta_1) g_{t+1}",
    kind="algorithm",
    note="Checked: the footnote that it is biased to zero. From m_0 = 0 and gradients of mean g,"
    " the mean of m_t is (1 - beta_1^t) g for all t.",
)
def first_moment() -> Claim:
    """The closed form at t = 1, and that (1.1.29) leads from t to t + 1."""

    def mean(time: sp.Expr) -> sp.Expr:
        return (1 - beta_1**time) * slope

    return Claim(
        (
            eq(mean(sp.Integer(1)), (1 - beta_1) * slope),
            eq(beta_1 * mean(step) + (1 - beta_1) * slope, mean(step + 1)),
        )
    )


@paper.equation(
    "prose:similarity",
    where=WHERE,
    latex=r"\theta_t + \alpha v_t - \eta g = \theta_t - \frac{\eta}{1-\beta_1} m_{t+1}",
    outcome="holds-under",
    beyond=("alpha = beta_1 and a constant rate eta",),
    note="How similar (1.1.29) and (1.1.25) are: from v_0 = m_0 = 0, momentum with rate eta and the"
    " step along the mean estimate with rate eta/(1 - beta_1) visit the same points, whatever the"
    " gradients are. k is eta/(1 - beta_1).",
)
def similar() -> Claim:
    """Both algorithms as update rules, with v = -k m as what every step keeps."""
    start, plain, other, velocity_now, mean = real("theta_0 theta phi v m")
    rate = positive("k")
    gradient = sp.Function("g")
    faster = alpha * velocity_now - rate * (1 - beta_1) * gradient(plain)
    averaged = beta_1 * mean + (1 - beta_1) * gradient(other)
    return Claim(
        SameSequence(
            Rule((plain, velocity_now), (start, 0), (plain + faster, faster), plain),
            Rule((other, mean), (start, 0), (other - rate * averaged, averaged), other),
            invariant=(sp.Eq(plain, other), sp.Eq(velocity_now, -rate * mean)),
        ),
        given=(sp.Lt(alpha, 1), sp.Lt(beta_1, 1)),
        extra=(sp.Eq(alpha, beta_1),),
    )


@paper.equation(
    "1.1.30",
    where=WHERE,
    latex=r"v_{t+1} = \beta_2 m_t + (1 - \beta_2) g_{t+1}",
    corrected_latex=r"v_{t+1} = \beta_2 v_t + (1 - \beta_2) g_{t+1}^2",
    outcome="erratum",
    note="v is the second moment, as the text says: it must continue v_t, not m_t, and take the"
    " square of the gradient. As printed v may be negative and (1.1.31) has no real root: after"
    " one step from 0 with g = -1, v = -(1 - beta_2). Checked for a gradient that is g_1 or g_2"
    " with probabilities p and 1 - p: the mean of v_t is (1 - beta_2^t) E[g^2] at t = 1 and from t"
    " to t + 1.",
    ocr="The square could be lost in recognition, the m_t hardly: a slip of the source.",
)
def second_moment() -> Claim:
    """The mean of v against the second moment, with the correction of the bias."""
    first, second = real("g_1 g_2")
    chance = positive("p")

    def moment(power: int) -> sp.Expr:
        return chance * first**power + (1 - chance) * second**power

    def mean(beta: sp.Expr, power: int, time: sp.Expr) -> sp.Expr:
        return (1 - beta**time) * moment(power)

    following = mean(beta_2, 2, step + 1)
    return Claim(
        (
            eq((1 - beta_2) * moment(1), mean(beta_2, 2, sp.Integer(1))),
            eq(beta_2 * mean(beta_1, 1, step) + (1 - beta_2) * moment(1), following),
        ),
        given=(sp.Le(chance, 1), sp.Lt(beta_2, 1)),
        corrected=(
            eq((1 - beta_2) * moment(2), mean(beta_2, 2, sp.Integer(1))),
            eq(beta_2 * mean(beta_2, 2, step) + (1 - beta_2) * moment(2), following),
        ),
    )


@paper.equation(
    "1.1.31",
    where=WHERE,
    latex=r"\theta_{t+1} = \theta_t - \eta \frac{m_{t+1}}{\sqrt{v_{t+1} + \epsilon}}",
    kind="algorithm",
    outcome="approximation",
    note="The algorithm cited divides by sqrt(v) + epsilon. Both avoid a division by zero and agree"
    " as epsilon tends to 0 while v > 0; at v = 0 the divisors are sqrt(epsilon) and epsilon. The"
    " squares of the divisors differ by epsilon^2 + 2 epsilon sqrt(v) - epsilon. The correction of"
    " the bias is left out, as the footnote says.",
    ocr="The root may have swallowed epsilon in recognition.",
)
def divisor() -> Claim:
    """The divisor printed against that of the algorithm cited."""
    moment = sp.Symbol("v", nonnegative=True)
    small = positive("epsilon")
    printed, cited = sp.sqrt(moment + small), sp.sqrt(moment) + small
    return Claim(
        eq(printed, cited),
        gap=eq(cited**2 - printed**2, small**2 + 2 * small * sp.sqrt(moment) - small),
    )


paper.note(
    "prose:low-variance",
    where=WHERE,
    latex=r"\text{larger steps in directions of low variance}",
    kind="assumption",
    note="Adam divides by the root of the second moment, not of the variance: a direction with a"
    " constant gradient has variance 0 and gets steps of length eta, however small or large the"
    " gradient. The reference for the effect of condition numbers is printed as question marks;"
    " the figure meant is 1.1.",
)
