"""Sections 4.2.1 and 4.2.2: the compromise, both initial laws, the singular values."""

from __future__ import annotations

import sympy as sp

from symvar.claims import (
    Claim,
    HasLaw,
    IdenticallyDistributed,
    Independent,
    Uniform,
    Var,
    random_variable,
)
from symvar.claims.closed_form import ClosedForm

from .setting import after, before, depth, eq, here, layer, paper, var_last, weight

compromise = 2 / (here + after)
more = sp.Symbol("m", integer=True, nonnegative=True)


@paper.equation(
    "12",
    where="section 4.2.1",
    kind="definition",
    latex=r"\forall i,\ \mathrm{Var}[W^i] = \frac{2}{n_i + n_{i+1}}",
    note="The harmonic mean of what (10) and (11) ask, so the average of the two left sides is 1; "
    "checked is this, and that it lies between the two. The plain mean of both variances would "
    "be larger.",
)
def eq12() -> Claim:
    """Both constraints added; and both inequalities where the second layer is wider by m."""
    wider = compromise.subs(after, here + more)
    return Claim(
        (
            eq((here * compromise + after * compromise) / 2, 1),
            sp.Le(wider, 1 / here, evaluate=False),
            sp.Ge(wider, 1 / (here + more), evaluate=False),
            sp.Le(compromise, (1 / here + 1 / after) / 2, evaluate=False),
        )
    )


@paper.equation(
    "prose:same width",
    where="section 4.2.1",
    latex=r"n_i = n_{i+1} \implies n_i\mathrm{Var}[W^i] = n_{i+1}\mathrm{Var}[W^i] = 1",
)
def same_width() -> Claim:
    """The compromise meets both constraints."""
    return Claim((eq(here * compromise, 1), eq(after * compromise, 1)), given=[sp.Eq(after, here)])


end = 1 / sp.sqrt(here)


@paper.equation(
    "15",
    where="section 4.2.1",
    latex=r"n\,\mathrm{Var}[W] = \tfrac13",
)
def eq15() -> Claim:
    """The law (1)."""
    return Claim(
        eq(here * Var(weight), sp.Rational(1, 3)), given=[HasLaw(weight, Uniform(-end, end))]
    )


@paper.equation(
    "prose:decreasing",
    where="section 4.2.1",
    latex=r"\text{with (15) the variance of the gradients depends on the layer, and decreases}",
    note=r"Backward: it is $3^{-(d-i)}$ of that at the last layer.",
)
def decreasing() -> Claim:
    """The closed form, and each layer against the one after."""
    value = sp.Rational(1, 3) ** (depth - layer) * var_last
    share = here * end**2 / 3
    steps = sp.Symbol("k", integer=True, nonnegative=True)
    return Claim(
        (
            ClosedForm(value, layer, depth, var_last, share * before, before, upward=False),
            sp.Lt(3 ** (-steps - 1) * var_last, 3 ** (-steps) * var_last, evaluate=False),
        )
    )


@paper.equation(
    "16",
    where="section 4.2.1",
    kind="definition",
    latex=r"W \sim U\!\left[-\frac{\sqrt6}{\sqrt{n_j + n_{j+1}}}, "
    r"\frac{\sqrt6}{\sqrt{n_j + n_{j+1}}}\right]",
    note="Checked: the variance is that of (12).",
)
def eq16() -> Claim:
    """The variance of the law."""
    bound = sp.sqrt(6) / sp.sqrt(here + after)
    return Claim(eq(Var(weight), compromise), given=[HasLaw(weight, Uniform(-bound, bound))])


paper.note(
    "17",
    where="section 4.2.2",
    kind="definition",
    latex=r"J^i = \frac{\partial z^{i+1}}{\partial z^i}",
)

one, two = sp.symbols("sigma_1 sigma_2", positive=True)
z_1, z_2 = map(random_variable, ("z_1", "z_2"))


@paper.equation(
    "prose:singular values",
    where="section 4.2.2",
    latex=r"\text{average singular value of } J = \text{ratio of volumes} = "
    r"\text{ratio of average variances}",
    outcome="erratum",
    corrected_latex=r"\prod_k\sigma_k(J) = \text{ratio of volumes}, \qquad "
    r"\frac1n\sum_k\sigma_k(J)^2 = \text{ratio of average variances}",
    assumptions=("two units in each layer, activations independent with one variance",),
    note="The source says 'corresponds to'. As equalities both fail in general: volumes take the "
    "product, variances the mean of the squares. Its figures 0.8 and 0.5 are the average "
    "singular values; the variance ratios are 1 and 1/3 there.",
)
def singular_values() -> Claim:
    """A diagonal Jacobian; then any of two by two, by the eigenvalues of J^T J."""
    a, b, c, d = sp.symbols("a b c d", real=True)
    jacobian = sp.Matrix([[a, b], [c, d]])
    gram = jacobian.T * jacobian
    mean, root = gram.trace() / 2, sp.sqrt((gram.trace() / 2) ** 2 - gram.det())
    squares = (mean + root, mean - root)

    def ratio(matrix: sp.Matrix) -> sp.Expr:
        rows = (matrix[r, 0] * z_1 + matrix[r, 1] * z_2 for r in range(2))
        return sum(map(Var, rows), sp.Integer(0)) / 2

    average = (one + two) / 2
    diagonal = sp.diag(one, two)
    return Claim(
        (eq(average, diagonal.det()), eq(average * Var(z_1), ratio(diagonal))),
        given=[Independent(z_1, z_2), IdenticallyDistributed(z_1, z_2)],
        corrected=(
            eq(squares[0] * squares[1], jacobian.det() ** 2),
            eq(sum(squares) / 2 * Var(z_1), ratio(jacobian)),
        ),
    )


@paper.equation(
    "prose:0.8 and 0.5",
    where="section 4.2.2",
    kind="empirical",
    latex=r"\text{average singular value } \approx 0.8 \text{ with (16)}, "
    r"\ 0.5 \text{ with (1)}",
    strength="enclosed",
    assumptions=("linear regime, equal and large widths",),
    note=r"In the limit of wide layers the singular values follow the quarter-circle law: the "
    r"mean is $8/(3\pi) = 0.849$ with (16), and $8/(3\sqrt3\pi) = 0.490$ with (1). A measured "
    "0.8 is a little less, as tanh damps.",
)
def rounded() -> Claim:
    """Within half a unit of the printed digit."""
    s = sp.Symbol("s", positive=True)
    density = sp.sqrt(4 - s**2) / sp.pi
    mean = sp.integrate(s * density, (s, 0, 2))
    half = sp.Rational(1, 20)
    pairs = ((mean, sp.Rational(4, 5)), (mean / sp.sqrt(3), sp.Rational(1, 2)))
    return Claim(
        tuple(
            part
            for value, said in pairs
            for part in (
                sp.Ge(value, said - half, evaluate=False),
                sp.Lt(value, said + half, evaluate=False),
            )
        )
    )
