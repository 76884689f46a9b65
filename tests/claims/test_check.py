"""The checker: what it proves, what it refutes with a counterexample, and what must not fool it."""

from __future__ import annotations

import pytest
import sympy as sp

import symvar
from symvar import check, tau
from symvar.claims import Verdict
from symvar.errors import ArgumentError
from symvar.symbols import k, padding_size, size, w

x, y = sp.symbols("x y", real=True)
positive = sp.Symbol("y_+", positive=True)
whole = sp.Symbol("n", integer=True)
count = padding_size("n_0")
some = sp.Symbol("z")


def stated(lhs, rhs, relation=sp.Eq):
    """The relation as written: sympy must not judge it before the checker does."""
    return relation(lhs, rhs, evaluate=False)


def status(statement, given=()):
    return check(statement, given).status


TRUE = [
    stated((w + k) ** 2, w**2 + 2 * w * k + k**2),
    stated(sp.sin(x) ** 2 + sp.cos(x) ** 2, 1),
    stated(sp.sqrt(positive**2), positive),
    stated(sp.sin(sp.pi * whole), 0),
    stated((-1) ** (2 * whole), 1),
    stated(sp.log(positive**2), 2 * sp.log(positive)),
    stated(0, x**2, sp.Le),
    stated(x**2 + 1, 0, sp.Gt),
    stated(k**2, k, sp.Ge),
    stated(tau(3), tau(3).doit()),
    stated(tau(3), tau(3).doit(), sp.Le),
    stated(w + k, k + w),
]


@pytest.mark.parametrize("statement", TRUE, ids=str)
def test_true_for_all_values_is_proved(statement):
    verdict = check(statement)
    assert verdict.status == "proved", verdict
    assert verdict.evidence
    assert not verdict.counterexample


FALSE = [
    stated(w * k, w + k),
    stated((w + k) ** 2, w**2 + k**2),
    # true for integers only
    stated(sp.sin(sp.pi * x), 0),
    stated(sp.floor(x), x),
    # branch cuts: true for positive x only
    stated(sp.sqrt(x**2), x),
    stated(sp.sqrt(some**2), some),
    stated(sp.log(x**2), 2 * sp.log(x)),
    stated(sp.log(x * y), sp.log(x) + sp.log(y)),
    stated(sp.sqrt(x - 1) * sp.sqrt(x + 1), sp.sqrt(x**2 - 1)),
    stated(1 / sp.sqrt(x), sp.sqrt(1 / x)),
    stated(sp.atan(x) + sp.atan(1 / x), sp.pi / 2),
    stated(sp.asin(sp.sin(x)), x),
    stated((x**2) ** sp.Rational(3, 2), x**3),
    # false only at 0
    stated(sp.sign(x) ** 2, 1),
    stated(0**count, 0),
    stated(0, x**2, sp.Lt),
    # false only at 1
    stated(k, 1, sp.Gt),
    stated(k**2, k, sp.Gt),
    stated(x**2, x, sp.Ne),
    # false by one in the tenth digit
    stated(sp.pi * positive, sp.Rational("3.141592655") * positive),
    stated(x * sp.Rational("0.1") * 3, x * sp.Float("0.3") + x / 10**10),
    # a maximum
    stated(sp.Max(x, y), (x + y + sp.Abs(x + y)) / 2),
]


def satisfies(symbol, value):
    kept = {name: getattr(value, f"is_{name}") for name in symbol.assumptions0}
    return all(kept[name] in (truth, None) for name, truth in symbol.assumptions0.items())


@pytest.mark.parametrize("statement", FALSE, ids=str)
def test_false_somewhere_is_refuted_by_an_exact_point(statement):
    """The counterexample is put back into the statement here, and by evaluation to 30 digits."""
    verdict = check(statement)
    assert verdict.status == "refuted", verdict
    point = verdict.counterexample
    assert set(point) == statement.free_symbols
    for symbol, value in point.items():
        assert value.is_number
        assert not value.has(sp.Float)
        assert satisfies(symbol, value)
    gap = sp.N((statement.lhs - statement.rhs).subs(point), 30)
    far = abs(gap) > sp.Float("1e-12")
    if isinstance(statement, (sp.Eq, sp.Ne)):
        assert far == isinstance(statement, sp.Eq)
    else:
        assert gap.is_real
        assert statement.func(gap, 0) == sp.false


