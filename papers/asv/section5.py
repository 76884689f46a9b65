"""Section 5: what the schemes reduce to, and how they behave."""

from __future__ import annotations

import sympy as sp

from symvar import gamma, tau
from symvar.claims import Claim, E, IdenticallyDistributed, Independent, Var, ZeroMean

from .layers import for_convolutions, for_same_padded, for_unpadded
from .setting import (
    UNITS,
    Phi,
    T,
    count,
    d,
    d_out,
    h,
    h_out,
    i,
    j,
    k_w,
    l,
    m,
    n,
    p_w,
    paper,
    s,
    same,
    t,
    tensors,
    total,
    unit,
    w,
    w_out,
)

WHERE = "section 5"
na, nj, read = tensors("na nj read")
outputs, inputs = (t, 1, w_out * h_out * d_out), (t, 1, w * h * d)
joined_from_outputs, joined_from_inputs = sp.Sum(na[t], outputs), sp.Sum(nj[t], inputs)
width, height, kernel, d_in, d_next, M = sp.symbols("w h k d d' M'", positive=True, integer=True)
e = sp.Symbol("e", positive=True, integer=True)
padding, more = sp.symbols("p n", nonnegative=True, integer=True)
FITS = (sp.Ge(width, kernel), sp.Ge(height, kernel))


@paper.equation(
    "prose:s-size",
    where=WHERE,
    latex=r"|s(\ell,i)| = k^2 d",
    strength="instances",
    assumptions=("no padding, square kernel",),
    note="For every unit, whatever the stride.",
    survivors="without padding every unit reads as many",
)
def reads_of_output() -> Claim:
    """As many units read as the kernel has weights."""
    return Claim(for_unpadded(same(na[t], k_w**2 * d), outputs))


@paper.equation(
    "prose:no-pooling",
    where=WHERE,
    latex=r"g_\ell \text{ the identity: } T_{\ell-1} = 1,\quad \tau_{\ell-1} = \tfrac12,\quad "
    r"\gamma_\ell = \tfrac12",
    note="From (12), (13), (15) and (16) alike.",
)
def constants_without_pooling() -> Claim:
    """The four formulas at T = 1."""
    one = sp.Integer(1)
    average, backward = (1 + (one - 1) / sp.pi) / (2 * one), (2**one - 1) / (2**one * one)
    half = E(sp.Max(0, unit[1]) ** 2) / Var(unit[1])
    return Claim(
        (same(half, sp.S.Half), same(average, tau(1).doit()), same(backward, gamma(1).doit())),
        UNITS,
    )


@paper.equation(
    "19",
    where=WHERE,
    latex=r"\sigma^2_{w^{(\ell)}} = \frac{M'_\ell}{\tau_{\ell-1}e_\ell} = "
    r"\frac{2M'_\ell}{M'_\ell k^2 d} = \frac{2}{k^2 d}",
    assumptions=("no padding, no pooling, square kernel",),
    ocr="the fractions rebuilt",
    note="He et al.'s equation (10), whatever the stride: every output reads k^2 d units.",
)
def forward_is_kaiming() -> Claim:
    """The forward scheme with e counted from the outputs."""
    counted = sp.Eq(e, sp.Sum(kernel**2 * d_in, (l, 1, M)).doit())
    return Claim(same(M / (sp.S.Half * e), 2 / (kernel**2 * d_in)), (counted,))


@paper.equation(
    "prose:connections",
    where=WHERE,
    latex=r"e_\ell = \sum_{i=1}^{M_{\ell-1}} |j(\ell,i)|",
    strength="instances",
    note="Connections counted from the inputs are as many as counted from the outputs, with any "
    "padding and stride.",
    survivors="a mark is 0 or 1, and its own square",
)
def counted_from_both_sides() -> Claim:
    """Both counts, and the pairs marked on the picture."""
    place = ((i, 1, w_out), (j, 1, h_out), (l, 1, w), (m, 1, h), (n, 1, d))
    marked = sp.Sum(read[i, j, l, m, n], *place) * d_out
    return Claim(
        (
            for_convolutions(same(marked, joined_from_inputs)),
            for_convolutions(same(marked, joined_from_outputs)),
        )
    )


