"""Appendix A.1 and A.2: convolution backward, and the fully connected layer."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim

from .appendix_a1 import lam_h, lam_w, outputs, position, taps
from .layers import for_convolutions, for_dense
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

WHERE = "appendix A.1"
DENSE = "appendix A.2"
W, Wt, J, read, dU, dZ, du, dz = tensors("W Wt J read dU dZ du dz")
back, turned, ct, hh, jj, nj = tensors("back turned ct hh jj nj")
h_paired, j_paired, h_turned = tensors("h_paired j_paired h_turned")
inputs = ((l, 1, w), (m, 1, h), (n, 1, d))
zeta_l = l + p_w - s_w * (i - 1)
zeta_m = m + p_h - s_h * (j - 1)
feeds = sp.And(*within(1, zeta_l, k_w).args, *within(1, zeta_m, k_h).args)


@paper.equation(
    "A.15",
    where=WHERE,
    kind="definition",
    latex=r"\tilde W^{(\ell)}_{i;\,j,k,l} = W^{(\ell)}_{l;\,j,k,i}",
    strength="instances",
    ocr="indices rebuilt: the channels i and l change places, as (A.16) needs; the backward kernel "
    "is printed in R^{k_w x k_h x d}, its third size is d' (a lost prime)",
    note="Only the channels are exchanged; the kernel is not turned.",
)
def backward_kernel() -> Claim:
    """The weight that joins input channel i to output channel l, through the derivative."""
    tap = (l + p_w - s_w * (i - 1), m + p_h - s_h * (j - 1))
    weight = either(Wt[n, tap[0], tap[1], k], sp.And(feeds))
    return Claim(for_convolutions(same(J[i, j, k, l, m, n], weight), *outputs, *inputs))


@paper.equation(
    "A.16",
    where=WHERE,
    latex=r"\frac{\partial U^{(\ell)}_{i,j,k}}{\partial Z^{(\ell-1)}_{l,m,n}} = "
    r"\mathbb{1}[(l,m,n)\in\mathcal{S}(\ell;i,j)]\, W^{(\ell)}_{k;\,\zeta_l,\zeta_m,n} = "
    r"\mathbb{1}[(l,m,n)\in\mathcal{S}(\ell;i,j)]\, \tilde W^{(\ell)}_{n;\,\zeta_l,\zeta_m,k}",
    strength="instances",
    ocr="the first line, a sum over pairs, is a fragment; indicator and second line are legible",
)
def derivative() -> Claim:
    """Against exact differences of the brute-force convolution."""
    formulas = (W[k, zeta_l, zeta_m, n], Wt[n, zeta_l, zeta_m, k])
    reads = sp.Eq(read[i, j, l, m, n], 1)
    return Claim(
        tuple(
            for_convolutions(same(J[i, j, k, l, m, n], either(weight, reads)), *outputs, *inputs)
            for weight in formulas
        )
    )


@paper.equation(
    "A.17",
    where=WHERE,
    kind="definition",
    latex=r"\zeta_l = l + p_w - s_w(i-1),\qquad \zeta_m = m + p_h - s_h(j-1)",
    note="The inverse of (A.7): the tap through which output (i, j) reads input (l, m).",
)
def tap_of_input() -> Claim:
    """Tap and place are each other's inverse, on both axes."""
    return Claim(
        (
            same(lam_w.subs(xi[0], zeta_l), l),
            same(lam_h.subs(xi[1], zeta_m), m),
            same(zeta_l.subs(l, lam_w), xi[0]),
            same(zeta_m.subs(m, lam_h), xi[1]),
        )
    )


@paper.equation(
    "A.18",
    where=WHERE,
    kind="definition",
    latex=r"\mathcal{T}(\ell;l,m) := \{(i,j,k)\in[w']\times[h']\times[d'] \mid n\in[d],\ "
    r"(l,m,n)\in\mathcal{S}(\ell;i,j)\} = \{(i,j,k) \mid 1\le\zeta_l\le k_w,\ "
    r"1\le\zeta_m\le k_h\},\quad \mathcal{H}(\ell;l,m) := \{(\zeta_l,\zeta_m,k) \mid "
    r"(i,j,k)\in\mathcal{T}(\ell;l,m)\}",
    strength="instances",
    ocr="arguments of T and the ranges rebuilt",
    note="The two descriptions of T agree, with stride and padding.",
)
def outputs_fed() -> Claim:
    """An output reads an input iff its tap exists; in marks on the picture."""
    formula = same(either(1, feeds), read[i, j, l, m, n])
    return Claim(for_convolutions(formula, *outputs[:2], *inputs))


def paired_sum(kernel: sp.IndexedBase) -> sp.Expr:
    """The sum over T and H in pairs, for input channel n."""
    terms = either(kernel[n, zeta_l, zeta_m, k] * dU[i, j, k], feeds)
    return sp.Sum(terms, *outputs)


