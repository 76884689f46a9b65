"""Section 4.2, equations (26) to (34): variances backward."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims import (
    Claim,
    E,
    Gaussian,
    HasLaw,
    IdenticallyDistributed,
    Independent,
    Instances,
    Var,
    ZeroMean,
    random_family,
    random_variable,
)
from symvar.geometry import Axis

from .laws import (
    BACK,
    CENTRED,
    EACH_OTHER,
    GATED,
    MUTUAL,
    SLOPES,
    THRESHOLD,
    WEIGHTS,
    D,
    S,
    W,
    d,
    gate,
    i,
    s,
    total,
    w,
    x,
)
from .section4_forward import PRINTED_TOGETHER
from .setting import m, m_next, paper, r, stated, v

READING = (
    "Literally: s stands for the derivative of the activation, taken at whatever it is taken at."
)


@paper.equation(
    "26",
    where="section 4.2",
    latex=r"\xi_{l-1} = \mathbf{w}\varphi'(\delta)"
    r" = \sum_{i=1}^{c_l k_{l-1}^2} w_i \times \varphi'(\xi_{l,i})",
    outcome="erratum",
    corrected_latex=r"\xi_{l-1} = \sum_{i=1}^{m_l} w_i\,\varphi'(x_{l,i})\,\xi_{l,i}",
    note="The derivative of the activation is taken at the pre-activation and multiplies the "
    "error, as in he and asv; printed, it is applied to the error. For ReLU that forgets "
    "the size of the error: doubling all errors changes nothing. The error is the derivative by "
    "the layer's output here; by its pre-activation the factor is that of layer l-1, before the "
    "sum. The source reads it this way itself where it says, before (35), that the derivative "
    "sends entries of the error to 0.",
)
def eq26() -> Claim:
    weights, errors = sp.symbols("w_1:3", real=True), sp.symbols("xi_1:3", real=True)
    fed, slope, bend = sp.symbols("y_{l-1} a c", real=True)

    def activation(value: Any) -> Any:
        return slope * value + bend * value**2

    def derivative(value: Any) -> Any:
        return slope + 2 * bend * value

    pairs = tuple(zip(weights, errors, strict=True))
    true = sp.Add(*(error * activation(a * fed) for a, error in pairs)).diff(fed)
    printed = sp.Add(*(a * derivative(error) for a, error in pairs))
    right = sp.Add(*(a * derivative(a * fed) * error for a, error in pairs))
    return Claim(stated(true, printed), corrected=stated(true, right))


@paper.equation(
    "prose:window-count-back",
    where="section 4.2",
    latex=r"m_l = c_l \times k_{l-1}^2",
    outcome="erratum",
    strength="instances",
    corrected_latex=r"m_l = c_l \times k_l^2",
    note="With the layers of (11), where the kernel between layers l-1 and l is k_l wide; c_l "
    "counts its outputs here and its inputs in section 4.1. Holds as printed where w_{l-1} is "
    "that kernel, the convention of (10) and (26). Counted for an input away from the border, "
    "stride 1; a stride s divides the number of readers by s squared, which no formula of the "
    "source shows and asv's does.",
)
def window_count_back() -> Claim:
    channels = sp.Symbol("c_l", positive=True, integer=True)

    def readers(kernel: int) -> int:
        """How many windows read the middle input, over both axes."""
        axis = Axis(4 * kernel + 1, kernel)
        middle = 2 * kernel
        return sum(middle in axis.reads(out) for out in range(int(axis.outputs))) ** 2

    cases = [(here, before) for here in range(1, 8) for before in range(1, 8)]
    words = "kernels k_l, k_{l-1} from 1 to 7"

    def claim(index: int) -> Instances:
        return Instances(
            lambda case: stated(channels * readers(case[0]), channels * case[index] ** 2),
            cases,
            words,
        )

    return Claim(claim(1), corrected=claim(0))


@paper.equation(
    "prose:error-independent",
    where="section 4.2",
    kind="assumption",
    latex=r"\mathbf{w}_{l-1} \text{ and } \delta_l \text{ are independent}",
    outcome="erratum",
    corrected_latex=r"\delta_l = w_{l+1}R,\; R \text{ independent of all weights}",
    note="The error depends on the output, and the output on every weight below it. Two linear "
    "layers of one unit, squared loss, target 0: the error is w_2 w_1 x, and the mean of the "
    "product of the squares that (32) splits is three times that of the parts. It holds for "
    "linear layers and a cotangent drawn independently; wide networks come close to it.",
)
def error_independent() -> Claim:
    below, here, above, drawn = map(random_variable, ("w_1", "w_2", "w_3", "R"))
    fed = sp.Symbol("x", positive=True)

    def splits(error: Any) -> Any:
        return stated(E(here**2 * error**2), E(here**2) * E(error**2))

    return Claim(
        splits(here * below * fed),
        given=[
            HasLaw(below, Gaussian(0, v)),
            HasLaw(here, Gaussian(0, v)),
            Independent(below, here, above, drawn),
        ],
        corrected=splits(above * drawn),
    )


@paper.equation(
    "27",
    where="section 4.2",
    latex=r"E(\xi_{l-1}) = E\Big(\sum_{i=1}^{m_l} w_i\varphi'(\xi_{l,i})\Big)"
    r" = m_l E(w_i)E(\varphi'(\xi_{l,i}))",
    note=READING,
)
def eq27() -> Claim:
    return Claim(stated(E(total(w[i] * s[i], m)), m * E(W) * E(S)), given=(*WEIGHTS, *SLOPES))


@paper.equation(
    "28",
    where="section 4.2",
    latex=r"\mathrm{Var}(\xi_{l-1}) = \mathrm{Var}\Big(\sum_{i=1}^{m_l}"
    r"w_i\varphi'(\xi_{l,i})\Big) = m_l\mathrm{Var}(w_i\varphi'(\xi_{l,i}))",
    outcome="holds-under",
    beyond=(MUTUAL, PRINTED_TOGETHER),
    note=f"{READING} As (14).",
)
def eq28() -> Claim:
    return Claim(
        stated(Var(total(w[i] * s[i], m)), m * Var(W * S)),
        given=(*WEIGHTS, *SLOPES),
        extra=(*EACH_OTHER, *CENTRED),
    )


@paper.equation(
    "29",
    where="section 4.2",
    latex=r"E(\delta_{l-1}) = E\Big(\sum_{i=1}^{m_l}\mathbf{w}_{l-1}\varphi'(\delta_l)\Big)"
    r" = m_l E(\mathbf{w}_l)E(\varphi'(\delta_l))",
    outcome="erratum",
    corrected_latex=r"E(\delta_{l-1}) = m_l E(\mathbf{w}_{l-1})E(\varphi'(\delta_l))",
    note=f"The index of the last weight changes on the way; (33) has l-1 again. {READING} Without "
    "consequence once all means are zero.",
    ocr="A slip of one index.",
)
def eq29() -> Claim:
    other = random_variable("w_{l+1}")
    left = E(total(w[i] * s[i], m))
    return Claim(
        stated(left, m * E(other) * E(S)),
        given=(*WEIGHTS, *SLOPES),
        corrected=stated(left, m * E(W) * E(S)),
    )


@paper.equation(
    "30",
    where="section 4.2",
    latex=r"\mathrm{Var}(\delta_{l-1}) = m_l\mathrm{Var}(\mathbf{w}_{l-1}\varphi'(\delta_l))",
    outcome="holds-under",
    beyond=(MUTUAL, PRINTED_TOGETHER),
    note=f"(28) with the population for its members. {READING}",
)
def eq30() -> Claim:
    return eq28()


@paper.equation(
    "prose:error-mean",
    where="section 4.2",
    latex=r"E(\mathbf{w}_{l-1}) = 0 \;\Rightarrow\; E(\delta_{l-1}) = 0",
)
def error_mean() -> Claim:
    return Claim(stated(E(total(w[i] * s[i], m)), 0), given=(*WEIGHTS, *SLOPES, *CENTRED))


@paper.equation(
    "31",
    where="section 4.2",
    latex=r"\mathrm{Var}(\mathbf{w}_{l-1}\varphi'(\delta_l))"
    r" = E(\mathbf{w}_{l-1}^2[\varphi'(\delta_l)]^2) - [E(\mathbf{w}_{l-1}\varphi'(\delta_l))]^2"
    r" = E(\mathbf{w}_{l-1}^2[\varphi'(\delta_l)]^2)",
    note=READING,
)
def eq31() -> Claim:
    square = E(W**2 * S**2)
    return Claim(
        (stated(Var(W * S), square - E(W * S) ** 2), stated(Var(W * S), square)),
        given=[Independent(W, S), ZeroMean(W)],
    )


@paper.equation(
    "32",
    where="section 4.2",
    latex=r"\mathrm{Var}(\mathbf{w}_{l-1}\varphi'(\delta_l))"
    r" = E(\mathbf{w}_{l-1}^2)E([\varphi'(\delta_l)]^2)",
    note=f"{READING} For the independence it rests on see prose:error-independent.",
)
def eq32() -> Claim:
    return Claim(stated(Var(W * S), E(W**2) * E(S**2)), given=[Independent(W, S), ZeroMean(W)])


@paper.equation(
    "33",
    where="section 4.2",
    latex=r"\mathrm{Var}(\delta_{l-1}) = m_l\mathrm{Var}(\mathbf{w}_{l-1})"
    r"E([\varphi'(\delta_l)]^2)",
    outcome="holds-under",
    beyond=(MUTUAL,),
    note=READING,
)
def eq33() -> Claim:
    return Claim(
        stated(Var(total(w[i] * s[i], m)), m * Var(W) * E(S**2)),
        given=(*WEIGHTS, *SLOPES, *CENTRED),
        extra=EACH_OTHER,
    )


@paper.equation(
    "prose:last-error",
    where="section 4.2",
    latex=r"\mathrm{Var}(\delta_{n-1}) = \lambda'_{n-1} m_n\mathrm{Var}(\mathbf{w}_{n-1})"
    r"\mathrm{Var}(\delta_n)",
    outcome="holds-under",
    beyond=(MUTUAL, "the derivative multiplies the error and is independent of it"),
    survivors=THRESHOLD,
    note="For ReLU, lambda' = 1/2, the error multiplied by 1 or 0.",
)
def last_error() -> Claim:
    return Claim(
        stated(Var(total(w[i] * gate(x[i]) * d[i], m)), m * Var(W) * Var(D) / 2),
        given=(*WEIGHTS, *CENTRED, *BACK),
        extra=(*EACH_OTHER, *GATED),
    )


@paper.equation(
    "prose:last-weight",
    where="section 4.2",
    latex=r"\mathrm{Var}(\mathbf{w}_{n-1}) = \frac{1}{\lambda'_n m_n} \;\Rightarrow\;"
    r"\mathrm{Var}(\delta_{n-1}) = \mathrm{Var}(\delta_n)",
    outcome="erratum",
    corrected_latex=r"\mathrm{Var}(\mathbf{w}_{n-1}) = \frac{1}{\lambda'_{n-1} m_n}",
    note="The factor in the line before has index n-1; the general formula after it agrees with "
    "that.",
    ocr="A slip of one index.",
)
def last_weight() -> Claim:
    before, here = sp.symbols("lambda'_{n-1} lambda'_n", positive=True)
    other = random_family("w'")

    def drawn(family: Any, share: sp.Expr) -> tuple[Any, ...]:
        law = HasLaw(family, Gaussian(0, 1 / (share * m)))
        return (law, Independent(family), Independent(family, s))

    def kept(family: Any) -> Any:
        return stated(Var(total(family[i] * s[i], m)), E(S**2) / before)

    given = (IdenticallyDistributed(s, S), *drawn(w, here), *drawn(other, before))
    return Claim(kept(w), given=given, corrected=kept(other))


@paper.equation(
    "prose:recursion-back",
    where="section 4.2",
    latex=r"\mathrm{Var}(\delta_{l-1}) = \lambda'_{l-1} m_n\mathrm{Var}(\mathbf{w}_{l-1})"
    r"\mathrm{Var}(\delta_l)",
    outcome="erratum",
    corrected_latex=r"\mathrm{Var}(\delta_{l-1}) = \lambda'_{l-1} m_l\mathrm{Var}(\mathbf{w}_{l-1})"
    r"\mathrm{Var}(\delta_l)",
    survivors=THRESHOLD,
    note="The fan-out is that of layer l, as in (33), not that of the last layer. For ReLU.",
    ocr="A slip of one index.",
)
def recursion_back() -> Claim:
    left = Var(total(w[i] * gate(x[i]) * d[i], m))
    return Claim(
        stated(left, m_next * Var(W) * Var(D) / 2),
        given=(*WEIGHTS, *CENTRED, *BACK, *EACH_OTHER, *GATED),
        corrected=stated(left, m * Var(W) * Var(D) / 2),
    )


@paper.equation(
    "34",
    where="section 4.2",
    latex=r"\mathbf{w}_l \sim N(0, \tfrac{1}{\lambda'_l m_{l+1}}) \;\Rightarrow\;"
    r"\mathrm{Var}(\delta_l) = \mathrm{Var}(\delta_{l+1})",
    note="With lambda' the share that the derivative leaves of the error's variance, as the "
    "paragraph before has it; for the printed definition see prose:lambda'-definition.",
)
def eq34() -> Claim:
    share = sp.Symbol("lambda'_l", positive=True)
    given = [
        HasLaw(w, Gaussian(0, 1 / (share * m))),
        Independent(w),
        IdenticallyDistributed(s, S),
        Independent(w, s),
    ]
    return Claim(stated(Var(total(w[i] * s[i], m)), E(S**2) / share), given=given)


@paper.equation(
    "prose:lambda'-definition",
    where="section 4.2",
    latex=r"\lambda'_l = \frac{\mathrm{Var}(\delta_l)}{E([\varphi'(\delta_l)]^2)}",
    outcome="erratum",
    corrected_latex=r"\lambda'_l = \frac{E([\varphi'(\delta_{l+1})]^2)}"
    r"{\mathrm{Var}(\delta_{l+1})}",
    survivors=THRESHOLD,
    note="Upside down against the paragraph before, and one layer off; with it and (34) the "
    "variance of the error falls to a quarter at each ReLU layer.",
)
def lambda_back_definition() -> Claim:
    other, left = random_family("w'"), r / 2

    def drawn(family: Any, share: sp.Expr) -> tuple[Any, ...]:
        law = HasLaw(family, Gaussian(0, 1 / (share * m)))
        return (law, Independent(family), Independent(family, (x, d)))

    def kept(family: Any) -> Any:
        return stated(Var(total(family[i] * gate(x[i]) * d[i], m)), Var(D))

    given = (*BACK, *GATED, *drawn(w, r / left), *drawn(other, left / r))
    return Claim(kept(w), given=given, corrected=kept(other))


@paper.equation(
    "prose:dense-as-convolution",
    where="section 4.2",
    latex=r"\text{a dense layer is a convolution with kernels } 1\times1:\; n_l = c_l",
    strength="instances",
    note="Each output on a 1x1 map reads each of its c inputs once.",
)
def dense_as_convolution() -> Claim:
    def claim(channels: int) -> Any:
        return stated(channels * len(list(Axis(1, 1).reads(0))) ** 2, channels)

    return Claim(Instances(claim, range(1, 9), "1 to 8 channels"))
