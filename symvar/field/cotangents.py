"""Gradients on the signals of the field theory, pulled back until somebody asks for a number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sympy as sp

from symvar.field.kernels import Kernel, total
from symvar.field.residual import gradient_of
from symvar.field.signals import Edge, Signal, parts_of

Terms = list[tuple[Kernel, Signal]]


@dataclass(frozen=True, eq=False)
class Cotangent:
    """Gradients, each on the signal it sits on until someone asks further back.

    Args:
        terms: the gradient's field and that signal.
        factor: a weight variance that is still a symbol, times which all are to be taken.
    """

    terms: tuple[tuple[Kernel, Signal], ...]
    factor: sp.Expr = sp.Integer(1)


def everywhere(edge: Edge, gradient: Kernel) -> Cotangent:
    """The same gradient on every part of an edge."""
    return Cotangent(tuple((gradient, part) for part in parts_of(edge)))


def pulled(cotangent: Cotangent) -> Terms:
    """Every term where its signal came from, those on one signal added up."""
    return _pulled_to(cotangent, set())


def arriving(cotangent: Cotangent) -> Kernel:
    """What arrives at the one mix that all its signals came from."""
    return total([gradient for gradient, _ in pulled(cotangent)])


def side_by_side(signals: Sequence[Edge], cotangent: Cotangent) -> tuple[Cotangent, ...]:
    """What of a gradient behind a concatenation reaches each of the signals in it.

    A maximum may hand its gradient past a signal to the field it is a function of.
    """
    lines = [_line(signal) for signal in signals]
    found = _pulled_to(cotangent, set().union(*lines))
    return tuple(Cotangent(tuple(_on(found, line))) for line in lines)


def summands(signals: Sequence[Edge], cotangent: Cotangent) -> tuple[Cotangent, ...]:
    """What arrives at a sum, on each of its summands."""
    behind = pulled(cotangent)
    return tuple(_summand(signal, behind) for signal in signals)


def _line(edge: Edge) -> set[int]:
    return {id(each) for part in parts_of(edge) for each in part.line}


def _on(terms: Terms, signals: set[int]) -> Iterable[tuple[Kernel, Signal]]:
    return ((gradient, at) for gradient, at in terms if id(at) in signals)


def _pulled_to(cotangent: Cotangent, stops: set[int]) -> Terms:
    """Until a signal that is among the stops, or has none before it."""
    waiting: dict[int, tuple[list[Kernel], Signal]] = {}
    for gradient, signal in cotangent.terms:
        waiting.setdefault(id(signal), ([], signal))[0].append(gradient)
    found: Terms = []
    while waiting:
        key = max(waiting, key=lambda each: waiting[each][1].depth)
        gradients, signal = waiting.pop(key)
        gradient = total(gradients)
        if id(signal) in stops or signal.before is None or signal.pull is None:
            found.append((gradient, signal))
            continue
        before = signal.before
        waiting.setdefault(id(before), ([], before))[0].append(signal.pull(gradient))
    return found


def _summand(edge: Edge, behind: Terms) -> Cotangent:
    terms = [
        (gradient_of(stands_for, root, gradient).scaled(root.channels / part.channels), stands_for)
        for part in parts_of(edge)
        for gradient, root in behind
        for summand, stands_for in root.summands
        if summand is part
    ]
    return Cotangent(tuple(terms))