@paper.equation(
    "prose:j-size",
    where=WHERE,
    latex=r"|j(\ell,i)| = k^2 d'",
    outcome="erratum",
    strength="instances",
    corrected_latex=r"|j(\ell,i)| = \min(l, k, w-l+1, w-k+1)\,\min(m, k, h-m+1, h-k+1)\,d'",
    assumptions=("no padding, square kernel, stride 1",),
    ocr="printed k d'; that the square is lost is certain, (20) has it",
    note="Without padding a corner of the map is read by one output position. All inputs feed "
    "k^2 d' outputs only with full padding, p = k - 1, which the section excludes; k = 1 apart.",
)
def fed_by_input() -> Claim:
    """How many outputs read an input."""
    along = sp.Min(l, k_w, w - l + 1, w - k_w + 1)
    across = sp.Min(m, k_w, h - m + 1, h - k_w + 1)
    places = ((l, 1, w), (m, 1, h), (n, 1, d))
    fed = nj[l + w * (m - 1) + w * h * (n - 1)]
    return Claim(
        for_unpadded(same(fed, k_w**2 * d_out), *places, stride_one=True),
        corrected=for_unpadded(same(fed, along * across * d_out), *places, stride_one=True),
    )


@paper.equation(
    "prose:e-without-padding",
    where=WHERE,
    latex=r"e_\ell = M_{\ell-1}\,k^2 d'",
    outcome="erratum",
    strength="instances",
    corrected_latex=r"e_\ell = M'_\ell\, k^2 d = w'h'd'\,k^2 d",
    assumptions=("no padding, square kernel",),
    note="The step inside (20). It contradicts (19), which has e = M'_l k^2 d for the same layer.",
)
def connections_without_padding() -> Claim:
    """Connections of layers without padding."""
    return Claim(
        for_unpadded(same(joined_from_inputs, w * h * d * k_w**2 * d_out)),
        corrected=for_unpadded(same(joined_from_inputs, w_out * h_out * d_out * k_w**2 * d)),
    )


@paper.equation(
    "20",
    where=WHERE,
    latex=r"\sigma^2_{w^{(\ell)}} = \frac{M_{\ell-1}}{\gamma_\ell e_\ell} = "
    r"\frac{2M_{\ell-1}}{M_{\ell-1}k^2 d'} = \frac{2}{k^2 d'}",
    outcome="erratum",
    corrected_latex=r"\sigma^2_{w^{(\ell)}} = \frac{2M_{\ell-1}}{M'_\ell k^2 d} = "
    r"\frac{2}{k^2 d'}\cdot\frac{w\,h}{(w-k+1)(h-k+1)}",
    assumptions=("no padding, no pooling, square kernel, stride 1",),
    ocr="a prime of the last d' is lost",
    note="Without padding an input near the border feeds fewer than k^2 d' outputs: e_l is "
    "w'h'd'k^2 d, not M_{l-1}k^2 d'. The backward scheme exceeds Kaiming's by w h/(w' h'); they "
    "agree for k = 1, in the limit of large maps, or with full padding p = k - 1, which "
    "contradicts the assumption. He et al.'s equation (14) is the interior count.",
)
def backward_is_not_kaiming() -> Claim:
    """The backward scheme with e counted from the outputs of an unpadded layer."""
    before = width * height * d_in
    joined = (width - kernel + 1) * (height - kernel + 1) * d_next * kernel**2 * d_in
    mine = before / (sp.S.Half * joined)
    kaiming = 2 / (kernel**2 * d_next)
    ratio = width * height / ((width - kernel + 1) * (height - kernel + 1))
    return Claim(
        same(mine, kaiming),
        FITS,
        extra=(sp.Eq(width, kernel + padding), sp.Eq(height, kernel + more)),
        corrected=same(mine, kaiming * ratio),
    )


