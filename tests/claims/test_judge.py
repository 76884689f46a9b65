"""What an entry's verdicts support: each outcome is earned, and a wrong record is drift."""

from __future__ import annotations

import pytest
import sympy as sp

from symvar.claims import Claim, Paper
from symvar.claims.judge import Row, judge
from symvar.errors import DefinitionError

x, y = sp.symbols("x y", real=True)


def eq(left, right):
    return sp.Eq(left, right, evaluate=False)


TRUE = eq((x + 1) ** 2, x**2 + 2 * x + 1)
FALSE = eq((x + 1) ** 2, x**2 + 1)
FOR_POSITIVE = eq(sp.Abs(y), y)
OPEN = eq(sp.Function("f")(x), 0)


def row(claim, **fields):
    paper = Paper("mine", "Mine")
    needed = {"where": "section 1", "latex": "x = x", "corrected_latex": "x", "beyond": ("y > 0",)}
    paper.equation("1", **{**needed, "note": "why", **fields})(lambda: claim)
    return judge("mine", paper.entry("1"))


def test_what_is_proved_holds():
    found = row(Claim(TRUE))
    assert (found.outcome, found.strength, found.agrees) == ("holds", "proved", True)


@pytest.mark.parametrize("claim", [Claim(FALSE), Claim(OPEN), Claim((TRUE, FALSE))], ids=str)
def test_what_is_recorded_to_hold_and_does_not_is_drift(claim):
    found = row(claim)
    assert not found.agrees
    assert found.outcome in ("refuted", "unknown")


def test_a_strength_that_was_not_reached_is_drift_and_so_is_one_surpassed():
    for strength in ("enclosed", "instances"):
        assert not row(Claim(TRUE), strength=strength).agrees


def test_an_erratum_needs_a_counterexample_and_a_correction_that_holds():
    found = row(Claim(FALSE, corrected=TRUE), outcome="erratum")
    assert (found.outcome, found.strength, found.corrected_strength) == (
        "erratum",
        "refuted",
        "proved",
    )
    assert found.agrees
    assert found.counterexample == "x = 1"
    assert not row(Claim(TRUE, corrected=TRUE), outcome="erratum").agrees
    assert not row(Claim(OPEN, corrected=TRUE), outcome="erratum").agrees
    assert not row(Claim(FALSE, corrected=OPEN), outcome="erratum").agrees
    assert not row(Claim(FALSE, corrected=FALSE), outcome="erratum").agrees


def test_holds_under_needs_the_assumption_that_is_not_stated():
    under = {"outcome": "holds-under"}
    assert row(Claim(FOR_POSITIVE, extra=[sp.Eq(y, 3)]), **under).agrees
    needless = row(Claim(TRUE, extra=[sp.Eq(y, 3)]), **under)
    assert (needless.outcome, needless.agrees) == ("holds", False)
    assert not row(Claim(FALSE, extra=[sp.Eq(y, 3)]), **under).agrees


def test_an_approximation_is_no_equality_and_its_gap_is_known():
    gap = eq((x + 1) ** 2 - (x**2 + 1), 2 * x)
    near = {"outcome": "approximation"}
    assert row(Claim(FALSE, gap=gap), **near).agrees
    assert not row(Claim(TRUE, gap=gap), **near).agrees
    assert not row(Claim(FALSE, gap=FALSE), **near).agrees


@pytest.mark.parametrize(
    ("claim", "fields", "words"),
    [
        (Claim(FALSE), {"outcome": "erratum"}, "corrected"),
        (Claim(FALSE), {"outcome": "holds-under"}, "extra"),
        (Claim(FALSE), {"outcome": "approximation"}, "gap"),
        (None, {}, "returns a Claim"),
        (Claim(TRUE), {"outcome": "hold"}, "did you mean 'holds'"),
        (Claim(TRUE), {"kind": "lemma"}, "known kind"),
        (Claim(TRUE), {"wher": "1"}, "did you mean 'where'"),
        (Claim(TRUE), {"where": ""}, "`where`"),
        (Claim(FALSE), {"outcome": "erratum", "corrected_latex": ""}, "corrected_latex"),
        (Claim(TRUE), {"outcome": "empirical"}, "claim"),
    ],
    ids=str,
)  # fmt: skip
def test_a_broken_entry_is_named(claim, fields, words):
    with pytest.raises(DefinitionError, match=words):
        row(claim, **fields)


def test_an_id_is_taken_once_and_what_is_printed_and_not_entered_is_missing():
    paper = Paper("mine", "Mine", numbered=["1", "2"])
    paper.note("1", where="here", latex="x := 1", kind="definition")
    with pytest.raises(DefinitionError, match="a second time"):
        paper.note("1", where="here", latex="x := 1", kind="definition")
    assert paper.missing == ("2",)
    with pytest.raises(DefinitionError, match="mine, 3"):
        paper.entry("3")


def test_a_row_survives_the_way_through_json():
    found = row(Claim(FALSE, corrected=TRUE), outcome="erratum")
    assert Row.from_dict(found.to_dict()) == found
