"""Section 1.3.1 and 1.3.1.1: convolution, channels, sizes."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim, Instances
from symvar.geometry import Axis
from symvar.symbols import padding_size, size

from .arrays import CASES, SAID, Sizes, coefficients, minus, z_1, z_2
from .setting import eq, le, paper, positive, real

LAYERS, PADDING = "section 1.3.1", "section 1.3.1.1"
SINGLE = [each for each in CASES if each.C == each.F == 1]
height, kernel = size("H"), size("K")


@paper.equation(
    "1.3.1",
    where=LAYERS,
    latex=r"y[\mathbf{n}] = (x * h)[\mathbf{n}] = \sum_{\mathbf{k}} x[\mathbf{k}]"
    r" h[\mathbf{n} - \mathbf{k}]",
    kind="definition",
    strength="instances",
    note="The sum is said to be over the support of h: it is n - k that runs over it, k itself over"
    " that of x. Checked: it commutes, as h * x gives the same.",
)
def commutes() -> Claim:
    """The sum over the support of x against that over the support of h."""

    def build(case: Sizes) -> sp.Eq:
        (x,), ((h,),) = case.x, case.h
        one = [sum(x[k] * h[minus(n, k)] for k in x.support) for n in case.outputs]
        other = [sum(h[k] * x[minus(n, k)] for k in h.support) for n in case.outputs]
        return eq(sp.ImmutableMatrix(one), sp.ImmutableMatrix(other))

    return Claim(Instances(build, SINGLE, SAID))


@paper.equation(
    "1.3.2",
    where=LAYERS,
    latex=r"= \sum_{k_1, k_2} x[k_1, k_2] h[n_1 - k_1, n_2 - k_2]",
    strength="instances",
    note="Checked against the product of the polynomials with x and h as coefficients, whose"
    " degrees also give the size of the output.",
)
def polynomials() -> Claim:
    """The polynomial of y against the product of those of x and h."""

    def build(case: Sizes) -> sp.Eq:
        (x,), ((h,),) = case.x, case.h
        series = sum(
            sum(x[k] * h[minus(n, k)] for k in x.support) * z_1 ** n[0] * z_2 ** n[1]
            for n in case.outputs
        )
        return eq(series, x.series * h.series)

    return Claim(Instances(build, SINGLE, SAID))


@paper.equation(
    "prose:full-size",
    where=LAYERS,
    latex=r"y \in \mathbb{R}^{(H+K_1-1) \times (W+K_2-1)}",
    note="Per axis: the windows of a kernel K with K - 1 zeros on either side. Said again in"
    " section 1.3.1.1.",
)
def full_size() -> Claim:
    """The number of windows that meet the image."""
    axis = Axis(height, kernel=kernel, low=kernel - 1, high=kernel - 1)
    return Claim(eq(axis.outputs, height + kernel - 1))


@paper.equation(
    "prose:matched-filter",
    where=LAYERS,
    latex=r"\max_{\mathbf{n}} (x * h)[\mathbf{n}] \text{ is largest where } x \text{ contains } h",
    corrected_latex=r"\langle x, h \rangle \le \langle h, h \rangle"
    r" \text{ for } |x| = |h|:\ \max_{\mathbf{n}} (x \star h)[\mathbf{n}]"
    r" \text{ is largest where } x \text{ contains } h",
    outcome="erratum",
    note="Convolution mirrors the filter: among inputs of equal length it answers most to the"
    " mirror image of h. h = (1, 2) gives 1, 4, 4 on itself and 2, 5, 2 on (2, 1). True of"
    " correlation, which deep learning frameworks compute under the name of convolution, and of"
    " symmetric filters; in any case among inputs of equal length only. Corrected, entry by entry:"
    " h^2 - xh is half of (x-h)^2, plus terms that cancel over entries of equal length.",
)
def matched_filter() -> Claim:
    """Two taps: the output where both overlap, against all outputs of h on itself."""
    taps, values = positive("h_0 h_1"), positive("x_0 x_1")
    overlap = values[0] * taps[1] + values[1] * taps[0]
    own = sp.Max(taps[0] ** 2, 2 * taps[0] * taps[1], taps[1] ** 2)
    same = sp.Eq(values[0] ** 2 + values[1] ** 2, taps[0] ** 2 + taps[1] ** 2)
    x, h = real("x h")
    return Claim(
        le(overlap, own),
        given=(same,),
        corrected=eq(h**2 - x * h, ((x - h) ** 2 + h**2 - x**2) / 2),
    )


paper.note(
    "prose:filter-bank",
    where=LAYERS,
    latex=r"y_i[\mathbf{n}] = (x * h_i)[\mathbf{n}], \quad 1 \le i \le C",
    kind="definition",
    note="C filters on one channel, C outputs.",
)
paper.note(
    "prose:filter-depth",
    where=LAYERS,
    latex=r"h \in \mathbb{R}^{C \times K_1 \times K_2}",
    kind="definition",
    note="The text gives the filter a spatial extent of exactly C: it is its depth that is C, as"
    " figure 1.7 says. A slip of the source.",
)


@paper.equation(
    "1.3.3",
    where=LAYERS,
    latex=r"y[\mathbf{n}] = \sum_{c=1}^C \sum_{\mathbf{k}} x[\mathbf{k}]"
    r" h[c, \mathbf{n} - \mathbf{k}]",
    corrected_latex=r"y[\mathbf{n}] = \sum_{c=1}^C \sum_{\mathbf{k}} x[c, \mathbf{k}]"
    r" h[c, \mathbf{n} - \mathbf{k}]",
    outcome="erratum",
    strength="instances",
    note="x has lost its channel; (1.3.4) has it. Read here as one and the same channel for all c,"
    " the first. Checked against the sum of the products of polynomials.",
    ocr="An index may be lost in recognition.",
)
def channels() -> Claim:
    """The sum over channels against the product of polynomials."""

    def stated(case: Sizes, same: bool) -> sp.Eq:
        filters = case.h[0]
        images = [case.x[0]] * case.C if same else case.x
        printed = [
            sum(
                x[k] * h[minus(n, k)]
                for x, h in zip(images, filters, strict=True)
                for k in x.support
            )
            for n in case.outputs
        ]
        known = coefficients(case.series(0), case.outputs)
        return eq(sp.ImmutableMatrix(printed), sp.ImmutableMatrix(list(known.values())))

    return Claim(
        Instances(lambda case: stated(case, True), CASES, SAID),
        corrected=Instances(lambda case: stated(case, False), CASES, SAID),
    )


def _printed(case: Sizes) -> sp.ImmutableMatrix:
    """(1.3.4), a row per output channel."""
    return sp.ImmutableMatrix(
        [
            [
                sum(
                    case.x[c][k] * case.h[f][c][minus(n, k)]
                    for c in range(case.C)
                    for k in case.x[c].support
                )
                for n in case.outputs
            ]
            for f in range(case.F)
        ]
    )


def _known(case: Sizes) -> sp.ImmutableMatrix:
    """The same by products of polynomials."""
    rows = [coefficients(case.series(f), case.outputs) for f in range(case.F)]
    return sp.ImmutableMatrix([list(row.values()) for row in rows])


@paper.equation(
    "1.3.4",
    where=LAYERS,
    latex=r"y[f, \mathbf{n}] = \sum_{c=1}^C \sum_{\mathbf{k}} x[c, \mathbf{k}]"
    r" h_f[c, \mathbf{n} - \mathbf{k}]",
    strength="instances",
    note="Checked against sums of products of polynomials.",
)
def stacked() -> Claim:
    """Every output of every filter."""
    return Claim(Instances(lambda case: eq(_printed(case), _known(case)), CASES, SAID))


@paper.equation(
    "prose:stacked-shape",
    where=LAYERS,
    latex=r"y \in \mathbb{R}^{F \times H \times W}",
    outcome="holds-under",
    beyond=("filters of one by one, or the crop to the central H by W of section 1.3.1.1",),
    note="The convolution of (1.3.1) is full, and its output is larger, as said just before.",
)
def stacked_shape() -> Claim:
    """The size of the full output against H."""
    axis = Axis(height, kernel=kernel, low=kernel - 1, high=kernel - 1)
    return Claim(eq(axis.outputs, height), extra=(sp.Eq(kernel, 1),))


@paper.equation(
    "1.3.5",
    where=LAYERS,
    latex=r"Y^{(l+1)}[f, \mathbf{n}] = \sum_{c=1}^{C_l} X^{(l)}[c, \mathbf{n}] * h_f^{(l)}"
    r"[c, \mathbf{n}] \quad \text{for } 1 \leq f \leq C_{l+1}",
    strength="instances",
    note="The filters of layer l+1 have index l, the weights in (1.2.6) l+1: a convention, but not"
    " the same. Checked as what it is for polynomials: a matrix of F by C times a vector of C, as"
    " (1.2.6).",
)
def as_matrix() -> Claim:
    """The polynomials of the outputs against the matrix product."""

    def build(case: Sizes) -> sp.Eq:
        outputs = [
            sum(
                value * z_1 ** n[0] * z_2 ** n[1]
                for n, value in zip(case.outputs, row, strict=True)
            )
            for row in _printed(case).tolist()
        ]
        filters = sp.Matrix(case.F, case.C, lambda f, c: case.h[f][c].series)
        images = sp.Matrix([x.series for x in case.x])
        return eq(sp.ImmutableMatrix(outputs), sp.ImmutableMatrix(filters * images))

    return Claim(Instances(build, CASES, SAID))


@paper.equation(
    "1.3.6",
    where=LAYERS,
    latex=r"X^{(l+1)}[f, \mathbf{n}] = g\left(Y^{(l)}[f, \mathbf{n}]\right)",
    corrected_latex=r"X^{(l+1)}[f, \mathbf{n}] = g\left(Y^{(l+1)}[f, \mathbf{n}]\right)",
    outcome="erratum",
    note="(1.2.7), which it revisits, has Y^(l+1), and (1.3.5) makes no Y^(0). As printed layer l+1"
    " would have no effect on its own output. Checked with two layers of one channel and 1 by 1"
    " filters u and v, g(Y) = aY, and the composition of the two maps.",
    ocr="A superscript may be damaged.",
)
def activation_index() -> Claim:
    """X^(2) against the second layer applied to the first."""
    first, second, value = real("u v X^(0)")
    scale = positive("a")
    before = {1: first * value}
    before[2] = second * (scale * before[1])
    composed = scale**2 * first * second * value
    return Claim(eq(scale * before[1], composed), corrected=eq(scale * before[2], composed))


@paper.equation(
    "prose:same-size",
    where=PADDING,
    latex=r"\text{the central } H \text{ of } H + K - 1",
    outcome="holds-under",
    beyond=("an odd kernel",),
    note="K - 1 outputs are cut. For an even kernel they do not split evenly: equal margins leave H"
    " + 1, and which side loses one more is a convention.",
)
def same_size() -> Claim:
    """What equal margins leave."""
    margin = sp.floor((kernel - 1) / sp.Integer(2))
    half = padding_size("p")
    return Claim(eq(height + kernel - 1 - 2 * margin, height), extra=(sp.Eq(kernel, 2 * half + 1),))


@paper.equation(
    "prose:valid-size",
    where=PADDING,
    latex=r"(H - K_H + 1) \times (W - K_W + 1)",
    note="Per axis, for a kernel no larger than the image; LeNet's 5 by 5 kernels take 32 to 28 and"
    " 14 to 10.",
)
def valid_size() -> Claim:
    """The number of windows inside the image; LeNet's two."""
    return Claim(
        (
            eq(Axis(height, kernel=kernel).outputs, height - kernel + 1),
            eq(len([n for n in range(32) if n + 5 <= 32]), 28),
            eq(len([n for n in range(14) if n + 5 <= 14]), 10),
        )
    )


