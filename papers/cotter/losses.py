"""Section 1.2.3.1 and 1.2.3.2: derivatives of the loss by the network's output."""

from __future__ import annotations

from itertools import combinations

import sympy as sp

from symvar.claims import Claim, Instances, gradient, jacobian

from .setting import N, N_b, eq, paper, real
from .stochastic import SMALL, losses, mean_over_batches

REGRESSION, CLASSIFICATION = "section 1.2.3.1", "section 1.2.3.2"
target, output, others = real("y^(n) Y^(n) R")
first, second = real("Y_i Y_j")
rest = sp.Symbol("R", nonnegative=True)
total = sp.exp(first) + sp.exp(second) + rest
sigma_i, sigma_j = sp.exp(first) / total, sp.exp(second) / total


@paper.equation(
    "1.2.8",
    where=REGRESSION,
    latex=r"\frac{\partial J}{\partial Y^{(L)}} = \frac{\partial}{\partial Y^{(L)}}"
    r" \left(\frac{1}{N} \sum_{n=1}^{N_b} \frac{1}{2} (y^{(n)} - Y^{(L,n)})^2 \right)",
    corrected_latex=r"\frac{1}{N_b} \sum_{n=1}^{N_b} \frac{1}{2} (y^{(n)} - Y^{(L,n)})^2",
    outcome="erratum",
    strength="instances",
    note="The sum over a batch of N_b is divided by N: as an estimate of (1.1.8) it is too small by"
    " N_b/N. Right if N_b = N. Checked for any losses of the pairs: the mean over all batches"
    " against (1.1.8). Y^(L) without the index of a sample is not said to be one of them, or all.",
)
def batch_loss() -> Claim:
    """The mean over all batches against the loss of the data set."""

    def stated(case: tuple[int, int], divisor: int) -> sp.Eq:
        count, batch = case
        data = losses(count)
        batches = [list(each) for each in combinations(data, batch)]
        return eq(mean_over_batches(batches, divisor), sum(data) / sp.Integer(count))

    words = "all batches of data sets of 1 to 4 pairs"
    return Claim(
        Instances(lambda case: stated(case, case[0]), SMALL, words),
        corrected=Instances(lambda case: stated(case, case[1]), SMALL, words),
    )


@paper.equation(
    "1.2.9",
    where=REGRESSION,
    latex=r"= \frac{1}{N} \sum_{n=1}^{N_b} (Y^{(L,n)} - y^{(n)})",
    corrected_latex=r"\frac{\partial J}{\partial Y^{(L,n)}}"
    r" = \frac{1}{N_b} (Y^{(L,n)} - y^{(n)})",
    outcome="erratum",
    note="The derivative by the output of sample n keeps only its own term. The sum is the"
    " derivative by a shift common to all outputs, as of an output bias; and it holds for N_b = 1."
    " The weight gradient needs the terms apart, each with the input of its sample. T is the sum"
    " of the residuals of the other samples, R that of their losses.",
)
def regression_derivative() -> Claim:
    """The loss of a batch, derived by one output."""
    residuals = real("T")

    def derived(divisor: sp.Expr) -> sp.Expr:
        return sp.diff(((target - output) ** 2 / 2 + others) / divisor, output)

    return Claim(
        eq(derived(N), (output - target + residuals) / N),
        given=(sp.Ge(N, 2),),
        corrected=eq(derived(N_b), (output - target) / N_b),
    )


paper.note(
    "1.2.10",
    where=REGRESSION,
    latex=r"= e \in \mathbb{R}",
    kind="definition",
    note="One number per sample: e of a batch is in R^(N_b).",
)


@paper.equation(
    "1.2.11",
    where=CLASSIFICATION,
    latex=r"S_{ij} = \begin{cases} \sigma_i(1 - \sigma_j) & \text{if } i = j \\"
    r" -\sigma_i \sigma_j & \text{if } i \neq j \end{cases}",
    note="For all C: the exponentials of all classes but i and j sum to R. Numerator layout, row i"
    " belongs to output i; S is symmetric.",
)
def softmax_jacobian() -> Claim:
    """Both cases by differentiation."""
    return Claim(
        (
            eq(sp.diff(sigma_i, first), sigma_i * (1 - sigma_i)),
            eq(sp.diff(sigma_i, second), -sigma_i * sigma_j),
        )
    )


label, likelihood = sp.Symbol("y_c", nonnegative=True), sp.Symbol("yhat_c", positive=True)


@paper.equation(
    "1.2.12",
    where=CLASSIFICATION,
    latex=r"\frac{\partial J}{\partial \hat{y}} = \frac{\partial}{\partial \hat{y}}"
    r" \left(\frac{1}{N} \sum_{n=1}^{N_b} \sum_{c=1}^C y_c^{(n)} \log \hat{y}_c^{(n)} \right)",
    corrected_latex=r"\frac{\partial}{\partial \hat{y}} \left(-\frac{1}{N_b} \sum_{n=1}^{N_b}"
    r" \sum_{c=1}^C y_c^{(n)} \log \hat{y}_c^{(n)} \right)",
    outcome="erratum",
    note="The minus of the cross-entropy is lost, as in (1.1.15): descent would make the labels"
    " less likely. And 1/N should be 1/N_b, as in (1.2.8). Checked: what one sample and class adds"
    " to -1/N_b times the log-likelihood.",
)
def classification_loss() -> Claim:
    """One summand against the logarithm of one factor of the likelihood."""
    loss = -sp.log(likelihood**label) / N_b
    return Claim(
        eq(loss, label * sp.log(likelihood) / N),
        given=(sp.Le(N_b, N), sp.Lt(likelihood, 1), sp.Le(label, 1)),
        corrected=eq(loss, -label * sp.log(likelihood) / N_b),
    )


