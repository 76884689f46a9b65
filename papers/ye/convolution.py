"""Chapter 7, sections 7.1 to 7.3: architectures in numbers, convolution, pooling, skip."""

from __future__ import annotations

from itertools import product

import sympy as sp

from symvar.claims import Claim, Instances
from symvar.geometry import Axis

from .setting import eq, gt, lt, paper, relu, u, x

ARCHITECTURES, CONVOLUTION, POOLING = "section 7.2", "section 7.3.1", "section 7.3.2"

VGG19 = (2, 2, 4, 4, 4)
WIDTHS = (64, 128, 256, 512, 512)


def vgg_shapes(stages: tuple[int, ...]) -> list[tuple[int, int]]:
    """The channels in and out of each convolution."""
    outs = [c for c, count in zip(WIDTHS, stages, strict=True) for _ in range(count)]
    return list(zip([3, *outs], outs, strict=False))


@paper.equation(
    "prose:layers",
    where="section 7.2.4",
    latex=r"\text{VGG: } 19, \quad \text{GoogLeNet: } 22 \text{ layers}",
    note="Layers with weights: 16 convolutions and 3 dense layers; 3 convolutions, 9 inception "
    "modules two deep, and a dense layer. The five layers of AlexNet beside them are its "
    "convolutions alone (8 with the dense ones). cotter, section 1.4.3, gives VGG 19 "
    "convolutions before 3 dense layers: that is not the network.",
)
def layer_counts() -> Claim:
    vgg = sp.Integer(len(vgg_shapes(VGG19))) + 3
    googlenet = 3 + sp.Integer(9) * 2 + 1
    return Claim((eq(vgg, 19), eq(googlenet, 22)))


more = sp.Symbol("m", nonnegative=True, integer=True)
depth = sp.Symbol("n", positive=True, integer=True)


def reached(kinds: str) -> int:
    """The inputs that one output depends on; c is a 3-convolution, p a 2-pooling, stride 2."""
    size = 2 ** (len(kinds) + 2) * 3
    places = {0}
    axes = []
    for kind in kinds:
        axis = Axis(size, kernel=3) if kind == "c" else Axis(size, kernel=2, stride=2)
        axes.append(axis)
        size = int(axis.outputs)
    for axis in reversed(axes):
        places = {read for output in places for read in axis.reads(output)}
    return len(places)


@paper.equation(
    "prose:small-kernels",
    where="section 7.2.3",
    latex=r"n \text{ layers of } 3 \times 3 \text{ see } (2n+1) \times (2n+1), \quad 9n < (2n+1)^2 "
    r"\text{ for } n \ge 2",
    strength="instances",
    note="Two small filters cover the field of one of 5 x 5 with 18 numbers per channel pair "
    "instead of 25, three that of 7 x 7 with 27 instead of 49. That they are more expressive "
    "rests on the rectifiers between them; without these the composed filters are fewer.",
)
def small_kernels() -> Claim:
    def build(n: int) -> sp.Eq:
        return eq(sp.Integer(reached("c" * n)), 2 * sp.Integer(n) + 1)

    count = more + 2
    fewer = lt(9 * count, (2 * count + 1) ** 2)
    return Claim((Instances(build, range(1, 7), "inputs counted for n from 1 to 6"), fewer))


paper.note(
    "7.1",
    kind="definition",
    where=CONVOLUTION,
    latex=r"\mathbf{y} = \mathbf{h} * \mathbf{x}",
)


@paper.equation(
    "7.2",
    where=CONVOLUTION,
    latex=r"y[m, n] = \sum_{p, q=-1}^1 h[p, q] x[m - p, n - q]",
    note="The coefficient of z^m w^n in the product of the two-variable polynomials of filter and "
    "image, at two places. This is the convolution, with the filter flipped over the image; most "
    "frameworks leave out the flip. cotter (1.3.2) is the same sum the other way round.",
)
def eq7_2() -> Claim:
    z, w = sp.symbols("z w")
    taps = {
        place: sp.Symbol(f"h_{{{place[0]},{place[1]}}}", real=True)
        for place in product((-1, 0, 1), repeat=2)
    }
    image = {
        place: sp.Symbol(f"x_{{{place[0]},{place[1]}}}", real=True)
        for place in product(range(-2, 3), repeat=2)
    }

    def polynomial(values: dict) -> sp.Expr:
        return sum((v * z ** (a + 2) * w ** (b + 2) for (a, b), v in values.items()), sp.S.Zero)

    whole = sp.Poly(polynomial(taps) * polynomial(image), z, w)
    found = []
    for m, n in ((0, 0), (1, -1)):
        printed = sum(taps[p, q] * image[m - p, n - q] for p, q in taps)
        found.append(eq(printed, whole.coeff_monomial(z ** (m + 4) * w ** (n + 4))))
    return Claim(tuple(found))


