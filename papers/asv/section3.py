"""Sections 1 and 3: what is said of other schemes, and the network, forward and backward."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim

from .appendix_a1 import forward_product
from .appendix_a2 import TURNED, UNITS, back, h_turned, hh, jj, product_of, turned
from .appendix_a3 import NO_KINK
from .cases import OnCases
from .layers import colour_cases, for_convolutions, for_dense, for_pools, for_unpadded
from .setting import (
    d,
    d_out,
    either,
    h,
    h_out,
    i,
    j,
    k,
    k_h,
    k_w,
    l,
    m,
    paper,
    same,
    t,
    t_h,
    t_w,
    tensors,
    w,
    w_out,
)
from .windows import ACTIVATIONS, NoOverlap, activation_cases, overlap_cases, rectifier_cases

FORWARD, BACKWARD = "section 3.1", "section 3.2"
ORDER = (
    "numbers (1) to (6) are inferred: three forward rules and three definitions stand before the "
    "legible (6) to (9), and the text refers to the rules as three numbers in a row"
)
u, z, v, a, s, na, hj, nj, dz = tensors("u z v a s na hh nj dz")
outputs = (t, 1, w_out * h_out * d_out)
CONNECTED = (m, 1, na[t])


@paper.equation(
    "prose:xavier",
    where="section 1",
    latex=r"\frac{1}{\sigma^2_w} = \frac{n_{\mathrm{in}} + n_{\mathrm{out}}}{2}",
    note="As in Glorot and Bengio's equation (12): the mean of the forward gain and the backward "
    "gain of a linear layer is one.",
)
def xavier() -> Claim:
    """Gains as sums of variances over the inputs, and over the outputs."""
    n_in, n_out = sp.symbols("n_in n_out", positive=True, integer=True)
    variance = 1 / ((n_in + n_out) / 2)
    index = sp.Symbol("a", integer=True)
    gains = [sp.Sum(variance, (index, 1, number)) for number in (n_in, n_out)]
    return Claim(same((gains[0] + gains[1]).doit() / 2, 1))


paper.note(
    "prose:alexnet",
    where="section 1",
    kind="empirical",
    latex=r"\text{AlexNet: weights } \mathcal N(0, 0.1^2), \text{ all initial biases one}",
    ocr="0.1^2 may be a misread number",
    note="Contradicts the paper it cites: that has a standard deviation of 0.01, biases of one in "
    "the second, fourth and fifth convolutions and the hidden dense layers, zero in the others.",
)


@paper.equation(
    "1",
    where=FORWARD,
    latex=r"u^{(\ell)}_i = \langle \mathbf w^{(\ell)}_{c(\ell,i),a(\ell,i)}, "
    r"\mathbf z^{(\ell-1)}_{s(\ell,i)} \rangle + b^{(\ell)}_{c(\ell,i)}",
    kind="definition",
    strength="instances",
    ocr=f"a fragment, rebuilt from (A.13); {ORDER}",
    note="Checked against brute-force convolution with stride and padding, under the order (A.3).",
)
def convolution() -> Claim:
    """The convolution of vectors."""
    return Claim(for_convolutions(same(u[t], forward_product()), outputs))


@paper.equation(
    "2",
    where=FORWARD,
    latex=r"v^{(\ell)}_i = f_\ell(u^{(\ell)}_i)",
    kind="definition",
    strength="instances",
    ocr=f"lost, rebuilt from (A.26); {ORDER}",
    note="For the rectifier.",
)
def activation() -> Claim:
    """The rectifier, as half the sum of a number and its size."""
    f, entry = tensors("f u")
    formula = same(f[t], (entry[t] + sp.Max(entry[t], -entry[t])) / 2)
    return Claim(OnCases(formula, rectifier_cases(), "7 numbers of both signs", ((t, 1, m),)))


@paper.equation(
    "3",
    where=FORWARD,
    latex=r"z^{(\ell)}_i = g_\ell(\mathbf v^{(\ell)}_{t(\ell,i)})",
    kind="definition",
    strength="instances",
    ocr=f"lost, rebuilt from (A.37); {ORDER}",
    note="For average pooling; (A.37) has both.",
)
def pooling() -> Claim:
    """The mean over the index set."""
    zavg, block = tensors("zavg t")
    mean = sp.Sum(v[block[i, j]], (j, 1, t_w * t_h)) / (t_w * t_h)
    return Claim(for_pools(same(zavg[i], mean), (i, 1, w_out * h_out * d)))


for number, name in (("4", "z"), ("5", "u"), ("6", "v")):
    paper.note(
        number,
        where=BACKWARD,
        kind="definition",
        latex=rf"\Delta {name}^{{(\ell)}}_i := \frac{{\partial E}}{{\partial {name}^{{(\ell)}}_i}}",
        ocr=f"fragments; {ORDER}; which of the three is which is a guess",
        note="Backward signals are the gradients of the empirical risk.",
    )


@paper.equation(
    "7",
    where=BACKWARD,
    latex=r"\Delta z^{(\ell-1)}_i = \langle \tilde{\mathbf w}^{(\ell)}_{\tilde c(\ell,i),h(\ell,i)}"
    r", \Delta\mathbf u^{(\ell)}_{j(\ell,i)}\rangle",
    outcome="erratum",
    strength="instances",
    corrected_latex=r"\Delta z^{(\ell-1)}_i = \langle \tilde{\mathbf w}^{(\ell)}_{\tilde c(\ell,i),"
    r"h(\ell,i)}, \Delta\mathbf u^{(\ell)}_{j(\ell,i)}\rangle \text{ with the kernel and } h "
    r"\text{ turned by half a turn, or the pairs } (h,j) \text{ kept as pairs}",
    note="The same slip as in (A.21). " + TURNED,
)
def backward_convolution() -> Claim:
    """Sub-vectors as definition 2 has them, and with the kernel turned."""
    printed = for_convolutions(same(dz[t], product_of(back, hh, jj)), UNITS)
    mended = for_convolutions(same(dz[t], product_of(turned, h_turned, jj)), UNITS)
    return Claim(printed, corrected=mended)


@paper.equation(
    "8",
    where=BACKWARD,
    latex=r"\Delta u^{(\ell)}_i = \Delta v^{(\ell)}_i\, f'_\ell(u^{(\ell)}_i)",
    strength="instances",
    assumptions=("the activation is differentiable there",),
    ocr="a fragment, rebuilt from (A.27)",
)
def backward_activation() -> Claim:
    """Exact differences of a loss behind the activation; the derivative as a quotient."""
    du, dv, slope = tensors("du dv slope")
    formula = same(du[t] - dv[t] * slope[t], 0)
    cases = activation_cases(NO_KINK)
    return Claim(OnCases(formula, cases, ACTIVATIONS, ((t, 1, m),)), (NO_KINK,))


@paper.equation(
    "9",
    where=BACKWARD,
    latex=r"\Delta v^{(\ell)}_i = \Delta z^{(\ell)}_{d(\ell,i)}\,"
    r"\frac{\partial z^{(\ell)}_{d(\ell,i)}}{\partial v^{(\ell)}_i}",
    strength="instances",
    note="One term: a unit lies in one window, as the windows tile.",
)
def backward_pooling() -> Claim:
    """Exact differences of a loss behind both poolings."""
    dvmax, dzmax, dvavg, dzavg, owner, winner = tensors("dvmax dzmax dvavg dzavg owner winner")
    over = (i, 1, w * h * d)
    won = dzmax[owner[i]] * either(1, sp.Eq(winner[owner[i]], i))
    return Claim(
        (
            for_pools(same(dvmax[i], won), over),
            for_pools(same(dvavg[i] * t_w * t_h, dzavg[owner[i]]), over),
        )
    )


@paper.equation(
    "Table 1",
    where=FORWARD,
    kind="definition",
    latex=r"a(\ell,i)\subset[S_\ell],\ s(\ell,i)\subset[M_{\ell-1}],\ |s(\ell,i)|=|a(\ell,i)|,\ "
    r"t(\ell,i)\subset[M'_\ell],\ |t(\ell,i)|=T_\ell,\ \text{the } t(\ell,i) \text{ divide } "
    r"[M'_\ell] \text{ exclusively}",
    strength="instances",
    note="The ranges, and that windows cover each unit once.",
    survivors="a mark is 0 or 1, and its own square",
)
def forward_notation() -> Claim:
    """Ranges of both index sets; each unit in one window, each window of T units."""
    (block,) = tensors("block")
    spots, units = ((i, 1, w_out), (j, 1, h_out)), ((l, 1, w), (m, 1, h))
    return Claim(
        (
            for_convolutions(sp.Le(a[t, m], k_w * k_h * d, evaluate=False), outputs, CONNECTED),
            for_convolutions(sp.Le(s[t, m], w * h * d, evaluate=False), outputs, CONNECTED),
            for_pools(same(sp.Sum(block[i, j, k, l, m], *spots), 1), (k, 1, d), *units),
            for_pools(same(sp.Sum(block[i, j, k, l, m], *units), t_w * t_h), *spots, (k, 1, d)),
        )
    )


@paper.equation(
    "Table 2",
    where=BACKWARD,
    kind="definition",
    latex=r"h(\ell,i)\subset[J_\ell],\ j(\ell,i)\subset[M'_\ell],\ |j(\ell,i)|=|h(\ell,i)|,\ "
    r"\tilde c(\ell,i)\in[\tilde C_\ell],\ d(\ell,i)\in[M_\ell]",
    strength="instances",
    ocr="primes and tildes",
    note="The ranges; as many backward weights as signals holds because taps are distinct.",
    survivors="bounds that also hold at a later index",
)
def backward_notation() -> Claim:
    """Ranges of the backward index sets."""
    ct, owner = tensors("ct owner")
    fed = (m, 1, nj[t])
    return Claim(
        (
            for_convolutions(sp.Le(hj[t, m], k_w * k_h * d_out, evaluate=False), UNITS, fed),
            for_convolutions(sp.Le(jj[t, m], w_out * h_out * d_out, evaluate=False), UNITS, fed),
            for_convolutions(sp.Le(ct[t], d, evaluate=False), UNITS),
            for_pools(sp.Le(owner[t], w_out * h_out * d, evaluate=False), UNITS),
        )
    )


paper.note(
    "Table 3",
    where="section 5",
    kind="definition",
    latex=r"\text{Xavier: FC; Kaiming: FC, ReLU, Conv; proposed: FC, ReLU, Conv, Pooling}",
    ocr="columns of the check marks inferred",
    note="Which components each model contains. The caption's 'fully containing all components': "
    "see prose:all-components.",
)


@paper.equation(
    "prose:all-components",
    where="section 5, caption of table 3",
    latex=r"\text{every unit lies in exactly one window: the model contains all components}",
    outcome="holds-under",
    strength="instances",
    beyond=("pooling windows do not overlap",),
    note="Table 1 has it as a definition; the caption forgets it. Windows of 3 with stride 2, "
    "those of AlexNet, which the introduction names, overlap: d(l, i) is no map and (9) lacks "
    "terms. The forward constants stay, as each window still has T units; backward, an interior "
    "unit lies in T/S windows on average, S the product of the strides, which makes max pooling "
    "(1 - 2^-T)/S. Batch normalisation and skip connections are not in the model.",
    survivors="a mark is 0 or 1, and its own square",
)
def one_window_each() -> Claim:
    """How many windows hold a unit that some window holds."""
    (holds,) = tensors("holds")
    apart = NoOverlap()
    windows = sp.Sum(holds[i, l], (i, 1, w_out))
    said = "windows of 1 to 4 units along an axis, and one of 3 with stride 2"
    return Claim(
        OnCases(same(windows, 1), overlap_cases(apart), said, ((l, 1, w),)), extra=(apart,)
    )


@paper.equation(
    "prose:s-range",
    where=FORWARD,
    latex=r"s(\ell,i) \subset [S_\ell]",
    outcome="erratum",
    strength="instances",
    corrected_latex=r"s(\ell,i) \subset [M_{\ell-1}]",
    note="The set indexes the signals of the layer before, as table 1 says, not the kernel.",
    survivors="the last input is read by other outputs and through other channels too",
)
def units_read() -> Claim:
    """Every index against the printed range; the last one read, without padding and stride."""
    last = w_out * h_out * d_out
    tight = same(s[last, na[last]], w * h * d)
    return Claim(
        for_convolutions(sp.Le(s[t, m], k_w * k_h * d, evaluate=False), outputs, CONNECTED),
        corrected=for_unpadded(tight, stride_one=True),
    )


@paper.equation(
    "prose:fully-connected",
    where=FORWARD,
    latex=r"\text{fully connected: } a(\ell,i) := [M_\ell],\quad s(\ell,i) := [M_\ell]",
    outcome="erratum",
    strength="instances",
    corrected_latex=r"a(\ell,i) = [M_{\ell-1}],\quad s(\ell,i) = [M_{\ell-1}]",
    ocr="a lost -1 is possible, but the caption of figure 1 has the same; (A.23) has it right",
    note="A unit reads all units of the layer before. That f is the identity is no part of being "
    "fully connected; the hidden dense layers of the cited networks are rectified.",
)
def dense_reads_all() -> Claim:
    """How many units an output of a fully connected layer reads."""
    out = (i, 1, d_out)
    return Claim(for_dense(same(na[i], d_out), out), corrected=for_dense(same(na[i], d), out))


@paper.equation(
    "prose:majority",
    where=FORWARD,
    latex=r"a(\ell,i) = [S_\ell] \text{ for the majority of the units}",
    outcome="holds-under",
    beyond=("the map is more than seven paddings wide and high",),
    note="Units whose kernel meets no padding, stride 1, k = 2p + 1, square map: (w - 2p)^2 of "
    "w^2. For p = 1 that is none at w = 2, a quarter at w = 4, 25 of 49 at w = 7.",
)
def most_are_inside() -> Claim:
    """More than half of the units are inside."""
    side = sp.Symbol("w", positive=True, integer=True)
    padding, more = sp.symbols("p n", nonnegative=True, integer=True)
    printed = sp.Gt((side - 2 * padding) ** 2, side**2 / 2, evaluate=False)
    return Claim(
        printed,
        (sp.Ge(side, 2 * padding),),
        extra=(sp.Eq(side, 7 * padding + more + 1),),
    )


@paper.equation(
    "prose:input-units",
    where="section 3.1, caption of figure 2",
    latex=r"M_0 = 3\cdot(\text{pixels})",
    strength="instances",
    note="For a colour image: (A.14) with three channels.",
)
def colour_image() -> Claim:
    """The entries of a map of three channels."""
    (sizes,) = tensors("sizes")
    return Claim(OnCases(same(sizes[1], 3 * w * h), colour_cases(), "3 colour images"))