@paper.equation(
    "prose:stride",
    where=PADDING,
    latex=r"y_2[n] = y[2n]",
    strength="instances",
    note="Stride 2 keeps every other output, ceil(n/2) of n. Signal processing calls it"
    " downsampling; decimation there often has a low-pass filter before it.",
)
def stride() -> Claim:
    """A strided window map against every other output of the plain one."""

    def build(case: tuple[int, int]) -> tuple[sp.Eq, sp.Eq]:
        count, taps = case
        values, weights = real(f"x_0:{count}"), real(f"h_0:{taps}")
        strided, plain = Axis(count, taps, stride=2), Axis(count, taps)

        def output(axis: Axis, n: int) -> sp.Expr:
            return sum(values[k] * w for k, w in zip(axis.reads(n), weights, strict=True))

        one = [output(strided, n) for n in range(int(strided.outputs))]
        other = [output(plain, n) for n in range(0, int(plain.outputs), 2)]
        half = sp.ceiling(sp.Integer(int(plain.outputs)) / 2)
        return eq(sp.ImmutableMatrix(one), sp.ImmutableMatrix(other)), eq(strided.outputs, half)

    cases = [(count, taps) for count in range(1, 7) for taps in range(1, count + 1)]
    return Claim(Instances(build, cases, "1 to 6 inputs, kernels up to that"))
