"""The rule for integrands that rise late: bounds that are bounds, and the same integrals."""

from __future__ import annotations

import pytest
from flint import acb, arb, ctx

from symvar.integrals import ellipses, enclose, quadrature, tau


def rising(s):
    return (s * s * -1.5).exp() * quadrature._distribution(s) ** 10**6 * 10**18


@pytest.mark.parametrize("bits", [60, 200, 500])
@pytest.mark.parametrize(("low", "high"), [(3.6, 4.0), (4.0, 4.8), (3.0, 9.0)])
def test_agrees_with_the_adaptive_rule(bits, low, high):
    with ctx.workprec(bits):
        ours = ellipses.integral(rising, low, high, 20)
        truth = acb.integral(lambda s, _: rising(s), low, high).real
        assert ours.overlaps(truth)
        assert ours.rel_accuracy_bits() > bits - 34 - 6 * (low == 3.6)


@pytest.mark.parametrize("count", [2, 5, 12, 30])
def test_few_nodes_give_a_wide_ball_that_still_holds_the_truth(monkeypatch, count):
    rule = ellipses._rule
    with ctx.workprec(200):
        truth = acb.integral(lambda s, _: rising(s), 3.8, 5.0).real
        bound = ellipses._error(rising, 3.8, 5.0, count, 100)
        gap = abs(rule(rising, 3.8, 5.0, count) - truth)
        assert gap < bound
        assert bound > 1e-40
        monkeypatch.setattr(ellipses, "_DEEPEST", 0)
        monkeypatch.setattr(ellipses, "_rule", lambda f, a, b, n: rule(f, a, b, count))
        monkeypatch.setattr(ellipses, "_error", lambda *arguments: bound)
        assert ellipses.integral(rising, 3.8, 5.0, 20).contains(truth)


@pytest.mark.parametrize("size", [10**4, 10**6, 10**12, 10**40])
def test_large_windows_have_their_digits_at_once(size):
    few, many = enclose(tau(size), 40), enclose(tau(size), 60)
    assert few.agrees(many)
    assert few.rad < abs(few.mid) * arb(10) ** -40
