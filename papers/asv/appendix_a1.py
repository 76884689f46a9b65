"""Appendix A.1: convolution as tensors and as vectors, forward."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim

from .cases import OnCases
from .layers import for_convolutions, matrix_cases
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
    n,
    p_h,
    p_w,
    paper,
    s_h,
    s_w,
    same,
    t,
    tensors,
    w,
    w_out,
    within,
    xi,
)

Z, W, B, P, U, reached, z, u, flat, c, a, s, na = tensors("Z W B P U reached z u flat c a s na")
WHERE = "appendix A.1"
outputs = ((i, 1, w_out), (j, 1, h_out), (k, 1, d_out))
taps = ((xi[0], 1, k_w), (xi[1], 1, k_h), (xi[2], 1, d))
lam_w = s_w * (i - 1) + xi[0] - p_w
lam_h = s_h * (j - 1) + xi[1] - p_h
inside = sp.And(*within(1, lam_w, w).args, *within(1, lam_h, h).args)


def position(first, second, third, width, height):  # type: ignore[no-untyped-def]
    """The number of an entry where the first index runs fastest: (A.3)."""
    return first + width * (second - 1) + width * height * (third - 1)


@paper.equation(
    "A.4",
    where=WHERE,
    latex=r"P^{(\ell)}_{i,j,k} = \begin{cases} Z^{(\ell-1)}_{i-p_w,\,j-p_h,\,k} & \text{if } "
    r"1 \le i-p_w \le w \text{ and } 1 \le j-p_h \le h \\ 0 & \text{otherwise} \end{cases}",
    kind="definition",
    strength="instances",
    ocr="the text recognition lost three of the four comparison signs; weak ones fit",
    note="Checked against rows and columns of zeros put around the input.",
)
def padded() -> Claim:
    """The zero-padded input."""
    mine = sp.And(*within(1, i - p_w, w).args, *within(1, j - p_h, h).args)
    formula = same(P[i, j, k], either(Z[i - p_w, j - p_h, k], mine))
    return Claim(for_convolutions(formula, (i, 1, w + 2 * p_w), (j, 1, h + 2 * p_h), (k, 1, d)))


@paper.equation(
    "A.5",
    where=WHERE,
    latex=r"U^{(\ell)}_{i,j,k} := b^{(\ell)}_k + \sum_{\xi_1=1}^{k_w}\sum_{\xi_2=1}^{k_h}"
    r"\sum_{\xi_3=1}^{d} W^{(\ell)}_{k;\,\xi_1,\xi_2,\xi_3}\,"
    r"P^{(\ell)}_{s_w(i-1)+\xi_1,\, s_h(j-1)+\xi_2,\, \xi_3}",
    kind="definition",
    strength="instances",
    ocr="subscripts rebuilt",
    note="Checked against a kernel slid over the padded picture until it leaves it.",
)
def convolved() -> Claim:
    """The convolution with stride."""
    window = P[s_w * (i - 1) + xi[0], s_h * (j - 1) + xi[1], xi[2]]
    total = B[k] + sp.Sum(W[(k, *xi)] * window, *taps)
    return Claim(for_convolutions(same(U[i, j, k], total), *outputs))


@paper.equation(
    "A.6",
    where=WHERE,
    latex=r"w' = \left\lfloor \frac{w+2p_w-k_w}{s_w} \right\rfloor + 1, \qquad "
    r"h' = \left\lfloor \frac{h+2p_h-k_h}{s_h} \right\rfloor + 1",
    strength="instances",
    note="The sentence before it calls the size of the output (w', d') where (w', h') is meant. "
    "Checked by sliding the kernel until it no longer fits.",
    ocr="in (w', d') the d may be a misread h",
)
def size_of_output() -> Claim:
    """The number of places where the kernel fits."""
    wide = sp.floor((w + 2 * p_w - k_w) / s_w) + 1
    high = sp.floor((h + 2 * p_h - k_h) / s_h) + 1
    return Claim((for_convolutions(same(w_out, wide)), for_convolutions(same(h_out, high))))


@paper.equation(
    "A.7",
    where=WHERE,
    latex=r"\lambda_{w,i} = s_w(i-1)+\xi_1-p_w, \qquad \lambda_{h,j} = s_h(j-1)+\xi_2-p_h",
    kind="definition",
    note="The place that (A.5) reads, told from the corner of the input instead of the corner of "
    "the padded input: put into (A.4) it gives the index of Z, and nothing is off by one.",
)
def place_read() -> Claim:
    """Put into (A.4), whose index of P is p further, it gives the index that (A.5) reads."""
    row, column = s_w * (i - 1) + xi[0], s_h * (j - 1) + xi[1]
    return Claim((same(lam_w + p_w, row), same(lam_h + p_h, column)))


@paper.equation(
    "A.8",
    where=WHERE,
    latex=r"P^{(\ell)}_{\lambda_{w,i}+p_w,\,\lambda_{h,j}+p_h,\,k} = \begin{cases} "
    r"Z^{(\ell-1)}_{\lambda_{w,i},\,\lambda_{h,j},\,k} & \text{if } 1\le\lambda_{w,i}\le w "
    r"\text{ and } 1\le\lambda_{h,j}\le h \\ 0 & \text{otherwise} \end{cases}",
    strength="instances",
    ocr="one row of three fragments; the cases rebuilt from (A.4) and (A.9)",
)
def padded_at() -> Claim:
    """(A.4) at the places that the convolution reads."""
    formula = same(P[lam_w + p_w, lam_h + p_h, k], either(Z[lam_w, lam_h, k], inside))
    return Claim(
        for_convolutions(formula, *outputs[:2], (k, 1, d), *taps[:2]),
    )


@paper.equation(
    "A.9",
    where=WHERE,
    latex=r"\mathcal{A}(\ell;i,j) := \{(\xi_1,\xi_2,\xi_3)\in[k_w]\times[k_h]\times[d] \mid "
    r"1\le\lambda_{w,i}\le w,\ 1\le\lambda_{h,j}\le h\}, \quad \mathcal{S}(\ell;i,j) := "
    r"\{(\lambda_{w,i},\lambda_{h,j},\xi_3) \mid (\xi_1,\xi_2,\xi_3)\in\mathcal{A}(\ell;i,j)\}",
    kind="definition",
    strength="instances",
    note="A is exactly the set of taps that lie on input and not on padding.",
)
def taps_that_count() -> Claim:
    """Membership in A, against marks on the unpadded part of the picture."""
    formula = same(either(1, inside), reached[i, j, xi[0], xi[1], xi[2]])
    return Claim(for_convolutions(formula, *outputs[:2], *taps))


@paper.equation(
    "prose:one-to-one",
    where=WHERE,
    latex=r"\mathcal{A}(\ell;i,j) \text{ and } \mathcal{S}(\ell;i,j) \text{ correspond one to one}",
    strength="instances",
    note="Each unit is read through at most one tap, so the number of units read is the number "
    "of taps in A.",
    survivors="a mark is 0 or 1, and its own square",
)
def one_to_one() -> Claim:
    """As many distinct units read as taps reached."""
    (read,) = tensors("read")
    units = sp.Sum(read[i, j, l, m, k], (l, 1, w), (m, 1, h), (k, 1, d))
    counted = sp.Sum(either(1, inside), *taps)
    return Claim(for_convolutions(same(units, counted), *outputs[:2]))


@paper.equation(
    "A.10",
    where=WHERE,
    latex=r"U^{(\ell)}_{i,j,k} = b^{(\ell)}_k + \sum_{(A,S)\in(\mathcal{A}(\ell;i,j),"
    r"\mathcal{S}(\ell;i,j))} W^{(\ell)}_{k;A}\, Z^{(\ell-1)}_{S}",
    strength="instances",
    survivors="a whole number is at least 1 iff its double is",
)
def convolved_over_pairs() -> Claim:
    """The convolution without the padded picture."""
    total = B[k] + sp.Sum(either(W[(k, *xi)] * Z[lam_w, lam_h, xi[2]], inside), *taps)
    return Claim(for_convolutions(same(U[i, j, k], total), *outputs))


@paper.equation(
    "Definition 1",
    where="appendix A",
    kind="definition",
    latex=r"t_{\mu(i_1,\dots,i_d)} = T_{i_1,\dots,i_d},\quad \mu:[n_1]\times\dots\times[n_d]\to"
    r"[n_1\cdots n_d] \text{ a bijection}",
    strength="instances",
    note="The order (A.3) is a bijection: every position is taken once. With an arbitrary "
    "bijection per tensor the sub-vectors of definition 2 need not match (see A.13).",
    survivors="any other place of the map is hit once too",
)
def vectorisation() -> Claim:
    """The number of indices that (A.3) sends to a position is one."""
    place = position(l, m, k, w, h)
    hits = sp.Sum(either(1, sp.Eq(place, t)), (l, 1, w), (m, 1, h), (k, 1, d))
    return Claim(for_convolutions(same(hits, 1), (t, 1, w * h * d)))


@paper.equation(
    "A.1",
    where="appendix A",
    kind="definition",
    latex=r"t_{i} = T_{\mu^{-1}(i)}",
    strength="instances",
    ocr="the right side is lost but for its T; by definition 1 it is the entry that the bijection "
    "sends to i",
)
def vector_of_tensor() -> Claim:
    """Entry by entry, in the order (A.3)."""
    formula = same(z[position(l, m, k, w, h)], Z[l, m, k])
    return Claim(for_convolutions(formula, (l, 1, w), (m, 1, h), (k, 1, d)))


paper.note(
    "A.2",
    where="appendix A",
    kind="definition",
    latex=r"\mathbf{t} = \operatorname{vec}\mathcal{T}",
    note="The name of (A.1).",
)


@paper.equation(
    "A.3",
    where="appendix A",
    kind="definition",
    latex=r"\operatorname{vec}(\mathcal{T}) = [T_{1,1,\dots,1}, \dots, T_{n_1,1,\dots,1}, "
    r"T_{1,2,1,\dots,1}, \dots, T_{n_1,2,1,\dots,1}, \dots, T_{n_1,n_2,\dots,n_d}]^\top",
    strength="instances",
    note="For matrices this is the stacking of columns, as the source says: checked for matrices "
    "against sympy's own column stacking.",
)
def order() -> Claim:
    """The order above, for matrices, is the column stacking of sympy."""
    M, stacked = tensors("M stacked")
    formula = same(stacked[position(l, m, 1, w, h)], M[l, m])
    return Claim(OnCases(formula, matrix_cases(), "matrices to 3 x 3", ((l, 1, w), (m, 1, h))))


@paper.equation(
    "Definition 2",
    where="appendix A",
    kind="definition",
    latex=r"\mathbf{a}_{s} = [a_{s_1},\dots,a_{s_m}]^\top,\quad s=\{s_1,\dots,s_m\}\subset[n],\ "
    r"i<j \Rightarrow s_i<s_j",
    strength="instances",
    note="The entries come in ascending order, whatever the order in which the set is written "
    "down. This is harmless for the forward pass (A.13), and wrong for the backward one (A.21).",
    survivors="a mark is 0 or 1, and its own square",
)
def ascending() -> Claim:
    """The m-th entry of s(l, t) is the one up to which m units are read."""
    (read,) = tensors("read")
    entry = s[position(i, j, k, w_out, h_out), t]
    upto = either(read[i, j, l, m, n], sp.Le(position(l, m, n, w, h), entry))
    units = sp.Sum(upto, (l, 1, w), (m, 1, h), (n, 1, d))
    last = na[position(i, j, k, w_out, h_out)]
    return Claim(for_convolutions(same(units, t), *outputs, (t, 1, last)))


@paper.equation(
    "A.11",
    where=WHERE,
    kind="definition",
    latex=r"a(\ell,t) := \{\mu(A)\},\quad s(\ell,t) := \{\mu(S)\},\quad c(\ell,t) := k "
    r"\quad\text{s.t. } (i,j,k)=\mu^{-1}(t),\ A\in\mathcal{A}(\ell;i,j),"
    r"\ S\in\mathcal{S}(\ell;i,j)",
    strength="instances",
    note="The three maps written mu act on tensors of three shapes. Checked: s(l,t) has as many "
    "elements as units that output t reads, and c is the channel.",
)
def index_sets() -> Claim:
    """The sets have the sizes, and the unit the channel, that the picture gives."""
    (read,) = tensors("read")
    at = position(i, j, k, w_out, h_out)
    units = sp.Sum(read[i, j, l, m, t], (l, 1, w), (m, 1, h), (t, 1, d))
    channel = sp.floor((t - 1) / (w_out * h_out)) + 1
    return Claim(
        (
            for_convolutions(same(na[at], units), *outputs),
            for_convolutions(same(c[t], channel), (t, 1, w_out * h_out * d_out)),
        )
    )


@paper.equation(
    "A.12",
    where=WHERE,
    kind="definition",
    latex=r"\mathbf{z}^{(\ell-1)} = \operatorname{vec}\mathcal{Z}^{(\ell-1)},\quad "
    r"\mathbf{u}^{(\ell)} = \operatorname{vec}\mathcal{U}^{(\ell)},\quad "
    r"\mathbf{w}^{(\ell)}_i = \operatorname{vec}\mathcal{W}^{(\ell)}_i",
    strength="instances",
)
def vectors() -> Claim:
    """The three vectorisations, each over its own shape."""
    kernel = position(*xi, k_w, k_h)
    output = position(i, j, k, w_out, h_out)
    return Claim(
        (
            for_convolutions(same(flat[k, kernel], W[(k, *xi)]), (k, 1, d_out), *taps),
            for_convolutions(same(u[output], U[i, j, k]), *outputs),
        )
    )


@paper.equation(
    "A.13",
    where=WHERE,
    latex=r"u^{(\ell)}_t = b^{(\ell)}_{c(\ell,t)} + \sum_{(a,s)\in(a(\ell,t),s(\ell,t))} "
    r"w^{(\ell)}_{c(\ell,t),a}\, z^{(\ell-1)}_s = b^{(\ell)}_{c(\ell,t)} + "
    r"\langle \mathbf{w}^{(\ell)}_{c(\ell,t),a(\ell,t)}, \mathbf{z}^{(\ell-1)}_{s(\ell,t)}\rangle",
    strength="instances",
    assumptions=("both vectorisations are in the order (A.3)",),
    note="With both sets sorted (definition 2) the m-th tap meets the m-th unit, because a tap "
    "further along reads a unit further along. That needs the same order on kernel and map; with "
    "an arbitrary bijection for each (definition 1) it can fail.",
)
def vector_convolution() -> Claim:
    """The inner product of sorted sub-vectors."""
    return Claim(for_convolutions(same(u[t], forward_product()), (t, 1, w_out * h_out * d_out)))


def forward_product() -> sp.Expr:
    """The right side of (A.13), with the m-th entries of the two sub-vectors."""
    terms = flat[c[t], a[t, m]] * z[s[t, m]]
    return B[c[t]] + sp.Sum(terms, (m, 1, na[t]))


@paper.equation(
    "A.14",
    where=WHERE,
    kind="definition",
    latex=r"M_{\ell-1} = w\cdot h\cdot d,\quad M'_\ell = w'\cdot h'\cdot d',\quad "
    r"C_\ell = d',\quad S_\ell = k_w\cdot k_h\cdot d",
    strength="instances",
    ocr="the prime of M' is lost",
)
def counts() -> Claim:
    """The numbers of entries of the tensors."""
    sizes = tensors("sizes")[0]
    wanted = {1: w * h * d, 2: w_out * h_out * d_out, 3: d_out, 4: k_w * k_h * d}
    return Claim(tuple(for_convolutions(same(sizes[at], it)) for at, it in wanted.items()))