@paper.equation(
    "prose:padding",
    where=WHERE,
    latex=r"\text{padding: } |s(\ell,i)| < k^2 d \text{ at the border, so } e_\ell < M'_\ell k^2 d"
    r" \text{ and } \sigma^2_{w^{(\ell)}} > \tfrac{2}{k^2 d}",
    strength="instances",
    note="Along one axis, stride 1, k = 2p + 1: the pairs are w k - p(p + 1), and the ratio to "
    "Kaiming's variance is w k/(w k - p(p + 1)).",
    survivors="true as well; the checker cannot tell",
)
def padding_raises_variance() -> Claim:
    """The pairs that land inside; then the variance of the forward scheme, per channel."""
    side, taps = padding + 2 + more, 2 * (padding + 1) + 1
    lost = w * k_w - p_w * (p_w + 1)
    pairs = sp.expand(side * taps - (padding + 1) * (padding + 2))
    larger = sp.Gt(2 * side / pairs, 2 / taps, evaluate=False)
    return Claim((for_same_padded(same(joined_from_outputs, lost * d * d_out)), larger))


@paper.equation(
    "prose:padding-causes-difference",
    where=WHERE,
    latex=r"\text{the schemes differ from Kaiming's because of padding}",
    outcome="erratum",
    corrected_latex=r"\frac{wk}{wk-p(p+1)} < \frac{w}{w-k+1}: \text{ backward, the padded layer "
    r"is the closer one}",
    note="True of the forward scheme. The backward scheme differs from Kaiming's without padding "
    "(20), and padding brings them closer, up to p = k - 1 where they agree. Along one axis, "
    "stride 1, k = 2p + 1: ratios to Kaiming's backward variance with and without padding.",
    survivors="true as well; the checker cannot tell",
)
def padding_and_kaiming() -> Claim:
    """The ratio with padding is printed as the larger one; p >= 1 and w >= k."""
    p = padding + 1
    taps = 2 * p + 1
    side = taps + more
    padded = side * taps / sp.expand(side * taps - p * (p + 1))
    bare = side / (more + 1)
    return Claim(sp.Gt(padded, bare, evaluate=False), corrected=sp.Lt(padded, bare, evaluate=False))


def maximum_grows() -> tuple[sp.Basic, ...]:
    """tau = 2 int s (1 - Phi^T) by parts, and what the integrand grows by, with Phi = 1/(1 + v)."""
    v, place = sp.symbols("v s", positive=True)
    below_one = 1 / (1 + v)
    tail = 2 * s * (1 - Phi(s) ** T)
    by_parts = same(sp.diff(-(s**2) * (1 - Phi(s) ** T), s), s**2 * sp.diff(Phi(s) ** T, s) - tail)
    before, after = (2 * place * (1 - below_one**power) for power in (T, T + 1))
    return by_parts, same(after - before, 2 * place * v / (1 + v) ** (T + 1))


@paper.equation(
    "prose:max-forward",
    where=WHERE,
    latex=r"T_\ell \text{ larger} \Rightarrow \tau_\ell \text{ larger (max pooling)}",
    note="By parts tau is 2 int_0^oo s (1 - Phi^T) ds, whose integrand grows with T.",
    survivors="true as well; the checker cannot tell",
)
def max_forward_grows() -> Claim:
    """The constants, and that another unit cannot lower a maximum, whatever the law."""
    x, y = sp.symbols("x y", real=True)
    pointwise = sp.Ge(sp.Max(0, x, y), sp.Max(0, x), evaluate=False)
    return Claim((pointwise, *maximum_grows()))


