"""The appendix: the proof of Theorem 1, line by line."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims import Claim, Instances
from symvar.symbols import size

from .section2_bounds import lower, upper
from .setting import (
    a,
    eq,
    eta,
    i,
    j,
    k,
    m,
    mean_a,
    mean_z,
    n,
    over_inputs,
    over_units,
    over_weights,
    p,
    paper,
    square_a,
    var_a,
    var_change,
    var_z,
    z,
)

A = r"\tfrac{\partial\varepsilon}{\partial s_i^l}"
MEAN_A = r"\overline{\tfrac{\partial\varepsilon}{\partial s^l}}"
DOUBLE = r"\frac{\eta^2}{mn}\sum_i^m\sum_j^n"


def dense_gradient(sizes: tuple[int, int]) -> Any:
    """d objective / d w_ij of a dense layer with an objective quadratic in its sums."""
    rows, columns = sizes
    weights = sp.Matrix(rows, columns, lambda r, c: sp.Symbol(f"w_{r + 1}{c + 1}", real=True))
    inputs = sp.Matrix(columns, 1, lambda c, _: sp.Symbol(f"z_{c + 1}", real=True))
    sums = weights * inputs
    targets = [sp.Symbol(f"r_{r + 1}", real=True) for r in range(rows)]
    objective = sum((s - r) ** 2 / 2 for s, r in zip(sums, targets, strict=True))
    return tuple(
        eq(-eta * sp.diff(objective, weights[r, c]), -eta * (sums[r] - targets[r]) * inputs[c])
        for r in range(rows)
        for c in range(columns)
    )


SIZES = ((1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 2))


@paper.equation(
    "prose:weight update",
    where="appendix",
    latex=rf"\Delta w_{{i,j}}^l = -\eta\,{A}\,z_j^l",
    strength="instances",
)
def weight_update() -> Claim:
    """Against the derivative of a quadratic objective."""
    return Claim(Instances(dense_gradient, SIZES, "dense layers of 1 to 3 by 1 to 3 units"))


def dense_sum(sizes: tuple[int, int]) -> Any:
    """The sum of a unit over the index that is printed, against the product W z."""
    rows, columns = sizes
    weights = sp.Matrix(rows, columns, lambda r, c: sp.Symbol(f"w_{r + 1}{c + 1}", real=True))
    inputs = sp.Matrix(columns, 1, lambda c, _: sp.Symbol(f"z_{c + 1}", real=True))
    return weights, inputs, (weights * inputs)[0]


def over_first_index(sizes: tuple[int, int]) -> Any:
    """As printed: i runs, j stays (at 1)."""
    weights, inputs, unit = dense_sum(sizes)
    return eq(unit, sum(weights[r, 0] * inputs[0] for r in range(sizes[0])))


def over_second_index(sizes: tuple[int, int]) -> Any:
    """Corrected: j runs, i stays (at 1)."""
    weights, inputs, unit = dense_sum(sizes)
    return eq(unit, sum(weights[0, c] * inputs[c] for c in range(sizes[1])))


@paper.equation(
    "prose:weighted sum",
    where="appendix",
    kind="definition",
    latex=r"s_i^l = \sum_i^n w_{i,j}^l z_j^l",
    outcome="erratum",
    strength="instances",
    corrected_latex=r"s_i^l = \sum_j^n w_{i,j}^l z_j^l",
    ocr="The index under the sum may have been misread; the same text has j elsewhere.",
    note="The index i is free on the left and summed over on the right.",
)
def weighted_sum() -> Claim:
    """The first unit of small dense layers."""
    words = "dense layers of 1 to 3 by 1 to 3 units"
    return Claim(
        Instances(over_first_index, SIZES, words),
        corrected=Instances(over_second_index, SIZES, words),
    )


units_before, units_here, units_after = (size(rf"n_{{{at}}}") for at in ("l-1", "l", "l+1"))


@paper.equation(
    "prose:layer sizes",
    where="appendix",
    kind="definition",
    latex=r"m = n_{l+1},\ n = n_l,\ \Delta W^l \text{ has } mn \text{ entries}",
    outcome="erratum",
    corrected_latex=r"m = n_l,\ n = n_{l-1}",
    note="By the lines before, i is a unit of layer l and j one of layer l-1, so that "
    r"$W^l$ has $n_l\,n_{l-1}$ entries; m and n are said to be the sizes of layers l+1 and l.",
)
def layer_sizes() -> Claim:
    """The number of weights of layer l."""
    entries = units_here * units_before
    return Claim(
        eq(units_after * units_here, entries),
        corrected=eq(m * n, entries),
        extra=[sp.Eq(m, units_here), sp.Eq(n, units_before)],
    )


printed_variance = eta**2 * over_weights(
    (a[i] * z[j] - sp.Sum(a[p] * z[k], (k, 1, n), (p, 1, m)) / (m * n)) ** 2
)


@paper.equation(
    "prose:variance",
    where="appendix",
    latex=rf"Var(\Delta w^l) = {DOUBLE}\left({A} z_j^l - "
    rf"\frac1{{mn}}\sum_i^m\sum_k^n {A} z_k^l\right)^2",
    note="Variance over the entries of one layer's matrix, not over random draws.",
)
def variance() -> Claim:
    """Against the mean square less the squared mean."""
    return Claim(eq(var_change, printed_variance))


@paper.equation(
    "prose:squares",
    where="appendix",
    latex=r"\sum_i^n a_i^2 \ge \frac1n\left(\sum_i^n a_i\right)^2",
)
def squares() -> Claim:
    """The inequality that the proof rests on."""
    total = sp.Sum(a[i], (i, 1, n))
    return Claim(sp.Ge(sp.Sum(a[i] ** 2, (i, 1, n)), total**2 / n, evaluate=False))


inner = over_units(a[i] * z[j]) - sp.Sum(a[i] * z[k], (k, 1, n), (i, 1, m)) / n


@paper.equation(
    "prose:lower bound, line 1",
    where="appendix",
    latex=rf"Var(\Delta w^l) \ge \frac{{\eta^2}}{{mn}}\sum_j^n\left(\sum_i^m {A} z_j^l - "
    rf"\frac1n\sum_i^m\sum_k^n {A} z_k^l\right)^2",
    outcome="erratum",
    corrected_latex=rf"Var(\Delta w^l) \ge \frac{{\eta^2}}{{m^2n}}\sum_j^n\left(\sum_i^m {A} z_j^l "
    rf"- \frac1n\sum_i^m\sum_k^n {A} z_k^l\right)^2",
    note="The inner sum has m terms, so the inequality before gives a factor 1/m. The next line "
    "has it, so this line alone is wrong, and the theorem stands.",
)
def first_line() -> Claim:
    """Two units and two inputs are enough to break it."""
    printed = eta**2 / (m * n) * over_inputs(inner**2)
    return Claim(
        sp.Ge(var_change, printed, evaluate=False),
        corrected=sp.Ge(var_change, printed / m, evaluate=False),
    )


centred = eta**2 / (m**2 * n) * over_inputs((z[j] - mean_z) ** 2) * over_units(a[i]) ** 2


@paper.equation(
    "prose:lower bound, line 2",
    where="appendix",
    latex=rf"\frac{{\eta^2}}{{mn}}\sum_j^n\left(\sum_i^m {A} z_j^l - "
    rf"\frac1n\sum_i^m\sum_k^n {A} z_k^l\right)^2 = "
    rf"\frac{{\eta^2}}{{m^2n}}\sum_j^n (z_j^l - \bar z^l)^2\left(\sum_i^m {A}\right)^2",
    outcome="erratum",
    corrected_latex=rf"\frac{{\eta^2}}{{m^2n}}\sum_j^n\left(\sum_i^m {A} z_j^l - "
    rf"\frac1n\sum_i^m\sum_k^n {A} z_k^l\right)^2 = "
    rf"\frac{{\eta^2}}{{m^2n}}\sum_j^n (z_j^l - \bar z^l)^2\left(\sum_i^m {A}\right)^2",
    note="The lost factor 1/m comes back here without a reason; with it in line 1, equality holds.",
)
def second_line() -> Claim:
    """The same quantity, centred."""
    printed = eta**2 / (m * n) * over_inputs(inner**2)
    return Claim(eq(printed, centred), corrected=eq(printed / m, centred))


@paper.equation(
    "prose:lower bound, line 3",
    where="appendix",
    latex=rf"\frac{{\eta^2}}{{m^2n}}\sum_j^n (z_j^l - \bar z^l)^2\left(\sum_i^m {A}\right)^2 = "
    r"\eta^2\,Var(z^l)\,E^2\!\left(\tfrac{\partial\varepsilon}{\partial S^l}\right)",
)
def third_line() -> Claim:
    """The lower bound of (4)."""
    return Claim(eq(centred, lower))


paper.note(
    "prose:means",
    where="appendix",
    kind="definition",
    latex=rf"\bar z^l = \frac1n\sum_{{j=1}}^n z_j^l,\quad {MEAN_A} = \frac1m\sum_{{i=1}}^m {A}",
)


@paper.equation(
    "prose:upper bound, line 1",
    where="appendix",
    latex=rf"Var(\Delta w^l) = {DOUBLE}\left({A}(z_j^l - \bar z^l + \bar z^l) - "
    rf"\bar z^l\,{MEAN_A}\right)^2",
    ocr="A bar over the last derivative is lost in the text and restored.",
)
def upper_first() -> Claim:
    """The mean of all products is the product of the means."""
    term = a[i] * (z[j] - mean_z + mean_z) - mean_z * mean_a
    return Claim(eq(var_change, eta**2 * over_weights(term**2)))


split = mean_z * (a[i] - mean_a) + (z[j] - mean_z) * a[i]


@paper.equation(
    "prose:upper bound, line 2",
    where="appendix",
    latex=rf"Var(\Delta w^l) = {DOUBLE}\left(\bar z^l\left({A} - {MEAN_A}\right) + "
    rf"(z_j^l - \bar z^l)\,{A}\right)^2",
    ocr="The bar over the mean derivative is lost in the text and restored.",
)
def upper_second() -> Claim:
    """Two parts; their cross term sums to zero."""
    return Claim(eq(var_change, eta**2 * over_weights(split**2)))


@paper.equation(
    "prose:upper bound, line 3",
    where="appendix",
    latex=rf"Var(\Delta w^l) \le 2\eta^2(\bar z^l)^2\frac1m\sum_i^m\left({A} - {MEAN_A}\right)^2 + "
    rf"2\eta^2\frac1n\sum_j^n(z_j^l - \bar z^l)^2\,\frac1m\sum_i^m\left({A}\right)^2",
    note=r"By $(u+v)^2 \le 2u^2 + 2v^2$; the sharper $\sum (u+v)^2 = \sum u^2 + \sum v^2$ holds.",
)
def upper_third() -> Claim:
    """The bound before its second moment is taken apart."""
    bound = 2 * eta**2 * mean_z**2 * var_a + 2 * eta**2 * var_z * square_a
    return Claim(sp.Le(var_change, bound, evaluate=False))


@paper.equation(
    "prose:upper bound, line 4",
    where="appendix",
    latex=rf"2\eta^2(\bar z^l)^2\frac1m\sum_i^m\left({A} - {MEAN_A}\right)^2 + "
    rf"2\eta^2\frac1n\sum_j^n(z_j^l - \bar z^l)^2\,\frac1m\sum_i^m\left({A}\right)^2 = "
    r"2\eta^2\left(Var(a) E^2(z) + Var(z) Var(a) + Var(z) E^2(a)\right)",
)
def upper_fourth() -> Claim:
    """The upper bound of (4)."""
    bound = 2 * eta**2 * mean_z**2 * var_a + 2 * eta**2 * var_z * square_a
    return Claim(eq(bound, upper))


paper.note(
    "prose:fragment",
    where="appendix, between lines 1 and 2 of the upper bound",
    kind="claim",
    latex="",
    outcome="illegible",
    ocr="A line that repeats parts of its neighbours out of order; both neighbours are checked.",
)
