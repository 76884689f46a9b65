"""Appendix B.1: the law of a maximum, and the forward variances."""

from __future__ import annotations

import sympy as sp

from symvar import tau
from symvar.claims import Claim, E, IdenticallyDistributed, Independent, Instances, Prob, Var

from .cases import OnCases
from .setting import (
    APART,
    BIAS,
    UNITS,
    WEIGHTS,
    Phi,
    T,
    a,
    beta,
    bias,
    count,
    i,
    m,
    paper,
    phi,
    q,
    same,
    signal,
    tensors,
    total,
    unit,
    var_b,
    var_w,
    weight,
    x,
    y,
)
from .stages import BLOCKS, SIGNS, STAGES, stage_cases, windows

WHERE, LAW = "appendix B.1", "appendix B"
product = total(weight[a] * signal[a])
rectified = sp.Max(0, unit[a])
F_0, p_0 = sp.symbols("F_0 p_0", positive=True)
DERIVATIVE = same(sp.diff((F_0 + p_0 * x) ** T, x).subs(x, 0), T * F_0 ** (T - 1) * p_0)
ONE_LAW = (Independent(unit), IdenticallyDistributed(unit))


@paper.equation(
    "B.1",
    where=LAW,
    latex=r"E[(w^{(\ell)}_{i,j})^2] = E[(w^{(\ell)}_{i,j})^2] - (E[w^{(\ell)}_{i,j}])^2 = "
    r"\operatorname{Var}[w^{(\ell)}_{i,j}] = \sigma^2_{w^{(\ell)}},\quad "
    r"E[(b^{(\ell)}_i)^2] = \operatorname{Var}[b^{(\ell)}_i] = \sigma^2_{b^{(\ell)}}",
    ocr="subscripts rebuilt",
)
def second_moments() -> Claim:
    """Second moment and variance of a Gaussian of mean zero."""
    facts = (*WEIGHTS, BIAS)
    parts = (
        same(E(weight[1] ** 2), Var(weight[1])),
        same(Var(weight[1]), var_w),
        same(E(bias**2), Var(bias)),
        same(Var(bias), var_b),
    )
    return Claim(parts, facts)


@paper.equation(
    "Lemma 1",
    where=LAW,
    latex=r"\hat x = \max_{i\in[n]} x_i \sim \hat p, \text{ if } x_1,\dots,x_n "
    r"\text{ are iid with density } p",
    strength="instances",
    assumptions=("x_1, ..., x_n are independent, with one density",),
    note="Its formula is (B.2), its proof (B.3) and (B.4): both steps together.",
    survivors="the variables have one law, so another may be named",
)
def maximum() -> Claim:
    """The distribution function is F^n, for one to five variables; F^n has that derivative."""
    return Claim((Instances(below, range(1, 6), "n from 1 to 5, any law"), DERIVATIVE), ONE_LAW)


def below(number: int) -> sp.Eq:
    """All of some variables lie below x, and so does the largest."""
    members = [unit[index] for index in range(1, number + 1)]
    event = sp.And(*(sp.Lt(each, x) for each in members))
    return same(Prob(event), Prob(sp.Lt(unit[1], x)) ** number)


@paper.equation(
    "B.2",
    where=LAW,
    latex=r"\hat p(x) = n\,p(x)\left(\int_{-\infty}^{x} p(s)\,ds\right)^{n-1}",
    assumptions=("x_1, ..., x_n are independent, with one density",),
    note="Checked for the Gaussian of any variance; (B.4) has it for any law.",
)
def density_of_maximum() -> Claim:
    """The derivative of the distribution function of the largest of T Gaussians."""
    density = beta * phi(beta * x)
    printed = T * density * Phi(beta * x) ** (T - 1)
    return Claim(same(sp.diff(Phi(beta * x) ** T, x), printed))


@paper.equation(
    "B.3",
    where=LAW,
    latex=r"\hat F(x) = \Pr(\hat x < x) = \Pr(x_1<x,\dots,x_n<x) = \prod_{i=1}^n \Pr(x_i<x) "
    r"= F(x)^n",
    strength="instances",
    assumptions=("x_1, ..., x_n are independent, with one law",),
    survivors="the variables have one law, so another may be named",
)
def distribution_of_maximum() -> Claim:
    """For one to five variables of any law: probabilities of joint events."""
    return Claim(Instances(below, range(1, 6), "n from 1 to 5, any law"), ONE_LAW)


