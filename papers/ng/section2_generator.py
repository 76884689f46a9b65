"""Section 2.1: the nonlinearity generator, its two properties, its derivative."""

from __future__ import annotations

import sympy as sp

from symvar import expect
from symvar.claims import Claim

from .setting import eq, gamma, generator, gradient, paper, quantity, relu, slope, t, x

d = sp.Symbol("d", positive=True)


@paper.equation(
    "1",
    where="section 2.1",
    kind="definition",
    latex=r"GN(f(x_i)) = f(x_i - t_i) + t_i",
    note=r"For f the rectifier this is $\max(x_i, t_i)$, which is what is checked. The left side "
    r"is a name only: the value is no function of $f(x_i)$ (for $t=-3$ the inputs $-1$ and $-2$ "
    r"have one $f$ and two values). From (2) on, $f(x_i)$ stands for the whole left side.",
)
def eq1() -> Claim:
    """The generator is the larger of input and threshold."""
    return Claim(eq(generator(x, t), sp.Max(x, t)))


@paper.equation(
    "prose:relu", where="section 2.1", latex=r"t = 0 \implies GN(f(x_i)) = f(x_i) = \max(0, x_i)"
)
def t_zero() -> Claim:
    """At threshold zero."""
    return Claim(eq(generator(x, t), relu(x)), given=[sp.Eq(t, 0)])


@paper.equation(
    "prose:srelu",
    where="section 2.1",
    latex=r"t = -1 \implies GN(f(x_i)) = \mathrm{SReLU}(x_i) = \max(-1, x_i)",
    note="The shifted rectifier of the source's reference 16.",
)
def t_minus_one() -> Claim:
    """At threshold minus one."""
    return Claim(eq(generator(x, t), sp.Max(-1, x)), given=[sp.Eq(t, -1)])


@paper.equation(
    "prose:property 1",
    where="section 2.1",
    latex=r"E(GN(f(x_i))) = 0 \text{ in every layer, for a suitable } t",
    outcome="approximation",
    assumptions=("the input is Gaussian with mean zero and some variance q",),
    note=r"$\max(x,t) = x + \max(0, t-x)$, so a zero-mean input gives $E = E\max(0,t-x) \ge 0$, "
    r"and zero only if $x \ge t$ almost surely. For a Gaussian input no t reaches zero: the mean "
    r"is $t\,\Phi(t/\sqrt q) + \sqrt q\,\varphi(t/\sqrt q) > 0$, which is 0.0833 at $q=1$, "
    r"$t=-1$. For bounded inputs the property holds once t is below their minimum.",
)
def property_1() -> Claim:
    """Zero mean is approached as t falls, and not reached."""
    mean = expect(sp.Max(x, t), x, quantity)
    cut = t / sp.sqrt(quantity)
    below = sp.erfc(-cut / sp.sqrt(2)) / 2
    density = sp.exp(-(cut**2) / 2) / sp.sqrt(2 * sp.pi)
    return Claim(eq(mean, 0), gap=eq(mean, t * below + sp.sqrt(quantity) * density))


@paper.equation(
    "prose:property 2",
    where="section 2.1",
    latex=r"t \le x_i \implies GN(f(x_i)) = x_i",
    note="The source asks for t smaller than the smallest input; equality is enough.",
)
def property_2() -> Claim:
    """Above the threshold the generator is the identity."""
    return Claim(eq(generator(x, t), x), given=[sp.Le(t, x)])


w = sp.Symbol("w", real=True)


@paper.equation(
    "prose:linear at first",
    where="section 2.1",
    latex=r"|x_j| \le 1,\ t = -1,\ \text{Xavier weights} \implies GN(f(s_i)) = s_i",
    outcome="erratum",
    corrected_latex=r"|x_j| \le 1,\ t = -\max|s_i| \implies GN(f(s_i)) = s_i, "
    r"\qquad \max|s_i| = \frac{\sqrt6\, n}{\sqrt{n + n'}}",
    assumptions=("one input in [-1, 1], one unit, weight in the support of Xavier's law",),
    note=r"Inputs in $[-1,1]$ do not keep weighted sums there: with one input and one unit the "
    r"Xavier weight lies in $[-\sqrt3, \sqrt3]$, so $s = -3/2$ occurs, and the generator gives "
    r"$-1$. With n inputs the sum reaches $-\sqrt6\,n/\sqrt{n+n'}$. If a layer's sums have "
    r"variance one and are Gaussian, 16 % of them lie below $t=-1$; the model is near linear, "
    r"not linear.",
)
def linear_at_first() -> Claim:
    """One input at its largest and one weight: the smallest net there is."""
    largest = sp.sqrt(3)
    within = [sp.Le(-largest, w), sp.Le(w, largest)]
    return Claim(eq(generator(w, -1), w), given=within, corrected=eq(generator(w, -largest), w))


