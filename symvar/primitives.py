"""The few operations every layer is made of.

A layer lowers to primitives and knows no theory; a theory interprets primitives and knows no
layer. So a new layer is one file, a new theory is one file, and neither touches the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import sympy as sp

from symvar.activations.base import Activation
from symvar.geometry import Size, Windows, plain


class Primitive:
    """What a theory interprets; abstract."""


@dataclass(frozen=True)
class Mix(Primitive):
    r"""A linear map with zero-mean independent random weights, shared over positions.

    Args:
        inputs: $M$, the number of input units.
        outputs: $M'$, the number of output units.
        connections: $e$, the pairs of (input unit, output unit) the map joins.
        fan_in: weights that feed an output away from every border.
        fan_out: weights an input feeds, away from every border and averaged over the stride.
        bias: whether a bias is added to every output.
        assumes: what a symbolic ``connections`` assumes of its sizes.
        windows: the positions each output position reads; without axes all of them, each by
            weights of its own; None where only the counts are known.
        groups: the groups the channels are split into.
        transposed: whether the windows lie over the outputs, one for each input position.
    """

    inputs: Size
    outputs: Size
    connections: Size
    fan_in: Size
    fan_out: Size
    bias: bool = True
    assumes: tuple[sp.Basic, ...] = ()
    windows: Windows | None = None
    groups: Size = 1
    transposed: bool = False

    @classmethod
    def over(cls, windows: Windows, inputs: Size, outputs: Size, groups: Size, bias: bool) -> Mix:
        r"""The map of ``inputs`` to ``outputs`` channels that reads through windows, in groups.

        $e = C_\text{in} C_\text{out}/g \cdot \text{pairs}$, fan-in
        $C_\text{in}/g \cdot \prod k$ and fan-out $C_\text{out}/g \cdot \prod k / \prod s$.
        """
        positions_in, positions_out = sp.Integer(1), sp.Integer(1)
        for axis in windows.axes:
            positions_in *= axis.size
            positions_out *= axis.outputs
        share = sp.sympify(inputs) / groups
        return cls(
            inputs=plain(inputs * positions_in),
            outputs=plain(outputs * positions_out),
            connections=plain(share * outputs * windows.pairs),
            fan_in=plain(share * windows.size),
            fan_out=plain(sp.sympify(outputs) / groups * windows.size / windows.stride),
            bias=bias,
            assumes=windows.assume,
            windows=windows,
            groups=groups,
        )

    @property
    def borderless(self) -> Mix:
        """The dense map with the same fans: the model of the Xavier and Kaiming schemes.

        Every output reads fan_in inputs and every input feeds fan_out outputs.
        """
        fans = sp.sympify(self.fan_in) * self.fan_out
        return Mix(self.fan_in, self.fan_out, fans, self.fan_in, self.fan_out, bias=self.bias)

    @property
    def reads_per_output(self) -> sp.Expr:
        """$e/M'$: inputs per output, the border included."""
        return sp.sympify(self.connections) / self.outputs

    @property
    def feeds_per_input(self) -> sp.Expr:
        """$e/M$: outputs per input, the border included."""
        return sp.sympify(self.connections) / self.inputs


@dataclass(frozen=True)
class Average(Primitive):
    """The mean over each window.

    Args:
        windows: the windows, the same for every channel.
        counts_padding: whether padded zeros count in the divisor.
    """

    windows: Windows
    counts_padding: bool = False


@dataclass(frozen=True)
class WindowMax(Primitive):
    """The maximum over each window, padding left out."""

    windows: Windows


@dataclass(frozen=True)
class Pointwise(Primitive):
    """An activation applied to every unit."""

    activation: Activation


@dataclass(frozen=True)
class PowerMean(Primitive):
    r"""$(\sum_i |z_i|^p)^{1/p}$ over each window.

    Args:
        windows: the windows, the same for every channel.
        power: p, a positive integer.
    """

    windows: Windows
    power: int


@dataclass(frozen=True)
class Affine(Primitive):
    """Every unit times a number, plus another.

    Args:
        scale: the factor.
        shift: the summand.
        learnt: whether these are trainable, at their first values.
    """

    scale: sp.Expr
    shift: sp.Expr
    learnt: bool = False


@dataclass(frozen=True)
class Mask(Primitive):
    """Each unit kept with probability ``keep`` and divided by it, else set to zero.

    Args:
        keep: that probability.
        channels: whether all units of a channel share their fate.
    """

    keep: sp.Expr
    channels: bool = False