@paper.equation(
    "B.4",
    where=LAW,
    latex=r"\hat p(x) = \frac{d\hat F}{dx} = nF(x)^{n-1}\frac{dF}{dx} = n\left(\int_{-\infty}^x "
    r"p(s)\,ds\right)^{n-1} p(x)",
    note="Any differentiable distribution function, where it is positive.",
)
def chain_rule() -> Claim:
    """The derivative of a power, at a point where F has value F_0 and slope p."""
    return Claim(DERIVATIVE)


@paper.equation(
    "prose:mean-zero",
    where=WHERE,
    latex=r"E[u^{(\ell)}_i] = \sum_{(a,s)} E[w^{(\ell)}_{c(\ell,i),a}]\,E[z^{(\ell-1)}_s] + "
    r"E[b^{(\ell)}_{c(\ell,i)}] = 0",
    note="The signals have mean other than zero behind a rectifier; the weights see to it.",
)
def mean_of_unit() -> Claim:
    """The mean of a pre-activation."""
    return Claim(same(E(product + bias), 0), (*WEIGHTS, BIAS, APART))


@paper.equation(
    "B.5",
    where=WHERE,
    latex=r"E[\langle\mathbf w^{(\ell)}_{c(\ell,i),a(\ell,i)},\mathbf z^{(\ell-1)}_{s(\ell,i)}"
    r"\rangle^2] = \sum_{(a,s)} E[(w^{(\ell)}_{c(\ell,i),a})^2]\,E[(z^{(\ell-1)}_s)^2] + "
    r"\sum_{(a,s),(a',s'):\,a\ne a',\,s\ne s'} E[w^{(\ell)}_{c,a}]\,E[w^{(\ell)}_{c,a'}]\,"
    r"E[z^{(\ell-1)}_s z^{(\ell-1)}_{s'}] = \sigma^2_{w^{(\ell)}}\sum_{s\in s(\ell,i)} "
    r"E[(z^{(\ell-1)}_s)^2]",
    ocr="the last factor of the mixed term is a fragment; both readings, a product's mean or a "
    "product of means, are multiplied by zero",
    note="The range of the mixed terms needs both a != a' and s != s' to be the same condition, "
    "which one-to-one pairs grant. The signals may be correlated.",
)
def square_of_product() -> Claim:
    """The mixed terms vanish: weights independent, of mean zero, and apart from the signals."""
    facts = (*WEIGHTS, Independent(weight, signal))
    return Claim(same(E(product**2), var_w * total(E(signal[a] ** 2))), facts)


@paper.equation(
    "B.6",
    where=WHERE,
    latex=r"E[\langle\mathbf w^{(\ell)}_{c(\ell,i),a(\ell,i)},\mathbf z^{(\ell-1)}_{s(\ell,i)}"
    r"\rangle\, b^{(\ell)}_{c(\ell,i)}] = E[\langle\cdot,\cdot\rangle]\,E[b^{(\ell)}_{c(\ell,i)}] "
    r"= 0",
)
def product_with_bias() -> Claim:
    """The bias is drawn apart, with mean zero."""
    parts = (same(E(product * bias), E(product) * E(bias)), same(E(product * bias), 0))
    return Claim(parts, (*WEIGHTS, BIAS, APART))


@paper.equation(
    "B.7",
    where=WHERE,
    latex=r"q^{(\ell)}_i = E[(u^{(\ell)}_i)^2] - (E[u^{(\ell)}_i])^2 = "
    r"E[(\langle\mathbf w,\mathbf z\rangle + b)^2] = E[\langle\mathbf w,\mathbf z\rangle^2] + "
    r"2E[\langle\mathbf w,\mathbf z\rangle\, b] + E[b^2] = \sigma^2_{b^{(\ell)}} + "
    r"\sigma^2_{w^{(\ell)}}\sum_{s\in s(\ell,i)} E[(z^{(\ell-1)}_s)^2]",
)
def variance_of_unit() -> Claim:
    """The variance of a pre-activation."""
    final = var_b + var_w * total(E(signal[a] ** 2))
    parts = (
        same(Var(product + bias), E((product + bias) ** 2)),
        same(Var(product + bias), E(product**2) + 2 * E(product * bias) + E(bias**2)),
        same(Var(product + bias), final),
    )
    return Claim(parts, (*WEIGHTS, BIAS, APART))


