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

    def to_dict(self) -> dict[str, Any]:
        """The rows, the counts per paper, what is missing and whether all agrees."""
        return {
            "schema": "symvar/report/1",
            "agrees": self.agrees,
            "counts": {key: self.counts(key) for key in self.titles},
            "missing": {key: list(ids) for key, ids in self.missing.items()},
            "rows": [row.to_dict() for row in self.rows],
        }

    def to_json(self) -> str:
        """The same as text."""
        return json.dumps(self.to_dict(), indent=1, ensure_ascii=False) + "\n"

    def to_frame(self) -> Any:
        """The rows as a pandas frame."""
        return require_package("pandas", "frames").DataFrame([row.to_dict() for row in self.rows])

    def to_html(self) -> str:
        """The report card: one self-contained page, a field per equation."""
        from symvar.emit.report_card import report_card

        return report_card(self)

    def to_latex(self) -> str:
        """The errata as a LaTeX document, ready to be sent; empty if there are none."""
        from symvar.emit.errata import errata_document

        return errata_document(self)

    def __str__(self) -> str:
        from symvar.emit.verdicts import as_text

        return as_text(self)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        from symvar.emit.report_card import embedded

        return {"text/plain": str(self), "text/html": embedded(self)}
