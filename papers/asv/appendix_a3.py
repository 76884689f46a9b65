"""Appendix A.3 and A.4: activation and pooling, forward and backward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from symvar.claims import Assumption, Claim, Statement

from .appendix_a1 import position
from .cases import Case, OnCases
from .layers import for_pools
from .setting import (
    d,
    either,
    h,
    h_out,
    i,
    j,
    k,
    l,
    m,
    n,
    paper,
    same,
    t,
    t_h,
    t_w,
    tensors,
    w,
    w_out,
    within,
    xi,
)
from .windows import (
    ACTIVATIONS,
    WINDOWS,
    activation_cases,
    rectifier_cases,
    tied_case,
    window_cases,
)

ACTIVATION, POOLING = "appendix A.3", "appendix A.4"
V, Zmax, Zavg, v, zmax, zavg, tt, block = tensors("V Zmax Zavg v zmax zavg t block")
owner, owner_w, owner_h, winner = tensors("owner owner_w owner_h winner")
dzmax, dzavg, dvmax, dvavg = tensors("dzmax dzavg dvmax dvavg")
places = ((i, 1, w_out), (j, 1, h_out), (k, 1, d))
units = ((l, 1, w), (m, 1, h), (n, 1, d))
window = ((xi[0], 1, t_w), (xi[1], 1, t_h))
T_size = t_w * t_h
here = V[(i - 1) * t_w + xi[0], (j - 1) * t_h + xi[1], k]


@dataclass(frozen=True)
class OneLargest(Assumption):
    """No two entries of a window share the maximum."""

    @property
    def words(self) -> str:
        """In words."""
        return "the largest entry of the window is larger than every other"


@dataclass(frozen=True)
class NoKink(Assumption):
    """The activation is differentiable at the point."""

    @property
    def words(self) -> str:
        """In words."""
        return "the activation is differentiable at the pre-activation"


ONE_LARGEST, NO_KINK = OneLargest(), NoKink()


@paper.equation(
    "A.26",
    where=ACTIVATION,
    kind="definition",
    latex=r"v^{(\ell)}_i = f_\ell(u^{(\ell)}_i)",
    strength="instances",
    note="Entry-wise; for the rectifier max(0, x), checked as x where x > 0 and 0 elsewhere.",
)
def rectified() -> Claim:
    """The rectifier."""
    u, f = tensors("u f")
    formula = same(f[t], sp.Max(0, u[t]))
    return Claim(OnCases(formula, rectifier_cases(), "7 numbers of both signs", ((t, 1, m),)))


@paper.equation(
    "A.27",
    where=ACTIVATION,
    latex=r"\Delta u^{(\ell)}_i = \Delta v^{(\ell)}_i f'_\ell(u^{(\ell)}_i)",
    strength="instances",
    assumptions=("the activation is differentiable there",),
    note="Where it is not, the source uses a subgradient; for the rectifier at 0, see B.21. "
    "Checked for the rectifier off its kink and for the square, on a loss in all entries.",
)
def through_activation() -> Claim:
    """Against exact differences of a quadratic loss behind the activation."""
    du, dv, slope = tensors("du dv slope")
    formula = same(du[t], dv[t] * slope[t])
    cases = activation_cases(NO_KINK)
    return Claim(OnCases(formula, cases, ACTIVATIONS, ((t, 1, m),)), (NO_KINK,))


def largest(
    entry: sp.Expr, value: sp.Expr, window: Any, over: Any, member: Any = sp.true
) -> tuple[Statement, ...]:
    """Of the members, all distinct, one is at least the value and one equals it."""
    kinds = (sp.Ge(entry, value), sp.Eq(entry, value))
    counts = (sp.Sum(either(1, sp.And(member, each)), *window) for each in kinds)
    return tuple(for_pools(same(number, 1), *over) for number in counts)


@paper.equation(
    "A.28",
    where=POOLING,
    kind="definition",
    latex=r"Z^{(\ell)}_{i,j,k} := \max_{1\le\xi_1\le t_w,\,1\le\xi_2\le t_h} "
    r"V^{(\ell)}_{(i-1)t_w+\xi_1,\,(j-1)t_h+\xi_2,\,k}",
    strength="instances",
    ocr="subscripts rebuilt",
    note="Checked against blocks cut off one after another.",
)
def max_pooled() -> Claim:
    """The maximum of each block."""
    return Claim(largest(here, Zmax[i, j, k], window, places))


@paper.equation(
    "A.29",
    where=POOLING,
    kind="definition",
    latex=r"Z^{(\ell)}_{i,j,k} := \frac{1}{t_w t_h}\sum_{\xi_1=1}^{t_w}\sum_{\xi_2=1}^{t_h} "
    r"V^{(\ell)}_{(i-1)t_w+\xi_1,\,(j-1)t_h+\xi_2,\,k}",
    strength="instances",
    ocr="the fraction before the sum is a fragment",
)
def mean_pooled() -> Claim:
    """The mean of each block."""
    mean = sp.Sum(here, *window) / (t_w * t_h)
    return Claim(for_pools(same(Zavg[i, j, k], mean), *places))


@paper.equation(
    "A.30",
    where=POOLING,
    latex=r"w' = \left\lfloor\frac{w-t_w}{t_w}\right\rfloor + 1,\qquad "
    r"h' = \left\lfloor\frac{h-t_h}{t_h}\right\rfloor + 1",
    strength="instances",
    note="The number of whole blocks; w/t_w as the map is divided evenly. Where it is not, the "
    "formula drops the rest, and units of the rest have no block (A.38).",
)
def pooled_size() -> Claim:
    """The number of blocks."""
    wide, high = (sp.floor((a - b) / b) + 1 for a, b in ((w, t_w), (h, t_h)))
    return Claim((for_pools(same(w_out, wide)), for_pools(same(h_out, high))))


@paper.equation(
    "A.31",
    where=POOLING,
    kind="definition",
    latex=r"\mathcal T(\ell;i,j,k) = \{(t_w(i-1)+\xi_1,\ t_h(j-1)+\xi_2,\ k) \mid "
    r"\xi_1\in[t_w],\ \xi_2\in[t_h]\}",
    strength="instances",
    note="The letter T is taken by the outputs of (A.18) as well.",
    survivors="a whole number is at least 1 iff its double is",
)
def blocks() -> Claim:
    """Membership, against the blocks cut off one after another."""
    along = (*within(1, l - t_w * (i - 1), t_w).args, *within(1, m - t_h * (j - 1), t_h).args)
    formula = same(either(1, sp.And(*along)), block[i, j, k, l, m])
    return Claim(for_pools(formula, *places, *units[:2]))


@paper.equation(
    "A.32",
    where=POOLING,
    latex=r"Z^{(\ell)}_{i,j,k} = \max_{T\in\mathcal T(\ell;i,j,k)} V^{(\ell)}_T",
    strength="instances",
    survivors="entries are distinct, so one is above the second largest too",
)
def max_over_block() -> Claim:
    """The maximum over members."""
    member = sp.Eq(block[i, j, k, l, m], 1)
    return Claim(largest(V[l, m, k], Zmax[i, j, k], units[:2], places, member))


@paper.equation(
    "A.33",
    where=POOLING,
    latex=r"Z^{(\ell)}_{i,j,k} = \frac{1}{T_\ell}\sum_{T\in\mathcal T(\ell;i,j,k)} V^{(\ell)}_T",
    strength="instances",
    ocr="the right side is lost but for the range of the sum",
    survivors="a mark is 0 or 1, and its own square",
)
def mean_over_block() -> Claim:
    """The sum over members."""
    total = sp.Sum(V[l, m, k] * block[i, j, k, l, m], *units[:2])
    return Claim(for_pools(same(Zavg[i, j, k], total / T_size), *places))


@paper.equation(
    "A.34",
    where=POOLING,
    kind="definition",
    latex=r"\mathbf z^{(\ell)} = \operatorname{vec}\mathcal Z^{(\ell)},\ \mathbf v^{(\ell)} = "
    r"\operatorname{vec}\mathcal V^{(\ell)},\ t(\ell,t) := \{\mu(T) \mid (i,j,k)=\mu^{-1}(t),\ "
    r"T\in\mathcal T(\ell;i,j,k)\}",
    strength="instances",
)
def pool_index_sets() -> Claim:
    """Positions of the members, in the order in which the block is cut."""
    rank = xi[0] + t_w * (xi[1] - 1)
    member = position((i - 1) * t_w + xi[0], (j - 1) * t_h + xi[1], k, w, h)
    formula = same(tt[position(i, j, k, w_out, h_out), rank], member)
    return Claim(
        (
            for_pools(formula, *places, *window),
            for_pools(same(v[position(l, m, n, w, h)], V[l, m, n]), *units),
            for_pools(same(zavg[position(i, j, k, w_out, h_out)], Zavg[i, j, k]), *places),
        )
    )


paper.note(
    "A.35",
    where=POOLING,
    kind="definition",
    latex=r"g_\ell(\mathbf x) := \max_{i\in[T_\ell]} x_i",
    ocr="the range under the max is a fragment",
)
paper.note(
    "A.36",
    where=POOLING,
    kind="definition",
    latex=r"g_\ell(\mathbf x) := \frac{1}{T_\ell}\sum_{i=1}^{T_\ell} x_i",
    ocr="the fraction is lost",
)


@paper.equation(
    "A.37",
    where=POOLING,
    latex=r"z^{(\ell)}_i = g_\ell(\mathbf v^{(\ell)}_{t(\ell,i)})",
    strength="instances",
    note="Both poolings are symmetric, so the order of the sub-vector does not matter here.",
)
def vector_pooling() -> Claim:
    """Both poolings through the index sets."""
    over = (i, 1, w_out * h_out * d)
    rank = (j, 1, T_size)
    mean = sp.Sum(v[tt[i, j]], rank) / T_size
    maximum = largest(v[tt[i, j]], zmax[i], (rank,), (over,))
    return Claim((for_pools(same(zavg[i], mean), over), *maximum))


@paper.equation(
    "A.38",
    where=POOLING,
    latex=r"D(\ell;i,j,k) = \left(\left\lfloor\frac{i-1}{t_w}\right\rfloor+1,\ "
    r"\left\lfloor\frac{j-1}{t_h}\right\rfloor+1,\ k\right)",
    strength="instances",
    assumptions=("the map is divided evenly and exclusively by the windows",),
    note="The block of a unit. It exists and is one because windows tile; overlapping pooling "
    "(window 3, stride 2) has no such map, see prose:all-components.",
)
def block_of_unit() -> Claim:
    """The block that holds the unit."""
    column, row = sp.floor((l - 1) / t_w) + 1, sp.floor((m - 1) / t_h) + 1
    return Claim(
        (
            for_pools(same(owner_w[l, m, n], column), *units),
            for_pools(same(owner_h[l, m, n], row), *units),
        )
    )


@paper.equation(
    "A.39",
    where=POOLING,
    kind="definition",
    latex=r"d(\ell,t) := \mu(D(\ell;i,j,k)) \text{ where } (i,j,k)=\mu^{-1}(t),\quad "
    r"\Delta\mathbf z^{(\ell)} := \operatorname{vec}\tfrac{\partial E}{\partial\mathcal Z^{(\ell)}}"
    r",\ \Delta\mathbf v^{(\ell)} := \operatorname{vec}\tfrac{\partial E}{\partial"
    r"\mathcal V^{(\ell)}}",
    strength="instances",
)
def pooled_unit_of_unit() -> Claim:
    """The position of the block in the pooled vector."""
    column, row = sp.floor((l - 1) / t_w) + 1, sp.floor((m - 1) / t_h) + 1
    formula = same(owner[position(l, m, n, w, h)], position(column, row, n, w_out, h_out))
    return Claim(for_pools(formula, *units))


@paper.equation(
    "A.40",
    where=POOLING,
    latex=r"\Delta v^{(\ell)}_i = \Delta z^{(\ell)}_{d(\ell,i)} "
    r"\frac{\partial z^{(\ell)}_{d(\ell,i)}}{\partial v^{(\ell)}_i}",
    strength="instances",
    note="One term, because a unit lies in one window. Checked for both poolings against exact "
    "differences of a quadratic loss.",
)
def through_pooling() -> Claim:
    """The gradient behind the pooling, times the derivative of (A.41)."""
    over = (i, 1, w * h * d)
    return Claim(
        (
            for_pools(same(dvmax[i], either(dzmax[owner[i]], sp.Eq(winner[owner[i]], i))), over),
            for_pools(same(dvavg[i], dzavg[owner[i]] / T_size), over),
        )
    )


@paper.equation(
    "A.41",
    where=POOLING,
    latex=r"\frac{\partial g_\ell(\mathbf x)}{\partial x_i} = \begin{cases} "
    r"\delta_{i,\operatorname{argmax}_{j} x_j} & \text{if } g_\ell \text{ performs the max pooling}"
    r" \\ \frac{1}{T_\ell} & \text{if } g_\ell \text{ performs the average pooling} \end{cases}",
    outcome="holds-under",
    strength="instances",
    beyond=("the largest entry of the window is larger than every other",),
    ocr="the Kronecker delta is a fragment",
    note="At a tie the maximum has no derivative, and the argmax is not one index. After a "
    "rectifier ties are not rare: all T entries are 0 with probability 2^-T. They do no harm, "
    "as the derivative of the rectifier is 0 there.",
    survivors="a derivative of 0 or 1 is its own square; the mean's is one for all entries",
)
def pool_derivative() -> Claim:
    """Both derivatives, against exact differences from both sides."""
    right, left, mean, top = tensors("right left mean top")
    delta = either(1, sp.Eq(i, top[1]))
    cases: tuple[Case, ...] = (tied_case(ONE_LARGEST), *window_cases())
    formulas = (same(right[i], delta), same(left[i], delta), same(mean[i], 1 / m))
    return Claim(
        tuple(
            OnCases(formula, cases, f"{WINDOWS}, and one with a tie", ((i, 1, m),))
            for formula in formulas
        ),
        extra=(ONE_LARGEST,),
    )
