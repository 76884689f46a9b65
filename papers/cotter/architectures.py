"""Section 1.3.1, 1.3.3 and 1.4: counts and sizes of networks, dropout, residual units."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim, Instances
from symvar.geometry import Axis
from symvar.symbols import size

from .setting import eq, paper, positive, real

VGG, LENET = "section 1.4.3", "figure 1.9"
VGG_19 = (2, 2, 4, 4, 4)
"""Convolutional layers at each of the five scales (configuration E of the paper cited)."""


@paper.equation(
    "prose:dropout",
    where="section 1.3.3",
    latex=r"\text{each neuron is set to 0 with probability } p;"
    r" \text{ at test time dropout is off}",
    outcome="holds-under",
    beyond=(
        "kept values are divided by 1 - p in training, or weights multiplied by it in testing",
    ),
    note="Without the factor the mean of what a unit passes on is (1-p) x in training and x in"
    " testing. s is the factor on kept values.",
)
def dropout() -> Claim:
    """The mean over the two outcomes against the value itself."""
    kept, value = positive("q x")
    dropped = 1 - kept
    factor = positive("s")
    return Claim(
        eq(dropped * 0 + kept * factor * value, value),
        given=(sp.Le(kept, 1),),
        extra=(sp.Eq(factor, 1 / kept),),
    )


@paper.equation(
    "prose:lenet-output",
    where=LENET,
    latex=r"16 \times 5 \times 5 = 400",
    note="From a 32 by 32 image: two valid 5 by 5 convolutions, each with 2 by 2 pooling.",
)
def lenet_output() -> Claim:
    """The sizes by counting windows."""
    side = 32
    for _ in range(2):
        side = int(Axis(int(Axis(side, kernel=5).outputs), kernel=2, stride=2).outputs)
    return Claim((eq(side, 5), eq(16 * side**2, 400)))


paper.note(
    "prose:lenet-layers",
    where=LENET,
    latex=r"2 + 3 = 5",
    kind="definition",
    note="Two convolutional and three fully connected layers, as LeNet is built today. The paper"
    " cited counts the layer after the second pooling as convolutional (its 5 by 5 kernels cover"
    " the whole map) and has trainable pooling; its units are scaled tanh, its output radial basis"
    " functions.",
)
paper.note(
    "prose:alexnet",
    where="section 1.3, section 1.4.2",
    latex=r"5 + 3,\ 11 \times 11,\ 5 \times 5,\ 3 \times 3 \ (3\times)",
    kind="definition",
    note="Five convolutional and three fully connected layers, the kernels of the five as stated."
    " As in the paper cited.",
)


@paper.equation(
    "prose:vgg-layers",
    where=VGG,
    latex=r"\text{19 convolutional layers and 3 fully connected}",
    corrected_latex=r"2 + 2 + 4 + 4 + 4 = 16 \text{ convolutional and 3 fully connected: 19}",
    outcome="erratum",
    note="19 counts all layers with weights. The numbers at the five scales are those of the paper"
    " cited.",
)
def vgg_layers() -> Claim:
    """The layers of the five scales."""
    printed = Instances(lambda scales: eq(sum(scales), 19), [VGG_19], "VGG-19")
    return Claim(printed, corrected=eq(sum(VGG_19) + 3, 19))


@paper.equation(
    "prose:vgg-output",
    where=VGG,
    latex=r"224 \to 14: \text{ the } 512 \times 14 \times 14 \text{ activation is unravelled}",
    corrected_latex=r"224 / 2^5 = 7: \quad 512 \times 7 \times 7 = 25088",
    outcome="erratum",
    note="14 by 14 is the fifth scale itself. Max pooling follows it, as it does every scale, and"
    " what is unravelled is 512 by 7 by 7.",
)
def vgg_output() -> Claim:
    """224 pixels through five stages of same-size convolutions and pooling."""

    def left(side: int) -> int:
        for layers in VGG_19:
            for _ in range(layers):
                side = int(Axis(side, kernel=3, low=1, high=1).outputs)
            side = int(Axis(side, kernel=2, stride=2).outputs)
        return side

    printed = Instances(lambda side: eq(left(side), 14), [224], "an image of 224 by 224")
    return Claim(printed, corrected=(eq(left(224), 7), eq(512 * left(224) ** 2, 25088)))


@paper.equation(
    "prose:vgg-doubling",
    where=VGG,
    latex=r"\text{channels are doubled after each pooling}",
    outcome="approximation",
    strength="instances",
    note="64, 128, 256, 512, 512: the fourth pooling is followed by as many channels as before. The"
    " depth is doubled up to a largest of 512.",
)
def doubling() -> Claim:
    """The channels at each scale against twice those before, and that capped."""
    channels = tuple(map(sp.Integer, (64, 128, 256, 512, 512)))
    poolings, words = (1, 2, 3, 4), "the four poolings inside VGG"
    return Claim(
        Instances(lambda at: eq(channels[at], 2 * channels[at - 1]), poolings, words),
        gap=Instances(lambda at: eq(channels[at], min(2 * channels[at - 1], 512)), poolings, words),
    )


@paper.equation(
    "prose:fewer-activations",
    where=VGG,
    latex=r"2C \cdot \tfrac{H}{2} \cdot \tfrac{W}{2} < C H W",
    note="Exactly half, for even H and W; for odd ones rounding down leaves less.",
)
def fewer_activations() -> Claim:
    """The count after 2 by 2 pooling and doubled channels."""
    channels, rows, columns = map(size, ("C", "h", "w"))
    after = [Axis(2 * side, kernel=2, stride=2).outputs for side in (rows, columns)]
    before = channels * 2 * rows * 2 * columns
    return Claim(
        (
            eq(2 * channels * after[0] * after[1], before / 2),
            sp.Lt(2 * channels * after[0] * after[1], before, evaluate=False),
        )
    )


@paper.equation(
    "prose:strided-instead",
    where="section 1.4.4",
    latex=r"3 \times 3 \text{ with stride 2 for max pooling}",
    note="The sizes agree: with one zero on either side it leaves half of an even size, as 2 by 2"
    " pooling does. That it works as well is empirical.",
)
def strided_instead() -> Claim:
    """Outputs along an axis of 2h inputs."""
    half = size("h")
    convolved = Axis(2 * half, kernel=3, stride=2, low=1, high=1).outputs
    return Claim(eq(convolved, Axis(2 * half, kernel=2, stride=2).outputs))


@paper.equation(
    "prose:residual",
    where="section 1.4.5",
    latex=r"\mathcal{F}(x) = \mathcal{H}(x) - x \;\Rightarrow\;"
    r" \frac{\partial \mathcal{H}_i}{\partial x_j} = \frac{\partial \mathcal{F}_i}{\partial x_j}"
    r" + \delta_{ij}",
    note="The strong diagonal of the Jacobian, for any F to second order in two of its inputs: the"
    " unit adds 1 to each diagonal entry and nothing elsewhere. A better condition follows if F is"
    " small, not in general: F(x) = -x leaves 0.",
)
def residual() -> Claim:
    """The two kinds of entries."""
    own, other, a, b, c, d, e = real("x_i x_j a b c d e")
    learnt = a * own + b * other + c * own**2 + d * own * other + e * other**2
    mapping = own + learnt
    return Claim(
        (
            eq(sp.diff(mapping, own), 1 + a + 2 * c * own + d * other),
            eq(sp.diff(mapping, other), b + d * own + 2 * e * other),
        )
    )


for slug, latex, place, note in (
    (
        "sparse",
        r"1\text{--}4\%",
        "section 1.2.1",
        "Neurons active at a time, as estimated in [16].",
    ),
    ("training-time", r"\text{a week}", "section 1.4.2", "AlexNet on two graphics cards of 2012."),
    ("challenges", r"2012,\ 2014,\ 2015", "section 1.4", "Results of the ImageNet challenges."),
):
    paper.note(f"prose:{slug}", where=place, latex=latex, kind="empirical", note=note)
