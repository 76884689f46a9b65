"""Section 1.1.2 and 1.1.4: gradient descent, line search, learning rates."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim, Converges, Instances
from symvar.symbols import size

from .setting import eq, eta, le, paper, positive, real

LOSSES, RATES = "section 1.1.2", "section 1.1.4"
small, large, extra_rate = positive("a b u")


@paper.equation(
    "1.1.19",
    where=LOSSES,
    latex=r"\theta_{t+1} = \theta_t - \eta \frac{\partial J}{\partial \theta}",
    kind="algorithm",
    strength="instances",
    note="Checked: what the text says of its direction, the steepest descent. No direction u of the"
    " length of the gradient g has a slope below -|g|^2, as |g|^2|u|^2 - <g,u>^2 is a sum of"
    " squares.",
)
def steepest() -> Claim:
    """Lagrange's identity, so the Cauchy-Schwarz inequality."""

    def build(count: int) -> sp.Eq:
        slopes, others = (real(f"{name}1:{count + 1}") for name in "gu")
        pairs = list(zip(slopes, others, strict=True))
        inner = sum(a * b for a, b in pairs)
        lengths = sum(a**2 for a in slopes) * sum(b**2 for b in others)
        areas = [
            (pairs[i][0] * pairs[j][1] - pairs[j][0] * pairs[i][1]) ** 2
            for j in range(count)
            for i in range(j)
        ]
        return eq(lengths - inner**2, sum(areas))

    return Claim(Instances(build, (1, 2, 3, 4), "1 to 4 parameters"))


def _quadratic(point: tuple[sp.Expr, ...]) -> sp.Expr:
    """A quadratic bowl in the axes of its Hessian, with eigenvalues a and b."""
    return (small * point[0] ** 2 + large * point[1] ** 2) / 2


def _line_step(place: tuple[sp.Expr, ...], sign: int) -> sp.Expr:
    """The s that minimises f(x + sign s grad f(x)), from the stationary point in s."""
    s = real("s")
    slopes = (small * place[0], large * place[1])
    moved = tuple(x + sign * s * g for x, g in zip(place, slopes, strict=True))
    (best,) = sp.solve(sp.diff(_quadratic(moved), s), s)
    return sp.factor(best)


@paper.equation(
    "1.1.20",
    where=LOSSES,
    latex=r"\eta = \arg \min_s f(x + s \frac{\partial f}{\partial x})",
    corrected_latex=r"\eta = \arg \min_s f(x - s \frac{\partial f}{\partial x})",
    outcome="erratum",
    note="With the plus the minimising s is negative, and (1.1.19), which subtracts eta times the"
    " gradient, would ascend. Right if the search is along the descent direction, as in the book"
    " cited, or if (1.1.19) is taken with the plus. Checked on every quadratic in two variables,"
    " in the axes of its Hessian: the step that minimises f along -grad f is g.g / g.Hg.",
)
def line_search() -> Claim:
    """The minimising step against the ratio of quadratic forms."""
    place = positive("x_1 x_2")
    slopes = (small * place[0], large * place[1])
    length = slopes[0] ** 2 + slopes[1] ** 2
    bend = small * slopes[0] ** 2 + large * slopes[1] ** 2
    return Claim(
        eq(_line_step(place, 1), length / bend), corrected=eq(_line_step(place, -1), length / bend)
    )


@paper.equation(
    "prose:condition-number",
    where="figure 1.1",
    latex=r"f(x) = \tfrac12(x_1^2 + 10 x_2^2) \text{ has condition number } 10",
    note="The ratio of the eigenvalues of its Hessian.",
)
def condition_number() -> Claim:
    """Largest over smallest root of the characteristic polynomial."""
    place = real("x_1 x_2")
    shape = sp.hessian((place[0] ** 2 + 10 * place[1] ** 2) / 2, place)
    roots = sorted(shape.eigenvals())
    return Claim(eq(roots[-1] / roots[0], 10))