@paper.equation(
    "A.19",
    where=WHERE,
    latex=r"\frac{\partial E}{\partial Z^{(\ell-1)}_{l,m,n}} = \sum_{(i,j,k)\in[w']\times[h']"
    r"\times[d']} \frac{\partial E}{\partial U^{(\ell)}_{i,j,k}} "
    r"\frac{\partial U^{(\ell)}_{i,j,k}}{\partial Z^{(\ell-1)}_{l,m,n}} = "
    r"\sum_{(T,H)\in(\mathcal{T}(\ell;l,m),\mathcal{H}(\ell;l,m))} \tilde W^{(\ell)}_{n;H}\, "
    r"\frac{\partial E}{\partial U^{(\ell)}_{T}}",
    strength="instances",
    ocr="the last factor is a fragment",
)
def chain_rule() -> Claim:
    """Both sums, against exact differences of a quadratic loss."""
    whole_sum = sp.Sum(dU[i, j, k] * J[i, j, k, l, m, n], *outputs)
    return Claim(
        (
            for_convolutions(same(dZ[l, m, n], whole_sum), *inputs),
            for_convolutions(same(dZ[l, m, n], paired_sum(Wt)), *inputs),
        )
    )


@paper.equation(
    "A.20",
    where=WHERE,
    kind="definition",
    latex=r"J_\ell = k_w k_h d',\ \tilde C_\ell := d,\quad j(\ell,t) := \{\mu(T)\},\ "
    r"h(\ell,t) := \{\mu(H)\},\ \tilde c(\ell,t) := n,\quad \tilde{\mathbf w}^{(\ell)}_i := "
    r"\operatorname{vec}\tilde{\mathcal W}^{(\ell)}_i,\ \Delta\mathbf z^{(\ell-1)} := "
    r"\operatorname{vec}\tfrac{\partial E}{\partial\mathcal Z^{(\ell-1)}},\ "
    r"\Delta\mathbf u^{(\ell)} := \operatorname{vec}\tfrac{\partial E}{\partial"
    r"\mathcal U^{(\ell)}}",
    strength="instances",
    ocr="tildes and the prime of d' are lost",
    note="Checked: sizes of the sets, the channel, and the vectors. Both sets are sub-vector index "
    "sets, so by definition 2 they are read in ascending order; see (A.21).",
)
def backward_sets() -> Claim:
    """As many elements as outputs that read the input; the channel; the vectors."""
    at = position(l, m, n, w, h)
    fed = sp.Sum(read[i, j, l, m, n], *outputs)
    channel = sp.floor((t - 1) / (w * h)) + 1
    kernel = position(xi[0], xi[1], k, k_w, k_h)
    along = (*taps[:2], (k, 1, d_out))
    return Claim(
        (
            for_convolutions(same(nj[at], fed), *inputs),
            for_convolutions(same(ct[t], channel), (t, 1, w * h * d)),
            for_convolutions(same(back[n, kernel], Wt[n, xi[0], xi[1], k]), (n, 1, d), *along),
            for_convolutions(same(dz[at], dZ[l, m, n]), *inputs),
            for_convolutions(same(du[position(i, j, k, w_out, h_out)], dU[i, j, k]), *outputs),
        )
    )


def product_of(kernel: sp.IndexedBase, tap: sp.IndexedBase, unit: sp.IndexedBase) -> sp.Expr:
    """An inner product of two sub-vectors, m-th entry with m-th entry."""
    return sp.Sum(kernel[ct[t], tap[t, m]] * du[unit[t, m]], (m, 1, nj[t]))


UNITS = (t, 1, w * h * d)
TURNED = (
    "The indices of h and j run against each other: an output further along reads the same "
    "input through an earlier tap, zeta falling as i grows. Definition 2 sorts both, so the m-th "
    "backward weight meets the m-th signal and the kernel comes out mirrored. Read as a sum over "
    "pairs it is right. With sorted sets it is right once the backward kernel is turned by half "
    "a turn, replacing zeta by k + 1 - zeta in (A.15) and (A.18); as printed it is right only "
    "where no two outputs along an axis share an input, such as k = 1, a stride of at least k, or "
    "a dense layer."
)