c_1, c_2 = sp.symbols("c_1 c_2", real=True)


@paper.equation(
    "2",
    where="section 2.1",
    latex=r"\frac{\partial\varepsilon}{\partial t_i} = "
    r"\frac{\partial\varepsilon}{\partial f(x_i)}\frac{\partial f(x_i)}{\partial t_i}",
    assumptions=(
        "the objective depends on the threshold through one node on one example only",
        "x is not t",
    ),
    note="Element-wise version. For a mini-batch a sum over the examples belongs in front.",
)
def eq2() -> Claim:
    """An objective quadratic in the node's output, differentiated on either side of the kink."""

    def objective(output: sp.Expr) -> sp.Expr:
        return c_1 * output + c_2 * output**2

    output = sp.Symbol("F", real=True)
    sides = []
    for value, derivative in ((t + d, 0), (t - d, 1)):
        reached = t if derivative else x
        whole = sp.diff(objective(reached), t)
        outer = sp.diff(objective(output), output).subs(output, generator(value, t))
        sides.append(eq(whole, outer * slope(value, t)))
    return Claim(tuple(sides))


@paper.equation(
    "3",
    where="section 2.1",
    latex=r"\frac{\partial f(x_i)}{\partial t_i} = "
    r"\begin{cases} 0 & x_i > t_i \\ 1 & x_i \le t_i \end{cases}",
    outcome="holds-under",
    beyond=("at x = t the derivative from above is meant: h > 0 there",),
    note=r"At $x_i = t_i$ the generator has no derivative in $t_i$: from above it is 1, from "
    r"below 0, and any number between is a subgradient. The printed 1 is a convention.",
)
def eq3() -> Claim:
    """Difference quotients with steps so small that the kink is not crossed."""
    step = sp.Symbol("h", real=True, nonzero=True)
    cases = (t + d + sp.Abs(step), t - d - sp.Abs(step), t)
    quotients = tuple(
        eq(generator(at, t + step) - generator(at, t), step * slope(at, t)) for at in cases
    )
    return Claim(quotients, extra=[sp.Gt(step, 0)])


@paper.equation(
    "prose:momentum",
    where="section 2.1, below (3)",
    kind="algorithm",
    latex=r"\Delta t_i = \eta\,\Delta t_i + \gamma\,\frac{\partial\varepsilon}{\partial t_i}",
    outcome="holds-under",
    beyond=("the increment is subtracted: t_i becomes t_i - Delta t_i",),
    note=r"The sign with which $\Delta t_i$ is applied is not stated. Added, as $\Delta w$ is in "
    r"(6), it climbs; subtracted, it is momentum descent. He et al. (4) prints the same form. "
    r"$\eta$ is the momentum here and the learning rate in (4) to (6).",
)
def momentum() -> Claim:
    """The objective changes to first order by the gradient times what is added to t."""
    applied = sp.Symbol(r"\sigma", integer=True, nonzero=True)
    increment = gamma * gradient
    return Claim(sp.Le(gradient * applied * increment, 0), extra=[sp.Eq(applied, -1)])


@paper.equation(
    "prose:parameters",
    where="section 2.1",
    latex=r"\text{the channel-shared version has a very small number of extra parameters}",
    note="For the 56-layer plain model of table 1: 2032 thresholds beside 848 944 weights of "
    "convolutions and softmax; the element-wise version has 532 480.",
)
def parameters() -> Claim:
    """One threshold per channel, one per channel and position, against the weights."""
    depth, channels, sides = 18, (16, 32, 64), (32, 16, 8)
    shared = channels[0] + depth * sum(channels)
    elements = channels[0] * sides[0] ** 2 + depth * sum(
        c * side**2 for c, side in zip(channels, sides, strict=True)
    )
    weights = 9 * 3 * 16 + 64 * 10
    before = 16
    for channel in channels:
        weights += 9 * before * channel + 9 * (depth - 1) * channel**2
        before = channel
    pairs = ((shared, 2032), (elements, 532480), (weights, 848944))
    return Claim(tuple(eq(sp.Integer(count), sp.Integer(said)) for count, said in pairs))
