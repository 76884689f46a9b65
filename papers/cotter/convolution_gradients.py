"""Section 1.3.1.2: update and passthrough gradients of a convolution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from symvar.claims import Claim, Instances

from .arrays import CASES, SAID, Place, Sizes, coefficients, each, minus, plus
from .setting import eq, paper

GRADIENTS = "section 1.3.1.2"


def _column(values: list[Any]) -> sp.ImmutableMatrix:
    return sp.ImmutableMatrix(values)


def _outputs(case: Sizes) -> dict[tuple[int, Place], sp.Expr]:
    """Every output by products of polynomials."""
    return {
        (f, n): value
        for f in range(case.F)
        for n, value in coefficients(case.series(f), case.outputs).items()
    }


def _squared_loss(case: Sizes) -> tuple[sp.Expr, dict[tuple[int, Place], sp.Expr]]:
    """A quadratic loss of the outputs, and its derivative by each of them."""
    outputs = _outputs(case)
    slopes = {(f, n): case.dy[f][n] for f, n in outputs}
    loss = sum(slopes[at] * y + y**2 / 2 for at, y in outputs.items())
    return loss, {at: slopes[at] + y for at, y in outputs.items()}


def _on_all(build: Callable[[Sizes], sp.Eq]) -> Instances:
    return Instances(build, CASES, SAID)


@paper.equation(
    "1.3.7",
    where=GRADIENTS,
    latex=r"Y[f, n_1, n_2] = \sum_{c=1}^C \sum_{k_1} \sum_{k_2} x[c, k_1, k_2]"
    r" h_f[c, n_1 - k_1, n_2 - k_2]",
    strength="instances",
    note="(1.3.5) spelled out; x is X.",
)
def expanded() -> Claim:
    """The sums against products of polynomials."""

    def build(case: Sizes) -> sp.Eq:
        printed = [
            sum(case.x[c][k] * case.h[f][c][minus(n, k)] for c, k in each(case.x))
            for f, n in _outputs(case)
        ]
        return eq(_column(printed), _column(list(_outputs(case).values())))

    return Claim(_on_all(build))


@paper.equation(
    "1.3.8",
    where=GRADIENTS,
    latex=r"\frac{\partial Y_{f, n_1, n_2}}{\partial X_{c, k_1, k_2}}"
    r" = h_f[c, n_1 - k_1, n_2 - k_2]",
    strength="instances",
    note="The sentence before it speaks of a sum over positions: that is (1.3.9), the derivative of"
    " J.",
)
def local() -> Claim:
    """The Jacobian by differentiation, a row per output."""

    def build(case: Sizes) -> sp.Eq:
        rows = [
            [sp.diff(y, case.x[c][k]) for c, k in each(case.x)] for y in _outputs(case).values()
        ]
        printed = [[case.h[f][c][minus(n, k)] for c, k in each(case.x)] for f, n in _outputs(case)]
        return eq(sp.ImmutableMatrix(rows), sp.ImmutableMatrix(printed))

    return Claim(_on_all(build))


@paper.equation(
    "1.3.9",
    where=GRADIENTS,
    latex=r"\frac{\partial J}{\partial X_{c, k_1, k_2}} = \sum_f \sum_{n_1} \sum_{n_2}"
    r" \frac{\partial J}{\partial Y_{f, n_1, n_2}}"
    r" \frac{\partial Y_{f, n_1, n_2}}{\partial X_{c, k_1, k_2}}",
    strength="instances",
    note="The chain rule, for a quadratic loss.",
)
def chain() -> Claim:
    """The derivative of the composed loss against the sum of products."""

    def build(case: Sizes) -> sp.Eq:
        loss, by_output = _squared_loss(case)
        places = list(each(case.x))
        derived = [sp.diff(loss, case.x[c][k]) for c, k in places]
        printed = [
            sum(by_output[at] * sp.diff(y, case.x[c][k]) for at, y in _outputs(case).items())
            for c, k in places
        ]
        return eq(_column(derived), _column(printed))

    return Claim(_on_all(build))


def _by_input(case: Sizes, printed: Callable[[int, Place], sp.Expr]) -> sp.Eq:
    """The derivative of a linear loss by every input against the printed one."""
    loss = case.loss()
    places = list(each(case.x))
    derived = [sp.diff(loss, case.x[c][k]) for c, k in places]
    return eq(_column(derived), _column([printed(c, k) for c, k in places]))


@paper.equation(
    "1.3.10",
    where=GRADIENTS,
    latex=r"= \sum_f \sum_{n_1} \sum_{n_2} \frac{\partial J}{\partial Y_{f, n_1, n_2}}"
    r" h_f[c, n_1 - k_1, n_2 - k_2]",
    strength="instances",
)
def by_filter() -> Claim:
    """The derivative against the sum over all outputs."""

    def build(case: Sizes) -> sp.Eq:
        return _by_input(
            case,
            lambda c, k: sum(case.dy[f][n] * case.h[f][c][minus(n, k)] for f, n in each(case.dy)),
        )

    return Claim(_on_all(build))


def _mirrored(case: Sizes, first: int, second: int, place: Place) -> sp.Expr:
    """The filter with tilde: h~_first[second, place]."""
    return case.h[second][first][-place[0], -place[1]]


@paper.equation(
    "1.3.11",
    where=GRADIENTS,
    latex=r"\frac{\partial J}{\partial X_{c, k_1, k_2}} = \sum_f \sum_{n_1} \sum_{n_2}"
    r" \Delta Y[f, n_1, n_2] \tilde{h}_c[f, k_1 - n_1, k_2 - n_2],"
    r" \quad \tilde{h}_\alpha[\beta, \gamma, \delta] = h_\beta[\alpha, -\gamma, -\delta]",
    strength="instances",
)
def by_mirrored() -> Claim:
    """The derivative against the sum with mirrored filters, channels exchanged."""

    def build(case: Sizes) -> sp.Eq:
        return _by_input(
            case,
            lambda c, k: sum(
                case.dy[f][n] * _mirrored(case, c, f, minus(k, n)) for f, n in each(case.dy)
            ),
        )

    return Claim(_on_all(build))


@paper.equation(
    "1.3.12",
    where=GRADIENTS,
    latex=r"= \sum_f \Delta Y[f, \mathbf{n}] * \tilde{h}_c[f, \mathbf{n}]",
    strength="instances",
    note="Taken at (k_1, k_2), which (1.3.15) writes and this does not. So it is (1.3.5) with"
    " mirrored filters, except for the size: a full convolution of a full output reaches beyond"
    " the image, and only the part on the support of X is the gradient (a valid convolution)."
    " Checked by products of polynomials with mirrored filters.",
)
def as_convolution() -> Claim:
    """The derivative against coefficients of a product of polynomials."""

    def build(case: Sizes) -> sp.Eq:
        corner = (case.K_1 - 1, case.K_2 - 1)
        products = [
            sum(case.dy[f].series * case.h[f][c].mirrored_series for f in range(case.F))
            for c in range(case.C)
        ]
        places = [plus(k, corner) for k in case.x[0].support]
        known = [coefficients(product, places) for product in products]
        return _by_input(case, lambda c, k: known[c][plus(k, corner)])

    return Claim(_on_all(build))


@paper.equation(
    "1.3.13",
    where=GRADIENTS,
    latex=r"\frac{\partial J}{\partial h_{f, c, k_1, k_2}} = \sum_{n_1} \sum_{n_2}"
    r" \frac{\partial J}{\partial Y_{f, n_1, n_2}}"
    r" \frac{\partial Y_{f, n_1, n_2}}{\partial h_{f, c, k_1, k_2}}",
    strength="instances",
    note="The chain rule: a filter acts on its own output channel only.",
)
def filter_chain() -> Claim:
    """The derivative of the composed loss against the sum over one output channel."""

    def build(case: Sizes) -> sp.Eq:
        loss, by_output = _squared_loss(case)
        outputs = _outputs(case)
        taps = [(f, c, k) for f in range(case.F) for c, k in each(case.h[f])]
        derived = [sp.diff(loss, case.h[f][c][k]) for f, c, k in taps]
        printed = [
            sum(by_output[f, n] * sp.diff(outputs[f, n], case.h[f][c][k]) for n in case.outputs)
            for f, c, k in taps
        ]
        return eq(_column(derived), _column(printed))

    return Claim(_on_all(build))


def _by_tap(case: Sizes, printed: Callable[[int, int, Place], sp.Expr]) -> sp.Eq:
    """The derivative of a linear loss by every tap against the printed one."""
    loss = case.loss()
    taps = [(f, c, k) for f in range(case.F) for c, k in each(case.h[f])]
    derived = [sp.diff(loss, case.h[f][c][k]) for f, c, k in taps]
    return eq(_column(derived), _column([printed(*tap) for tap in taps]))


@paper.equation(
    "1.3.14",
    where=GRADIENTS,
    latex=r"= \sum_{n_1} \sum_{n_2} \Delta Y[f, n_1, n_2] X[x, n_1 - k_1, n_2 - k_2]",
    corrected_latex=r"= \sum_{n_1} \sum_{n_2} \Delta Y[f, n_1, n_2] X[c, n_1 - k_1, n_2 - k_2]",
    outcome="erratum",
    strength="instances",
    note="The channel is c; (1.3.15) has it. Read here as one and the same channel for all c.",
    ocr="x for c may be an error of recognition.",
)
def update() -> Claim:
    """The derivative against the sum with the first channel, and with channel c."""

    def stated(case: Sizes, own: bool) -> sp.Eq:
        return _by_tap(
            case,
            lambda f, c, k: sum(
                case.dy[f][n] * case.x[c if own else 0][minus(n, k)] for n in case.outputs
            ),
        )

    return Claim(
        _on_all(lambda case: stated(case, False)),
        corrected=_on_all(lambda case: stated(case, True)),
    )


@paper.equation(
    "1.3.15",
    where=GRADIENTS,
    latex=r"= (\Delta Y[f, \mathbf{n}] \star X[c, \mathbf{n}]) [k_1, k_2]",
    outcome="holds-under",
    strength="instances",
    beyond=("cross-correlation shifts its second argument back: (a * b)[k] = sum_n a[n] b[n - k]",),
    note="Cross-correlation is named, not defined. In the more usual order, sum_n a[n] b[n + k],"
    " the two arguments must be exchanged. s is -1 for the one order and 1 for the other.",
)
def correlation() -> Claim:
    """The derivative against the correlation, whose order is left open by a symbol."""
    order = sp.Symbol("s", real=True)

    def build(case: Sizes) -> sp.Eq:
        def correlated(f: int, c: int, k: Place) -> sp.Expr:
            back, on = (
                sum(case.dy[f][n] * case.x[c][shift(n, k)] for n in case.outputs)
                for shift in (minus, plus)
            )
            return (1 - order) / 2 * back + (1 + order) / 2 * on

        return _by_tap(case, correlated)

    return Claim(_on_all(build), extra=(sp.Eq(order, -1),))
