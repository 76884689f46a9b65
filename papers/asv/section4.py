"""Section 4: the recursions of the variances, and the two schemes."""

from __future__ import annotations

import sympy as sp

from symvar import gamma, tau
from symvar.claims import (
    Claim,
    Cov,
    E,
    Gaussian,
    HasLaw,
    IdenticallyDistributed,
    Independent,
    Var,
    random_variable,
)

from .appendix_b1 import product, rectified
from .appendix_b2 import BACK, FREE, UNSAID, WINNING, back, below
from .layers import for_same, for_same_padded
from .setting import (
    APART,
    BIAS,
    UNITS,
    WEIGHTS,
    Phi,
    T,
    a,
    backward_signal,
    bias,
    count,
    d,
    d_out,
    either,
    h_out,
    k_w,
    p_w,
    paper,
    phi,
    q,
    r,
    s,
    same,
    signal,
    step,
    t,
    tensors,
    total,
    unit,
    var_b,
    var_w,
    w,
    w_out,
    weight,
)

WHERE, SCHEMES = "section 4.1", "section 4.2"
c = sp.IndexedBase("n", real=True)
tau_, gamma_, share = sp.symbols("tau gamma rho^2", positive=True)
M, M_before, e, e_first = sp.symbols("M' M e e_1", positive=True, integer=True)
GAUSSIAN = "the units of the layer before are independent, N(0, q), q their average variance"

paper.note(
    "10",
    where="section 4",
    kind="assumption",
    latex=r"w^{(\ell)}_{i,j} \sim \mathcal N(0,\sigma^2_{w^{(\ell)}}),\qquad "
    r"b^{(\ell)}_i \sim \mathcal N(0,\sigma^2_{b^{(\ell)}})",
    note="Drawn independently. The sentence after it, that the existing methods assume this to "
    "last during training, is more than they say: they speak of the start.",
)

paper.note(
    "prose:normality",
    where=WHERE,
    kind="assumption",
    latex=r"u^{(\ell-1)}_i \sim \mathcal N(0,q^{(\ell-1)}) \text{ when channels are many}",
    note="A central limit for one unit, and for several jointly. It gives no independence: units "
    "of one channel share their kernel and stay correlated, see prose:independent-units.",
)


@paper.equation(
    "prose:independent-units",
    where=WHERE,
    latex=r"\operatorname{Cov}(u^{(\ell)}_i,u^{(\ell)}_j)=0 \text{ for } i\ne j",
    kind="assumption",
    outcome="approximation",
    assumptions=("the units of the layer before are independent, N(0, q), and rectified",),
    note="The assumption is made for every layer, and cannot pass from one to the next: two units "
    "of a channel apply one kernel to two patches, and rectified signals have a mean. From "
    "independent units of layer l-1 without pooling come units of layer l with correlation "
    "exactly 1/pi, at any two places, overlapping or not; deeper it tends to 1. With it tau and "
    "gamma change: see the notebook for their size.",
)
def shared_kernel() -> Claim:
    """Two places of one channel: the kernel is the same, the rectified units are others."""
    here, there = (sp.Max(0, unit[at, a]) for at in (1, 2))
    one, other = (total(weight[a] * each) for each in (here, there))
    facts = (*WEIGHTS, HasLaw(unit, Gaussian(0, q)), Independent(unit), Independent(weight, unit))
    covariance = Cov(one, other)
    return Claim(
        same(covariance, 0),
        facts,
        gap=(
            same(covariance, Var(one) / sp.pi),
            same(Var(one), var_w * count * q / 2),
        ),
    )


@paper.equation(
    "11",
    where=WHERE,
    latex=r"q^{(\ell)} = \sigma^2_{b^{(\ell)}} + \sigma^2_{w^{(\ell)}}\, q^{(\ell-1)}\, "
    r"\tau_{\ell-1}\, \frac{e_\ell}{M'_\ell}",
    assumptions=(GAUSSIAN,),
    ocr="factors rebuilt from (17) and appendix B.1; e_l is a script letter",
    note="Exact for the average of the variances of the layer. That each unit has the same "
    "variance is not needed for it and not so where there is padding: a unit at the border reads "
    "fewer signals. What the next layer needs is prose:equal-variances.",
    survivors="an exchange of two variances that needs both sides evaluated at length; not settled",
)
def forward_recursion() -> Claim:
    """A unit that reads N signals of one law; then the average over units that read n[a]."""
    one = var_b + var_w * count * E(signal[1] ** 2)
    each = var_b + var_w * q * tau_ * c[a]
    mean = var_b + var_w * q * tau_ * total(c[a]) / count
    facts = (*WEIGHTS, BIAS, APART, IdenticallyDistributed(signal))
    return Claim((same(Var(product + bias), one), same(total(each) / count, mean)), facts)


