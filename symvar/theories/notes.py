"""What the rules of the theory iid assume where they are used, in words."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.activations.base import Activation
from symvar.geometry import Windows
from symvar.primitives import (
    Affine,
    Average,
    Boundary,
    Mix,
    Normalise,
    Pointwise,
    PowerMean,
    Primitive,
    Product,
    Standardise,
    Sum,
    WindowMax,
)
from symvar.theories.channels import parts_of
from symvar.theories.laws import Extreme, Moments, activated
from symvar.theories.signals import gaussian, mean_moment

SMALL_ENERGY = sp.Rational(1, 100)
"""How much a normalisation may change a second moment and still be called a constant scale."""

CUT_WINDOWS = "padding: windows the border cuts are averaged with the whole ones"
OVERLAP = "overlapping windows: the gradients of two windows are independent"
SHARED = "an average over units of overlapping windows takes these as independent"
SUMS = ("the summands are independent",)
NOT_GAUSSIAN = "a sum with a summand that is no Gaussian is taken as one of its mean and variance"
UNSIGNED = "a sum with a mean of unknown sign is taken as a Gaussian of mean zero"
PRODUCTS = "the factors of a product are independent; without a mean it is taken as a Gaussian"
LARGE_BATCH = "norms: the draws they average over are many, so that terms of order 1/n are left out"
LEARNT = "trainable scales and shifts are at their first values, one and zero"
LEARNT_AT = "trainable scales and shifts are at the values that the model holds"
AVERAGED = "an average of units without mean, read by an activation, is taken as a Gaussian"
NORMED = "behind a norm, units that are no Gaussians are taken as Gaussians of mean zero"


def notes_of(primitive: Primitive, signal: Any) -> tuple[str, ...]:
    """What the rule for this primitive assumed of this signal; of several before a join."""
    match primitive:
        case Sum():
            return _sums(signal)
        case Product():
            return (PRODUCTS,)
        case Boundary(operator=operator):
            return (boundary_note(operator),)
        case Affine(scale=scale, shift=shift, learnt=True):
            return (LEARNT if (scale, shift) == (1, 0) else LEARNT_AT,)
        case PowerMean(windows=windows):
            return _pooling(windows)
        case Standardise():
            return (LARGE_BATCH,)
        case Mix(assumes=assumes):
            sizes = tuple(f"sizes satisfy {fact}" for fact in assumes)
            return (CUT_WINDOWS, *sizes) if cut_by_border(primitive) else sizes
        case Pointwise(activation=activation):
            return (*_normed(signal), *_averaged(activation, signal))
        case WindowMax(windows=windows):
            return (*_normed(signal), *_pooling(windows))
        case Average(windows=windows):
            shared = any(not part.law.independent for part in parts_of(signal))
            return (*((SHARED,) if shared else ()), *_pooling(windows))
        case Normalise(divisor=divisor):
            return (scale_note(divisor, mean_moment(signal)),)
    return ()


def boundary_note(operator: str) -> str:
    """What stands in for an operator that no layer reads.

    >>> boundary_note("aten.cumsum")
    'BOUNDARY at aten.cumsum: white units of second moment 1 behind, an output of the net before'
    """
    behind = "white units of second moment 1 behind"
    return f"BOUNDARY at {operator}: {behind}, an output of the net before"


def scale_note(divisor: sp.Lambda, energy: sp.Expr) -> str:
    """What is left out where a normalisation is taken as a constant scale."""
    scale, change = sp.simplify(1 / divisor(0)), sp.simplify(left_out(divisor, energy))
    size = f", {float(change):+.2%} of the second moment left out" if change.is_number else ""
    return f"normalisation taken at zero energy, as the scale {scale}{size}"


def cut_by_border(mix: Mix) -> bool:
    """Whether some outputs read fewer inputs than the fan-in, as far as sizes tell."""
    missing = sp.sympify(mix.connections) - sp.sympify(mix.fan_in) * mix.outputs
    return bool(missing != 0 and (missing.is_number or sp.simplify(missing) != 0))


def left_out(divisor: sp.Lambda, energy: sp.Expr) -> sp.Expr:
    """What the second moment truly changes by, beyond the constant scale 1/divisor(0)."""
    return (divisor(0) / divisor(energy)) ** 2 - 1


def _sums(signals: Any) -> tuple[str, ...]:
    if all(map(gaussian, signals)):
        return SUMS
    laws = [part.law for signal in signals for part in parts_of(signal)]
    return (*SUMS, UNSIGNED if any(law.mean() is None for law in laws) else NOT_GAUSSIAN)


def _normed(signal: Any) -> tuple[str, ...]:
    laws = (part.law for part in parts_of(signal))
    return (NORMED,) if any(isinstance(law, Moments) and law.normed for law in laws) else ()


def _averaged(activation: Activation, signal: Any) -> tuple[str, ...]:
    laws = (part.law for part in parts_of(signal))
    taken = (
        isinstance(law, Moments)
        and law.averaged
        and isinstance(activated(law, activation), Extreme)
        for law in laws
    )
    return (AVERAGED,) if any(taken) else ()


def _pooling(windows: Windows) -> tuple[str, ...]:
    notes = [] if windows.tile else [OVERLAP]
    return (*notes, CUT_WINDOWS) if len(windows.shares()) > 1 else tuple(notes)
