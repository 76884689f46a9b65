"""Section 1.1: likelihoods."""

from __future__ import annotations

from itertools import product

import sympy as sp

from symvar import expect
from symvar.claims import Claim, Instances

from .setting import (
    N,
    eq,
    le,
    normal_density,
    normal_log_likelihood,
    paper,
    positive,
    real,
    sigma,
)

SUPERVISED = "section 1.1"
y, f, t, x = real("y f t x")
p, likelihood = positive("p L")
squares, other_squares = positive("S S'")

paper.note(
    "1.1.1",
    where=SUPERVISED,
    latex=r"y = f(x, \theta) + \epsilon",
    kind="assumption",
    note="The model: the noise is independent of x and from pair to pair.",
)


@paper.equation(
    "1.1.2",
    where=SUPERVISED,
    latex=r"p_{model}(y|x, \theta) = \mathcal{N}(y; f(x, \theta), \sigma^2)",
    assumptions=("the noise is normal with mean 0 and variance sigma^2",),
    note="Checked by the moment generating function, which determines the law.",
)
def density() -> Claim:
    """The law of f + noise has the generating function of the normal law named."""
    u = real("u")
    return Claim(
        eq(expect(sp.exp(t * (f + sigma * u)), u), sp.exp(f * t + sigma**2 * t**2 / 2)),
    )


def _divergence(one: list[sp.Expr], other: list[sp.Expr]) -> sp.Expr:
    return sum(a * (sp.log(a) - sp.log(b)) for a, b in zip(one, other, strict=True))


@paper.equation(
    "prose:kl",
    where=SUPERVISED,
    latex=r"\arg\max_\theta \prod_n p_{model}(y^{(n)}|x^{(n)},\theta)"
    r" = \arg\min_\theta KL(p_{model}||p_{data})",
    corrected_latex=r"\arg\max_\theta \prod_n p_{model}(y^{(n)}|x^{(n)},\theta)"
    r" = \arg\min_\theta KL(p_{data}||p_{model})",
    outcome="erratum",
    note="The two arguments are exchanged: maximum likelihood minimises the divergence of the model"
    " from the data. The two agree only where the model can meet the data exactly. Checked on"
    " counts of 0, 1 and 2 under the binomial model of two trials, whose likelihood is largest at"
    " half the sample mean: the derivative of the divergence must vanish there. Corrected, for any"
    " model: the divergence is a constant minus the mean log-likelihood.",
)
def kl() -> Claim:
    """Stationary at the maximum of the likelihood, or not; and the identity for any model."""
    counts = [sp.Symbol(f"n_{k}", positive=True, integer=True) for k in range(3)]
    odds = sp.Symbol("o", positive=True)
    theta = odds / (1 + odds)
    data = [each / sum(counts) for each in counts]
    binomial = [(1 - theta) ** 2, 2 * theta * (1 - theta), theta**2]
    best = (counts[1] + 2 * counts[2]) / (2 * counts[0] + counts[1])
    model = positive("q_0:3")
    per_pair = sum(d * sp.log(q) for d, q in zip(data, model, strict=True))
    return Claim(
        eq(sp.simplify(sp.diff(_divergence(binomial, data), odds).subs(odds, best)), 0),
        corrected=eq(_divergence(data, model), sum(d * sp.log(d) for d in data) - per_pair),
    )


paper.note(
    "1.1.3",
    where=SUPERVISED,
    latex=r"\theta_{MLE} = \arg \max_{\theta} p_{model}(y|x, \theta)",
    kind="definition",
    note="Here y and x must be read as all N pairs together: maximising the probability of one pair"
    " is another problem. (1.1.12) uses the same symbols for one pair.",
)


@paper.equation(
    "1.1.4",
    where=SUPERVISED,
    latex=r"= \arg \max_{\theta} \prod_{n=1}^N p_{model}(y^{(n)}|x^{(n)}, \theta)",
    strength="instances",
    assumptions=("the pairs are independent and identically distributed",),
    note="Checked for normal noise: the joint density with covariance sigma^2 I is the product.",
)
def joint() -> Claim:
    """The density of the vector against the product of the densities of its entries."""

    def build(count: int) -> sp.Eq:
        values, means = (sp.Matrix(real(f"{name}1:{count + 1}")) for name in "yf")
        covariance = sigma**2 * sp.eye(count)
        quadratic = ((values - means).T * covariance.inv() * (values - means))[0]
        root = sp.sqrt((2 * sp.pi) ** count * covariance.det())
        apart = sp.prod(normal_density(*each, sigma) for each in zip(values, means, strict=True))
        return eq(sp.exp(-sp.expand(quadratic) / 2) / root, apart)

    return Claim(Instances(build, (1, 2, 3), "1 to 3 pairs, normal noise"))


