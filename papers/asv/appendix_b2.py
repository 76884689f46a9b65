"""Appendix B.2: the backward variances."""

from __future__ import annotations

import sympy as sp

from symvar import gamma
from symvar.claims import (
    Claim,
    E,
    Gaussian,
    HasLaw,
    IdenticallyDistributed,
    Independent,
    Instances,
    Prob,
    Var,
)

from .cases import OnCases
from .layers import for_convolutions
from .setting import (
    UNITS,
    Phi,
    T,
    a,
    backward_signal,
    backward_weight,
    count,
    d,
    d_out,
    either,
    h,
    h_out,
    i,
    m,
    paper,
    phi,
    pooled_signal,
    r,
    s,
    same,
    slope,
    step,
    t,
    tensors,
    total,
    unit,
    var_w,
    w,
    w_out,
    x,
    y,
)
from .windows import WINDOWS, signed_cases, window_cases

WHERE, MAXIMUM, AVERAGE = "appendix B.2", "appendix B.2.1", "appendix B.2.2"
back = total(backward_weight[a] * backward_signal[a])
BACK = (HasLaw(backward_weight, Gaussian(0, var_w)), Independent(backward_weight))
POOLED = (HasLaw(pooled_signal, Gaussian(0, r)), Independent(pooled_signal, slope))
FREE = Independent(backward_weight, backward_signal)
UNSAID = "the weights of a layer are independent of the backward signals that they carry"
GATES = (
    "The signal passes a gate, the derivative of (B.20), that depends on the layer's own weights: "
    "see prose:gate-independence for when this is exact, and the gap where it is not."
)


@paper.equation(
    "B.17",
    where=WHERE,
    latex=r"E[(\Delta z^{(\ell)}_{d(\ell,j)})^2] = E[(\Delta z^{(\ell)}_{d(\ell,j)})^2] - "
    r"(E[\Delta z^{(\ell)}_{d(\ell,j)}])^2 = \operatorname{Var}[\Delta z^{(\ell)}_{d(\ell,j)}] = "
    r"r^{(\ell)}",
    ocr="the subscript of the signal is a fragment; the range is printed j in j(l, j), for j(l, i)",
)
def backward_second_moment() -> Claim:
    """Second moment and variance of a Gaussian of mean zero."""
    moment = E(pooled_signal**2)
    parts = (
        same(moment, Var(pooled_signal)),
        same(Var(pooled_signal), moment - E(pooled_signal) ** 2),
        same(moment, r),
    )
    return Claim(parts, POOLED)


@paper.equation(
    "B.18",
    where=WHERE,
    latex=r"E[\Delta z^{(\ell-1)}_i] = E[\langle\tilde{\mathbf w}^{(\ell)}_{\tilde c(\ell,i),"
    r"h(\ell,i)},\Delta\mathbf u^{(\ell)}_{j(\ell,i)}\rangle] = \sum_{(h,j)} "
    r"E[\tilde w^{(\ell)}_{\tilde c(\ell,i),h}]\,E[\Delta u^{(\ell)}_j] = 0",
    outcome="holds-under",
    beyond=(UNSAID,),
    note="The mean is zero even without it where the signal behind the gate has mean zero and is "
    "drawn apart from the layer; the product of means needs it. " + GATES,
)
def mean_backward() -> Claim:
    """The mean of a backward signal."""
    means = total(E(backward_weight[a]) * E(backward_signal[a]))
    return Claim((same(E(back), means), same(E(back), 0)), BACK, extra=(FREE,))


