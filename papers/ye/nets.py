"""Small exact networks: forward by (6.10), and derivatives of the loss that bypass (6.34)."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import sympy as sp

from symvar.claims import gradient

from .setting import eq

Column = sp.ImmutableMatrix
Act = Callable[[sp.Expr, dict], sp.Expr]


def _rectified(g: sp.Expr, point: dict) -> sp.Expr:
    """The branch of the rectifier that is taken at a point; the point is not on the kink."""
    return g if g.subs(point) > 0 else sp.Integer(0)


def _quadratic(g: sp.Expr, point: dict) -> sp.Expr:
    return g + g**2


_TIME = sp.Dummy("t", real=True)
ACTIVATIONS: dict[str, Act] = {"rectifier": _rectified, "g + g^2": _quadratic}


@dataclass(frozen=True, repr=False)
class Net:
    """A network with an input and a target.

    Args:
        weights: one matrix per layer, W^(1) first.
        biases: one column per layer.
        x: the input; y: the target.
        activation: a name of `ACTIVATIONS`.
    """

    weights: tuple[sp.ImmutableMatrix, ...]
    biases: tuple[Column, ...]
    x: Column
    y: Column
    activation: str = "rectifier"

    @property
    def depth(self) -> int:
        return len(self.weights)

    def __repr__(self) -> str:
        sizes = "-".join(str(size) for size in (self.x.rows, *(w.rows for w in self.weights)))
        return (
            f"{sizes} {self.activation} net, W = {[w.tolist() for w in self.weights]}, "
            f"b = {[list(b) for b in self.biases]}, x = {list(self.x)}, y = {list(self.y)}"
        )

    def sigma(self, g: Column, point: dict | None = None) -> Column:
        return g.applyfunc(lambda each: ACTIVATIONS[self.activation](each, point or {}))

    def slope(self, g: Column) -> sp.ImmutableMatrix:
        """Lambda of (6.35): the derivatives of the activation, on a diagonal."""
        t = sp.Dummy("t", real=True)
        slopes = [ACTIVATIONS[self.activation](t, {t: each}).diff(t).subs(t, each) for each in g]
        return sp.diag(*slopes).as_immutable()

    @cache  # noqa: B019
    def forward(self) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
        """The g^(l), l = 1..L, and the o^(l), l = 0..L."""
        gs, os = [], [self.x]
        for w, b in zip(self.weights, self.biases, strict=True):
            gs.append(w * os[-1] + b)
            os.append(self.sigma(gs[-1]))
        return tuple(gs), tuple(os)

    def g(self, layer: int) -> Column:
        return self.forward()[0][layer - 1]

    def o(self, layer: int) -> Column:
        return self.forward()[1][layer]

    def w(self, layer: int) -> sp.ImmutableMatrix:
        return self.weights[layer - 1]

    def slopes(self, layer: int) -> sp.ImmutableMatrix:
        return self.slope(self.g(layer))

    def error(self) -> Column:
        """The derivative of the l2 loss by the output, taken directly."""
        out = _symbols("o", self.y.rows)
        return gradient(squares(self.y - out) / 2, out).subs(
            dict(zip(out, self.o(self.depth), strict=True))
        )

    def delta(self, layer: int) -> Column:
        """(6.33): the derivative of the loss by each entry of g^(l), one at a time."""
        size = self.w(layer).rows
        return Column([self._loss_slope(layer, _unit(size, i)) for i in range(size)])

    def weight_gradient(self, layer: int, *others: Net) -> sp.ImmutableMatrix:
        """The derivative by W^(l) of the loss, summed over this pair and those of other nets."""
        rows, cols = self.w(layer).shape

        def slope(i: int, j: int) -> sp.Expr:
            nets = (self, *others)
            return sum(net._loss_slope(layer, net.o(layer - 1)[j] * _unit(rows, i)) for net in nets)

        return sp.ImmutableMatrix(rows, cols, slope)

    def bias_gradient(self, layer: int) -> Column:
        """The derivative of the loss by b^(l): the loss as a polynomial in a moved bias."""
        return Column([self._bias_slope(layer, i) for i in range(self.w(layer).rows)])

    def _bias_slope(self, layer: int, place: int) -> sp.Expr:
        moved = list(self.biases)
        moved[layer - 1] = moved[layer - 1] + _TIME * _unit(self.w(layer).rows, place)
        out = self.x
        for w, b in zip(self.weights, moved, strict=True):
            out = self.sigma((w * out + b).applyfunc(sp.expand), {_TIME: 0})
        return sp.expand(squares(self.y - out) / 2).coeff(_TIME, 1)

    def output_jacobian(self, layer: int) -> sp.ImmutableMatrix:
        """The derivatives of the output by g^(l), numerator layout, column by column."""
        size = self.w(layer).rows
        columns = [self._moving(layer, _unit(size, i)) for i in range(size)]
        return sp.ImmutableMatrix.hstack(*columns)

    def _moving(self, layer: int, change: Column) -> Column:
        """The speed of the output when g^(l) moves by t times the change, forward from there."""
        value, speed = self.g(layer), change
        for k in range(layer, self.depth + 1):
            pairs = zip(value, speed, strict=True)
            value, speed = self.sigma(value), Column([self._speed(*pair) for pair in pairs])
            if k < self.depth:
                value, speed = self.w(k + 1) * value + self.biases[k], self.w(k + 1) * speed
        return speed

    def _speed(self, value: sp.Expr, speed: sp.Expr) -> sp.Expr:
        """The coefficient of t in the activation of value + t speed."""
        act = ACTIVATIONS[self.activation]
        return sp.expand(act(value + speed * _TIME, {_TIME: 0})).coeff(_TIME, 1)

    def _loss_slope(self, layer: int, change: Column) -> sp.Expr:
        """The coefficient of t in the loss (6.42)."""
        out = self.o(self.depth) + _TIME * self._moving(layer, change)
        return sp.expand(squares(self.y - out) / 2).coeff(_TIME, 1)

    def loss(self) -> sp.Expr:
        """(6.42) at the output of the forward pass."""
        return squares(self.y - self.o(self.depth)) / 2

    def updated(self, layer: int, change: sp.ImmutableMatrix) -> Net:
        """The network with W^(l) changed."""
        weights = list(self.weights)
        weights[layer - 1] = self.w(layer) + change
        return Net(tuple(weights), self.biases, self.x, self.y, self.activation)

    def pattern(self) -> tuple[bool, ...]:
        """Which units are active, all layers in a row."""
        return tuple(bool(each > 0) for k in range(1, self.depth + 1) for each in self.g(k))

    def product(self, layer: int) -> sp.ImmutableMatrix:
        """Lambda^(l) W^(l+1)T Lambda^(l+1) ... W^(L)T Lambda^(L), as (6.34) prints it."""
        found = self.slopes(layer)
        for k in range(layer + 1, self.depth + 1):
            found = found * self.w(k).T * self.slopes(k)
        return found

    def moved(self, x: Column, y: Column | None = None) -> Net:
        """The same network with another input, and perhaps another target."""
        return Net(self.weights, self.biases, x, self.y if y is None else y, self.activation)


def squares(column: sp.ImmutableMatrix) -> sp.Expr:
    return sum((entry**2 for entry in column), sp.Integer(0))


def _unit(size: int, place: int) -> Column:
    return Column([int(i == place) for i in range(size)])


def _symbols(name: str, count: int) -> Column:
    return sp.ImmutableMatrix([sp.Symbol(f"{name}_{i + 1}", real=True) for i in range(count)])


def _drawn(draw: random.Random, rows: int, cols: int) -> sp.ImmutableMatrix:
    values = [
        sp.Rational(draw.choice([-3, -2, -1, 1, 2, 3]), draw.choice([1, 1, 2]))
        for _ in range(rows * cols)
    ]
    return sp.ImmutableMatrix(rows, cols, values)


def _net(draw: random.Random, sizes: tuple[int, ...], activation: str, biased: bool) -> Net:
    pairs = list(zip(sizes[1:], sizes, strict=False))
    weights = tuple(_drawn(draw, *pair) for pair in pairs)
    biases = tuple(
        _drawn(draw, n, 1) if biased else sp.zeros(n, 1).as_immutable() for n in sizes[1:]
    )
    return Net(weights, biases, _drawn(draw, sizes[0], 1), _drawn(draw, sizes[-1], 1), activation)


def _usable(net: Net) -> bool:
    """No unit on the kink, and a first layer that the error reaches."""
    if net.activation == "rectifier" and not _off_kink(net):
        return False
    return any(net.product(1) * net.error())


def _off_kink(net: Net) -> bool:
    return not any(0 in net.g(k) for k in range(1, net.depth + 1))


SIZES = ((1, 1), (1, 1, 1), (2, 1, 2), (2, 2, 2), (1, 2, 1, 1), (2, 2, 3, 2))


@cache
def nets(biased: bool = False, seed: int = 11, sizes: tuple = SIZES) -> tuple[Net, ...]:
    """One usable network per list of sizes and activation, entries small rationals."""
    draw = random.Random(seed)
    found = []
    for each in sizes:
        for activation in ACTIVATIONS:
            net = _net(draw, each, activation, biased)
            while not _usable(net):
                net = _net(draw, each, activation, biased)
            found.append(net)
    return tuple(found)


@cache
def rectifier_nets(seed: int = 12, sizes: tuple = SIZES) -> tuple[Net, ...]:
    drawn = (net for net in nets(False, seed, sizes) if net.activation == "rectifier")
    return (single(1, 2), *drawn)


def single(weight: int, target: int) -> Net:
    """One rectifier unit with input 1."""
    column = sp.ImmutableMatrix([1])
    return Net((weight * column,), (0 * column,), column, target * column)


def layers(found: tuple[Net, ...]) -> tuple[tuple[Net, int], ...]:
    """Each network with each of its layers."""
    return tuple((net, k) for net in found for k in range(1, net.depth + 1))


@cache
def batches() -> tuple[tuple[tuple[Net, ...], int], ...]:
    """Each network with one and with three training pairs, and each of its layers."""
    found: list[tuple[tuple[Net, ...], int]] = []
    draw = random.Random(14)
    for net in nets():
        pairs = [net]
        while len(pairs) < 3:
            other = net.moved(_drawn(draw, net.x.rows, 1), _drawn(draw, net.y.rows, 1))
            if net.activation != "rectifier" or _off_kink(other):
                pairs.append(other)
        found += [(tuple(pairs[:n]), k) for n in (1, 3) for k in range(1, net.depth + 1)]
    return tuple(found)


GENERATOR = (
    "every layer of 12 networks of sizes 1-1 to 2-2-3-2, rectifier and g + g^2, small rational "
    "weights of seed 11"
)
PAIRS = GENERATOR + "; one training pair, and three"
RECTIFIERS = "every layer of 7 rectifier networks of sizes 1-1 to 2-2-3-2, small rational weights"


def affine_on_a_region(case: tuple[Net, Column]) -> sp.Eq:
    net, other = case
    middle = (net.x + other) / 2
    top = net.depth
    return eq(2 * net.moved(middle).o(top), net.o(top) + net.moved(other).o(top))


@cache
def region_cases() -> tuple[tuple[Net, Column], ...]:
    found = []
    for net in nets(biased=True, sizes=((2, 1, 2), (2, 2, 2), (2, 2, 3, 2))):
        if net.activation == "rectifier":
            move = sp.ImmutableMatrix([sp.Rational(1, 97 + i) for i in range(net.x.rows)])
            other = net.moved(net.x + move)
            signs = [
                [each > 0 for each in n.g(k)] for k in range(1, net.depth + 1) for n in (net, other)
            ]
            assert signs[::2] == signs[1::2]
            found.append((net, other.x))
    return tuple(found)
