"""What activations, pools, masks, norms and scales make of the law of two units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import sympy as sp

from symvar.activations.base import Activation
from symvar.activations.identity import Identity
from symvar.errors import NeedsFact
from symvar.geometry import Windows
from symvar.primitives import Affine, Mask, Normalise, Standardise
from symvar.symbols import x
from symvar.theories.laws import HOMOGENEOUS, NONDECREASING, POSITIVE, WHOLE, composed
from symvar.theories.notes import SMALL_ENERGY, left_out
from symvar.theories.pair_gradients import Back, layout_of, of_average
from symvar.theories.pair_numbers import settled
from symvar.theories.pairs import ONE, ZERO, Moments, Unit, Window, refused
from symvar.theories.reach import disjoint, joined, sizes


def activated(law: Unit, activation: Activation) -> Unit:
    """The law behind an activation.

    Raises:
        NeedsFact: where the unit is not a Gaussian or a function of one.
    """
    if activation == Identity():
        return law
    if isinstance(law, Moments) and law.second == 0:
        value = sp.sympify(activation.expression.subs(x, 0)).doit()
        return replace(law, second=value**2, cross=value**2, centre=value)
    if law.positive and activation.expression.subs(x, POSITIVE) == POSITIVE:
        return law
    law = as_gaussian(law)
    if not isinstance(law, Window):
        raise refused("a Gaussian unit, or the maximum of some", _name(law))
    _need(law.keep == 1 or activation.homogeneous, HOMOGENEOUS, repr(activation))
    try:
        both = composed(activation, law.activation)
    except NeedsFact as error:
        raise refused(error.need, error.have) from None
    return replace(law, activation=both)


def as_gaussian(law: Unit) -> Unit:
    """A norm's units, or averages of units without mean, as Gaussians of the same moments."""
    return law.gaussian if isinstance(law, Moments) and law.like_gaussian else law


def largest(law: Unit, windows: Windows) -> Unit:
    """The law of the maximum over windows; of maxima, over the union of what they read.

    Raises:
        NeedsFact: where the units are not monotone functions of Gaussians at places of their own.
    """
    if windows.shares() == WHOLE:
        return law
    law = as_gaussian(law)
    if not isinstance(law, Window):
        raise refused("units that are functions of Gaussians before a maximum", _name(law))
    _need(law.keep == 1, "no random mask before a maximum", "units set to zero at random")
    _need(law.activation.nondecreasing, NONDECREASING, repr(law.activation))
    _in_place(law)
    layout = layout_of(windows)
    if law.layout is not None:
        layout = replace(layout, places=law.layout.places)
    if windows.numeric and (law.plain or law.reach is not None):
        _need(law.reach is None or len(law.reach) == len(windows.axes),
              "windows over the axes of those before", f"{len(windows.axes)} axes")  # fmt: skip
        reach = joined(law.reach, windows)
        return replace(law, shares=sizes(reach), reach=reach, layout=layout)
    _need(windows.tile, "windows that tile, or sizes that are numbers", "windows of symbolic size")
    _need(len(law.shares) == 1, "windows of one size before a second maximum", "several sizes")
    inner = law.shares[0][0]
    shares = tuple((inner * size, share) for size, share in windows.shares())
    return replace(law, shares=shares, layout=layout)


def average(law: Unit, windows: Windows, counts_padding: bool) -> Unit:
    r"""The law of the mean over windows: $E/t + (1 - 1/t) X$ of t units, and X of two windows.

    Raises:
        NeedsFact: where units share pre-activations in another way than by overlapping windows.
    """
    if windows.shares() == WHOLE:
        return law
    _in_place(law)
    parts = [tuple(map(sp.sympify, part)) for part in windows.divided(counts_padding)]
    second, cross = law.second_moment(), law.cross_moment()
    filled = sp.Add(*(share * units / by for units, by, share in parts))
    square = _weighted(parts, second, cross)
    gradient = law.back()
    found = Moments(square, filled**2 * cross, filled * law.mean(),
                    of_average(windows, counts_padding).then(gradient),
                    never_negative=law.positive)  # fmt: skip
    if isinstance(law, Window) and law.bare and len(parts) == 1:
        own = _weighted(parts, law.variance, law.variance * law.rho)
        linear = of_average(windows, counts_padding).then(law.linear)
        centre = filled * law.centre
        return Window(own, filled**2 * law.variance * law.rho / own, centre=centre, linear=linear)
    centred = found.centre == 0 and len(parts) == 1
    return replace(found, like_gaussian=centred)


