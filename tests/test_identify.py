"""A number's name: found, tied, not found, refused."""

from __future__ import annotations

import pytest
import sympy as sp

from symvar import identify
from symvar.errors import ArgumentError
from symvar.integrals import enclose, gamma, order_moment, rectified_mean, tau, tau_minus

HALF = sp.Rational(1, 2)


@pytest.mark.parametrize(
    ("text", "constant"),
    [
        ("1.5437850115857", tau(4)),
        ("1.54378501158570436999420997727", tau(4)),
        ("0.234375", gamma(4)),
    ],
)
def test_known_decimals(text, constant):
    found = identify(text)
    assert constant in [match.constant for match in found.matches]
    assert found.digits == len(text.replace(".", "").lstrip("0"))
    assert all(match.digits == found.digits for match in found.matches)


@pytest.mark.parametrize(
    "constant",
    [tau(900), tau(9, "avg"), gamma(33), gamma(500, "avg"), order_moment(7, 1), rectified_mean(20),
     tau(6, rho=HALF), tau(3, "avg", HALF), tau_minus(5), order_moment(30, 2)],
    ids=str,
)  # fmt: skip
def test_every_kind_is_found_from_twenty_digits(constant):
    value, _ = enclose(constant, 20).decimal()
    assert identify(value).matches[0].constant == constant


def test_a_wrong_digit_is_not_overlooked():
    found = identify("1.5437850115897")
    assert not found.matches
    assert (found.nearest.constant, found.nearest.digits) == (tau(4), 12)
    assert "none of" in str(found)
    assert "nearest, agrees in 12: tau(4)" in str(found)
    assert not identify("1.54378501158570436999420997729").matches


def test_ties_and_chance_are_told():
    half = identify("0.5")
    assert {tau(1), gamma(1), tau(1, "avg")} <= {match.constant for match in half.matches}
    assert "give more digits" in str(half)
    assert "may agree by chance" in str(half)


def test_closed_form_is_given():
    match = identify("1.5437850115857").matches[0]
    assert match.closed_form == tau(4).doit()
    assert "15/16" in str(match)
    assert identify(1.5437850115857044).matches[0].constant == tau(4)


@pytest.mark.parametrize("text", ["", "tau", "1.5.4", "nan", "inf", "0", "0.00", "1e", "x"])
def test_refused(text):
    with pytest.raises(ArgumentError, match="identify: need"):
        identify(text)
