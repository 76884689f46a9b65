"""Section 1.1.3: the data loss as an expectation, and fewer samples."""

from __future__ import annotations

from itertools import combinations

import sympy as sp

from symvar.claims import (
    Claim,
    E,
    IdenticallyDistributed,
    Independent,
    Instances,
    Var,
    random_family,
)

from .setting import N, N_b, eq, paper, real

STOCHASTIC = "section 1.1.3"

paper.note(
    "1.1.21",
    where=STOCHASTIC,
    latex=r"L_{data}(y, f(x, \theta)) = \mathbb{E}_{x, y \sim p_{data}}"
    r" [L_{data}(y, f(x, \theta))]",
    kind="definition",
    note="One name for two things: on the left the loss of the data set, inside the expectation"
    " that of one pair. As an equation for one function it would say that the loss is constant.",
)


@paper.equation(
    "1.1.22",
    where=STOCHASTIC,
    latex=r"= \frac{1}{N} \sum_{n=1}^N L_{data}(y^{(n)}, f(x^{(n)}, \theta))",
    outcome="holds-under",
    beyond=("p_data is the empirical distribution, which gives each of the N pairs weight 1/N",),
    note="Section 1.1 has p_data as the distribution that the pairs come from; then the mean is an"
    " unbiased estimate of the expectation, not equal to it. Checked summand by summand, the"
    " distribution giving pair n the weight p_n.",
)
def empirical() -> Claim:
    """What one pair contributes to either side."""
    loss = real("l_n")
    weight = sp.Symbol("p_n", nonnegative=True)
    return Claim(eq(weight * loss, loss / N), extra=(sp.Eq(weight, 1 / N),))


def losses(count: int) -> list[sp.Symbol]:
    """The losses of so many pairs."""
    return list(real(f"l_1:{count + 1}"))


def mean_over_batches(per_batch: list[list[sp.Symbol]], divisor: int) -> sp.Expr:
    """The mean over all batches of the sum of a batch over the divisor."""
    return sum(sum(batch) / sp.Integer(divisor) for batch in per_batch) / len(per_batch)


SMALL = [(size, batch) for size in (1, 2, 3, 4) for batch in range(1, size + 1)]
"""Sizes of the data set and of a batch."""


@paper.equation(
    "prose:fewer-samples",
    where=STOCHASTIC,
    latex=r"\mathbb{E}\Big[\tfrac{1}{N_b} \sum_{n \in B} L_n\Big] = \tfrac1N \sum_{n=1}^N L_n",
    strength="instances",
    note="A batch of N_b < N pairs, all batches alike, estimates the loss without bias if its sum"
    " is divided by N_b. (1.2.8) and (1.2.12) divide by N.",
)
def fewer_samples() -> Claim:
    """The mean over all batches without replacement against the mean over the data set."""

    def build(case: tuple[int, int]) -> sp.Eq:
        count, batch = case
        data = losses(count)
        batches = [list(each) for each in combinations(data, batch)]
        return eq(mean_over_batches(batches, batch), sum(data) / sp.Integer(count))

    return Claim(Instances(build, SMALL, "all batches of data sets of 1 to 4 pairs"))


@paper.equation(
    "prose:batch-accuracy",
    where=STOCHASTIC,
    latex=r"\mathrm{Var}\Big[\tfrac{1}{N_b} \sum_{n=1}^{N_b} L_n\Big]"
    r" = \tfrac{1}{N_b} \mathrm{Var}[L_1]",
    assumptions=("the pairs are drawn independently from one law",),
    note="Larger batches are more accurate: the variance of the estimate falls like 1/N_b, its mean"
    " stays. Drawn without replacement from N pairs it falls faster, by (N - N_b)/(N - 1).",
)
def batch_accuracy() -> Claim:
    """The mean and the variance of a batch's mean loss, for any size of the batch."""
    loss = random_family("L")
    n = sp.Symbol("n", positive=True, integer=True)
    estimate = sp.Sum(loss[n], (n, 1, N_b)) / N_b
    return Claim(
        (eq(Var(estimate), Var(loss[1]) / N_b), eq(E(estimate), E(loss[1]))),
        given=(Independent(loss), IdenticallyDistributed(loss)),
    )