@paper.equation(
    "B.19",
    where=WHERE,
    latex=r"r^{(\ell-1)}_i = E[(\Delta z^{(\ell-1)}_i)^2] - (E[\Delta z^{(\ell-1)}_i])^2 = "
    r"\sum_{(h,j)} E[(\tilde w_h)^2]\,E[(\Delta u_j)^2] + \sum_{(h,j),(h',j'):\,h\ne h',\,j\ne j'} "
    r"E[\tilde w_h]\,E[\tilde w_{h'}]\,E[\Delta u_j\,\Delta u_{j'}] = \sigma^2_{w^{(\ell)}} "
    r"\sum_{j\in j(\ell,i)} E\!\left[\left(\Delta z^{(\ell)}_{d(\ell,j)}\frac{\partial "
    r"z^{(\ell)}_{d(\ell,j)}}{\partial u^{(\ell)}_j}\right)^2\right] = \sigma^2_{w^{(\ell)}} "
    r"r^{(\ell)} \sum_{j\in j(\ell,i)} E\!\left[\left(\frac{\partial z^{(\ell)}_{d(\ell,j)}}"
    r"{\partial u^{(\ell)}_j}\right)^2\right]",
    outcome="holds-under",
    beyond=(UNSAID,),
    assumptions=("pooled signals and derivatives are independent",),
    note=GATES,
)
def variance_backward() -> Claim:
    """The mixed terms vanish; the square of a signal behind its gate."""
    squares = var_w * total(E(backward_signal[a] ** 2))
    gated = same(E((pooled_signal * slope) ** 2), r * E(slope**2))
    return Claim((same(Var(back), squares), gated), (*BACK, *POOLED), extra=(FREE,))


@paper.equation(
    "B.20",
    where=WHERE,
    latex=r"\sum_{j\in j(\ell,i)} E\!\left[\left(\frac{\partial z^{(\ell)}_{d(\ell,j)}}{\partial "
    r"u^{(\ell)}_j}\right)^2\right] = \gamma_\ell J_{\ell,i},\quad J_{\ell,i} = |j(\ell,i)|",
    ocr="left side from (B.19); the right side is lost but for 'where J = |j(l, i)|'",
    note="Equal terms, by (B.26) and (B.28).",
    survivors="the chance to exceed another threshold has no closed form that the checker compares",
)
def sum_of_gates() -> Claim:
    """Gates of one law add up to their number; averaged windows in full."""
    gate = step(unit[a]) / T
    averaged = same(E(total(gate**2)), count * gamma(T, "avg").doit())
    alike = same(E(total(backward_signal[a] ** 2)), count * E(backward_signal[1] ** 2))
    return Claim((averaged, alike), (*UNITS, IdenticallyDistributed(backward_signal)))


@paper.equation(
    "B.21",
    where=MAXIMUM,
    kind="definition",
    latex=r"\frac{\partial z^{(\ell)}_{d(\ell,j)}}{\partial \bar u^{(\ell)}_{d(\ell,j)}} = "
    r"U(\bar u^{(\ell)}_{d(\ell,j)}),\quad U(x) := \begin{cases} 1 & \text{if } x\ge 0 \\ 0 & "
    r"\text{otherwise}\end{cases}",
    ocr="the text recognition has x > 0; the sentence before takes one as the subgradient at 0",
    note="U(x) is a subgradient of the rectifier everywhere: its tangent lies below. Frameworks "
    "take 0 at 0; any value in [0, 1] will do, as 0 has probability 0.",
)
def subgradient() -> Claim:
    """The tangent with slope U(x) at x stays below the rectifier."""
    tangent = sp.Max(0, x) + step(x) * (y - x)
    return Claim(sp.Ge(sp.Max(0, y), tangent, evaluate=False))


@paper.equation(
    "B.22",
    where=MAXIMUM,
    latex=r"\frac{\partial \bar u^{(\ell)}_{d(\ell,j)}}{\partial u^{(\ell)}_j} = "
    r"\delta_{\bar u^{(\ell)}_{d(\ell,j)},\,u^{(\ell)}_j}",
    strength="instances",
    assumptions=("no tie: of probability one, the units having a density",),
    ocr="the right side rebuilt from (B.23)",
    survivors="a derivative that is 0 or 1 is its own square",
)
def winner() -> Claim:
    """Exact differences of the maximum, in windows without ties."""
    right, left, entries = tensors("right left x")
    largest = either(1, sp.Eq(entries[i], tensors("best")[0][1]))
    sides = (same(each[i], largest) for each in (right, left))
    return Claim(tuple(OnCases(side, window_cases(), WINDOWS, ((i, 1, m),)) for side in sides))