@paper.equation(
    "prose:max-second-moment",
    where=WHERE,
    latex=r"E[(\max_i x_i)^2] > E[x_1^2] \text{ for random variables of mean zero}",
    outcome="erratum",
    corrected_latex=r"E[(\max\{0,\max_i x_i\})^2] > E[\max\{0,x_1\}^2]",
    note="The reason given for prose:max-forward. Two signs of +1 or -1 have a maximum of second "
    "moment 1, as each has; so have two normals, whose maximum has second moment exactly 1; and "
    "for -3 with chance 1/4 and 1 with 3/4 the moment falls from 3 to 3/2. It is the rectified "
    "maximum that grows.",
)
def second_moment_of_max() -> Claim:
    """Two independent variables of one law and mean zero."""
    largest = E(sp.Max(unit[1], unit[2]) ** 2)
    return Claim(
        sp.Gt(largest, E(unit[1] ** 2), evaluate=False),
        (Independent(unit), IdenticallyDistributed(unit), ZeroMean(unit)),
        corrected=maximum_grows(),
    )


@paper.equation(
    "prose:average-forward",
    where=WHERE,
    latex=r"T_\ell \text{ larger} \Rightarrow \tau_\ell \text{ smaller (average pooling)}",
    note="It falls to 1/(2 pi), not to zero: rectified signals have a mean, sqrt(q/(2 pi)).",
)
def average_forward_falls() -> Claim:
    """tau = floor + v/T, with v the variance of a rectified standard normal."""
    v = sp.Symbol("v", positive=True)
    floor = 1 / (2 * sp.pi)
    form = same((1 + (T - 1) / sp.pi) / (2 * T), floor + (sp.S.Half - floor) / T)
    return Claim((form, sp.Lt(v / (T + 1), v / T, evaluate=False)))


@paper.equation(
    "prose:average-variance",
    where=WHERE,
    latex=r"\operatorname{Var}\Big[\tfrac1N\sum_{i=1}^N x_i\Big] < \operatorname{Var}[x_1] "
    r"\text{ for random variables of mean zero}",
    outcome="holds-under",
    beyond=("the variables are independent",),
    note="Fully correlated variables keep their variance. The pooled signals have no mean zero: "
    "they are rectified.",
)
def average_falls() -> Claim:
    """Two or more variables of one law."""
    mean = Var(total(unit[sp.Symbol("a", integer=True)]) / count)
    facts = (IdenticallyDistributed(unit), ZeroMean(unit))
    weak = sp.Le(mean, Var(unit[1]), evaluate=False)
    exact = same(mean, Var(unit[1]) / count)
    return Claim((weak, exact), facts, extra=(Independent(unit),))


@paper.equation(
    "prose:max-backward",
    where=WHERE,
    latex=r"T_\ell \text{ larger} \Rightarrow \gamma_\ell \text{ smaller (max pooling)}",
    note="By induction on T: the difference of two constants that follow each other is D/(2^(T+1) "
    "T(T+1)) with D(T) = 2^(T+1) - T - 2, D(1) = 1 and D(T+1) = 2D(T) + T + 1.",
)
def max_backward_falls() -> Claim:
    """The difference, and the induction that makes it positive."""
    D = 2 ** (T + 1) - T - 2
    fall = (1 - 2**-T) / T - (1 - 2 ** -(T + 1)) / (T + 1)
    return Claim(
        (
            same(fall, D / (2 ** (T + 1) * T * (T + 1))),
            same(D.subs(T, 1), 1),
            same(D.subs(T, T + 1), 2 * D + T + 1),
        )
    )


@paper.equation(
    "prose:average-backward",
    where=WHERE,
    latex=r"T_\ell \text{ larger} \Rightarrow \gamma_\ell \text{ smaller (average pooling)}",
    note="The sentence has 'increases a smaller gamma' where 'makes gamma smaller' is meant.",
)
def average_backward_falls() -> Claim:
    """1/(2 T^2) falls."""
    return Claim(sp.Lt(1 / (2 * (T + 1) ** 2), 1 / (2 * T**2), evaluate=False))
