"""Means that only drawing can tell: Monte Carlo with its interval and its seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from symvar.claims.facts import Facts
from symvar.claims.statement import Statement
from symvar.claims.verdict import Verdict

WIDTH = 4.0
"""Standard errors on each side of the mean: a normal law is beyond them once in 16 000 times."""


@dataclass(frozen=True)
class Sampled(Statement):
    """The mean of a random quantity lies between two bounds. For no identity, and no proof.

    ``"sampled"`` where the whole interval around the mean found lies between the bounds. What
    draws speak against is unknown, not refuted: a refutation is exact.

    Args:
        draw: so many values from a generator.
        low: the lower bound.
        high: the upper bound.
        what: the quantity, in words.
        draws: how many.
        seed: of the generator.

    Raises:
        ValueError: from ``draw``, as it is.

    >>> from symvar.claims import check
    >>> area = Sampled(lambda source, n: source.random(n) ** 2, 0.33, 0.34, "U^2", 1_000_000)
    >>> check(area).evidence
    'U^2: mean 0.333... +- 0.0012 (4 standard errors, 1000000 draws, seed 0)'
    """

    draw: Callable[[np.random.Generator, int], np.ndarray[Any, Any]]
    low: float
    high: float
    what: str
    draws: int = 100_000
    seed: int = 0

    def judge(self, facts: Facts) -> Verdict:
        """Sampled where the interval lies between the bounds; else unknown."""
        values = np.asarray(self.draw(np.random.default_rng(self.seed), self.draws), dtype=float)
        if values.shape != (self.draws,) or not np.isfinite(values).all():
            return Verdict("unknown", f"{self.what}: not {self.draws} finite numbers were drawn")
        mean, half = values.mean(), WIDTH * values.std(ddof=1) / np.sqrt(self.draws)
        said = (
            f"{self.what}: mean {mean:.5g} +- {half:.2g} "
            f"({WIDTH:.0f} standard errors, {self.draws} draws, seed {self.seed})"
        )
        if self.low <= mean - half and mean + half <= self.high:
            return Verdict("sampled", said)
        beyond = mean + half < self.low or mean - half > self.high
        how = "outside" if beyond else "not inside"
        return Verdict("unknown", f"{said}, {how} [{self.low:g}, {self.high:g}]")

    def mutants(self) -> Iterator[tuple[str, Any]]:
        """The bounds moved by their own width, up and down."""
        width = self.high - self.low
        yield "bounds moved up", replace(self, low=self.high, high=self.high + width)
        yield "bounds moved down", replace(self, low=self.low - width, high=self.low)

    def _latex(self, printer: Any) -> str:
        return rf"{self.low:g} \le \mathrm{{E}}[\text{{{self.what}}}] \le {self.high:g}"