@dataclass(frozen=True)
class Normalise(Primitive):
    """Each unit divided by a function of the mean square of the units around it.

    Args:
        over: the axis the mean square is taken over, as a word.
        size: neighbours along that axis in the mean square, the unit itself included.
        divisor: the divisor as a function of that mean square.
    """

    over: str
    size: Size
    divisor: sp.Lambda


@dataclass(frozen=True)
class Standardise(Primitive):
    """Units centred and divided by their standard deviation, both taken from the draw at hand.

    Args:
        over: the axes they are taken over, of ``"batch"``, ``"channels"`` and ``"positions"``.
        groups: the groups the channels are split into first.
    """

    over: tuple[str, ...]
    groups: Size = 1


@dataclass(frozen=True)
class Copy(Primitive):
    """Each output is a copy of one input, or zero: padding, repetition, selection, shuffling.

    Args:
        sizes: channels and positions before.
        sources: for channels and each spatial axis, the input that each output is; None for zero.
    """

    sizes: tuple[int, ...]
    sources: tuple[tuple[int | None, ...], ...]

    @property
    def inputs(self) -> int:
        """Units before."""
        return prod(self.sizes)

    @property
    def outputs(self) -> int:
        """Units behind."""
        return prod(map(len, self.sources))

    @property
    def filled(self) -> int:
        """How many of these are copies; the others are zero."""
        return prod(sum(each is not None for each in axis) for axis in self.sources)

    @property
    def once(self) -> bool:
        """Whether no input has two copies."""
        copies = ([each for each in axis if each is not None] for axis in self.sources)
        return all(len(axis) == len(set(axis)) for axis in copies)

    @property
    def channels_kept(self) -> bool:
        """Whether every channel stays in its place."""
        return self.sources[0] == tuple(range(self.sizes[0]))

    @property
    def places_kept(self) -> bool:
        """Whether every position stays in its place."""
        space = zip(self.sizes[1:], self.sources[1:], strict=True)
        return all(sources == tuple(range(size)) for size, sources in space)


@dataclass(frozen=True)
class Blend(Primitive):
    r"""Each output a fixed weighted sum of inputs at other positions of its channel.

    Args:
        sizes: channels and positions before.
        taps: for each spatial axis, the (input, weight) pairs of each output.
    """

    sizes: tuple[int, ...]
    taps: tuple[tuple[tuple[tuple[int, sp.Rational], ...], ...], ...]

    @property
    def inputs(self) -> int:
        """Units before."""
        return prod(self.sizes)

    @property
    def outputs(self) -> int:
        """Units behind."""
        return self.sizes[0] * prod(map(len, self.taps))

    @property
    def squares(self) -> sp.Rational:
        r"""$\sum_j a_{ij}^2$, the mean over outputs i."""
        return self._mean(lambda weights: sum(weight**2 for weight in weights))

    @property
    def totals(self) -> sp.Rational:
        r"""$(\sum_j a_{ij})^2$, the mean over outputs i."""
        return self._mean(lambda weights: sum(weights) ** 2)

    def _mean(self, of: Callable[[list[sp.Rational]], sp.Rational]) -> sp.Rational:
        along = (
            sp.Rational(sum(of([weight for _, weight in each]) for each in axis), len(axis))
            for axis in self.taps
        )
        return sp.Mul(*along)


class Join(Primitive):
    """What makes one signal of several; abstract."""


@dataclass(frozen=True)
class Sum(Join):
    """The sum of the signals, unit by unit."""


@dataclass(frozen=True)
class Concat(Join):
    """The signals side by side along the channels."""


@dataclass(frozen=True)
class Product(Join):
    """The product of the signals, unit by unit, a signal with fewer units repeated."""


@dataclass(frozen=True)
class Boundary(Join):
    """Where the analysis stops and starts anew.

    Args:
        size: channels and positions behind.
        operator: what stands there in the model.
    """

    size: tuple[Size, ...]
    operator: str


@dataclass(frozen=True)
class Rearrange(Primitive):
    """The same units in another order or shape.

    Args:
        split: the sizes the units are laid out in first; as they lie if empty.
        order: the axes of ``split`` in their new order; unchanged if empty.
    """

    split: tuple[Size, ...] = ()
    order: tuple[int, ...] = ()

    @property
    def outermost_kept(self) -> bool:
        """Whether the first axis stays the first, so that channels stay in their order."""
        return not self.order or self.order[0] == 0
