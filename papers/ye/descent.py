"""Sections 6.4.3, second half, and 6.4.4: does the cost decrease, and the local problem."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim, Instances, gradient

from .nets import RECTIFIERS, Net, layers, rectifier_nets
from .setting import (
    d_before,
    d_here,
    entries,
    eq,
    eta,
    le,
    lt,
    norm2,
    paper,
    relu,
    u,
    x,
)
from .variational import SECTION, small_update, square

LOCAL = "section 6.4.4"

# The eigenbasis of the symmetric matrix M: eigenvalues of M, of I - eta ||o||^2 M, and the
# components of delta^(L).
mu1, mu2 = sp.symbols("mu_1 mu_2", nonnegative=True)
nu1, nu2 = sp.symbols("nu_1 nu_2", real=True)
d1, d2 = sp.symbols("delta_1 delta_2", real=True)
length = sp.Symbol(r"\|o\|^{2}", positive=True)


@paper.equation(
    "6.52",
    where=SECTION,
    latex=r"\left\| \left( \mathbf{I} - \eta \|\mathbf{o}^{(l-1)}\|^2 \mathbf{M}^{(l)} \right) "
    r"\boldsymbol{\delta}^{(L)} \right\|^2 \leq \lambda_{\max}^2 \left( \mathbf{I} - \eta "
    r"\|\mathbf{o}^{(l-1)}\|^2 \mathbf{M}^{(l)} \right) \|\boldsymbol{\delta}^{(L)}\|^2",
    outcome="erratum",
    corrected_latex=r"\left\| \left( \mathbf{I} - \eta \|\mathbf{o}^{(l-1)}\|^2 \mathbf{M}^{(l)} "
    r"\right) \boldsymbol{\epsilon} \right\|^2 \leq \max_i \lambda_i^2 \left( \mathbf{I} - \eta "
    r"\|\mathbf{o}^{(l-1)}\|^2 \mathbf{M}^{(l)} \right) \|\boldsymbol{\epsilon}\|^2",
    assumptions=("lambda_max is the largest eigenvalue, as the line after it defines",),
    note="The eigenvalue of largest modulus is needed, the spectral norm: I - c M has eigenvalues "
    "down to 1 - c lambda_max(M), negative once c lambda_max(M) > 1. Eigenvalues nu of I - c M, "
    "none above 1, and components of the vector in the eigenbasis, two outputs; further outputs "
    "add terms of the same kind. A network that shows it: two outputs, one inactive, l = L, "
    "eta ||o||^2 = 3, so that I - c M = diag(1, -2): the left side is 4, the right side 1.",
)
def eq6_52() -> Claim:
    left = nu1**2 * d1**2 + nu2**2 * d2**2
    whole = d1**2 + d2**2
    given = [sp.Le(nu1, 1), sp.Le(nu2, 1)]
    return Claim(
        le(left, sp.Max(nu1, nu2) ** 2 * whole),
        given,
        corrected=le(left, sp.Max(sp.Abs(nu1), sp.Abs(nu2)) ** 2 * whole),
    )


scale = sp.Symbol("c", positive=True)  # eta ||o||^2


@paper.equation(
    "prose:lambda-max",
    where=SECTION,
    latex=r"\lambda_{\max}^2 \left( \mathbf{I} - \eta \|\mathbf{o}^{(l-1)}\|^2 \mathbf{M}^{(l)} "
    r"\right) = \left( 1 - \eta \|\mathbf{o}^{(l-1)}\|^2 \lambda_{\max} \left( \mathbf{M}^{(l)} "
    r"\right) \right)^2",
    outcome="erratum",
    corrected_latex=r"\lambda_{\max} \left( \mathbf{I} - c \mathbf{M}^{(l)} \right) = 1 - c "
    r"\lambda_{\min} \left( \mathbf{M}^{(l)} \right), \quad \lambda_{\min} \left( \mathbf{I} - c "
    r"\mathbf{M}^{(l)} \right) = 1 - c \lambda_{\max} \left( \mathbf{M}^{(l)} \right), \quad c = "
    r"\eta \|\mathbf{o}^{(l-1)}\|^2",
    note="The largest eigenvalue of I - c M comes from the smallest of M. With this line (6.52) "
    "would bound the new cost by (1 - c lambda_max(M))^2 times the old one, which would vanish at "
    "c = 1/lambda_max(M): false as soon as M has two different eigenvalues.",
)
def lambda_max() -> Claim:
    first, second = 1 - scale * mu1, 1 - scale * mu2
    printed = eq(sp.Max(first, second) ** 2, (1 - scale * sp.Max(mu1, mu2)) ** 2)
    greatest = eq(sp.Max(first, second), 1 - scale * sp.Min(mu1, mu2))
    least = eq(sp.Min(first, second), 1 - scale * sp.Max(mu1, mu2))
    return Claim(printed, corrected=(greatest, least))


mu, spare = sp.symbols("mu v", nonnegative=True)
component = sp.Symbol("delta", real=True)


def shrunk(eigenvalue: sp.Expr, step: sp.Expr) -> sp.Expr:
    """The squared component after the step, along an eigenvector of M."""
    return ((1 - step * length * eigenvalue) * component) ** 2


@paper.equation(
    "6.53",
    where=SECTION,
    latex=r"0 \leq \lambda_{\max} \left( \mathbf{M}^{(l)} \right) \leq "
    r"\frac{2}{\eta \|\mathbf{o}^{(l-1)}\|^2} \Rightarrow \widehat{\ell}(\mathbf{y}, "
    r"\mathbf{o}^{(L)}) \leq \ell(\mathbf{y}, \mathbf{o}^{(L)})",
    note="The condition is sufficient all the same: each eigenvalue mu of M obeys it, and then "
    "|1 - c mu| <= 1, so that every component of the error in the eigenbasis shrinks or stays, "
    "for any number of outputs. Inside the bound and on it; needs o^(l-1) other than 0, "
    "else the update is zero.",
)
def eq6_53() -> Claim:
    inside = 2 / (length * (mu + u))  # any eta with eta ||o||^2 mu < 2
    border = 2 / (length * u)  # the bound met by the eigenvalue u
    return Claim(
        (le(shrunk(mu, inside), component**2), eq(shrunk(u, border), component**2)),
    )


@paper.equation(
    "prose:cost-bound",
    where=SECTION,
    latex=r"\widehat{\ell}(\mathbf{y}, \mathbf{o}^{(L)}) \leq \|\boldsymbol{\delta}^{(l)}\|^2 = "
    r"\ell(\mathbf{y}, \mathbf{o}^{(L)})",
    outcome="erratum",
    strength="instances",
    corrected_latex=r"\widehat{\ell}(\mathbf{y}, \mathbf{o}^{(L)}) = \frac12 \| (\mathbf{I} - "
    r"\eta \|\mathbf{o}^{(l-1)}\|^2 \mathbf{M}^{(l)}) \boldsymbol\epsilon \|^2 \leq \frac{1}{2} "
    r"\|\boldsymbol{\epsilon}\|^2 = \ell(\mathbf{y}, \mathbf{o}^{(L)})",
    note="The inequality is (6.53). The old cost is half the squared output error; the l on delta "
    "should be L, delta^(L) the output error, and the 1/2 of (6.42) is missing.",
    ocr="l for L may be a misreading; the factor is missing throughout.",
)
def cost_bound() -> Claim:
    """The new loss, of the changed network run forward, and the old: both in the output error."""

    def printed(case: tuple[Net, int]) -> sp.Eq:
        net, layer = case
        return eq(norm2(net.delta(layer)), net.loss())

    def mended(case: tuple[Net, int]) -> tuple[sp.Basic, ...]:
        net, layer = case
        size, move = small_update(net, layer)
        slopes = net.output_jacobian(layer)
        fed_in = norm2(net.o(layer - 1))
        after = net.error() - size * fed_in * slopes * slopes.T * net.error()
        old = norm2(net.error()) / 2
        return eq(net.updated(layer, move).loss(), norm2(after) / 2), eq(old, net.loss())

    cases = layers(rectifier_nets())
    return Claim(
        Instances(printed, cases, RECTIFIERS), corrected=Instances(mended, cases, RECTIFIERS)
    )


@paper.equation(
    "prose:cost-decreases",
    where=SECTION,
    latex=r"\widehat{\ell}(\mathbf{y}, \mathbf{o}^{(L)}) < \ell(\mathbf{y}, \mathbf{o}^{(L)})",
    outcome="holds-under",
    beyond=(
        "the inequality (6.53) is strict",
        "the error has a component that M^(l) does not annihilate, that is delta^(l) is not zero",
        "the activation patterns stay: see prose:patterns-stay",
    ),
    note="(6.53) alone gives no increase. On its bound the component along the largest eigenvalue "
    "is reflected; and an error that no active path carries back does not change at all. No "
    "increase is no convergence either, as the next paragraph has it: the network of exercise 4 "
    "stays at 1/2 for ever.",
)
def cost_decreases() -> Claim:
    given = [sp.Eq(eta, 2 / (length * (mu + spare)), evaluate=False), sp.Gt(mu + spare, 0)]
    some = sp.symbols("a b c", positive=True)
    names = (mu, spare, component)
    extra = [sp.Eq(name, each, evaluate=False) for name, each in zip(names, some, strict=True)]
    return Claim(lt(shrunk(mu, eta), component**2), given, extra=extra)


slope_below, slope_above = sp.symbols("a b", real=True)


@paper.equation(
    "prose:relu-alone",
    where=SECTION,
    latex=r"\gamma(x) \ne \sigma'(x) \text{ for every activation function but the ReLU}",
    outcome="erratum",
    corrected_latex=r"\sigma(x) = b \max(0, x) + a \min(0, x) \Rightarrow \gamma(x) = \sigma'(x), "
    r"\quad x \ne 0",
    note="Every function that is linear on each side of 0 has gain equal to slope: the leaky and "
    "parametric rectifiers, the absolute value, the identity. Exercise 1 of the same chapter "
    "derives exactly this family. The argument needs no zeros and ones on the diagonal.",
)
def relu_alone() -> Claim:
    """The claim for leaky rectifiers; what holds for the whole family of exercise 1."""
    leak = sp.Symbol("a_0", positive=True)
    leaky = relu(x) + leak * sp.Min(0, x)
    activation = slope_above * relu(x) + slope_below * sp.Min(0, x)
    return Claim(
        sp.Ne(leaky / x, sp.diff(leaky, x), evaluate=False),
        [sp.Ne(x, 0), sp.Lt(leak, 1)],
        corrected=eq(activation / x, sp.diff(activation, x)),
    )


weights = sp.MatrixSymbol("W^{(l)}", d_here, d_before)
move = sp.MatrixSymbol("W", d_here, d_before)
fed = sp.MatrixSymbol("o^{(l-1)}", d_before, 1)
target = sp.MatrixSymbol("y", d_here, 1)
delta = sp.MatrixSymbol(r"\delta^{(l)}", d_here, 1)


@paper.equation(
    "6.54",
    where=LOCAL,
    latex=r"\min_{\mathbf{W}} \|\boldsymbol{\delta}^{(l)} - \mathbf{W} \mathbf{o}^{(l-1)}\|^2",
    outcome="erratum",
    corrected_latex=r"\min_{\mathbf{W}} \|-\boldsymbol{\delta}^{(l)} - \mathbf{W} "
    r"\mathbf{o}^{(l-1)}\|^2",
    note="The global counterpart, for the last layer with all units active, is the cost after a "
    "change W, and that is the norm of delta + W o. The sentence after it speaks of a minus sign "
    "in front of delta, which is what is missing; with it (6.55) and (6.56) are right. As printed "
    "the problem asks for a change that doubles the error: the sign error of (6.50) again, and "
    "(6.64) repeats it.",
    ocr="A lost minus sign is possible, but (6.50) and (6.64) have the same sign as printed here.",
)
def eq6_54() -> Claim:
    """Any sizes; delta is the output error W^(l) o - y of that layer."""
    after = square(target - (weights + move) * fed)
    now = weights * fed - target
    return Claim(
        eq(after, square(now - move * fed)), corrected=eq(after, square(-now - move * fed))
    )


@paper.equation(
    "6.55",
    where=LOCAL,
    latex=r"\mathbf{W}^* = -\frac{1}{\|\mathbf{o}^{(l-1)}\|^2} \boldsymbol{\delta}^{(l)} "
    r"\mathbf{o}^{(l-1)\top}, \quad \|\boldsymbol{\delta}^{(l)} - \mathbf{W}^* "
    r"\mathbf{o}^{(l-1)}\|^2 = 0",
    outcome="erratum",
    corrected_latex=r"\mathbf{W}^* = -\frac{1}{\|\mathbf{o}^{(l-1)}\|^2} "
    r"\boldsymbol{\delta}^{(l)} \mathbf{o}^{(l-1)\top}, \quad \|-\boldsymbol{\delta}^{(l)} - "
    r"\mathbf{W}^* \mathbf{o}^{(l-1)}\|^2 = 0",
    note="Plugged into (6.54) as printed, W* gives 4 ||delta||^2, not 0; the minimiser of the "
    "printed problem is +delta o^T/||o||^2. With the minus sign in (6.54) the printed W* is right. "
    "Not the only minimiser if d^(l-1) > 1: W* + Z with Z o = 0 does as well. Needs o other than "
    "0.",
)
def eq6_55() -> Claim:
    """Both residuals times ||o||^2, any sizes: no division is needed."""
    best = -delta * fed.T  # ||o||^2 W*
    zero = sp.ZeroMatrix(d_here, 1)
    scaled = delta * (fed.T * fed)
    return Claim(
        eq(scaled - best * fed, zero),
        corrected=eq(-scaled - best * fed, zero),
    )


@paper.equation(
    "6.56",
    where=LOCAL,
    latex=r"\Delta \mathbf{W}^{(l)} = -\eta \boldsymbol{\delta}^{(l)} \mathbf{o}^{(l-1)\top}",
    strength="instances",
    note="Steepest descent from W = 0 of half of ||-delta - W o||^2, the mended (6.54), and along "
    "W*. For (6.54) as printed it is the direction of steepest ascent.",
)
def eq6_56() -> Claim:
    def build(sizes: tuple[int, int]) -> sp.Eq:
        here, before = sizes
        matrix, error, output = (
            entries("W", here, before),
            entries("delta", here),
            entries("o", before),
        )
        slope = gradient(norm2(-error - matrix * output) / 2, matrix)
        at_zero = slope.subs(dict.fromkeys(matrix, 0))
        return eq(-eta * at_zero, (-eta * error * output.T).as_immutable())

    cases = tuple((m, n) for m in (1, 2, 3) for n in (1, 2, 3))
    return Claim(Instances(build, cases, "d^(l) and d^(l-1) from 1 to 3, every entry a symbol"))