def _weighted(parts: Iterable[tuple[sp.Expr, ...]], second: sp.Expr, cross: sp.Expr) -> sp.Expr:
    if cross == second:  # in symbols the sum below would not be seen to be the same
        return sp.Add(*(share * (units / by) ** 2 for units, by, share in parts)) * second
    return sp.Add(
        *(
            share * (units / by) ** 2 * (second / units + (1 - 1 / units) * cross)
            for units, by, share in parts
        )
    )


def masked(law: Unit, mask: Mask) -> Unit:
    """The law of units, or whole channels, kept with this probability and divided by it."""
    pair = mask.keep if mask.channels else ONE
    if isinstance(law, Window):
        return replace(law, keep=law.keep * mask.keep, keep_pair=law.keep_pair * pair)
    assert isinstance(law, Moments)
    gate = Back(1 / mask.keep, ZERO, ZERO, 1 / pair)
    return replace(
        law,
        second=law.second / mask.keep,
        cross=law.cross / pair,
        gradient=gate.then(law.gradient),
        like_gaussian=False,
    )


def scaled(law: Unit, scale: sp.Expr, shift: sp.Expr = ZERO) -> Unit:
    """The law of every unit times a number, plus another."""
    if (scale, shift) == (1, 0):
        return law
    square = scale**2
    if isinstance(law, Window) and law.bare:
        linear = Back(square, ZERO, ZERO, square).then(law.linear)
        centre = scale * law.centre + shift
        return replace(law, variance=square * law.variance, centre=centre, linear=linear)
    through = isinstance(law, Window) and law.activation.homogeneous
    if through and shift == 0 and sp.sympify(scale).is_nonnegative:
        assert isinstance(law, Window)
        linear = law.linear.times(square)
        centre = scale * law.centre
        return replace(law, variance=square * law.variance, centre=centre, linear=linear)
    mean = law.mean()
    both = 2 * scale * shift * mean + shift**2
    return Moments(
        square * law.second_moment() + both,
        square * law.cross_moment() + both,
        scale * mean + shift,
        law.back().times(square),
        "a scaled unit",
        like_gaussian=isinstance(law, Moments) and law.like_gaussian and shift == 0,
        tangled=law.tangled,
        moved=law.moved,
    )


def affine(law: Unit, primitive: Affine) -> Unit:
    """A scale and a shift."""
    return scaled(law, sp.sympify(primitive.scale), sp.sympify(primitive.shift))


def normalised(law: Unit, primitive: Normalise) -> Unit:
    """A weak normalisation as a constant scale.

    Raises:
        NeedsFact: for one that changes the second moment by more than one percent.
    """
    divisor, energy = primitive.divisor, law.second_moment()
    change = abs(left_out(divisor, energy))
    if sp.sympify(divisor(0)).is_positive is not True or (
        change.is_number and change > SMALL_ENERGY
    ):
        size = f"one that changes it by {float(change):.1%}" if change.is_number else "this one"
        raise refused(
            "a normalisation weak enough to be a constant scale (1 % of the second moment)", size
        )
    return scaled(law, 1 / divisor(0))


def standardised(law: Unit, primitive: Standardise) -> Unit:
    r"""Units less their mean, over their deviation.

    Over a batch or over positions the mean holds what the units of a channel share, so what is
    left has the variance $E - X$ and no correlation. Over the channels of one input the mean is
    that of the law.

    Raises:
        NeedsFact: for units that are all the same where the mean is taken.
    """
    second, cross = law.second_moment(), law.cross_moment()
    within = "channels" not in primitive.over
    removed = cross if within else law.mean() ** 2
    variance = settled(second - removed)
    if variance == 0:
        raise refused("units that differ from their mean, to divide by their deviation",
                      "units that are all the same")  # fmt: skip
    left = ZERO if within else settled(cross - removed) / variance
    alone = primitive.over == ("positions",)
    own = 1 / variance
    gradient = Back(own, -own if alone else ZERO, ZERO, ZERO if alone else own)
    if isinstance(law, Window) and law.bare:
        linear = gradient.then(law.linear)
        return Window(ONE, left, linear=linear, tangled=law.tangled, moved=law.moved)
    return Moments(ONE, left, ZERO, gradient.then(law.back()), "a norm", like_gaussian=True,
                   tangled=law.tangled, moved=law.moved)  # fmt: skip


def overlaps(law: Unit) -> bool:
    """Whether its windows share places."""
    return isinstance(law, Window) and law.reach is not None and not disjoint(law.reach)


def _in_place(law: Unit) -> None:
    _need(not law.tangled, "a unit of its own at every place of a window", "copies or mixtures")
    _need(not law.moved, "units at their places, before a pool", "units that were rearranged")


def _name(law: Unit) -> str:
    return law.what if isinstance(law, Moments) else repr(law)


def _need(fact: bool, need: str, have: str) -> None:
    if not fact:
        raise refused(need, have)
