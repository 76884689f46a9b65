"""The cases of an activation and of one pooling window, with exact derivatives beside them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from symvar.claims import Assumption

from .cases import Case
from .geometry import SEED, Array, gradient, mean
from .setting import m, w, w_out

STEP = Fraction(1, 4)
POINTS = (-3, -2, -1, 1, 2, 4, 5)
ACTIVATIONS = "rectifier, leaky rectifier and square at 7 numbers, and the rectifier at its kink"
WINDOWS = "windows of 1 to 6 distinct entries"


@dataclass(frozen=True)
class NoOverlap(Assumption):
    """The stride of a pooling window is its size."""

    @property
    def words(self) -> str:
        """In words."""
        return "pooling windows do not overlap"


@cache
def overlap_cases(apart: Assumption) -> tuple[Case, ...]:
    """Which units each window holds, where it starts a stride after the one before."""
    found = []
    for size, stride, number in ((3, 2, 2), *((size, size, 3) for size in range(1, 5))):
        width = stride * (number - 1) + size
        units = list(range(1, width + 1))
        slides = [units[stride * at : stride * at + size] for at in range(number)]
        holds = {
            (window, unit): int(unit in slide)
            for window, slide in enumerate(slides, 1)
            for unit in units
        }
        breaks = frozenset({apart} if stride < size else ())
        found.append(Case({w: width, w_out: number}, {"holds": holds}, breaks))
    return tuple(found)


def _rectifier(u: Any) -> Any:
    return u if u > 0 else 0


@cache
def rectifier_cases() -> tuple[Case, ...]:
    """The rectifier's values."""
    entries = _numbered(POINTS)
    return (Case({m: len(POINTS)}, {"u": entries, "f": _each(_rectifier, entries)}),)


@cache
def activation_cases(kink: Assumption) -> tuple[Case, ...]:
    """Gradients before and behind an activation, and its derivative."""
    bent, straight = _loss, _linear
    leaky = lambda u: u if u > 0 else Fraction(u) / 5  # noqa: E731
    kept = (
        _activation(_rectifier, lambda u: int(u > 0), bent),
        _activation(leaky, lambda u: 1 if u > 0 else Fraction(1, 5), bent),
        _activation(lambda u: u * u, lambda u: 2 * u, straight),
    )
    at_zero = _numbered([0])
    sides = {"right": gradient_to(_rectifier_loss, at_zero, STEP)}
    sides["left"] = gradient_to(_rectifier_loss, at_zero, -STEP)
    behind = gradient(_linear, at_zero)
    one = {"du": sides["left"], "dv": behind, "slope": _numbered([1])}
    return (*kept, Case({m: 1}, one, frozenset({kink})))


def _rectifier_loss(u: Array) -> Any:
    return _linear(_each(_rectifier, u))


def _activation(
    rule: Callable[[Any], Any], slope: Callable[[Any], Any], loss: Callable[[Array], Any]
) -> Case:
    u = _numbered(POINTS)
    tensors = {
        "du": gradient(lambda at: loss(_each(rule, at)), u, STEP),
        "dv": gradient(loss, _each(rule, u), STEP),
        "slope": _each(slope, u),
    }
    return Case({m: len(POINTS)}, tensors)


@cache
def window_cases() -> tuple[Case, ...]:
    """Windows without ties."""
    draw = random.Random(SEED)
    return tuple(_window(draw.sample(range(-20, 20), size)) for size in range(1, 7))


@cache
def signed_cases() -> tuple[Case, ...]:
    """Windows without ties or zeros, some of them negative throughout."""
    draw = random.Random(SEED)
    numbers = [number for number in range(-20, 20) if number]
    mixed = [_window(draw.sample(numbers, size)) for size in range(1, 7)]
    return (
        _window([-3]),
        _window([2]),
        _window([-2, -5]),
        _window([-4, 1, 3]),
        *mixed,
        _window([-5, Fraction(-1, 2)]),
    )


def tied_case(tie: Assumption) -> Case:
    """Two equal entries."""
    found = _window([1, 1])
    return Case(found.sizes, found.tensors, frozenset({tie}))


def _window(entries: list[Any]) -> Case:
    x = _numbered(entries)
    largest = lambda at: max(at.values())  # noqa: E731
    top = entries.index(max(entries)) + 1
    tensors = {
        "right": gradient_to(largest, x, STEP),
        "left": gradient_to(largest, x, -STEP),
        "mean": gradient(lambda at: mean(list(at.values())), x),
        "top": {(1,): top},
        "x": x,
        "best": {(1,): max(entries)},
        "both": gradient(lambda at: max(0, *at.values()), x, STEP),
    }
    return Case({m: len(entries)}, tensors)


def gradient_to(f: Callable[[Array], Any], at: Array, step: Fraction) -> Array:
    """Difference quotients to one side: one-sided derivatives where f is linear on the step."""
    return {place: Fraction(f({**at, place: at[place] + step}) - f(at)) / step for place in at}


def _loss(v: Array) -> Any:
    return sum((3 + 2 * place[0] + place[0] * each) * each for place, each in v.items())


def _linear(v: Array) -> Any:
    return sum((3 + 2 * place[0]) * each for place, each in v.items())


def _numbered(entries: Any) -> Array:
    return {(place,): entry for place, entry in enumerate(entries, 1)}


def _each(rule: Callable[[Any], Any], tensor: Array) -> Array:
    return {place: rule(entry) for place, entry in tensor.items()}
