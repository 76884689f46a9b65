"""How the changes of a paper's statements fared: refuted, or true as well, or not told apart."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, Literal

Fate = Literal["refuted", "equivalent", "survived"]
LEAST_KILLED = Fraction(95, 100)
"""Of the changes of a paper's statements that are not known to be true, so many are refuted."""


@dataclass(frozen=True)
class Change:
    """One changed statement.

    Args:
        operator: the kind of change.
        words: what was changed.
        latex: the changed statement.
        fate: ``"refuted"``; ``"equivalent"``: proved true, so nothing that a check could find;
            ``"survived"``: neither.
        evidence: of the verdict.
    """

    operator: str
    words: str
    latex: str
    fate: Fate
    evidence: str


@dataclass(frozen=True)
class Mutated:
    """The changes of one equation's statement.

    Args:
        paper: the paper's key.
        equation: the id.
        changes: each with its fate.
        survivors: the entry's reason why those that survive are no loss.
        seconds: what it took.
    """

    paper: str
    equation: str
    changes: tuple[Change, ...]
    survivors: str = ""
    seconds: float = 0.0

    def with_fate(self, fate: Fate) -> tuple[Change, ...]:
        """The changes that fared so."""
        return tuple(change for change in self.changes if change.fate == fate)

    @property
    def is_vacuous(self) -> bool:
        """Whether no change of the statement is refuted: then checking it says nothing."""
        return not self.with_fate("refuted")

    @property
    def is_weak(self) -> bool:
        """Whether more of its changes are true as well than are refuted: a look is worth while."""
        return len(self.with_fate("equivalent")) > len(self.with_fate("refuted"))

    @property
    def passes(self) -> bool:
        """Whether it says something, or its entry tells why not."""
        return bool(self.survivors) or not self.is_vacuous

    def to_dict(self) -> dict[str, Any]:
        """The fields, as JSON has them."""
        return asdict(self) | {"changes": [asdict(change) for change in self.changes]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Mutated:
        """The inverse of `to_dict`."""
        changes = tuple(Change(**change) for change in data["changes"])
        return cls(**{**data, "changes": changes})


@dataclass(frozen=True)
class MutationReport:
    """The changes of the statements of one or several papers.

    Args:
        rows: one per checked equation, in the papers' order.
        papers: the keys.
    """

    rows: Sequence[Mutated]
    papers: Sequence[str]

    @property
    def agrees(self) -> bool:
        """Whether enough changes are refuted in each paper, and no check is vacuous."""
        rates = (self.kill_rate(paper) for paper in self.papers)
        enough = all(rate is None or rate >= LEAST_KILLED for rate in rates)
        return enough and not self.vacuous

    @property
    def vacuous(self) -> tuple[Mutated, ...]:
        """The equations none of whose changes is refuted, without a reason given."""
        return tuple(row for row in self.rows if not row.passes)

    @property
    def survivors(self) -> tuple[tuple[Mutated, Change], ...]:
        """Every change that is neither refuted nor proved."""
        return tuple((row, change) for row in self.rows for change in row.with_fate("survived"))

    def counts(self, paper: str) -> dict[str, int]:
        """How many changes fared how."""
        return dict(Counter(change.fate for change in self._of(paper)))

    def kill_rate(self, paper: str) -> Fraction | None:
        """The share refuted, of those refuted and survived; None where there is no change."""
        counts = self.counts(paper)
        killed, survived = counts.get("refuted", 0), counts.get("survived", 0)
        return Fraction(killed, killed + survived) if killed + survived else None

    def to_dict(self) -> dict[str, Any]:
        """Rates, counts and every change, as JSON has them."""
        rates = {paper: self.kill_rate(paper) for paper in self.papers}
        return {
            "agrees": self.agrees,
            "kill_rate": {paper: None if r is None else float(r) for paper, r in rates.items()},
            "counts": {paper: self.counts(paper) for paper in self.papers},
            "vacuous": [[row.paper, row.equation] for row in self.vacuous],
            "rows": [row.to_dict() for row in self.rows],
        }

    def to_json(self) -> str:
        """`to_dict` as text."""
        data = {"schema": "symvar/mutation/1", **self.to_dict()}
        return json.dumps(data, indent=1, ensure_ascii=False) + "\n"

    def _of(self, paper: str) -> Iterable[Change]:
        return (change for row in self.rows if row.paper == paper for change in row.changes)
