"""What verifying papers found: a row per equation, and whether each is as recorded."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from symvar.claims.judge import Row
from symvar.extras import require_package


@dataclass(frozen=True)
class Report:
    """The rows of one or several papers.

    Args:
        rows: one per entry, in the papers' order.
        missing: per paper, the printed numbers without an entry.
        titles: per paper, its title.
    """

    rows: Sequence[Row]
    missing: dict[str, tuple[str, ...]]
    titles: dict[str, str]

    @property
    def agrees(self) -> bool:
        """Whether every outcome is the recorded one, and nothing printed is left out."""
        return not self.drift and not any(self.missing.values())

    @property
    def drift(self) -> tuple[Row, ...]:
        """The rows where the check did not find what is recorded."""
        return tuple(row for row in self.rows if not row.agrees)

    def counts(self, paper: str | None = None) -> dict[str, int]:
        """How many equations came to each outcome."""
        return dict(Counter(row.outcome for row in self.rows if paper in (None, row.paper)))

    def to_json(self) -> str:
        """The rows, the counts per paper, what is missing and whether all agrees."""
        data = {
            "schema": "symvar/report/1",
            "agrees": self.agrees,
            "counts": {key: self.counts(key) for key in self.titles},
            "missing": {key: list(ids) for key, ids in self.missing.items()},
            "rows": [row.to_dict() for row in self.rows],
        }
        return json.dumps(data, indent=1, ensure_ascii=False) + "\n"

    def to_frame(self) -> Any:
        """The rows as a pandas frame."""
        return require_package("pandas", "frames").DataFrame([row.to_dict() for row in self.rows])