@paper.equation(
    "prose:slow-convergence",
    where="figure 1.1",
    latex=r"(x_1, x_2) = (\kappa, 1) \mapsto \tfrac{\kappa-1}{\kappa+1} (\kappa, -1)",
    note="The zigzag of the figure, from the book it is taken from: started at (kappa, 1) on the"
    " bowl of condition number kappa, each exact line search shrinks both coordinates by"
    " (kappa-1)/(kappa+1), 9/11 for kappa = 10, and f by its square.",
)
def zigzag() -> Claim:
    """One exact step from a multiple of that point."""
    scale, condition = positive("q kappa")
    place = (condition * scale, scale)
    bowl = {small: 1, large: condition}
    rate = _line_step(place, -1).subs(bowl)
    shrink = (condition - 1) / (condition + 1)
    slopes = (place[0], condition * place[1])
    return Claim(
        (
            eq(place[0] - rate * slopes[0], shrink * condition * scale),
            eq(place[1] - rate * slopes[1], -shrink * scale),
        )
    )


@paper.equation(
    "prose:hessian-cost",
    where=LOSSES,
    latex=r"\text{the Hessian costs } \propto P^2",
    outcome="approximation",
    note="The full array has P^2 entries; as it is symmetric only P(P+1)/2 are distinct, so twice"
    " the parameters need 4 - 2/(P+1) times as many: a square only in the limit.",
)
def hessian_cost() -> Claim:
    """Distinct second derivatives of twice as many parameters, in ratio."""
    count = sp.Symbol("P", positive=True, integer=True)

    def distinct(parameters: sp.Expr) -> sp.Expr:
        i, j = sp.symbols("i j", integer=True)
        return sp.Sum(sp.Sum(1, (j, i, parameters)), (i, 1, parameters)).doit()

    ratio = sp.factor(distinct(2 * count)) / sp.factor(distinct(count))
    return Claim(eq(ratio, 4), gap=eq(ratio, 4 - 2 / (count + 1)))


@paper.equation(
    "prose:eta-max",
    where=RATES,
    latex=r"\eta_{max} = 2\eta_{opt}",
    outcome="holds-under",
    beyond=("all eigenvalues of the Hessian are equal; or eta_opt is 1 over the largest",),
    note="With eigenvalues a < b the rate with the best worst-case contraction solves 1 - eta a ="
    " eta b - 1, and descent stops to converge at eta b - 1 = 1, which is less than twice that.",
    survivors="With a or b of the other sign the ratio is undefined where both are equal.",
)
def largest_rate() -> Claim:
    """Both rates from the contraction factors of the two eigenvectors."""
    (best,) = sp.solve(sp.Eq(1 - eta * small, eta * large - 1), eta)
    (limit,) = sp.solve(sp.Eq(eta * large - 1, 1), eta)
    return Claim(
        eq(limit, 2 * best),
        given=(sp.Le(small, large),),
        extra=(sp.Eq(small, large),),
    )


@paper.equation(
    "prose:divergence",
    where=RATES,
    latex=r"\eta > 2\eta_{opt} \text{ diverges}",
    note="With eigenvalues a <= b and the optimal rate above: beyond twice it the part along the"
    " steep axis grows by a factor above 1 in each step. At exactly twice it, in one dimension, it"
    " neither converges nor diverges.",
)
def too_large() -> Claim:
    """The growth factor along the steep axis, the rate being more than twice 2/(a + b)."""
    spread = sp.Symbol("d", nonnegative=True)
    steep = small + spread
    rate = 4 / (small + steep) + extra_rate
    return Claim(
        eq(sp.Abs(1 - rate * steep), 1 + extra_rate * steep + 2 * spread / (small + steep))
    )