@paper.equation(
    "1.1.5",
    where=SUPERVISED,
    latex=r"= \arg \max_{\theta} \sum_{n=1}^N \log p_{model}(y^{(n)}|x^{(n)}, \theta)",
    note="By induction over the pairs, and because the logarithm increases.",
)
def log_likelihood() -> Claim:
    """One more pair adds the logarithm of its density; a larger product has a larger logarithm."""
    more = sp.Symbol("delta", positive=True)
    return Claim(
        (
            eq(sp.log(likelihood * p), sp.log(likelihood) + sp.log(p)),
            eq(sp.log(likelihood * (1 + more)), sp.log(likelihood) + sp.log(1 + more)),
            sp.Gt(sp.log(1 + more), 0, evaluate=False),
        )
    )


@paper.equation(
    "1.1.6",
    where=SUPERVISED,
    latex=r"\theta_{MLE} = \arg \max_{\theta} \sum_{n=1}^N \log p_{model}(y^{(n)}|x^{(n)}, \theta)",
    note="(1.1.5) again, to be taken with the density of (1.1.2), whose logarithm is checked.",
)
def normal_pairs() -> Claim:
    """The summand, spelled out."""
    return Claim(eq(sp.log(normal_density(y, f, sigma)), _log_density(y - f)))


def _log_density(residual: sp.Expr) -> sp.Expr:
    return -sp.log(sigma) - sp.log(2 * sp.pi) / 2 - residual**2 / (2 * sigma**2)


@paper.equation(
    "1.1.7",
    where=SUPERVISED,
    latex=r"= \arg \max_{\theta} \left(-N \log \sigma - \frac{N}{2} \log(2\pi) - \sum_{n=1}^N"
    r" \frac{(y^{(n)} - f(x^{(n)}, \theta))^2}{2\sigma^2} \right)",
    note="For all N by induction: the first pair, and what one more pair adds.",
)
def normal_sum() -> Claim:
    """The formula at N = 1, and its increment from N to N + 1."""
    residual = y - f
    grown = normal_log_likelihood(N + 1, squares + residual**2, sigma)
    alone = _log_density(residual)
    return Claim(
        (
            eq(normal_log_likelihood(sp.Integer(1), residual**2, sigma), alone),
            eq(grown - normal_log_likelihood(N, squares, sigma), alone),
        )
    )


@paper.equation(
    "1.1.8",
    where=SUPERVISED,
    latex=r"= \arg \min_{\theta} \frac{1}{N} \sum_{n=1}^N"
    r" \frac{(y^{(n)} - f(x^{(n)}, \theta))^2}{2}",
    note="From one theta to another, (1.1.7) changes by -N/sigma^2 times the change of (1.1.8): the"
    " largest of the one is the smallest of the other, whatever sigma is.",
)
def mean_squared_error() -> Claim:
    """The two objectives, compared between two parameters with their sums of squares."""

    def half_mean(total: sp.Expr) -> sp.Expr:
        return total / (2 * N)

    likelihoods = [normal_log_likelihood(N, each, sigma) for each in (squares, other_squares)]
    change = half_mean(squares) - half_mean(other_squares)
    return Claim(eq(likelihoods[0] - likelihoods[1], -N / sigma**2 * change))


paper.note(
    "1.1.9",
    where=SUPERVISED,
    latex=r"p_{model}(y|x, \theta) = \text{Ber}(y; \sigma(f(x, \theta)))",
    kind="definition",
    note="sigma is now the sigmoid; up to here it was the deviation of the noise.",
)


@paper.equation(
    "1.1.10",
    where=SUPERVISED,
    latex=r"\sigma(x) = \frac{1}{1 + e^{-x}}",
    kind="definition",
    note="Checked: it is the probability whose log odds are x, so (1.1.9) is a law for every f.",
)
def sigmoid_odds() -> Claim:
    """The odds of the sigmoid."""
    return Claim(eq(sigmoid(x), sp.exp(x) * (1 - sigmoid(x))))


def sigmoid(argument: sp.Expr) -> sp.Expr:
    """(1.1.10)."""
    return 1 / (1 + sp.exp(-argument))


@paper.equation(
    "1.1.11",
    where=SUPERVISED,
    latex=r"\sigma(z)_i = \frac{e^{z_i}}{\sum_{k=1}^C e^{z_k}}",
    kind="definition",
    note="Checked for all C, the exponentials of the other classes together being R: the entries"
    " sum to 1, and for two classes it is the sigmoid of the difference.",
)
def softmax() -> Claim:
    """Sum of all entries; the case of two classes."""
    first, second = real("z_1 z_2")
    rest = sp.Symbol("R", nonnegative=True)
    total = sp.exp(first) + sp.exp(second) + rest
    two = sp.exp(first) / (sp.exp(first) + sp.exp(second))
    return Claim(
        (
            eq(sp.exp(first) / total + sp.exp(second) / total, 1 - rest / total),
            eq(two, sigmoid(first - second)),
        )
    )


paper.note(
    "1.1.12",
    where=SUPERVISED,
    latex=r"p_{model}(y|x, \theta) = \text{Cat}(y; \sigma(f(x, \theta)))",
    kind="definition",
    note="y must have exactly one entry 1: only C of the 2^C vectors of {0,1}^C are labels.",
)


