"""Section 1.1.3: the data loss as an expectation, and fewer samples."""

from __future__ import annotations

from itertools import combinations

import sympy as sp

from symvar.claims import Claim, Instances

from .setting import N, eq, paper, real

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