CONSTANTS = [
    (stated(tau(4), sp.Rational("1.5437850115857043700")), "refuted"),
    (stated(tau(4), sp.Rational("1.5437850116")), "refuted"),
    (stated(tau(4), tau(4).doit()), "proved"),
    (stated(sp.sqrt(2), sp.Rational("1.4142135623")), "refuted"),
    (stated(tau(6), tau(7), sp.Lt), "enclosed"),
    (stated(tau(7), tau(6), sp.Lt), "refuted"),
    (stated(tau(7), tau(6), sp.Le), "refuted"),
    (stated(tau(6), tau(6) + sp.Rational(1, 10**30)), "refuted"),
    (stated(tau(8) / 10**60, tau(9) / 10**60), "refuted"),
    (stated(sp.Float("0.1") + sp.Float("0.2"), sp.Float("0.3")), "refuted"),
]


@pytest.mark.parametrize(("statement", "expected"), CONSTANTS, ids=str)
def test_constants_are_told_apart_by_balls(statement, expected):
    assert status(statement) == expected


def test_constants_that_only_digits_can_compare_are_enclosed():
    """Machin's formula, and the same off by one in the 45th digit."""
    machin = stated(4 * sp.atan(sp.Rational(1, 5)) - sp.atan(sp.Rational(1, 239)), sp.pi / 4)
    verdict = check(machin)
    assert verdict.status in ("enclosed", "proved")
    off = stated(machin.lhs + sp.Rational(1, 10**45), sp.pi / 4)
    assert status(off) == "refuted"


def test_equal_constants_in_a_strict_inequality_are_never_affirmed():
    assert status(stated(tau(3), tau(3).doit(), sp.Lt)) in ("refuted", "unknown")
    assert status(stated(tau(3), tau(3).doit(), sp.Ne)) in ("refuted", "unknown")


UNKNOWN = [
    stated(sp.KroneckerDelta(whole, 6), 0),  # false at 6 alone, which no list of points need hold
    stated(sp.prod([x - sp.Rational(a, b) for a in range(-8, 9) for b in (1, 2, 3)]), 0),
]


@pytest.mark.parametrize("statement", UNKNOWN, ids=["delta", "many roots"])
def test_false_where_no_point_looked_is_never_proved(statement):
    assert status(statement) in ("unknown", "refuted")


ZERO_OVER_ZERO = [
    stated((x**2 - 1) / (x - 1), x + 1),
    stated(x * (1 / x + 1), 1 + x),
    stated((x**2 - 4) / (x - 2) - x, 2),
]


@pytest.mark.parametrize("statement", ZERO_OVER_ZERO, ids=str)
def test_an_identity_undefined_at_a_point_is_not_proved_for_all(statement):
    """At x = 1 (0, 2) the left side is 0/0: the identity does not hold for every real x."""
    assert status(statement) != "proved"


def test_the_same_identity_is_proved_where_it_is_defined():
    assert status(stated(positive * (1 / positive + 1), 1 + positive)) == "proved"
    assert status(stated((k**2 - 1) / (k + 1), k - 1)) == "proved"


def test_an_integral_is_not_what_sympy_says_it_is():
    """sympy 1.14 integrates exp(-3t^2) erf(t)^2 over t > 0 to sqrt(3 pi)/6 = 0.51; it is 0.082."""
    t = sp.Symbol("t", real=True)
    integral = sp.Integral(sp.exp(-3 * t**2) * sp.erf(t) ** 2, (t, 0, sp.oo))
    assert abs(integral.evalf(10) - sp.Float("0.0823068049")) < sp.Float("1e-9")
    assert status(stated(integral, sp.sqrt(3 * sp.pi) / 6)) not in ("proved", "enclosed")


def test_given_equations_are_used():
    assert status(stated(w * k, w), [sp.Eq(k, 1)]) == "proved"
    assert status(stated(w * k, w)) == "refuted"