paper.note(
    "7.3",
    kind="definition",
    where=CONVOLUTION,
    latex=r"\mathbf{y}_i = \sum_{j=1}^{c_{in}} \mathbf{h}_{i,j} * \mathbf{x}_j, \quad i = 1, "
    r"\dots, c_{out}",
    note="A matrix of filters, c_out x c_in of them; a filter of one output channel for c_out = 1.",
)
paper.note(
    "prose:mimo",
    kind="definition",
    where=CONVOLUTION,
    latex=r"5 \times 5: 3 \to 6 \to 10; \quad 1 \times 1: 64 \to 32; \quad 3 \to 1",
    note="Channels in and out of the figure's examples. By (7.3) they have 450, 1500, 2048 and, "
    "with k x k taps, 3 k^2 weights.",
)
paper.note(
    "prose:impulse",
    kind="definition",
    where=CONVOLUTION,
    latex=r"\mathbf{h}_{i,j} = w_{ij} \delta[0, 0]",
    note="Read as w_ij times the unit impulse at the origin, delta[m, n] with [m, n] = [0, 0]; the "
    "number delta[0, 0] alone is 1 and would make every tap w_ij.",
)


@paper.equation(
    "7.4",
    where=CONVOLUTION,
    latex=r"\mathbf{y}_i = \sum_{j=1}^{c_{in}} w_{ij} \mathbf{x}_j, \quad i = 1, \dots, c_{out}",
    strength="instances",
    note="From (7.3) and (7.2) with the impulse: a dense layer at each place.",
)
def eq7_4() -> Claim:
    places = list(product((-1, 0, 1), repeat=2))

    def build(channels: tuple[int, int]) -> tuple[sp.Eq, ...]:
        ins, outs = channels
        w = {(i, j): sp.Symbol(f"w_{i}{j}", real=True) for i in range(outs) for j in range(ins)}
        images = [
            {place: sp.Symbol(f"x_{j}[{place[0]},{place[1]}]", real=True) for place in places}
            for j in range(ins)
        ]
        found = []
        for i in range(outs):
            printed = sum(
                w[i, j] * sp.KroneckerDelta(p, 0) * sp.KroneckerDelta(q, 0) * images[j][-p, -q]
                for j in range(ins)
                for p, q in places
            )
            found.append(eq(printed, sum(w[i, j] * images[j][0, 0] for j in range(ins))))
        return tuple(found)

    cases = ((1, 1), (2, 1), (1, 2), (3, 2))
    return Claim(Instances(build, cases, "(c_in, c_out) from (1, 1) to (3, 2), symbols"))


width = sp.Symbol("w", integer=True, positive=True)
half = sp.Symbol("n", integer=True, positive=True)


@paper.equation(
    "prose:pool-halves",
    where=POOLING,
    latex=r"\left\lfloor \frac{w - 2}{2} \right\rfloor + 1 = \frac{w}{2}",
    outcome="holds-under",
    assumptions=("window 2 and stride 2, as in the figure",),
    beyond=("the width is even",),
    note="For an odd width the last row and column are not read, and the factor is not 2. The map "
    "has a quarter of the entries.",
)
def pool_halves() -> Claim:
    outputs = Axis(width, kernel=2, stride=2).outputs
    extra = [sp.Eq(width, 2 * half, evaluate=False)]
    return Claim(eq(outputs, width / 2), [sp.Ge(width, 2)], extra=extra)


@paper.equation(
    "prose:pool-16",
    where=POOLING,
    latex=r"16 \times 16 \to 8 \times 8",
)
def pool_16() -> Claim:
    pooled = Axis(16, kernel=2, stride=2)
    last = sp.Integer(max(max(pooled.reads(i)) for i in range(int(pooled.outputs))))
    return Claim((eq(sp.Integer(pooled.outputs), 8), eq(last, 15)))


channels, units = sp.symbols("c d", positive=True, integer=True)


@paper.equation(
    "prose:pool-parameters",
    where=POOLING,
    latex=r"d \cdot c \cdot (2n) (2n) = 4 \cdot d \cdot c \cdot n \cdot n",
    note="Pooling has a quarter of the weights left in a dense layer that follows. It changes "
    "nothing for convolutions: their number of weights does not depend on the size of the map.",
)
def pool_parameters() -> Claim:
    def dense(side: sp.Expr) -> sp.Expr:
        return sp.Mul(units, channels, side**2, evaluate=False)

    return Claim(eq(dense(2 * half), 4 * dense(half)))


