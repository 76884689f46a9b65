"""Numbers too long to keep exactly: the balls hold the exact value, and the work stays bounded."""

from __future__ import annotations

import json
import pickle

import pytest
import sympy as sp

from symvar import Builder, enclose, errors, integrals, propagate, sequential, tau
from symvar.integrals import Known
from symvar.layers import Add, Conv
from symvar.symbols import x
from symvar.theories.settle import LONGEST_RATIONAL, settled

LONG = sp.Rational(2, 3) ** 3000


def holds(known, exact):
    return abs(exact - known.mid) <= known.rad


def test_a_short_number_and_a_formula_of_symbols_stay_as_they_are():
    for value in (sp.Rational(2, 3), 4 * tau(4), sp.Rational(2, 3) ** 20 * tau(9) + 1, LONG * x):
        assert settled(value) is value or settled(value) == value
        assert not settled(value).has(Known)


def test_the_ball_holds_the_exact_number():
    known = settled(LONG)
    assert isinstance(known, Known)
    assert holds(known, LONG)
    assert known.relative_radius < sp.Rational(1, 2**120)
    assert not holds(known, LONG * (1 + sp.Rational(1, 2**120)))


def test_the_ball_of_a_long_formula_holds_what_is_proven_of_the_formula():
    formula = sp.Add(*(sp.Rational(1, n) * tau(2) ** n * tau(9) for n in range(1, 40)))
    known = settled(formula)
    assert isinstance(known, Known)
    assert enclose(known, 30).agrees(enclose(formula, 40))
    assert not enclose(2 * known, 30).agrees(enclose(formula, 40))


def test_two_numbers_of_one_ball_do_not_cancel_and_one_number_does():
    one, other = Known(1, sp.Rational(1, 8), "a"), Known(1, sp.Rational(1, 8), "b")
    assert one - one == 0
    assert one / one == 1
    assert one - other != 0
    assert one != other
    assert settled(LONG) - settled(LONG) == 0


def test_it_comes_back_from_its_text_and_from_bytes():
    known = settled(LONG)
    assert eval(sp.srepr(known), vars(sp) | vars(integrals)) == known
    assert pickle.loads(pickle.dumps(known)) == known


def test_more_digits_than_the_ball_proves_are_refused():
    known = settled(LONG)
    exact = enclose(LONG, 30)
    assert enclose(known, 30).decimal() == exact.decimal() or enclose(known, 30).agrees(exact)
    with pytest.raises(errors.ArgumentError, match="pin down"):
        enclose(known, 200)


def chain(layers):
    return sequential([Conv(3, 3, padding=1), "relu"] * layers, input=(3, 5, 5))


def test_a_deep_chain_is_exact_first_and_then_holds_the_exact_product():
    """e/M' of a 3x3 kernel on a padded 5x5 map is 3 * 169/25 of 27: so much is lost per layer."""
    profile = propagate(chain(600), "kaiming-fan-in")
    loss = sp.Rational(169, 225)
    exact = [2 * loss ** (index + 1) for index in range(600)]
    assert not any(row.forward.has(Known) for row in profile.rows[:100])
    assert not any(row.backward.has(Known) for row in profile.rows[-100:])
    assert [row.name for row in profile.rows if row.enclosed] == list(profile.enclosed)
    assert propagate(chain(100), "kaiming-fan-in").enclosed == ()
    for row, value in zip(profile.rows, exact, strict=True):
        found = row.forward
        balls = found.atoms(Known)
        assert found == value if not balls else enclose(found, 30).agrees(enclose(value, 35))
    last = json.loads(profile.to_json())["rows"][-1]["forward"]
    assert last["exact"] is None
    assert float(last["value"]) == pytest.approx(float(exact[-1]), rel=1e-14)


def test_the_numbers_of_a_deep_chain_do_not_grow():
    longest = 0
    for row in propagate(chain(1500), "kaiming-fan-in").rows:
        for number in row.forward.atoms(sp.Rational) | row.backward.atoms(sp.Rational):
            longest = max(longest, number.p.bit_length() + number.q.bit_length())
    assert longest <= LONGEST_RATIONAL + 64


def test_a_deep_residual_chain_holds_the_exact_sum():
    build = Builder((3, 5, 5))
    last = build.node(Conv(3, 1, bias=False), "input")
    for _ in range(300):
        last = build.node(Add(), build.node(Conv(3, 3, padding=1, bias=False), last), last)
    build.node(Conv(3, 1, bias=False), last)
    profile = propagate(build.network(), "lecun")
    exact = (1 + sp.Rational(169, 225)) ** 300
    assert profile.rows[-1].enclosed
    assert enclose(profile.rows[-1].forward, 30).agrees(enclose(exact, 35))
    assert enclose(profile.rows[0].backward, 30).agrees(enclose(exact, 35))