@paper.equation(
    "B.23",
    where=MAXIMUM,
    latex=r"\frac{\partial z^{(\ell)}_{d(\ell,j)}}{\partial u^{(\ell)}_j} = \begin{cases} 1 & "
    r"\text{if } \bar u^{(\ell)}_{d(\ell,j)} > 0 \text{ and } \bar u^{(\ell)}_{d(\ell,j)} = "
    r"u^{(\ell)}_j \\ 0 & \text{otherwise} \end{cases}",
    strength="instances",
    assumptions=("no tie and no zero: of probability one",),
    note="At 0 it differs from the product of (B.21) and (B.22), which is 1 there; of no "
    "consequence.",
    survivors="a derivative that is 0 or 1 is its own square; no window has the maximum 0",
)
def gate() -> Claim:
    """Exact differences of the rectified maximum, windows of either sign."""
    both, entries, best = tensors("both x best")
    formula = same(both[i], either(1, sp.And(best[1] > 0, sp.Eq(entries[i], best[1]))))
    said = "windows of 1 to 6 distinct entries of both signs, and of negative ones only"
    return Claim(OnCases(formula, signed_cases(), said, ((i, 1, m),)))


def below(value: sp.Expr) -> sp.Expr:
    """Pr(unit j is the largest of T, and at most the value): an antiderivative, see its use."""
    return Phi(value) ** T / T


WINNING = same(sp.diff(below(s), s), phi(s) * Phi(s) ** (T - 1))


@paper.equation(
    "B.24",
    where=MAXIMUM,
    latex=r"\Pr\!\left(\bar u^{(\ell)}_{d(\ell,j)} = u^{(\ell)}_j\right) = \frac{1}{T_\ell}",
    assumptions=("the units of a window are independent, N(0, q)",),
    note="Unit j wins at the value s with density phi(s) Phi(s)^(T-1); integrated over all s.",
)
def chance_to_win() -> Claim:
    """The density of winning at s, its antiderivative, and its ends."""
    return Claim((WINNING, same(below(sp.oo) - below(-sp.oo), 1 / T)))


@paper.equation(
    "B.25",
    where=MAXIMUM,
    latex=r"\Pr(\bar u^{(\ell)}_{d(\ell,j)} > 0) = 1 - \prod_{t\in t(\ell,d(\ell,j))} "
    r"\Pr(u^{(\ell)}_t \le 0) = 1 - \Phi(0)^{T_\ell} = 1 - 2^{-T_\ell}",
    strength="instances",
    assumptions=("the units of a window are independent, N(0, q)",),
    ocr="comparison signs under the probabilities",
    survivors="a symmetric law without atoms: strict or not, above or below, is the same",
)
def chance_above_zero() -> Claim:
    """Joint events of one to five units; the value for every T."""

    def none_above(size: int) -> sp.Eq:
        event = sp.And(*(sp.Le(unit[index], 0) for index in range(1, size + 1)))
        return same(1 - Prob(event), 1 - sp.Rational(1, 2) ** size)

    value = same(1 - Phi(0) ** T, 1 - 2**-T)
    return Claim((Instances(none_above, range(1, 6), "windows of 1 to 5 units"), value), UNITS)