def pooling_matrix(side: int, weight: sp.Expr) -> sp.ImmutableMatrix:
    """The map of 2 x 2 windows onto their weighted sums, image row by row."""
    small = side // 2

    def entry(row: int, column: int) -> sp.Expr:
        (i, j), (a, b) = divmod(row, small), divmod(column, side)
        return weight if (a // 2, b // 2) == (i, j) else sp.Integer(0)

    return sp.ImmutableMatrix(small**2, side**2, entry)


@paper.equation(
    "prose:unpooling-transpose",
    where=POOLING,
    latex=r"(\mathbf{P}^\top \mathbf{y})[m, n] = y[\lfloor m/2 \rfloor, \lfloor n/2 \rfloor]",
    strength="instances",
    note="The transpose of the pooling that sums each window copies a value to its whole window. "
    "That of average pooling copies a quarter of it. Copying to the original location is the "
    "transpose of the selection that max pooling made.",
)
def unpooling_transpose() -> Claim:
    def build(side: int) -> sp.Eq:
        small = side // 2
        pooled = sp.ImmutableMatrix(
            small**2, 1, lambda i, _: sp.Symbol(f"y_{divmod(i, small)}", real=True)
        )
        copied = sp.ImmutableMatrix(
            side**2, 1, lambda i, _: pooled[(i // side // 2) * small + (i % side) // 2]
        )
        return eq(pooling_matrix(side, sp.Integer(1)).T * pooled, copied)

    return Claim(Instances(build, (2, 4, 6), "square maps of side 2, 4 and 6, symbols"))


@paper.equation(
    "prose:receptive-field",
    where=POOLING,
    latex=r"r_n = 2n + 1 \text{ without pooling}, \quad r_n = 3 \cdot 2^n - 2 \text{ with}",
    strength="instances",
    note="Linear, and exponential, as the text says: n convolutions of 3, alone or each followed "
    "by pooling 2 with stride 2, one axis. A stage adds 2 steps of 2^n inputs by convolution and "
    "one by pooling: r_(n+1) = r_n + 3 * 2^n, which the closed form solves for every n.",
)
def receptive_field() -> Claim:
    def build(n: int) -> tuple[sp.Eq, sp.Eq]:
        count = sp.Integer(n)
        alone, pooled = sp.Integer(reached("c" * n)), sp.Integer(reached("cp" * n))
        return eq(alone, 2 * count + 1), eq(pooled, 3 * 2**count - 2)

    grown = eq(3 * 2 ** (depth + 1) - 2, (3 * 2**depth - 2) + (2 + 1) * 2**depth)
    return Claim((Instances(build, range(1, 6), "inputs counted for n from 1 to 5"), grown))


@paper.equation(
    "prose:lossless-pooling",
    where=POOLING,
    latex=r"\mathbf{H}^\top \mathbf{H} = \mathbf{I}, \quad \mathbf{H} \text{ the } 2 \times 2 "
    r"\text{ Haar transform}",
    note="The pooling without loss that the text announces exists: keep the mean of a window and, "
    "as further channels, its three differences. Each window of four is mapped orthogonally, so it "
    "can be recovered, and the map has half the width.",
)
def lossless_pooling() -> Claim:
    one = sp.Matrix([[1, 1], [1, -1]]) / sp.sqrt(2)
    haar = sp.ImmutableMatrix(sp.kronecker_product(one, one))
    window = sp.ImmutableMatrix(sp.symbols("x1:5", real=True))
    mean = sum(window, sp.Integer(0)) / 4
    return Claim((eq(haar.T * haar, sp.eye(4).as_immutable()), eq((haar * window)[0], 2 * mean)))


paper.note(
    "prose:pooling-mistake",
    kind="empirical",
    where=POOLING,
    latex=r"\text{non-overlapping pooling loses where things are}",
    note="A remark quoted from Hinton. Indeed windows (1, 0) and (0, 1) have the same maximum and "
    "the same mean.",
)
paper.note(
    "prose:skip",
    kind="definition",
    where="section 7.3.3",
    latex=r"y = \mathcal{F}(x) + x",
)


@paper.equation(
    "prose:skip-identity",
    where="section 7.3.3",
    latex=r"\mathcal{F} = 0 \Rightarrow y = x; \quad \mathrm{ReLU}(g) \ne x \text{ for } x < 0",
    note="With the branch, zero weights give the identity. A block that ends in a rectifier "
    "cannot give it for a negative input, whatever g is. A block of two units and a linear output "
    "can: x = ReLU(x) - ReLU(-x).",
)
def skip_identity() -> Claim:
    g, weight = sp.symbols("g w", real=True)
    skipped = eq(weight * relu(g) + x, x)
    two_units = eq(relu(x) - relu(-x), x)
    return Claim((skipped, gt(relu(g), -u), two_units), [sp.Eq(weight, 0, evaluate=False)])
