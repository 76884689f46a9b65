"""Section 2.2, backward propagation: equations (11) to (14)."""

from __future__ import annotations

from itertools import product
from typing import Any

import sympy as sp

from symvar.claims import (
    Claim,
    E,
    Gaussian,
    HasLaw,
    IdenticallyDistributed,
    Independent,
    Instances,
    NoAtomAtZero,
    Prob,
    Symmetric,
    Var,
    ZeroMean,
    random_variable,
)
from symvar.claims.closed_form import ClosedForm
from symvar.symbols import size

from .setting import (
    WEIGHTS,
    eq,
    fan_out,
    grad,
    i,
    over,
    paper,
    relu_slope,
    response,
    w,
    y,
)

passed = random_variable(r"{\Delta x_{l+1}}")


def backpropagated(shape: tuple[int, int, int, int]) -> Any:
    """Gradients by an input's pixel away from the border, against (11), in one dimension."""
    taps, channels, filters, position = shape
    length = position + taps
    weights = {
        (d, c, t): sp.Symbol(f"w_{d + 1}{c + 1}{t + 1}", real=True)
        for d, c, t in product(range(filters), range(channels), range(taps))
    }
    inputs = {
        (c, q): sp.Symbol(f"x_{c + 1}{q + 1}", real=True)
        for c, q in product(range(channels), range(length))
    }
    cotangent = {
        (d, q): sp.Symbol(f"r_{d + 1}{q + 1}", real=True)
        for d, q in product(range(filters), range(length - taps + 1))
    }
    objective = sum(
        cotangent[d, q] * weights[d, c, t] * inputs[c, q + t]
        for (d, q), c, t in product(cotangent, range(channels), range(taps))
    )
    column = sp.Matrix([cotangent[d, position - t] for d in range(filters) for t in range(taps)])
    rows = sp.Matrix(channels, filters * taps, lambda c, col: weights[col // taps, c, col % taps])
    gradients = sp.Matrix([sp.diff(objective, inputs[c, position]) for c in range(channels)])
    return sp.Eq(gradients.as_immutable(), (rows * column).as_immutable(), evaluate=False)


@paper.equation(
    "11",
    where="section 2.2",
    kind="definition",
    latex=r"\Delta\mathbf x_l = \hat W_l\,\Delta\mathbf y_l",
    strength="instances",
    note=r"$\hat W_l$ holds the filters with their taps turned round. A pixel meets "
    r"$\hat n_l = k_l^2 d_l$ outputs for stride one and away from the border.",
)
def eq11() -> Claim:
    """Against the derivative of a linear objective."""
    shapes = ((1, 1, 1, 0), (2, 1, 1, 1), (2, 2, 1, 1), (2, 1, 2, 1), (3, 2, 2, 2))
    words = "one-dimensional convolutions of 1 to 3 taps, 1 or 2 channels and filters"
    return Claim(Instances(backpropagated, shapes, words))


taps, filters, stride, outputs = (size(name) for name in ("k", "d", "s", "m"))


@paper.equation(
    "prose:fan-out",
    where="section 2.2",
    latex=r"\hat n = k^2 d",
    outcome="holds-under",
    beyond=("the stride is one",),
    note=r"With stride s a pixel meets $k^2 d/s^2$ outputs on average. In the source's models the "
    "strided convolution is the first, whose input gradient is not needed.",
)
def fan_out_count() -> Claim:
    """Pairs of output and tap, per axis, divided by the inputs: strides are the outputs' gaps."""
    inputs = stride * outputs
    per_axis = taps * outputs / inputs
    return Claim(eq(per_axis**2 * filters, taps**2 * filters), extra=[sp.Eq(stride, 1)])


@paper.equation(
    "prose:equal probabilities",
    where="section 2.2",
    latex=r"f'(y_l) \in \{0, 1\}, \quad \Pr(f'(y_l) = 1) = \tfrac12",
    assumptions=("weights are symmetric, so the responses are",),
    outcome="holds-under",
    beyond=("a response is zero with probability zero",),
    note="In a net of finite width all n inputs of a unit can be zero, so a response is zero with "
    r"some probability p, and the probability is $(1-p)/2$; after one hidden layer of n units "
    r"$p = 2^{-n}$.",
)
def equal_probabilities() -> Claim:
    """By symmetry."""
    return Claim(
        (
            eq(Prob(response > 0), sp.Rational(1, 2)),
            eq(E(relu_slope(response)), sp.Rational(1, 2)),
        ),
        given=[Symmetric(response)],
        extra=[NoAtomAtZero(response)],
    )


@paper.equation(
    "prose:half backward",
    where="section 2.2",
    latex=r"E[\Delta y_l] = \tfrac12 E[\Delta x_{l+1}] = 0, \quad "
    r"E[(\Delta y_l)^2] = \mathrm{Var}[\Delta y_l] = \tfrac12\mathrm{Var}[\Delta x_{l+1}]",
    assumptions=("f' and the gradient are independent, f' is zero or one with equal chances",),
)
def half_backward() -> Claim:
    """With the independence that the source assumes."""
    after = relu_slope(response) * passed
    given = [
        Symmetric(response),
        NoAtomAtZero(response),
        ZeroMean(passed),
        Independent(response, passed),
    ]
    statements = (
        eq(E(after), 0),
        eq(E(after**2), Var(passed) / 2),
        eq(Var(after), Var(passed) / 2),
    )
    return Claim(statements, given=given)


def small_net(width: int, share: sp.Expr) -> sp.Eq:
    """E of the squared gradient by y_1 against a share of that by x_1, all signs equally likely.

    One hidden layer of responses of size one, one unit after it with weights of sizes 1, 2, 4, ...
    (no two subsets sum to the same), a rectifier on it, a cotangent of one.
    """
    before = after = sp.Integer(0)
    for signs in product((-1, 1), repeat=2 * width):
        inputs = [max(0, each) for each in signs[:width]]
        weights = [sign * 2**place for place, sign in enumerate(signs[width:])]
        alive = int(sum(a * b for a, b in zip(inputs, weights, strict=True)) > 0)
        by_input = weights[0] * alive
        after += sp.Integer(by_input) ** 2
        before += sp.Integer(by_input * int(signs[0] > 0)) ** 2
    total = 4**width
    return eq(before / total, share * after / total)


@paper.equation(
    "prose:independence",
    where="section 2.2",
    kind="assumption",
    latex=r"f'(y_l) \text{ and } \Delta x_{l+1} \text{ are independent: } "
    r"E[(\Delta y_l)^2] = \tfrac12 E[(\Delta x_{l+1})^2]",
    outcome="approximation",
    strength="instances",
    note=r"They are dependent: where all n units are dead, the next response is zero and passes no "
    r"gradient. In a dense net with n units the factor is $\tfrac12/(1-2^{-n})$, so 1 for n = 1 "
    "and one half to four digits from n = 14 on. At realistic widths the assumption costs nothing.",
)
def independence() -> Claim:
    """The smallest nets there are, by all their signs."""
    widths = (1, 2, 3, 4)
    words = "hidden layers of 1 to 4 units, all signs"
    half = sp.Rational(1, 2)
    return Claim(
        Instances(lambda width: small_net(width, half), widths, words),
        gap=Instances(lambda width: small_net(width, half / (1 - half**width)), widths, words),
    )


BACKWARD = (
    Independent(w, (y, grad)),
    *WEIGHTS,
    Independent(y, grad),
    Symmetric(y),
    NoAtomAtZero(y),
    IdenticallyDistributed(y),
    IdenticallyDistributed(grad),
    ZeroMean(grad),
)
by_response = relu_slope(y[i]) * grad[i]
by_input = over(w[i] * by_response, fan_out)


@paper.equation(
    "12",
    where="section 2.2",
    latex=r"\mathrm{Var}[\Delta x_l] = \hat n_l\,\mathrm{Var}[w_l]\,\mathrm{Var}[\Delta y_l] = "
    r"\tfrac12\hat n_l\,\mathrm{Var}[w_l]\,\mathrm{Var}[\Delta x_{l+1}]",
    assumptions=(
        "weights are independent of the gradients by the responses",
        "f' and the gradient are independent",
    ),
)
def eq12() -> Claim:
    """Both printed equations."""
    first = by_response.subs(i, 1)
    return Claim(
        (
            eq(Var(by_input), fan_out * Var(w[1]) * Var(first)),
            eq(Var(by_input), fan_out * Var(w[1]) * Var(grad[1]) / 2),
        ),
        given=BACKWARD,
    )


depth = size("L")
fan, variance = (sp.Function(name, positive=True) for name in (r"\hat{n}", "v"))
layer = sp.Symbol("l", integer=True)
lowest = size("l_0")
last, after = sp.symbols("V_{L+1} V", positive=True)


@paper.equation(
    "13",
    where="section 2.2",
    latex=r"\mathrm{Var}[\Delta x_2] = \mathrm{Var}[\Delta x_{L+1}]"
    r"\prod_{l=2}^L\tfrac12\hat n_l\,\mathrm{Var}[w_l]",
    note="Checked for every layer as the lowest, of which the source prints the second.",
)
def eq13() -> Claim:
    """By induction from (12), downward from the last layer."""
    factor = fan(layer) * variance(layer) / 2
    step = after * factor.subs(layer, lowest)
    closed = last * sp.Product(factor, (layer, lowest, depth))
    return Claim(ClosedForm(closed, lowest, depth + 1, last, step, after, upward=False))


@paper.equation(
    "14",
    where="section 2.2",
    latex=r"\tfrac12\hat n_l\,\mathrm{Var}[w_l] = 1 \quad \forall l, \qquad "
    r"\text{std} = \sqrt{2/\hat n_l}",
    note="Checked is that weights of this standard deviation keep the gradients' variance.",
)
def eq14() -> Claim:
    """Equation (12) with Gaussian weights of this standard deviation."""
    law = HasLaw(w, Gaussian(0, sp.sqrt(2 / fan_out) ** 2))
    return Claim(
        (eq(Var(by_input), Var(grad[1])), eq(fan_out * Var(w[1]) / 2, 1)), given=[*BACKWARD, law]
    )


numbers = sp.Function("d", positive=True)
kernel = sp.Function("k", positive=True)
before = sp.Symbol("R", positive=True)


@paper.equation(
    "prose:either suffices",
    where="section 2.2",
    latex=r"\prod_{l=2}^L\tfrac12 n_l\,\mathrm{Var}[w_l] = \prod_{l=2}^L n_l/\hat n_l = c_2/d_L "
    r"\quad\text{under (14)}",
    note=r"As $c_l = d_{l-1}$ all other factors cancel, whatever the kernels. For the "
    "filters 64 to 512 of the source's example the forward variance ends at 1/8. The argument "
    "needs stride one in both counts.",
)
def either() -> Claim:
    """By induction on the depth, from n = k^2 d_{l-1} and n-hat = k^2 d_l."""
    n_in = kernel(depth) ** 2 * numbers(depth - 1)
    n_out = kernel(depth) ** 2 * numbers(depth)
    weight = 2 / n_out
    return Claim(
        ClosedForm(numbers(1) / numbers(depth), depth, 1, 1, before * n_in * weight / 2, before)
    )
