"""The formula checker itself: it must reject what does not typeset."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "formula", [r"\frac{1}{2}", r"\tau_{T}^{2}", r"\sigma^{2}_{w,\mathrm{a\_b}}"]
)
def test_good_formulas_typeset(katex, formula):
    katex(formula)


@pytest.mark.parametrize(
    "formula", [r"\nosuchmacro{1}", "x_{1}_{2}", r"\frac{1}{2", r"\left(x", r"\text{a_b}", "é"]
)
def test_bad_formulas_are_rejected(katex, formula):
    with pytest.raises(AssertionError):
        katex(formula)