@paper.equation(
    "1.1.23",
    where=RATES,
    latex=r"\sum_{t=1}^{\infty} \eta_t \rightarrow \infty",
    assumptions=("stated as required for convergence",),
    note="An infinite sum does not tend to anything: = infinity is meant, or the partial sums tend"
    " to it. It is indeed required. On J = theta^2/2 without noise theta_t is the product of the 1"
    " - eta_t, which is never below 1 - sum eta_t (checked by induction): once the rates still to"
    " come sum to less than 1, the minimum is out of reach.",
)
def rates_must_not_sum() -> Claim:
    """The induction step of Weierstrass's inequality, with what is left over."""
    spent, rate = sp.symbols("S eta_t", nonnegative=True)
    return Claim(
        (
            eq((1 - spent) * (1 - rate), 1 - (spent + rate) + spent * rate),
            le(1 - (spent + rate), (1 - spent) * (1 - rate)),
        )
    )


@paper.equation(
    "1.1.24",
    where=RATES,
    latex=r"\sum_{t=1}^{\infty} \eta_t^2 = M < \infty",
    corrected_latex=r"\sum_t \eta_t = \infty,\ \sum_t \eta_t^2 < \infty"
    r" \text{ suffice; } \eta_t = t^{-1/2} \text{ converges and has } \sum_t \eta_t^2 = \infty",
    outcome="erratum",
    assumptions=("stated as required for convergence",),
    note="The two conditions are sufficient (Robbins and Monro); the second is not required. On J ="
    " theta^2/2 with gradient noise of variance 1 the mean square error obeys q_{t+1} ="
    " (1-eta_t)^2 q_t + eta_t^2, and with eta_t = t^(-a) it tends to 0 for all 0 < a <= 1, while"
    " the condition asks for a > 1/2. Corrected: for a = 1/2 the error stays below 2/sqrt(t), by"
    " induction (r = sqrt(t); q_2 = 1, its square below 4/2).",
    survivors="True as well: the cube of 2/r - 1/r^3 times r^2 + 1 stays below 4, too.",
)
def squares_may_sum_to_infinity() -> Claim:
    """Convergent exponents against the condition; then the induction for the exponent 1/2."""
    power, time = real("a"), size("t")
    converges = sp.And(power > 0, power <= 1)
    above = sp.Symbol("v", nonnegative=True)
    root = 1 + above
    bound = 2 / root
    after = (1 - 1 / root) ** 2 * bound + 1 / root**2
    between = 2 / root - 1 / root**3
    return Claim(
        sp.Implies(converges, power > sp.Rational(1, 2)),
        corrected=(
            le(1, sp.Integer(4) / 2),
            le(after, between),
            le(between**2 * (root**2 + 1), 4),
            Converges(1 / time, time, finite=False),
        ),
    )


@paper.equation(
    "prose:step-decay",
    where=RATES,
    latex=r"\eta_{k+1} = \gamma \eta_k \text{ meets (1.1.23)}",
    corrected_latex=r"\sum_{k<K} T \gamma^k \eta_0 < \frac{T \eta_0}{1-\gamma}"
    r" \text{ for phases of } T \text{ steps}",
    outcome="erratum",
    note="Offered as a way to meet (1.1.23) and (1.1.24). With phases of bounded length T the rates"
    " sum to less than T eta_0/(1 - gamma), so (1.1.23) fails. It holds if the phases lengthen so"
    " that the sum of T_k gamma^k diverges. Checked with gamma = 1/(1 + c): the sum over K phases"
    " against the bound.",
    survivors="True as well: the changed sum is smaller.",
)
def step_decay() -> Claim:
    """The sum of the first K phases reaches the bound, or never does."""
    steps, phases = sp.symbols("T K", positive=True, integer=True)
    excess = positive("c")
    decay = 1 / (1 + excess)
    bound = steps * eta * (1 + excess) / excess
    total = bound * (1 - decay**phases)
    return Claim(le(bound, total), corrected=sp.Lt(total, bound, evaluate=False))


paper.note(
    "prose:batch-size",
    where="section 1.1.3",
    latex=r"N_b \approx 100",
    kind="empirical",
    note="A starting point from the textbook cited.",
)
paper.note(
    "prose:rates-pictured",
    where="figure 1.2",
    latex=r"\eta > \lambda_3 \text{ may diverge}",
    kind="empirical",
    note="A picture of trajectories; its rates are given by names only. See prose:divergence.",
)
