"""Sections 1 and 2: what is said in passing of earlier initialisations."""

from __future__ import annotations

import sympy as sp

from symvar import expect
from symvar.claims import Claim
from symvar.symbols import x

from .setting import m, n, paper, relu, stated

HALF = expect(relu(x) ** 2, x)


@paper.equation(
    "prose:std-0.01",
    where="section 2",
    latex=r"\mathrm{Var}(\mathbf{w}_l) = 0.01^2 \;\Rightarrow\; \alpha_l < 1",
    outcome="holds-under",
    beyond=("fewer than 20000 inputs per unit",),
    note="The claim is that a standard deviation of 0.01 cannot reach deep networks. By (18) and "
    "(23) the signal shrinks per layer by n/20000. Every layer of the VGG networks it speaks of "
    "has n at most 9*512 = 4608 before the dense ones, so it shrinks at least fourfold there; at "
    "n = 20000 it would be kept, and above it grows.",
)
def std_001() -> Claim:
    spare = sp.Symbol("t", positive=True)
    inputs = sp.Symbol("n", positive=True)
    return Claim(
        stated(inputs * sp.Rational(1, 100) ** 2 * HALF, 1, sp.Lt),
        extra=[sp.Eq(inputs, 20000 / (1 + spare))],
    )


@paper.equation(
    "prose:xavier-relu",
    where="section 2",
    latex=r"n_l \frac{2}{n_l + m_{l+1}} E([\varphi(\mathbf{x})]^2) \ne \mathrm{Var}(\mathbf{x})",
    note="Xavier's variance does not keep the data variance under ReLU: the share m/(n+m) is lost "
    "at every layer, whatever the fans, one half where they agree. glorot derives it for a linear "
    "activation.",
)
def xavier_relu() -> Claim:
    return Claim(stated(1 - n * (2 / (n + m)) * HALF, m / (n + m)))


paper.note(
    "prose:vgg-eight-layers",
    where="section 2",
    latex=r"\text{hard to converge above 8 layers with standard deviation } 0.01",
    kind="empirical",
    note="Reported from elsewhere; prose:std-0.01 has what the theory says of it.",
)
paper.note(
    "prose:resnet-without-bn",
    where="section 1",
    latex=r"\text{Kaiming initialisation fails on ResNet without BN}",
    kind="empirical",
    note="Reported from elsewhere. Where a branch of gain 1 is added to its input the variance "
    "doubles with each block, which is no matter of (1) to (9): the plain network has no sums.",
)
