"""Section 2.2.1: the bounds on the variance of the weights' changes."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim

from .setting import eq, eta, mean_a, mean_z, paper, var_a, var_change, var_z

LOWER = r"\eta^2 E^2\!\left(\tfrac{\partial\varepsilon}{\partial S^l}\right) Var(Z^l)"
UPPER = (
    r"2\eta^2\left(Var\!\left(\tfrac{\partial\varepsilon}{\partial S^l}\right) E^2(Z^l) + "
    r"Var(Z^l) Var\!\left(\tfrac{\partial\varepsilon}{\partial S^l}\right) + "
    r"Var(Z^l) E^2\!\left(\tfrac{\partial\varepsilon}{\partial S^l}\right)\right)"
)
EMPIRICAL = (
    "E and Var are mean and variance over the units of a layer, or over its weights, by the proof",
    "one example: the changes are the products of the two vectors",
)

lower = eta**2 * mean_a**2 * var_z
spread = var_a * mean_z**2 + var_z * var_a + var_z * mean_a**2
upper = 2 * eta**2 * spread


@paper.equation(
    "4",
    where="section 2.2.1",
    latex=rf"{LOWER} \le Var(\Delta W^l) \le {UPPER}",
    assumptions=EMPIRICAL,
    note="Both bounds hold for all layer sizes. They are not needed: the variance is exactly half "
    "of the upper bound (see Theorem 1).",
)
def eq4() -> Claim:
    """Both inequalities, for every m and n."""
    return Claim(
        (sp.Le(lower, var_change, evaluate=False), sp.Le(var_change, upper, evaluate=False))
    )


@paper.equation(
    "Theorem 1",
    where="section 2.2.1",
    latex=r"S^l = W^l Z^l \implies \text{the variance of } \Delta W^l \text{ has the bounds (4)}",
    assumptions=EMPIRICAL,
    note="The theorem claims (4). What is checked here is more: as the changes are products "
    r"$-\eta a_i z_j$ over all pairs, their variance is $\eta^2$ times the bracket of the upper "
    "bound, with no inequality; the factor 2 is lost by bounding a square of a sum whose cross "
    "term vanishes. The lower bound is reached iff the mean square of z or the variance of a is "
    "zero. For a mini-batch the changes are sums of such products and (4) can fail: m = n = 1 has "
    "variance zero, whatever the activations over the batch do.",
)
def theorem_1() -> Claim:
    """The variance itself."""
    return Claim(
        (sp.Le(lower, var_change, evaluate=False), eq(var_change, upper / 2)),
    )


@paper.equation(
    "prose:zero means",
    where="section 2.2.1",
    latex=r"E(Z^l) \to 0,\ E\!\left(\tfrac{\partial\varepsilon}{\partial S^l}\right) \to 0 "
    r"\text{ makes the training more stable}",
    assumptions=EMPIRICAL,
    note="In numbers: both variances kept, the variance of the changes is smallest at zero means, "
    r"$\eta^2 Var(Z) Var(\partial\varepsilon/\partial S)$. The lower bound is zero there, so it "
    "says nothing about flow of information.",
)
def zero_means() -> Claim:
    """The variance never falls below its value at zero means."""
    return Claim(sp.Ge(var_change, eta**2 * var_a * var_z, evaluate=False))