@paper.equation(
    "B.8",
    where=WHERE,
    latex=r"\sum_{s\in s(\ell,i)} E[(z^{(\ell-1)}_s)^2] = q^{(\ell-1)}\tau_{\ell-1}\,|s(\ell,i)|",
    assumptions=("the pooled signals of a layer have one law",),
    ocr="the end of the right side is a fragment; the number of units in s(l, i) is what the left "
    "side gives",
    note="Here for average pooling in full; the max-pooled moment is (B.12). With (B.7) it gives "
    "each unit its own variance, as |s(l, i)| differs at the border; (11) has the average of "
    "these, e_l/M'_l in place of |s(l, i)|.",
)
def moments_of_signals() -> Claim:
    """Equal moments add up to their number; and with windows of T units, averaged."""
    of_one_law = same(E(total(signal[a] ** 2)), count * E(signal[1] ** 2))
    averaged = same(E(total(rectified, T) ** 2) / T**2, q * tau(T, "avg").doit())
    facts = (IdenticallyDistributed(signal), *UNITS)
    return Claim((of_one_law, averaged), facts)


paper.note(
    "B.9",
    where="appendix B.1.1",
    kind="definition",
    latex=r"\bar u^{(\ell-1)}_s := \max_{t\in t(\ell-1,s)} u^{(\ell-1)}_t",
    ocr="the range is a fragment, as in (B.10)",
)


@paper.equation(
    "B.10",
    where="appendix B.1.1",
    latex=r"z^{(\ell-1)}_s = \max_{t\in t(\ell-1,s)} \max\{0, u^{(\ell-1)}_t\} = "
    r"\max\{0, \max_{t\in t(\ell-1,s)} u^{(\ell-1)}_t\} = \max\{0, \bar u^{(\ell-1)}_s\}",
    strength="instances",
    note="The rectifier is monotone, so it may be taken before or after the maximum; with average "
    "pooling it may not.",
)
def rectifier_of_maximum() -> Claim:
    """Windows of numbers of both signs: (2) and (3) against the last form."""
    top, z = tensors("top z")
    over = ((m, 1, BLOCKS),)
    return Claim(OnCases(same(z[m], sp.Max(0, top[m])), windows(), SIGNS, over))


@paper.equation(
    "B.11",
    where="appendix B.1.1",
    latex=r"p_{\ell-1}(x) = T_{\ell-1}\mathcal N(x;0,q^{(\ell-1)})\left(\int_{-\infty}^x "
    r"\mathcal N(s;0,q^{(\ell-1)})\,ds\right)^{T_{\ell-1}-1} = T_{\ell-1}\beta^{(\ell-1)}"
    r"\phi(\beta^{(\ell-1)}x)\,\Phi(\beta^{(\ell-1)}x)^{T_{\ell-1}-1},\quad "
    r"\beta^{(\ell-1)} = 1/\sqrt{q^{(\ell-1)}}",
    assumptions=("the units of a window are independent, N(0, q)",),
)
def density_in_window() -> Claim:
    """The density of N(0, q), and the derivative of the distribution function of the largest."""
    gaussian = sp.exp(-(x**2) / (2 * q)) / sp.sqrt(2 * sp.pi * q)
    printed = T * beta * phi(beta * x) * Phi(beta * x) ** (T - 1)
    of_max = sp.diff(Phi(beta * x) ** T, x)
    one = same(gaussian, beta * phi(beta * x))
    return Claim((one, same(of_max, printed)), (sp.Eq(q, 1 / beta**2),))


@paper.equation(
    "prose:normal-density",
    where="appendix B.1.1",
    latex=r"\mathcal N(z;\mu,\sigma^2) = \frac1\sigma\,\phi\!\left(\frac{z-\mu}{\sigma}\right)",
    ocr="the argument is a fragment",
)
def scaled_density() -> Claim:
    """The normal density of any mean and variance."""
    mu, sigma = sp.Symbol("mu", real=True), sp.Symbol("sigma", positive=True)
    full = sp.exp(-((x - mu) ** 2) / (2 * sigma**2)) / (sigma * sp.sqrt(2 * sp.pi))
    return Claim(same(full, phi((x - mu) / sigma) / sigma))


@paper.equation(
    "B.12",
    where="appendix B.1.1",
    latex=r"E[(z^{(\ell-1)}_s)^2] = \int_{-\infty}^{\infty} (\max\{0,x\})^2 p_{\ell-1}(x)\,dx = "
    r"T_{\ell-1}\int_0^\infty x^2\beta\,\phi(\beta x)\,\Phi(\beta x)^{T_{\ell-1}-1}dx = "
    r"q^{(\ell-1)}\,T_{\ell-1}\int_0^\infty y^2\phi(y)\,\Phi(y)^{T_{\ell-1}-1}dy",
    assumptions=("the units of a window are independent, N(0, q)",),
    ocr="factors before the last integrals rebuilt",
    note="The substitution y = beta x, integrand by integrand.",
)
def second_moment_of_maximum() -> Claim:
    """The integrands before and after the substitution."""
    before = x**2 * sp.diff(Phi(beta * x) ** T, x)
    after = q * T * y**2 * phi(y) * Phi(y) ** (T - 1)
    substituted = before.subs(x, y / beta) / beta
    return Claim(same(substituted, after), (sp.Eq(q, 1 / beta**2),))


