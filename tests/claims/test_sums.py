"""Sums of symbolic length: proved for every length, refuted by short explicit families."""

from __future__ import annotations

import pytest
import sympy as sp

from symvar import check
from symvar.claims import Independent, random_family
from symvar.claims.closed_form import ClosedForm
from symvar.symbols import padding_size, size

a, z = (sp.IndexedBase(name, real=True) for name in "az")
i, j, k = sp.symbols("i j k", integer=True)
m, n = size("m"), size("n")
empty = padding_size("n_0")


def total(term, index, length=n):
    return sp.Sum(term, (index, 1, length))


def square_of_centred(length):
    return total((a[i] - total(a[k], k, length) / length) ** 2, i, length)


HOLD = [
    sp.Eq(total(total(a[i] * z[j], j), i, m), total(a[i], i, m) * total(z[i], i), evaluate=False),
    sp.Eq(square_of_centred(n), total(a[i] ** 2, i) - total(a[i], i) ** 2 / n, evaluate=False),
    sp.Ge(total(a[i] ** 2, i), total(a[i], i) ** 2 / n, evaluate=False),
    sp.Le(0, square_of_centred(n), evaluate=False),
    sp.Eq(total(a[i] ** 3 * z[i], i), total(z[k] * a[k] ** 3, k), evaluate=False),
]
FAIL = [
    sp.Eq(total(a[i] * z[i], i), total(a[i], i) * total(z[i], i), evaluate=False),
    sp.Eq(total(a[i] ** 2, i), total(a[i], i) ** 2, evaluate=False),
    sp.Gt(total(a[i] ** 2, i), total(a[i], i) ** 2 / n, evaluate=False),
    sp.Ge(total(a[i] ** 2, i), total(a[i], i) ** 2, evaluate=False),
    sp.Eq(total(a[i], i), total(a[i], i, n + 1), evaluate=False),
    sp.Eq(total(a[i], i), total(a[i], i, m), evaluate=False),
    sp.Ne(total(a[i], i), total(a[k], k), evaluate=False),
]


@pytest.mark.parametrize("statement", HOLD, ids=str)
def test_what_holds_for_every_length_is_proved(statement):
    assert check(statement).status == "proved"


@pytest.mark.parametrize("statement", FAIL, ids=str)
def test_what_fails_for_a_short_family_is_refuted_there(statement):
    """The counterexample, put back, makes the relation false."""
    verdict = check(statement)
    assert verdict.status == "refuted", verdict
    sizes = {each: value for each, value in verdict.counterexample.items() if each in (m, n)}
    spelled = statement.func(*(side.subs(sizes).doit() for side in statement.args), evaluate=False)
    assert spelled.subs(verdict.counterexample).doit() == sp.false


def test_what_is_given_about_random_variables_is_no_hindrance():
    given = [Independent(random_family("w"))]
    assert check(HOLD[0], given).status == "proved"
    assert check(FAIL[0], given).status == "refuted"


def test_a_mean_needs_a_family_that_is_not_empty():
    """For n = 0 the right side is undefined, so nothing is proved."""
    statement = sp.Ge(total(a[i] ** 2, i, empty), total(a[i], i, empty) ** 2 / empty)
    assert check(statement).status != "proved"


def test_conditions_on_entries_keep_counterexamples_out():
    statement = sp.Ge(total(a[i], i), a[1], evaluate=False)
    assert check(statement).status == "refuted"
    verdict = check(statement, [sp.Ge(a[2], 5, evaluate=False), sp.Eq(n, 2)])
    assert verdict.status in ("unknown", "proved")


factor = sp.Function("f", positive=True)
layer, last = size("l"), size("L")
before = sp.Symbol("u'", positive=True)
start = sp.Symbol("u_1", positive=True)


def forward(value):
    return ClosedForm(value, layer, 1, start, factor(layer) * before, before)


def backward(value):
    step = factor(layer) * before
    return ClosedForm(value, layer, last + 1, start, step, before, upward=False)


@pytest.mark.parametrize(
    "claim",
    [
        forward(start * sp.Product(factor(j), (j, 2, layer))),
        backward(start * sp.Product(factor(j), (j, layer, last))),
        ClosedForm(start * 2 ** (layer - 1), layer, 1, start, 2 * before, before),
    ],
    ids=["forward", "backward", "power"],
)
def test_a_closed_form_is_proved_by_induction_and_its_changes_are_refuted(claim):
    assert check(claim).status == "proved"
    mutants = list(claim.mutants())
    assert len(mutants) >= 4
    for name, mutant in mutants:
        assert check(mutant).status == "refuted", name


@pytest.mark.parametrize(
    "claim",
    [
        forward(start * sp.Product(factor(j), (j, 1, layer))),
        forward(start * sp.Product(factor(j), (j, 2, layer + 1))),
        forward(start * sp.Product(factor(j), (j, 2, layer)) + layer - 1),
        forward(start * sp.Product(factor(j + 1), (j, 2, layer))),
        backward(start * sp.Product(factor(j), (j, layer, last + 1))),
        # equal at the first four indices, and not at the fifth
        ClosedForm(
            start + (layer - 1) * (layer - 2) * (layer - 3) * (layer - 4),
            layer, 1, start, before, before,
        ),
    ],
)  # fmt: skip
def test_what_is_no_closed_form_is_not_proved(claim):
    assert check(claim).status in ("refuted", "instances")
    assert check(claim).status != "proved"
