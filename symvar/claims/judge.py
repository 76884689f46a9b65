"""One entry of a paper, checked: the outcome that its verdicts support, and what they say."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

import sympy as sp

from symvar.claims.check import check
from symvar.claims.paper import CHECKED, Claim, Entry
from symvar.claims.verdict import Verdict, weakest


@dataclass(frozen=True)
class Row:
    """One line of a report, as text.

    Args:
        paper: the paper's key.
        equation: its id.
        kind: what it is in the source.
        outcome: what the check found; equal to the recorded outcome where ``agrees``.
        strength: the verdict behind the outcome: of the statement, of an erratum's refutation, of
            an approximation's gap.
        where: the section.
        printed_latex: as printed.
        corrected_latex: what should stand there.
        corrected_strength: the verdict on that.
        assumptions: what the source assumes.
        beyond: what must be assumed and is not stated.
        counterexample: where the printed statement fails.
        evidence: how the verdict was reached.
        note: what a reader should know.
        ocr: what was repaired.
        recorded: the outcome and strength in the paper's file.
        agrees: whether the check found what is recorded.
        seconds: what it took.
    """

    paper: str
    equation: str
    kind: str
    outcome: str
    strength: str
    where: str
    printed_latex: str
    corrected_latex: str = ""
    corrected_strength: str = ""
    assumptions: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    counterexample: str = ""
    evidence: str = ""
    note: str = ""
    ocr: str = ""
    recorded: str = ""
    agrees: bool = True
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """The fields, lists for tuples, as JSON has them."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Row:
        """The inverse of `to_dict`."""
        known = {each.name for each in fields(cls)}
        kept: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in known
        }
        return cls(**kept)


def judge(key: str, entry: Entry) -> Row:
    """The row of an entry.

    Args:
        key: of the paper.
        entry: the equation.

    Raises:
        DefinitionError: for a claim without what its outcome needs.
    """
    row: dict[str, Any] = {
        "paper": key,
        "equation": entry.id,
        "kind": entry.kind,
        "where": entry.where,
        "printed_latex": entry.latex,
        "corrected_latex": entry.corrected_latex,
        "beyond": entry.beyond,
        "note": entry.note,
        "ocr": entry.ocr,
    }
    if entry.outcome not in CHECKED:
        row |= {"outcome": entry.outcome, "strength": "", "recorded": entry.outcome}
        return Row(assumptions=entry.assumptions, **row)
    started = time.perf_counter()
    claim = entry.claim()
    found = _FINDERS[entry.outcome](claim, entry.seconds)
    recorded = f"{entry.outcome}, {entry.strength}"
    told = f"{found['outcome']}, {found.get('corrected_strength') or found['strength']}"
    words = tuple(str(fact) for fact in claim.given if not isinstance(fact, sp.Basic))
    return Row(
        **row,
        **found,
        recorded=recorded,
        agrees=told == recorded,
        assumptions=tuple(dict.fromkeys((*entry.assumptions, *words))),
        seconds=round(time.perf_counter() - started, 3),
    )


def verdict_on(statements: Any, given: Iterable[Any], seconds: float) -> Verdict:
    """The verdict on one statement or on several claimed together."""
    parts = statements if isinstance(statements, (tuple, list)) else (statements,)
    return weakest([check(part, given, seconds) for part in parts])


def _holds(claim: Claim, seconds: float) -> dict[str, Any]:
    verdict = verdict_on(claim.statement, claim.given, seconds)
    return _found(verdict, "holds" if verdict.holds else "")


def _holds_under(claim: Claim, seconds: float) -> dict[str, Any]:
    """Without what is not stated it must not be known to hold; with it, it must."""
    bare = verdict_on(claim.statement, claim.given, seconds)
    full = verdict_on(claim.statement, (*claim.given, *claim.extra), seconds)
    outcome = "holds" if bare.holds else "holds-under" if full.holds else ""
    without = f"; without what is not stated: {bare.status}, {bare.evidence}"
    found = _found(full, outcome, without)
    return found | ({"counterexample": _point(bare)} if full.holds else {})


def _erratum(claim: Claim, seconds: float) -> dict[str, Any]:
    printed = verdict_on(claim.statement, claim.given, seconds)
    if printed.status != "refuted":
        return _found(printed, "holds" if printed.holds else "")
    given = (*claim.given, *claim.extra)
    corrected = verdict_on(claim.corrected, given, seconds)
    found = _found(
        printed, "erratum" if corrected.holds else "", f"; corrected: {corrected.evidence}"
    )
    return found | {"corrected_strength": corrected.status}


def _approximation(claim: Claim, seconds: float) -> dict[str, Any]:
    """The printed equality is not exact, and the size of the gap is known."""
    printed = verdict_on(claim.statement, claim.given, seconds)
    if printed.status != "refuted":
        return _found(printed, "holds" if printed.holds else "")
    gap = verdict_on(claim.gap, (*claim.given, *claim.extra), seconds)
    return _found(gap, "approximation" if gap.holds else "") | {"counterexample": _point(printed)}


_FINDERS = {
    "holds": _holds,
    "holds-under": _holds_under,
    "erratum": _erratum,
    "approximation": _approximation,
}


def _found(verdict: Verdict, outcome: str, more: str = "") -> dict[str, Any]:
    return {
        "outcome": outcome or verdict.status,
        "strength": verdict.status,
        "evidence": verdict.evidence + more,
        "counterexample": _point(verdict),
    }


def _point(verdict: Verdict) -> str:
    return ", ".join(f"{name} = {value}" for name, value in verdict.counterexample.items())