@paper.equation(
    "1.2.13",
    where=CLASSIFICATION,
    latex=r"= \frac{1}{N} \sum_{n=1}^{N_b} \sum_{c=1}^C \frac{y_c^{(n)}}{\hat{y}_c^{(n)}}",
    corrected_latex=r"\frac{\partial J}{\partial \hat{y}_c^{(n)}}"
    r" = -\frac{1}{N_b} \frac{y_c^{(n)}}{\hat{y}_c^{(n)}}",
    outcome="erratum",
    note="Even of (1.2.12) as printed this is not the derivative: by one entry of yhat only one"
    " term is left. The printed sums have no free index, so they are a number, where (1.2.14)"
    " wants a vector of C. Corrected also for the sign and N_b. T is the sum of the other terms.",
)
def classification_derivative() -> Claim:
    """The loss, derived by one entry."""
    terms = real("T")

    def derived(factor: sp.Expr) -> sp.Expr:
        return sp.diff(factor * (label * sp.log(likelihood) + others), likelihood)

    return Claim(
        eq(derived(1 / N), (label / likelihood + terms) / N),
        given=(sp.Ge(N, 2), sp.Ge(terms, 1), sp.Le(likelihood, 1), sp.Le(label, 1)),
        corrected=eq(derived(-1 / N_b), -label / (N_b * likelihood)),
    )


paper.note(
    "1.2.14",
    where=CLASSIFICATION,
    latex=r"= d \in \mathbb{R}^C",
    kind="definition",
    note="A vector for each sample, with the entries corrected at (1.2.13).",
)


def network(classes: int) -> tuple[sp.Matrix, sp.Matrix]:
    """The outputs Y of C classes, and their softmax."""
    outputs = sp.Matrix(real(f"Y_1:{classes + 1}"))
    exponentials = outputs.applyfunc(sp.exp)
    return outputs, exponentials / sum(exponentials)


def jacobian_as_printed(classes: int) -> sp.ImmutableMatrix:
    """(1.2.11)."""
    _, probabilities = network(classes)

    def entry(i: int, j: int) -> sp.Expr:
        return probabilities[i] * (int(i == j) - probabilities[j])

    return sp.ImmutableMatrix(classes, classes, entry)


def labels(classes: int) -> sp.Matrix:
    """Any weights of the classes; a one-hot vector is one of them."""
    return sp.Matrix(real(f"y_1:{classes + 1}"))


def loss(classes: int) -> sp.Expr:
    """The cross-entropy of one sample, for any weights of the classes."""
    _, probabilities = network(classes)
    return -sum(y * sp.log(p) for y, p in zip(labels(classes), probabilities, strict=True))


def error(classes: int) -> sp.Matrix:
    """(1.2.14), corrected, for one sample."""
    _, probabilities = network(classes)
    return sp.Matrix([-y / p for y, p in zip(labels(classes), probabilities, strict=True)])


CLASSES = (1, 2, 3)
FEW = "1 to 3 classes, any weights of the classes for labels"


@paper.equation(
    "1.2.15",
    where=CLASSIFICATION,
    latex=r"\frac{\partial J}{\partial Y_j^{(L)}} = \sum_{i=1}^C"
    r" \frac{\partial J}{\partial \hat{y}_i} \frac{\partial \hat{y}_i}{\partial Y_j^{(L)}}",
    strength="instances",
    note="The chain rule, for one sample.",
)
def chain() -> Claim:
    """The derivative of the composed loss against the sum over the softmax's entries."""

    def build(classes: int) -> sp.Eq:
        outputs, probabilities = network(classes)
        inner = jacobian(probabilities, outputs, layout="numerator")
        sums = [
            sum(error(classes)[i] * inner[i, j] for i in range(classes)) for j in range(classes)
        ]
        return eq(gradient(loss(classes), outputs), sp.ImmutableMatrix(sums))

    return Claim(Instances(build, CLASSES, FEW))


@paper.equation(
    "1.2.16",
    where=CLASSIFICATION,
    latex=r"= S_j^T d",
    note="For all C and any d: J is the inner product of d and the softmax, to first order every"
    " loss. D is the sum of d_i e^(Y_i) over the other classes, R that of their exponentials.",
)
def column() -> Claim:
    """The derivative by Y_j against the j-th column of (1.2.11) times d."""
    own, weighted = real("d_j D")
    classes = sp.exp(second) + rest
    softmax_j = sp.exp(second) / classes
    derived = sp.diff((own * sp.exp(second) + weighted) / classes, second)
    return Claim(eq(derived, own * softmax_j * (1 - softmax_j) - softmax_j * weighted / classes))


@paper.equation(
    "1.2.17",
    where=CLASSIFICATION,
    latex=r"\frac{\partial J}{\partial Y^{(L)}} = S^T d",
    strength="instances",
    note="With the corrected d this is yhat - y for labels that sum to 1, as it must be; with d as"
    " printed in (1.2.13) its sign is opposite, and descent ascends.",
)
def whole_vector() -> Claim:
    """The gradient of the loss; and that of a label that sums to 1."""

    def build(classes: int) -> tuple[sp.Eq, sp.Eq]:
        outputs, probabilities = network(classes)
        y = labels(classes)
        product = jacobian_as_printed(classes).T * error(classes)
        residual = probabilities * sum(y) - y
        return (
            eq(gradient(loss(classes), outputs), sp.ImmutableMatrix(product)),
            eq(sp.ImmutableMatrix(product), sp.ImmutableMatrix(residual)),
        )

    return Claim(Instances(build, CLASSES, FEW))
