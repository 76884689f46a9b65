"""Section 6.3.2: gradient descent, stochastic gradients, momentum, adaptive step sizes."""

from __future__ import annotations

from itertools import combinations

import sympy as sp

from symvar.claims import Claim, Instances

from .setting import beta, eq, eta, lt, paper, u
from .training import n, number, theta

GD, SGD, MOMENTUM = "section 6.3.2.1", "section 6.3.2.2", "section 6.3.2.3"
inputs, targets = sp.IndexedBase("x"), sp.IndexedBase("y")


@paper.equation(
    "6.16",
    where=GD,
    latex=r"\frac{\partial c}{\partial \Theta}(\Theta) = \frac{\partial \left( \sum_{n=1}^N "
    r"\ell(\mathbf{y}_n, f_{\Theta}(\mathbf{x}_n)) \right)}{\partial \Theta} = \sum_{n=1}^N "
    r"\frac{\partial \ell}{\partial \Theta}(\mathbf{y}_n, f_{\Theta}(\mathbf{x}_n))",
    note="The derivative is linear. Here with f = theta^2 x and the squared error, any N.",
)
def eq6_16() -> Claim:
    total = sp.Sum((targets[n] - theta**2 * inputs[n]) ** 2, (n, 1, number)) / 2
    each = -2 * theta * inputs[n] * (targets[n] - theta**2 * inputs[n])
    return Claim(eq(sp.diff(total, theta), sp.Sum(each, (n, 1, number))))


g1, g2, v1, v2 = sp.symbols("g_1 g_2 v_1 v_2", real=True)


@paper.equation(
    "prose:steepest",
    where=GD,
    latex=r"(\nabla c \cdot \mathbf{v})^2 = \|\nabla c\|^2 \|\mathbf{v}\|^2 - "
    r"(g_1 v_2 - g_2 v_1)^2 \le \|\nabla c\|^2 \|\mathbf{v}\|^2",
    note="Among the directions of a given length the gradient's own raises the cost fastest: in "
    "the plane of the gradient and the direction compared with it, by Lagrange's identity.",
)
def steepest() -> Claim:
    rest = (g1 * v2 - g2 * v1) ** 2
    return Claim(eq((g1 * v1 + g2 * v2) ** 2 + rest, (g1**2 + g2**2) * (v1**2 + v2**2)))


paper.note(
    "6.17",
    kind="algorithm",
    outcome="definition",
    where=GD,
    latex=r"\Theta[t+1] = \Theta[t] - \eta \left. \frac{\partial c}{\partial \Theta}(\Theta) "
    r"\right|_{\Theta=\Theta[t]} = \Theta[t] - \eta \sum_{n=1}^N \left. \frac{\partial \ell}"
    r"{\partial \Theta}(\mathbf{y}_n, f_{\Theta}(\mathbf{x}_n)) \right|_{\Theta=\Theta[t]}",
    note="The second line is (6.16). cotter (1.1.19) is the same step with a mean for the sum.",
)

curvature = sp.Symbol("h", positive=True)


@paper.equation(
    "prose:global-minimum",
    where=GD,
    latex=r"|\Theta[t+1] - \Theta^*| < |\Theta[t] - \Theta^*|",
    assumptions=("the cost is convex: here h theta^2/2 with minimiser 0",),
    outcome="holds-under",
    beyond=(
        "the step size is below 2/h, h the curvature: at 2/h they alternate, beyond they diverge",
        "the iteration does not start at the minimiser",
    ),
    note="The text asks for a small step without saying how small. A convex cost also needs to "
    "have a minimiser: exp(theta) has none.",
)
def global_minimum() -> Claim:
    after = theta - eta * sp.diff(curvature * theta**2 / 2, theta)
    slack = sp.Symbol("a", positive=True)  # eta = 2/(h (1 + a)), any step size below 2/h
    extra = [sp.Eq(eta, 2 / (curvature * (1 + slack)), evaluate=False), sp.Eq(theta, u)]
    return Claim(lt(after**2, theta**2), extra=extra)