@paper.equation(
    "prose:equal-variances",
    where=WHERE,
    latex=r"q^{(\ell)}_i = q^{(\ell)} \text{ for all units}",
    kind="assumption",
    outcome="approximation",
    strength="instances",
    note="Two layers without pooling, width w, kernel 3, padding 1: the units with small variance "
    "are those at the border, which the next layer reads less often, so its average variance is "
    "larger than (11) says. Relative to the width the gap falls as 1/w: exactly "
    "sigma_1^2 sigma_2^2 (w - 2)/w^2, nothing at w = 2 where all units lie at the border.",
)
def border_units() -> Claim:
    """Average variance of the second layer: signals weighted by how often they are read."""
    na, nj = tensors("na nj")
    one, two = sp.symbols("sigma_1^2 sigma_2^2", positive=True)
    width = sp.Symbol("w", positive=True, integer=True)
    reads = sp.Sum(na[t], (t, 1, w))
    weighted = sp.Sum(na[t] * nj[t], (t, 1, w))
    exact = two * one * (9 * width - 10) / (2 * width)
    recursion = two / 2 * (one * (3 * width - 2) / width) * (3 * width - 2) / width
    gap = one * two * (width - 2) / width**2
    return Claim(
        same(exact, recursion),
        (sp.Ge(width, 2),),
        gap=(
            same(exact - recursion, gap),
            for_same(same(reads, 3 * w - 2)),
            for_same(same(weighted, 9 * w - 10)),
        ),
    )


@paper.equation(
    "prose:most-equal",
    where=WHERE,
    latex=r"q^{(\ell)}_i = q^{(\ell)}_j \text{ for most } i,j \text{ when the image is large}",
    strength="instances",
    note="Stride 1, k = 2p + 1: along an axis w - 2p of w units read a whole patch, so on a square "
    "map a share of at least 1 - 4p/w. With depth the border of unequal variances grows by p per "
    "layer.",
    survivors="padding keeps the size of the map here, so w' = w",
)
def most_are_equal() -> Claim:
    """How many units along an axis read a whole patch; the share of the square of that."""
    (na,) = tensors("na")
    width = sp.Symbol("w", positive=True, integer=True)
    padding = sp.Symbol("p", nonnegative=True, integer=True)
    outputs = (t, 1, w_out * h_out * d_out)
    whole_patches = sp.Sum(either(1, sp.Eq(na[t], k_w * d)), outputs)
    share_inside = ((width - 2 * padding) / width) ** 2
    return Claim(
        (
            for_same_padded(same(whole_patches, sp.Max(0, w - 2 * p_w) * d_out)),
            same(share_inside, 1 - 4 * padding / width + 4 * padding**2 / width**2),
        )
    )


def antiderivative(window: sp.Expr) -> sp.Expr:
    """Of the integrand of (12), up to a term with phi^3 that needs T >= 3."""
    rest = (window - 1) * phi(s) ** 2 * Phi(s) ** (window - 2) / 2
    return -s * phi(s) * Phi(s) ** (window - 1) + Phi(s) ** window / window - rest


def cubes(window: sp.Expr) -> sp.Expr:
    """What the antiderivative lacks: it is never negative, and none for T = 1 and 2."""
    return (window - 1) * (window - 2) / 2 * phi(s) ** 3 * Phi(s) ** (window - 3)