@paper.equation(
    "A.21",
    where=WHERE,
    latex=r"\Delta z^{(\ell-1)}_i = \sum_{(h,j)\in(h(\ell,i),j(\ell,i))} \Delta u^{(\ell)}_j "
    r"\tilde w^{(\ell)}_{\tilde c(\ell,i),h} = \langle "
    r"\tilde{\mathbf w}^{(\ell)}_{\tilde c(\ell,i),h(\ell,i)}, "
    r"\Delta\mathbf u^{(\ell)}_{j(\ell,i)}\rangle",
    outcome="erratum",
    strength="instances",
    corrected_latex=r"\Delta z^{(\ell-1)}_i = \sum_{(h,j)} \Delta u^{(\ell)}_j "
    r"\tilde w^{(\ell)}_{\tilde c(\ell,i),h} = \langle "
    r"\tilde{\mathbf w}^{(\ell)}_{\tilde c(\ell,i),h(\ell,i)}, "
    r"\Delta\mathbf u^{(\ell)}_{j(\ell,i)}\rangle \text{ with } "
    r"\tilde W^{(\ell)}_{i;\,j,k,l} = W^{(\ell)}_{l;\,k_w+1-j,\,k_h+1-k,\,i},\ "
    r"\mathcal H = \{(k_w+1-\zeta_l,\,k_h+1-\zeta_m,\,k)\}",
    note="The sum over pairs holds; the inner product of sub-vectors does not. " + TURNED,
)
def backward_convolution() -> Claim:
    """The sum holds and the inner product fails; turned, it holds."""
    printed = for_convolutions(same(dz[t], product_of(back, hh, jj)), UNITS)
    in_pairs = for_convolutions(same(dz[t], product_of(back, h_paired, j_paired)), UNITS)
    mended = for_convolutions(same(dz[t], product_of(turned, h_turned, jj)), UNITS)
    return Claim(statement=printed, corrected=(in_pairs, mended))


# A fully connected layer: matrices, against the convolution of 1 x 1 maps that it is.
A, x_in, b, y_out, g_out, g_in, At = tensors("A x_in b y_out g_out g_in At")
n_in, n_out = d, d_out


@paper.equation(
    "A.22",
    where=DENSE,
    kind="definition",
    latex=r"U^{(\ell)}_i = \langle \mathbf W^{(\ell)}_i, \mathbf z^{(\ell-1)}\rangle "
    r"+ b^{(\ell)}_i",
    strength="instances",
    ocr="'the forward propagation (3)' after it is read as the convolution, equation (1)",
    note="Checked against a convolution of 1 x 1 maps with M_{l-1} and M_l channels.",
)
def dense() -> Claim:
    """The affine map."""
    return Claim(for_dense(same(y_out[i], sp.Sum(A[i, j] * x_in[j], (j, 1, n_in)) + b[i]), OUT))


OUT, IN = (i, 1, n_out), (j, 1, n_in)


@paper.equation(
    "A.23",
    where=DENSE,
    latex=r"a(\ell,i) = [M_{\ell-1}],\quad s(\ell,i) = [M_{\ell-1}],\quad c(\ell,i) = i",
    strength="instances",
    note="The definitions (A.11) give just these sets on a 1 x 1 map. Section 3.1 and the caption "
    "of figure 1 write [M_l] where this has [M_{l-1}]: see prose:fully-connected.",
)
def dense_index_sets() -> Claim:
    """The sets of (A.11), element by element."""
    a, s, na, c = tensors("a s na c")
    return Claim(
        (
            for_dense(same(na[i], n_in), OUT),
            for_dense(same(a[i, j], j), OUT, IN),
            for_dense(same(s[i, j], j), OUT, IN),
            for_dense(same(c[i], i), OUT),
        )
    )


@paper.equation(
    "A.24",
    where=DENSE,
    kind="definition",
    latex=r"\tilde w^{(\ell)}_{i,j} = w^{(\ell)}_{j,i}",
    strength="instances",
    ocr="the sentence before seems to put the backward matrix in R^{M_l x M_{l-1}}; the transpose "
    "of W, whose rows are w_1 ... w_{C_l}, has M_{l-1} rows and M_l columns",
    note="The derivative of output j by input i, from exact differences.",
)
def transposed() -> Claim:
    """Entry (i, j) of the backward matrix is the derivative of output j by input i."""
    formula = same(At[j, i], A[i, j])
    return Claim(for_dense(formula, OUT, IN))


@paper.equation(
    "A.25",
    where=DENSE,
    latex=r"J_\ell = M_\ell,\ \tilde C_\ell = M_{\ell-1},\quad j(\ell,i) = [M_\ell],\ "
    r"h(\ell,i) = [M_\ell],\ \tilde c(\ell,i) = i",
    strength="instances",
    note="The definitions (A.20) give these, and with them (7) is the transposed product: the "
    "sorted sub-vectors do match here.",
)
def dense_backward() -> Claim:
    """The sets of (A.20), and the gradient."""
    whole_product = sp.Sum(At[j, i] * g_out[i], OUT)
    return Claim(
        (
            for_dense(same(nj[j], n_out), IN),
            for_dense(same(hh[j, i], i), OUT, IN),
            for_dense(same(jj[j, i], i), OUT, IN),
            for_dense(same(ct[j], j), IN),
            for_dense(same(g_in[j], whole_product), IN),
        )
    )
