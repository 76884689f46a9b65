"""Section 6.5, exercises 5 to 7, solved."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim, Instances, gradient
from symvar.claims.minimise import Minimises

from .exercises import SECTION
from .setting import entries, eq, eta, le, logistic, lt, norm2, paper, u, x

SHAPES = tuple((m, n, count) for m in (1, 2) for n in (1, 2) for count in (1, 2, 3))
SHAPED = "d^(l), d^(l-1) from 1 to 2, N from 1 to 3, every entry a symbol"


@paper.equation(
    "6.64",
    where=SECTION,
    latex=r"\min_{\mathbf{W}} \sum_{n=1}^N \|\boldsymbol\delta_n^{(l)} - \mathbf{W} "
    r"\mathbf{o}_n^{(l-1)}\|^2 = \min_{\mathbf{W}} \|\boldsymbol\Delta^{(l)} - \mathbf{W} "
    r"\mathbf{O}^{(l-1)}\|_F^2",
    strength="instances",
    note="Exercise 5a. Solution: column n of Delta - W O is delta_n - W o_n, and the squared "
    "Frobenius norm is the sum of those of the columns; equal functions of W have equal minima. "
    "The equality does not mind the sign of delta; exercise 5b does.",
)
def eq6_64() -> Claim:
    def build(case: tuple[int, int, int]) -> sp.Eq:
        m, n, count = case
        deltas, outputs, w = entries("delta", m, count), entries("o", n, count), entries("W", m, n)
        if count == 1:
            deltas, outputs = deltas.reshape(m, 1), outputs.reshape(n, 1)
        columns = [norm2(deltas[:, k] - w * outputs[:, k]) for k in range(count)]
        return eq(sum(columns), norm2(deltas - w * outputs))

    return Claim(Instances(build, SHAPES, SHAPED))


error, fed = sp.symbols("delta o", real=True)
total, slope, bend = sp.symbols("S G H", positive=True)


def along(sign: int, m: int, n: int, count: int) -> tuple[sp.Expr, sp.Expr, sp.Expr, sp.Expr]:
    """The cost after the step, before it, and the squared norms of D O^T and D O^T O."""
    deltas, outputs = entries("delta", m, count), entries("o", n, count)
    deltas, outputs = deltas.reshape(m, count), outputs.reshape(n, count)
    outer = deltas * outputs.T
    after = norm2(sign * deltas + eta * outer * outputs)
    return after, norm2(deltas), norm2(outer), norm2(outer * outputs)


@paper.equation(
    "exercise:5b",
    where=SECTION,
    latex=r"\Delta \mathbf{W}^{(l)} = -\gamma \sum_{n=1}^N \boldsymbol\delta_n^{(l)} "
    r"\mathbf{o}_n^{(l-1)\top} \text{ reduces } \|\boldsymbol\Delta^{(l)} - \mathbf{W} "
    r"\mathbf{O}^{(l-1)}\|_F^2 \text{ for some } \gamma > 0",
    outcome="erratum",
    strength="instances",
    corrected_latex=r"\|-\boldsymbol\Delta^{(l)} - \Delta\mathbf{W}^{(l)} \mathbf{O}^{(l-1)}\|_F^2 "
    r"= \|\boldsymbol\Delta^{(l)}\|_F^2 - 2 \gamma G + \gamma^2 H, \quad G = "
    r"\|\boldsymbol\Delta \mathbf{O}^\top\|_F^2, H = \|\boldsymbol\Delta \mathbf{O}^\top "
    r"\mathbf{O}\|_F^2, \quad \gamma = G/H \text{ reduces it by } G^2/H",
    note="The cost is a convex parabola in gamma, so some gamma > 0 reduces it iff its slope at "
    "gamma = 0 is negative. As printed the slope is 2G >= 0: no gamma helps; the smallest case is "
    "delta = o = 1, cost (1 + gamma)^2. With the minus sign that (6.54) lacks it is -2G. Solution: "
    "gamma = G/H, or any below 2G/H; needs Delta O^T other than 0, else the update is 0.",
)
def exercise5b() -> Claim:
    printed = sp.diff((error - (-eta * error * fed) * fed) ** 2, eta).subs(eta, 0)
    mended = sp.diff((-error - (-eta * error * fed) * fed) ** 2, eta).subs(eta, 0)

    def build(case: tuple[int, int, int]) -> sp.Eq:
        after, before, outer, twice = along(-1, *case)
        return eq(after, before - 2 * eta * outer + eta**2 * twice)

    best = slope / bend
    lower = eq(total - 2 * best * slope + best**2 * bend, total - slope**2 / bend)
    given = [sp.Ne(error, 0), sp.Ne(fed, 0)]
    return Claim(
        lt(printed, 0),
        given,
        corrected=(
            lt(mended.subs({error: u, fed: total}), 0),
            Instances(build, SHAPES, SHAPED),
            lower,
            lt(total - slope**2 / bend, total),
        ),
    )


@paper.equation(
    "exercise:6",
    where=SECTION,
    latex=r"\mathbf{\Lambda}^{(l)} = \mathrm{diag}(\mathbf{o}^{(l)} \odot (\mathbf{1} - "
    r"\mathbf{o}^{(l)})), \quad \sigma' = \sigma(1 - \sigma) \le \tfrac14, \quad \gamma(x) - "
    r"\sigma'(x) = \frac{\sigma(x) (1 + e^x - x)}{x (1 + e^x)}",
    note="Solution: (6.34), (6.37) and (6.40) stand as they are with this Lambda. The difference: "
    "gain and slope are equal nowhere, as 1 + e^x - x has its least value 2 at x = 0. So (6.48) "
    "fails, the cost after the step is no exact quadratic form and (6.53) guarantees nothing: only "
    "the first order is left, which is descent for small steps. From the variational view a "
    "disadvantage. In exchange there is no kink, so no pattern can change (prose:patterns-stay). "
    "Each layer also multiplies the error by at most 1/4.",
)
def exercise6() -> Claim:
    sigma = logistic(x)
    slope_there = sp.diff(sigma, x)
    quarter = sp.Rational(1, 4) - (sp.Rational(1, 2) - sigma) ** 2
    gap = sigma * (1 + sp.exp(x) - x) / (x * (1 + sp.exp(x)))
    return Claim(
        (
            eq(slope_there, sigma * (1 - sigma)),
            eq(slope_there, quarter),
            le(quarter, sp.Rational(1, 4)),
            *(eq((sigma / x - slope_there).subs(x, v), gap.subs(x, v)) for v in (u, -u)),
            Minimises(1 + sp.exp(x) - x, {x: 0}),
            eq((1 + sp.exp(x) - x).subs(x, 0), 2),
        ),
    )


def tap(k: int) -> sp.Symbol:
    return sp.Symbol(f"h_{{{k}}}", real=True)


def signal(j: int) -> sp.Symbol:
    return sp.Symbol(f"o_{{{j}}}", real=True)


def printed_sum(i: int, here: int) -> sp.Expr:
    """The sum of (6.65) as it stands: every h and o that it names."""
    return sum((tap(i - j) * signal(j) for j in range(1, here + 1)), sp.Integer(0))


def convolved(p: int, before: int, i: int) -> sp.Expr:
    """Entry i of the convolution of h_1..h_p and o_1..o_d, as a product of polynomials."""
    z = sp.Symbol("z")
    taps = sum((tap(k) * z**k for k in range(1, p + 1)), sp.Integer(0))
    inputs = sum((signal(j) * z**j for j in range(1, before + 1)), sp.Integer(0))
    return sp.expand(taps * inputs).coeff(z, i)


CONVOLUTIONS = ((1, 1, 2), (2, 2, 2), (2, 2, 4), (3, 4, 4), (2, 4, 3), (3, 2, 5))
CONVOLVED = "(p, d^(l-1), d^(l)) from (1, 1, 2) to (3, 2, 5), every entry a symbol"
OUTSIDE = tuple(
    sp.Eq(each, 0, evaluate=False)
    for each in (*(tap(k) for k in range(-4, 1)), *(tap(k) for k in range(4, 6)))
)


@paper.equation(
    "6.65",
    where=SECTION,
    latex=r"o_i^{(l)} = \sigma \left( \sum_{j=1}^{d^{(l)}} h_{i-j}^{(l)} o_j^{(l-1)} + "
    r"b_i^{(l)} \right), \quad \mathbf{h}^{(l)} = [h_1^{(l)}, \dots, h_p^{(l)}]^\top",
    outcome="holds-under",
    strength="instances",
    beyond=("h_k = 0 for k outside 1..p and o_j = 0 for j outside 1..d^(l-1)",),
    note="Then the sum is the convolution, entry i the coefficient of z^i. The upper limit, wrong "
    "in (6.6), does no harm here: for j >= i the filter is zero. As h starts at h_1 and not at "
    "h_0, unit 1 sees no input, o_1 = sigma(b_1), and with d^(l) = d^(l-1) the last input is never "
    "used; the whole convolution needs d^(l-1) + p outputs.",
    survivors="Terms with a tap outside 1..p are zero here, whatever their factor.",
)
def eq6_65() -> Claim:
    def build(case: tuple[int, int, int]) -> tuple[sp.Eq, ...]:
        p, before, here = case
        absent = {tap(k): 0 for k in range(p + 1, 4)} | {signal(j): 0 for j in range(before + 1, 6)}
        return tuple(
            eq(printed_sum(i, here).subs(absent), convolved(p, before, i))
            for i in range(1, here + 1)
        )

    return Claim(Instances(build, CONVOLUTIONS, CONVOLVED), extra=OUTSIDE)


def shifted(k: int, here: int, before: int) -> sp.ImmutableMatrix:
    """Ones where row minus column is k."""
    return sp.ImmutableMatrix(here, before, lambda i, j: int(i - j == k))


def toeplitz(p: int, here: int, before: int) -> sp.ImmutableMatrix:
    found = sp.zeros(here, before)
    for k in range(1, p + 1):
        found += tap(k) * shifted(k, here, before)
    return found.as_immutable()


paper.note(
    "6.66",
    kind="definition",
    where=SECTION,
    latex=r"\mathbf{o}^{(l)} = \sigma \left( \mathbf{W}^{(l)} \mathbf{o}^{(l-1)} + "
    r"\mathbf{b}^{(l)} \right)",
    note="(6.7); exercise 7a asks for its W.",
)


@paper.equation(
    "exercise:7a",
    where=SECTION,
    latex=r"\mathbf{W}^{(l)} = \begin{bmatrix} 0 & 0 & \cdots & 0 \\ h_1 & 0 & \cdots & 0 \\ h_2 & "
    r"h_1 & \ddots & \vdots \\ \vdots & \ddots & \ddots & 0 \end{bmatrix}, \quad w_{ij} = "
    r"h_{i-j} \text{ if } 1 \le i - j \le p, \text{ else } 0",
    strength="instances",
    note="Solution: a Toeplitz matrix, strictly lower triangular with p subdiagonals, the sum of "
    "h_k times the k-fold shift. Its first row is zero (see 6.65).",
)
def exercise7a() -> Claim:
    def build(case: tuple[int, int, int]) -> tuple[sp.Eq, ...]:
        p, before, here = case
        product = toeplitz(p, here, before) * sp.Matrix([signal(j + 1) for j in range(before)])
        return tuple(eq(product[i - 1], convolved(p, before, i)) for i in range(1, here + 1))

    return Claim(Instances(build, CONVOLUTIONS, CONVOLVED))


@paper.equation(
    "exercise:7b",
    where=SECTION,
    latex=r"\Delta h_k^{(l)} = -\gamma \sum_{i} \delta_i^{(l)} o_{i-k}^{(l-1)}, \quad k = 1, "
    r"\dots, p",
    strength="instances",
    note="Solution: g_i depends on h_k with derivative o_(i-k), so the filter's gradient is the "
    "correlation of the error with the input, the sum of delta o^T along subdiagonal k; delta as "
    "in (6.40) with the Toeplitz W, whose transpose correlates with the filter. cotter (1.3.14) is "
    "the same in two dimensions.",
)
def exercise7b() -> Claim:
    """The loss of a net, convolution then a dense layer, activation g + g^2, by its filter."""

    def build(case: tuple[int, int, int]) -> tuple[sp.Eq, ...]:
        p, before, here = case
        inputs = sp.ImmutableMatrix([sp.Rational(2 * j + 1, j + 2) for j in range(before)])
        dense = sp.ImmutableMatrix([[sp.Integer(1 - 2 * (i % 2)) + i for i in range(here)]])
        point = {tap(k): sp.Rational(k + 1, 3) for k in range(1, p + 1)}
        free = entries("g", here)

        def loss(g: sp.Matrix) -> sp.Expr:
            hidden = sp.Matrix(g).applyfunc(lambda each: each + each**2)
            return (1 - (dense * hidden)[0]) ** 2 / 2

        inside = toeplitz(p, here, before) * inputs
        filters = sp.ImmutableMatrix([tap(k) for k in range(1, p + 1)])
        direct = gradient(loss(inside), filters).subs(point)
        here_g = dict(zip(free, sp.Matrix(inside).subs(point), strict=True))
        delta = gradient(loss(free), free).subs(here_g)
        return tuple(
            eq(
                direct[k - 1],
                sum(delta[i] * inputs[i - k] for i in range(here) if 0 <= i - k < before),
            )
            for k in range(1, p + 1)
            if any(0 <= i - k < before for i in range(here))
        )

    return Claim(Instances(build, CONVOLUTIONS, f"{CONVOLVED.split(',')[0]}, rational values"))