@paper.equation(
    "12",
    where=WHERE,
    kind="definition",
    latex=r"\tau_\ell = T_\ell\int_0^\infty s^2\phi(s)\Phi(s)^{T_\ell-1}\,ds",
    ocr="factors rebuilt from (B.12)",
    note="The second moment of the rectified largest of T standard normals. Integrated by parts "
    "for every T, which closes it for T to 3: 1/2, 3/4 + 1/(2 pi), and 7/8 + 3/(4 pi) + "
    "sqrt(3)/(4 pi).",
)
def max_constant() -> Claim:
    """The law of the largest; the integral by parts; the values to T = 3."""
    integrand = s**2 * phi(s) * Phi(s) ** (T - 1)
    ends = [
        number * (1 / sp.Integer(number) - antiderivative(sp.Integer(number)).subs(s, 0))
        for number in (1, 2, 3)
    ]
    third = 3 * (1 - sp.S.Half) / (2 * sp.pi * sp.sqrt(3))
    return Claim(
        (
            same(s**2 * sp.diff(Phi(s) ** T, s), T * integrand),
            same(sp.diff(antiderivative(T), s), integrand - cubes(T)),
            same(phi(s) ** 3, phi(sp.sqrt(3) * s) / (2 * sp.pi)),
            same(ends[0], tau(1).doit()),
            same(ends[1], tau(2).doit()),
            same(ends[2] + third, tau(3).doit()),
        )
    )


@paper.equation(
    "13",
    where=WHERE,
    kind="definition",
    latex=r"\tau_\ell = \frac{1}{2T_\ell}\left(1 + \frac{T_\ell-1}{\pi}\right)",
    note="The second moment of the mean of T rectified standard normals.",
)
def average_constant() -> Claim:
    """Against the moment itself."""
    printed = (1 + (T - 1) / sp.pi) / (2 * T)
    return Claim(same(E(total(rectified, T) ** 2) / T**2, q * printed), UNITS)


@paper.equation(
    "14",
    where=WHERE,
    latex=r"r^{(\ell-1)} = \sigma^2_{w^{(\ell)}}\, \gamma_\ell\, r^{(\ell)}\, "
    r"\frac{e_\ell}{M_{\ell-1}}",
    outcome="holds-under",
    assumptions=(
        "the backward signals are independent, N(0, r), apart from the derivatives of z by u",
    ),
    beyond=(UNSAID,),
    ocr="the fraction is a fragment; from (18) and appendix B.2",
    note="Exact for the average, as (11) is. The independence that is not said is exact in effect "
    "for rectified units without pooling, by symmetry; with pooling it leaves a gap, see "
    "prose:gate-independence.",
    survivors="an exchange of two variances that needs both sides evaluated at length; not settled",
)
def backward_recursion() -> Claim:
    """A unit that feeds N outputs of one law; then the average over units that feed n[a]."""
    one = var_w * count * E(backward_signal[1] ** 2)
    each = var_w * gamma_ * r * c[a]
    mean = var_w * gamma_ * r * total(c[a]) / count
    facts = (*BACK, IdenticallyDistributed(backward_signal))
    statement = (same(E(back**2), one), same(total(each) / count, mean))
    return Claim(statement, facts, extra=(FREE,))


@paper.equation(
    "prose:gate-independence",
    where="section 4.1 and appendix B.2",
    latex=r"E\!\left[\left(w\,\frac{\partial z}{\partial u}\right)^2\right] = "
    r"E[w^2]\,E\!\left[\left(\frac{\partial z}{\partial u}\right)^2\right]",
    kind="assumption",
    outcome="approximation",
    note="Used in (B.18) and (B.19), not stated. The gate looks at u, which contains w. For a "
    "window of T independent units, max pooling, and rho^2 = z_i^2/|z|^2 the share of input i in "
    "its patch, the moment is sigma^2 (gamma + rho^2 (tau/T - gamma)): too small in print "
    "for T >= 2, as tau/T - gamma = (T - 1)/(2^T pi) + (T - 1)(T - 2)/2 int_0^oo phi^3 Phi^(T-3) "
    "by parts; exact for T = 1. Averaged over a patch of n inputs the factor is "
    "1 + (tau/(T gamma) - 1)/n: for T = 4 and n = 9 some 7 % per layer. With average pooling "
    "the squares are exact and the mixed terms are not: each pair of units of a window adds "
    "sigma^2 rho rho'/(2 pi T^2), a weight behind its own gate having mean sigma rho/sqrt(2 pi).",
    survivors="no law makes values of an unknown gate; the other parts give its moments",
)
def gate_and_weight() -> Claim:
    """A weight given its unit is rho u plus noise; then the constants and their difference."""
    f = sp.Function("f")
    u, noise = random_variable("u"), random_variable("v")
    rho = sp.Symbol("rho", nonnegative=True)
    normal = Gaussian(0, 1)
    given_unit = rho * u + sp.sqrt(1 - rho**2) * noise
    mine = given_unit**2 * f(u)
    split = rho**2 * E(u**2 * f(u)) + (1 - rho**2) * E(f(u))
    exact = share * tau(T) / T + (1 - share) * gamma(T)
    gap = share * (tau(T) / T - gamma(T))
    facts = (HasLaw(u, normal), HasLaw(noise, normal), Independent(u, noise), sp.Le(share, 1))
    surplus = antiderivative(T) - below(s)
    integrand = (s**2 - 1) * phi(s) * Phi(s) ** (T - 1) - cubes(T)
    return Claim(
        same(exact, gamma(T)),
        facts,
        gap=(
            same(E(mine), split),
            same(E(given_unit * step(u)), rho / sp.sqrt(2 * sp.pi)),
            same(exact - gamma(T), gap),
            same(sp.diff(surplus, s), integrand),
            same(-surplus.subs(s, 0), (T - 1) / (2**T * sp.pi)),
        ),
    )


