"""stub."""

from __future__ import annotations

from symvar.claims.mutate_report import MutationReport
from symvar.claims.report import Report


def report_card(report: Report, mutation: MutationReport | None = None) -> str:
    """Stub."""
    return ""


def embedded(report: Report) -> str:
    """Stub."""
    return ""