@pytest.mark.parametrize(
    ("statement", "given"),
    [
        (stated(y, 3), [sp.Eq(y, x + 1), sp.Eq(x, 2)]),
        (stated(y, 3), [sp.Eq(x, 2), sp.Eq(y, x + 1)]),
        (stated(x, 3), [sp.Eq(x, y + 1), sp.Eq(y, 2)]),
        (stated(positive, 1), [sp.Eq(positive, positive**2)]),
        (stated(sp.Abs(x), x), [sp.Ge(x, 0)]),
        (stated(x, 1, sp.Ge), [sp.Ge(x, 2)]),
        (stated(x * y, 0), [sp.Eq(x * y, 0)]),
    ],
    ids=str,
)
def test_what_follows_from_the_given_facts_is_never_refuted(statement, given):
    assert status(statement, given) in ("proved", "unknown")


def test_chained_equations_are_followed_to_the_end():
    for given in ([sp.Eq(y, x + 1), sp.Eq(x, 2)], [sp.Eq(x, y + 1), sp.Eq(y, 2)]):
        (end,) = {fact.lhs for fact in given} - set().union(*(f.rhs.free_symbols for f in given))
        assert status(stated(end, 3), given) == "proved"


def test_counterexamples_keep_to_the_given_facts():
    verdict = check(stated(w * k, 2 * w), [sp.Ge(k, 3)])
    assert verdict.status == "refuted"
    assert verdict.counterexample[k] >= 3


def test_a_counterexample_gives_every_symbol_a_value():
    """y = x + 1 refutes y = x, and the point says both."""
    verdict = check(stated(y, x), [sp.Eq(y, x + 1)])
    assert verdict.status == "refuted"
    point = verdict.counterexample
    assert set(point) == {x, y}
    assert point[y] == point[x] + 1


@pytest.mark.parametrize("fact", [sp.true, sp.Ge(w, 1)], ids=str)
def test_a_fact_that_is_always_true_changes_nothing(fact):
    assert fact is sp.true  # w is a positive integer: sympy evaluates w >= 1
    assert status(stated(w + k, k + w), [fact]) == "proved"
    assert status(stated(w + k, k), [fact]) == "refuted"


@pytest.mark.parametrize(
    "given", [[sp.false], [sp.Eq(positive, -1)], [sp.Eq(x, 2), sp.Eq(x, 3)]], ids=str
)
def test_facts_that_cannot_hold_refute_nothing(given):
    """No point satisfies them, so there is no counterexample to give."""
    assert status(stated(x, 5), given) != "refuted"


def test_truth_values_and_booleans():
    assert status(sp.true) == status(True) == "proved"
    assert status(sp.false) == status(False) == "refuted"
    assert status(sp.And(sp.Ge(k, 1, evaluate=False), k < k + 1)) == "proved"
    assert status(sp.And(k > 1, k > 0)) == "refuted"
    assert status(sp.Or(x > 0, x < 1)) in ("proved", "unknown")


@pytest.mark.parametrize("statement", ["x == 1", x + 1, None, 3])
def test_what_is_no_statement_is_refused(statement):
    with pytest.raises(ArgumentError, match="need a sympy relation"):
        check(statement)


@pytest.mark.parametrize(
    "statement",
    [stated(sp.exp(sp.I), 1), stated(sp.zeta(3), 2), stated(sp.zeta(3), sp.pi, sp.Lt)],
    ids=str,
)
def test_constants_out_of_reach_are_answered_not_raised(statement):
    """Not real, or a function without balls: refuted or unknown, never an exception."""
    assert status(statement) in ("refuted", "unknown", "enclosed")
    if isinstance(statement, sp.Eq):
        assert status(statement) != "enclosed"


def test_a_verdict_is_no_truth_value():
    with pytest.raises(TypeError, match="not a truth value"):
        bool(check(sp.true))
    assert isinstance(check(sp.true), Verdict)


@pytest.mark.parametrize(
    ("statement", "given"),
    [
        (stated(w * k, w + k), ()),
        (stated(w * k, 2 * w), (sp.Ge(k, 3),)),
        (stated(w * k, w), (sp.Eq(k, 1),)),
        (stated(tau(6), tau(7), sp.Lt), ()),
        (stated(size("q") ** 2, size("q")), ()),
    ],
    ids=str,
)
def test_the_call_that_reproduces_a_verdict_runs_and_gives_it_again(statement, given):
    verdict = check(statement, given)
    again = eval(verdict.reproduce, {**vars(sp), **vars(symvar)})
    assert again.status == verdict.status
    assert again.counterexample == verdict.counterexample