@paper.equation(
    "B.26",
    where=MAXIMUM,
    latex=r"E\!\left[\left(\frac{\partial z^{(\ell)}_{d(\ell,j)}}{\partial u^{(\ell)}_j}\right)^2"
    r"\right] = \Pr(\bar u^{(\ell)}_{d(\ell,j)}>0)\,\Pr(\bar u^{(\ell)}_{d(\ell,j)}=u^{(\ell)}_j) "
    r"= \frac{1-2^{-T_\ell}}{T_\ell} = \frac{2^{T_\ell}-1}{2^{T_\ell}T_\ell}",
    assumptions=("the units of a window are independent, N(0, q)",),
    note="That the two events are independent is not said to be an assumption and need not be: "
    "given the value of the maximum, each unit is as likely to be the largest. So it holds for "
    "exchangeable units too. Both sides are computed here, the left one directly.",
)
def gate_moment() -> Claim:
    """The chance to win above zero, against the product of the chances, and the last form."""
    direct = below(sp.oo) - below(0)
    return Claim(
        (
            WINNING,
            same(direct, (1 - 2**-T) * (below(sp.oo) - below(-sp.oo))),
            same(direct, (2**T - 1) / (T * 2**T)),
        )
    )


@paper.equation(
    "B.27",
    where=AVERAGE,
    latex=r"\frac{\partial z^{(\ell)}_{d(\ell,j)}}{\partial v^{(\ell)}_j} = \frac{1}{T_\ell}",
    strength="instances",
    ocr="the right side is a fragment",
    survivors="the derivative is the same for every entry",
)
def average_slope() -> Claim:
    """Exact differences of the mean."""
    (mean,) = tensors("mean")
    return Claim(OnCases(same(mean[i], 1 / m), window_cases(), WINDOWS, ((i, 1, m),)))


@paper.equation(
    "B.28",
    where=AVERAGE,
    latex=r"E\!\left[\left(\frac{\partial z^{(\ell)}_{d(\ell,j)}}{\partial u^{(\ell)}_j}\right)^2"
    r"\right] = E\!\left[\left(\frac{\partial z}{\partial v}\frac{\partial v}{\partial u}\right)^2"
    r"\right] = E\!\left[\left(\frac{U(u^{(\ell)}_j)}{T_\ell}\right)^2\right] = \frac{1}{T_\ell^2}"
    r"\Pr(u^{(\ell)}_j\ge 0) = \frac{1}{T_\ell^2}(1-\Phi(0)) = \frac{1}{2T_\ell^2}",
    ocr="middle steps rebuilt",
)
def average_gate_moment() -> Claim:
    """The second moment of the gate of an averaged window."""
    moment = E(step(unit[1]) ** 2) / T**2
    chance = Prob(sp.Ge(unit[1], 0)) / T**2
    return Claim(
        (
            same(moment, chance),
            same(moment, (1 - Phi(0)) / T**2),
            same(moment, 1 / (2 * T**2)),
        ),
        UNITS,
    )


@paper.equation(
    "B.29",
    where="appendix B.2.3",
    latex=r"r^{(\ell-1)} = \frac{1}{M_{\ell-1}}\sum_{i=1}^{M_{\ell-1}} r^{(\ell-1)}_i = "
    r"\frac{\sigma^2_{w^{(\ell)}} r^{(\ell)} \gamma_\ell\, e_\ell}{M_{\ell-1}},\quad "
    r"e_\ell = \sum_{i=1}^{M_{\ell-1}} J_{\ell,i}",
    strength="instances",
    ocr="right side and upper limit rebuilt; the text calls this an approximation of each r_i by "
    "the average, which is exact for the average itself",
    note="The number of connections counted from the inputs is the number counted from the "
    "outputs, and the average over the inputs follows for any counts.",
    survivors="an exchange of two variances that needs both sides evaluated at length; not settled",
)
def average_backward() -> Claim:
    """Counted from both sides; and the average for any counts."""
    na, nj, J = sp.IndexedBase("na"), sp.IndexedBase("nj"), sp.IndexedBase("J", real=True)
    outputs = sp.Sum(na[t], (t, 1, w_out * h_out * d_out))
    inputs = sp.Sum(nj[t], (t, 1, w * h * d))
    g = sp.Symbol("gamma", positive=True)
    each = var_w * r * g * J[a]
    mean = same(total(each) / count, var_w * r * g * total(J[a]) / count)
    return Claim((for_convolutions(same(outputs, inputs)), mean))
