"""What the rules of the theory exchangeable assume where they are used, in words."""

from __future__ import annotations

from typing import Any

from symvar.integrals import GaussianProduct
from symvar.primitives import (
    Affine,
    Average,
    Boundary,
    Copy,
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
from symvar.theories import notes
from symvar.theories.channels import parts_of
from symvar.theories.pair_pools import activated, as_gaussian, overlaps
from symvar.theories.pair_signals import gaussian, second_of
from symvar.theories.pairs import Moments, Window

BORDER = "padding: an output at the border is correlated with another like one amid the map"
OVERLAP = "overlapping windows: two windows of a channel are correlated like two that share nothing"
COPIES = "copies: two places of a channel are taken to be copies of different ones"
GROUPS = "groups of channels: the correlation of a group's units is that of the whole layer"
PRODUCTS = "the factors of a product are independent; without a mean it is taken as a Gaussian"
LARGE_GROUP = "a norm over channels takes them as so many that their mean is that of the law"
BATCH = "a norm over a batch or positions takes these as so many that their mean is what they share"
DOUBLES = "what two units give behind this activation is a double, not an enclosure"


def notes_of(primitive: Primitive, signal: Any) -> tuple[str, ...]:
    """What the rule for this primitive assumed of this signal; of several before a join."""
    match primitive:
        case Sum():
            return notes.SUMS if all(map(gaussian, signal)) else (*notes.SUMS, notes.NOT_GAUSSIAN)
        case Product():
            return (PRODUCTS,)
        case Boundary(operator=operator):
            return (notes.boundary_note(operator),)
        case Affine(scale=scale, shift=shift, learnt=True):
            return (notes.LEARNT if (scale, shift) == (1, 0) else notes.LEARNT_AT,)
        case Standardise(over=over):
            return (LARGE_GROUP if "channels" in over else BATCH,)
        case Mix():
            return _of_mix(primitive)
        case Pointwise(activation=activation):
            laws = [part.law for part in parts_of(signal)]
            taken = _taken(*laws)
            made = (activated(law, activation) for law in laws)
            return (*taken, DOUBLES) if any(map(_doubles, made)) else taken
        case WindowMax(windows=windows):
            return (*_taken(*(part.law for part in parts_of(signal))), *_pooling(windows))
        case Average(windows=windows) | PowerMean(windows=windows):
            shared = any(overlaps(part.law) for part in parts_of(signal))
            return (*((OVERLAP,) if shared else ()), *_pooling(windows))
        case Copy():
            return () if primitive.once else (COPIES,)
        case Normalise(divisor=divisor):
            return (notes.scale_note(divisor, second_of(signal)),)
    return ()


def _of_mix(primitive: Mix) -> tuple[str, ...]:
    found = [f"sizes satisfy {fact}" for fact in primitive.assumes]
    if notes.cut_by_border(primitive):
        found += [notes.CUT_WINDOWS, BORDER]
    return (*found, GROUPS) if primitive.groups != 1 else tuple(found)


def _taken(*laws: Any) -> tuple[str, ...]:
    """Units that are no Gaussians and are taken as such."""
    found = [law for law in laws if isinstance(law, Moments) and as_gaussian(law) is not law]
    if not found:
        return ()
    return (notes.NORMED if any(law.what == "a norm" for law in found) else notes.AVERAGED,)


def _doubles(law: Any) -> bool:
    """Whether a product of two of its units is no closed form, and a number."""
    if not isinstance(law, Window) or law.activation.homogeneous or law.rho in (0, 1):
        return False
    named = law.activation.product(law.variance, law.link)
    return bool(named.has(GaussianProduct) and not named.free_symbols)


def _pooling(windows: Any) -> tuple[str, ...]:
    found = [] if windows.tile else [OVERLAP]
    return (*found, notes.CUT_WINDOWS) if len(windows.shares()) > 1 else tuple(found)
