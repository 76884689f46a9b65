"""stub."""

from __future__ import annotations

from symvar.claims.report import Report


def errata_list(report: Report, key: str) -> str:
    """Stub."""
    return ""


def errata_document(report: Report) -> str:
    """Stub."""
    return ""