@paper.equation(
    "B.13",
    where="appendix B.1.2",
    latex=r"z^{(\ell-1)}_s = \frac{1}{T_{\ell-1}}\sum_{t\in t(\ell,s)} \max\{0, u^{(\ell-1)}_t\}",
    outcome="erratum",
    strength="instances",
    corrected_latex=r"z^{(\ell-1)}_s = \frac{1}{T_{\ell-1}}\sum_{t\in t(\ell-1,s)} "
    r"\max\{0, u^{(\ell-1)}_t\}",
    ocr="a lost -1 is possible, but (B.13) and (B.16) agree, and (B.9) and (B.10) have it",
    note="The window belongs to the layer before, as in (B.10): t(l, s) holds T_l units of layer "
    "l. The values in (B.14) to (B.16) are those of t(l-1, s).",
)
def averaged_signal() -> Claim:
    """Two layers with windows of different sizes."""
    mean, r, own, later, size = tensors("mean r own later size")

    def formula(window: sp.IndexedBase, length: object) -> sp.Eq:
        terms = sp.Sum(r[window[m, i]], (i, 1, length))
        return same(mean[m], terms / T)

    over = ((m, 1, BLOCKS),)
    return Claim(
        OnCases(formula(later, size[1]), stage_cases(), STAGES, over),
        corrected=OnCases(formula(own, T), stage_cases(), STAGES, over),
    )


@paper.equation(
    "B.14",
    where="appendix B.1.2",
    latex=r"E[\max\{0,u^{(\ell-1)}_t\}] = \int_0^\infty s\,\mathcal N(s;0,q^{(\ell-1)})\,ds = "
    r"\sqrt{q^{(\ell-1)}}\int_0^\infty y\,\phi(y)\,dy = \sqrt{\frac{q^{(\ell-1)}}{2\pi}}",
    ocr="the steps rebuilt",
)
def mean_of_rectified() -> Claim:
    """The mean, by expectation and by the antiderivative -phi."""
    by_parts = same(sp.diff(-phi(y), y), y * phi(y))
    value = same(sp.sqrt(q) * (phi(0) - 0), sp.sqrt(q / (2 * sp.pi)))
    return Claim((same(E(sp.Max(0, unit[1])), sp.sqrt(q / (2 * sp.pi))), by_parts, value), UNITS)


@paper.equation(
    "B.15",
    where="appendix B.1.2",
    latex=r"E[(\max\{0,u^{(\ell-1)}_t\})^2] = \int_0^\infty s^2\beta\,\phi(\beta s)\,ds = "
    r"q^{(\ell-1)}\int_0^\infty y^2\phi(y)\,dy = \frac{q^{(\ell-1)}}{2}",
)
def square_of_rectified() -> Claim:
    """The second moment, by expectation and by the antiderivative Phi - y phi."""
    by_parts = same(sp.diff(Phi(y) - y * phi(y), y), y**2 * phi(y))
    ends = same(q * (Phi(sp.oo) - Phi(0)), q / 2)
    return Claim((same(E(sp.Max(0, unit[1]) ** 2), q / 2), by_parts, ends), UNITS)


@paper.equation(
    "B.16",
    where="appendix B.1.2",
    latex=r"E[(z^{(\ell-1)}_s)^2] = \frac{1}{T_{\ell-1}^2}\sum_t E[(\max\{0,u_t\})^2] + "
    r"\frac{1}{T_{\ell-1}^2}\sum_{t\ne t'} E[\max\{0,u_t\}]\,E[\max\{0,u_{t'}\}] = "
    r"\frac{1}{T_{\ell-1}}\frac{q^{(\ell-1)}}{2} + \frac{T_{\ell-1}-1}{T_{\ell-1}}"
    r"\frac{q^{(\ell-1)}}{2\pi} = \frac{q^{(\ell-1)}}{2T_{\ell-1}}\left(1+\frac{T_{\ell-1}-1}{\pi}"
    r"\right)",
    assumptions=("the units of a window are independent, N(0, q)",),
    ocr="the factors 1/T are fragments; the windows are written t(l, s), see (B.13)",
)
def second_moment_of_average() -> Claim:
    """The second moment of the mean of T rectified units."""
    moment = E(total(rectified, T) ** 2) / T**2
    middle = q / (2 * T) + (T - 1) / T * q / (2 * sp.pi)
    printed = q / (2 * T) * (1 + (T - 1) / sp.pi)
    return Claim((same(moment, middle), same(moment, printed)), UNITS)
