"""Sections 2.3 and 4.2.1: the usual initial law, the gradients, the linear regime."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims import Claim, E, HasLaw, Instances, Uniform, Var

from .setting import eq, here, paper, weight


@paper.equation(
    "1",
    where="section 2.3",
    kind="definition",
    latex=r"W_{ij} \sim U\!\left[-\frac1{\sqrt n}, \frac1{\sqrt n}\right]",
    note=r"Checked: mean zero, variance $1/(3n)$. The source calls n the size of the layer before "
    r"and the number of columns of W; with $s^i = z^iW^i + b^i$ of section 4.2.1 it is the number "
    "of rows.",
)
def eq1() -> Claim:
    """Mean and variance of the law."""
    end = 1 / sp.sqrt(here)
    return Claim(
        (eq(E(weight), 0), eq(Var(weight), 1 / (3 * here))),
        given=[HasLaw(weight, Uniform(-end, end))],
    )


cubic = sp.Symbol("c", real=True)


def f(s: sp.Expr) -> sp.Expr:
    """A symmetric function with unit derivative at zero."""
    return s + cubic * s**3


def named(name: str, *shape: int) -> sp.Matrix:
    """A matrix of symbols."""
    return sp.Matrix(*shape, lambda r, c: sp.Symbol(f"{name}_{r + 1}{c + 1}", real=True))


def by_sums(shape: tuple[int, int]) -> Any:
    """Equation (2) at every unit of a layer, for a quadratic cost of the layer after."""
    width, following = shape
    sums, weights = named("s", 1, width), named("W", width, following)
    bias, targets = named("b", 1, following), named("r", 1, following)
    out = sums.applyfunc(f) * weights + bias
    symbols = named("t", 1, following)
    cost = sum((t - r) ** 2 / 2 for t, r in zip(symbols, targets, strict=True))
    known = dict(zip(symbols, out, strict=True))
    after = [sp.diff(cost, t).subs(known) for t in symbols]
    whole = cost.subs(known)
    u = sp.Symbol("u")
    return tuple(
        eq(
            sp.diff(whole, sums[unit]),
            sp.diff(f(u), u).subs(u, sums[unit])
            * sum(weights[unit, m] * after[m] for m in range(following)),
        )
        for unit in range(width)
    )


def by_weights(shape: tuple[int, int]) -> Any:
    """Equation (3) at every weight of a layer, for a quadratic cost of its sums."""
    width, following = shape
    inputs, weights = named("z", 1, width), named("w", width, following)
    targets = named("r", 1, following)
    sums = inputs * weights
    cost = sum((t - r) ** 2 / 2 for t, r in zip(sums, targets, strict=True))
    return tuple(
        eq(sp.diff(cost, weights[row, unit]), inputs[row] * (sums[unit] - targets[unit]))
        for row in range(width)
        for unit in range(following)
    )


SHAPES = ((1, 1), (1, 2), (2, 1), (2, 2), (3, 2))
WORDS = "layers of 1 to 3 units before 1 or 2"


@paper.equation(
    "2",
    where="section 4.2.1",
    latex=r"\frac{\partial Cost}{\partial s_k^i} = f'(s_k^i)\,W_{k,\bullet}^{i+1}"
    r"\frac{\partial Cost}{\partial s^{i+1}}",
    strength="instances",
    note=r"From $s^i = z^iW^i + b^i$, $z^{i+1} = f(s^i)$. The weights are those of layer i+1: (6) "
    "and (7) lose this.",
)
def eq2() -> Claim:
    """Against the derivative of a quadratic cost."""
    return Claim(Instances(by_sums, SHAPES, WORDS))


@paper.equation(
    "3",
    where="section 4.2.1",
    latex=r"\frac{\partial Cost}{\partial w_{l,k}^i} = z_l^i\,\frac{\partial Cost}{\partial s_k^i}",
    strength="instances",
)
def eq3() -> Claim:
    """Against the derivative of a quadratic cost."""
    return Claim(Instances(by_weights, SHAPES, WORDS))


s = sp.Symbol("s_k^i", real=True)


@paper.equation(
    "4",
    where="section 4.2.1",
    latex=r"f'(s_k^i) \approx 1",
    outcome="approximation",
    assumptions=("f is tanh or softsign: symmetric, with unit derivative at zero",),
    note=r"For tanh the gap is exactly $f(s)^2$, of second order in s. For softsign it is at most "
    r"$2|s|$, of first order: its linear regime is much smaller. The logistic function is not "
    "covered, its derivative at zero is 1/4.",
)
def eq4() -> Claim:
    """Both functions from their definitions."""
    tanh = (sp.exp(s) - sp.exp(-s)) / (sp.exp(s) + sp.exp(-s))
    size = sp.Symbol("|s|", positive=True)
    softsign = sp.diff(size / (1 + size), size)
    derivative = sp.diff(tanh, s)
    return Claim(
        (eq(derivative, 1), eq(softsign, 1)),
        gap=(
            eq(1 - derivative, tanh**2),
            sp.Ge(1 - softsign, 0, evaluate=False),
            sp.Le(1 - softsign, 2 * size, evaluate=False),
        ),
    )
