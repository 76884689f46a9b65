"""Section 2.2.2: the updates of thresholds and weights, and what becomes of dead neurons."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims import Claim, Instances

from .setting import eq, eta, gamma, generator, gradient, paper, slope, t, x

# A derivative that is positive, one that is not zero, and how far a dead input lies below.
rise = sp.Symbol("g", positive=True)
nonzero = sp.Symbol("g", real=True, nonzero=True)
h = sp.Symbol("h", real=True)
d = sp.Symbol("d", positive=True)
gap = sp.Symbol("d_0", nonnegative=True)
above, below = sp.symbols("u v", nonnegative=True)


@paper.equation(
    "5",
    where="section 2.2.2",
    kind="algorithm",
    latex=r"t_i = t_i - \eta\,\frac{\partial\varepsilon}{\partial f(x_i)}"
    r"\frac{\partial f(x_i)}{\partial t_i}",
    note="The step is gradient descent: for an objective linear in the node's output, "
    r"$\varepsilon = g f$, it lowers the objective by $\eta g^2$ where the node is dead, and "
    r"leaves it where the node is alive. The rate is called $\eta$ here, $\gamma$ in (9) and in "
    "the momentum rule.",
)
def eq5() -> Claim:
    """The first-order change of the objective."""
    slopes = slope(x, t)
    moved = t - eta * gradient * slopes
    return Claim(
        (
            sp.Le(gradient * slopes * (moved - t), 0, evaluate=False),
            eq(gradient * slopes * (moved - t), -eta * gradient**2 * slopes),
        ),
    )


@paper.equation(
    "prose:update iff dead",
    where="section 2.2.2",
    latex=r"t_i \text{ would update} \iff x_i \le t_i",
    outcome="holds-under",
    beyond=("the derivative of the objective by the node's output is not zero",),
    note="With a zero derivative a dead node's threshold stays, so only one direction holds "
    "without the condition.",
)
def update_iff_dead() -> Claim:
    """The step of a node above its threshold, and of one that is not."""

    def step(at: sp.Expr) -> sp.Expr:
        return eta * gradient * slope(at, t)

    return Claim(
        (eq(step(t + d), 0), sp.Gt(step(t - gap) ** 2, 0, evaluate=False)),
        extra=[sp.Eq(gradient, nonzero)],
    )


def convolved(shape: tuple[int, int]) -> Any:
    """Equation (6) for a one-dimensional convolution, its nonlinearity an arbitrary cubic."""
    length, taps = shape
    weights = [sp.Symbol(f"w_{c + 1}", real=True) for c in range(taps)]
    inputs = [sp.Symbol(f"y_{c + 1}", real=True) for c in range(length)]
    slots = range(length - taps + 1)
    sums = [sum(weights[c] * inputs[s + c] for c in range(taps)) for s in slots]
    c_1, c_2, u = sp.symbols("c_1 c_2 u", real=True)
    f = c_1 * u + c_2 * u**2
    aims = [sp.Symbol(f"r_{s + 1}", real=True) for s in slots]
    objective = sum((f.subs(u, sums[s]) - aims[s]) ** 2 / 2 for s in slots)
    tap = taps - 1
    printed = -eta * sum(
        (f.subs(u, sums[s]) - aims[s]) * sp.diff(f, u).subs(u, sums[s]) * inputs[s + tap]
        for s in slots
    )
    return eq(-eta * sp.diff(objective, weights[tap]), printed)


@paper.equation(
    "6",
    where="section 2.2.2",
    latex=r"\Delta w_{i,j} = -\eta\sum_{x_i}\frac{\partial\varepsilon}{\partial f(x_i)}"
    r"\frac{\partial f(x_i)}{\partial x_i}\,y_j",
    strength="instances",
    note=r"The sum runs over the positions of channel i, and $y_j$ is the input that the weight "
    "meets at that position: another one in each term. Of a dense layer one term is left, the "
    "update of the appendix.",
)
def eq6() -> Claim:
    """The last tap of small convolutions."""
    shapes = ((1, 1), (2, 1), (2, 2), (3, 2), (4, 2), (4, 3))
    words = "one-dimensional convolutions of 1 to 4 inputs and 1 to 3 taps"
    return Claim(Instances(convolved, shapes, words))


@paper.equation(
    "prose:dead derivative",
    where="section 2.2.2",
    latex=r"x_i < t_i \implies \frac{\partial f(x_i)}{\partial x_i} = 0",
    note="It is 1 above the threshold. The text says that this keeps information from "
    "deeper layers; backward it is the lower layers, as the same section says before.",
)
def dead_derivative() -> Claim:
    """Difference quotients with steps that do not cross the threshold."""
    below, above = t - d - sp.Abs(h), t + d + sp.Abs(h)
    return Claim(
        (
            eq(generator(below + h, t) - generator(below, t), 0),
            eq(generator(above + h, t) - generator(above, t), h),
        )
    )


paper.note(
    "7",
    where="section 2.2.2",
    kind="assumption",
    latex=r"\frac{\partial\varepsilon}{\partial f(x_i)} > 0",
    note="The first of two cases.",
)


@paper.equation(
    "prose:first case",
    where="section 2.2.2, below (7)",
    latex=r"\frac{\partial\varepsilon}{\partial f(x_i)} > 0,\ x_i \le t_i \implies "
    r"t_i \text{ decreases, and the activation is smaller than before}",
    outcome="holds-under",
    beyond=("x_i < t_i; at x_i = t_i the activation stays",),
    note="The threshold falls strictly. The activation falls to the larger of input and new "
    "threshold, which is below the old one unless the input is the threshold itself.",
)
def first_case() -> Claim:
    """By equation (5), the input unchanged: it stays below the new threshold, or wakes up."""
    moved = t - eta * rise
    asleep = t - (eta * rise + below)
    return Claim(
        (
            sp.Lt(moved, t, evaluate=False),
            sp.Lt(generator(asleep, moved), generator(asleep, t), evaluate=False),
            sp.Lt(generator(t - gap, t - (gap + above)), generator(t - gap, t), evaluate=False),
        ),
        extra=[sp.Eq(gap, d)],
    )


paper.note(
    "8",
    where="section 2.2.2",
    kind="assumption",
    latex=r"\frac{\partial\varepsilon}{\partial f(x_i)} < 0",
    note="The second of two cases. A derivative of zero is in neither; the threshold stays then.",
)


@paper.equation(
    "prose:second case",
    where="section 2.2.2, below (8)",
    latex=r"\frac{\partial\varepsilon}{\partial f(x_i)} < 0,\ x_i \le t_i \implies "
    r"t_i \text{ increases, and } x_i \text{ stays dead}",
)
def second_case() -> Claim:
    """By equation (5), the input unchanged, d below the threshold."""
    moved = t + eta * rise
    return Claim(
        (sp.Gt(moved, t, evaluate=False), sp.Lt(x, moved, evaluate=False)),
        given=[sp.Eq(x, t - gap)],
    )


@paper.equation(
    "prose:both cases",
    where="section 2.2.2",
    latex=r"\text{in both cases NG tries to reduce the activations of the dead neurons}",
    outcome="erratum",
    corrected_latex=r"x_i \le t_i \implies \left(GN_{new} - GN_{old}\right)"
    r"\frac{\partial\varepsilon}{\partial f(x_i)} \le 0",
    note=r"A dead neuron puts out $t_i$. In the second case $t_i$ rises, so its activation rises, "
    "by exactly the step: that is what descent asks for. What the section can claim is that the "
    "activation moves against the gradient, and that the neuron stays dead in the second case.",
)
def both_cases() -> Claim:
    """The activation after a step of (5) on a dead neuron, which wakes up or not."""

    def step(by: sp.Expr, under: sp.Expr) -> sp.Expr:
        return generator(t - under, t - by) - generator(t - under, t)

    stays = step(eta * rise, eta * rise + below)
    wakes = step(below + above, below)
    rises = step(-eta * rise, below)
    return Claim(
        sp.Le(step(eta * gradient, gap), 0, evaluate=False),
        corrected=(
            sp.Le(stays * rise, 0, evaluate=False),
            sp.Le(wakes * rise, 0, evaluate=False),
            sp.Ge(rises, 0, evaluate=False),
            eq(rises, eta * rise),
        ),
    )


def shared(signs: tuple[int, ...]) -> Any:
    """Equation (9) for one channel, each input above (1) or not above (0) the threshold."""
    gaps = [sp.Symbol(f"d_{s + 1}", positive=True) for s in range(len(signs))]
    inputs = [t + gap if sign else t - gap for sign, gap in zip(signs, gaps, strict=True)]
    aims = [sp.Symbol(f"r_{s + 1}", real=True) for s in range(len(signs))]
    values = [each if sign else t for sign, each in zip(signs, inputs, strict=True)]
    fixed = [sp.Symbol(f"x_{s + 1}", real=True) for s in range(len(signs))]
    outputs = [x_s if sign else t for sign, x_s in zip(signs, fixed, strict=True)]
    objective = sum((f - r) ** 2 / 2 for f, r in zip(outputs, aims, strict=True))
    exact = sp.diff(objective, t).subs(dict(zip(fixed, inputs, strict=True)))
    printed = sum(
        ((f - r) * slope(u, t) for f, r, u in zip(values, aims, inputs, strict=True)),
        sp.Integer(0),
    )
    return eq(t - gamma * exact, t - gamma * printed)


@paper.equation(
    "9",
    where="section 2.2.2",
    kind="algorithm",
    latex=r"t_i = t_i - \gamma\sum_{x_i \le t_i}\frac{\partial\varepsilon}{\partial f(x_i)}"
    r"\frac{\partial f(x_i)}{\partial t_i}",
    strength="instances",
    note="One threshold per channel: the index of t has no meaning here. The condition under the "
    "sum is redundant, the second derivative is zero elsewhere. He et al. (2) sums over all "
    "positions, and means the same.",
)
def eq9() -> Claim:
    """Against the derivative of a quadratic objective, for every pattern of dead inputs."""
    patterns = ((0,), (1,), (0, 0), (0, 1), (1, 1), (0, 0, 1), (0, 1, 0))
    words = "patterns of live and dead inputs in a channel of 1 to 3"
    return Claim(Instances(shared, patterns, words))


paper.note(
    "prose:learnt thresholds",
    where="section 2.2.2, figures 2 and 4",
    kind="empirical",
    latex=r"\text{the mean of t is below } -0.6 \text{ in every trained model}",
)
