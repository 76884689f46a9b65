"""One correlation for any two units of a channel: second moment and cross moment on every edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import sympy as sp

from symvar.geometry import Size, Windows, plain, prod
from symvar.inputs import Constant, Input, White
from symvar.inputs import find as find_input
from symvar.primitives import (
    Affine,
    Average,
    Blend,
    Boundary,
    Concat,
    Copy,
    Join,
    Mask,
    Mix,
    Normalise,
    Pointwise,
    PowerMean,
    Primitive,
    Product,
    Rearrange,
    Standardise,
    Sum,
    WindowMax,
)
from symvar.reference import cite
from symvar.theories.base import Theory, Weight
from symvar.theories.channels import Joint, each_part, of_branch, side_by_side
from symvar.theories.origins import Origins
from symvar.theories.pair_joins import added, gradients_of_product, multiplied
from symvar.theories.pair_notes import notes_of
from symvar.theories.pair_numbers import settled
from symvar.theories.pair_pools import (
    activated,
    affine,
    average,
    largest,
    masked,
    normalised,
    scaled,
    standardised,
)
from symvar.theories.pair_signals import (
    Edge,
    Signal,
    at_places,
    blended,
    copied,
    cross_of,
    gathered,
    gaussian,
    second_of,
)
from symvar.theories.pairs import Moments, Unit, Window, refused

ZERO, ONE = sp.Integer(0), sp.Integer(1)

Cotangent: TypeAlias = tuple[tuple[sp.Expr, sp.Expr, Edge], ...]
"""Variances and covariances, each with the signal on whose units they sit."""


class Exchangeable(Theory):
    r"""Units of a channel are jointly Gaussian, any two of one correlation.

    With E the second moment of a signal's unit and X the mean product of two of its channel,
    $q = \sigma_b^2 + \sigma_w^2 \frac{e}{M'} E$ and $\rho = X/E$ behind a weighted layer without
    bias. Exact for white input, circular padding and windows that tile, as the channels grow in
    number; at c = 0 the theory iid.

    The gradient has the same two numbers: r, and that of two units, which overlapping windows
    and copies need.
    """

    name = "exchangeable"
    reference = cite("chosaul", "section 2")
    assumes = (
        "weights are independent, of each other and of signals, with mean zero and one variance",
        "any two places of a channel are correlated alike, in one input or in two",
        "channels are many: units of one are jointly Gaussian before activation and pooling",
        "gradients are independent of weights, activation states they pass and each other",
        "every unit's moment is replaced by the mean over its layer",
    )

    def start(self, shape: tuple[Size, ...], kind: str | Input) -> Signal:
        """Independent zero-mean units (``white``) or ones (``constant``).

        Raises:
            ArgumentError: for an unknown input.
            NeedsFact: for an input whose places are not correlated alike.
        """
        given, units = find_input(kind), plain(prod(shape))
        if not isinstance(given, White | Constant):
            raise refused(
                "an input any two places of which are correlated alike: white or constant",
                f"the input {given}",
            )
        square = given.mean_squared
        law = Moments(given.second_moment, square, sp.sqrt(square), what="the network's input")
        return Signal(law, units, Origins.new(), flat=len(shape) == 1)

    def preactivations(self, units: Size) -> Signal:
        """Independent standard Gaussians."""
        return Signal(Window(), units)

    def forward(self, primitive: Primitive, signal: Edge, weight: Weight | None = None) -> Edge:
        """The signal behind a primitive; channels of several laws each by their own."""
        windows = getattr(primitive, "windows", None)
        if windows is not None and windows.axes and prod(a.size for a in windows.axes) != 1:
            signal = at_places(signal)
        if isinstance(primitive, Mix):
            assert weight is not None
            return _mixed(primitive, signal, weight)
        if isinstance(primitive, Copy):
            return copied(primitive, signal)
        moves = isinstance(primitive, Rearrange) and not primitive.outermost_kept
        if moves and isinstance(signal, Joint):
            signal = replace(signal, ordered=False)
        return each_part(signal, lambda part: _behind(primitive, part))

    def join(self, primitive: Join, signals: Sequence[Edge]) -> Edge:
        """Summands add their moments; channels side by side keep their laws."""
        match primitive:
            case Sum():
                return added(signals)
            case Concat():
                return side_by_side(signals)
            case Product():
                return multiplied(signals)
            case Boundary(size=size):
                return self.start(size, "white")
        raise _no_rule(primitive)

    def split(
        self, primitive: Join, signals: Sequence[Edge], cotangent: Cotangent
    ) -> tuple[Cotangent, ...]:
        """A sum hands its gradient to every summand; side by side each part keeps its own.

        At a boundary every signal that ends there is an output, with a cotangent of its own.
        """
        if isinstance(primitive, Sum):
            one, two = _arriving(cotangent)
            if all(signal is signals[0] for signal in signals):
                count = len(signals)
                return tuple(((one / count, two / count, signal),) for signal in signals)
            return tuple(((one, two, signal),) for signal in signals)
        if isinstance(primitive, Boundary):
            return tuple(self.cotangent(signal) for signal in signals)
        if isinstance(primitive, Product):
            return gradients_of_product(signals, *_arriving(cotangent))
        found = []
        for place in range(len(signals)):
            own = ((one, two, of_branch(behind, place)) for one, two, behind in cotangent)
            found.append(tuple((one, two, edge) for one, two, edge in own if edge is not None))
        return tuple(found)

    def moment(self, signal: Edge) -> sp.Expr:
        """The mean second moment."""
        return second_of(signal)

    def correlation(self, signal: Edge) -> sp.Expr:
        """The cross moment over the second moment."""
        if isinstance(signal, Signal) and gaussian(signal):
            assert isinstance(signal.law, Window)
            return signal.law.rho
        second = second_of(signal)
        return ZERO if second == 0 else settled(cross_of(signal) / second)

    def cotangent(self, signal: Edge) -> Cotangent:
        """Unit variance, no covariance, sitting on this signal."""
        return ((ONE, ZERO, signal),)

    def backward(
        self,
        primitive: Primitive,
        signal: Edge,
        cotangent: Cotangent,
        weight: Weight | None = None,
    ) -> Cotangent:
        """A mix asks for the numbers; any other primitive leaves the cotangent where it sits.

        Units that a dense layer reads have weights of their own, so gradients of any two are
        uncorrelated.
        """
        if not isinstance(primitive, Mix):
            return cotangent
        assert weight is not None
        one, two = _arriving(cotangent)
        gain = weight.variance * primitive.feeds_per_input
        return ((gain * one, ZERO if _dense(primitive) else gain * two, signal),)

    def add(self, cotangents: Sequence[Cotangent]) -> Cotangent:
        """Independent, so they add."""
        return tuple(term for cotangent in cotangents for term in cotangent)

    def moment_here(self, cotangent: Cotangent) -> sp.Expr:
        """The sum of the variances."""
        return sp.Add(*(one for one, _, _ in cotangent))

    def moment_at_mix(self, cotangent: Cotangent) -> sp.Expr:
        """What the laws between pass on."""
        return _arriving(cotangent)[0]

    def notes(self, primitive: Primitive, signal: Any) -> tuple[str, ...]:
        """Borders, overlaps, joins, norms and numbers that are not enclosed, where they occur."""
        return notes_of(primitive, signal)


def _mixed(primitive: Mix, signal: Edge, weight: Weight) -> Signal:
    number, rest = second_of(signal).primitive()  # as schemes divide by it
    cross = cross_of(signal)
    gain = weight.variance * primitive.reads_per_output
    bias = weight.bias_variance
    if weight.output is not None and bias.free_symbols:
        bias = ZERO  # a scheme is about to set the weights, and leaves biases at zero
    total = bias + gain * number * rest
    second = settled(total) if weight.output is None else weight.output
    if cross == 0 and bias == 0:
        rho = ZERO
    elif bias == 0:
        rho = settled(cross / number / rest)
    else:
        rho = settled((bias + gain * cross) / total)
    law = Window(second, rho)
    return Signal(law, primitive.outputs, Origins.new(), flat=_dense(primitive))


def _dense(primitive: Mix) -> bool:
    """Whether every input has a weight of its own to every output."""
    return primitive.windows is not None and not primitive.windows.axes


def _arriving(cotangent: Cotangent) -> tuple[sp.Expr, sp.Expr]:
    one, two = gathered(cotangent)
    return settled(one), settled(two)


def _behind(primitive: Primitive, signal: Signal) -> Signal:
    """The signal behind a primitive that is no mix."""
    law, units = signal.law, signal.units
    match primitive:
        case Pointwise(activation=activation):
            return replace(signal, law=activated(law, activation))
        case WindowMax(windows=windows):
            return replace(signal, law=largest(law, windows), units=_pooled(units, windows))
        case Average(windows=windows, counts_padding=counted):
            mean = average(law, windows, counted)
            return replace(signal, law=mean, units=_pooled(units, windows))
        case PowerMean(windows=windows, power=1) if law.positive and len(windows.shares()) == 1:
            mean = scaled(average(law, windows, False), sp.sympify(windows.size))
            return replace(signal, law=mean, units=_pooled(units, windows))
        case Affine():
            return replace(signal, law=affine(law, primitive))
        case Mask():
            return replace(signal, law=masked(law, primitive))
        case Normalise():
            return replace(signal, law=normalised(law, primitive))
        case Standardise():
            return replace(signal, law=standardised(law, primitive))
        case Blend():
            return blended(primitive, signal)
        case Rearrange(order=order):
            moved: Unit = replace(law, moved=True) if order else law
            return replace(signal, law=moved)
    raise _no_rule(primitive)


def _pooled(units: Size, windows: Windows) -> Size:
    before = prod(axis.size for axis in windows.axes)
    return plain(sp.cancel(sp.sympify(units) / before) * prod(windows.outputs))


def _no_rule(primitive: Primitive) -> Exception:
    return refused("a primitive it has a rule for", repr(primitive))