@paper.equation(
    "15",
    where=WHERE,
    kind="definition",
    latex=r"\gamma_\ell = \frac{2^{T_\ell}-1}{2^{T_\ell}\,T_\ell}",
    ocr="the right side is lost; it is the last form of (B.26)",
    note="The chance that a unit of the window passes its signal: it is the largest, and above 0.",
)
def max_backward_constant() -> Claim:
    """The chance to win above zero: density, antiderivative, ends; and symvar's constant."""
    printed = (2**T - 1) / (2**T * T)
    ends = below(sp.oo) - below(0)
    return Claim((WINNING, same(ends, printed), same(printed, gamma(T).doit())))


@paper.equation(
    "16",
    where=WHERE,
    kind="definition",
    latex=r"\gamma_\ell = \frac{1}{2T_\ell^2}",
    survivors="the chance to exceed another threshold has no closed form that the checker compares",
)
def average_backward_constant() -> Claim:
    """The second moment of the gate of an averaged window."""
    return Claim(same(E(step(unit[1]) ** 2) / T**2, 1 / (2 * T**2)), UNITS)


FORWARD = M / (tau_ * e)
BACKWARD = M_before / (gamma_ * e)


@paper.equation(
    "17",
    where=SCHEMES,
    latex=r"\sigma^2_{w^{(\ell)}} = \frac{M'_\ell}{\tau_{\ell-1}\,e_\ell}",
    ocr="primes and subscripts",
    note="(11) with zero biases then keeps q, from layer to layer. For the first layer see "
    "prose:keeps-one.",
)
def forward_scheme() -> Claim:
    """Put into (11)."""
    return Claim(same(0 + FORWARD * q * tau_ * e / M, q))


@paper.equation(
    "18",
    where=SCHEMES,
    latex=r"\sigma^2_{w^{(\ell)}} = \frac{M_{\ell-1}}{\gamma_\ell\,e_\ell}",
    ocr="subscripts",
    note="(14) then keeps r. For the last layer see prose:keeps-one.",
)
def backward_scheme() -> Claim:
    """Put into (14)."""
    return Claim(same(BACKWARD * gamma_ * r * e / M_before, r))


@paper.equation(
    "prose:keeps-one",
    where=SCHEMES,
    latex=r"q^{(0)} = r^{(L)} = 1 \;\Rightarrow\; q^{(\ell)} = 1,\ r^{(\ell)} = 1 "
    r"\text{ for all layers}",
    outcome="holds-under",
    beyond=("tau_0 = 1: no activation before the first layer", "gamma_L = 1: none after the last"),
    note="The formulas give tau = gamma = 1/2 for a window of one unit, because they count a "
    "rectifier. The input is not rectified, and z^(L) = u^(L): taken at their word for l = 1 and "
    "l = L they make the first forward and the last backward step 2 instead of 1.",
)
def keeps_one() -> Claim:
    """The first layer reads signals of second moment 1; the last one sends back what it gets."""
    first, last = sp.symbols("tau_0 gamma_L", positive=True)
    forward = M / (first * e_first) * 1 * e_first / M
    backward = M_before / (last * e) * 1 * e / M_before
    return Claim((same(forward, 1), same(backward, 1)), extra=(sp.Eq(first, 1), sp.Eq(last, 1)))