factor, root = sp.Symbol("k", real=True), sp.Symbol("Theta^*", real=True)


@paper.equation(
    "6.18",
    where=GD,
    latex=r"\Theta[t+1] = \Theta[t], \quad t \ge t^*",
    note="From a point where the gradient vanishes the step leads back to it; the same again for "
    "every later t. Here for any cost whose gradient is (theta - root) times a polynomial of "
    "degree one. The same holds at maxima and saddles; and in general the gradient does not "
    "become exactly zero in finitely many steps: theta^2/2 with eta = 1/2 halves for ever.",
)
def eq6_18() -> Claim:
    gradient = (theta - root) * (factor + theta)
    return Claim(eq(theta - eta * gradient, theta), [sp.Eq(theta, root, evaluate=False)])


def _subsets(printed: bool):
    """The mean over all index sets of one size of N/|I| times the sum of gradients."""

    def build(case: tuple[int, int]) -> tuple[sp.Eq, ...]:
        count, size = case
        gradients = sp.symbols(f"g_1:{count + 1}", real=True)
        sets = list(combinations(range(count), size))
        found = []
        for which in range(count if printed else 1):
            chosen = [sum(gradients[which if printed else i] for i in each) for each in sets]
            mean = sum(sp.Rational(count, size) * each for each in chosen) / len(sets)
            found.append(eq(mean, sum(gradients)))
        return tuple(found)

    return build


CASES = tuple((count, size) for count in range(1, 6) for size in range(1, count + 1))
DRAWN = "every |I| from 1 to N for N from 1 to 5, all index sets of a size equally likely"


@paper.equation(
    "6.19",
    where=SGD,
    latex=r"\left. \frac{\partial c}{\partial \Theta}(\Theta) \right|_{\Theta=\Theta[t]} \simeq "
    r"\frac{N}{|I[t]|} \sum_{i \in I[t]} \left. \frac{\partial \ell}{\partial \Theta}"
    r"(y_n, f_{\Theta}(x_n)) \right|_{\Theta=\Theta[t]}",
    outcome="erratum",
    strength="instances",
    corrected_latex=r"\left. \frac{\partial c}{\partial \Theta}(\Theta) \right|_{\Theta=\Theta[t]} "
    r"= E\left[ \frac{N}{|I[t]|} \sum_{i \in I[t]} \left. \frac{\partial \ell}{\partial \Theta}"
    r"(\mathbf{y}_i, f_{\Theta}(\mathbf{x}_i)) \right|_{\Theta=\Theta[t]} \right]",
    note="The sum runs over i and its terms carry n: read as printed it is N times the gradient "
    "of one fixed pair. With y_i, x_i the estimate is right on average over equally likely index "
    "sets; for every N and |I|: prose:inclusion. The paragraph before asks for a large n where N "
    "is meant. cotter (1.2.8) divides its sum over N_b pairs by N instead of N_b.",
)
def eq6_19() -> Claim:
    printed, corrected = _subsets(printed=True), _subsets(printed=False)
    return Claim(Instances(printed, CASES, DRAWN), corrected=Instances(corrected, CASES, DRAWN))


share = sp.Symbol("p", positive=True)


@paper.equation(
    "prose:random-subset",
    where=SGD,
    latex=r"E\left[ \frac{N}{|I|} \sum_{i \in I} \mathbf{g}_i \right] = \sum_{n=1}^N \mathbf{g}_n",
    outcome="holds-under",
    beyond=("every index set of a size is equally likely: no law is stated",),
    note="Two pairs, one of them drawn, the first with probability p: unbiased iff p = 1/2.",
)
def random_subset() -> Claim:
    half = sp.Rational(1, 2)
    mean = share * 2 * g1 + (1 - share) * 2 * g2
    return Claim(eq(mean, g1 + g2), [sp.Le(share, 1)], extra=[sp.Eq(share, half)])


size = sp.Symbol("k", positive=True, integer=True)
others = sp.Symbol("m", nonnegative=True, integer=True)