def _pairs(count: int, classes: int) -> list[list[sp.Expr]]:
    """The outputs of a softmax, by the exponentials of its arguments."""
    exponentials = [positive(f"e_1:{classes + 1}^({n + 1})") for n in range(count)]
    return [[each / sum(values) for each in values] for values in exponentials]


def _chosen(labels: tuple[int, ...], outputs: list[list[sp.Expr]]) -> sp.Expr:
    """The product over classes and pairs of (1.1.13)."""
    pairs = zip(labels, outputs, strict=True)
    return sp.prod(
        output ** int(c == label) for label, outs in pairs for c, output in enumerate(outs)
    )


@paper.equation(
    "1.1.13",
    where=SUPERVISED,
    latex=r"= \prod_{c=1}^C \prod_{n=1}^N (\hat{y}_c^{(n)})^{\mathbb{I}(y_c^{(n)}=1)}",
    corrected_latex=r"p_{model}(y^{(n)}|x^{(n)}, \theta) ="
    r" \prod_{c=1}^C (\hat{y}_c^{(n)})^{\mathbb{I}(y_c^{(n)}=1)}",
    outcome="erratum",
    strength="instances",
    note="The left side, continued from (1.1.12), is the probability of one pair; the product over"
    " n makes the right side that of the whole data set. It holds if y and x are read as all pairs"
    " together, as they must be in (1.1.3), with Cat then the product of N of them.",
)
def categorical() -> Claim:
    """The probability of the first label against the printed product; then per pair."""

    def probability(label: int, outputs: list[sp.Expr]) -> sp.Expr:
        one_hot = [int(c == label) for c in range(len(outputs))]
        return sum(a * b for a, b in zip(one_hot, outputs, strict=True))

    def printed(labels: tuple[int, ...]) -> sp.Eq:
        outputs = _pairs(len(labels), 2)
        return eq(probability(labels[0], outputs[0]), _chosen(labels, outputs))

    def corrected(case: tuple[int, int]) -> sp.Eq:
        classes, label = case
        outputs = _pairs(1, classes)
        return eq(probability(label, outputs[0]), _chosen((label,), outputs))

    data = [labels for count in (1, 2) for labels in product(range(2), repeat=count)]
    cases = [(classes, label) for classes in (2, 3, 4) for label in range(classes)]
    return Claim(
        Instances(printed, data, "all labels of one and two pairs, two classes"),
        corrected=Instances(corrected, cases, "every label of two, three and four classes"),
    )


@paper.equation(
    "1.1.14",
    where=SUPERVISED,
    latex=r"\theta_{MLE} = \arg \min_{\theta} \prod_{c=1}^C \prod_{n=1}^N"
    r" \left(\hat{y}_c^{(n)} \right)^{y_c^{(n)}}",
    corrected_latex=r"\theta_{MLE} = \arg \max_{\theta} \prod_{c=1}^C \prod_{n=1}^N"
    r" \left(\hat{y}_c^{(n)} \right)^{y_c^{(n)}}",
    outcome="erratum",
    note="The likelihood is to be maximised. Smallest case: two pairs, one of each class, and a"
    " model that gives both the odds u to v. The estimate is u = v, with 1/4, the largest.",
    ocr="Not likely damage: (1.1.15) repeats arg min, consistently.",
)
def likelihood_is_maximised() -> Claim:
    """At the estimate against anywhere else."""
    u, v = positive("u v")
    anywhere = u / (u + v) * (v / (u + v))
    estimate = sp.Rational(1, 4)
    return Claim(le(estimate, anywhere), corrected=le(anywhere, estimate))


@paper.equation(
    "1.1.15",
    where=SUPERVISED,
    latex=r"= \arg \min_{\theta} \frac{1}{N} \sum_{n=1}^N \sum_{c=1}^C"
    r" y_c^{(n)} \log \hat{y}_c^{(n)}",
    corrected_latex=r"= \arg \min_{\theta} -\frac{1}{N} \sum_{n=1}^N \sum_{c=1}^C"
    r" y_c^{(n)} \log \hat{y}_c^{(n)}",
    outcome="erratum",
    note="The sign is lost: the cross-entropy, which the text names, has a minus, and only with it"
    " is arg min the maximum of the likelihood. The slip is carried to (1.2.12), (1.2.13). Checked"
    " by induction over pairs and classes: what one factor adds to -1/N times the log-likelihood.",
)
def cross_entropy() -> Claim:
    """What one factor of the likelihood adds."""
    label, output = sp.Symbol("y_c", nonnegative=True), sp.Symbol("yhat_c", positive=True)
    loss = -(sp.log(likelihood * output**label) - sp.log(likelihood)) / N
    added = label * sp.log(output) / N
    possible = (sp.Lt(output, 1), sp.Le(label, 1), sp.Le(likelihood, 1))
    return Claim(eq(loss, added), given=possible, corrected=eq(loss, -added))
