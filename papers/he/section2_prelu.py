"""Section 2.1: the parametric rectifier, its gradients, its parameters."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims import Claim, Instances

from .setting import eq, paper, prelu, slope

u = sp.Symbol("y_i", real=True)
mu, epsilon = sp.symbols("mu epsilon", positive=True)
gradient = sp.Symbol("g", real=True)


@paper.equation(
    "1",
    where="section 2.1",
    kind="definition",
    latex=r"f(y_i) = \begin{cases} y_i & y_i > 0 \\ a_i y_i & y_i \le 0 \end{cases} "
    r"= \max(0, y_i) + a_i\min(0, y_i)",
    note="Checked is that both printed forms agree, at zero too.",
)
def eq1() -> Claim:
    """Cases against maximum and minimum."""
    return Claim(eq(sp.Piecewise((u, u > 0), (slope * u, True)), prelu(u)))


def channel(signs: tuple[int, ...]) -> Any:
    """Equation (2) for one channel whose responses are positive (1) or not (0)."""
    sizes = [sp.Symbol(f"d_{s + 1}", positive=True) for s in range(len(signs))]
    responses = [d if sign else -d for sign, d in zip(signs, sizes, strict=True)]
    aims = [sp.Symbol(f"r_{s + 1}", real=True) for s in range(len(signs))]
    outputs = [prelu(each) for each in responses]
    objective = sum((f - r) ** 2 / 2 for f, r in zip(outputs, aims, strict=True))
    printed = sum(
        (f - r) * sp.Piecewise((0, each > 0), (each, True))
        for f, r, each in zip(outputs, aims, responses, strict=True)
    )
    return eq(sp.diff(objective, slope), printed)


@paper.equation(
    "2",
    where="section 2.1",
    latex=r"\frac{\partial\mathcal E}{\partial a_i} = \sum_{y_i}"
    r"\frac{\partial\mathcal E}{\partial f(y_i)}\frac{\partial f(y_i)}{\partial a_i}",
    strength="instances",
    note="The sum runs over the positions of channel i; for one coefficient per layer a sum over "
    "the channels is added in the source, and the sum is over all of them.",
)
def eq2() -> Claim:
    """Against the derivative of a quadratic objective, the derivative (3) put in."""
    patterns = ((0,), (0, 0), (0, 1), (1, 0), (0, 0, 1), (0, 1, 0))
    words = "signs of the responses in a channel of 1 to 3 positions"
    return Claim(Instances(channel, patterns, words))


@paper.equation(
    "3",
    where="section 2.1",
    latex=r"\frac{\partial f(y_i)}{\partial a_i} = "
    r"\begin{cases} 0 & y_i > 0 \\ y_i & y_i \le 0 \end{cases}",
    note="f is linear in the coefficient, so this holds at zero too.",
)
def eq3() -> Claim:
    """The difference of f at two coefficients, which is the derivative times their distance."""
    step = sp.Symbol("h", real=True)
    printed = sp.Piecewise((0, u > 0), (u, True))
    return Claim(eq(prelu(u, slope + step) - prelu(u), step * printed))


@paper.equation(
    "4",
    where="section 2.1",
    kind="algorithm",
    latex=r"\Delta a_i := \mu\,\Delta a_i + \epsilon\,\frac{\partial\mathcal E}{\partial a_i}",
    outcome="holds-under",
    beyond=("the increment is subtracted: a_i becomes a_i - Delta a_i",),
    note="A convention of the software used: the increment is taken away. Read as an increment "
    "that is added, the rule climbs.",
)
def eq4() -> Claim:
    """The objective changes to first order by the gradient times what is added to a."""
    applied = sp.Symbol(r"\sigma", integer=True, nonzero=True)
    increment = epsilon * gradient
    return Claim(sp.Le(gradient * applied * increment, 0), extra=[sp.Eq(applied, -1)])


@paper.equation(
    "table:1",
    where="section 2.1, table 1",
    latex=r"1 + 4 + 6 + 3 = 14 \text{ layers}, \quad 14 - 1 = 13 \text{ shared coefficients}",
    note="Eleven convolutions and three dense layers; every layer but the last has a rectifier. "
    "With sixteen convolutions more: the 30 layers, 27 and 3, of section 2.2.",
)
def table_1() -> Claim:
    """Layers with weights."""
    convolutions, dense, more = (1, 4, 6), 3, 16
    small = sp.Add(*convolutions, dense)
    return Claim(
        (
            eq(small, 14),
            eq(small - 1, 13),
            eq(sp.Add(*convolutions, more), 27),
            eq(small + more, 30),
        )
    )