@paper.equation(
    "prose:inclusion",
    where=SGD,
    latex=r"\frac{N}{k} \binom{N-1}{k-1} \Big/ \binom{N}{k} = 1, \quad k = |I|",
    note="The weight of each pair's gradient in the mean over all index sets of k elements: of "
    "the N over k sets, N - 1 over k - 1 hold it.",
)
def inclusion() -> Claim:
    total = size + others
    holding, all_sets = sp.binomial(total - 1, size - 1), sp.binomial(total, size)
    return Claim(eq(total * holding, size * all_sets))


paper.note(
    "6.20",
    kind="algorithm",
    outcome="definition",
    where=MOMENTUM,
    latex=r"\Theta[t+1] = \Theta[t] - \eta \sum_{s=1}^t \beta^{t-s} \left. \frac{\partial c}"
    r"{\partial \Theta}(\Theta[s]) \right|_{\Theta=\Theta[s]}",
    note="The first gradient is that at Theta[1]. The weights of the past are not normalised: "
    "they add up to (1 - beta^t)/(1 - beta), so the step grows by 1/(1 - beta) in the end. The "
    "evaluation at Theta[s] is said twice.",
)
now, before, past, grad = sp.symbols("Theta[t] Theta[t-1] S g", real=True)
start, zeroth = sp.symbols("Theta[1] Theta[0]", real=True)


@paper.equation(
    "6.21",
    where=MOMENTUM,
    latex=r"\mathbf{V}[t] = \beta (\Theta[t] - \Theta[t-1]) - \eta \frac{\partial c}"
    r"{\partial \Theta}(\Theta[t]), \quad \Theta[t+1] = \Theta[t] + \mathbf{V}[t]",
    outcome="holds-under",
    beyond=("the recursion starts at rest: Theta[0] = Theta[1]",),
    assumptions=("0 < beta < 1",),
    note="The same sequence as (6.20), by induction: with S = sum over s < t of "
    "beta^(t-1-s) grad[s] the step before was Theta[t] = Theta[t-1] - eta S, and the sum of "
    "(6.20) is grad[t] + beta S. At t = 1 the sum is the gradient alone, and the recursion gives "
    "that only if Theta[0] = Theta[1]; Theta[0] occurs nowhere in (6.20). cotter (1.1.25) is the "
    "same recursion; ng, section 2.1, prints the gradient with a plus.",
)
def eq6_21() -> Claim:
    step_of_sum = now - eta * (grad + beta * past)
    recursion = now + beta * (now - before) - eta * grad
    first = eq(start - eta * grad, start + beta * (start - zeroth) - eta * grad)
    known = sp.Eq(past, (before - now) / eta, evaluate=False)
    rest = sp.Eq(zeroth, start, evaluate=False)
    given = [known, sp.Lt(beta, 1)]
    return Claim((eq(step_of_sum, recursion), first), given, extra=[rest])


@paper.equation(
    "prose:forgetting",
    where=MOMENTUM,
    latex=r"\beta^{t-s+1} < \beta^{t-s}",
    note="The weight of a gradient shrinks with its age, as 0 < beta < 1; here beta = 1/(1 + u).",
)
def forgetting() -> Claim:
    weight = sp.Symbol("beta^{t-s}", positive=True)
    return Claim(lt(beta * weight, weight), [sp.Eq(beta, 1 / (1 + u), evaluate=False)])


paper.note(
    "prose:memory",
    kind="empirical",
    where=MOMENTUM,
    latex=r"\text{(6.20) needs all past gradients, (6.21) needs } \Theta[t-1] \text{ alone}",
    note="That is the reason the source gives for the recursion. By exercise 2 one running sum "
    "serves as well.",
)
paper.note(
    "6.22",
    kind="algorithm",
    outcome="definition",
    where="section 6.3.2.4",
    latex=r"\Theta[t+1] = \Theta[t] - \Upsilon[t] \odot \frac{\partial c}{\partial \Theta}"
    r"(\Theta[t])",
    note="With every entry of Upsilon equal to eta it is (6.17).",
)
