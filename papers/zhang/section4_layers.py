"""Section 4.1, equations (19) to (22): from layer to layer."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar import expect
from symvar.claims import (
    Claim,
    E,
    Gaussian,
    HasLaw,
    IdenticallyDistributed,
    Independent,
    Var,
    ZeroMean,
    random_family,
    random_variable,
)
from symvar.symbols import x as z

from .laws import (
    BEFORE,
    CENTRED,
    EACH_OTHER,
    SYMMETRIC,
    WEIGHTS,
    W,
    X,
    Y,
    i,
    total,
    w,
    x,
    y,
)
from .setting import n, n_next, paper, q, relu, stated


def first_layer(id: str, name: str, fact: str) -> None:
    """(19) and (20): the activation applied to the data, which pass none."""

    @paper.equation(
        id,
        where="section 4.1",
        latex=rf"\mathrm{{Var}}(\mathbf{{x}}_1) = n_1\mathrm{{Var}}(\mathbf{{w}}_1)"
        rf"E([\varphi({name})]^2)",
        outcome="erratum",
        corrected_latex=rf"\mathrm{{Var}}(\mathbf{{x}}_1) = n_1\mathrm{{Var}}(\mathbf{{w}}_1)"
        rf"E({name}^2)",
        note=f"The sentence before says that no activation acts here. {fact} "
        "It holds with the identity for the activation, and the line after (20) reads it so.",
    )
    def claim() -> Claim:
        fed, one = random_family("x_0"), random_variable("x_0")
        given = [
            *WEIGHTS,
            *CENTRED,
            *EACH_OTHER,
            IdenticallyDistributed(fed, one),
            Independent(w, fed),
        ]
        given += [ZeroMean(fed, one)] if id == "20" else []
        left = Var(total(w[i] * fed[i], n))
        return Claim(
            stated(left, n * Var(W) * E(relu(one) ** 2)),
            given=given,
            corrected=stated(left, n * Var(W) * (E(one**2) if id == "19" else Var(one))),
        )


first_layer("19", r"\mathbf{x}_0", "With ReLU half of a symmetric input's square would be lost.")
first_layer("20", r"\hat{\mathbf{x}}_0", "The centred data have negative entries for sure.")


@paper.equation(
    "prose:centred-data",
    where="section 4.1",
    latex=r"\hat{\mathbf{x}}_0 = \mathbf{x}_0 - \mu:\quad E(\hat{\mathbf{x}}_0) = 0,\;"
    r"\mathrm{Var}(\hat{\mathbf{x}}_0) = E(\hat{\mathbf{x}}_0^2) = \mathrm{Var}(\mathbf{x}_0)",
)
def centred_data() -> Claim:
    data = random_variable("x_0")
    centred = data - E(data)
    return Claim(
        (
            stated(E(centred), 0),
            stated(Var(centred), E(centred**2)),
            stated(Var(centred), Var(data)),
        )
    )


@paper.equation(
    "21",
    where="section 4.1",
    latex=r"\mathbf{w}_1 \sim N(0, \tfrac{1}{n_1}) \;\Rightarrow\;"
    r"\mathrm{Var}(\mathbf{x}_1) = \mathrm{Var}(\mathbf{x}_0)",
    note="For centred data, the weights independent.",
)
def eq21() -> Claim:
    fed, one = random_family("x_0"), random_variable("x_0")
    given = [
        HasLaw(w, Gaussian(0, 1 / n)),
        Independent(w),
        IdenticallyDistributed(fed, one),
        Independent(w, fed),
        ZeroMean(fed, one),
    ]
    return Claim(stated(Var(total(w[i] * fed[i], n)), Var(one)), given=given)


@paper.equation(
    "prose:second-layer",
    where="section 4.1",
    latex=r"\mathrm{Var}(\mathbf{x}_2) = n_2\mathrm{Var}(\mathbf{w}_2)\mathrm{Var}(\mathbf{y}_1)"
    r" = n_2\mathrm{Var}(\mathbf{w}_2)E([\varphi(\mathbf{x}_1)]^2)",
    outcome="erratum",
    corrected_latex=r"\mathrm{Var}(\mathbf{x}_2) = n_2\mathrm{Var}(\mathbf{w}_2)E(\mathbf{y}_1^2)",
    note="The variance of y is taken for its second moment; an output of ReLU has a mean above "
    "zero, so it is smaller. He et al. warn of just this. The last member is right.",
)
def second_layer() -> Claim:
    given = (*WEIGHTS, *BEFORE, *CENTRED, *EACH_OTHER, *SYMMETRIC)
    left = Var(total(w[i] * relu(x[i]), n))
    return Claim(
        stated(left, n * Var(W) * Var(relu(X))),
        given=given,
        corrected=stated(left, n * Var(W) * E(relu(X) ** 2)),
    )


@paper.equation(
    "prose:second-layer-lambda",
    where="section 4.1",
    latex=r"\mathrm{Var}(\mathbf{x}_1) = \lambda_2 n_2\mathrm{Var}(\mathbf{w}_2)"
    r"\mathrm{Var}(\mathbf{x}_1)",
    outcome="erratum",
    corrected_latex=r"\mathrm{Var}(\mathbf{x}_2) = \lambda_2 n_2\mathrm{Var}(\mathbf{w}_2)"
    r"\mathrm{Var}(\mathbf{x}_1)",
    note="The left side is that of layer 2, as the line before has it; read as printed it says "
    "that the product is 1, whatever the weights. Checked for ReLU, lambda = 1/2.",
    ocr="A slip of one index.",
)
def second_layer_lambda() -> Claim:
    given = (*WEIGHTS, *BEFORE, *CENTRED, *EACH_OTHER, *SYMMETRIC)
    right = n * Var(W) * Var(X) / 2
    return Claim(
        stated(Var(X), right),
        given=given,
        corrected=stated(Var(total(w[i] * relu(x[i]), n)), right),
    )


@paper.equation(
    "prose:recursion",
    where="section 4.1",
    latex=r"\mathrm{Var}(\mathbf{x}_{l+1}) = \lambda_l n_l\mathrm{Var}(\mathbf{w}_l)"
    r"\mathrm{Var}(\mathbf{x}_l)",
    outcome="erratum",
    corrected_latex=r"\mathrm{Var}(\mathbf{x}_{l+1}) = \lambda_{l+1} n_{l+1}"
    r"\mathrm{Var}(\mathbf{w}_{l+1})\mathrm{Var}(\mathbf{x}_l)",
    note="By (18) it is the kernel of layer l+1 and its fan-in that lead to x_{l+1}. With the "
    "printed indices the variance is kept only where neighbouring fans agree. Checked for ReLU.",
)
def recursion() -> Claim:
    after, one = random_family("w_{l+1}"), random_variable("w_{l+1}")
    given = (
        IdenticallyDistributed(after, one),
        Independent(after),
        ZeroMean(after, one, W),
        IdenticallyDistributed(x, X),
        Independent(after, x),
        *SYMMETRIC,
    )
    left = Var(total(after[i] * relu(x[i]), n_next))
    return Claim(
        stated(left, n * Var(W) * Var(X) / 2),
        given=given,
        corrected=stated(left, n_next * Var(one) * Var(X) / 2),
    )


KEPT = expect(relu(z) ** 2, z, q)
"""The second moment that ReLU leaves of a Gaussian of variance q."""


@paper.equation(
    "prose:lambda-definition",
    where="section 4.1",
    latex=r"\lambda_l = \frac{\mathrm{Var}(\mathbf{x}_l)}{E([\varphi(\mathbf{x}_l)]^2)}",
    outcome="erratum",
    corrected_latex=r"\lambda_l = \frac{E([\varphi(\mathbf{x}_{l-1})]^2)}"
    r"{\mathrm{Var}(\mathbf{x}_{l-1})}",
    note="Upside down, and one layer late. With the printed one and (22) the variance after a ReLU "
    "layer is a quarter; for ReLU it is 2 and not the 1/2 that the source goes on with. The "
    "paragraph before (22) defines it the right way up.",
)
def lambda_definition() -> Claim:
    other = random_family("w'")

    def drawn(family: Any, factor: sp.Expr) -> tuple[Any, ...]:
        law = HasLaw(family, Gaussian(0, 1 / (factor * n)))
        return (law, Independent(family), Independent(family, x))

    def kept(family: Any) -> Any:
        return stated(Var(total(family[i] * relu(x[i]), n)), Var(X))

    given = (IdenticallyDistributed(x, X), *SYMMETRIC, *drawn(w, q / KEPT), *drawn(other, KEPT / q))
    return Claim(kept(w), given=given, corrected=kept(other))


@paper.equation(
    "22",
    where="section 4.1",
    latex=r"\mathbf{w}_l \sim N(0, \tfrac{1}{\lambda_l n_l}) \;\Rightarrow\;"
    r"\mathrm{Var}(\mathbf{x}_l) = \mathrm{Var}(\mathbf{x}_{l-1})",
    note="With lambda the share of the variance that the activation leaves in the second moment, "
    "as the paragraph before has it, for any activation. For the printed definition see "
    "prose:lambda-definition. The induction to Var(x_n) = Var(x_1) is this step repeated.",
)
def eq22() -> Claim:
    factor = sp.Symbol("lambda_l", positive=True)
    given = [
        HasLaw(w, Gaussian(0, 1 / (factor * n))),
        Independent(w),
        IdenticallyDistributed(y, Y),
        Independent(w, y),
    ]
    before = E(Y**2) / factor
    return Claim(stated(Var(total(w[i] * y[i], n)), before), given=given)
